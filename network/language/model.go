package language

import (
	"fmt"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strings"

	"einet/equation"
	"einet/fault"
	"einet/network"
	"einet/network/models"
)

// What each part of a model allows, in the words of an error.
const (
	mustEquation = "must be an expression"
	mustStart    = network.MustDist + " or an expression of parameters"
)

// A measure is the unit of the quantities at hand. The first of them that has one may decide it.
type measure struct {
	of    equation.Dimension
	known bool // then a number without a unit is in this one
}

// models reads the section of that name. What can't be read is a fault, and left out.
func (d *decoder) modelsOf(f *fields, n *network.Network) {
	d.broken, d.written = map[string]bool{}, map[string]string{}
	all := f.get("models")
	if all == nil {
		return
	}
	for _, e := range d.members("models", all) {
		before := len(d.faults)
		m := d.model(fault.Path("models", e.key), e)
		if d.broken[m.Name] = len(d.faults) > before; !d.broken[m.Name] {
			n.Models = append(n.Models, m)
		}
	}
}

// model reads one.
func (d *decoder) model(path string, e entry) network.NeuronModel {
	f := d.fields(path, e.place, e.value)
	defer f.done()
	m := network.NeuronModel{Name: e.key}
	keys := network.Keys("model", "")
	for i := range keys {
		if k := &keys[i]; k.Is == network.AText || k.Is == network.AWord {
			f.key(&m, k)
		}
	}
	for _, e := range f.entries("parameters") {
		p := network.ModelParameter{Name: e.key}
		p.Value, p.Unit = d.quantity(e.value, fault.Path(path+".parameters", e.key), network.MustDist, measure{})
		m.Parameters = append(m.Parameters, p)
	}
	if n := f.get("receptors"); n != nil {
		m.Receptors = d.words(n, path+".receptors")
	}
	for _, e := range f.entries("definitions") {
		m.Definitions = append(m.Definitions, network.ModelDefinition{Name: e.key, Expr: d.expression(e.value, fault.Path(path+".definitions", e.key))})
	}
	f.need("state", "must be a mapping of variables to what they start from, with V [mV]")
	for _, e := range f.entries("state") {
		s := network.ModelState{Name: e.key}
		in := measure{}
		if s.Name == network.VState {
			in = measure{equation.Millivolt, true}
		}
		d.start(e.value, fault.Path(path+".state", e.key), &m, &s, in)
		m.States = append(m.States, s)
	}
	d.derivatives(f, &m)
	if n := f.need("spike", "must be true where the neuron fires, such as V >= V_th"); n != nil {
		m.Spike = d.expression(n, path+".spike")
	}
	for _, e := range f.entries("reset") {
		m.Reset = append(m.Reset, network.ModelReset{State: e.key, Expr: d.expression(e.value, fault.Path(path+".reset", e.key))})
	}
	return m
}

// entries are those of the mapping behind a key; none where it is left out.
func (f *fields) entries(key string) []entry {
	n := f.get(key)
	if n == nil {
		return nil
	}
	if n.kind != mapping {
		f.d.fault(n, fault.Path(f.path, key), network.MustMap)
	}
	return n.entries
}

// derivatives reads the equations, each behind the name of its state with a prime.
func (d *decoder) derivatives(f *fields, m *network.NeuronModel) {
	path := fault.Path(f.path, "equations")
	f.need("equations", "must be a mapping of the derivative of each state to an expression, such as V': -V/tau")
	var primes []string
	for _, s := range m.States {
		primes = append(primes, s.Name+"'")
	}
	for _, e := range f.entries("equations") {
		name, prime := strings.CutSuffix(e.key, "'")
		s := m.State(name)
		if !prime || s == nil {
			meant := fault.DidYouMean(e.key, primes)
			if s != nil {
				meant = "; did you mean " + name + "'?"
			}
			d.faults = append(d.faults, fault.Error{Place: e.place, Path: fault.Path(path, e.key), Value: "unknown key",
				Allowed: "must be the derivative of a state: " + fault.Listing(primes) + meant})
			continue
		}
		s.Derivative = d.expression(e.value, fault.Path(path, e.key))
	}
}

// expression reads one, nil where it is at fault.
func (d *decoder) expression(n *node, path string) *equation.Expr {
	if n.kind != scalar {
		d.fault(n, path, mustEquation)
		return nil
	}
	e, err := equation.Parse(n.text)
	if err != nil {
		d.fault(n, path, mustEquation+": "+err.Error())
		return nil
	}
	return e
}

// words reads a list of names.
func (d *decoder) words(n *node, path string) (words []string) {
	const allowed = "must be a list of names"
	if n.kind != sequence {
		d.fault(n, path, allowed)
		return nil
	}
	for _, item := range n.items {
		if item.kind != scalar {
			d.fault(item, path, allowed)
			return nil
		}
		words = append(words, item.text)
	}
	return words
}

// start reads what a state starts from.
func (d *decoder) start(n *node, path string, m *network.NeuronModel, s *network.ModelState, in measure) {
	s.Start, s.StartDist = nil, network.Dist{}
	if n.kind == scalar && !isDecimal(n.text) {
		if e, err := equation.Parse(n.text); err == nil && hasParameter(e, m) {
			s.Start = e
			of, err := equation.Check(e, unitsOf(m))
			if err != nil {
				d.fault(n, path, "must be an expression of parameters: "+err.Error())
			}
			if s.Unit = of; in.known {
				s.Unit = in.of // to which the checker holds it
			}
			return
		}
	}
	s.StartDist, s.Unit = d.quantity(n, path, mustStart, in)
}

func hasParameter(e *equation.Expr, m *network.NeuronModel) (has bool) {
	e.Names(func(name string, _ int) { has = has || m.Parameter(name) != nil })
	return has
}

func unitsOf(m *network.NeuronModel) func(name string) (equation.Dimension, bool) {
	return func(name string) (equation.Dimension, bool) {
		if p := m.Parameter(name); p != nil {
			return p.Unit, true
		}
		return equation.Plain, false
	}
}

// quantity reads a number with its unit, or a distribution of such numbers.
func (d *decoder) quantity(n *node, path, allowed string, in measure) (network.Dist, equation.Dimension) {
	d.measure = &in
	defer func() { d.measure = nil }()
	dist := d.dist(n, path, allowed)
	return dist, in.of
}

// measured is the number that a scalar means in einet's units; what is wrong with it follows what is allowed.
func (d *decoder) measured(n *node) (x float64, why string) {
	if n.kind != scalar {
		return math.NaN(), " "
	}
	x, of, wrong := d.scope.measured(n.text)
	if wrong == "" && (math.IsNaN(x) || math.IsInf(x, 0)) {
		wrong = "not a finite number"
	}
	if wrong != "" {
		return math.NaN(), ": " + wrong
	}
	switch in := d.measure; {
	case of == equation.Plain && (in.known || x == 0), of == in.of && in.known:
	case in.known && in.of == equation.Plain:
		return math.NaN(), ": must be a plain number, not in " + of.String()
	case in.known:
		return math.NaN(), ": its unit must be " + in.of.String() + ", not " + of.String()
	default:
		in.of, in.known = of, true
	}
	return x, ""
}

// withAnyUnit is an expression and a word behind it.
var withAnyUnit = regexp.MustCompile(`^(.*[0-9A-Za-z_.)])\s+([A-Za-zµμ]+)$|^(.*[0-9.)])([A-Za-zµμ]+)$`)

// measured is the value of a text, constants among it, and what it measures. An expression may have its unit behind it, as
// everywhere in the language, or be made of quantities.
func (s *scope) measured(text string) (x float64, of equation.Dimension, wrong string) {
	text = strings.TrimSpace(text)
	if x, ok := parseDecimal(text); ok {
		return x, equation.Plain, ""
	}
	x, of, wrong = s.ofQuantities(text)
	if y, in, ok := s.behind(text); ok {
		if wrong == "" && (of != in || math.Abs(x-y) > 1e-9*math.Abs(y)) {
			return math.NaN(), of, "what is its unit of? Put ( ) around a number with its unit, or * in front of the unit"
		}
		return y, in, ""
	}
	if wrong == "" {
		return x, of, ""
	}
	if y, none := s.evaluate(&node{kind: scalar, text: text}); none == "" {
		return y, equation.Plain, ""
	}
	return math.NaN(), of, wrong
}

// behind is an expression of plain numbers with a unit behind it.
func (s *scope) behind(text string) (x float64, of equation.Dimension, ok bool) {
	m := withAnyUnit.FindStringSubmatch(text)
	if m == nil {
		return 0, of, false
	}
	factor, of, ok := equation.Unit(m[2] + m[4])
	if !ok {
		return 0, of, false
	}
	x, wrong := s.evaluate(&node{kind: scalar, text: m[1] + m[3]})
	return float64(x * factor), of, wrong == ""
}

// ofQuantities is the value of an expression in the language of equations. Constants are plain numbers in it.
func (s *scope) ofQuantities(text string) (x float64, of equation.Dimension, wrong string) {
	e, err := equation.Parse(text)
	if err != nil {
		return math.NaN(), of, err.Error()
	}
	values := map[string]float64{}
	e.Names(func(name string, _ int) {
		value, none := s.lookup(name)
		if values[name] = value; none != "" && wrong == "" {
			wrong = none
		}
	})
	if wrong != "" {
		return math.NaN(), of, wrong
	}
	of, err = equation.Check(e, func(string) (equation.Dimension, bool) { return equation.Plain, true })
	if err != nil {
		return math.NaN(), of, err.Error()
	}
	return equation.Value(e, func(name string) float64 { return values[name] }), of, ""
}

// Model is a model that einet has, by its name. An unknown name is an error that
// lists those there are and is fs.ErrNotExist.
func Model(name string) (*network.NeuronModel, error) {
	if models.Text(name) == nil {
		return nil, fmt.Errorf("%q is no model; there are %s: %w", name, strings.Join(models.Names(), ", "), fs.ErrNotExist)
	}
	n, err := Load(strings.NewReader("populations: {one: {size: 1, neuron: "+name+"}}"), "network", Options{})
	if err != nil {
		return nil, err
	}
	return n.Populations[0].Model, nil
}

// modelOf finds a model of the network, or one that einet has, which then becomes one of the network's.
func (d *decoder) modelOf(name string, n *network.Network) *network.NeuronModel {
	i := slices.IndexFunc(n.Models, func(m network.NeuronModel) bool { return m.Name == name })
	if i < 0 {
		text := models.Text(name)
		if text == nil {
			return nil
		}
		root, faults := parse(text, name+".yaml", false)
		outer := d.scope
		d.scope = newScope(&node{})
		m := d.model(fault.Path("models", name), entry{key: name, value: root})
		d.scope = outer
		d.faults = append(d.faults, faults...)
		n.Models, i = append(n.Models, m), len(n.Models)
	}
	m := n.Models[i]
	m.Parameters, m.States = slices.Clone(m.Parameters), slices.Clone(m.States)
	return &m
}

// unknownNeuron says which neurons there are.
func (d *decoder) unknownNeuron(f *fields, p *network.Population, n *network.Network) {
	node := f.get("neuron")
	if node == nil || node.kind != scalar { // which is the fault
		return
	}
	var names []string
	for _, m := range n.Models {
		names = append(names, m.Name)
	}
	for _, name := range models.Names() {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	name := string(p.Neuron)
	d.faults = append(d.faults, fault.Error{Place: node.place, Path: fault.Path(f.path, "neuron"), Value: fault.Clip(quote(name)),
		Allowed: "must be one of " + strings.Join(network.Kinds, ", ") + ", or a model: " + fault.Listing(names) + fault.DidYouMean(name, slices.Concat(network.Kinds, names))})
}

// ofModel reads the keys of a population that are its model's.
func (f *fields) ofModel(p *network.Population, keys []network.Key) {
	f.knows("parameters", "state", "method", network.TRefParameter, "V0")
	d, m := f.d, p.Model
	var parameters, states []string
	for _, q := range m.Parameters {
		parameters = append(parameters, q.Name)
	}
	for _, s := range m.States {
		states = append(states, s.Name)
	}
	unknown := func(e entry, path string, names []string) {
		d.faults = append(d.faults, fault.Error{Place: e.place, Path: path, Value: "unknown key",
			Allowed: "must be one of those of " + m.Name + ": " + fault.Listing(names) + fault.DidYouMean(e.key, names)})
	}
	path := fault.Path(f.path, "parameters")
	for _, e := range f.entries("parameters") {
		if q := m.Parameter(e.key); q != nil {
			q.Value, _ = d.quantity(e.value, fault.Path(path, e.key), network.MustDist, measure{q.Unit, true})
		} else {
			unknown(e, fault.Path(path, e.key), parameters)
		}
	}
	path = fault.Path(f.path, "state")
	for _, e := range f.entries("state") {
		if s := m.State(e.key); s != nil {
			d.start(e.value, fault.Path(path, e.key), m, s, measure{s.Unit, true})
		} else {
			unknown(e, fault.Path(path, e.key), states)
		}
	}
	if n := f.get("V0"); n != nil {
		if v := m.State(network.VState); v != nil && f.once(n, "V0", "state", network.VState) {
			d.start(n, fault.Path(f.path, "V0"), m, v, measure{v.Unit, true})
			d.written[f.path+".state."+network.VState] = f.path + ".V0"
		}
	}
	if n := f.get(network.TRefParameter); n != nil {
		if t := m.Parameter(network.TRefParameter); t == nil {
			f.apart(p, keys, network.TRefParameter)
		} else if f.once(n, network.TRefParameter, "parameters", network.TRefParameter) {
			t.Value, _ = d.quantity(n, fault.Path(f.path, network.TRefParameter), network.MustDist, measure{t.Unit, true})
			d.written[f.path+".parameters."+network.TRefParameter] = f.path + "." + network.TRefParameter
		}
	}
	if f.get("method") != nil {
		f.apart(p, keys, "method")
	}
	for _, e := range f.n.entries {
		if slices.Contains(parameters, e.key) && !slices.Contains(f.asked, e.key) && !slices.ContainsFunc(keys, func(k network.Key) bool { return k.Name == e.key }) {
			f.knows(e.key)
			d.fault(e.value, fault.Path(f.path, e.key), "must stand among the parameters: parameters: {"+e.key+": ...}")
		}
	}
}

// once is false, and a fault, where the same stands in the mapping behind another key too.
func (f *fields) once(n *node, key, other, name string) bool {
	if all := f.get(other); all != nil && all.index(name) >= 0 {
		f.d.fault(n, fault.Path(f.path, key), "must not stand here and in "+other+", as "+name)
		return false
	}
	return true
}
