package record

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"

	"einet/sim"
)

// Spikes is a whole spike file.
type Spikes struct {
	Header
	Spikes []sim.Spike // sorted by step and then neuron
}

// ReadSpikes reads and checks the spike file at path. It holds all spikes in
// memory, 8 bytes each; OpenSpikes does not.
func ReadSpikes(path string) (*Spikes, error) {
	r, err := OpenSpikes(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.all()
}

// A SpikeReader reads a spike file from front to back.
type SpikeReader struct {
	Header
	Count int64 // spikes the file says it holds

	path   string
	file   io.Closer
	step   *array
	neuron *array
	read   int64
	order  order
	column []uint32
	buf    []byte
}

// OpenSpikes opens the spike file at path and checks its header.
func OpenSpikes(path string) (*SpikeReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r, err := newSpikeReader(f, info.Size())
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r.file, r.path = f, path
	return r, nil
}

func newSpikeReader(from io.ReaderAt, size int64) (*SpikeReader, error) {
	z, err := zip.NewReader(from, size)
	if err != nil {
		return nil, errors.New("not an .npz archive")
	}
	r := &SpikeReader{}
	if r.DtMs, err = readScalar[float64](z, "dt_ms"); err != nil {
		return nil, err
	}
	if r.Steps, err = readScalar[int64](z, "duration_steps"); err != nil {
		return nil, err
	}
	if r.Populations, err = readPopulations(z); err != nil {
		return nil, err
	}
	if _, err := z.Open("population_recorded.npy"); err == nil {
		if r.Recorded, err = readRecorded(z, r.Populations); err != nil {
			return nil, err
		}
	}
	if err := r.Header.check(); err != nil {
		return nil, err
	}
	return r, r.openColumns(z)
}

// readRecorded reads what writeRecorded writes.
func readRecorded(z *zip.Reader, populations []Population) ([]Recorded, error) {
	counts, err := readVector[int64](z, "population_recorded")
	if err != nil {
		return nil, err
	}
	recorded := make([]Recorded, len(counts))
	for i, n := range counts {
		recorded[i].Count = int(n)
	}
	if _, err := z.Open("recorded_neuron.npy"); err != nil || len(counts) != len(populations) {
		return recorded, nil // the first so many
	}
	ids, err := readVector[uint32](z, "recorded_neuron")
	if err != nil {
		return nil, err
	}
	all := len(ids)
	for i := range recorded {
		n := recorded[i].Count
		if n < 0 || n > len(ids) {
			return nil, fmt.Errorf("recorded_neuron has %d elements, population_recorded says otherwise", all)
		}
		recorded[i], ids = recordedAs(populations[i], ids[:n:n]), ids[n:]
	}
	if len(ids) > 0 {
		return nil, fmt.Errorf("recorded_neuron has %d elements, population_recorded says otherwise", all)
	}
	return recorded, nil
}

func (r *SpikeReader) openColumns(z *zip.Reader) (err error) {
	if r.step, err = openArray(z, "step", 1); err != nil {
		return err
	}
	if r.neuron, err = openArray(z, "neuron", 1); err != nil {
		return err
	}
	if err := cmp.Or(r.step.want(descr[uint32]()), r.neuron.want(descr[uint32]())); err != nil {
		return err
	}
	r.Count = r.step.shape[0]
	if n := r.neuron.shape[0]; n != r.Count {
		return fmt.Errorf("step and neuron have %d and %d elements, want as many", r.Count, n)
	}
	r.order = order{neurons: uint64(r.Neurons()), steps: uint64(r.Steps)}
	return nil
}

// Read fills dst with the next spikes and returns how many there were; after
// the last one it returns 0 and io.EOF. Where any of them is out of order or out
// of range it returns 0 and an error, and dst is not to be used.
func (r *SpikeReader) Read(dst []sim.Spike) (int, error) {
	if r.read == r.Count {
		if err := cmp.Or(r.step.atEnd(), r.neuron.atEnd()); err != nil {
			return 0, r.at(err)
		}
		return 0, io.EOF
	}
	n := int(min(chunk, int64(len(dst)), r.Count-r.read))
	if r.column == nil {
		r.column = make([]uint32, chunk)
	}
	for _, a := range []*array{r.step, r.neuron} {
		var err error
		if r.buf, err = fill(a, r.column[:n], r.buf); err != nil {
			return 0, r.at(err)
		}
		for i, v := range r.column[:n] {
			if a == r.step {
				dst[i].Step = v
			} else {
				dst[i].Neuron = v
			}
		}
	}
	r.read += int64(n)
	if err := r.order.check(dst[:n]); err != nil {
		return 0, r.at(err)
	}
	return n, nil
}

func (r *SpikeReader) all() (*Spikes, error) {
	s := &Spikes{Header: r.Header}
	buf := make([]sim.Spike, chunk)
	for {
		n, err := r.Read(buf)
		s.Spikes = append(s.Spikes, buf[:n]...)
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// at puts the file's name before an error.
func (r *SpikeReader) at(err error) error {
	if err == nil || r.path == "" {
		return err
	}
	return fmt.Errorf("%s: %w", r.path, err)
}

// Close closes the file.
func (r *SpikeReader) Close() error { return r.file.Close() }
