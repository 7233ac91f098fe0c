package record

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"einet/network"
	"einet/record/hdf5"
	"einet/sim"
)

// A sonataWriter writes spikes as SONATA has them.
type sonataWriter struct {
	path   string
	out    *hdf5.SpikeWriter
	header Header
	nodes  []network.Nodes // of each population of the header; nil for its own names and numbers
	of     []int           // which of the file's populations each is
	order  order
	failed error // the file is not whole
	closed bool
}

// CreateSONATA begins a spike file of SONATA (HDF5) at path, for a run of the given time
// grid [ms] and populations. Neurons are numbered from 0 in each population, or as nodes says, if that has an element for each. Unlike the other formats it
// grows at path itself: path should be where nobody looks for it yet. And what it can't take is lost: Close then fails.
func CreateSONATA(path string, dtMs float64, populations []Population, nodes []network.Nodes) (SpikeSink, error) {
	w := &sonataWriter{path: path, header: Header{DtMs: dtMs, Populations: populations}, nodes: nodes}
	if err := w.header.check(); err != nil {
		return nil, err
	}
	var names []string
	for i, p := range populations {
		name := p.Name
		if nodes != nil && nodes[i].IDs != nil {
			name = nodes[i].Population // of which this may be a part
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		w.of = append(w.of, slices.Index(names, name))
	}
	w.order = order{neurons: uint64(w.header.Neurons()), steps: 1<<32 - 1}
	var err error
	w.out, err = hdf5.CreateSpikes(path, names)
	return w, err
}

func (w *sonataWriter) Write(spikes []sim.Spike) error {
	if err := w.order.check(spikes); err != nil {
		return err
	}
	for _, s := range spikes {
		if w.failed != nil {
			break
		}
		i := w.header.Population(s.Neuron)
		id := uint64(s.Neuron) - uint64(w.header.Populations[i].First)
		if w.nodes != nil && w.nodes[i].IDs != nil {
			id = w.nodes[i].IDs[id]
		}
		if err := w.out.Add(w.of[i], timeOf(s.Step, w.header.DtMs), id); err != nil {
			w.failed = fmt.Errorf("%w: %s: %w", ErrFull, w.path, err)
			break
		}
	}
	return w.failed
}

func (w *sonataWriter) Close(int64) error {
	if w.closed {
		return nil
	}
	w.closed = true
	if err := errors.Join(w.failed, w.out.Close()); err != nil {
		return errors.Join(err, os.Remove(w.path))
	}
	return nil
}

func (w *sonataWriter) Abort() error {
	if w.closed {
		return nil
	}
	w.closed = true
	return errors.Join(w.out.Close(), os.Remove(w.path))
}
