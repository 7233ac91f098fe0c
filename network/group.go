package network

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// A Group is some neurons of a population, by a name that may stand wherever the population's may, as E.stimulated; or a
// division of it into equal parts, as E.clusters, whose parts are E.clusters.0, E.clusters.1 and so on.
type Group struct {
	Population string
	Name       string
	Neurons    Neurons // which, in their order; of a division none
	Count      int     // of the parts of a division; else 0
	Input      Input   // besides the population's: numbers, steps and pulses [mV or pA]
	Bias       Dist    // likewise, drawn per neuron [mV or pA]

	PoissonInput []PoissonInput // likewise, as of a population
	WhiteNoise   float64        // likewise [mV]
	OUNoise      OUNoise        // likewise
}

// FullName is that by which the group is named elsewhere.
func (g *Group) FullName() string { return g.Population + "." + g.Name }

// A Part is the neurons that a name means: a population, a group of it, a division or one part of that. Its neurons are numbered from
// 0 in their order.
type Part struct {
	Name       string
	Population int // its place among those of the network
	Size       int // neurons
	Count      int // of the parts of a division; else 0

	spans []Span // of the population; nil for all of it
	table []int  // of several spans: each neuron; nil where they are too many
	ends  []int  // then of each span how many neurons there are up to its end
}

// IsAll tells whether the part is all of its population, in its order: i is neuron i.
func (p *Part) IsAll() bool { return p.spans == nil }

// Spans are the part's neurons, as numbers in the population.
func (p *Part) Spans() []Span {
	if p.spans == nil {
		return []Span{{0, p.Size - 1, 1}}
	}
	return p.spans
}

// At is neuron i of the part, as its number in the population.
func (p *Part) At(i int) int {
	switch {
	case p.spans == nil:
		return i
	case p.table != nil:
		return p.table[i]
	case p.ends != nil:
		k, before := sort.SearchInts(p.ends, i+1), 0
		if k > 0 {
			before = p.ends[k-1]
		}
		return p.spans[k].From + (i-before)*p.spans[k].Every
	}
	return p.spans[0].From + i*p.spans[0].Every
}

// Neurons are all of them, as numbers in the population.
func (p *Part) Neurons() []int {
	all := make([]int, p.Size)
	for i := range all {
		all[i] = p.At(i)
	}
	return all
}

// IDs are the global ids of a part's neurons.
func (n *Network) IDs(p *Part) []int {
	ids, first := p.Neurons(), 0
	for i := range p.Population {
		first += n.Populations[i].Size
	}
	for k := range ids {
		ids[k] += first
	}
	return ids
}

// Place is where a neuron of the population stands in the part, or -1.
func (p *Part) Place(neuron int) int {
	if p.spans == nil {
		return neuron
	}
	before := 0
	for _, s := range p.spans {
		if neuron >= s.From && neuron <= s.To && (neuron-s.From)%s.Every == 0 {
			return before + (neuron-s.From)/s.Every
		}
		before += s.Count()
	}
	return -1
}

// Slice is part k of a division: its neurons lo to hi-1. Sizes differ by one neuron where the size is no multiple of the count.
func (p *Part) Slice(k int) (lo, hi int) { return slice(p.Size, p.Count, k) }

func slice(size, count, k int) (lo, hi int) {
	return int(int64(size) * int64(k) / int64(count)), int(int64(size) * int64(k+1) / int64(count))
}

// NameOf is the name of part k of a division.
func (p *Part) NameOf(k int) string { return p.Name + "." + strconv.Itoa(k) }

// SliceOf is which part of a division neuron i of it is in.
func (p *Part) SliceOf(i int) int {
	k := int(int64(i) * int64(p.Count) / int64(p.Size)) // at most one too low, for the ends are rounded down
	if _, hi := p.Slice(k); i >= hi {
		k++
	}
	return k
}

// Part finds what a name means: a population (E), a group (E.stimulated), a division (E.clusters) or one of its parts (E.clusters.7).
func (n *Network) Part(name string) (Part, bool) {
	population, rest, grouped := strings.Cut(name, ".")
	i := n.Population(population)
	if i < 0 {
		return Part{}, false
	}
	size := n.Populations[i].Size
	if !grouped {
		return Part{Name: name, Population: i, Size: size}, true
	}
	called, number, numbered := strings.Cut(rest, ".")
	g := n.Group(population, called)
	switch {
	case g == nil || numbered && g.Count == 0:
		return Part{}, false
	case g.Count < 0 || g.Count > min(size, MaxParts): // which is a fault
		return Part{Name: name, Population: i, spans: []Span{}}, true
	case g.Count == 0:
		return partOf(name, i, size, g), true
	case !numbered:
		return Part{Name: name, Population: i, Size: size, Count: g.Count}, true
	}
	k, err := strconv.Atoi(number)
	if err != nil || k < 0 || k >= g.Count || strconv.Itoa(k) != number {
		return Part{}, false
	}
	lo, hi := slice(size, g.Count, k)
	return Part{Name: name, Population: i, Size: hi - lo, spans: []Span{{lo, hi - 1, 1}}}, true
}

// partOf is a group that is no division.
func partOf(name string, population, size int, g *Group) Part {
	neurons := g.Neurons
	neurons.Listed = slices.Clone(neurons.Listed)
	neurons.resolve(size)
	if neurons.First > 0 {
		neurons = Neurons{Listed: []Span{{0, neurons.First - 1, 1}}}
	}
	bad := func(s Span) bool { return s.From < 0 || s.To < s.From || s.To >= size || s.Every < 1 }
	if slices.ContainsFunc(neurons.Listed, bad) || len(neurons.Listed) == 0 { // likewise
		return Part{Name: name, Population: population, spans: []Span{}}
	}
	p := Part{Name: name, Population: population, Size: neurons.Count(), spans: neurons.Listed}
	switch {
	case len(p.spans) > 1 && p.Size > mostTabled:
		end := 0
		for _, s := range p.spans {
			end += s.Count()
			p.ends = append(p.ends, end)
		}
	case len(p.spans) > 1:
		for _, s := range p.spans {
			for i := s.From; i <= s.To; i += s.Every {
				p.table = append(p.table, i)
			}
		}
	}
	return p
}

// Group finds one by its population and name, or returns nil.
func (n *Network) Group(population, name string) *Group {
	for i := range n.Groups {
		if g := &n.Groups[i]; g.Population == population && g.Name == name {
			return g
		}
	}
	return nil
}

// Parts are all groups, in the place of divisions their parts.
func (n *Network) Parts() []Part {
	var all []Part
	for i := range n.Groups {
		g := &n.Groups[i]
		names := []string{g.FullName()}
		if g.Count > 0 {
			names = nil
			for k := range g.Count {
				names = append(names, g.FullName()+"."+strconv.Itoa(k))
			}
		}
		for _, name := range names {
			if p, ok := n.Part(name); ok {
				all = append(all, p)
			}
		}
	}
	return all
}

// GroupsOf are the groups of a population.
func (n *Network) GroupsOf(population string) (all []Group) {
	for _, g := range n.Groups {
		if g.Population == population {
			all = append(all, g)
		}
	}
	return all
}

// Resolve puts numbers in the place of all and of the last neuron, in groups and in what is recorded.
func (n *Network) Resolve() {
	for i := range n.Groups {
		if k := n.Population(n.Groups[i].Population); k >= 0 {
			n.Groups[i].Neurons.resolve(n.Populations[k].Size)
		}
	}
	n.Record.resolve(n)
}

// Pairs say which pairs of neurons a projection between two divisions may connect.
type Pairs string

// The pairs.
const (
	AllPairs       Pairs = ""
	SamePart       Pairs = "same"      // a source and a target of parts of the same number
	DifferentParts Pairs = "different" // of parts of different numbers
)

// From and To are a projection as its keys of these names see it.
type (
	From Projection
	To   Projection
)

// Says is what the key says, and Say takes that.
func (p *From) Says() string    { from, _ := (*Projection)(p).EndNames(); return from }
func (p *To) Says() string      { _, to := (*Projection)(p).EndNames(); return to }
func (p *From) Say(name string) { p.From, p.FromGroup = namesOf(name) }
func (p *To) Say(name string)   { p.To, p.ToGroup = namesOf(name) }

// namesOf are those of a population and of a group. "E." is all the name of one that isn't there.
func namesOf(name string) (population, group string) {
	if population, group, _ = strings.Cut(name, "."); group == "" {
		return name, ""
	}
	return population, group
}

// EndNames are both names of a projection's ends.
func (p *Projection) EndNames() (from, to string) {
	from, to = p.From, p.To
	if p.FromGroup != "" {
		from += "." + p.FromGroup
	}
	if p.ToGroup != "" {
		to += "." + p.ToGroup
	}
	return from, to
}

// Ends are the sources and the targets of projection i of a valid network.
func (n *Network) Ends(i int) (from, to Part) {
	f, t := n.Projections[i].EndNames()
	from, _ = n.Part(f)
	to, _ = n.Part(t)
	return from, to
}

// Grouped tells whether the projection begins or ends at a group, or is between parts of divisions.
func (p *Projection) Grouped() bool {
	return p.FromGroup != "" || p.ToGroup != "" || p.Pairs != AllPairs
}

// A Choice is the partners that a neuron may have: Size of them, of which number i is At(i) among the neurons of the other end.
type Choice struct {
	Size        int
	gap, beyond int // from number gap on, beyond is added
}

// At is the place of partner i at the other end.
func (c Choice) At(i int) int {
	if i >= c.gap {
		return i + c.beyond
	}
	return i
}

// Number is the number of the neuron at that place of the other end, or -1 where it is no partner.
func (c Choice) Number(place int) int {
	i := place
	if place >= c.gap {
		i -= c.beyond
	}
	if place < 0 || i < 0 || i >= c.Size || c.At(i) != place {
		return -1
	}
	return i
}

// Choice is what neuron i of one end may be connected with at the other.
func (p *Projection) Choice(i int, end, other *Part) Choice {
	if p.Pairs == AllPairs {
		return Choice{Size: other.Size}
	}
	lo, hi := other.Slice(end.SliceOf(i))
	if p.Pairs == SamePart {
		return Choice{Size: hi - lo, beyond: lo}
	}
	return Choice{Size: other.Size - (hi - lo), gap: lo, beyond: hi - lo}
}

// partners are the fewest and the most that a neuron of one end may have at the other, and on average over the neurons.
func (p *Projection) partners(end, other *Part) (least, most int, mean float64) {
	if p.Pairs == AllPairs || end.Count == 0 {
		return other.Size, other.Size, float64(other.Size)
	}
	least = math.MaxInt
	pairs := 0.0
	for k := range end.Count {
		lo, hi := end.Slice(k)
		size := p.Choice(lo, end, other).Size
		least, most = min(least, size), max(most, size)
		pairs += float64(hi-lo) * float64(size)
	}
	return least, most, pairs / float64(end.Size)
}

// Selves is how many neurons are a source and a target of projection i that may be one pair.
func (n *Network) Selves(i int) int {
	p := &n.Projections[i]
	if p.From != p.To || p.Pairs == DifferentParts {
		return 0
	}
	from, to := n.Ends(i)
	return from.Common(&to)
}
