package network

import (
	"math"
	"slices"

	"einet/equation"
)

// A NeuronModel is what neurons do, as equations. In a Population its parameters and starts are the population's.
type NeuronModel struct {
	Name        string
	Description string            // what it is, free text
	Source      string            // the paper it comes from, free text
	Parameters  []ModelParameter  // numbers that stay, of each neuron
	Receptors   []string          // names that projections may have as their receptor: NAME is g_NAME [nS] in equations
	Definitions []ModelDefinition // each may use those in front of it
	States      []ModelState      // V among them, in mV
	Spike       *equation.Expr    // the neuron fires where this is true
	Reset       []ModelReset      // what happens then: all sides are those before it
	Method      Method            // of integration
}

// A ModelParameter is a number that a neuron has for good, or a distribution of which each neuron draws its own.
type ModelParameter struct {
	Name  string
	Unit  equation.Dimension
	Value Dist // in einet's units
}

// A ModelState is a variable with its equation.
type ModelState struct {
	Name       string
	Unit       equation.Dimension
	Start      *equation.Expr // at step 0, of parameters; nil: StartDist
	StartDist  Dist
	Derivative *equation.Expr // per ms
}

// A ModelDefinition is a name for an expression.
type ModelDefinition struct {
	Name string
	Expr *equation.Expr
}

// A ModelReset is what becomes of a state when the neuron fires.
type ModelReset struct {
	State string
	Expr  *equation.Expr
}

// A Method of integration takes the states from one step to the next.
type Method string

// The methods. ExponentialEuler is exact where all but the variable itself stays the same within the step, and each
// equation must be linear in its own variable.
const (
	Euler            Method = "euler"
	ExponentialEuler Method = "exponential_euler"
	Heun             Method = "heun"
	RungeKutta4      Method = "rk4"
)

// Methods are all of them.
var Methods = []string{string(Euler), string(ExponentialEuler), string(Heun), string(RungeKutta4)}

// Names that mean something in equations.
const (
	CurrentSymbol = "I"    // external and synaptic current, in pA or mV: see CurrentUnit
	ExSymbol      = "g_ex" // conductance [nS] of synapses of positive weight that name no receptor
	InSymbol      = "g_in" // of those of negative weight
	VState        = "V"    // the state that every model has
	TRefParameter = "t_ref"
)

// ReceptorSymbol is what equations call a receptor's conductance [nS].
func ReceptorSymbol(receptor string) string { return "g_" + receptor }

// Parameter finds a parameter by its name, or returns nil.
func (m *NeuronModel) Parameter(name string) *ModelParameter {
	if i := slices.IndexFunc(m.Parameters, func(p ModelParameter) bool { return p.Name == name }); i >= 0 {
		return &m.Parameters[i]
	}
	return nil
}

// State finds a state by its name, or returns nil.
func (m *NeuronModel) State(name string) *ModelState {
	if i := slices.IndexFunc(m.States, func(s ModelState) bool { return s.Name == name }); i >= 0 {
		return &m.States[i]
	}
	return nil
}

// ResetOf is what becomes of a state when the neuron fires; nil: it stays.
func (m *NeuronModel) ResetOf(state string) *equation.Expr {
	for _, r := range m.Reset {
		if r.State == state {
			return r.Expr
		}
	}
	return nil
}

// Uses tells whether the equations, the spike condition or a reset have a name, directly or by a definition that they use.
func (m *NeuronModel) Uses(name string) bool {
	used := false
	known := map[string]bool{}
	var visit func(e *equation.Expr)
	visit = func(e *equation.Expr) {
		if e == nil {
			return
		}
		e.Names(func(n string, _ int) {
			used = used || n == name
			for _, d := range m.Definitions {
				if d.Name == n && !known[n] {
					known[n] = true
					visit(d.Expr)
				}
			}
		})
	}
	for _, s := range m.States {
		visit(s.Derivative)
	}
	visit(m.Spike)
	for _, r := range m.Reset {
		visit(r.Expr)
	}
	return used
}

// Conductances tells whether synapses of positive weight that name no receptor are conductances, and whether those of
// negative weight are. Where neither is so they are currents.
func (m *NeuronModel) Conductances() (excitatory, inhibitory bool) {
	return m.Uses(ExSymbol), m.Uses(InSymbol)
}

// Whole is an expression with the definitions put in.
func (m *NeuronModel) Whole(e *equation.Expr) *equation.Expr {
	for _, d := range slices.Backward(m.Definitions) {
		e = e.Put(func(name string) *equation.Expr {
			if name == d.Name {
				return d.Expr
			}
			return nil
		})
	}
	return e
}

// Refractory is the refractory period of each neuron [ms]: the model's parameter t_ref, if it has that, or else the population's.
// What is drawn is rounded to steps.
func (p *Population) Refractory() Dist {
	if p.Model != nil {
		if t := p.Model.Parameter(TRefParameter); t != nil {
			return t.Value
		}
	}
	return Number(p.TRef)
}

// RefractorySteps encloses the refractory periods of its neurons, in steps of dt.
func (p *Population) RefractorySteps(dt float64) (least, most int) {
	low, high := p.Refractory().perNeuron()
	return max(int(math.Round(low/dt)), 0), int(math.Round(high / dt))
}

// Mean is that of a parameter, 0 where there is none of that name.
func (m *NeuronModel) Mean(name string) float64 {
	if p := m.Parameter(name); p != nil {
		return p.Value.Mean()
	}
	return 0
}

// MeanOrNaN is that of a parameter, no number where there is none of that name.
func (m *NeuronModel) MeanOrNaN(name string) float64 {
	if p := m.Parameter(name); p != nil {
		return p.Value.Mean()
	}
	return math.NaN()
}

// Leak is the mean of the parameter g_L [nS], 0 where there is none in that unit.
func (m *NeuronModel) Leak() float64 {
	if p := m.Parameter("g_L"); p != nil && p.Unit == equation.Nanosiemens {
		return p.Value.Mean()
	}
	return 0
}

// thresholds are what models call the potential at which a spike begins.
var thresholds = []string{"V_th", "V_T", "V_t", "V_thresh", "V_peak"}

// belowThreshold is how far below its threshold V is taken to be reset in a model that says neither [mV].
const belowThreshold = 20

// Potentials are those between which V lies [mV]: the mean threshold, the reset and the leak potential. Of a model they are what its
// parameters, its reset and else its start say.
func (p *Population) Potentials() (threshold, reset, rest float64) {
	if p.Model == nil {
		return p.VTh.Mean(), p.VReset, p.EL
	}
	m := p.Model
	at := func(e *equation.Expr) float64 { return equation.Value(e, m.Mean) }
	v := m.State(VState)
	start := v.StartDist.Mean()
	if v.Start != nil {
		start = at(v.Start)
	}
	reset, rest = start, start
	if to := m.ResetOf(VState); to != nil && !math.IsNaN(at(m.Whole(to))) {
		reset = at(m.Whole(to))
	}
	if m.Parameter("E_L") != nil {
		rest = m.Mean("E_L")
	}
	for _, name := range thresholds {
		if t := m.Parameter(name); t != nil && t.Value.Mean() > reset {
			return t.Value.Mean(), reset, rest
		}
	}
	return reset + belowThreshold, reset, rest
}
