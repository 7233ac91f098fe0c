package sonata

import (
	"math"

	"einet/fault"
	"einet/network"
)

// plasticSynapse is what NEST calls a projection's synapses with long-term plasticity. Time constants of the target's traces are among
// its parameters.
func plasticSynapse(p *network.Projection) (*Synapse, *fault.Error) {
	r := &p.Plasticity
	path, b := "projections."+p.Name+".plasticity."+r.Rule(), r.Bounds()
	no := func(key, value, allowed string) (*Synapse, *fault.Error) {
		return nil, &fault.Error{Path: path + "." + key, Value: value, Allowed: allowed}
	}
	switch s := &r.STDP; {
	case b.Nearest:
		return no("pairing", "nearest", "must be all, as in NEST's synapses")
	case b.Min != 0:
		return no("w_min", fault.Number(b.Min), "must be 0, as in NEST's synapses")
	case s.APlus == 0 && s.AMinus != 0:
		return no("A_plus", "0", "must not be 0: NEST's stdp_synapse has A_minus as a multiple of it")
	}
	switch s, v, t := &r.STDP, &r.Vogels, &r.Triplet; r.Rule() {
	case "stdp":
		alpha := 1.0
		if s.APlus > 0 {
			alpha = s.AMinus / s.APlus
		}
		return &Synapse{"stdp_synapse", map[string]float64{"lambda": s.APlus, "alpha": alpha, "mu_plus": s.Mu, "mu_minus": s.Mu, "tau_plus": s.TauPlus, "Wmax": b.Max}}, nil
	case "vogels2011":
		return &Synapse{"vogels_sprekeler_synapse", map[string]float64{"eta": v.Eta, "alpha": 2 * v.Target / 1000 * v.Tau, "tau": v.Tau, "Wmax": b.Max}}, nil
	default:
		w := math.Abs(b.Max) // of which einet's amplitudes are parts
		return &Synapse{"stdp_triplet_synapse", map[string]float64{"Aplus": t.A2Plus * w, "Aplus_triplet": t.A3Plus * w, "Aminus": t.A2Minus * w, "Aminus_triplet": t.A3Minus * w,
			"tau_plus": t.TauPlus, "tau_plus_triplet": t.TauX, "Wmax": b.Max}}, nil
	}
}

// traces gives the neurons the time constants of their traces, which all their plastic synapses share in NEST.
func (x *Neuron) traces(n *network.Network, to *network.Population) *fault.Error {
	first := map[string]string{} // the projection whose they are
	for k := range n.Projections {
		p := &n.Projections[k]
		if p.To != to.Name || !p.Plasticity.Is() {
			continue
		}
		r := &p.Plasticity
		key := "tau_minus"
		if r.Rule() == "vogels2011" {
			key = "tau"
		}
		for _, tau := range []struct {
			in, key string
			is      float64
		}{{"tau_minus", key, r.STDP.TauMinus + r.Vogels.Tau + r.Triplet.TauMinus}, {"tau_minus_triplet", "tau_y", r.Triplet.TauY}} {
			if tau.is == 0 {
				continue
			}
			if was, ok := x.Parameters[tau.in]; ok && was != tau.is {
				return &fault.Error{Path: "projections." + p.Name + ".plasticity." + r.Rule() + "." + tau.key, Value: fault.Number(tau.is),
					Allowed: "must be " + fault.Number(was) + ", as of " + first[tau.in] + ": NEST's neurons have one " + tau.in}
			}
			x.Parameters[tau.in], first[tau.in] = tau.is, p.Name
		}
	}
	return nil
}
