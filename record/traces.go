package record

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// Traces is the state recorded in a run: distributions of the membrane
// potential, and the potentials and input currents of a few neurons.
type Traces struct {
	DtMs        float64
	Populations []Traced
	HistogramAt []int64 // the steps over which the histograms are pooled

	Step   []int64     // [T] the steps of the samples, ascending
	Neuron []int64     // [K] global ids of the sampled neurons
	V      [][]float32 // [K][T] membrane potential [mV], absolute
	Exc    [][]float32 // [K][T] excitatory synaptic current R*I [mV]
	Inh    [][]float32 // [K][T] inhibitory synaptic current R*I [mV], negative
	Ext    [][]float32 // [K][T] external input R*I [mV]
}

// Traced is a population with what a figure of its potentials needs.
type Traced struct {
	Population
	VTh    float64   // threshold [mV]
	VReset float64   // reset potential [mV]
	EL     float64   // leak potential [mV]
	V      Histogram // of the potentials; without bins where none were recorded
}

// A Histogram counts values in bins: Counts[i] are in [Edges[i], Edges[i+1]).
type Histogram struct {
	Edges  []float64 // [bins+1], ascending [mV]
	Counts []int64   // [bins]
}

// WriteTraces writes t to traces.npz at path, whole or not at all. The arrays
// are dt_ms, population_{names,first,size}, V_th, V_reset, E_L [mV]; v_steps,
// v_edges_NAME and v_counts_NAME; trace_step [T], trace_neuron [K] and trace_V,
// trace_exc, trace_inh, trace_ext [K, T] in mV.
func WriteTraces(path string, t *Traces) error {
	if err := t.check(); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return WriteFile(path, t.write)
}

// ReadTraces reads and checks the file at path.
func ReadTraces(path string) (*Traces, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	t, err := readTraces(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// check says which parts of t do not fit together, if any.
func (t *Traces) check() error {
	if !(t.DtMs > 0 && t.DtMs <= maxDtMs) {
		return fmt.Errorf("dt_ms is %g, must be above 0 and at most 1e9", t.DtMs)
	}
	list := make([]Population, len(t.Populations))
	for i, p := range t.Populations {
		list[i] = p.Population
		if err := p.check(); err != nil {
			return fmt.Errorf("population %s: %w", p.Name, err)
		}
	}
	if err := checkPopulations(list); err != nil {
		return err
	}
	if len(t.Step) > 0 && (t.Step[0] < 0 || t.Step[len(t.Step)-1] > 1<<32-1) {
		return fmt.Errorf("trace_step holds %d to %d, must be in 0..%d", t.Step[0], t.Step[len(t.Step)-1], int64(1<<32-1))
	}
	for i := 1; i < len(t.Step); i++ {
		if t.Step[i] <= t.Step[i-1] {
			return fmt.Errorf("trace_step is not ascending at %d", t.Step[i])
		}
	}
	neurons := Header{Populations: list}.Neurons()
	for _, id := range t.Neuron {
		if id < 0 || id >= int64(neurons) {
			return fmt.Errorf("trace_neuron is %d, must be in 0..%d", id, neurons-1)
		}
	}
	return t.checkShapes()
}

func (t *Traces) checkShapes() error {
	for _, m := range t.matrices() {
		if len(*m.rows) != len(t.Neuron) {
			return fmt.Errorf("%s has %d rows, want one for each of the %d neurons", m.name, len(*m.rows), len(t.Neuron))
		}
		for _, row := range *m.rows {
			if len(row) != len(t.Step) {
				return fmt.Errorf("%s has %d samples of a neuron, want one for each of the %d steps", m.name, len(row), len(t.Step))
			}
		}
	}
	return nil
}

// Bounds of what is believed: potentials [mV], as of all magnitudes in a
// network, a thousand times what that allows; values in a bin.
const (
	maxPotential = 1e12
	maxCount     = 1 << 48
)

func (p Traced) check() error {
	if !(p.VReset < p.VTh) || !(math.Abs(p.VTh) < maxPotential && math.Abs(p.VReset) < maxPotential && math.Abs(p.EL) < maxPotential) {
		return fmt.Errorf("potentials V_reset %g, V_th %g, E_L %g: must be finite, V_reset below V_th", p.VReset, p.VTh, p.EL)
	}
	edges, counts := p.V.Edges, p.V.Counts
	if len(edges) == 0 && len(counts) == 0 {
		return nil
	}
	if len(edges) != len(counts)+1 {
		return fmt.Errorf("histogram has %d edges and %d counts, want one edge more", len(edges), len(counts))
	}
	for i, c := range counts {
		if !(edges[i] < edges[i+1]) || !(math.Abs(edges[i]) < maxPotential && math.Abs(edges[i+1]) < maxPotential) || c < 0 || c > maxCount {
			return errors.New("histogram: edges must ascend and be potentials, counts must not be negative")
		}
	}
	return nil
}

type matrix struct {
	name string
	rows *[][]float32
}

// matrices names the [K][T] arrays.
func (t *Traces) matrices() []matrix {
	return []matrix{{"trace_V", &t.V}, {"trace_exc", &t.Exc}, {"trace_inh", &t.Inh}, {"trace_ext", &t.Ext}}
}

func (t *Traces) write(to io.Writer) error {
	z := zip.NewWriter(to)
	errs := []error{writeArray(z, "dt_ms", []float64{t.DtMs})}
	list := make([]Population, len(t.Populations))
	var vth, vreset, el []float64
	for i, p := range t.Populations {
		list[i] = p.Population
		vth, vreset, el = append(vth, p.VTh), append(vreset, p.VReset), append(el, p.EL)
	}
	errs = append(errs, writePopulations(z, list),
		writeVector(z, "V_th", vth), writeVector(z, "V_reset", vreset), writeVector(z, "E_L", el),
		writeVector(z, "v_steps", t.HistogramAt))
	for _, p := range t.Populations {
		if len(p.V.Edges) > 0 {
			errs = append(errs, writeVector(z, "v_edges_"+p.Name, p.V.Edges), writeVector(z, "v_counts_"+p.Name, p.V.Counts))
		}
	}
	errs = append(errs, writeVector(z, "trace_step", t.Step), writeVector(z, "trace_neuron", t.Neuron))
	for _, m := range t.matrices() {
		var flat []float32
		for _, row := range *m.rows {
			flat = append(flat, row...)
		}
		errs = append(errs, writeArray(z, m.name, flat, int64(len(t.Neuron)), int64(len(t.Step))))
	}
	return errors.Join(append(errs, z.Close())...)
}
