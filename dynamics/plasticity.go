package dynamics

import (
	"math"
	"math/bits"
	"slices"

	"einet/libm"
	"einet/network"
)

// OneTrace is 1 in the fixed point of traces, in units of 2^-24. MaxTrace, 128, is where a trace ends.
const (
	OneTrace = 1 << 24
	MaxTrace = 1 << 31
)

// A Plasticity is the long-term plasticity of a projection, in fixed point. docs/equations.md has its rule. A weight is a part ω of
// w_max, in units of 2^-31.
type Plasticity struct {
	Rule        PlasticRule
	Nearest     bool
	Low         uint32   // w_min/w_max
	Initial     []uint32 // ω at the start, by the code of the weight
	Plus, Minus uint32   // A_plus and A_minus, eta/w_max, or A2_plus and A2_minus
	Plus3       uint32   // A3_plus
	Minus3      uint32   // A3_minus
	Alpha       uint32   // of Vogels, a trace
	Power       *Power   // of STDP that is neither additive nor multiplicative
	Mu          float64  // of STDP

	Source, Target         Decay // of x and y
	SlowSource, SlowTarget Decay // of x' and y', of Triplet

	SourceSlot int // its place among the plastic projections from the same population
	TargetSlot int // its place among those to the same population
}

// A PlasticRule numbers the rules, as engines do.
type PlasticRule uint32

// The rules of long-term plasticity.
const (
	STDP PlasticRule = iota
	Vogels
	Triplet
)

// A PlasticTrace is what the spikes of one end of a plastic synapse have left behind, just behind the last of them. The zero PlasticTrace
// is that of a neuron that has not fired.
type PlasticTrace struct {
	Last       uint32 // its step
	Fast, Slow uint32 // x and x', or y and y'; Slow of Triplet alone
}

// A Power is ω^mu as straight lines between 128 points an octave.
type Power [128*31 + 2]uint32

func newPlasticity(p *network.Plasticity, weights []float64, dt float64) *Plasticity {
	b := p.Bounds()
	q := &Plasticity{Nearest: b.Nearest, Low: fixed(b.Min / b.Max), Initial: make([]uint32, len(weights))}
	for k, w := range weights {
		q.Initial[k] = max(fixed(min(max(w/b.Max, 0), 1)), q.Low) // held to the bounds before it is a whole number
	}
	switch s, v, t := &p.STDP, &p.Vogels, &p.Triplet; {
	case *s != network.STDP{}:
		q.Rule, q.Plus, q.Minus, q.Mu = STDP, fixed(s.APlus), fixed(s.AMinus), s.Mu
		q.Source, q.Target = newDecay(s.TauPlus, dt), newDecay(s.TauMinus, dt)
		if s.Mu != 0 && s.Mu != 1 {
			q.Power = newPower(s.Mu)
		}
	case *v != network.Vogels{}:
		q.Rule, q.Plus = Vogels, fixed(v.Eta/math.Abs(b.Max))
		q.Minus = q.Plus
		q.Alpha = uint32(math.RoundToEven(2 * v.Target / 1000 * v.Tau * OneTrace))
		q.Source = newDecay(v.Tau, dt)
		q.Target = q.Source
	default:
		q.Rule, q.Plus, q.Minus, q.Plus3, q.Minus3 = Triplet, fixed(t.A2Plus), fixed(t.A2Minus), fixed(t.A3Plus), fixed(t.A3Minus)
		q.Source, q.Target = newDecay(t.TauPlus, dt), newDecay(t.TauMinus, dt)
		q.SlowSource, q.SlowTarget = newDecay(t.TauX, dt), newDecay(t.TauY, dt)
	}
	return q
}

func newPower(mu float64) *Power {
	p := new(Power)
	for k := range p {
		e, i := k>>7, k&127
		p[k] = fixed(libm.Exp(mu * (libm.Log(1+float64(i)/128) + float64(e-31)*libm.Log(2))))
	}
	p[128*31], p[128*31+1] = One, One
	return p
}

// at is ω^mu.
func (p *Power) at(omega uint32) uint32 {
	if omega == 0 {
		return 0
	}
	e := bits.Len32(omega) - 1
	f := omega<<(31-e) - One
	k, r := e<<7|int(f>>24), f&(1<<24-1)
	return p[k] + uint32((uint64(p[k+1]-p[k])*uint64(r)+1<<23)>>24)
}

// times is an amplitude times a trace.
func times(amplitude, trace uint32) uint32 {
	return uint32(min((uint64(amplitude)*uint64(trace)+OneTrace/2)/OneTrace, One))
}

// bent is a change times room^mu.
func (p *Plasticity) bent(change, room uint32) uint32 {
	switch {
	case p.Power != nil:
		return product(change, p.Power.at(room))
	case p.Mu != 0:
		return product(change, room)
	}
	return change
}

// sum is that of two numbers of 0 to One, held to One.
func sum(a, b uint32) uint32 { return a + min(b, One-a) }

func (p *Plasticity) down(omega, change uint32) uint32 {
	if omega-p.Low < change {
		return p.Low
	}
	return omega - change
}

// OfTarget is ω behind a spike of the target at the synapse, which finds the traces x of the source's spikes and slow, y', of the target's
// own.
func (p *Plasticity) OfTarget(omega, x, slow uint32) uint32 {
	switch p.Rule {
	case STDP:
		return sum(omega, p.bent(times(p.Plus, x), One-omega))
	case Vogels:
		return sum(omega, times(p.Plus, x))
	}
	return sum(omega, times(sum(p.Plus, times(p.Plus3, slow)), x))
}

// OfSource is ω behind a spike of the source, which finds the traces y of the target's spikes and slow, x', of the source's own.
func (p *Plasticity) OfSource(omega, y, slow uint32) uint32 {
	switch p.Rule {
	case STDP:
		return p.down(omega, p.bent(times(p.Minus, y), omega))
	case Vogels:
		if y >= p.Alpha {
			return sum(omega, times(p.Plus, y-p.Alpha))
		}
		return p.down(omega, times(p.Plus, p.Alpha-y))
	}
	return p.down(omega, times(p.MinusAt(slow), y))
}

// MinusAt is what y is multiplied with at a spike of the source that finds slow, x'. Of pairs it is A_minus, or eta/w_max.
func (p *Plasticity) MinusAt(slow uint32) uint32 { return sum(p.Minus, times(p.Minus3, slow)) }

// Weigh is what a synapse of that ω brings, in units of the receptor's Scale.
func (p *Projection) Weigh(omega uint32) int32 { return Weighted(p.MaxWeight, omega) }

// Plastic are the projections with long-term plasticity from each population and to each, in the order of their slots.
func (m *Model) Plastic() (from, to [][]int) {
	from, to = make([][]int, len(m.Populations)), make([][]int, len(m.Populations))
	for k := range m.Projections {
		if p := &m.Projections[k]; p.Plasticity != nil {
			from[p.From], to[p.To] = append(from[p.From], k), append(to[p.To], k)
		}
	}
	return from, to
}

// IsPlastic tells whether some projection has long-term plasticity.
func (m *Model) IsPlastic() bool {
	return slices.ContainsFunc(m.Projections, func(p Projection) bool { return p.Plasticity != nil })
}

// SourceTraces are the traces of all sources at step 0, [projection][neuron]; of a projection without long-term plasticity there are none.
func (m *Model) SourceTraces() [][]PlasticTrace {
	return m.traces(func(p *Projection) int { return p.From })
}

// TargetTraces are those of all targets.
func (m *Model) TargetTraces() [][]PlasticTrace {
	return m.traces(func(p *Projection) int { return p.To })
}

func (m *Model) traces(end func(p *Projection) int) [][]PlasticTrace {
	all := make([][]PlasticTrace, len(m.Projections))
	for k := range m.Projections {
		if p := &m.Projections[k]; p.Plasticity != nil {
			all[k] = make([]PlasticTrace, m.Populations[end(p)].Size)
		}
	}
	return all
}

// SourceFires takes the traces of a source through a spike.
func (p *Plasticity) SourceFires(t *PlasticTrace, step uint32) {
	p.fires(t, step, &p.Source, &p.SlowSource)
}

// TargetFires takes the traces of a target through a spike.
func (p *Plasticity) TargetFires(t *PlasticTrace, step uint32) {
	p.fires(t, step, &p.Target, &p.SlowTarget)
}

func (p *Plasticity) fires(t *PlasticTrace, step uint32, fast, slow *Decay) {
	n := step - t.Last
	t.Last = step
	t.Fast = p.raised(fast.After(n, t.Fast))
	if p.Rule == Triplet {
		t.Slow = p.raised(slow.After(n, t.Slow))
	}
}

// Holds tells whether a trace can be one of the rule's.
func (p *Plasticity) Holds(t PlasticTrace) bool {
	low, high := uint32(OneTrace), uint32(MaxTrace)
	if p.Nearest {
		high = OneTrace
	}
	of := func(x uint32) bool { return x >= low && x <= high }
	if t.Last == 0 {
		return t == PlasticTrace{}
	}
	return of(t.Fast) && (p.Rule == Triplet && of(t.Slow) || p.Rule != Triplet && t.Slow == 0)
}

func (p *Plasticity) raised(trace uint32) uint32 {
	if p.Nearest {
		return OneTrace
	}
	return min(trace+OneTrace, MaxTrace)
}
