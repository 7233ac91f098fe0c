package record

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
)

func readTraces(from io.ReaderAt, size int64) (*Traces, error) {
	z, err := zip.NewReader(from, size)
	if err != nil {
		return nil, errors.New("not an .npz archive")
	}
	t := &Traces{}
	if t.DtMs, err = readScalar[float64](z, "dt_ms"); err != nil {
		return nil, err
	}
	if err := t.readPopulations(z); err != nil {
		return nil, err
	}
	if t.HistogramAt, err = readVector[int64](z, "v_steps"); err != nil {
		return nil, err
	}
	if t.Step, err = readVector[int64](z, "trace_step"); err != nil {
		return nil, err
	}
	if t.Neuron, err = readVector[int64](z, "trace_neuron"); err != nil {
		return nil, err
	}
	for _, m := range t.matrices() {
		if *m.rows, err = readMatrix(z, m.name); err != nil {
			return nil, err
		}
	}
	return t, t.check()
}

func (t *Traces) readPopulations(z *zip.Reader) error {
	list, err := readPopulations(z)
	if err != nil {
		return err
	}
	members := map[string]bool{}
	for _, f := range z.File {
		members[f.Name] = true
	}
	t.Populations = make([]Traced, len(list))
	for i := range list {
		p := &t.Populations[i]
		p.Population = list[i]
		if !members["v_edges_"+p.Name+".npy"] {
			continue // its potentials were not recorded
		}
		if p.V.Edges, err = readVector[float64](z, "v_edges_"+p.Name); err != nil {
			return err
		}
		if p.V.Counts, err = readVector[int64](z, "v_counts_"+p.Name); err != nil {
			return err
		}
	}
	return t.readPotentials(z)
}

// readPotentials reads the parameters that are given for each population.
func (t *Traces) readPotentials(z *zip.Reader) error {
	for _, f := range []struct {
		name string
		of   func(*Traced) *float64
	}{
		{"V_th", func(p *Traced) *float64 { return &p.VTh }},
		{"V_reset", func(p *Traced) *float64 { return &p.VReset }},
		{"E_L", func(p *Traced) *float64 { return &p.EL }},
	} {
		values, err := readVector[float64](z, f.name)
		if err != nil {
			return err
		}
		if len(values) != len(t.Populations) {
			return fmt.Errorf("%s has %d elements, want one for each of the %d populations", f.name, len(values), len(t.Populations))
		}
		for i, v := range values {
			*f.of(&t.Populations[i]) = v
		}
	}
	return nil
}

// readMatrix reads a two-dimensional array as its rows.
func readMatrix(z *zip.Reader, name string) ([][]float32, error) {
	flat, shape, err := readArray[float32](z, name, 2)
	if err != nil {
		return nil, err
	}
	if len(flat) == 0 && shape[0] > 1<<20 {
		return nil, fmt.Errorf("array %s: shape %v is too large", name, shape)
	}
	var rows [][]float32
	for range shape[0] {
		rows = append(rows, flat[:shape[1]:shape[1]])
		flat = flat[shape[1]:]
	}
	return rows, nil
}
