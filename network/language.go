package network

import "math"

// network reads the whole description. It checks types and keys only: what the
// values may be is for Validate, which a Network built in Go passes too.
func (d *decoder) network(root *node, file string) *Network {
	if root.kind == null { // an empty file lacks its populations, no more
		root = &node{kind: mapping, place: root.place}
	}
	f := d.fields("", root.place, root)
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
	if all := f.need("populations", mustMap+" of at least one population"); all != nil {
		for _, e := range d.members("populations", all) {
			n.Populations = append(n.Populations, d.population(dotted("populations", e.key), e))
		}
	}
	if all := f.get("projections"); all != nil {
		for _, e := range d.members("projections", all) {
			n.Projections = append(n.Projections, d.projection(dotted("projections", e.key), e))
		}
	}
	f.done()
	return n
}

// members are the named entries of populations or projections.
func (d *decoder) members(path string, n *node) []entry {
	if n.kind != mapping {
		d.fault(n, path, "must be a mapping of names to "+path)
	}
	return n.entries
}

func (d *decoder) population(path string, e entry) Population {
	f := d.fields(path, e.place, e.value)
	defer f.done()
	p := Population{
		Name:   e.key,
		Size:   f.whole("size", mustSize),
		Neuron: Neuron(f.wordOr("neuron", string(LIF), mustNeuron)),
		TauM:   f.number("tau_m", mustTau),
		EL:     f.numberOr("E_L", 0, mustNumber),
		VTh:    f.number("V_th", mustNumber),
		VReset: f.number("V_reset", mustNumber),
		TRef:   f.numberOr("t_ref", 0, mustTime),
	}
	rest := p.EL
	if !(math.Abs(rest) <= maxMagnitude) {
		rest = 0 // E_L is at fault, V0 is not
	}
	p.V0 = f.dist("V0", rest)
	p.Input = f.input("input")
	return p
}

func (d *decoder) projection(path string, e entry) Projection {
	f := d.fields(path, e.place, e.value)
	defer f.done()
	return Projection{
		Name:   e.key,
		From:   f.word("from", "must be the name of a population"),
		To:     f.word("to", "must be the name of a population"),
		Rule:   Rule(f.wordOr("rule", string(FixedProbability), mustRule)),
		P:      f.number("p", mustP),
		Weight: f.number("weight", mustNumber),
		Delay:  f.number("delay", mustTime),
		TauSyn: f.number("tau_syn", mustTau),
	}
}

func (f *fields) scaling(key string) Scaling {
	n := f.get(key)
	if n == nil {
		return Scaling{}
	}
	g := f.d.fields(dotted(f.path, key), n.place, n)
	defer g.done()
	return Scaling{
		Weight: g.numberOr("weight", 0, mustExponent),
		Input:  g.numberOr("input", 0, mustExponent),
		P:      g.numberOr("p", 0, mustExponent),
	}
}

// dist reads a number or a mapping of one distribution's name to its
// parameters.
func (f *fields) dist(key string, otherwise float64) Dist {
	n, path := f.get(key), dotted(f.path, key)
	switch {
	case n == nil:
		return Dist{Kind: Constant, A: otherwise}
	case n.kind != mapping:
		return Dist{Kind: Constant, A: f.d.number(n, path, mustDist)}
	}
	g := f.d.fields(path, n.place, n)
	defer g.done()
	path = dotted(path, string(Uniform))
	pair := g.need(string(Uniform), mustPair)
	if pair == nil {
		return Dist{Kind: Uniform, A: math.NaN(), B: math.NaN()}
	}
	if pair.kind != sequence || len(pair.items) != 2 {
		f.d.fault(pair, path, mustPair)
		return Dist{Kind: Uniform, A: math.NaN(), B: math.NaN()}
	}
	return Dist{
		Kind: Uniform,
		A:    f.d.number(pair.items[0], dotted(path, "0"), mustNumber),
		B:    f.d.number(pair.items[1], dotted(path, "1"), mustNumber),
	}
}

// mustPair is what a uniform distribution allows.
const mustPair = "must be [low, high]"

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

// mustNeuron and mustRule name what the language has.
const (
	mustNeuron = "must be one of " + string(LIF)
	mustRule   = "must be one of " + string(FixedProbability)
)
