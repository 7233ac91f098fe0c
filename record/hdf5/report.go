package hdf5

import (
	"errors"
	"math"
)

// A ReportWriter writes a report as SONATA has it: of each population NAME /report/NAME/data [frames, nodes] (float32, with units) and
// /report/NAME/mapping/{node_ids, index_pointer, element_ids, element_pos, time}, each node being one element.
type ReportWriter struct{ sonataFile }

// CreateReport makes a report without populations.
func CreateReport(path string) (w *ReportWriter, err error) {
	w = &ReportWriter{}
	w.sonataFile, err = createSonata(path, "report")
	return w, err
}

// Frames are when a report has values: Count times, the first at Start [ms], then every Step [ms].
type Frames struct {
	Start, Step float64
	Count       int
}

// stop is the end that a file states: Start + Count Step, or the next number above at which (stop - Start)/Step, cut to a whole number as bmtk
// does, is Count.
func (f Frames) stop() float64 {
	stop := f.Start + float64(f.Count)*f.Step
	for int((stop-f.Start)/f.Step) < f.Count {
		stop = math.Nextafter(stop, math.Inf(1))
	}
	return stop
}

// Population writes the values of a population's nodes, which next returns, those of some frames at a time [frames, ids], until all are written.
// ids ascend.
func (w *ReportWriter) Population(name string, ids []uint64, at Frames, units string, next func() ([]float32, error)) error {
	p, err := w.root.Make(name)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := mapping(p, ids, at); err != nil {
		return err
	}
	data, err := p.makeRows("data", at.Count, len(ids), units)
	if err != nil {
		return err
	}
	for written := 0; written < at.Count; {
		values, err := next()
		if err == nil {
			err = data.writeRows(len(ids), values)
		}
		if err != nil {
			return errors.Join(err, data.close())
		}
		written += len(values) / len(ids)
	}
	return data.close()
}

// mapping writes which node each column is of, and when each row is. The specification and bmtk have index_pointer, libsonata has index_pointers.
func mapping(p *Group, ids []uint64, at Frames) error {
	m, err := p.Make("mapping")
	if err != nil {
		return err
	}
	defer m.Close()
	pointers := make([]uint64, len(ids)+1)
	for i := range pointers {
		pointers[i] = uint64(i)
	}
	time, err := NewColumn[float64](m, "time", map[string]string{"units": "ms"})
	if err != nil {
		return err
	}
	return errors.Join(time.Append(at.Start, at.stop(), at.Step), time.Close(), put(m, "node_ids", ids),
		put(m, "index_pointer", pointers), m.alsoNamed("index_pointer", "index_pointers"), put(m, "element_ids", make([]uint32, len(ids))), put(m, "element_pos", make([]float32, len(ids))))
}
