package sonata

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"einet/fault"
	"einet/table"
)

// A clamp is a current into all nodes of a part.
type clamp struct{ amp, delay, duration float64 } // [pA, ms, ms]

// readInputs reads what the simulation gives the nodes.
func (r *reader) readInputs() {
	if r.dt = r.config.run.dt; math.IsNaN(r.dt) {
		r.dt = 0.1
	}
	if !(r.dt > 0 && r.dt < math.Inf(1)) {
		r.fault(r.config.simulation, 0, "run.dt", fault.Number(r.dt), "must be above 0")
		return
	}
	r.nodeSets()
	for _, in := range r.config.inputs {
		switch kind, _ := in.keys["input_type"].(string); kind {
		case "spikes":
			r.spikes(in)
		case "current_clamp":
			r.clamp(in)
		default:
			r.fault(r.config.simulation, 0, "inputs."+in.name+".input_type", show(in.keys["input_type"]), "must be spikes or current_clamp")
		}
		if len(r.faults) > 0 {
			return
		}
	}
	for _, n := range r.nodes {
		for _, p := range n.parts {
			if p.template == nil && len(p.train.Times) == 0 {
				r.note("populations.%s: no input gives these %d virtual nodes spikes: they are silent", p.name, len(p.ids))
			}
		}
	}
}

// selected are the nodes that an input is for.
func (r *reader) selected(in input) (func(n *nodes, id uint64) bool, bool) {
	at := "inputs." + in.name + ".node_set"
	var set any
	for _, key := range []string{"node_set", "source"} {
		if value, ok := in.keys[key]; ok && value != nil {
			set = value
			break
		}
	}
	if set == nil {
		return func(*nodes, uint64) bool { return true }, true
	}
	left := mostSets
	match, wrong := r.nodeSet(set, &left)
	if wrong != "" {
		r.fault(r.config.simulation, 0, at, show(set), wrong)
		return nil, false
	}
	return match, true
}

// mostSets bounds the sets of nodes that one consists of: a few may name each other so often that no time suffices.
const mostSets = 1024

// nodeSet is a set of nodes: by its name, a list of names, or the attributes that its nodes have.
func (r *reader) nodeSet(set any, left *int) (func(n *nodes, id uint64) bool, string) {
	if *left--; *left < 0 {
		return nil, fmt.Sprintf("must consist of at most %d sets, and of none that has itself", mostSets)
	}
	switch s := set.(type) {
	case string:
		if inner, ok := r.config.sets[s]; ok {
			return r.nodeSet(inner, left)
		}
		if slices.ContainsFunc(r.nodes, func(n *nodes) bool { return n.name == s }) {
			return func(n *nodes, _ uint64) bool { return n.name == s }, ""
		}
		if s == "all" {
			return func(*nodes, uint64) bool { return true }, ""
		}
		return nil, "must be a set of nodes: " + fault.Listing(append(sorted(r.config.sets), r.populationNames()...))
	case []any:
		var any []func(n *nodes, id uint64) bool
		for _, item := range s {
			match, wrong := r.nodeSet(item, left)
			if wrong != "" {
				return nil, wrong
			}
			any = append(any, match)
		}
		return func(n *nodes, id uint64) bool {
			return slices.ContainsFunc(any, func(match func(*nodes, uint64) bool) bool { return match(n, id) })
		}, ""
	case object:
		return ruleSet(s)
	}
	return nil, "must be the name of a set of nodes, a list of names, or attributes"
}

func (r *reader) populationNames() (names []string) {
	for _, n := range r.nodes {
		names = append(names, n.name)
	}
	return names
}

// ruleSet are the nodes that have all of some attributes, of which each may be one of several.
func ruleSet(rules object) (func(n *nodes, id uint64) bool, string) {
	var all []func(n *nodes, id uint64) bool
	for _, key := range sorted(rules) {
		values, ok := rules[key].([]any)
		if !ok {
			values = []any{rules[key]}
		}
		texts, ids := map[string]bool{}, map[uint64]bool{}
		for _, v := range values {
			switch v := v.(type) {
			case string:
				texts[v] = true
			case float64:
				texts[fault.Exact(v)] = true
				ids[uint64(max(v, 0))] = true
			default:
				return nil, key + " must be a number, a text or a list of them"
			}
		}
		switch key {
		case "population":
			all = append(all, func(n *nodes, _ uint64) bool { return texts[n.name] })
		case "node_id":
			all = append(all, func(_ *nodes, id uint64) bool { return ids[id] })
		default:
			all = append(all, func(n *nodes, id uint64) bool {
				row := n.parts[n.place[id].part].row
				if key == "node_type_id" {
					return texts[strconv.FormatInt(row.id, 10)]
				}
				return texts[row.attributes[key]]
			})
		}
	}
	return func(n *nodes, id uint64) bool {
		return !slices.ContainsFunc(all, func(match func(*nodes, uint64) bool) bool { return !match(n, id) })
	}, ""
}

// spikes reads the spikes of virtual nodes.
func (r *reader) spikes(in input) {
	file, at := r.config.simulation, "inputs."+in.name
	path, _ := in.keys["input_file"].(string)
	if module, _ := in.keys["module"].(string); !slices.Contains([]string{"h5", "sonata", "csv", "synapse_replay", ""}, module) {
		r.fault(file, 0, at+".module", show(module), "must be h5, sonata or csv")
		return
	}
	if path == "" {
		r.fault(file, 0, at+".input_file", "missing", "must be the file of the spikes")
		return
	}
	match, ok := r.selected(in)
	if !ok {
		return
	}
	f, wrong := table.Open(path, mostTree)
	if wrong != nil {
		r.fault(path, 0, "", "", wrong.Says)
		return
	}
	defer f.Close()
	sum, wrong := f.Sum()
	var read *table.Spikes
	if r.sum = append(r.sum, sum...); wrong == nil {
		first := int64(0)
		read, wrong = f.Spikes(&table.Reading{DtMs: r.dt, Tree: r.open, FirstID: &first})
	}
	if wrong != nil && wrong.Empty {
		return
	} else if wrong != nil {
		r.fault(path, wrong.Line, "", "", wrong.Says)
		return
	}
	of := r.spikingPopulations(read, match)
	outside, strange := 0, 0
	for i, id := range read.Neuron {
		var n *nodes
		if read.Of != nil {
			n = of[read.Of[i]]
		} else if len(of) > 0 {
			n = of[0]
		}
		if n == nil {
			outside++
			continue
		}
		where, ok := n.place[uint64(id)]
		switch {
		case !ok:
			if strange++; strange == 1 {
				r.fault(path, 0, read.Where(i), fmt.Sprintf("node %d", id), fmt.Sprintf("must be a node of the population %s", n.name))
			}
		case !match(n, uint64(id)):
			outside++
		case n.parts[where.part].template != nil:
			r.fault(path, 0, read.Where(i), fmt.Sprintf("node %d of %s", id, n.name), "must be virtual to be given spikes: "+r.origin(n.parts[where.part]))
			return
		default:
			train := &n.parts[where.part].train
			train.Times, train.Neuron = append(train.Times, read.TimesMs[i]), append(train.Neuron, int(where.neuron))
		}
	}
	if outside == len(read.Neuron) {
		r.note("%s: none of the %d spikes is of a node of %s.node_set", path, outside, at)
	}
}

// spikingPopulations are those of a file of spikes, nil for those that the input is not for. Of a file that names none it is
// the one population of which the set has a node.
func (r *reader) spikingPopulations(read *table.Spikes, match func(n *nodes, id uint64) bool) (of []*nodes) {
	for _, p := range read.Populations {
		var found *nodes
		for _, n := range r.nodes {
			if n.name == p.Name {
				found = n
			}
		}
		of = append(of, found)
	}
	if len(read.Populations) > 0 {
		return of
	}
	for _, n := range r.nodes {
		if n.virtual && slices.ContainsFunc(n.ids, func(id float64) bool { return match(n, uint64(id)) }) {
			of = append(of, n)
		}
	}
	return of
}

// clamp reads a current into nodes: one value or a list of each of amp, delay and duration.
func (r *reader) clamp(in input) {
	file, at := r.config.simulation, "inputs."+in.name
	match, ok := r.selected(in)
	if !ok {
		return
	}
	for _, key := range []string{"electrode_file", "input_file"} {
		if _, has := in.keys[key]; has {
			r.fault(file, 0, at+"."+key, show(in.keys[key]), "must be left out: amp [pA], delay [ms] and duration [ms] stand in the configuration")
			return
		}
	}
	columns := [3][]float64{}
	for k, key := range []string{"amp", "delay", "duration"} {
		values, ok := in.keys[key].([]any)
		if !ok {
			values = []any{in.keys[key]}
		}
		for _, v := range values {
			x, ok := v.(float64)
			if !ok {
				r.fault(file, 0, at+"."+key, show(in.keys[key]), "must be a number, or a list of numbers: amp [pA], delay [ms], duration [ms]")
				return
			}
			columns[k] = append(columns[k], x)
		}
		if len(columns[k]) != len(columns[0]) {
			r.fault(file, 0, at+"."+key, fmt.Sprintf("%d values", len(columns[k])), fmt.Sprintf("must be as many as of amp, %d", len(columns[0])))
			return
		}
	}
	found := false
	for _, n := range r.nodes {
		for _, p := range n.parts {
			inside := p.inside(match)
			if len(inside) == 0 || p.template == nil {
				continue
			}
			found = true
			to := &p.clamps
			if len(inside) < len(p.ids) {
				to = &p.grouped("input_"+in.name, inside).clamps
			}
			for i := range columns[0] {
				*to = append(*to, clamp{columns[0][i], columns[1][i], columns[2][i]})
			}
		}
	}
	if !found {
		r.fault(file, 0, at+".node_set", "", "must hold nodes that are simulated")
	}
}

// origin says of which type a part's nodes are.
func (r *reader) origin(p *part) string {
	return strings.TrimSpace(fmt.Sprintf("node_type_id %d of %s", p.row.id, p.of.table.file))
}
