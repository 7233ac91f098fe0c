package network

import "slices"

const (
	mustRecord  = "must be all, none or a mapping of populations to all or a number of neurons"
	mustNeurons = "must be all or a whole number of neurons"
	mustBins    = "must be a whole number of bins, 1 to 10000"
)

// maxBins keeps a histogram a histogram.
const maxBins = 10_000

// everyNeuron stands for all neurons of a population until their number is asked for.
const everyNeuron = -1

// resolve puts numbers in the place of all.
func (r *Record) resolve(n *Network) {
	each := func(population string, neurons *int) {
		if i := n.Population(population); i >= 0 && *neurons == everyNeuron {
			*neurons = n.Populations[i].Size
		}
	}
	for i := range r.Spikes {
		each(r.Spikes[i].Population, &r.Spikes[i].Neurons)
	}
	for i := range r.State {
		each(r.State[i].Population, &r.State[i].Neurons)
	}
}

// scaled is the record of a network whose sizes have changed: where all neurons of a
// population were kept, all are, and never more than there are.
func (r Record) scaled(before, after *Network) Record {
	neurons := func(population string, was int) int {
		i := after.Population(population)
		if i < 0 {
			return was
		}
		if size := after.Populations[i].Size; was == before.Populations[i].Size || was > size {
			return size
		}
		return was
	}
	r.Counted = slices.Clone(r.Counted)
	r.Spikes, r.State = slices.Clone(r.Spikes), slices.Clone(r.State)
	for i, s := range r.Spikes {
		r.Spikes[i].Neurons = neurons(s.Population, s.Neurons)
	}
	for i, s := range r.State {
		r.State[i].Neurons = neurons(s.Population, s.Neurons)
	}
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
			r.State = append(r.State, RecordState{e.key, h.neurons("neurons"), h.number("every", mustTime)})
			h.done()
		}
	}
	if n := g.get("histograms"); n != nil {
		path := dotted(g.path, "histograms")
		for _, e := range f.d.members(path, n) {
			r.Counted = append(r.Counted, f.d.histograms(e.key, f.d.fields(dotted(path, e.key), e.place, e.value))...)
		}
	}
	r.Averages = g.numberOr("averages", 0, mustTime)
	return r
}

// histograms are those of a population.
func (d *decoder) histograms(population string, f *fields) (all []RecordHistogram) {
	for _, variable := range HistogramVariables {
		n := f.get(variable)
		if n == nil {
			continue
		}
		g := d.fields(dotted(f.path, variable), n.place, n)
		all = append(all, RecordHistogram{
			Population: population, Variable: variable,
			Low: g.number("low", mustNumber), High: g.number("high", mustNumber),
			Bins: g.whole("bins", mustBins), Every: g.number("every", mustTime),
		})
		g.done()
	}
	f.done()
	return all
}

func (d *decoder) recordSpikes(n *node, path string) []RecordSpikes {
	switch {
	case n.kind == scalar && n.text == "all":
		return nil
	case n.kind == scalar && n.text == "none":
		return []RecordSpikes{}
	case n.kind != mapping:
		d.fault(n, path, mustRecord)
		return nil
	}
	all := []RecordSpikes{}
	f := d.fields(path, n.place, n)
	for _, e := range n.entries {
		all = append(all, RecordSpikes{e.key, f.neurons(e.key)})
	}
	return all
}

// neurons reads a number of neurons.
func (f *fields) neurons(key string) int {
	n := f.need(key, mustNeurons)
	if n != nil && n.kind == scalar && n.text == "all" {
		return everyNeuron
	}
	count, path := f.d.whole(n, dotted(f.path, key), mustNeurons), dotted(f.path, key)
	if count < 0 {
		f.d.fault(n, path, mustNeurons)
		return 0
	}
	return count
}
