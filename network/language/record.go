package language

import (
	"slices"
	"strings"

	"einet/fault"
	"einet/network"
)

const (
	mustRecord   = "must be all, none or a mapping of populations to their neurons"
	mustAverages = network.MustTime + ", or {every, neurons, variables}"
)

func (f *fields) record(key string) network.Record {
	var r network.Record
	n := f.get(key)
	if n == nil {
		return r
	}
	g := f.d.fields(fault.Path(f.path, key), n.place, n)
	defer g.done()
	if n := g.get("spikes"); n != nil {
		r.Spikes = f.d.recordSpikes(n, fault.Path(g.path, "spikes"))
	}
	if n := g.get("state"); n != nil {
		path := fault.Path(g.path, "state")
		for _, e := range f.d.members(path, n) {
			h := f.d.fields(fault.Path(path, e.key), e.place, e.value)
			r.State = append(r.State, network.RecordState{Population: e.key, Neurons: h.neurons("neurons"), Every: h.number("every", network.MustTime), Variables: h.variables("variables", network.StateVariables)})
			h.done()
		}
	}
	if n := g.get("histograms"); n != nil {
		path := fault.Path(g.path, "histograms")
		for _, e := range f.d.members(path, n) {
			r.Counted = append(r.Counted, f.d.histograms(e.key, f.d.fields(fault.Path(path, e.key), e.place, e.value))...)
		}
	}
	r.Averages = g.averages("averages")
	return r
}

// averages are a time alone, or what else there is to say of them.
func (f *fields) averages(key string) network.RecordAverages {
	n := f.get(key)
	if n == nil || n.kind != mapping {
		return network.RecordAverages{Every: f.numberOr(key, 0, mustAverages)}
	}
	g := f.d.fields(fault.Path(f.path, key), n.place, n)
	defer g.done()
	r := network.RecordAverages{Every: g.number("every", network.MustTime), Variables: g.variables("variables", network.AverageVariables)}
	if n := g.get("neurons"); n != nil {
		path := fault.Path(g.path, "neurons")
		h := f.d.fields(path, n.place, n)
		r.Neurons = []network.RecordNeurons{}
		for _, e := range n.entries {
			r.Neurons = append(r.Neurons, network.RecordNeurons{Population: e.key, Neurons: h.neurons(e.key)})
		}
	}
	return r
}

// variables reads some of the names, or nil where none stand there.
func (f *fields) variables(key string, of []string) []string {
	n, path := f.get(key), fault.Path(f.path, key)
	if n == nil {
		return nil
	}
	allowed := "must be a list of some of " + strings.Join(of, ", ")
	if n.kind != sequence || len(n.items) == 0 {
		f.d.fault(n, path, allowed)
		return nil
	}
	names := []string{}
	for _, item := range n.items {
		switch {
		case item.kind != scalar || !slices.Contains(of, item.text):
			f.d.fault(item, path, allowed)
			return nil
		case slices.Contains(names, item.text):
			f.d.fault(item, path, "must stand there once")
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
		h := network.RecordHistogram{
			Population: population, Variable: variable,
			Low: g.number("low", network.MustNumber), High: g.number("high", network.MustNumber),
			Bins: g.whole("bins", network.MustBins), Every: g.number("every", network.MustTime),
		}
		if g.get("neurons") != nil {
			n := g.neurons("neurons")
			h.Neurons = &n
		}
		all = append(all, h)
		g.done()
	}
	f.done()
	return all
}

func (d *decoder) recordSpikes(n *node, path string) []network.RecordNeurons {
	switch {
	case n.kind == scalar && n.text == "all":
		return nil
	case n.kind == scalar && n.text == "none":
		return []network.RecordNeurons{}
	case n.kind != mapping:
		d.fault(n, path, mustRecord)
		return nil
	}
	all := []network.RecordNeurons{}
	f := d.fields(path, n.place, n)
	for _, e := range n.entries {
		all = append(all, network.RecordNeurons{Population: e.key, Neurons: f.neurons(e.key)})
	}
	return all
}
