package language

import (
	"slices"
	"strings"

	"einet/fault"
	"einet/network"
)

const mustRecord = "must be all, none or a mapping of populations to their neurons"

// variables reads some of the names.
func (d *decoder) variables(n *node, path string, of []string) []string {
	allowed := "must be a list of some of " + strings.Join(of, ", ")
	if n.kind != sequence || len(n.items) == 0 {
		d.fault(n, path, allowed)
		return nil
	}
	names := []string{}
	for _, item := range n.items {
		switch {
		case item.kind != scalar || !slices.Contains(of, item.text):
			d.fault(item, path, allowed)
			return nil
		case slices.Contains(names, item.text):
			d.fault(item, path, "must stand there once")
			return nil
		}
		names = append(names, item.text)
	}
	return names
}

// histograms are those of a population.
func (d *decoder) histograms(population string, f *fields) (all []network.RecordHistogram) {
	for _, variable := range network.HistogramVariables {
		n := f.get(variable)
		if n == nil {
			continue
		}
		g := d.fields(fault.Path(f.path, variable), n.place, n)
		h := network.RecordHistogram{Population: population, Variable: variable}
		g.keys(&h, network.Keys("histogram", ""))
		all = append(all, h)
		g.done()
	}
	f.done()
	return all
}

// neuronsBy reads some neurons of each population that is named or, where words may say so, all or none of all.
func (d *decoder) neuronsBy(n *node, path string, words bool) []network.RecordNeurons {
	switch {
	case words && n.kind == scalar && n.text == "all":
		return nil
	case words && n.kind == scalar && n.text == "none":
		return []network.RecordNeurons{}
	case words && n.kind != mapping:
		d.fault(n, path, mustRecord)
		return nil
	}
	all := []network.RecordNeurons{}
	f := d.fields(path, n.place, n)
	for _, e := range n.entries {
		all = append(all, network.RecordNeurons{Population: e.key, Neurons: d.neurons(f.need(e.key, mustNeurons), fault.Path(path, e.key))})
	}
	return all
}
