package dynamics

import (
	"math"

	"einet/libm"
	"einet/network"
)

// One is 1 in the fixed point of short-term plasticity, in units of 2^-31.
const One = 1 << 31

// A ShortTerm is the short-term plasticity of a projection, in fixed point. docs/equations.md has its rule.
type ShortTerm struct {
	U, Rest        uint32
	Facil, Recover Decay
	Slot           int  // its place among those of the projections from the same population
	steady         bool // all spikes have the same u
}

// A Decay is e^(-d 256^i dt/tau), [i][d], in fixed point: what is left of a state after so many steps.
type Decay [4][256]uint32

// A Release is the state of one source neuron of a projection with short-term plasticity: what its last spike left behind. The
// zero Release is that of one that has not fired.
type Release struct {
	Facilitated uint32 // v = u - u_rest
	Depleted    uint32 // y = 1 - x
	Last        uint32 // l, the step of the spike
}

func newShortTerm(s *network.ShortTerm, dt float64) *ShortTerm {
	return &ShortTerm{U: fixed(s.U), Rest: fixed(s.URest), Facil: newDecay(s.TauFacil, dt), Recover: newDecay(s.TauRec, dt), steady: s.TauFacil == 0}
}

// nextSlot is that of one projection more from a population.
func (m *Model) nextSlot(from int) (slot int) {
	for k := range m.Projections {
		if p := &m.Projections[k]; p.From == from && p.ShortTerm != nil {
			slot++
		}
	}
	return slot
}

func fixed(x float64) uint32 { return uint32(math.RoundToEven(x * One)) }

func newDecay(tau, dt float64) (d Decay) {
	if tau == 0 {
		return d
	}
	for i := range d {
		for k := range d[i] {
			d[i][k] = fixed(libm.Exp(-float64(k<<(8*i)) * dt / tau))
		}
	}
	return d
}

// product is that of two numbers of fixed point, from 0 to One, or of a weight and such a number.
func product(a, b uint32) uint32 { return uint32((uint64(a)*uint64(b) + One/2) / One) }

// After is what is left of x after so many steps.
func (d *Decay) After(steps, x uint32) uint32 {
	x = product(d[0][steps&0xff], x)
	for i := 1; steps > 0xff; i++ {
		steps >>= 8
		x = product(d[i][steps&0xff], x)
	}
	return x
}

// Fire takes a source neuron through a spike and returns its factor f.
func (s *ShortTerm) Fire(r *Release, step uint32) (factor uint32) {
	n := step - r.Last
	v, y := s.Facil.After(n, r.Facilitated), s.Recover.After(n, r.Depleted)
	u := s.Rest + v
	u += product(s.U, One-u)
	factor = product(u, One-y)
	*r = Release{Facilitated: u - s.Rest, Depleted: y + factor, Last: step}
	return factor
}

// At is u and x of a source neuron at a step from its last spike on. Without facilitation u is what all spikes have.
func (s *ShortTerm) At(r Release, step uint32) (u, x float64) {
	n := step - r.Last
	at := s.Rest + s.Facil.After(n, r.Facilitated)
	if s.steady {
		at += product(s.U, One-at)
	}
	return float64(at) / One, float64(One-s.Recover.After(n, r.Depleted)) / One
}

// Weighted is a weight times a factor, rounded half away from zero.
func Weighted(weight int32, factor uint32) int32 {
	return int32((int64(weight)*int64(factor) + One/2 + int64(weight>>31)) >> 31)
}

// ShortTerms are the projections from each population that have short-term plasticity, in the order of their slots.
func (m *Model) ShortTerms() [][]int {
	all := make([][]int, len(m.Populations))
	for k := range m.Projections {
		if p := &m.Projections[k]; p.ShortTerm != nil {
			all[p.From] = append(all[p.From], k)
		}
	}
	return all
}

// Releases are the states of all sources at step 0, [projection][neuron]; of a projection without short-term plasticity there are none.
func (m *Model) Releases() [][]Release {
	all := make([][]Release, len(m.Projections))
	for k := range m.Projections {
		if p := &m.Projections[k]; p.ShortTerm != nil {
			all[k] = make([]Release, m.Populations[p.From].Size)
		}
	}
	return all
}
