package gpu

import (
	"fmt"
	"math"
	"math/bits"

	"einet/connectome"
	"einet/dynamics"
	"einet/network"
	"einet/rng"
	"einet/shaders"
	"einet/shaders/layout"
)

// A drawLayout is what redraw draws synapses from.
type drawLayout struct {
	sources []layout.ShareOut // of each population
	shares  []layout.Share
	draws   []layout.Draw // projections
	tables  []uint32      // of all projections the weights by code and the thresholds of codes
	most    int           // shares of a source
	chosen  int           // most synapses that a source chooses without multapses
	codes   int           // most thresholds of a table of codes
}

// Numbers of redraw's work groups.
const (
	redrawLocal   = 64
	shareSynapses = 1024 // of a fixed out-degree with multapses
	choicePlaces  = 512  // words of shared memory in which choices meet
)

// rules, as kernels number them.
var rules = map[network.Rule]layout.Rule{
	network.FixedProbability: layout.FixedProbability, network.FixedOutDegree: layout.FixedOutDegree,
	network.AllToAll: layout.AllToAll, network.OneToOne: layout.OneToOne,
}

// isDrawn tells whether synapses are drawn again for each spike: of all projections, or of none, or it is
// an error.
func isDrawn(syn *connectome.Connectome) (bool, error) {
	drawn := 0
	for k := range syn.Projections {
		if syn.Projections[k].Redrawn != nil {
			drawn++
		}
	}
	if drawn > 0 && drawn < len(syn.Projections) {
		return false, fmt.Errorf("gpu: the synapses of %d of %d projections are stored: must be all or none", len(syn.Projections)-drawn, len(syn.Projections))
	}
	return drawn > 0, nil
}

// layoutDraws lays out a connectome of which no synapse is stored.
func layoutDraws(d Device, m *dynamics.Model, syn *connectome.Connectome, l *stateLayout) (drawLayout, error) {
	if err := drawnByDistance(m.Network); err != nil {
		return drawLayout{}, err
	}
	a := drawLayout{tables: []uint32{0}}
	for i := range m.Populations {
		first := len(a.shares)
		for k := range syn.Projections {
			if m.Projections[k].From == i {
				a.share(k, syn.Projections[k].Redrawn)
			}
		}
		n := len(a.shares) - first
		a.sources = append(a.sources, layout.ShareOut{End: uint32(m.Populations[i].First + m.Populations[i].Size), First: uint32(first), Shares: uint32(n)})
		a.most = max(a.most, n)
	}
	for k := range syn.Projections {
		a.add(m, k, syn.Projections[k].Redrawn.Recipe(), l)
	}
	return a, a.fits(d, m)
}

// share deals out what a spike has to draw of projection k.
func (a *drawLayout) share(k int, rows *connectome.Redrawn) {
	for part := range parts(rows) {
		a.shares = append(a.shares, layout.Share{Draw: uint32(k), Part: uint32(part)})
	}
}

// parts is how many shares a row is drawn in.
func parts(rows *connectome.Redrawn) int {
	switch c := rows.Recipe(); {
	case c.Rule == network.FixedProbability && c.P == 0, c.Rule == network.FixedOutDegree && c.N == 0:
		return 0
	case c.Rule == network.FixedProbability:
		each := redrawLocal / team(c)
		return (rows.Chunks + each - 1) / each
	case c.Rule == network.FixedOutDegree && c.Multapses:
		return (c.N + shareSynapses - 1) / shareSynapses
	case c.Rule == network.AllToAll:
		return rows.Chunks
	}
	return 1
}

// longest is how many synapses of a row an invocation draws one after another: of fixed_probability in as many
// rounds as a mean row takes.
func longest(rows *connectome.Redrawn) int {
	switch c := rows.Recipe(); {
	case parts(rows) == 0:
		return 0
	case c.Rule == network.FixedProbability:
		words := float64(4 * team(c))
		return 4 * int(math.Ceil((c.P*float64(min(c.Targets, connectome.Chunk))+1-c.P)/words))
	case c.Rule == network.OneToOne:
		return 1
	case c.Rule == network.FixedOutDegree && c.Multapses:
		return 4 * ((min(c.N, shareSynapses) + 4*redrawLocal - 1) / (4 * redrawLocal))
	case c.Rule == network.FixedOutDegree:
		return 4 * ((c.N + 4*redrawLocal - 1) / (4 * redrawLocal))
	}
	return 4 * ((rows.Size(0) + 4*redrawLocal - 1) / (4 * redrawLocal))
}

// team is how many invocations draw a row of fixed_probability together, four distances each: so many that
// one round does it for most rows, or a whole work group, in as many rounds as it takes.
func team(c connectome.Recipe) int {
	mean := c.P * float64(min(c.Targets, connectome.Chunk))
	blocks := (mean + math.Sqrt(mean) + 1) / 4
	return min(redrawLocal, 1<<bits.Len(uint(max(0, math.Ceil(blocks)-1))))
}

// add describes projection k.
func (a *drawLayout) add(m *dynamics.Model, k int, c connectome.Recipe, l *stateLayout) {
	q := &m.Projections[k]
	table := func(values []uint32) (at, n uint32) {
		at = uint32(len(a.tables))
		a.tables = append(a.tables, values...)
		a.codes = max(a.codes, len(values))
		return at, uint32(len(values))
	}
	weight := q.Weights[0]
	if len(c.WeightThresholds) > 0 {
		weight = int32(len(a.tables))
		for _, w := range q.Weights {
			a.tables = append(a.tables, uint32(w))
		}
	}
	weights, weightCodes := table(c.WeightThresholds)
	delays, delayCodes := table(c.DelayThresholds)
	a.draws = append(a.draws, layout.Draw{
		Rule: rules[c.Rule], FirstSource: uint32(m.Populations[q.From].First), Sources: uint32(m.Populations[q.From].Size), Targets: uint32(c.Targets),
		Arriving:   uint32(l.receptor(&m.Populations[q.To], q.To, q.Receptor)),
		NoAutapses: flag(c.NoAutapses), Synapses: uint32(c.N), Multapses: flag(c.Multapses), Scale: c.Scale, Team: uint32(team(c)),
		Seed: c.Connectivity.Seed, Stream: c.Connectivity.Stream, WeightStream: c.Weights.Stream, DelayStream: c.Delays.Stream,
		Weight: weight, Delay: uint32(q.Delay), Weights: weights, WeightCodes: weightCodes, Delays: delays, DelayCodes: delayCodes, Factor: slotOf(q),
	})
	if c.Rule == network.FixedOutDegree && !c.Multapses {
		a.chosen = max(a.chosen, c.N)
	}
}

// marks is how many words have a bit for each of n synapses.
func marks(n int) int { return (n + 31) / 32 }

// fits compares the layout with a device's limits.
func (a *drawLayout) fits(d Device, m *dynamics.Model) error {
	if most := d.Limits.MaxWorkGroupCount[1]; a.most > most {
		return fmt.Errorf("gpu: %s: the synapses of a source are drawn by %d work groups, it runs at most %d in a column: use fewer neurons: %w",
			d.Renderer, a.most, most, ErrLimit)
	}
	return fitsChoice(d, a.chosen)
}

// drawnByDistance is an error that names the first projection which goes by distance.
func drawnByDistance(net *network.Network) error {
	for i := range net.Projections {
		if p := &net.Projections[i]; p.ByDistance() {
			return fmt.Errorf("gpu: projections.%s goes by distance, and synapses by distance are not drawn again there: use stored synapses, or the cpu engine: %w", p.Name, ErrLimit)
		}
	}
	return nil
}

// FitsDraws is an error wrapping ErrLimit unless device d can draw the synapses of a network again.
func FitsDraws(d Device, net *network.Network) error {
	if err := drawnByDistance(net); err != nil {
		return err
	}
	for i := range net.Projections {
		if p := &net.Projections[i]; p.Rule == network.FixedOutDegree && !p.Multapses {
			if err := fitsChoice(d, p.N); err != nil {
				return err
			}
		}
	}
	return nil
}

// fitsChoice is an error unless a work group can choose n targets without multapses.
func fitsChoice(d Device, n int) error {
	need := 4 * (redrawLocal + 2 + choicePlaces + 2*marks(n))
	if have := d.Limits.MaxShared; n > 0 && need > have {
		return fmt.Errorf("gpu: %s: to choose %d targets without multapses a work group needs %d bytes of shared memory, it has %d: use a smaller out-degree, multapses or stored synapses: %w",
			d.Renderer, n, need, have, ErrLimit)
	}
	return nil
}

// defines are what redraw.comp is compiled with.
func (a *drawLayout) defines(l *stateLayout) shaders.Defines {
	choice := a.chosen > 0
	d := shaders.Defines{
		"SUMS": 0, "LOCAL": redrawLocal, "SLOTS": l.slots, "STRIDE": l.stride, "CHUNK": connectome.Chunk, "SHARE": shareSynapses,
		"TOP":    1 << (bits.Len(uint(max(a.codes, connectome.MaxWeightCodes-1))) - 1),
		"CHOICE": choice, "PLACES": choicePlaces, "MARKS": max(1, marks(a.chosen)), "LN_2": constant(math.Ln2),
	}
	for i, c := range rng.Log1p {
		d[fmt.Sprintf("LOG_%d", i)] = constant(c)
	}
	return l.shortTermDefines(d)
}

// constant is a float in GLSL, by its bits: compilers may read decimals differently.
func constant(x float32) string { return fmt.Sprintf("uintBitsToFloat(%#xu)", math.Float32bits(x)) }
