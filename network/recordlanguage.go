package network

const (
	mustRecord  = "must be all, none or a mapping of populations to all or a number of neurons"
	mustNeurons = "must be all or a whole number of neurons"
)

// everyNeuron stands for all neurons of a population until its size is known.
const everyNeuron = -1

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
	r.Averages = g.numberOr("averages", 0, mustTime)
	return r
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
	return f.d.whole(n, dotted(f.path, key), mustNeurons)
}
