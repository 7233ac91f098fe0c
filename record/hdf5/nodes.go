package hdf5

import (
	"errors"
	"maps"
	"slices"
)

// A NodeWriter writes populations of neurons as SONATA has them: /nodes/NAME/{node_id,
// node_type_id, node_group_id, node_group_index} and /nodes/NAME/0/dynamics_params/PARAMETER.
type NodeWriter struct{ sonataFile }

// CreateNodes makes a nodes file.
func CreateNodes(path string) (w *NodeWriter, err error) {
	w = &NodeWriter{}
	w.sonataFile, err = createSonata(path, "nodes")
	return w, err
}

// Population writes a population of size neurons, of one type, with the parameters that differ
// between them, and where they are along up to three dimensions [mm], as SONATA's x, y and z in micrometres; nil: nowhere.
func (w *NodeWriter) Population(name string, size int, typeID uint32, parameters map[string][]float64, at [][]float64) error {
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
	for k, along := range at {
		micrometres := make([]float64, len(along))
		for i, x := range along {
			micrometres[i] = 1000 * x
		}
		err = errors.Join(err, put(group, "xyz"[k:k+1], micrometres))
	}
	if len(parameters) == 0 || err != nil {
		return err
	}
	params, err := group.Make("dynamics_params")
	if err != nil {
		return err
	}
	defer params.Close()
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		err = errors.Join(err, put(params, name, parameters[name]))
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
