package network

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"einet/equation"
	"einet/fault"
)

// The most that a model may have.
const (
	maxParameters  = 128
	maxStates      = 32
	maxDefinitions = 64
	maxReceptors   = 16
	maxOperations  = 1 << 13 // of an equation with the definitions put in
)

// isReserved tells whether a name means something by itself in equations.
func isReserved(name string) bool {
	return slices.Contains([]string{CurrentSymbol, ExSymbol, InSymbol, "t", "dt", "and", "or", "not"}, name) ||
		slices.Contains(equation.Functions, name) || equation.IsUnit(name)
}

// isRecorded tells whether a run records something by that name, V apart: another variable of all neurons, the state of a receptor, or
// what says of which steps, neurons and receptors the rest is.
func isRecorded(name string) bool {
	if slices.Contains([]string{"step", "neuron", "tau_syn"}, name) {
		return true
	}
	receptor, numbered := strings.CutPrefix(name, GVariable)
	if _, err := strconv.Atoi(receptor); numbered && err == nil {
		return true
	}
	return name != VState && slices.Contains(AverageVariables, name)
}

// arrays holds the names under which runs keep the states of models, POPULATION_STATE, to those of other populations.
func (c *checker) arrays(all []Population) {
	for i := range all {
		p := &all[i]
		if p.Model == nil {
			continue
		}
		for _, s := range p.Model.stateNames() {
			for k := range all {
				q := &all[k]
				other, prefixed := strings.CutPrefix(p.Name+"_"+s, q.Name+"_")
				if k == i || !prefixed || q.Neuron.IsSource() {
					continue
				}
				is := other == VState || isRecorded(other) || q.Model != nil && q.Model.State(other) != nil
				c.want(!is, "populations."+p.Name, p.Name, fmt.Sprintf("must have another name: %s_%s of what is recorded would be its state %s and %s of the population %s", p.Name, s, s, other, q.Name))
			}
		}
	}
}

// models checks those of the network, and notes which are right.
func (c *checker) models(all []NeuronModel) {
	c.right = map[string]*NeuronModel{}
	seen := map[string]bool{}
	for i := range all {
		m, before := &all[i], len(c.faults)
		c.model(c.member("models", m.Name, i, seen), m)
		if len(c.faults) == before {
			c.right[m.Name] = m
		}
	}
}

// model checks a model by itself.
func (c *checker) model(path string, m *NeuronModel) {
	c.want(!slices.Contains(Kinds, m.Name), path, m.Name, "is a name that einet has: choose another")
	c.keys(path, m, Keys("model", ""))
	c.namesOf(path, m)
	for _, p := range m.Parameters {
		c.parameter(fault.Path(path+".parameters", p.Name), &p)
	}
	v := m.State(VState)
	if v == nil {
		c.fault(path+".state", "", "must have V, the membrane potential in mV")
	} else if v.Unit != equation.Millivolt {
		c.fault(path+".state.V", "", "its unit must be mV, not "+v.Unit.String())
	}
	before := len(c.faults)
	for _, s := range m.States {
		c.start(fault.Path(path+".state", s.Name), m, &s)
		if s.Derivative == nil {
			c.fault(fault.Path(path+".equations", s.Name+"'"), "missing", "must be the derivative of "+s.Name)
		}
	}
	if m.Spike == nil {
		c.fault(path+".spike", "missing", mustCondition)
	}
	for i, r := range m.Reset {
		at := fault.Path(path+".reset", r.State)
		if c.want(m.State(r.State) != nil, at, r.State, "must be a state: "+fault.Listing(m.stateNames())+fault.DidYouMean(r.State, m.stateNames())) {
			c.want(!slices.ContainsFunc(m.Reset[:i], func(other ModelReset) bool { return other.State == r.State }), at, r.State, "must not stand here twice")
			c.want(r.Expr != nil, at, "missing", "must be what "+r.State+" becomes")
		}
	}
	c.want(slices.Contains(Methods, string(m.Method)), path+".method", string(m.Method), mustBeOneOf(Methods)+fault.DidYouMean(string(m.Method), Methods))
	if len(c.faults) == before && !m.unread() {
		c.equations(path, m)
	}
}

// unread tells whether an expression is missing.
func (m *NeuronModel) unread() bool {
	return m.Spike == nil || slices.ContainsFunc(m.Definitions, func(d ModelDefinition) bool { return d.Expr == nil }) ||
		slices.ContainsFunc(m.States, func(s ModelState) bool { return s.Derivative == nil }) ||
		slices.ContainsFunc(m.Reset, func(r ModelReset) bool { return r.Expr == nil })
}

func (m *NeuronModel) stateNames() (names []string) {
	for _, s := range m.States {
		names = append(names, s.Name)
	}
	return names
}

// namesOf checks what a model calls its things.
func (c *checker) namesOf(path string, m *NeuronModel) {
	seen := map[string]string{}
	one := func(key, name, symbol string) {
		at := fault.Path(fault.Path(path, key), name)
		switch {
		case !MemberName.MatchString(name):
			c.fault(at, fault.Clip(strconv.Quote(name)), "the name must match "+NamePattern)
		case isReserved(symbol):
			what := "means something by itself in equations"
			if equation.IsUnit(symbol) {
				what = "is a unit"
			}
			c.fault(at, fault.Clip(symbol), "must have another name: "+symbol+" "+what)
		case seen[symbol] != "":
			c.fault(at, fault.Clip(symbol), "the name must stand once among "+seen[symbol]+" and "+key)
		}
		seen[symbol] = key
	}
	for _, p := range m.Parameters {
		one("parameters", p.Name, p.Name)
	}
	for _, r := range m.Receptors {
		one("receptors", r, ReceptorSymbol(r))
	}
	for _, d := range m.Definitions {
		one("definitions", d.Name, d.Name)
	}
	for _, s := range m.States {
		one("state", s.Name, s.Name)
		c.want(!isRecorded(s.Name), fault.Path(path+".state", s.Name), s.Name, "must have another name: a run records something else by it")
	}
	for _, most := range []struct {
		key         string
		have, limit int
	}{{"parameters", len(m.Parameters), maxParameters}, {"receptors", len(m.Receptors), maxReceptors}, {"definitions", len(m.Definitions), maxDefinitions}, {"state", len(m.States), maxStates}} {
		c.want(most.have <= most.limit, path+"."+most.key, most.have, fmt.Sprintf("must be at most %d", most.limit))
	}
}

// parameter checks the value of a parameter.
func (c *checker) parameter(path string, p *ModelParameter) {
	if !c.dist(path, p.Value) || p.Name != TRefParameter {
		return
	}
	if !c.want(p.Unit == equation.Millisecond, path, p.Unit.String(), "its unit must be ms: it is the refractory period") {
		return
	}
	if p.Value.IsNumber() {
		c.grid(path, p.Value.Mean(), 0)
		return
	}
	low, high := p.Value.perNeuron()
	if c.want(low >= 0, path, low, "must not become negative; a distribution may have a bound, low: 0") {
		c.want(high <= MaxSteps*c.dt, path, high, "must be at most 2^30 steps of dt, "+fault.Number(MaxSteps*c.dt)+" ms")
	}
}

// start checks the value of a state at the start.
func (c *checker) start(path string, m *NeuronModel, s *ModelState) {
	if s.Start == nil {
		c.dist(path, s.StartDist)
		return
	}
	units := m.parameterUnits()
	if c.known(path, s.Start, units, func(string) string { return "must be a number, a distribution or an expression of parameters" }) {
		c.expression(path, equation.CheckIs(s.Start, s.Unit, lookup(units)))
	}
}

// expression makes a fault of what is wrong with one.
func (c *checker) expression(path string, err error) {
	if err != nil {
		c.fault(path, "", err.Error())
	}
}

// known tells whether all names of an expression are, and makes a fault of the first that is not.
func (c *checker) known(path string, e *equation.Expr, units map[string]equation.Dimension, why func(name string) string) bool {
	if _, err := equation.Parse(e.String()); err != nil { // of what was written more tightly, or made in Go
		c.fault(path, "", "as it is printed it can't be read: "+err.Error())
		return false
	}
	wrong := ""
	e.Names(func(name string, at int) {
		if _, ok := units[name]; wrong == "" && !ok {
			wrong = (&equation.Error{At: at, Wrong: why(name)}).Error()
			c.fault(path, fault.Clip(name), wrong)
		}
	})
	return wrong == ""
}

// unknown says of a name that there is none.
func (m *NeuronModel) unknown(name string) string {
	receptor, conductance := strings.CutPrefix(name, "g_")
	switch {
	case name == "t" || name == "dt":
		return "there is no " + name + ": what depends on time is the input of a population, I"
	case slices.ContainsFunc(m.Definitions, func(d ModelDefinition) bool { return d.Name == name }):
		return "a definition may use only those in front of it"
	}
	names := []string{CurrentSymbol, ExSymbol, InSymbol}
	for _, r := range m.Receptors {
		names = append(names, ReceptorSymbol(r))
	}
	for _, d := range m.Definitions {
		names = append(names, d.Name)
	}
	names = append(names, m.stateNames()...)
	for _, p := range m.Parameters {
		names = append(names, p.Name)
	}
	wrong := "is no state, parameter or definition; there are " + fault.Listing(names)
	guess := fault.DidYouMean(name, names)
	if conductance && guess == "" {
		guess = "; receptors: [" + receptor + "] makes one of it"
	}
	if _, of, ok := equation.Unit(name); ok {
		guess = "; as the unit of " + of.String() + " it needs a number in front"
	}
	return wrong + guess
}

// equations checks the units of all expressions, and what the method needs.
func (c *checker) equations(path string, m *NeuronModel) {
	before := len(c.faults)
	c.namesInEquations(path, m)
	if len(c.faults) > before {
		return
	}
	found := m.faultsOfUnits(equation.Picoampere)
	if other := m.faultsOfUnits(equation.Millivolt); isBetter(other, found) {
		found = other
	}
	for _, f := range found {
		c.faults = append(c.faults, fault.Error{Path: path + "." + f.path, Allowed: f.wrong.Error()})
	}
	for _, r := range m.Receptors {
		c.want(m.Uses(ReceptorSymbol(r)), fault.Path(path+".receptors", r), r, "must be used: no equation has "+ReceptorSymbol(r))
	}
	if len(found) == 0 {
		c.linear(path+".method", m)
	}
}

// namesInEquations checks that each is known, and that the whole is not too long.
func (c *checker) namesInEquations(path string, m *NeuronModel) {
	units, sizes := m.symbols(equation.Plain), map[string]int{}
	size := func(name string) int {
		if n := sizes[name]; n > 0 {
			return n
		}
		return 1
	}
	one := func(at string, e *equation.Expr) {
		if c.known(at, e, units, m.unknown) {
			c.want(e.Size(size) <= maxOperations, at, e.Size(size), fmt.Sprintf("must have at most %d operations with the definitions put in", maxOperations))
		}
	}
	for _, d := range m.Definitions {
		one(fault.Path(path+".definitions", d.Name), d.Expr)
		units[d.Name], sizes[d.Name] = equation.Plain, d.Expr.Size(size)
	}
	for _, s := range m.States {
		one(fault.Path(path+".equations", s.Name+"'"), s.Derivative)
	}
	one(path+".spike", m.Spike)
	for _, r := range m.Reset {
		one(fault.Path(path+".reset", r.State), r.Expr)
	}
}

// linear holds the equations to what exponential_euler needs.
func (c *checker) linear(path string, m *NeuronModel) {
	if m.Method != ExponentialEuler {
		return
	}
	for _, s := range m.States {
		if _, _, ok := equation.Linear(m.Whole(s.Derivative), s.Name); !ok {
			c.fault(path, string(m.Method), fmt.Sprintf("needs equations that are linear in their own variable, which that of %s' is not; heun takes any", s.Name))
			return
		}
	}
}

const mustCondition = "must be true where the neuron fires, such as V >= V_th"

// withModel checks what a population of a model has besides its keys.
func (c *checker) withModel(path string, p *Population) {
	m := c.right[p.Model.Name]
	if m == nil || !c.want(p.Model.sameEquations(m) && string(p.Neuron) == m.Name, path+".neuron", string(p.Neuron), "its equations must be those of the network's model of that name") {
		return
	}
	for _, q := range p.Model.Parameters {
		c.parameter(fault.Path(path+".parameters", q.Name), &q)
	}
	for _, s := range p.Model.States {
		c.start(fault.Path(path+".state", s.Name), p.Model, &s)
	}
	if c.want(slices.Contains(Methods, string(p.Model.Method)), path+".method", string(p.Model.Method), mustBeOneOf(Methods)) {
		c.linear(path+".method", p.Model)
	}
	if m.Parameter(TRefParameter) != nil {
		c.want(p.TRef == 0, path+".t_ref", p.TRef, "must stand among the parameters, of which it is one")
	}
	if !m.Uses(CurrentSymbol) {
		input, constant := p.Input.Constant()
		for _, current := range []struct {
			key string
			has bool
		}{{"input", !constant || input != 0}, {"bias", !p.Bias.IsNumber() || p.Bias.Mean() != 0}, {"ou_noise", p.OUNoise != OUNoise{}}} {
			if current.has {
				c.fault(path+"."+current.key, "", "must be left out: no equation of "+m.Name+" has I")
			}
		}
	}
	if p.WhiteNoise > 0 {
		c.whiteNoise(path+".white_noise", p)
	}
}

// whiteNoise holds a model that has some, or a group of whose neurons has, to a membrane time constant.
func (c *checker) whiteNoise(path string, p *Population) {
	if p.Model == nil {
		return
	}
	if p.Model.TauM() == nil {
		c.fault(path, "", "needs the membrane time constant: a parameter tau_m [ms], or C_m [pF] and g_L [nS]; "+p.Model.Name+" has neither")
	}
	for _, q := range p.Model.TauM() {
		low, _ := q.Value.perNeuron()
		c.want(low > 0, fault.Path(fault.Path("populations", p.Name)+".parameters", q.Name), low, "must be above 0 with white_noise")
	}
}

// wantsCurrent refuses input of neurons whose equations have none.
func (c *checker) wantsCurrent(path string, p *Population) {
	if p.Model != nil && !p.Model.Uses(CurrentSymbol) {
		c.fault(path, "", "must be left out: no equation of "+p.Model.Name+" has I")
	}
}

// TauM are the parameters that make the membrane time constant: tau_m, or C_m and g_L; nil where the model has neither.
func (m *NeuronModel) TauM() []*ModelParameter {
	of := func(name string, unit equation.Dimension) *ModelParameter {
		if p := m.Parameter(name); p != nil && p.Unit == unit {
			return p
		}
		return nil
	}
	if tau := of("tau_m", equation.Millisecond); tau != nil {
		return []*ModelParameter{tau}
	}
	if c, g := of("C_m", equation.Picofarad), of("g_L", equation.Nanosiemens); c != nil && g != nil {
		return []*ModelParameter{c, g}
	}
	return nil
}

// sameEquations tells whether two models differ in values and in the method at most.
func (m *NeuronModel) sameEquations(n *NeuronModel) bool {
	return slices.EqualFunc(m.Parameters, n.Parameters, func(p, q ModelParameter) bool { return p.Name == q.Name && p.Unit == q.Unit }) &&
		slices.Equal(m.Receptors, n.Receptors) &&
		slices.EqualFunc(m.Definitions, n.Definitions, func(d, e ModelDefinition) bool { return d.Name == e.Name && d.Expr.Equal(e.Expr) }) &&
		slices.EqualFunc(m.States, n.States, func(s, u ModelState) bool {
			return s.Name == u.Name && s.Unit == u.Unit && s.Derivative.Equal(u.Derivative)
		}) &&
		m.Spike.Equal(n.Spike) &&
		slices.EqualFunc(m.Reset, n.Reset, func(r, s ModelReset) bool { return r.State == s.State && r.Expr.Equal(s.Expr) })
}

// receives checks where synapses of a sign go at a target: to a receptor of its model that has a name, or to none.
func (c *checker) receives(path string, to *Population, receptor string, shape Synapse, mean float64) {
	at, weight, positive := path+".receptor", path+".weight", mean >= 0
	switch {
	case to == nil || to.Keys() == nil || to.Model != nil && c.right[to.Model.Name] == nil: // which is the fault
		return
	case to.Model == nil:
		c.want(receptor == "", at, receptor, "must be left out: neurons of "+string(to.Neuron)+" have no receptors with names")
		return
	case receptor != "":
		if c.want(slices.Contains(to.Model.Receptors, receptor), at, receptor, receptorsOf(to.Model)+fault.DidYouMean(receptor, to.Model.Receptors)) {
			c.want(!(mean < 0), weight, mean, "must not be negative: it is the conductance of the receptor "+receptor)
			c.want(shape != Delta, path+".synapse", string(shape), mustBeNoDelta)
		}
		return
	}
	name, symbols := to.Model.Name, ""
	excitatory, inhibitory := to.Model.Conductances()
	switch {
	case shape == Delta && (excitatory || inhibitory):
		c.fault(path+".synapse", string(shape), mustBeNoDelta)
		return
	case shape == Delta:
		return
	case excitatory || inhibitory:
		c.want(excitatory || !positive, weight, mean, "must be negative: the equations of "+name+" have g_in and no g_ex")
		c.want(inhibitory || !(mean < 0), weight, mean, "must not be negative: the equations of "+name+" have g_ex and no g_in")
		return
	case to.Model.Uses(CurrentSymbol):
		return
	}
	if len(to.Model.Receptors) > 0 {
		symbols = "; " + receptorsOf(to.Model)
	}
	c.fault(at, "", "the equations of "+name+" have neither I nor g_ex nor g_in, which synapses without a receptor go to"+symbols)
}

func receptorsOf(m *NeuronModel) string {
	if len(m.Receptors) == 0 {
		return "must be left out: " + m.Name + " has no receptors with names"
	}
	return "must be one of " + strings.Join(m.Receptors, ", ")
}
