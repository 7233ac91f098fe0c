package network

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Neurons are some of a population's, counted from 0: the First so many, or those Listed, or a Sample of so
// many, drawn by the network's seed. The zero Neurons are none.
type Neurons struct {
	First  int
	Listed []Span // no neuron twice
	Sample int
}

// A Span is the neurons From, From + Every, ... up to To.
type Span struct{ From, To, Every int }

// FirstOf are the first so many neurons.
func FirstOf(n int) Neurons { return Neurons{First: n} }

// Count is how many neurons there are.
func (s Span) Count() int { return (s.To-s.From)/s.Every + 1 }

// Count is how many neurons there are.
func (n *Neurons) Count() int {
	count := n.First + n.Sample
	for _, s := range n.Listed {
		count += s.Count()
	}
	return count
}

const (
	mustNeurons = "must be all, a whole number of neurons (the first), a list of neurons and of {from, to, every}, one of these, or {sample: how many}"
	mustIndex   = "must be a whole number from 0, a neuron of the population"
	mustEach    = "must be a whole number of at least 1"
	mustSample  = "must be a whole number of neurons"
)

// everyNeuron stands for all neurons of a population, and for its last one, until their number is asked for.
const everyNeuron = -1

// resolve puts numbers in the place of all and of the last.
func (n *Neurons) resolve(size int) {
	if n.First == everyNeuron {
		n.First = size
	}
	for i := range n.Listed {
		if n.Listed[i].To == everyNeuron {
			n.Listed[i].To = size - 1
		}
	}
}

// scaled are the same of a population whose size has changed. Where all were meant, or the last, they
// still are, and of the first and of a sample there are never more than neurons.
func (n Neurons) scaled(before, after int) Neurons {
	if n.First == before || n.First > after {
		n.First = after
	}
	n.Sample = min(n.Sample, after)
	n.Listed = slices.Clone(n.Listed)
	for i, s := range n.Listed {
		if s.From < s.To && s.From < after && (s.To == before-1 || s.To >= after) {
			n.Listed[i].To = after - 1
		}
	}
	return n
}

// neurons reads some neurons of a population.
func (f *fields) neurons(key string) Neurons {
	return f.d.neurons(f.need(key, mustNeurons), dotted(f.path, key))
}

func (d *decoder) neurons(n *node, path string) Neurons {
	switch {
	case n == nil:
		return Neurons{}
	case n.kind == scalar && n.text == "all":
		return Neurons{First: everyNeuron}
	case n.kind == mapping && n.index("sample") >= 0:
		f := d.fields(path, n.place, n)
		defer f.done()
		return Neurons{Sample: f.whole("sample", mustSample)}
	case n.kind == mapping:
		return Neurons{Listed: []Span{d.span(n, path)}}
	case n.kind == sequence:
		var all Neurons
		for i, item := range n.items {
			at := path
			if len(n.items) > 1 {
				at = dotted(path, strconv.Itoa(i))
			}
			before := len(d.faults)
			s := d.span(item, at)
			if len(d.faults) > before {
				d.faults = d.faults[:before+1]
				d.more(n.items[i+1:], func(item *node) { d.span(item, path) })
				return Neurons{}
			}
			all.Listed = append(all.Listed, s)
		}
		return all
	}
	if m := likeRange.FindStringSubmatch(n.text); m != nil { // an expression, perhaps, but not meant as one
		d.fault(n, path, mustNeurons+"; a range is {from: "+m[1]+", to: "+m[2]+"}")
		return Neurons{}
	}
	before := len(d.faults)
	if first := d.whole(n, path, mustNeurons); first >= 0 {
		return FirstOf(first)
	}
	if len(d.faults) == before {
		d.fault(n, path, mustNeurons)
	}
	return Neurons{}
}

// likeRange is how ranges are written elsewhere.
var likeRange = regexp.MustCompile(`^\s*(\d+)\s*(?:-|\.\.|:|to)\s*(\d+)\s*$`)

// span reads one neuron or a range of them.
func (d *decoder) span(n *node, path string) Span {
	if n.kind != mapping {
		if m := likeRange.FindStringSubmatch(n.text); m != nil {
			d.fault(n, path, mustIndex+"; a range is {from: "+m[1]+", to: "+m[2]+"}")
			return Span{Every: 1}
		}
		before := len(d.faults)
		i := d.whole(n, path, mustIndex+", or {from, to, every}")
		if i < 0 && len(d.faults) == before {
			d.fault(n, path, mustIndex)
		}
		return Span{i, i, 1}
	}
	f := d.fields(path, n.place, n)
	defer f.done()
	s := Span{From: 0, To: everyNeuron, Every: 1}
	for _, k := range []struct {
		key, allowed string
		to           *int
	}{{"from", mustIndex, &s.From}, {"to", mustIndex, &s.To}, {"every", mustEach, &s.Every}} {
		if v := f.get(k.key); v != nil {
			if *k.to = d.whole(v, dotted(path, k.key), k.allowed); *k.to < 0 {
				d.fault(v, dotted(path, k.key), k.allowed)
				*k.to = 0
			}
		}
	}
	if sample := f.get("sample"); sample != nil {
		d.fault(sample, dotted(path, "sample"), "must stand alone, {sample: how many}")
	}
	if len(n.entries) == 0 {
		d.fault(n, path, mustNeurons)
	}
	return s
}

// neurons checks those of a population of that size.
func (c *checker) neurons(path string, n *Neurons, p *Population) {
	if p.Size < 1 || p.Size > maxNeurons { // which is the fault
		return
	}
	most := fmt.Sprintf("must be all or at most %d, the size of the population", p.Size)
	c.want(n.First >= 0 && n.First <= p.Size, path, n.First, most)
	c.want(n.Sample >= 0 && n.Sample <= p.Size, path+".sample", n.Sample, fmt.Sprintf("must be at most %d, the size of the population", p.Size))
	last := fmt.Sprintf("must be a whole number from 0 to %d, the last neuron of %s", p.Size-1, p.Name)
	before := len(c.faults)
	for i, s := range n.Listed {
		at, from, to := path, path+".from", path+".to"
		if len(n.Listed) > 1 {
			at = dotted(path, strconv.Itoa(i))
			from, to = at+".from", at+".to"
		}
		if s.From == s.To {
			from, to = at, at
		}
		ok := c.want(s.From >= 0 && s.From < p.Size, from, s.From, last) && c.want(s.To >= s.From, to, s.To, fmt.Sprintf("must not be below from, %d", s.From)) &&
			c.want(s.To < p.Size, to, s.To, last) && c.want(s.Every >= 1, at+".every", s.Every, mustEach)
		if !ok {
			c.more(countIf(n.Listed[i+1:], func(s Span) bool { return s.From < 0 || s.To < s.From || s.To >= p.Size || s.Every < 1 }))
			return
		}
	}
	if len(c.faults) > before || len(n.Listed) < 2 {
		return
	}
	if i, twice := firstTwice(n.Listed, p.Size); i >= 0 {
		c.fault(dotted(path, strconv.Itoa(i)), strconv.Itoa(twice), "must stand there once")
	}
}

// countIf counts those for which it is so.
func countIf[T any](all []T, so func(T) bool) (count int) {
	for _, x := range all {
		if so(x) {
			count++
		}
	}
	return count
}

// andMore says that as many faults more are of the kind.
func andMore(count int) string {
	if count == 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d more)", count)
}

// firstTwice finds the first of the spans, all within the size, that holds a neuron of an earlier one, or -1.
func firstTwice(spans []Span, size int) (i, neuron int) {
	if len(spans) == 1 {
		return -1, 0
	}
	few := (&Neurons{Listed: spans}).Count() < size/64
	seen, bits := map[int]bool{}, []uint64(nil)
	if !few {
		bits = make([]uint64, size/64+1)
	}
	for i, s := range spans {
		for k := s.From; k <= s.To; k += s.Every {
			if few && seen[k] || !few && bits[k/64]&(1<<(k%64)) != 0 {
				return i, k
			}
			if few {
				seen[k] = true
			} else {
				bits[k/64] |= 1 << (k % 64)
			}
		}
	}
	return -1, 0
}

// yaml writes them as the language has them.
func (n *Neurons) yaml() string {
	switch {
	case n.Sample > 0:
		return fmt.Sprintf("{sample: %d}", n.Sample)
	case len(n.Listed) == 1 && n.Listed[0] != alone(n.Listed[0].From):
		return n.Listed[0].yaml()
	case len(n.Listed) > 0:
		items := make([]string, len(n.Listed))
		for i, s := range n.Listed {
			items[i] = s.yaml()
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return strconv.Itoa(n.First)
}

// alone is a neuron alone.
func alone(neuron int) Span { return Span{neuron, neuron, 1} }

func (s Span) yaml() string {
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
