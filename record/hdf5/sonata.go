package hdf5

import "errors"

// SONATA's files carry a magic number and a version.
const sonataMagic = 0x0A7A

var sonataVersion = []uint32{0, 1}

// A sonataFile is a file with the attributes of SONATA's and the one group that all else is in.
type sonataFile struct{ file, root *Group }

// createSonata makes a file with a group of that name.
func createSonata(path, root string) (f sonataFile, err error) {
	if f.file, err = Create(path); err != nil {
		return f, err
	}
	err = errors.Join(f.file.uints("magic", []uint32{sonataMagic}), f.file.uints("version", sonataVersion))
	if err == nil {
		f.root, err = f.file.Make(root)
	}
	if err != nil {
		return f, errors.Join(err, f.file.Close())
	}
	return f, nil
}

// Close ends the file.
func (f sonataFile) Close() error { return errors.Join(f.root.Close(), f.file.Close()) }

// A SpikeWriter writes the spikes of populations as SONATA has them:
// /spikes/NAME/timestamps (float64, units ms) and /spikes/NAME/node_ids (uint64, from 0
// in each population), with the attribute sorting by_time.
type SpikeWriter struct {
	sonataFile
	groups []*Group
	times  []*Column[float64]
	ids    []*Column[uint64]
}

// CreateSpikes makes a spike file with the named populations.
func CreateSpikes(path string, populations []string) (w *SpikeWriter, err error) {
	w = &SpikeWriter{}
	if w.sonataFile, err = createSonata(path, "spikes"); err != nil {
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
	for _, g := range w.groups {
		errs = append(errs, g.Close())
	}
	return errors.Join(append(errs, w.sonataFile.Close())...)
}
