package dynamics

import (
	"errors"
	"fmt"
	"math"

	"einet/fault"
	"einet/network"
)

// smallest is the least magnitude that a nonzero coefficient or scale may have.
// States are zero or at least B 2^-24, so that no product of the two is
// subnormal. LIFCond multiplies more often, and has smallestCond.
const (
	smallest     = 0x1p-40
	smallestCond = 0x1p-20
)

// largest bounds potentials, inputs and scales, so that nothing overflows.
const largest = 0x1p40

// A ranges collects the coefficients that are out of range.
type ranges struct {
	population string
	errs       []error
}

func (r *ranges) want(field string, x, lo, hi float64) {
	if x = math.Abs(x); x != 0 && !(x >= lo && x <= hi) {
		r.errs = append(r.errs, fmt.Errorf("populations.%s: %s: %g is outside [2^%d, %g], the range in which every machine computes the same",
			r.population, field, x, math.Ilogb(lo), hi))
	}
}

// check makes sure that no product of a step can be subnormal, which GPUs flush
// to zero, or overflow.
func (p *Population) check(n *network.Population) error {
	if p.IsSource() {
		return nil
	}
	if n.Model != nil {
		return p.checkModel(n)
	}
	r := &ranges{population: n.Name}
	r.want("e^(-dt/tau_m) - 1", float64(p.MVV), smallest, 1)
	r.want("V_th and V_reset, relative to E_L", float64(p.GridV), smallest, largest)
	if !(p.VReset < p.VTh) || !(p.Absolute(p.VReset) < p.Absolute(p.VTh)) {
		r.errs = append(r.errs, fault.Error{Path: "populations." + n.Name + ".V_reset", Value: fault.Number(n.VReset),
			Allowed: "must be further below V_th (" + fault.Number(n.VTh.Mean()) + "): in float32 they are the same"})
	}
	low, high := n.Input.Bounds()
	for _, x := range []float64{low, high, n.V0.A, n.V0.B, n.Bias.A, n.Bias.B, n.VTh.Mean(), n.VReset, p.EL} {
		if math.Abs(x) > largest {
			r.want("a potential or input", x, smallest, largest)
		}
	}
	p.Noise.check(r)
	for _, x := range p.Receptors {
		if x.Synapse != network.Delta {
			r.want(fmt.Sprintf("e^(-dt/tau_syn) of tau_syn %g", x.TauSyn), float64(x.PRR), smallest, 1)
			r.want(fmt.Sprintf("the effect on V of tau_syn %g", x.TauSyn), float64(x.PVR), smallest, max(1, p.R))
			r.want(fmt.Sprintf("e^(-dt/tau_rise) of tau_rise %g", x.TauRise), float64(x.PYY), smallest, 1)
			r.want(fmt.Sprintf("the rise of tau_syn %g", x.TauSyn), float64(x.PGY), smallest, largest)
			r.want(fmt.Sprintf("the effect on V of the rise of tau_syn %g", x.TauSyn), float64(x.PVY), smallest, largest)
		}
		r.want(fmt.Sprintf("the scale of weights of tau_syn %g", x.TauSyn), float64(x.Scale), smallest, largest)
	}
	if p.Neuron == network.LIFCond {
		p.checkCond(r)
	}
	return errors.Join(r.errs...)
}

func (p *Population) checkCond(r *ranges) {
	r.want("g_L", float64(p.Leak), smallestCond, 1/smallestCond)
	r.want("dt/C_m", float64(p.PerC), smallestCond, 1/smallestCond)
	if z := float64(p.PerC) * float64(p.Leak); z > MaxZ {
		r.errs = append(r.errs, fmt.Errorf("populations.%s: dt g_L/C_m: %g: must be at most %d: use a smaller dt", r.population, z, MaxZ))
	}
	for _, x := range p.Receptors {
		r.want(fmt.Sprintf("e^(-dt/(2 tau_syn)) of tau_syn %g", x.TauSyn), float64(x.Half), smallestCond, 1)
		r.want(fmt.Sprintf("the rise of tau_syn %g in half a step", x.TauSyn), float64(x.HalfY), smallestCond, 1/smallestCond)
		r.want("a reversal potential, relative to E_L", float64(x.Reversal), smallestCond, 1/smallestCond)
	}
}
