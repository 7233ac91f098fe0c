package network

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"einet/fault"
)

// Neurons are some neurons of a population, counted from 0: the first ones, or those that are listed, or a sample that the
// network's seed draws. The zero Neurons are none.
type Neurons struct {
	First  int    // how many
	Listed []Span // no neuron twice
	Sample int    // how many
}

// A Span is the neurons From, From + Every, ... up to To.
type Span struct{ From, To, Every int }

// FirstOf are the first n neurons.
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

// EveryNeuron stands for all neurons of a population, and for its last one, until their number is asked for.
const EveryNeuron = -1

// resolve puts numbers in the place of all and of the last.
func (n *Neurons) resolve(size int) {
	if n.First == EveryNeuron {
		n.First = size
	}
	for i := range n.Listed {
		if n.Listed[i].To == EveryNeuron {
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

// neurons checks those of a population of that size.
func (c *checker) neurons(path string, n *Neurons, p *Population) {
	if p.Size < 1 || p.Size > MaxNeurons { // which is the fault
		return
	}
	whole := "the population"
	if strings.Contains(p.Name, ".") {
		whole = fault.Clip(p.Name)
	}
	most := fmt.Sprintf("must be all or at most %d, the size of %s", p.Size, whole)
	c.want(n.First >= 0 && n.First <= p.Size, path, n.First, most)
	c.want(n.Sample >= 0 && n.Sample <= p.Size, path+".sample", n.Sample, fmt.Sprintf("must be at most %d, the size of %s", p.Size, whole))
	last := fmt.Sprintf("must be a whole number from 0 to %d, the last neuron of %s", p.Size-1, fault.Clip(p.Name))
	before := len(c.faults)
	for i, s := range n.Listed {
		at, from, to := path, path+".from", path+".to"
		if len(n.Listed) > 1 {
			at = fault.Path(path, strconv.Itoa(i))
			from, to = at+".from", at+".to"
		}
		if s.From == s.To {
			from, to = at, at
		}
		ok := c.want(s.From >= 0 && s.From < p.Size, from, s.From, last) && c.want(s.To >= s.From, to, s.To, fmt.Sprintf("must not be below from, %d", s.From)) &&
			c.want(s.To < p.Size, to, s.To, last) && c.want(s.Every >= 1, at+".every", s.Every, MustSize)
		if !ok {
			c.more(countIf(n.Listed[i+1:], func(s Span) bool { return s.From < 0 || s.To < s.From || s.To >= p.Size || s.Every < 1 }))
			return
		}
	}
	if len(c.faults) > before || len(n.Listed) < 2 {
		return
	}
	if i, twice := firstTwice(n.Listed); i >= 0 {
		c.fault(fault.Path(path, strconv.Itoa(i)), strconv.Itoa(twice), "is named twice")
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

// firstTwice finds the first of the spans, all within the size, that holds a neuron of an earlier one, or -1.
func firstTwice(spans []Span) (i, neuron int) {
	order := make([]int, len(spans)) // by the first neuron
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(spans[a].From, spans[b].From) })
	i = len(spans)
	var open []int // that reach as far as the one that is looked at, and share no neuron
	for _, b := range order {
		keep := true
		open = slices.DeleteFunc(open, func(a int) bool {
			if spans[a].To < spans[b].From {
				return true
			}
			_, shares := spans[a].firstOf(spans[b])
			if shares {
				i, keep = min(i, max(a, b)), keep && b < a
			}
			return shares && b < a
		})
		if keep {
			open = append(open, b)
		}
	}
	if i == len(spans) {
		return -1, 0
	}
	neuron = math.MaxInt
	for _, s := range spans[:i] {
		if k, both := s.firstOf(spans[i]); both {
			neuron = min(neuron, k)
		}
	}
	return i, neuron
}
