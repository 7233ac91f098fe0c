package record

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"

	"einet/network"
	"einet/sim"
)

// A SpikeWriter writes spikes.npz from a stream of spikes. It holds no spikes
// in memory: the two columns go to a temporary file beside the target, and Close
// joins them, since an array's header states its length. Close or Abort must
// be called; an Abort after Close does nothing, so that it can be deferred.
type SpikeWriter struct {
	path   string
	header Header
	nodes  []network.Nodes
	order  order
	spool  *spool
	step   *column
	neuron *column
	closed bool
}

// CreateSpikes begins the spike file at path, for a run of the given time grid
// [ms] and populations. Nothing appears at path before Close.
func CreateSpikes(path string, dtMs float64, populations []Population) (*SpikeWriter, error) {
	h := Header{DtMs: dtMs, Populations: populations}
	if err := h.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	spool, err := newSpool(path)
	if err != nil {
		return nil, err
	}
	o := order{neurons: uint64(h.Neurons()), steps: 1<<32 - 1}
	return &SpikeWriter{path: path, header: h, order: o, spool: spool, step: spool.column(), neuron: spool.column()}, nil
}

// Only states that only the spikes of some neurons of each population are written.
func (w *SpikeWriter) Only(recorded []Recorded) { w.header.Recorded = recorded }

// Nodes are what a SONATA network calls the neurons of each population: node_populations and, of a population P, P_node_id [neurons].
func (w *SpikeWriter) Nodes(nodes []network.Nodes) { w.nodes = nodes }

// Write appends spikes, which must follow those before in (step, neuron).
func (w *SpikeWriter) Write(spikes []sim.Spike) error {
	if err := w.order.check(spikes); err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	for _, s := range spikes {
		w.step.append(s.Step)
		w.neuron.append(s.Neuron)
	}
	return w.spool.full
}

// Close writes the file, stating how many steps the run took, and frees
// the temporary one. When it fails there is no file, or the older one.
func (w *SpikeWriter) Close(steps int64) error {
	if w.closed {
		return nil
	}
	w.header.Steps = steps
	err := w.header.check()
	if last := int64(w.order.last >> 32); err == nil && last > steps {
		err = fmt.Errorf("%s: spike at step %d, but the run took %d", w.path, last, steps)
	}
	if err == nil {
		err = w.spool.write(w.assemble)
	}
	return errors.Join(err, w.Abort())
}

// Abort leaves nothing behind.
func (w *SpikeWriter) Abort() error {
	if w.closed {
		return nil
	}
	w.closed = true
	return w.spool.discard()
}

func (w *SpikeWriter) assemble(to io.Writer) error {
	z := zip.NewWriter(to)
	if err := writeArray(z, "dt_ms", []float64{w.header.DtMs}); err != nil {
		return err
	}
	if err := writeArray(z, "duration_steps", []int64{w.header.Steps}); err != nil {
		return err
	}
	if err := writePopulations(z, w.header.Populations); err != nil {
		return err
	}
	if w.header.Recorded != nil {
		if err := w.header.writeRecorded(z); err != nil {
			return err
		}
	}
	if err := w.writeNodes(z); err != nil {
		return err
	}
	if err := w.step.copyTo(z, "step", descr[uint32]()); err != nil {
		return err
	}
	if err := w.neuron.copyTo(z, "neuron", descr[uint32]()); err != nil {
		return err
	}
	return z.Close()
}

func (w *SpikeWriter) writeNodes(z *zip.Writer) error {
	if w.nodes == nil {
		return nil
	}
	var names []string
	for _, n := range w.nodes {
		names = append(names, n.Population)
	}
	if err := writeNames(z, "node_populations", names); err != nil {
		return err
	}
	for i, n := range w.nodes {
		ids := make([]int64, len(n.IDs))
		for k, id := range n.IDs {
			ids[k] = int64(id) // which are below 2^53
		}
		if err := writeVector(z, w.header.Populations[i].Name+"_node_id", ids); err != nil {
			return err
		}
	}
	return nil
}

// writeRecorded writes how many neurons of each population are recorded and, unless they are the first of all
// populations, which.
func (h Header) writeRecorded(z *zip.Writer) error {
	counts, some := make([]int64, len(h.Recorded)), false
	for i, r := range h.Recorded {
		counts[i], some = int64(r.Count), some || r.Neuron != nil
	}
	if err := writeVector(z, "population_recorded", counts); err != nil || !some {
		return err
	}
	var ids []uint32
	for i, r := range h.Recorded {
		ids = append(ids, r.Neuron...)
		for k := range r.Count - len(r.Neuron) {
			ids = append(ids, uint32(h.Populations[i].First+k))
		}
	}
	return writeVector(z, "recorded_neuron", ids)
}
