package language

import (
	"fmt"
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
	f.knows("constants", "name", "description", "source", "dt", "seed", "trial", "duration", "scale", "models", "populations", "groups", "projections", "record")
	n := &network.Network{Name: NameOf(file)}
	f.keys(n, network.Keys("network", ""))
	d.dt, d.duration = n.Dt, n.Duration
	d.sonata(f.get("sonata"), n)
	d.modelsOf(f, n)
	if d.outdented(f) { // which is the fault
	} else if all := f.need("populations", network.MustMap+" of at least one population"); all != nil && f.atMost(network.MaxPopulations, "populations", all) {
		for _, e := range d.indented("population", d.members("populations", all), all) {
			n.Populations = append(n.Populations, d.population(fault.Path("populations", e.key), e, n))
		}
	}
	d.populations = map[string]*network.Population{}
	for i := range n.Populations {
		if p := &n.Populations[i]; p.Size >= 1 {
			d.populations[p.Name] = p
		}
	}
	d.groups(f, n)
	if all := f.get("projections"); all != nil && f.atMost(network.MaxProjections, "projections", all) {
		for _, e := range d.indented("projection", d.members("projections", all), all) {
			n.Projections = append(n.Projections, d.projection(fault.Path("projections", e.key), e))
		}
	}
	n.Resolve()
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
			d.faults = append(d.faults, fault.Error{Place: e.place, Path: path, Value: fault.Clip(e.key), Allowed: "the name must match " + network.NamePattern + " and not be pi"})
			continue
		}
		if _, wrong := d.scope.lookup(e.key); wrong != "" {
			d.fault(e.value, path, "must be a number or an expression: "+wrong)
		}
	}
}

func (d *decoder) population(path string, e entry, n *network.Network) network.Population {
	f, shared := d.fields(path, e.place, e.value), network.Shared("population")
	defer f.done()
	p := network.Population{Name: e.key}
	if d.circuit != nil {
		p.Nodes, d.values = d.circuit.Nodes[e.key], d.circuit.Values[e.key]
		defer func() { d.values = nil }()
	}
	f.keys(&p, shared)
	switch name := string(p.Neuron); {
	case d.broken[name]: // which is the fault
		d.meant = append(d.meant, fault.Error{Path: fault.Path(path, "neuron")})
	case !slices.Contains(network.Kinds, name):
		p.Model = d.modelOf(name, n)
	}
	keys := p.Keys()
	if keys == nil { // the one fault
		if !d.broken[string(p.Neuron)] {
			d.unknownNeuron(f, &p, n)
		}
		f.ignore()
		return p
	}
	if p.Model != nil {
		f.ofModel(&p, keys)
	}
	if p.Neuron == network.SpikeSource {
		f.spikes(&p, keys)
	}
	f.keys(&p, keys[len(shared):])
	return p
}

func (d *decoder) projection(path string, e entry) network.Projection {
	f, shared := d.fields(path, e.place, e.value), network.Shared("projection")
	defer f.done()
	p := network.Projection{Name: e.key}
	f.keys(&p, shared)
	if p.Grouped() {
		defer f.knows("same", "different")
	}
	keys := network.Keys("projection", string(p.Rule))
	if keys == nil { // the one fault, which the checker has
		f.ignore()
		return p
	}
	p.Multapses = true
	before := len(d.faults)
	if p.Rule == network.List {
		f.edges(&p, keys)
	}
	edges, unread := p.Edges, len(d.faults) > before
	if unread { // which may have weights and delays
		p.Edges.Weight, p.Edges.Delay = []float64{}, []float64{}
	}
	f.keys(&p, keys[len(shared):])
	if p.Edges = edges; unread && f.get("delay") == nil {
		p.Delay = network.Number(d.dt)
	}
	return p
}

// Slips of the indentation: YAML takes what was to stand within a population for its neighbour.

// keysOf are all that a population or projection may have.
func keysOf(of string) (names []string) {
	for _, o := range network.Mappings() {
		if o.Name == of {
			for _, k := range o.Keys {
				names = append(names, k.Name)
			}
		}
	}
	return names
}

// indented are the populations or projections, unless what belongs to one stands beside it, which is one fault.
func (d *decoder) indented(of string, all []entry, n *node) []entry {
	known := keysOf(of)
	isKey := func(e entry) bool { return slices.Contains(known, e.key) && e.value.kind != mapping }
	i := slices.IndexFunc(all, func(e entry) bool { return e.value.kind == null })
	if i < 0 || i+1 >= len(all) || !isKey(all[i+1]) {
		return all
	}
	var keys []string
	for _, e := range all[i+1:] {
		if isKey(e) {
			keys = append(keys, e.key)
		}
	}
	name := fault.Clip(all[i].key)
	d.faults = append(d.faults, fault.Error{Place: all[i+1].place, Path: of + "s", Value: fault.Listing(keys), Allowed: fmt.Sprintf(
		"must be indented further than %s, the %s that they are of, or stand behind it in braces: %s: {%s: ...}", name, of, name, keys[0])})
	return nil
}

// outdented tells whether populations is empty and what looks like a population stands beside it, which is a fault.
func (d *decoder) outdented(f *fields) bool {
	i := f.n.index("populations")
	if i < 0 || f.n.entries[i].value.kind != null || i+1 >= len(f.n.entries) {
		return false
	}
	next := f.n.entries[i+1]
	if next.value.kind != mapping || next.value.index("size") < 0 && next.value.index("tau_m") < 0 {
		return false
	}
	f.ignore()
	d.faults = append(d.faults, fault.Error{Place: next.place, Path: "populations", Value: fault.Clip(next.key),
		Allowed: "must be indented further than populations, if it is one of them"})
	return true
}
