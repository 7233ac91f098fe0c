package hdf5

import "errors"

// SONATA's files carry a magic number and a version.
const sonataMagic = 0x0A7A

var sonataVersion = []uint32{0, 1}

// createSonata makes a file with the attributes of SONATA's and one group in it.
func createSonata(path, root string) (file, group *Group, err error) {
	if file, err = Create(path); err != nil {
		return nil, nil, err
	}
	err = errors.Join(file.uints("magic", []uint32{sonataMagic}), file.uints("version", sonataVersion))
	if err == nil {
		group, err = file.Make(root)
	}
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return file, group, nil
}

// A SpikeWriter writes the spikes of populations as SONATA has them:
// /spikes/NAME/timestamps (float64, units ms) and /spikes/NAME/node_ids (uint64, from 0
// in each population), with the attribute sorting by_time.
type SpikeWriter struct {
	file, root *Group
	groups     []*Group
	times      []*Column[float64]
	ids        []*Column[uint64]
}

// CreateSpikes makes a spike file with the named populations.
func CreateSpikes(path string, populations []string) (w *SpikeWriter, err error) {
	w = &SpikeWriter{}
	if w.file, w.root, err = createSonata(path, "spikes"); err != nil {
		return nil, err
	}
	for _, p := range populations {
		if err := w.add(p); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	return w, nil
}

func (w *SpikeWriter) add(population string) error {
	g, err := w.root.Make(population)
	if err != nil {
		return err
	}
	w.groups = append(w.groups, g)
	if err := g.sortedByTime(); err != nil {
		return err
	}
	times, err := NewColumn[float64](g, "timestamps", map[string]string{"units": "ms"})
	if err != nil {
		return err
	}
	w.times = append(w.times, times)
	ids, err := NewColumn[uint64](g, "node_ids", nil)
	if err != nil {
		return err
	}
	w.ids = append(w.ids, ids)
	return nil
}

// Add adds a spike of a population's neuron; times must not descend.
func (w *SpikeWriter) Add(population int, timeMs float64, neuron uint64) error {
	if err := w.times[population].Append(timeMs); err != nil {
		return err
	}
	return w.ids[population].Append(neuron)
}

// Close ends the file.
func (w *SpikeWriter) Close() error {
	var errs []error
	for _, c := range w.times {
		errs = append(errs, c.Close())
	}
	for _, c := range w.ids {
		errs = append(errs, c.Close())
	}
	for _, g := range append(w.groups, w.root, w.file) {
		errs = append(errs, g.Close())
	}
	return errors.Join(errs...)
}

// An EdgeWriter writes the synapses of projections as SONATA has them:
// /edges/NAME/{source_node_id, target_node_id, edge_type_id, edge_group_id,
// edge_group_index} and /edges/NAME/0/{syn_weight, delay}.
type EdgeWriter struct {
	file, root *Group
}

// CreateEdges makes an edges file.
func CreateEdges(path string) (w *EdgeWriter, err error) {
	w = &EdgeWriter{}
	w.file, w.root, err = createSonata(path, "edges")
	return w, err
}

// Close ends the file.
func (w *EdgeWriter) Close() error { return errors.Join(w.root.Close(), w.file.Close()) }

// Edges are the columns of one projection.
type Edges struct {
	population, group *Group
	source, target    *Column[uint64]
	groupID, edgeType *Column[uint32]
	groupIndex        *Column[uint64]
	weight            *Column[float32]
	delay             *Column[float64]
	typeID            uint32
	count             uint64
}

// Population begins the synapses of a projection between two populations of nodes; weights are in
// the units stated, and typeID is the projection's own.
func (w *EdgeWriter) Population(projection, from, to, units string, typeID uint32) (e *Edges, err error) {
	e = &Edges{typeID: typeID}
	if e.population, err = w.root.Make(projection); err != nil {
		return nil, err
	}
	if e.group, err = e.population.Make("0"); err != nil {
		return nil, err
	}
	column := func(name, of string) *Column[uint64] {
		attributes := map[string]string{}
		if of != "" {
			attributes["node_population"] = of
		}
		c, failed := NewColumn[uint64](e.population, name, attributes)
		err = errors.Join(err, failed)
		return c
	}
	e.source, e.target, e.groupIndex = column("source_node_id", from), column("target_node_id", to), column("edge_group_index", "")
	var errs [4]error
	e.groupID, errs[0] = NewColumn[uint32](e.population, "edge_group_id", nil)
	e.edgeType, errs[1] = NewColumn[uint32](e.population, "edge_type_id", nil)
	e.weight, errs[2] = NewColumn[float32](e.group, "syn_weight", map[string]string{"units": units})
	e.delay, errs[3] = NewColumn[float64](e.group, "delay", map[string]string{"units": "ms"})
	return e, errors.Join(append(errs[:], err)...)
}

// Add adds a synapse, by the neurons' numbers in their populations.
func (e *Edges) Add(source, target uint64, weight float32, delayMs float64) error {
	err := errors.Join(e.source.Append(source), e.target.Append(target), e.groupIndex.Append(e.count), e.groupID.Append(0),
		e.edgeType.Append(e.typeID), e.weight.Append(weight), e.delay.Append(delayMs))
	e.count++
	return err
}

// Close ends the projection.
func (e *Edges) Close() error {
	return errors.Join(e.source.Close(), e.target.Close(), e.groupIndex.Close(), e.groupID.Close(), e.edgeType.Close(),
		e.weight.Close(), e.delay.Close(), e.group.Close(), e.population.Close())
}

// A NodeWriter writes populations of neurons as SONATA has them: /nodes/NAME/{node_id,
// node_type_id, node_group_id, node_group_index} and /nodes/NAME/0/PARAMETER.
type NodeWriter struct {
	file, root *Group
}

// CreateNodes makes a nodes file.
func CreateNodes(path string) (w *NodeWriter, err error) {
	w = &NodeWriter{}
	w.file, w.root, err = createSonata(path, "nodes")
	return w, err
}

// Close ends the file.
func (w *NodeWriter) Close() error { return errors.Join(w.root.Close(), w.file.Close()) }

// Population writes a population of size neurons, of one type, with the parameters that differ
// between them.
func (w *NodeWriter) Population(name string, size int, typeID uint32, parameters map[string][]float32) error {
	p, err := w.root.Make(name)
	if err != nil {
		return err
	}
	defer p.Close()
	ids := make([]uint64, size)
	for i := range ids {
		ids[i] = uint64(i)
	}
	types, groups := make([]uint32, size), make([]uint32, size)
	for i := range types {
		types[i] = typeID
	}
	err = errors.Join(put(p, "node_id", ids), put(p, "node_type_id", types), put(p, "node_group_id", groups), put(p, "node_group_index", ids))
	if err != nil {
		return err
	}
	group, err := p.Make("0")
	if err != nil {
		return err
	}
	defer group.Close()
	for name, values := range parameters {
		err = errors.Join(err, put(group, name, values))
	}
	return err
}

// put writes a whole column.
func put[T Element](g *Group, name string, values []T) error {
	c, err := NewColumn[T](g, name, nil)
	if err != nil {
		return err
	}
	return errors.Join(c.Append(values...), c.Close())
}
