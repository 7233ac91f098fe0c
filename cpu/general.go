package cpu

import (
	"math"

	"einet/dynamics"
	"einet/network"
)

// A general says which rows of a tile hold what, of a population that the simple
// kernel does not do: -1 where there is no such state.
type general struct {
	rows               int
	g, y               []int // of each receptor
	u, threshold, bias int
}

// newGeneral is nil where the simple kernel does: lif with exponential synapses, Poisson
// inputs perhaps.
func newGeneral(p *dynamics.Population) *general {
	simple := p.Neuron == network.LIF && !p.HasThresholds() && !p.HasBiases() && !p.Noise.HasWhite() && !p.Noise.HasOU()
	for _, r := range p.Receptors {
		simple = simple && r.Synapse == network.Exponential
	}
	if simple {
		return nil
	}
	g := &general{rows: rowG}
	take := func(has bool) int {
		if !has {
			return -1
		}
		g.rows++
		return g.rows - 1
	}
	for _, r := range p.Receptors {
		g.g, g.y = append(g.g, take(r.States() > 0)), append(g.y, take(r.States() > 1))
	}
	g.u, g.threshold, g.bias = take(p.Noise.HasOU()), take(p.HasThresholds()), take(p.HasBiases())
	return g
}

// load gives the neurons what they begin with besides V.
func (p *population) load(m *dynamics.Model, i int) {
	put := func(row int, values []float32, unit float32) {
		for k, x := range values {
			p.row(k/lanes, row)[k%lanes] = x / unit // a power of two
		}
	}
	if p.general == nil {
		for r := range p.Receptors {
			put(rowG+r, m.InitialG(i, r), p.Receptors[r].Scale)
		}
		return
	}
	for r, row := range p.general.g {
		if row >= 0 {
			put(row, m.InitialG(i, r), 1)
		}
	}
	if p.general.u >= 0 {
		put(p.general.u, m.InitialOU(i), 1)
	}
	if p.general.threshold >= 0 {
		put(p.general.threshold, m.Thresholds(i), 1)
	}
	if p.general.bias >= 0 {
		put(p.general.bias, m.Biases(i), 1)
	}
}

// generalScalar is docs/equations.md for every kind of neuron.
func generalScalar(p *population, m *moment, lo, hi int, hits []uint32) int {
	g, count := p.general, 0
	for i := lo; i < hi; i++ {
		var bits uint32
		t := p.state[i*g.rows:][:g.rows]
		for k := range lanes {
			x, resolved := p.integrate(t, k, m)
			if !resolved && i*lanes+k < p.Size && m.failed == 0 {
				m.failed = 1 + i*lanes + k
			}
			if p.Noise.HasWhite() {
				x += float32(p.Noise.White * m.noise[0][i-lo][k])
			}
			for r := range p.Receptors {
				if g.g[r] < 0 {
					x += float32(p.Receptors[r].Scale * float32(m.arriving[r][i][k]))
				}
			}
			v := ((t[rowV][k] + p.GridV) + x) - p.GridV
			if m.now < int32(math.Float32bits(t[rowUntil][k])) {
				v = p.VReset
			}
			p.decay(t, i, k, m)
			if g.u >= 0 {
				change := float32(p.Noise.MUU*t[g.u][k]) + float32(p.Noise.Kick*m.noise[1][i-lo][k])
				t[g.u][k] = ((t[g.u][k] + p.Noise.Grid) + change) - p.Noise.Grid
			}
			threshold := p.VTh
			if g.threshold >= 0 {
				threshold = t[g.threshold][k]
			}
			// The lanes behind the last neuron have no threshold of their own.
			if v >= threshold && i*lanes+k < p.Size {
				bits |= 1 << k
			}
			t[rowV][k] = v
		}
		hits[count] = uint32(i-lo)<<16 | bits
		if bits != 0 {
			count++
		}
	}
	return count
}

// integrate is the change of V of lane k in a step, without white noise and delta
// synapses, and whether the step is resolved.
func (p *population) integrate(t [][lanes]float32, k int, m *moment) (float32, bool) {
	g := p.general
	if p.Neuron == network.LIFCond {
		return p.integrateCond(t, k, m)
	}
	x := float32(p.MVV * t[rowV][k])
	for r := range p.Receptors {
		if g.g[r] >= 0 {
			x += float32(p.Receptors[r].PVR * t[g.g[r]][k])
		}
		if g.y[r] >= 0 {
			x += float32(p.Receptors[r].PVY * t[g.y[r]][k])
		}
	}
	x += m.drive
	if g.bias >= 0 {
		x += t[g.bias][k]
	}
	if g.u >= 0 {
		x += float32(p.Noise.PVU * t[g.u][k])
	}
	return x, true
}

func (p *population) integrateCond(t [][lanes]float32, k int, m *moment) (float32, bool) {
	g := p.general
	total, current := p.Leak, m.drive
	if g.bias >= 0 {
		current += t[g.bias][k]
	}
	if g.u >= 0 {
		current += float32(p.Noise.PVU * t[g.u][k])
	}
	for r := range p.Receptors {
		rec := &p.Receptors[r]
		h := float32(rec.Half * t[g.g[r]][k])
		if g.y[r] >= 0 {
			h += float32(rec.HalfY * t[g.y[r]][k])
		}
		total += h
		current += float32(h * rec.Reversal)
	}
	z := float32(p.PerC * total)
	phi := dynamics.Phi[9]
	for c := 8; c >= 0; c-- {
		phi = float32(phi*z) + dynamics.Phi[c]
	}
	net := current - float32(total*t[rowV][k])
	return float32(float32(p.PerC*net) * phi), z <= dynamics.MaxZ
}

// decay takes the synaptic states of lane k of tile i over a step.
func (p *population) decay(t [][lanes]float32, i, k int, m *moment) {
	g := p.general
	for r := range p.Receptors {
		rec, a := &p.Receptors[r], &m.arriving[r][i][k]
		arrived := float32(rec.Scale * float32(*a))
		*a = 0
		if g.g[r] < 0 {
			continue
		}
		into := g.g[r]
		if g.y[r] >= 0 {
			x := float32(rec.PRR*t[g.g[r]][k]) + float32(rec.PGY*t[g.y[r]][k])
			t[g.g[r]][k] = (x + rec.Grid) - rec.Grid
			into = g.y[r]
		}
		x := float32(rec.PRR*t[into][k]) + arrived
		t[into][k] = (x + rec.Grid) - rec.Grid
	}
}
