package sonata

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"einet/fault"
	"einet/table"
)

// A piece is the edges of one type between two parts, of one sign: a projection of einet's.
type piece struct {
	name      string
	row       *typeRow
	shortTerm string // as the language has it; empty of static synapses
	from, to  *part

	source, target []uint32
	weight, delay  []float64
}

// restDelay is NEST's default, of edges that have none [ms].
const restDelay = 1.0

// An edgePopulation is one of SONATA's as it is read.
type edgePopulation struct {
	name, file     string
	table          *typeTable
	from, to       *nodes
	source, target []float64
	types          []float64
	groups, index  []float64
}

// readEdges reads the tables of edges.
func (r *reader) readEdges() {
	taken := map[string]bool{}
	for _, pair := range r.config.edges {
		types := r.types(pair.types, "edge_type_id")
		tree := r.tree(pair.file)
		if tree == nil || types == nil {
			continue
		}
		r.edgesOf(tree, pair.file, types, taken)
		tree.Close()
	}
}

// edgesOf reads those of a file: populations in the order of their first types.
func (r *reader) edgesOf(tree table.Tree, file string, types *typeTable, taken map[string]bool) {
	names, err := tree.Members("/edges")
	if err != nil {
		r.fault(file, 0, "/edges", "missing", "must be a group, the populations of edges")
		return
	}
	var order []string
	first := map[string]float64{}
	for _, name := range names {
		path := "/edges/" + name + "/edge_type_id"
		values := r.whole(tree, file, path, -1)
		if len(r.faults) > 0 {
			return
		}
		if len(values) > 0 {
			first[name], order = slices.Min(values), append(order, name)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return int(first[a] - first[b]) })
	for _, name := range order {
		e := &edgePopulation{name: name, file: file, table: types}
		if r.readEdgePopulation(tree, e); len(r.faults) > 0 {
			return
		}
		r.split(tree, e, taken)
	}
}

func (r *reader) readEdgePopulation(tree table.Tree, e *edgePopulation) {
	path := "/edges/" + e.name
	members, err := tree.Members(path)
	if err != nil {
		r.fault(e.file, 0, path, "", "must be a group, a population of edges")
		return
	}
	e.from, e.to = r.end(tree, e.file, path+"/source_node_id"), r.end(tree, e.file, path+"/target_node_id")
	if len(r.faults) > 0 {
		return
	}
	e.types = r.whole(tree, e.file, path+"/edge_type_id", -1)
	rows := len(e.types)
	e.source, e.target = r.whole(tree, e.file, path+"/source_node_id", rows), r.whole(tree, e.file, path+"/target_node_id", rows)
	e.groups, e.index = r.grouping(tree, e.file, path, "edge", members, rows)
}

// end is the population of nodes that a column's attribute names.
func (r *reader) end(tree table.Tree, file, path string) *nodes {
	name, err := tree.Text(path, "node_population")
	if err != nil {
		r.fault(file, 0, path, "", err.Error())
		return nil
	}
	for _, n := range r.nodes {
		if n.name == name {
			return n
		}
	}
	r.fault(file, 0, path, fault.Clip("node_population "+strconv.Quote(name)), "must be one of the populations of nodes: "+fault.Listing(r.populationNames()))
	return nil
}

// What an edge may have of its own.
type edgeValues struct {
	path          string
	weight, delay []float64 // nil where the type has it
}

// edgeGroup reads what the edges of a group have of their own.
func (r *reader) edgeGroup(tree table.Tree, e *edgePopulation, id int) *edgeValues {
	path := fmt.Sprintf("/edges/%s/%d", e.name, id)
	v := &edgeValues{path: path}
	g := r.group(tree, e.file, path)
	if g == nil {
		return nil
	}
	for name, to := range map[string]*[]float64{"syn_weight": &v.weight, "delay": &v.delay} {
		if slices.Contains(g.attributes, name) {
			*to = r.column(tree, e.file, path+"/"+name, -1)
		}
	}
	for _, name := range sorted(g.values) {
		switch name {
		case "weight":
			v.weight = g.values[name]
		case "delay":
			v.delay = g.values[name]
		default:
			r.fault(e.file, 0, path+"/dynamics_params/"+name, "", "must be weight or delay: those are what a static_synapse has")
		}
	}
	if slices.Contains(g.attributes, "nsyns") {
		many := func(x float64) bool { return x != 1 }
		if n := r.column(tree, e.file, path+"/nsyns", -1); slices.ContainsFunc(n, many) {
			r.fault(e.file, 0, path+"/nsyns", "", "must be 1 or left out: simulators of point neurons do not agree on whether it multiplies syn_weight; multiply it there")
		}
	}
	if len(r.faults) > 0 {
		return nil
	}
	return v
}

// An edgeType is what a type says of its edges; NaN where it says nothing.
type edgeType struct {
	row           *typeRow
	weight, delay float64
	shortTerm     string
}

// edgeType reads one.
func (r *reader) edgeType(e *edgePopulation, id int64) *edgeType {
	what := fmt.Sprintf("edge_type_id %d", id)
	row := e.table.find(id, e.name)
	if row == nil {
		if len(e.table.rows) > 0 {
			r.fault(e.file, 0, "/edges/"+e.name+"/edge_type_id", strconv.FormatInt(id, 10), "must be in the table of types"+ofFile(e.table.file))
			return nil
		}
		row = &typeRow{id: id, attributes: map[string]string{}}
	}
	t := &edgeType{row: row, weight: math.NaN(), delay: math.NaN()}
	bad := func(name, value, allowed string) *edgeType {
		r.fault(e.table.file, row.line, what+": "+name, fault.Clip(value), allowed)
		return nil
	}
	model := strings.TrimPrefix(row.attributes["model_template"], "nest:")
	if model != "" && model != "static_synapse" && model != shortTermSynapse {
		return bad("model_template", model, "must be static_synapse or "+shortTermSynapse)
	}
	if f := row.attributes["weight_function"]; f != "" && f != "wmax" {
		return bad("weight_function", f, "must be left out: einet runs no program of another simulator; syn_weight is the weight")
	}
	for name, to := range map[string]*float64{"syn_weight": &t.weight, "delay": &t.delay} {
		if text := row.attributes[name]; text != "" {
			x, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return bad(name, text, "must be a number")
			}
			*to = x
		}
	}
	params := r.params(row, "synaptic_models_dir", e.table.file, what)
	for _, name := range sorted(params) {
		switch x := params[name]; name {
		case "weight":
			t.weight = x
		case "delay":
			t.delay = x
		case "receptor_type":
			if x != 0 {
				return bad("dynamics_params", "receptor_type "+fault.Number(x), "must be 0: the sign of the weight tells excitation from inhibition")
			}
		default:
			if _, ok := shortTermDefaults[name]; model == shortTermSynapse && ok {
				continue
			}
			return bad("dynamics_params", name, "must have weight and delay only: those are what a static_synapse has")
		}
	}
	if params == nil {
		return nil
	}
	if model == shortTermSynapse {
		for name, x := range shortTermDefaults {
			if _, ok := params[name]; !ok {
				params[name] = x
			}
		}
		if params["u"] != params["U"] || params["x"] != 1 {
			return bad("dynamics_params", fmt.Sprintf("U %g, u %g, x %g", params["U"], params["u"], params["x"]), "must have u as U, and x 1: what the first spike has where einet's synapses are unused at the start")
		}
		t.shortTerm = mapping{"U: " + fault.Exact(params["U"]), "tau_rec: " + fault.Exact(params["tau_rec"]), "tau_facil: " + fault.Exact(params["tau_fac"])}.String()
	}
	return t
}

// shortTermSynapse is NEST's synapse with short-term plasticity that is einet's, too.
const shortTermSynapse = "tsodyks2_synapse"

// shortTermDefaults are those of NEST.
var shortTermDefaults = map[string]float64{"U": 0.5, "u": 0.5, "x": 1, "tau_rec": 800, "tau_fac": 0}

// split makes the pieces of a population of edges.
func (r *reader) split(tree table.Tree, e *edgePopulation, taken map[string]bool) {
	if len(r.faults) > 0 {
		return
	}
	groups := map[int]*edgeValues{}
	for _, g := range distinct(e.groups) {
		if groups[g] = r.edgeGroup(tree, e, g); groups[g] == nil {
			return
		}
	}
	types := map[int]*edgeType{}
	for _, id := range distinct(e.types) {
		if types[id] = r.edgeType(e, int64(id)); types[id] == nil {
			return
		}
	}
	type key struct{ typeID, from, to int }
	pieces := map[key]*piece{}
	var keys []key
	var last *piece
	var at key
	early, moved := false, 0
	for i := range e.types {
		from, ok := e.from.place[uint64(e.source[i])]
		to, ok2 := e.to.place[uint64(e.target[i])]
		if !ok || !ok2 {
			r.strangeEnd(e, i, ok)
			return
		}
		if k := (key{int(e.types[i]), int(from.part), int(to.part)}); last == nil || k != at {
			if pieces[k] == nil {
				pieces[k] = &piece{row: types[k.typeID].row, shortTerm: types[k.typeID].shortTerm, from: e.from.parts[k.from], to: e.to.parts[k.to]}
				keys = append(keys, k)
			}
			last, at = pieces[k], k
		}
		t, g := types[at.typeID], groups[int(e.groups[i])]
		weight, ok := pick(g.weight, e.index[i], t.weight)
		delay, ok2 := pick(g.delay, e.index[i], t.delay)
		if !ok || !ok2 {
			r.fault(e.file, 0, "/edges/"+e.name+"/edge_group_index", fmt.Sprintf("row %d (from 0): %s", i, fault.Number(e.index[i])), "must be below the number of values in "+g.path)
			return
		}
		if math.IsNaN(weight) {
			r.fault(cmp.Or(e.table.file, e.file), t.row.line, fmt.Sprintf("edge_type_id %d", t.row.id), "syn_weight is missing", "must stand there or in "+g.path)
			return
		}
		if math.IsNaN(delay) {
			delay, early = restDelay, true
		}
		steps := math.Round(delay / r.dt)
		if steps < 1 || !(steps < 1<<30) {
			r.fault(e.file, 0, fmt.Sprintf("/edges/%s: row %d (from 0): delay", e.name, i), fault.Number(delay)+" ms", "must be at least dt, "+fault.Number(r.dt)+" ms")
			return
		}
		if math.Abs(delay/r.dt-steps) > 1e-5 {
			moved++
		}
		last.source, last.target = append(last.source, from.neuron), append(last.target, to.neuron)
		last.weight, last.delay = append(last.weight, weight), append(last.delay, float64(steps*r.dt))
	}
	if early {
		r.note("%s: /edges/%s: edges without a delay have %g ms, as in NEST", e.file, e.name, restDelay)
	}
	if moved > 0 {
		r.note("%s: /edges/%s: %d of %d delays are no multiples of dt, %g ms, and rounded to the nearest", e.file, e.name, moved, len(e.types), r.dt)
	}
	slices.SortFunc(keys, func(a, b key) int {
		switch {
		case a.typeID != b.typeID:
			return a.typeID - b.typeID
		case a.from != b.from:
			return a.from - b.from
		}
		return a.to - b.to
	})
	var all []*piece
	for _, k := range keys {
		if p := pieces[k]; p.to.template == nil {
			r.fault(e.file, 0, "/edges/"+e.name+"/target_node_id", "", "must be nodes that are simulated: those of "+r.origin(p.to)+" are virtual")
			return
		}
		all = append(all, pieces[k].signed()...)
	}
	r.nameEdges(e, all, len(types), taken)
	r.edges = append(r.edges, all...)
}

// pick is a value of a group, or of the type where the group has none.
func pick(values []float64, index, otherwise float64) (float64, bool) {
	switch {
	case values == nil:
		return otherwise, true
	case int(index) < len(values):
		return values[int(index)], true
	}
	return 0, false
}

func (r *reader) strangeEnd(e *edgePopulation, i int, sourceIsRight bool) {
	what, id, n := "source_node_id", e.source[i], e.from
	if sourceIsRight {
		what, id, n = "target_node_id", e.target[i], e.to
	}
	r.fault(e.file, 0, "/edges/"+e.name+"/"+what, fmt.Sprintf("row %d (from 0): %s", i, fault.Number(id)), "must be a node of "+n.name)
}

// signed are the edges of positive and those of negative weight. Those of weight 0, which do nothing, go with either.
func (p *piece) signed() []*piece {
	positive := slices.ContainsFunc(p.weight, func(w float64) bool { return w > 0 })
	negative := slices.ContainsFunc(p.weight, func(w float64) bool { return w < 0 })
	if !positive || !negative {
		return []*piece{p}
	}
	a, b := &piece{row: p.row, shortTerm: p.shortTerm, from: p.from, to: p.to}, &piece{row: p.row, shortTerm: p.shortTerm, from: p.from, to: p.to}
	for i, w := range p.weight {
		to := a
		if w < 0 {
			to = b
		}
		to.source, to.target = append(to.source, p.source[i]), append(to.target, p.target[i])
		to.weight, to.delay = append(to.weight, w), append(to.delay, p.delay[i])
	}
	return []*piece{a, b}
}

// nameEdges gives pieces the name of their population, with the type where there are several, and a number where that is not all.
func (r *reader) nameEdges(e *edgePopulation, all []*piece, types int, taken map[string]bool) {
	ofType := map[int64]int{}
	for _, p := range all {
		ofType[p.row.id]++
	}
	seen := map[int64]int{}
	for _, p := range all {
		name := e.name
		if types > 1 {
			name += "_" + strconv.FormatInt(p.row.id, 10)
		}
		if ofType[p.row.id] > 1 {
			name += "_" + strconv.Itoa(seen[p.row.id])
			seen[p.row.id]++
		}
		p.name = unique(name, taken)
	}
}

// same is the value that all have, if that is one.
func same(values []float64) (float64, bool) {
	if len(values) == 0 {
		return 0, false
	}
	for _, x := range values {
		if x != values[0] {
			return 0, false
		}
	}
	return values[0], true
}
