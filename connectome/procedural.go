package connectome

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"einet/network"
	"einet/rng"
)

// Procedural is the connectome that Build makes of a valid network, but none of its synapses
// is stored: engines draw those of a neuron again whenever it fires (Knight & Nowotny, Nature
// Computational Science 1 (2021) 136). It takes time only where in-degrees are random and
// have a bound: all synapses are then drawn once and counted.
func Procedural(ctx context.Context, net *network.Network, workers int) (*Connectome, error) {
	if err := Redrawable(net); err != nil {
		return nil, err
	}
	c := &Connectome{Projections: make([]Projection, len(net.Projections))}
	for i := range net.Projections {
		n := &net.Projections[i]
		redrawn := newRedrawn(net, i)
		c.Projections[i] = Projection{
			From: net.Population(n.From), To: net.Population(n.To), Multapses: n.MayRepeat(), Redrawn: redrawn,
		}
		if n.Rule.IsBounded() {
			sources, targets := net.Sizes(i)
			b := newBuilder(&c.Projections[i], redrawn.draws, sources, 0, processors(workers), true)
			b.limit(targets, net.InDegreeBound(i))
			if err := errors.Join(b.each(ctx, b.countTargets), b.checkInDegrees()); err != nil {
				return nil, fmt.Errorf("projections.%s: %w", n.Name, err)
			}
		}
	}
	return c, nil
}

// Redrawable is an error that names the first projection of a network whose synapses cannot be
// drawn source by source, and says how many more there are.
func Redrawable(net *network.Network) error {
	var first *network.Projection
	more := -1
	for i := range net.Projections {
		if p := &net.Projections[i]; p.Plasticity.Is() {
			return fmt.Errorf("projections.%s.plasticity: weights that change are stored, not drawn again: let synapses be stored", p.Name)
		}
		if p := &net.Projections[i]; p.Grouped() {
			return fmt.Errorf("projections.%s: of groups: can't be drawn again by source; procedural connectivity takes projections between whole populations: make a group a population of its own, or let synapses be stored", p.Name)
		}
	}
	for i := range net.Projections {
		if p := &net.Projections[i]; !slices.Contains(bySource, p.Rule) {
			if more++; first == nil {
				first = p
			}
		}
	}
	if first == nil {
		return nil
	}
	others := ""
	if more > 0 {
		others = fmt.Sprintf(" (nor can %d more)", more)
	}
	return fmt.Errorf("projections.%s.rule: %s: can't be drawn again by source%s; procedural connectivity takes %s, %s, %s and %s",
		first.Name, first.Rule, others, bySource[0], bySource[1], bySource[2], bySource[3])
}

// bySource are the rules of which newDraws knows how to draw the synapses of a source by themselves.
var bySource = []network.Rule{network.FixedProbability, network.FixedOutDegree, network.AllToAll, network.OneToOne}

// Redrawn draws a projection's synapses by row: a row is those of one source onto one chunk of
// targets. A projection of fixed_outdegree has one chunk, all targets.
type Redrawn struct {
	Chunks  int // of the target population
	Span    int // targets in each but the last
	Packing Packing

	draws *draws
}

func newRedrawn(net *network.Network, i int) *Redrawn {
	codes := NewCodes(net, i)
	d := newDraws(net, i, &codes)
	return &Redrawn{draws: d, Span: d.span, Chunks: (d.targets + d.span - 1) / d.span, Packing: codes.Packing()}
}

// A Row is room for what is drawn.
type Row struct{ batch }

// Draw draws the row of a source onto chunk k and returns, in room, the targets, as numbers in
// their population, and the codes of weight and delay as Packing.Pack puts them together for target 0. They
// are in the order of drawing: by target, except of fixed_outdegree.
func (r *Redrawn) Draw(room *Row, source, k int) (targets, codes []uint32) {
	room.reset()
	r.draws.row(source, k, &room.batch)
	return room.target, room.code
}

// Size is the number of targets in chunk k.
func (r *Redrawn) Size(k int) int { return min(r.Span, r.draws.targets-k*r.Span) }

// Bernoulli is what decides which synapses there are of a projection with fixed_probability and synapses
// that are all alike; ok is false of any other.
func (r *Redrawn) Bernoulli() (b Bernoulli, ok bool) {
	return r.draws.bernoulli, r.draws.rule.Rule == network.FixedProbability && !r.draws.rule.Near.Falls() && r.alike()
}

// NoAutapses is true where neurons that are drawn as their own targets are to be left out.
func (r *Redrawn) NoAutapses() bool { return r.draws.self }

// A Recipe is how Redrawn draws, for engines that draw by themselves: docs/equations.md has it in words.
type Recipe struct {
	Rule             network.Rule
	ByDistance       bool // which synapses there are, their weights or delays go by distance: the rest does not say how
	N                int  // synapses of a source, of fixed_outdegree
	Multapses        bool
	Sources, Targets int
	NoAutapses       bool

	Connectivity, Weights, Delays rng.Key

	Scale float32 // of a Bernoulli; of fixed_probability alone
	P     float64

	// A code is the number of thresholds at or below a word; without thresholds it is 0.
	WeightThresholds, DelayThresholds []uint32
}

// Recipe is how the rows are drawn.
func (r *Redrawn) Recipe() Recipe {
	d := r.draws
	c := Recipe{
		Rule: d.rule.Rule, ByDistance: d.rule.ByDistance(), N: d.rule.N, Multapses: d.rule.Multapses, P: d.rule.P,
		Sources: d.sources, Targets: d.targets, NoAutapses: d.self,
		Connectivity: d.key, Weights: d.weightKey, Delays: d.delKey, Scale: d.bernoulli.Scale(),
	}
	if d.weight != nil {
		c.WeightThresholds = d.weight.thresholds
	}
	if d.delay != nil {
		c.DelayThresholds = d.delay.thresholds
	}
	return c
}

func (r *Redrawn) alike() bool {
	return r.draws.weight == nil && r.draws.delay == nil && r.draws.byDistance == nil
}

// expected is the mean number of synapses; that of all rules but fixed_probability is exact.
func (r *Redrawn) expected() int64 { return saturate(math.Floor(r.draws.expected)) }

// Mean is the mean number of a source's synapses, expected where rows are random.
func (r *Redrawn) Mean() float64 { return float64(r.expected()) / float64(max(1, r.draws.sources)) }

// each is Projection.Each.
func (r *Redrawn) each(do func(source, target int, weight, delay uint32) error) error {
	var room Row
	var row []uint64
	for j := range r.draws.sources {
		for k := range r.Chunks {
			row = row[:0]
			targets, codes := r.Draw(&room, j, k)
			for i, t := range targets {
				row = append(row, uint64(t)<<32|uint64(codes[i]))
			}
			slices.Sort(row)
			for _, s := range row {
				_, weight, delay := r.Packing.Unpack(uint32(s))
				if err := do(j, int(s>>32), weight, delay); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
