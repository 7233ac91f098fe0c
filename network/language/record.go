package language

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"einet/fault"
	"einet/network"
)

// neurons reads some neurons of a population.
func (d *decoder) neurons(n *node, path string) network.Neurons {
	switch {
	case n == nil:
		return network.Neurons{}
	case n.kind == scalar && n.text == "all":
		return network.Neurons{First: network.EveryNeuron}
	case n.kind == scalar && n.text == "none":
		return network.FirstOf(0)
	case n.kind == mapping && n.index("sample") >= 0:
		f := d.fields(path, n.place, n)
		defer f.done()
		return network.Neurons{Sample: f.whole("sample", mustSample)}
	case n.kind == mapping:
		return network.Neurons{Listed: []network.Span{d.span(n, path)}}
	case n.kind == sequence:
		var all network.Neurons
		for i, item := range n.items {
			at := path
			if len(n.items) > 1 {
				at = fault.Path(path, strconv.Itoa(i))
			}
			before := len(d.faults)
			s := d.span(item, at)
			if len(d.faults) > before {
				d.faults = d.faults[:before+1]
				d.more(n.items[i+1:], func(item *node) { d.span(item, path) })
				return network.Neurons{}
			}
			all.Listed = append(all.Listed, s)
		}
		return all
	}
	if s, ok := d.rangeOf(n, path); ok {
		return network.Neurons{Listed: []network.Span{s}}
	}
	if m := openRange.FindStringSubmatch(n.text); m != nil {
		which := "{to: " + m[2] + "} begins at the first neuron"
		if m[1] != "" {
			which = "{from: " + m[1] + "} goes to the last neuron"
		}
		d.fault(n, path, "a range has both ends, 0..399; "+which)
		return network.Neurons{}
	}
	if m := likeRange.FindStringSubmatch(n.text); m != nil { // an expression, perhaps, but not meant as one
		d.fault(n, path, mustNeurons+"; a range is "+m[1]+".."+m[2])
		return network.Neurons{}
	}
	before := len(d.faults)
	if first := d.whole(n, path, mustNeurons); first >= 0 {
		return network.FirstOf(first)
	}
	if len(d.faults) == before {
		d.fault(n, path, mustNeurons)
	}
	return network.Neurons{}
}

// likeRange is how ranges are written elsewhere.
// An openRange is one of which an end is missing.
var openRange = regexp.MustCompile(`^\s*(\d*)\s*\.\.\s*(\d*)\s*$`)

var likeRange = regexp.MustCompile(`^\s*(\d+)\s*(?:-|:|to)\s*(\d+)\s*$`)

// span reads one neuron or a range of them.
func (d *decoder) span(n *node, path string) network.Span {
	if n.kind != mapping {
		if s, ok := d.rangeOf(n, path); ok {
			return s
		}
		if m := likeRange.FindStringSubmatch(n.text); m != nil {
			d.fault(n, path, mustIndex+"; a range is "+m[1]+".."+m[2])
			return network.Span{Every: 1}
		}
		before := len(d.faults)
		i := d.whole(n, path, mustIndex+", a range 0..399 or {from, to, every}")
		if i < 0 && len(d.faults) == before {
			d.fault(n, path, mustIndex)
		}
		return alone(i)
	}
	f := d.fields(path, n.place, n)
	defer f.done()
	s := network.Span{From: 0, To: network.EveryNeuron, Every: 1}
	for _, k := range []struct {
		key, allowed string
		to           *int
	}{{"from", mustIndex, &s.From}, {"to", mustIndex, &s.To}, {"every", network.MustSize, &s.Every}} {
		if v := f.get(k.key); v != nil {
			if *k.to = d.whole(v, fault.Path(path, k.key), k.allowed); *k.to < 0 {
				d.fault(v, fault.Path(path, k.key), k.allowed)
				*k.to = 0
			}
		}
	}
	if sample := f.get("sample"); sample != nil {
		d.fault(sample, fault.Path(path, "sample"), "must stand alone, {sample: how many}")
	}
	if len(n.entries) == 0 {
		d.fault(n, path, mustNeurons)
	}
	return s
}

// yaml writes them as the language has them.
func writeNeurons(n *network.Neurons) string {
	switch {
	case n.Sample > 0:
		return fmt.Sprintf("{sample: %d}", n.Sample)
	case len(n.Listed) == 1 && n.Listed[0] != alone(n.Listed[0].From):
		return writeSpan(n.Listed[0])
	case len(n.Listed) > 0:
		items := make([]string, len(n.Listed))
		for i, s := range n.Listed {
			items[i] = writeSpan(s)
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return strconv.Itoa(n.First)
}

func writeSpan(s network.Span) string {
	if s == alone(s.From) {
		return strconv.Itoa(s.From)
	}
	f := fieldsOut{}
	f.add("from", strconv.Itoa(s.From))
	f.add("to", strconv.Itoa(s.To))
	if s.Every != 1 {
		f.add("every", strconv.Itoa(s.Every))
	}
	return "{" + f.String() + "}"
}

// alone is a neuron alone.
func alone(neuron int) network.Span { return network.Span{From: neuron, To: neuron, Every: 1} }

const (
	mustNeurons = "must be all, none, a whole number of neurons (the first), a range 0..399, {from, to, every}, a list of neurons and ranges, or {sample: how many}"
	mustIndex   = "must be a whole number from 0, a neuron of the population"
	mustSample  = "must be a whole number of neurons"
)

const mustRecord = "must be all, none or a mapping of populations to their neurons"

// variables reads names, some of those or states of models.
func (d *decoder) variables(n *node, path string, of []string) []string {
	allowed := "must be a list of some of " + strings.Join(of, ", ")
	if n.kind != sequence || len(n.items) == 0 {
		d.fault(n, path, allowed)
		return nil
	}
	names := []string{}
	for _, item := range n.items {
		if item.kind != scalar {
			d.fault(item, path, allowed)
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
