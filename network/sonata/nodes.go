package sonata

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"einet/fault"
	"einet/network"
	"einet/table"
)

// Nodes are a population of SONATA's.
type nodes struct {
	name, file string
	table      *typeTable
	ids        []float64
	typeIDs    []float64
	groups     []float64 // of each node, and its index there
	index      []float64
	virtual    bool
	parts      []*part
	place      map[uint64]place // by node id
	order      float64          // the least type id
}

// A place is where a node has gone.
type place struct {
	part   int32
	neuron uint32
}

// A part is the nodes of a population that become one population of einet: they share their type and the parameters that
// einet's neurons of one population share.
type part struct {
	name     string
	of       *nodes
	row      *typeRow
	template *template // nil of virtual nodes
	ids      []uint64
	shared   map[string]float64 // parameters by NEST's names: what the type has, or NEST
	own      map[string][]float64
	clamps   []clamp
	groups   []*nodeGroup
	train    network.SpikeTrain
}

// mostParts bounds the populations of einet that one of SONATA's becomes by values of its nodes.
const mostParts = 256

// readNodes reads the tables of nodes.
func (r *reader) readNodes() {
	for _, pair := range r.config.nodes {
		table := r.types(pair.types, "node_type_id")
		tree := r.tree(pair.file)
		if tree == nil || table == nil {
			continue
		}
		r.populations(tree, pair.file, table)
		tree.Close()
	}
	if len(r.faults) > 0 {
		return
	}
	if order := r.config.order; order != nil { // and behind them all others
		place := func(n *nodes) int {
			if i := slices.Index(order, any(n.name)); i >= 0 {
				return i
			}
			return len(order)
		}
		slices.SortStableFunc(r.nodes, func(a, b *nodes) int { return place(a) - place(b) })
	}
	names := map[string]bool{}
	for _, n := range r.nodes {
		r.name(n, names)
		n.place = make(map[uint64]place, len(n.ids))
		for k, p := range n.parts {
			for i, id := range p.ids {
				if _, twice := n.place[id]; twice {
					r.fault(n.file, 0, "/nodes/"+n.name+"/node_id", strconv.FormatUint(id, 10), "stands here twice")
					return
				}
				n.place[id] = place{int32(k), uint32(i)}
			}
		}
	}
}

// populations reads those of a file, in the order of their first types.
func (r *reader) populations(tree table.Tree, file string, types *typeTable) {
	names, err := tree.Members("/nodes")
	if err != nil {
		r.fault(file, 0, "/nodes", "missing", "must be a group, the populations of nodes")
		return
	}
	var all []*nodes
	for _, name := range names {
		if slices.ContainsFunc(r.nodes, func(n *nodes) bool { return n.name == name }) {
			r.fault(file, 0, "/nodes/"+name, "", "stands in two files")
			return
		}
		n := &nodes{name: name, file: file, table: types}
		if r.readPopulation(tree, n); len(r.faults) > 0 {
			return
		}
		if len(n.ids) > 0 {
			all = append(all, n)
		}
	}
	slices.SortStableFunc(all, func(a, b *nodes) int { return int(a.order - b.order) })
	r.nodes = append(r.nodes, all...)
}

// column reads a dataset of one number for each of so many; -1 for any number.
func (r *reader) column(tree table.Tree, file, path string, rows int) []float64 {
	values, _, err := tree.Numbers(path)
	if err != nil {
		r.fault(file, 0, path, "", strings.TrimPrefix(err.Error(), "dataset "+path+": "))
		return nil
	}
	if rows >= 0 && len(values) != rows {
		r.fault(file, 0, path, fmt.Sprintf("%d values", len(values)), fmt.Sprintf("must be %d", rows))
		return nil
	}
	return values
}

// whole reads a column of whole numbers from 0.
func (r *reader) whole(tree table.Tree, file, path string, rows int) []float64 {
	values := r.column(tree, file, path, rows)
	for i, x := range values {
		if !(x >= 0 && x == math.Trunc(x) && x < 1<<53) {
			r.fault(file, 0, path, fmt.Sprintf("row %d (from 0): %s", i, fault.Number(x)), "must be a whole number, from 0")
			return nil
		}
	}
	return values
}

// readPopulation reads one.
func (r *reader) readPopulation(tree table.Tree, n *nodes) {
	path := "/nodes/" + n.name
	members, err := tree.Members(path)
	if err != nil {
		r.fault(n.file, 0, path, "", "must be a group, a population of nodes")
		return
	}
	if !slices.Contains(members, "node_type_id") {
		r.fault(n.file, 0, path+"/node_type_id", "missing", "must be the type of each node")
		return
	}
	n.typeIDs = r.whole(tree, n.file, path+"/node_type_id", -1)
	rows := len(n.typeIDs)
	if slices.Contains(members, "node_id") {
		n.ids = r.whole(tree, n.file, path+"/node_id", rows)
	} else {
		n.ids = counting(rows)
	}
	n.groups, n.index = r.grouping(tree, n.file, path, "node", members, rows)
	if len(r.faults) > 0 || rows == 0 {
		return
	}
	n.order = slices.Min(n.typeIDs)
	groups := map[int]*group{}
	for _, g := range distinct(n.groups) {
		if groups[g] = r.group(tree, n.file, fmt.Sprintf("%s/%d", path, g)); groups[g] == nil {
			return
		}
	}
	r.divide(n, groups)
}

// counting are 0, 1, 2, ...
func counting(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(i)
	}
	return values
}

// distinct are the different numbers among some, ascending.
func distinct(values []float64) (all []int) {
	seen := map[int]bool{}
	last := -1
	for _, x := range values {
		if k := int(x); k != last && !seen[k] {
			seen[k], all = true, append(all, k)
		}
		last = int(x)
	}
	slices.Sort(all)
	return all
}

// grouping is the group of each row and its place there; where nothing says so all are of group 0, in order.
func (r *reader) grouping(tree table.Tree, file, path, what string, members []string, rows int) (groups, index []float64) {
	id, at := what+"_group_id", what+"_group_index"
	switch {
	case slices.Contains(members, id) && slices.Contains(members, at):
		return r.whole(tree, file, path+"/"+id, rows), r.whole(tree, file, path+"/"+at, rows)
	case slices.Contains(members, "1"):
		r.fault(file, 0, path+"/"+id, "missing", "must be the group of each row, beside "+at+", where there are several groups")
		return nil, nil
	}
	return make([]float64, rows), counting(rows)
}

// A group is what the nodes or edges of one group have of their own.
type group struct {
	path       string
	attributes []string
	params     []string
	values     map[string][]float64 // of params
}

// group reads one; of its other attributes only the names.
func (r *reader) group(tree table.Tree, file, path string) *group {
	g := &group{path: path, values: map[string][]float64{}}
	members, err := tree.Members(path)
	if err != nil { // a group without attributes may be left out
		return g
	}
	g.attributes = members
	if !slices.Contains(members, "dynamics_params") {
		return g
	}
	if g.params, err = tree.Members(path + "/dynamics_params"); err != nil {
		r.fault(file, 0, path+"/dynamics_params", "", "must be a group, a parameter in each of its datasets")
		return nil
	}
	for _, name := range g.params {
		values := r.column(tree, file, path+"/dynamics_params/"+name, -1)
		if len(r.faults) > 0 {
			return nil
		}
		g.values[name] = values
	}
	return g
}

// at is the value of a parameter of the row of a group.
func (g *group) at(name string, index float64) (float64, bool) {
	values, ok := g.values[name]
	if !ok || int(index) >= len(values) {
		return math.NaN(), false
	}
	return values[int(index)], true
}

// divide makes the parts of a population.
func (r *reader) divide(n *nodes, groups map[int]*group) {
	type kind struct{ typeID, group int }
	rows := map[kind][]int{}
	var kinds []kind
	for i := range n.ids {
		k := kind{int(n.typeIDs[i]), int(n.groups[i])}
		if rows[k] == nil {
			kinds = append(kinds, k)
		}
		rows[k] = append(rows[k], i)
	}
	slices.SortFunc(kinds, func(a, b kind) int {
		if a.typeID != b.typeID {
			return a.typeID - b.typeID
		}
		return a.group - b.group
	})
	virtual := 0
	for _, k := range kinds {
		g, row := groups[k.group], n.table.find(int64(k.typeID), n.name)
		what := fmt.Sprintf("node_type_id %d", k.typeID)
		if row == nil {
			r.fault(n.file, 0, "/nodes/"+n.name+"/node_type_id", strconv.Itoa(k.typeID), "must be in the table of types"+ofFile(n.table.file))
			continue
		}
		for _, name := range []string{"model_type", "model_template", "@library"} {
			if slices.Contains(g.attributes, name) {
				r.fault(n.file, 0, g.path+"/"+name, "", "must stand in the table of types: einet reads it for all nodes of a type")
				return
			}
		}
		for _, i := range rows[k] {
			for _, name := range g.params {
				if _, ok := g.at(name, n.index[i]); !ok {
					r.fault(n.file, 0, "/nodes/"+n.name+"/node_group_index", fmt.Sprintf("row %d (from 0): %s", i, fault.Number(n.index[i])),
						fmt.Sprintf("must be below %d, the values of %s/dynamics_params/%s", len(g.values[name]), g.path, name))
					return
				}
			}
		}
		switch model := row.attributes["model_type"]; model {
		case "virtual":
			virtual++
			n.parts = append(n.parts, &part{of: n, row: row, ids: idsOf(n, rows[k])})
		case "point_neuron", "point_process", "point_soma":
			r.neurons(n, row, what, g, rows[k])
		default:
			r.fault(n.table.file, row.line, what+": model_type", orMissing(model), "must be point_neuron or virtual")
		}
	}
	if virtual > 0 && virtual == len(kinds) { // whose types nothing follows from
		n.virtual = true
		all := &part{of: n, row: n.parts[0].row}
		for _, p := range n.parts {
			all.ids = append(all.ids, p.ids...)
		}
		slices.Sort(all.ids)
		n.parts = []*part{all}
	}
}

func ofFile(file string) string {
	if file == "" {
		return ", which the configuration does not name"
	}
	return " " + file
}

func orMissing(text string) string {
	if text == "" {
		return "missing"
	}
	return fault.Clip(text)
}

func idsOf(n *nodes, rows []int) []uint64 {
	ids := make([]uint64, len(rows))
	for k, i := range rows {
		ids[k] = uint64(n.ids[i])
	}
	return ids
}

// neurons makes the parts of the nodes of one type and group.
func (r *reader) neurons(n *nodes, row *typeRow, what string, g *group, rows []int) {
	name := row.attributes["model_template"]
	t := templateOf(name)
	if t == nil {
		r.fault(n.table.file, row.line, what+": model_template", orMissing(name), "must be one of "+templateNames())
		return
	}
	if processing := row.attributes["model_processing"]; processing != "" {
		r.fault(n.table.file, row.line, what+": model_processing", processing, "must be left out: einet runs no program of another simulator")
		return
	}
	shared := r.params(row, "point_neuron_models_dir", n.table.file, what)
	if shared == nil || !r.known(t, shared, n.table.file, row.line, what) {
		return
	}
	for _, p := range t.parameters {
		if _, ok := shared[p.name]; !ok {
			shared[p.name] = p.value
			if p.name == "V_m" && !math.IsNaN(r.config.vInit) {
				shared[p.name] = r.config.vInit
			}
		}
	}
	var divides []string
	for _, name := range g.params {
		at := g.path + "/dynamics_params/" + name
		switch p := t.parameter(name); {
		case p == nil && slices.Contains(idle, name):
		case p == nil:
			r.fault(n.file, 0, at, "", unknownParameter(t, name))
			return
		case !p.own:
			divides = append(divides, name)
		}
	}
	parts := map[string]*part{}
	for _, i := range rows {
		key := ""
		for _, name := range divides {
			x, _ := g.at(name, n.index[i])
			key += fault.Exact(x) + " "
		}
		p := parts[key]
		if p == nil {
			if len(parts) == mostParts {
				r.fault(n.file, 0, g.path+"/dynamics_params/"+divides[0], "", fmt.Sprintf(
					"must have at most %d values among the nodes of type %d: einet's %s neurons of one population share it", mostParts, row.id, t.neuron))
				return
			}
			p = &part{of: n, row: row, template: t, shared: map[string]float64{}, own: map[string][]float64{}}
			for name, x := range shared {
				p.shared[name] = x
			}
			for _, name := range divides {
				p.shared[name], _ = g.at(name, n.index[i])
			}
			parts[key], n.parts = p, append(n.parts, p)
		}
		p.ids = append(p.ids, uint64(n.ids[i]))
		for _, name := range g.params {
			if q := t.parameter(name); q != nil && q.own {
				x, _ := g.at(name, n.index[i])
				p.own[name] = append(p.own[name], x)
			}
		}
	}
}

// known holds the parameters of a type to its template.
func (r *reader) known(t *template, params map[string]float64, file string, line int, what string) bool {
	before := len(r.faults)
	if x, ok := params["Delta_T"]; ok && x <= 0 {
		r.fault(file, line, what+": Delta_T", fault.Number(x), "must be above 0: neurons without an exponential are nest:iaf_psc_exp and others")
	}
	for _, name := range sorted(params) {
		if i := slices.IndexFunc(t.must, func(f fixed) bool { return f.name == name }); i >= 0 {
			if f := t.must[i]; params[name] != f.value {
				r.fault(file, line, what+": "+name, fault.Number(params[name]), f.why)
			}
			continue
		}
		if t.parameter(name) == nil && !slices.Contains(idle, name) {
			r.fault(file, line, what+": "+name, "unknown parameter", unknownParameter(t, name))
		}
	}
	return len(r.faults) == before
}

func unknownParameter(t *template, name string) string {
	return "einet's nest:" + t.nest + " has " + strings.Join(t.names(), ", ") + fault.DidYouMean(name, t.names())
}

// params reads the parameters of a type, of the file that it names.
func (r *reader) params(row *typeRow, folder, file, what string) map[string]float64 {
	params := map[string]float64{}
	name := row.attributes["dynamics_params"]
	if name == "" {
		return params
	}
	dir, ok := r.config.components[folder]
	if !ok {
		r.fault(file, row.line, what+": dynamics_params", fault.Clip(name), "the configuration has no components."+folder+", the folder in which it lies")
		return nil
	}
	path := beside(dir+"/x", name)
	text := r.read(path, mostBytes)
	if text == nil {
		return nil
	}
	o := r.parse(text, path)
	if o == nil {
		return nil
	}
	for _, key := range sorted(o) {
		switch x := o[key].(type) {
		case float64:
			params[key] = x
		case bool:
			params[key] = map[bool]float64{true: 1}[x]
		default:
			if !slices.Contains(idle, key) {
				r.fault(path, 0, key, show(o[key]), "must be a number")
				return nil
			}
		}
	}
	return params
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// name gives the parts of a population names that einet's populations may have.
func (r *reader) name(n *nodes, taken map[string]bool) {
	count := map[int64]int{}
	for _, p := range n.parts {
		count[p.row.id]++
	}
	seen := map[int64]int{}
	for _, p := range n.parts {
		name := n.name
		if len(n.parts) > 1 {
			name += "_" + strconv.FormatInt(p.row.id, 10)
		}
		if count[p.row.id] > 1 {
			name += "_" + strconv.Itoa(seen[p.row.id])
			seen[p.row.id]++
		}
		p.name = unique(name, taken)
	}
}

// unique is a name that einet's populations and projections may have, and none of them has.
func unique(name string, taken map[string]bool) string {
	name = notInMember.ReplaceAllString(name, "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' || name[0] == '_' {
		name = "n" + name
	}
	const longest = 56
	name = name[:min(len(name), longest)]
	whole := name
	for k := 2; taken[name]; k++ {
		name = fmt.Sprintf("%s_%d", whole, k)
	}
	taken[name] = true
	return name
}
