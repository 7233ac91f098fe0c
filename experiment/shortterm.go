package experiment

import (
	"errors"
	"fmt"

	"einet/checkpoint"
	"einet/dynamics"
	"einet/network"
	"einet/record"
	"einet/sim"
)

// ShortTermFile holds the state of short-term plasticity.
const ShortTermFile = "short_term.npz"

// openShortTerm begins the file of u and x of each projection P that is named:
//
//	P_step [T], P_neuron [K]  steps and global ids of sources
//	P_u, P_x [T, K]           behind all spikes up to the step
func (out *outputs) openShortTerm(r *simulation) error {
	g := out.open(r, ShortTermFile)
	for _, asked := range r.net.Record.ShortTerm {
		if asked.Neurons.Count() > 0 {
			out.recorders = append(out.recorders, out.releasesOf(g, r, asked))
		}
	}
	return g.Err
}

// releases is a Recorder of u and x. They follow from the spikes of the sources, so it asks no engine for them: it goes through the same
// whole numbers as engines do.
type releases struct {
	*dynamics.ShortTerm
	place  map[uint32]int // of global ids among those recorded
	states []dynamics.Release
	every  int64
	next   int64 // sample
	u, x   record.FloatColumn
	step   record.UintColumn
	us, xs []float32
	note   func(error)
}

func (out *outputs) releasesOf(g *record.Grower, r *simulation, asked network.RecordShortTerm) sim.Recorder {
	k := r.net.Projection(asked.Projection)
	p := &r.model.Projections[k]
	sources, _ := r.net.Ends(k)
	neurons := sim.Neurons(r.net, &sources, &asked.Neurons)
	ids := globalIDs(r.model, p.From, neurons)
	n, name := len(ids), asked.Projection
	c := &releases{ShortTerm: p.ShortTerm, place: make(map[uint32]int, n), states: make([]dynamics.Release, n), note: out.note,
		us: make([]float32, n), xs: make([]float32, n), every: int64(r.net.Steps(asked.Every))}
	for i, id := range ids {
		c.place[uint32(id)] = i
	}
	c.next = c.every
	g.FixedInts(name+"_neuron", ids)
	c.step, c.u, c.x = g.Uints(name+"_step"), g.Floats(name+"_u", int64(n)), g.Floats(name+"_x", int64(n))
	return c
}

// Spikes takes the sources through their spikes, with samples between them.
func (c *releases) Spikes(to int64, spikes []sim.Spike) error {
	for _, s := range spikes {
		c.sampleUntil(int64(s.Step) - 1)
		if i, ok := c.place[s.Neuron]; ok {
			c.Fire(&c.states[i], s.Step)
		}
	}
	c.sampleUntil(to)
	return nil
}

// sampleUntil writes the samples that are due up to a step, of which all spikes are known.
func (c *releases) sampleUntil(step int64) {
	for ; c.next <= step; c.next += c.every {
		for i := range c.states {
			u, x := c.At(c.states[i], uint32(c.next))
			c.us[i], c.xs[i] = float32(u), float32(x)
		}
		c.note(errors.Join(c.step.Append(uint32(c.next)), c.u.Append(c.us...), c.x.Append(c.xs...)))
	}
}

// Keep keeps the states and when they are written next.
func (c *releases) Keep(s *checkpoint.Section) {
	if s.Int64(&c.next); c.next < 1 {
		s.Fail(fmt.Errorf("a sample at step %d: must be at least 1", c.next))
	}
	checkpoint.Every(s, c.states, func(r *dynamics.Release) { s.Uint32(&r.Facilitated, &r.Depleted, &r.Last) })
}

// Next is never: no state is read.
func (c *releases) Next(int64) int64 { return sim.Never }

// Reads is nothing.
func (c *releases) Reads() []sim.Selection { return nil }

// Sample is never called.
func (c *releases) Sample(*sim.Observation) error { return nil }
