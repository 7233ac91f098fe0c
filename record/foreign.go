package record

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"einet/record/hdf5"
	"einet/sim"
)

// A Reading says how to understand spikes that come from elsewhere.
type Reading struct {
	DtMs        float64      // the grid that the spikes are on
	Populations []Population // whose neurons they are of, consecutive
	// FirstID is the id that the file gives to the first neuron of all; AutoID for what its
	// format has: 1 in files of NEST, 0 in others. SONATA numbers neurons in its own way.
	FirstID int64
}

// AutoID is the FirstID of the file's format.
const AutoID = math.MinInt64

// offGrid is how far from the grid a time may lie, in steps: what writing it with six digits costs.
const offGrid = 0.01

// ReadAny reads a spike file of einet (npz, CSV), of SONATA (HDF5), or of NEST: arrays step
// and id, or senders and times [ms], in an npz; columns sender and time_ms in a .dat; or
// any table of text with a column of ids and one of times. What the file says of itself
// decides, not its name. Spikes may be in any order. The last spike ends a run whose
// length the file does not state.
func ReadAny(path string, as Reading) (*Spikes, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 8)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var s *Spikes
	switch head = head[:n]; {
	case bytes.Equal(head, []byte("\x89HDF\r\n\x1a\n")):
		s, err = as.sonata(path)
	case bytes.HasPrefix(head, []byte("PK")):
		s, err = as.archive(path)
	default:
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		s, err = as.text(f)
	}
	if err != nil && !strings.HasPrefix(err.Error(), path) {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return s, err
}

// collect gathers spikes from elsewhere.
type collect struct {
	Reading
	neurons int64
	spikes  []sim.Spike
}

func (as Reading) collect() *collect {
	return &collect{Reading: as, neurons: int64(Header{Populations: as.Populations}.Neurons())}
}

// add takes a spike by its neuron's global id and its time [ms].
func (c *collect) add(id int64, timeMs float64) error {
	step := math.Round(timeMs / c.DtMs)
	if !(math.Abs(timeMs/c.DtMs-step) <= offGrid) {
		return fmt.Errorf("time %g ms: must be a multiple of dt, %g ms", timeMs, c.DtMs)
	}
	return c.addStep(id, step)
}

func (c *collect) addStep(id int64, step float64) error {
	if id < 0 || id >= c.neurons {
		return fmt.Errorf("neuron %d (counted from 0): the network has %d", id, c.neurons)
	}
	if !(step >= 1 && step <= 1<<32-1) {
		return fmt.Errorf("time step %g: must be in 1..%d", step, int64(1<<32-1))
	}
	c.spikes = append(c.spikes, sim.Spike{Step: uint32(step), Neuron: uint32(id)})
	return nil
}

// done sorts the spikes. A neuron may have several in a step: sources have, and what a finer grid told apart.
func (c *collect) done() (*Spikes, error) {
	slices.SortFunc(c.spikes, func(a, b sim.Spike) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Neuron, b.Neuron))
	})
	s := &Spikes{Header: Header{DtMs: c.DtMs, Populations: c.Populations}, Spikes: c.spikes}
	if n := len(c.spikes); n > 0 {
		s.Steps = int64(c.spikes[n-1].Step)
	}
	return s, s.check()
}

// first is the id of the first neuron.
func (as Reading) first(ofFormat int64) int64 {
	if as.FirstID == AutoID {
		return ofFormat
	}
	return as.FirstID
}

func (as Reading) sonata(path string) (*Spikes, error) {
	list, err := hdf5.ReadSpikes(path)
	if err != nil {
		return nil, err
	}
	c := as.collect()
	for _, p := range list {
		i := slices.IndexFunc(as.Populations, func(q Population) bool { return q.Name == p.Population })
		if i < 0 {
			return nil, fmt.Errorf("/spikes/%s: the network has no such population", p.Population)
		}
		for k, t := range p.TimesMs {
			if p.NodeIDs[k] >= uint64(as.Populations[i].Size) {
				return nil, fmt.Errorf("/spikes/%s/node_ids: %d at %d: the population has %d neurons", p.Population, p.NodeIDs[k], k, as.Populations[i].Size)
			}
			if err := c.add(int64(as.Populations[i].First)+int64(p.NodeIDs[k]), t); err != nil {
				return nil, fmt.Errorf("/spikes/%s: spike %d: %w", p.Population, k, err)
			}
		}
	}
	return c.done()
}

func (as Reading) archive(path string) (*Spikes, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, errors.New("not an .npz archive")
	}
	defer z.Close()
	has := func(name string) bool {
		return slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == name+".npy" })
	}
	c := as.collect()
	switch {
	case has("step") && has("neuron"):
		return ReadSpikes(path)
	case has("step") && has("id"):
		// NEST counts a spike as of the step in which it is detected, from 0.
		err = eachPair(&z.Reader, "id", "step", func(id, step float64) error {
			return c.addStep(int64(id)-as.first(0), step+1)
		})
	case has("senders") && has("times"):
		err = eachPair(&z.Reader, "senders", "times", func(id, t float64) error {
			return c.add(int64(id)-as.first(1), t)
		})
	default:
		return nil, errors.New("holds neither the arrays step and neuron, nor step and id, nor senders and times")
	}
	if err != nil {
		return nil, err
	}
	return c.done()
}

// eachPair goes through two vectors of numbers of any type.
func eachPair(z *zip.Reader, first, second string, do func(a, b float64) error) error {
	a, err := readNumbers(z, first)
	if err != nil {
		return err
	}
	b, err := readNumbers(z, second)
	if err != nil {
		return err
	}
	if len(a) != len(b) {
		return fmt.Errorf("arrays %s and %s have %d and %d elements, want as many", first, second, len(a), len(b))
	}
	for i := range a {
		if err := do(a[i], b[i]); err != nil {
			return fmt.Errorf("spike %d: %w", i, err)
		}
	}
	return nil
}

// text reads a table of a spike a line.
func (as Reading) text(from io.Reader) (*Spikes, error) {
	c := as.collect()
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<16)
	nest := false
	var columns *tableColumns
	for at := 1; lines.Scan(); at++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		if comment, ok := strings.CutPrefix(line, "#"); ok {
			nest = nest || strings.Contains(comment, "NEST")
			continue
		}
		fields, err := split(line)
		if err == nil && columns == nil {
			if columns, err = headed(fields); err == nil && columns.named {
				nest = nest || columns.id == "sender"
				continue
			}
		}
		if err == nil {
			err = columns.spike(c, fields, nest)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", at, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(c.spikes) == 0 {
		return nil, errors.New("holds no spikes")
	}
	return c.done()
}

// split takes a line apart at commas if it has any, else at blanks.
func split(line string) ([]string, error) {
	if !strings.Contains(line, ",") {
		return strings.Fields(line), nil
	}
	r := csv.NewReader(strings.NewReader(line))
	r.TrimLeadingSpace = true
	fields, err := r.Read()
	if err != nil {
		return nil, errors.New("is no line of CSV")
	}
	return fields, nil
}

// tableColumns say where a table has what.
type tableColumns struct {
	named            bool
	id               string
	count            int
	idAt, timeAt, of int     // of: the column of populations, -1 for none
	unitMs           float64 // of the times
}

// What columns are called.
var (
	idNames   = []string{"neuron", "sender", "id", "node_id", "node_ids", "gid", "i"}
	timeNames = map[string]float64{"time_ms": 1, "times_ms": 1, "timestamps": 1, "t_ms": 1, "time": 1, "t": 1, "time_s": 1000, "t_s": 1000}
)

// headed reads the first line: names of columns, or already a spike, id before time as in NEST's files.
func headed(fields []string) (*tableColumns, error) {
	t := &tableColumns{count: len(fields), idAt: -1, timeAt: -1, of: -1, unitMs: 1}
	if _, err := strconv.ParseFloat(fields[0], 64); err == nil {
		if len(fields) != 2 {
			return nil, fmt.Errorf("has %d columns, must have two, id and time in ms, or a first line that names them", len(fields))
		}
		t.idAt, t.timeAt = 0, 1
		return t, nil
	}
	t.named = true
	for i, f := range fields {
		f = strings.ToLower(strings.TrimSpace(f))
		switch unit, ok := timeNames[f]; {
		case ok && t.timeAt < 0:
			t.timeAt, t.unitMs = i, unit
		case slices.Contains(idNames, f) && t.idAt < 0:
			t.id, t.idAt = f, i
		case f == "population":
			t.of = i
		}
	}
	if t.idAt < 0 || t.timeAt < 0 {
		return nil, fmt.Errorf("columns are %s: one must be called neuron, sender or id, and one time_ms", strings.Join(fields, ", "))
	}
	return t, nil
}

func (t *tableColumns) spike(c *collect, fields []string, nest bool) error {
	if len(fields) != t.count {
		return fmt.Errorf("has %d columns, must have %d as the first line", len(fields), t.count)
	}
	id, err := strconv.ParseInt(fields[t.idAt], 10, 64)
	if err != nil {
		return fmt.Errorf("id %q: must be a whole number", fields[t.idAt])
	}
	at, err := strconv.ParseFloat(fields[t.timeAt], 64)
	if err != nil {
		return fmt.Errorf("time %q: must be a number", fields[t.timeAt])
	}
	ofFormat := int64(0)
	if nest {
		ofFormat = 1
	}
	id -= c.first(ofFormat)
	if err := c.add(id, at*t.unitMs); err != nil || t.of < 0 {
		return err
	}
	if of := c.Populations[Header{Populations: c.Populations}.Population(uint32(id))].Name; of != fields[t.of] {
		return fmt.Errorf("neuron %d (counted from 0 through all populations) is of %s, not of %s", id, of, fields[t.of])
	}
	return nil
}
