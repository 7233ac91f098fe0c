package hdf5

import "errors"

// An EdgeWriter writes the synapses of projections as SONATA has them:
// /edges/NAME/{source_node_id, target_node_id, edge_type_id, edge_group_id,
// edge_group_index}, /edges/NAME/0/{syn_weight, delay} and /edges/NAME/indices.
type EdgeWriter struct{ sonataFile }

// CreateEdges makes an edges file.
func CreateEdges(path string) (w *EdgeWriter, err error) {
	w = &EdgeWriter{}
	w.sonataFile, err = createSonata(path, "edges")
	return w, err
}

// Edges are the columns of one projection.
type Edges struct {
	population, group *Group
	source, target    *Column[uint64]
	groupID, edgeType *Column[uint32]
	groupIndex        *Column[uint64]
	weight, delay     *Column[float64]
	count             uint64
	of                EdgeTable
	sources, targets  []uint32 // so far, for the indices
}

// An EdgeTable says what the synapses of a projection are.
type EdgeTable struct {
	Name      string
	From, To  string // populations of nodes
	Pre, Post int    // and their sizes
	Units     string // of the weights
	TypeID    uint32
}

// mostIndexed bounds the synapses of a projection that are indexed: an index takes 8 bytes of memory for each and may be
// longer than the table itself, and SONATA has it where it is wanted.
const mostIndexed = 1 << 26

// Population begins the synapses of a projection.
func (w *EdgeWriter) Population(of EdgeTable) (e *Edges, err error) {
	e = &Edges{of: of}
	if e.population, err = w.root.Make(of.Name); err != nil {
		return nil, err
	}
	if e.group, err = e.population.Make("0"); err != nil {
		return nil, err
	}
	column := func(name, population string) *Column[uint64] {
		attributes := map[string]string{}
		if population != "" {
			attributes["node_population"] = population
		}
		c, failed := NewColumn[uint64](e.population, name, attributes)
		err = errors.Join(err, failed)
		return c
	}
	e.source, e.target, e.groupIndex = column("source_node_id", of.From), column("target_node_id", of.To), column("edge_group_index", "")
	var errs [4]error
	e.groupID, errs[0] = NewColumn[uint32](e.population, "edge_group_id", nil)
	e.edgeType, errs[1] = NewColumn[uint32](e.population, "edge_type_id", nil)
	e.weight, errs[2] = NewColumn[float64](e.group, "syn_weight", map[string]string{"units": of.Units})
	e.delay, errs[3] = NewColumn[float64](e.group, "delay", map[string]string{"units": "ms"})
	return e, errors.Join(append(errs[:], err)...)
}

// Add adds a synapse, by the neurons' numbers in their populations.
func (e *Edges) Add(source, target uint64, weight, delayMs float64) error {
	err := errors.Join(e.source.Append(source), e.target.Append(target), e.groupIndex.Append(e.count), e.groupID.Append(0),
		e.edgeType.Append(e.of.TypeID), e.weight.Append(weight), e.delay.Append(delayMs))
	if e.count++; e.count <= mostIndexed {
		e.sources, e.targets = append(e.sources, uint32(source)), append(e.targets, uint32(target))
	}
	return err
}

// Close ends the projection.
func (e *Edges) Close() error {
	var failed error
	if e.count <= mostIndexed {
		failed = e.indices()
	}
	return errors.Join(e.source.Close(), e.target.Close(), e.groupIndex.Close(), e.groupID.Close(), e.edgeType.Close(),
		e.weight.Close(), e.delay.Close(), failed, e.group.Close(), e.population.Close())
}

func (e *Edges) indices() error {
	g, err := e.population.Make("indices")
	if err != nil {
		return err
	}
	defer g.Close()
	return errors.Join(index(g, "source_to_target", e.sources, e.of.Pre), index(g, "target_to_source", e.targets, e.of.Post))
}

// index writes where the edges of each node are: rows of ranges, from the first to before the last, and those rows of each node.
// The second name of the latter is that which bmtk gives it.
func index(at *Group, name string, ids []uint32, nodes int) error {
	g, err := at.Make(name)
	if err != nil {
		return err
	}
	defer g.Close()
	rows, ranges := indexOf(ids, nodes)
	err = errors.Join(g.pairs("node_id_to_ranges", rows), g.pairs("range_to_edge_id", ranges))
	if err == nil {
		err = g.alsoNamed("node_id_to_ranges", "node_id_to_range")
	}
	return err
}

// indexOf is the rows of each node, [nodes, 2], and the ranges of edges, [ranges, 2].
func indexOf(ids []uint32, nodes int) (rows, ranges []uint64) {
	begins := func(i int) bool { return i == 0 || ids[i] != ids[i-1] }
	counts, all := make([]uint64, nodes+1), 0
	for i, id := range ids {
		if begins(i) {
			counts[id+1]++
			all++
		}
	}
	for k := range nodes {
		counts[k+1] += counts[k]
	}
	rows, ranges = make([]uint64, 2*nodes), make([]uint64, 2*all)
	for k := range nodes {
		rows[2*k], rows[2*k+1] = counts[k], counts[k+1]
	}
	at := uint64(0)
	for i, id := range ids {
		if begins(i) {
			at = counts[id]
			counts[id]++
			ranges[2*at] = uint64(i)
		}
		ranges[2*at+1] = uint64(i + 1)
	}
	return rows, ranges
}
