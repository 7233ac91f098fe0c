package sonata

import (
	"fmt"
	"slices"
	"strings"

	"einet/fault"
	"einet/network"
)

// A Neuron is what NEST calls a population's neurons.
type Neuron struct {
	Model      string             // such as iaf_psc_exp
	Parameters map[string]float64 // by NEST's names, in mV, ms, pF, nS and pA; of those that each neuron has of its own the mean
	// Ports are the time constants [ms] of all its synapses, where they are more than one of excitation and one of inhibition: of
	// NEST's multisynapse models, whose receptor_type k is Ports[k-1].
	Ports []float64
}

// A Synapse is what NEST calls a projection's synapses.
type Synapse struct {
	Model      string
	Parameters map[string]float64 // besides weight and delay
}

// SynapseOf is what those of projection k are.
func SynapseOf(n *network.Network, k int) (*Synapse, *fault.Error) {
	s := &n.Projections[k].ShortTerm
	if n.Projections[k].Plasticity.Is() {
		return plasticSynapse(&n.Projections[k])
	}
	if !s.Is() {
		return &Synapse{Model: "static_synapse"}, nil
	}
	if s.URest != 0 {
		return nil, &fault.Error{Path: "projections." + n.Projections[k].Name + ".short_term.u_rest", Value: fault.Number(s.URest), Allowed: "must be 0, as in NEST's " + shortTermSynapse}
	}
	// Without depression x recovers within less than a step.
	return &Synapse{shortTermSynapse, map[string]float64{"U": s.U, "u": s.U, "x": 1, "tau_rec": max(s.TauRec, n.Dt/1000), "tau_fac": s.TauFacil}}, nil
}

// Port is the receptor_type of synapses of a time constant.
func (n *Neuron) Port(tau float64) int { return slices.Index(n.Ports, tau) + 1 }

// inNEST are the names of NEST's models by einet's and the shape of the synapses; without synapses that of exponential ones.
var inNEST = func() map[[2]string]*template {
	all := map[[2]string]*template{}
	for i := range templates {
		t := &templates[i]
		all[[2]string{t.neuron, t.synapse}] = t
	}
	return all
}()

// NeuronOf is what population i of a network is in NEST. Multisynapse models are refused unless ports may be had. What NEST has no
// model for is a fault.
func NeuronOf(n *network.Network, i int, ports bool) (*Neuron, *fault.Error) {
	p := &n.Populations[i]
	path := "populations." + p.Name
	taus, shape, wrong := synapsesOf(n, i)
	if wrong != nil {
		return nil, wrong
	}
	if shape == "" {
		shape = network.Exponential
	}
	t := inNEST[[2]string{string(p.Neuron), string(shape)}]
	if t == nil || p.Model != nil && !isAdaptive(p.Model) {
		var have []string
		for _, t := range templates {
			have = append(have, t.neuron+" with "+t.synapse+" synapses")
		}
		return nil, &fault.Error{Path: path + ".neuron", Value: string(p.Neuron) + " with " + string(shape) + " synapses",
			Allowed: "NEST has no such model; it has " + strings.Join(slices.Compact(have), ", ")}
	}
	x := &Neuron{Model: t.nest, Parameters: map[string]float64{}}
	if many := len(taus[0]) > 1 || len(taus[1]) > 1; many && (!ports || p.Neuron != network.LIF) {
		return nil, &fault.Error{Path: path, Value: fmt.Sprintf("synapses of several time constants, %v ms", slices.Concat(taus[0], taus[1])),
			Allowed: "must have one of excitation and one of inhibition: nest:" + t.nest + " has tau_syn_ex and tau_syn_in"}
	} else if many {
		x.Model += "_multisynapse"
		x.Ports = slices.Compact(slices.Sorted(slices.Values(slices.Concat(taus[0], taus[1]))))
		if slices.Contains(x.Ports, p.TauM) {
			return nil, &fault.Error{Path: path + ".tau_m", Value: fault.Number(p.TauM), Allowed: "must be another than each tau_syn: so has NEST's " + x.Model + " it"}
		}
	}
	x.fill(p, t, taus)
	return x, x.traces(n, p)
}

// adaptation is what the adex models have in common, by which they are told from others of their name.
const adaptation = "(a*(V_m - E_L) - w)/tau_w"

// isAdaptive tells whether a model is one of einet's adex models, not a network's own of that name.
func isAdaptive(m *network.NeuronModel) bool {
	w := m.State("w")
	return w != nil && w.Derivative.String() == adaptation && len(m.States) == 2 && m.Parameter("V_peak") != nil && m.Parameter("t_ref") != nil
}

// synapsesOf are the time constants of population i's excitatory and inhibitory synapses, and the shape of all.
func synapsesOf(n *network.Network, i int) (taus [2][]float64, shape network.Synapse, wrong *fault.Error) {
	p := &n.Populations[i]
	add := func(path string, synapse network.Synapse, tau float64, receptor string, excites bool) {
		switch {
		case wrong != nil:
		case receptor != "":
			wrong = &fault.Error{Path: path + ".receptor", Value: receptor, Allowed: "NEST has no such model: its neurons tell excitation from inhibition alone"}
		case shape != "" && shape != synapse:
			wrong = &fault.Error{Path: path + ".synapse", Value: string(synapse), Allowed: "must be " + string(shape) + ", as others of " + p.Name + ": NEST's neurons have synapses of one shape"}
		}
		shape = synapse
		k := 1
		if excites {
			k = 0
		}
		if synapse != network.Delta && !slices.Contains(taus[k], tau) {
			taus[k] = append(taus[k], tau)
		}
	}
	for _, in := range n.Received(i) {
		add(in.Path, in.Synapse, in.TauSyn, in.PoissonInput.Receptor, in.Weight >= 0)
	}
	for k := range n.Projections {
		if q := &n.Projections[k]; q.To == p.Name {
			add("projections."+q.Name, q.Synapse, q.TauSyn, q.Receptor, q.Excitatory())
		}
	}
	return taus, shape, wrong
}

// fill gives the parameters their values.
func (x *Neuron) fill(p *network.Population, t *template, taus [2][]float64) {
	for _, q := range t.parameters {
		if q.is == "" {
			continue
		}
		if p.Model != nil {
			x.Parameters[q.name] = p.Model.Parameter(q.is).Value.Mean()
			continue
		}
		x.Parameters[q.name] = map[string]float64{"tau_m": p.TauM, "C_m": p.CM, "g_L": p.GL, "E_L": p.EL, "E_ex": p.EEx, "E_in": p.EIn,
			"V_th": p.VTh.Mean(), "V_reset": p.VReset, "t_ref": p.TRef, "V_m": p.V0.Mean()}[q.name]
	}
	if p.Neuron == network.LIF && p.CM == 0 { // R = tau_m/C_m is 1 Gohm, and a pA is a mV
		x.Parameters["C_m"] = p.TauM
	}
	for k, name := range []string{"tau_syn_ex", "tau_syn_in"} {
		if q := t.parameter(name); q != nil && x.Ports == nil {
			x.Parameters[name] = q.value
			if len(taus[k]) > 0 {
				x.Parameters[name] = taus[k][0]
			}
		}
	}
}
