// Package dynamics turns a network into what an engine computes with:
// propagators, grids, scales, initial states and drives. Its one invariant:
// everything is computed here, once, in float64 and by libm, and rounded to
// float32 or an integer, so that engines only add, multiply and compare, and all
// of them with the same numbers. docs/equations.md is the mathematics.
package dynamics

import (
	"errors"
	"fmt"
	"math"

	"einet/libm"
	"einet/network"
	"einet/rng"
)

// A Model is a network as engines see it. Membrane potentials are relative to
// the leak potential E_L.
type Model struct {
	Network     *network.Network
	Populations []Population // in file order
	Projections []Projection // in file order
	MinDelay    int          // smallest delay [steps]; neurons do not influence each other sooner
	MaxDelay    int          // largest delay [steps]
}

// A Population holds the coefficients of one population.
type Population struct {
	First, Size int     // global ids First to First+Size-1
	PVV         float32 // decay of V over a step, e^(-dt/tau_m)
	VTh, VReset float32 // relative to E_L, on the grid of V [mV]
	GridV       float32 // B_v: (V + B_v) - B_v puts V on its grid [mV]
	EL          float64 // leak potential [mV]
	Refractory  int     // t_ref [steps]
	Receptors   []Receptor

	courses []course // of the external input
	steady  bool     // whether the input is the same at all times
	scale   float64  // -expm1(-dt/tau_m), input to drive
	v0      network.Dist
	key     rng.Key // of V0
}

// A Receptor gathers the synapses of one time constant and sign.
type Receptor struct {
	TauSyn     float64 // synaptic time constant [ms]
	Excitatory bool
	PRR        float32 // decay of g over a step, e^(-dt/tau_syn)
	PVR        float32 // what g at the start of a step adds to V at its end
	Scale      float32 // s: weight of one unit of fixed point [mV], a power of two
	Grid       float32 // B_r: (g + B_r) - B_r puts g on its grid [mV]
}

// A Projection holds the synaptic constants of one projection.
type Projection struct {
	From, To int   // populations
	Receptor int   // of the target population
	Weight   int32 // in units of the receptor's Scale
	Delay    int   // [steps]
}

// New computes the model of a valid network. It fails where a coefficient
// leaves the range in which arithmetic is exact on every machine, and names
// what to change.
func New(net *network.Network) (*Model, error) {
	m := &Model{Network: net, MinDelay: math.MaxInt, MaxDelay: 1}
	first := 0
	for i := range net.Populations {
		m.Populations = append(m.Populations, newPopulation(net, i, first))
		first += net.Populations[i].Size
	}
	for i := range net.Projections {
		m.addProjection(&net.Projections[i])
	}
	if len(m.Projections) == 0 {
		m.MinDelay = 1
	}
	errs := []error{m.fixScales()}
	for i := range m.Populations {
		errs = append(errs, m.Populations[i].check(&net.Populations[i]))
	}
	return m, errors.Join(errs...)
}

func newPopulation(net *network.Network, i, first int) Population {
	p := &net.Populations[i]
	grid := powerOfTwo(p.VTh - p.VReset)
	_, steady := p.Input.Constant()
	return Population{
		First: first, Size: p.Size,
		PVV:        float32(libm.Exp(-net.Dt / p.TauM)),
		VTh:        onGrid(p.VTh-p.EL, grid),
		VReset:     onGrid(p.VReset-p.EL, grid),
		GridV:      grid,
		EL:         p.EL,
		Refractory: steps(p.TRef, net.Dt),
		courses:    newInput(p.Input, net.Dt),
		steady:     steady,
		scale:      -libm.Expm1(-net.Dt / p.TauM),
		v0:         p.V0,
		key:        rng.Key{Seed: net.Seed, Stream: rng.Stream(rng.InitialV, uint32(i), net.Trial)},
	}
}

// addProjection finds or adds the projection's receptor.
func (m *Model) addProjection(p *network.Projection) {
	q := Projection{
		From: m.Network.Population(p.From), To: m.Network.Population(p.To),
		Delay: steps(p.Delay, m.Network.Dt), Receptor: -1,
	}
	m.MinDelay, m.MaxDelay = min(m.MinDelay, q.Delay), max(m.MaxDelay, q.Delay)
	post := &m.Populations[q.To]
	for r, x := range post.Receptors {
		if x.TauSyn == p.TauSyn && x.Excitatory == (p.Weight >= 0) {
			q.Receptor = r
		}
	}
	if q.Receptor < 0 {
		q.Receptor = len(post.Receptors)
		post.Receptors = append(post.Receptors, newReceptor(p, m.Network.Populations[q.To].TauM, m.Network.Dt))
	}
	m.Projections = append(m.Projections, q)
}

// newReceptor writes P_vr, the response of V to a current that decays with
// tau_r, as (dt/tau_m) e^(-dt/tau_m) (e^d - 1)/d with d = dt (1/tau_m - 1/tau_r),
// which is tau_r/(tau_r - tau_m) (P_rr - P_vv) and has no singularity.
func newReceptor(p *network.Projection, tauM, dt float64) Receptor {
	ratio := 1.0
	if d := float64(dt*(p.TauSyn-tauM)) / float64(tauM*p.TauSyn); d != 0 {
		ratio = libm.Expm1(d) / d
	}
	return Receptor{
		TauSyn: p.TauSyn, Excitatory: p.Weight >= 0,
		PRR: float32(libm.Exp(-dt / p.TauSyn)),
		PVR: float32(float64(dt/tauM*libm.Exp(-dt/tauM)) * ratio),
	}
}

// check makes sure that no product of a step can be subnormal, which GPUs flush
// to zero, or overflow.
func (p *Population) check(n *network.Population) error {
	var errs []error
	inRange := func(field string, x, hi float64) {
		if x = math.Abs(x); x != 0 && (x < smallest || x > hi) {
			errs = append(errs, fmt.Errorf("populations.%s: %s: %g is outside [2^-40, %g], the range in which every machine computes the same", n.Name, field, x, hi))
		}
	}
	inRange("e^(-dt/tau_m)", float64(p.PVV), 1)
	inRange("V_th - V_reset", float64(p.GridV), largest)
	if !(p.VReset < p.VTh) || !(p.Absolute(p.VReset) < p.Absolute(p.VTh)) {
		errs = append(errs, fmt.Errorf("populations.%s.V_reset: %.12g: must be further below V_th (%.12g): in float32 they are the same", n.Name, n.VReset, n.VTh))
	}
	low, high := n.Input.Bounds()
	for _, x := range []float64{low, high, p.v0.A, p.v0.B, n.VTh, n.VReset, p.EL} {
		if math.Abs(x) > largest {
			inRange("a potential or input", x, largest)
		}
	}
	for _, r := range p.Receptors {
		inRange(fmt.Sprintf("e^(-dt/tau_syn) of tau_syn %g", r.TauSyn), float64(r.PRR), 1)
		inRange(fmt.Sprintf("the effect on V of tau_syn %g", r.TauSyn), float64(r.PVR), 1)
		inRange(fmt.Sprintf("the scale of weights of tau_syn %g", r.TauSyn), float64(r.Scale), largest)
	}
	return errors.Join(errs...)
}

// InitialV is the membrane potential of each neuron of population pop at step 0
// [mV], relative to E_L.
func (m *Model) InitialV(pop int) []float32 {
	p := &m.Populations[pop]
	v := make([]float32, p.Size)
	for i := range v {
		x := p.v0.A
		if p.v0.Kind == network.Uniform {
			x = rng.Uniform(rng.Neuron(p.key, uint32(i), 0, 0), p.v0.A, p.v0.B)
		}
		v[i] = onGrid(x-p.EL, p.GridV)
	}
	return v
}

// steps is a time on the grid; the network has been validated.
func steps(t, dt float64) int { return int(math.Round(t / dt)) }

// Absolute is the membrane potential [mV] that is v relative to E_L.
func (p *Population) Absolute(v float32) float32 { return float32(float64(v) + p.EL) }

// StateBytes is about how much memory the state of all neurons takes in an
// engine: potential, clamp, and for each receptor its current and the input on
// its way. A number beyond int64 is the largest int64.
func (m *Model) StateBytes() int64 {
	var n float64
	for i := range m.Populations {
		p := &m.Populations[i]
		n += float64(p.Size) * (12 + float64(len(p.Receptors))*(4+4*float64(m.MaxDelay)))
	}
	if n >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(n)
}
