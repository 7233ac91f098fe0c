package record

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"einet/record/hdf5"
	"einet/sim"
)

// A Report is what a run has kept of a variable of some nodes of a SONATA network, for a file of its own.
type Report struct {
	DtMs               float64
	First, Last, Every int64 // steps: of those from First to Last the multiples of Every
	Units              string
	Populations        []ReportPopulation
}

// A ReportPopulation is a population of nodes, whose values several populations of einet may have kept.
type ReportPopulation struct {
	Name  string
	Parts []ReportPart
}

// A ReportPart is the values of some nodes, each node's in a column.
type ReportPart struct {
	IDs    []uint64
	Step   UintColumn
	Values FloatColumn // [steps, IDs]
}

// reportBytes is how much of a report is in memory.
const reportBytes = 1 << 20

// Write writes the report at path (HDF5). When it fails there is no file.
func (r *Report) Write(path string) error {
	w, err := hdf5.CreateReport(path)
	if err != nil {
		return err
	}
	for i := range r.Populations {
		if err = r.population(w, &r.Populations[i]); err != nil {
			break
		}
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func (r *Report) population(w *hdf5.ReportWriter, p *ReportPopulation) error {
	var parts []*partRows
	var ids []uint64
	for i := range p.Parts {
		part, err := r.rowsOf(&p.Parts[i])
		if err != nil {
			return err
		}
		parts, ids = append(parts, part), append(ids, p.Parts[i].IDs...)
	}
	order := make([]int, len(ids)) // of the columns, by their ids
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(ids[a], ids[b]) })
	sorted := make([]uint64, len(ids))
	for i, k := range order {
		sorted[i] = ids[k]
	}
	frames := parts[0].count
	for _, part := range parts {
		if part.count != frames || part.first != parts[0].first {
			return fmt.Errorf("a report of %s: its parts were kept at %d and at %d times", p.Name, frames, part.count)
		}
	}
	row, some := make([]float32, len(ids)), make([]float32, 0, max(len(ids), reportBytes/4/len(ids)*len(ids)))
	at := hdf5.Frames{Start: r.ms(parts[0].first), Step: r.ms(r.Every), Count: frames}
	return w.Population(p.Name, sorted, at, r.Units, func() ([]float32, error) {
		for some = some[:0]; frames > 0 && len(some)+len(row) <= cap(some); frames-- {
			next := row
			for _, part := range parts {
				n := len(part.IDs)
				if err := part.next(next[:n]); err != nil {
					return nil, err
				}
				next = next[n:]
			}
			for _, k := range order {
				some = append(some, row[k])
			}
		}
		return some, nil
	})
}

func (r *Report) ms(steps int64) float64 { return sim.InMs(steps, r.DtMs) }

// partRows reads the rows of a part that are in the report.
type partRows struct {
	*ReportPart
	steps, values *bufio.Reader
	in            func(step int64) bool
	count         int   // rows in the report
	first         int64 // the step of the first of them
	row           []byte
}

func (r *Report) rowsOf(p *ReportPart) (*partRows, error) {
	rows := &partRows{ReportPart: p, row: make([]byte, 4*len(p.IDs)), first: r.Every,
		in: func(step int64) bool { return step >= r.First && step <= r.Last && step%r.Every == 0 }}
	steps := bufio.NewReader(p.Step.c.values())
	for {
		step, err := nextStep(steps)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if rows.in(step) {
			if rows.count == 0 {
				rows.first = step
			}
			rows.count++
		}
	}
	rows.steps, rows.values = bufio.NewReader(p.Step.c.values()), bufio.NewReaderSize(p.Values.c.values(), 1<<16)
	return rows, nil
}

func nextStep(from io.Reader) (int64, error) {
	var b [4]byte
	_, err := io.ReadFull(from, b[:])
	return int64(binary.LittleEndian.Uint32(b[:])), err
}

// next reads the next row that is in the report.
func (p *partRows) next(dst []float32) error {
	for {
		step, err := nextStep(p.steps)
		if err != nil {
			return err
		}
		if _, err := io.ReadFull(p.values, p.row); err != nil {
			return err
		}
		if p.in(step) {
			break
		}
	}
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(p.row[4*i:]))
	}
	return nil
}
