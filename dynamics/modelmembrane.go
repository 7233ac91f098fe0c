package dynamics

import (
	"errors"
	"fmt"
	"math"

	"einet/equation"
	"einet/network"
)

// newModelMembrane is what others ask of the membrane of a model: potentials between which V mostly lies, and how the free membrane
// forgets.
func newModelMembrane(p *network.Population, dt float64) Membrane {
	model := p.Model
	m := Membrane{GridV: modelGrid, R: 1, TauM: freeTauM(model)}
	m.Refractory, _ = p.RefractorySteps(dt)
	if leak := model.Leak(); leak > 0 && p.CurrentUnit() == "pA" {
		m.R = 1 / leak
	}
	threshold, reset, _ := p.Potentials()
	m.VTh, m.VReset = float32(threshold), float32(reset)
	return m
}

// checkModel makes sure that what a step of a model begins with is neither subnormal nor overflows.
func (p *Population) checkModel(n *network.Population) error {
	r := &ranges{population: n.Name}
	low, high := n.Input.Bounds()
	for _, x := range []float64{low, high, n.Bias.A, n.Bias.B} {
		if math.Abs(x) > largest {
			r.want("an input", x, smallest, largest)
		}
	}
	p.Noise.check(r)
	for _, x := range p.Receptors {
		r.want(fmt.Sprintf("e^(-dt/tau_syn) of tau_syn %g", x.TauSyn), float64(x.PRR), smallest, 1)
		r.want(fmt.Sprintf("e^(-dt/(2 tau_syn)) of tau_syn %g", x.TauSyn), float64(x.Half), smallest, 1)
		r.want("the scale of weights", float64(x.Scale), smallest, largest)
	}
	return errors.Join(r.errs...)
}

// freeTauM is the time constant of the free membrane, tau_m or C_m/g_L, as far as the parameters tell; else 0.
func freeTauM(model *network.NeuronModel) float64 {
	if tau := model.Mean("tau_m"); tau > 0 {
		return tau
	}
	if leak := model.Mean("g_L"); leak > 0 {
		return model.Mean("C_m") / leak
	}
	return 0
}

// symbol is what the conductance of a receptor is called in the equations, empty where it is a current.
func symbol(model *network.NeuronModel, receptor string, excitatory bool) string {
	ex, in := model.Conductances()
	switch {
	case receptor != "":
		return network.ReceptorSymbol(receptor)
	case excitatory && ex:
		return network.ExSymbol
	case !excitatory && in:
		return network.InSymbol
	}
	return ""
}

// A forceTable is by how much a unit of a conductance adds to I at potentials evenly apart, which stands for what lies between
// them: E - V of g (E - V), and of what depends on V otherwise no less than the equations have it.
type forceTable []float64

// Where a forceTable begins and ends [mV], and how many values it has for a mV.
const (
	leastForceV, mostForceV = -150, 100
	forcesPerMV             = 8
)

// newForceTable is nil where the equations do not tell: V' is not linear in the conductance, or it depends on more than V.
func newForceTable(model *network.NeuronModel, symbol string) forceTable {
	rate := model.Whole(model.State(network.VState).Derivative)
	perG, _, ok := equation.Linear(rate, symbol)
	if !ok {
		return nil
	}
	perI := 1 / model.Mean("C_m")
	if slope, _, ok := equation.Linear(rate, network.CurrentSymbol); ok && model.Uses(network.CurrentSymbol) {
		perI = equation.Value(slope, model.MeanOrNaN)
	}
	var table forceTable
	for k := range (mostForceV-leastForceV)*forcesPerMV + 1 {
		v := leastForceV + float64(k)/forcesPerMV
		x := equation.Value(perG, func(name string) float64 {
			if name == network.VState {
				return v
			}
			return model.MeanOrNaN(name)
		}) / perI
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		table = append(table, x)
	}
	return table
}

// at is the force at a potential; beyond the table that of its end.
func (t forceTable) at(v float64) float64 {
	x := min(max((v-leastForceV)*forcesPerMV, 0), float64(len(t)-1))
	k := min(int(x), len(t)-2)
	return t[k] + (x-float64(k))*(t[k+1]-t[k])
}
