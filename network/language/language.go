package language

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"einet/fault"
	"einet/network"
)

// network reads the whole description. It checks types and keys only: what the
// values may be is for Validate, which a Network built in Go passes too.
func (d *decoder) network(root *node, file string) *network.Network {
	if root.kind == null { // an empty file lacks its populations, no more
		root = &node{kind: mapping, place: root.place}
	}
	f := d.fields("", root.place, root)
	d.scope = newScope(root)
	d.constants(f)
	n := &network.Network{
		Name:        f.wordOr("name", fileName(file), mustText),
		Description: f.wordOr("description", "", mustText),
		Source:      f.wordOr("source", "", mustText),
		Dt:          f.numberOr("dt", 0.1, network.MustTau),
		Seed:        f.uint32Or("seed", 1, mustSeed),
		Trial:       f.uint32Or("trial", 0, network.MustTrial),
		Duration:    f.numberOr("duration", 1000, network.MustTime),
		Scale:       f.scaling("scale"),
	}
	d.dt, d.duration = n.Dt, n.Duration
	if d.outdented(f) { // which is the fault
	} else if all := f.need("populations", network.MustMap+" of at least one population"); all != nil && f.atMost(network.MaxPopulations, "populations", all) {
		for _, e := range d.indented("population", d.members("populations", all), all) {
			n.Populations = append(n.Populations, d.population(fault.Path("populations", e.key), e))
		}
	}
	d.populations = map[string]*network.Population{}
	for i := range n.Populations {
		if p := &n.Populations[i]; p.Size >= 1 {
			d.populations[p.Name] = p
		}
	}
	if all := f.get("projections"); all != nil && f.atMost(network.MaxProjections, "projections", all) {
		for _, e := range d.indented("projection", d.members("projections", all), all) {
			n.Projections = append(n.Projections, d.projection(fault.Path("projections", e.key), e))
		}
	}
	n.Record = f.record("record")
	n.Record.Resolve(n)
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
	f.d.faults = append(f.d.faults, fault.Error{Place: f.n.locate(key), Path: fault.Path(f.path, key),
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
		path := fault.Path("constants", e.key)
		if !network.MemberName.MatchString(e.key) || e.key == "pi" {
			d.faults = append(d.faults, fault.Error{Place: e.place, Path: path, Value: e.key, Allowed: "the name must match " + network.NamePattern + " and not be pi"})
			continue
		}
		if _, wrong := d.scope.lookup(e.key); wrong != "" {
			d.fault(e.value, path, "must be a number or an expression: "+wrong)
		}
	}
}

func (d *decoder) population(path string, e entry) network.Population {
	f := d.fields(path, e.place, e.value)
	defer f.done()
	p := network.Population{
		Name: e.key, Size: f.d.whole(f.need("size", mustHaveSize), fault.Path(path, "size"), network.MustSize), Neuron: network.Neuron(f.wordOr("neuron", string(network.LIF), network.MustNeuron)),
	}
	if !slices.Contains(network.Kinds, string(p.Neuron)) { // the one fault, which the checker has
		f.ignore()
		return p
	}
	switch p.Neuron {
	case network.Poisson:
		if n := f.need("rate", network.MustRate); n != nil {
			p.Rate = f.components(n, "rate")
		}
		return p
	case network.SpikeSource:
		p.Spikes = f.spikes(p.Name, p.Size)
		return p
	case network.LIFCond:
		p.CM, p.GL = f.number("C_m", network.MustPositive), f.number("g_L", network.MustPositive)
		p.EEx, p.EIn = f.number("E_ex", network.MustNumber), f.number("E_in", network.MustNumber)
	default:
		p.TauM, p.CM = f.number("tau_m", network.MustTau), f.numberOr("C_m", 0, network.MustPositive)
	}
	p.EL = f.numberOr("E_L", 0, network.MustNumber)
	p.VTh = f.distNeeded("V_th")
	p.VReset = f.number("V_reset", network.MustNumber)
	p.TRef = f.numberOr("t_ref", 0, network.MustTime)
	rest := p.EL
	if !(math.Abs(rest) <= network.MaxMagnitude) {
		rest = 0 // E_L is at fault, V0 is not
	}
	p.V0 = f.dist("V0", rest)
	p.G0Ex, p.G0In = network.Number(0), network.Number(0)
	if n := f.get("g0"); n != nil {
		g := d.fields(fault.Path(path, "g0"), n.place, n)
		p.G0Ex, p.G0In = g.dist("excitatory", 0), g.dist("inhibitory", 0)
		g.done()
	}
	p.Input = f.input("input")
	p.Bias = f.dist("bias", 0)
	f.noise(&p)
	return p
}

// noise reads the random inputs of a population.
func (f *fields) noise(p *network.Population) {
	if n, path := f.get("poisson"), fault.Path(f.path, "poisson"); n != nil {
		items := n.items
		if n.kind != sequence {
			items = []*node{n}
		}
		for i, item := range items {
			at := path
			if len(items) > 1 {
				at = fault.Path(path, strconv.Itoa(i))
			}
			g := f.d.fields(at, item.place, item)
			in := network.PoissonInput{Rate: g.number("rate", network.MustRate), Weight: g.number("weight", network.MustNumber)}
			in.Synapse, in.TauSyn = g.synapse()
			p.PoissonInput = append(p.PoissonInput, in)
			g.done()
		}
	}
	if n := f.get("white_noise"); n != nil {
		g := f.d.fields(fault.Path(f.path, "white_noise"), n.place, n)
		p.WhiteNoise = g.number("sd", network.MustPositive)
		g.done()
	}
	if n := f.get("ou_noise"); n != nil {
		g := f.d.fields(fault.Path(f.path, "ou_noise"), n.place, n)
		p.OUNoise = network.OUNoise{SD: g.number("sd", network.MustPositive), Tau: g.number("tau", network.MustTau)}
		g.done()
	}
}

// synapse reads a shape and the time constant that it has.
func (f *fields) synapse() (network.Synapse, float64) {
	shape := network.Synapse(f.wordOr("synapse", string(network.Exponential), network.MustSynapse))
	if shape == network.Delta {
		if n := f.get("tau_syn"); n != nil {
			f.d.fault(n, fault.Path(f.path, "tau_syn"), "must be left out: a delta synapse has none")
		}
		return shape, 0
	}
	if !slices.Contains(network.Shapes, string(shape)) { // the one fault, which the checker has
		return shape, f.numberOr("tau_syn", 0, network.MustTau)
	}
	return shape, f.number("tau_syn", network.MustTau)
}

func (d *decoder) projection(path string, e entry) network.Projection {
	f := d.fields(path, e.place, e.value)
	defer f.done()
	p := network.Projection{
		Name: e.key,
		From: f.word("from", "must be the name of a population"),
		To:   f.word("to", "must be the name of a population"),
		Rule: network.Rule(f.wordOr("rule", string(network.FixedProbability), network.MustRule)),
	}
	if !slices.Contains(network.Rules(), string(p.Rule)) { // the one fault, which the checker has
		f.ignore()
		return p
	}
	unread := false // a list, which may have weights and delays
	switch p.Rule {
	case network.FixedInDegree:
		p.N = f.whole("indegree", network.MustCount)
	case network.FixedOutDegree:
		p.N = f.whole("outdegree", network.MustCount)
	case network.FixedTotalNumber:
		p.N = f.whole("synapses", network.MustCount)
	case network.AllToAll, network.OneToOne:
	case network.List:
		before := len(f.d.faults)
		p.Edges = f.edges(&p)
		unread = len(f.d.faults) > before
	default:
		p.P = f.number("p", network.MustP)
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

func (f *fields) scaling(key string) network.Scaling {
	n := f.get(key)
	if n == nil {
		return network.Scaling{}
	}
	g := f.d.fields(fault.Path(f.path, key), n.place, n)
	defer g.done()
	s := network.Scaling{
		Weight:      g.numberOr("weight", 0, network.MustExponent),
		Input:       g.numberOr("input", 0, network.MustExponent),
		P:           g.numberOr("p", 0, network.MustExponent),
		Indegree:    g.numberOr("indegree", 0, network.MustExponent),
		PoissonRate: g.numberOr("poisson_rate", 0, network.MustExponent),
		Rule:        network.Rule(g.wordOr("rule", "", network.MustScaleRule)),
	}
	if rates := g.get("rates"); rates != nil {
		path := fault.Path(g.path, "rates")
		for _, e := range g.d.members(path, rates) {
			s.Rates = append(s.Rates, network.Rate{Population: e.key, Hz: g.d.number(e.value, fault.Path(path, e.key), network.MustRate)})
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
	x := f.d.whole(n, fault.Path(f.path, key), allowed)
	if len(f.d.faults) == before && (x < 0 || x > math.MaxUint32) {
		f.d.fault(n, fault.Path(f.path, key), allowed)
		return 0
	}
	return uint32(x)
}
