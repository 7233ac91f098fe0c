package network

import (
	"slices"
	"strings"
)

const (
	mustRecord   = "must be all, none or a mapping of populations to their neurons"
	mustBins     = "must be a whole number of bins, 1 to 10000"
	mustAverages = mustTime + ", or {every, neurons, variables}"
)

// maxBins keeps a histogram a histogram.
const maxBins = 10_000

// resolve puts numbers in the place of all.
func (r *Record) resolve(n *Network) {
	r.eachNeurons(func(population string, neurons *Neurons) {
		if i := n.Population(population); i >= 0 {
			neurons.resolve(n.Populations[i].Size)
		}
	})
}

// eachNeurons calls do with all choices of neurons.
func (r *Record) eachNeurons(do func(population string, n *Neurons)) {
	for i := range r.Spikes {
		do(r.Spikes[i].Population, &r.Spikes[i].Neurons)
	}
	for i := range r.State {
		do(r.State[i].Population, &r.State[i].Neurons)
	}
	for i := range r.Counted {
		if r.Counted[i].Neurons != nil {
			do(r.Counted[i].Population, r.Counted[i].Neurons)
		}
	}
	for i := range r.Averages.Neurons {
		do(r.Averages.Neurons[i].Population, &r.Averages.Neurons[i].Neurons)
	}
}

// scaled is the record of a network whose sizes have changed.
func (r Record) scaled(before, after *Network) Record {
	r.Spikes, r.State, r.Counted = slices.Clone(r.Spikes), slices.Clone(r.State), slices.Clone(r.Counted)
	r.Averages.Neurons = slices.Clone(r.Averages.Neurons)
	for i, h := range r.Counted {
		if h.Neurons != nil {
			n := *h.Neurons
			r.Counted[i].Neurons = &n
		}
	}
	r.eachNeurons(func(population string, n *Neurons) {
		if i := after.Population(population); i >= 0 {
			*n = n.scaled(before.Populations[i].Size, after.Populations[i].Size)
		}
	})
	return r
}

func (f *fields) record(key string) Record {
	var r Record
	n := f.get(key)
	if n == nil {
		return r
	}
	g := f.d.fields(dotted(f.path, key), n.place, n)
	defer g.done()
	if n := g.get("spikes"); n != nil {
		r.Spikes = f.d.recordSpikes(n, dotted(g.path, "spikes"))
	}
	if n := g.get("state"); n != nil {
		path := dotted(g.path, "state")
		for _, e := range f.d.members(path, n) {
			h := f.d.fields(dotted(path, e.key), e.place, e.value)
			r.State = append(r.State, RecordState{e.key, h.neurons("neurons"), h.number("every", mustTime), h.variables("variables", StateVariables)})
			h.done()
		}
	}
	if n := g.get("histograms"); n != nil {
		path := dotted(g.path, "histograms")
		for _, e := range f.d.members(path, n) {
			r.Counted = append(r.Counted, f.d.histograms(e.key, f.d.fields(dotted(path, e.key), e.place, e.value))...)
		}
	}
	r.Averages = g.averages("averages")
	return r
}

// averages are a time alone, or what else there is to say of them.
func (f *fields) averages(key string) RecordAverages {
	n := f.get(key)
	if n == nil || n.kind != mapping {
		return RecordAverages{Every: f.numberOr(key, 0, mustAverages)}
	}
	g := f.d.fields(dotted(f.path, key), n.place, n)
	defer g.done()
	r := RecordAverages{Every: g.number("every", mustTime), Variables: g.variables("variables", AverageVariables)}
	if n := g.get("neurons"); n != nil {
		path := dotted(g.path, "neurons")
		h := f.d.fields(path, n.place, n)
		r.Neurons = []RecordNeurons{}
		for _, e := range n.entries {
			r.Neurons = append(r.Neurons, RecordNeurons{e.key, h.neurons(e.key)})
		}
	}
	return r
}

// variables reads some of the names, or nil where none stand there.
func (f *fields) variables(key string, of []string) []string {
	n, path := f.get(key), dotted(f.path, key)
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
func (d *decoder) histograms(population string, f *fields) (all []RecordHistogram) {
	for _, variable := range HistogramVariables {
		n := f.get(variable)
		if n == nil {
			continue
		}
		g := d.fields(dotted(f.path, variable), n.place, n)
		h := RecordHistogram{
			Population: population, Variable: variable,
			Low: g.number("low", mustNumber), High: g.number("high", mustNumber),
			Bins: g.whole("bins", mustBins), Every: g.number("every", mustTime),
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

func (d *decoder) recordSpikes(n *node, path string) []RecordNeurons {
	switch {
	case n.kind == scalar && n.text == "all":
		return nil
	case n.kind == scalar && n.text == "none":
		return []RecordNeurons{}
	case n.kind != mapping:
		d.fault(n, path, mustRecord)
		return nil
	}
	all := []RecordNeurons{}
	f := d.fields(path, n.place, n)
	for _, e := range n.entries {
		all = append(all, RecordNeurons{e.key, f.neurons(e.key)})
	}
	return all
}
