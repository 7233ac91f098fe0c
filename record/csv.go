package record

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"

	"einet/sim"
)

// A SpikeSink takes a run's spikes as they come and makes a file of them. Close or
// Abort must be called; an Abort after Close does nothing, so that it can be deferred.
type SpikeSink interface {
	// Write appends spikes, which must follow those before in (step, neuron). With ErrFull they
	// are taken nonetheless.
	Write(spikes []sim.Spike) error
	// Close ends the file, stating how many steps the run took.
	Close(steps int64) error
	// Abort leaves nothing behind.
	Abort() error
}

// csvColumns head the file that CreateCSV makes.
const csvColumns = "time_ms,population,neuron"

// A csvWriter writes spikes as lines of text.
type csvWriter struct {
	path   string
	file   *os.File
	buf    []byte // behind what is written
	full   error  // why the file takes no more
	header Header
	names  []string // of the populations, quoted where CSV wants it
	order  order
}

// CreateCSV begins a file of spikes as text at path, for a run of the given time grid
// [ms] and populations: a line for each spike under the heading
// time_ms,population,neuron, whose neuron is the global id. Nothing appears at path before Close.
func CreateCSV(path string, dtMs float64, populations []Population) (SpikeSink, error) {
	w := &csvWriter{path: path, header: Header{DtMs: dtMs, Populations: populations}}
	if err := w.header.check(); err != nil {
		return nil, err
	}
	for _, p := range populations {
		w.names = append(w.names, quoted(p.Name))
	}
	w.order = order{neurons: uint64(w.header.Neurons()), steps: 1<<32 - 1}
	f, err := createTemp(path)
	if err != nil {
		return nil, err
	}
	w.file, w.buf = f, append(w.buf, csvColumns+"\n"...)
	return w, nil
}

// quoted is a field as it stands in a line of CSV.
func quoted(field string) string {
	var b fieldBuffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{field, ""}) // a fieldBuffer takes everything
	w.Flush()
	return string(b[:len(b)-len(",\n")])
}

type fieldBuffer []byte

func (b *fieldBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

func (w *csvWriter) Write(spikes []sim.Spike) error {
	if err := w.order.check(spikes); err != nil {
		return err
	}
	for _, s := range spikes {
		i := w.header.Population(s.Neuron)
		w.buf = appendTime(w.buf, s.Step, w.header.DtMs)
		w.buf = append(append(append(w.buf, ','), w.names[i]...), ',')
		w.buf = append(strconv.AppendUint(w.buf, uint64(s.Neuron), 10), '\n')
		if len(w.buf) >= largestChunk && w.full == nil {
			w.flush()
		}
	}
	return w.full
}

// flush writes what waits, as much of it as the file takes.
func (w *csvWriter) flush() {
	n, err := w.file.Write(w.buf)
	w.buf, w.full = w.buf[:copy(w.buf, w.buf[n:])], nil
	if err != nil {
		w.full = fmt.Errorf("%w: %w", ErrFull, err)
	}
}

// appendTime writes the time of a step [ms], 0.3 and not 0.30000000000000004.
func appendTime(b []byte, step uint32, dtMs float64) []byte {
	return strconv.AppendFloat(b, timeOf(step, dtMs), 'g', -1, 64)
}

// timeOf is the time of a step [ms], to twelve digits.
func timeOf(step uint32, dtMs float64) float64 {
	t, _ := strconv.ParseFloat(strconv.FormatFloat(float64(step)*dtMs, 'g', 12, 64), 64)
	return t
}

func (w *csvWriter) Close(int64) error {
	if w.file == nil {
		return nil
	}
	w.flush()
	err := w.full
	if err == nil {
		err = w.file.Close()
	}
	if err == nil {
		err = os.Rename(w.file.Name(), w.path)
	}
	return errors.Join(err, w.Abort())
}

func (w *csvWriter) Abort() error {
	if w.file == nil {
		return nil
	}
	f := w.file
	w.file = nil
	return discard(f)
}

// Population is that of a global neuron id.
func (h Header) Population(neuron uint32) int {
	i := 0
	for uint64(neuron) >= uint64(h.Populations[i].First)+uint64(h.Populations[i].Size) {
		i++
	}
	return i
}
