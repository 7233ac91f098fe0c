package record

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"einet/checkpoint"
	"einet/sim"
)

// A checkpoint has of a file that grows only where its values are: in the temporary file, which outlives its process, or in the file that
// was made of it. So what there is to write does not grow with the run.

// Earlier are folders in which the files of a run may be that went as far as a checkpoint: the hidden one, then the run's own.
type Earlier []string

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// keep keeps the columns of a spool, which are called names. What is written before is on the disk then. Of columns that are read the values are
// looked for in the earlier files; columns and spool are new.
func (s *spool) keep(k *checkpoint.Section, from Earlier, names []string, columns ...*column) {
	if !k.Reading() {
		k.Fail(s.file.Sync())
	}
	name := filepath.Base(s.file.Name())
	k.String(&name)
	for i, c := range columns {
		kept := *c
		kept.sum = crc32.Update(c.sum, castagnoli, c.buf)
		called := names[i]
		k.String(&called)
		k.Int64(&kept.n)
		k.Uint32(&kept.sum)
		checkpoint.List(k, &kept.chunks, func(x *stretch) { k.Int64(&x.at, &x.size) })
		k.Bytes(&kept.buf)
		if called != names[i] {
			k.Fail(fmt.Errorf("array %s, must be %s", called, names[i]))
		}
		if k.Reading() && k.Err() == nil {
			k.Fail(c.refill(&kept, from, filepath.Base(name), called))
		}
	}
}

// refill gives a new column the values of one that was kept, of which the spool was called spool.
func (c *column) refill(kept *column, from Earlier, spool, name string) error {
	target := filepath.Base(c.spool.path)
	for _, dir := range from {
		err := c.refillFrom(kept, filepath.Join(dir, spool))
		if errors.Is(err, fs.ErrNotExist) {
			err = c.refillFromArchive(kept, filepath.Join(dir, target), name)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return fmt.Errorf("%s: neither it nor what it was to be made of is there", target)
}

// refillFrom reads the values in a spool.
func (c *column) refillFrom(kept *column, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var parts []io.Reader
	for _, x := range kept.chunks {
		parts = append(parts, io.NewSectionReader(f, x.at, x.size))
	}
	return c.take(kept, io.MultiReader(append(parts, bytes.NewReader(kept.buf))...), path)
}

// refillFromArchive reads the values in the file that a spool was made into. It may have more, of the steps that followed.
func (c *column) refillFromArchive(kept *column, path, name string) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer z.Close()
	m, err := z.Open(name + ".npy")
	if err != nil {
		return fmt.Errorf("%s: array %s: missing", path, name)
	}
	defer m.Close()
	a := &array{name: name, ReadCloser: m}
	if err := a.readHeader(); err != nil {
		return fmt.Errorf("%s: array %s: %w", path, name, err)
	}
	return c.take(kept, m, path)
}

// take appends as many values as were kept.
func (c *column) take(kept *column, from io.Reader, path string) error {
	sum, block := uint32(0), make([]byte, largestChunk)
	for left := 4 * kept.n; left > 0; {
		some := block[:min(left, largestChunk)]
		if _, err := io.ReadFull(from, some); err != nil {
			return fmt.Errorf("%s: has less than the checkpoint says", path)
		}
		sum = crc32.Update(sum, castagnoli, some)
		c.appendBytes(some)
		left -= int64(len(some))
	}
	if sum != kept.sum {
		return fmt.Errorf("%s: is not as it was when the checkpoint was made", path)
	}
	return c.spool.full
}

// appendBytes takes whole values.
func (c *column) appendBytes(values []byte) {
	for len(values) > 0 {
		some := values[:min(len(values), max(4, (c.spool.chunk-len(c.buf))&^3))]
		c.buf, values = append(c.buf, some...), values[len(some):]
		c.n += int64(len(some) / 4)
		if len(c.buf) >= c.spool.chunk && c.spool.full == nil {
			c.flush()
		}
	}
}

// values reads the column from its beginning.
func (c *column) values() io.Reader {
	var parts []io.Reader
	for _, x := range c.chunks {
		parts = append(parts, io.NewSectionReader(c.spool.file, x.at, x.size))
	}
	return io.MultiReader(append(parts, bytes.NewReader(c.buf))...)
}

// Keep keeps the arrays so far. Those that are read must be those that the stream has begun.
func (s *Stream) Keep(k *checkpoint.Section, from Earlier) {
	if s.spool == nil {
		return // all that it has is known at its end
	}
	var names []string
	var columns []*column
	for _, a := range s.arrays {
		names, columns = append(names, a.name), append(columns, a.column)
	}
	s.spool.keep(k, from, names, columns...)
}

// Keep keeps the spikes so far.
func (w *SpikeWriter) Keep(k *checkpoint.Section, from Earlier) {
	k.Uint64(&w.order.last)
	w.order.any = w.order.last > 0 // no spike is of step 0
	w.spool.keep(k, from, []string{"step", "neuron"}, w.step, w.neuron)
}

// Each hands out the spikes so far, some at once.
func (w *SpikeWriter) Each(take func([]sim.Spike) error) error {
	const atOnce = 1 << 12
	var steps, neurons [atOnce]uint32
	spikes := make([]sim.Spike, 0, atOnce)
	step, neuron := w.step.values(), w.neuron.values()
	for left := w.step.n; left > 0; left -= int64(len(spikes)) {
		n := min(left, atOnce)
		if err := cmp.Or(readWords(step, steps[:n]), readWords(neuron, neurons[:n])); err != nil {
			return err
		}
		spikes = spikes[:0]
		for i := range n {
			spikes = append(spikes, sim.Spike{Step: steps[i], Neuron: neurons[i]})
		}
		if err := take(spikes); err != nil {
			return err
		}
	}
	return nil
}

func readWords(from io.Reader, dst []uint32) error {
	b := make([]byte, 4*len(dst))
	if _, err := io.ReadFull(from, b); err != nil {
		return err
	}
	for i := range dst {
		dst[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return nil
}
