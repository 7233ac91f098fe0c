package network

import (
	"fmt"
	"math"
	"strconv"
)

// network reads the whole description. It checks types and keys only: what the
// values may be is for Validate, which a Network built in Go passes too.
func (d *decoder) network(root *node, file string) *Network {
	if root.kind == null { // an empty file lacks its populations, no more
		root = &node{kind: mapping, place: root.place}
	}
	f := d.fields("", root.place, root)
	d.scope = newScope(root)
	d.constants(f)
	n := &Network{
		Name:        f.wordOr("name", fileName(file), mustText),
		Description: f.wordOr("description", "", mustText),
		Source:      f.wordOr("source", "", mustText),
		Dt:          f.numberOr("dt", 0.1, mustTau),
		Seed:        f.uint32Or("seed", 1, mustSeed),
		Trial:       f.uint32Or("trial", 0, mustTrial),
		Duration:    f.numberOr("duration", 1000, mustTime),
		Scale:       f.scaling("scale"),
	}
	d.dt, d.duration = n.Dt, n.Duration
	if d.outdented(f) { // which is the fault
	} else if all := f.need("populations", mustMap+" of at least one population"); all != nil && f.atMost(maxPopulations, "populations", all) {
		for _, e := range d.indented("population", d.members("populations", all), all) {
			n.Populations = append(n.Populations, d.population(dotted("populations", e.key), e))
		}
	}
	d.populations = map[string]*Population{}
	for i := range n.Populations {
		if p := &n.Populations[i]; p.Size >= 1 {
			d.populations[p.Name] = p
		}
	}
	if all := f.get("projections"); all != nil && f.atMost(maxProjections, "projections", all) {
		for _, e := range d.indented("projection", d.members("projections", all), all) {
			n.Projections = append(n.Projections, d.projection(dotted("projections", e.key), e))
		}
	}
	n.Record = f.record("record")
	n.Record.resolve(n)
	f.done()
	d.checkUnits(n)
	return n
}

// members are the named entries of populations or projections.
func (d *decoder) members(path string, n *node) []entry {
	if n.kind != mapping {
		d.fault(n, path, "must be a mapping of names to "+path)
	}
	return n.entries
}

// atMost is false, and a fault, where a mapping has more entries than that. They are not to be
// read: it would take long, and there may be as many faults.
func (f *fields) atMost(most int, key string, n *node) bool {
	if len(n.entries) <= most {
		return true
	}
	f.d.faults = append(f.d.faults, FieldError{Place: f.n.locate(key), Path: dotted(f.path, key),
		Value: strconv.Itoa(len(n.entries)), Allowed: fmt.Sprintf("must be at most %d", most)})
	return false
}

// constants evaluates all of them, so that what is wrong with one is told where it
// stands.
func (d *decoder) constants(f *fields) {
	all := f.get("constants")
	if all == nil || !f.atMost(maxConstants, "constants", all) {
		return
	}
	for _, e := range d.members("constants", all) {
		path := dotted("constants", e.key)
		if !memberName.MatchString(e.key) || e.key == "pi" {
			d.faults = append(d.faults, FieldError{Place: e.place, Path: path, Value: e.key, Allowed: "the name must match " + namePattern + " and not be pi"})
			continue
		}
		if _, wrong := d.scope.lookup(e.key); wrong != "" {
			d.fault(e.value, path, "must be a number or an expression: "+wrong)
		}
	}
}

func (d *decoder) population(path string, e entry) Population {
	f := d.fields(path, e.place, e.value)
	defer f.done()
	p := Population{
		Name: e.key, Size: f.d.whole(f.need("size", mustHaveSize), dotted(path, "size"), mustSize), Neuron: Neuron(f.wordOr("neuron", string(LIF), mustNeuron)),
	}
	if !oneOf(kinds, string(p.Neuron)) { // the one fault, which the checker has
		f.ignore()
		return p
	}
	switch p.Neuron {
	case Poisson:
		if n := f.need("rate", mustRate); n != nil {
			p.Rate = f.components(n, "rate")
		}
		return p
	case SpikeSource:
		p.Spikes = f.spikes(p.Name, p.Size)
		return p
	case LIFCond:
		p.CM, p.GL = f.number("C_m", mustPositive), f.number("g_L", mustPositive)
		p.EEx, p.EIn = f.number("E_ex", mustNumber), f.number("E_in", mustNumber)
	default:
		p.TauM, p.CM = f.number("tau_m", mustTau), f.numberOr("C_m", 0, mustPositive)
	}
	p.EL = f.numberOr("E_L", 0, mustNumber)
	p.VTh = f.distNeeded("V_th")
	p.VReset = f.number("V_reset", mustNumber)
	p.TRef = f.numberOr("t_ref", 0, mustTime)
	rest := p.EL
	if !(math.Abs(rest) <= maxMagnitude) {
		rest = 0 // E_L is at fault, V0 is not
	}
	p.V0 = f.dist("V0", rest)
	p.G0Ex, p.G0In = Number(0), Number(0)
	if n := f.get("g0"); n != nil {
		g := d.fields(dotted(path, "g0"), n.place, n)
		p.G0Ex, p.G0In = g.dist("excitatory", 0), g.dist("inhibitory", 0)
		g.done()
	}
	p.Input = f.input("input")
	p.Bias = f.dist("bias", 0)
	f.noise(&p)
	return p
}

// noise reads the random inputs of a population.
func (f *fields) noise(p *Population) {
	if n, path := f.get("poisson"), dotted(f.path, "poisson"); n != nil {
		items := n.items
		if n.kind != sequence {
			items = []*node{n}
		}
		for i, item := range items {
			at := path
			if len(items) > 1 {
				at = dotted(path, strconv.Itoa(i))
			}
			g := f.d.fields(at, item.place, item)
			in := PoissonInput{Rate: g.number("rate", mustRate), Weight: g.number("weight", mustNumber)}
			in.Synapse, in.TauSyn = g.synapse()
			p.PoissonInput = append(p.PoissonInput, in)
			g.done()
		}
	}
	if n := f.get("white_noise"); n != nil {
		g := f.d.fields(dotted(f.path, "white_noise"), n.place, n)
		p.WhiteNoise = g.number("sd", mustPositive)
		g.done()
	}
	if n := f.get("ou_noise"); n != nil {
		g := f.d.fields(dotted(f.path, "ou_noise"), n.place, n)
		p.OUNoise = OUNoise{SD: g.number("sd", mustPositive), Tau: g.number("tau", mustTau)}
		g.done()
	}
}

// synapse reads a shape and the time constant that it has.
func (f *fields) synapse() (Synapse, float64) {
	shape := Synapse(f.wordOr("synapse", string(Exponential), mustSynapse))
	if shape == Delta {
		if n := f.get("tau_syn"); n != nil {
			f.d.fault(n, dotted(f.path, "tau_syn"), "must be left out: a delta synapse has none")
		}
		return shape, 0
	}
	if !oneOf(shapes, string(shape)) { // the one fault, which the checker has
		return shape, f.numberOr("tau_syn", 0, mustTau)
	}
	return shape, f.number("tau_syn", mustTau)
}

func (d *decoder) projection(path string, e entry) Projection {
	f := d.fields(path, e.place, e.value)
	defer f.done()
	p := Projection{
		Name: e.key,
		From: f.word("from", "must be the name of a population"),
		To:   f.word("to", "must be the name of a population"),
		Rule: Rule(f.wordOr("rule", string(FixedProbability), mustRule)),
	}
	if !oneOf(rules, string(p.Rule)) { // the one fault, which the checker has
		f.ignore()
		return p
	}
	unread := false // a list, which may have weights and delays
	switch p.Rule {
	case FixedInDegree:
		p.N = f.whole("indegree", mustCount)
	case FixedOutDegree:
		p.N = f.whole("outdegree", mustCount)
	case FixedTotalNumber:
		p.N = f.whole("synapses", mustCount)
	case AllToAll, OneToOne:
	case List:
		before := len(f.d.faults)
		p.Edges = f.edges(&p)
		unread = len(f.d.faults) > before
	default:
		p.P = f.number("p", mustP)
	}
	p.Multapses = true
	if p.Rule.Counts() {
		p.Multapses = f.boolOr("multapses", true)
	}
	p.Autapses = f.boolOr("autapses", true)
	if p.Edges.Weight != nil || unread {
		p.Weight = f.dist("weight", 0)
	} else {
		p.Weight = f.distNeeded("weight")
	}
	if p.Edges.Delay != nil {
		p.Delay = f.dist("delay", 0)
	} else if unread {
		p.Delay = f.dist("delay", f.d.dt)
	} else {
		p.Delay = f.delay("delay")
	}
	p.Synapse, p.TauSyn = f.synapse()
	return p
}

// Counts tells whether the rule draws a given number of synapses, N.
func (r Rule) Counts() bool {
	return r == FixedInDegree || r == FixedOutDegree || r == FixedTotalNumber
}

func (f *fields) scaling(key string) Scaling {
	n := f.get(key)
	if n == nil {
		return Scaling{}
	}
	g := f.d.fields(dotted(f.path, key), n.place, n)
	defer g.done()
	s := Scaling{
		Weight:      g.numberOr("weight", 0, mustExponent),
		Input:       g.numberOr("input", 0, mustExponent),
		P:           g.numberOr("p", 0, mustExponent),
		Indegree:    g.numberOr("indegree", 0, mustExponent),
		PoissonRate: g.numberOr("poisson_rate", 0, mustExponent),
		Rule:        Rule(g.wordOr("rule", "", mustScaleRule)),
	}
	if rates := g.get("rates"); rates != nil {
		path := dotted(g.path, "rates")
		for _, e := range g.d.members(path, rates) {
			s.Rates = append(s.Rates, Rate{e.key, g.d.number(e.value, dotted(path, e.key), mustRate)})
		}
	}
	return s
}

// uint32Or reads a whole number that an uint32 holds.
func (f *fields) uint32Or(key string, otherwise uint32, allowed string) uint32 {
	n := f.get(key)
	if n == nil {
		return otherwise
	}
	before := len(f.d.faults)
	x := f.d.whole(n, dotted(f.path, key), allowed)
	if len(f.d.faults) == before && (x < 0 || x > math.MaxUint32) {
		f.d.fault(n, dotted(f.path, key), allowed)
		return 0
	}
	return uint32(x)
}

// What the words of the language are.
const (
	mustNeuron    = "must be one of lif, lif_cond, poisson, spikes"
	mustRule      = "must be one of fixed_probability, fixed_indegree, fixed_outdegree, fixed_total_number, all_to_all, one_to_one, list"
	mustSynapse   = "must be one of exponential, alpha, delta"
	mustScaleRule = "must be fixed_indegree, which replaces fixed_probability, or left out"
)
