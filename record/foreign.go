package record

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"einet/network"
	"einet/record/hdf5"
	"einet/sim"
	"einet/table"
)

// A Reading says how to understand spikes that come from elsewhere.
type Reading struct {
	table.Reading
	Populations []Population // whose neurons the spikes are of, consecutive
	// Of is the population of the files whose neurons are numbered through all of
	// Populations; empty where the files' populations are those.
	Of      string
	OffGrid string // what is done with times between the steps: empty refuses them, or Round
	Early   string // what is done with spikes in front of the first step: empty refuses them, or network.DropEarly or FirstEarly
}

// Round takes times between the steps to the nearest one.
const Round = "round"

// offGrid is how far from the grid a time may lie, in steps: what writing it with six digits costs.
const offGrid = 0.01

// maxSpikeFile is the most bytes of a file of spikes.
const maxSpikeFile = 1 << 36

// ReadAny reads the spikes of a run from one file or from several, such as those of its processes: npz and CSV
// of einet, SONATA's HDF5, NEST's .dat, or any table whose columns have names (package table).
// What the files say of themselves decides, not their names; what they don't say is refused, unless the reading
// does. Spikes may be in any order. The last spike ends a run whose length the files do not state. The notes
// say what was left out or changed.
func ReadAny(paths []string, as Reading) (s *Spikes, notes []string, err error) {
	if len(paths) == 1 && isRun(paths[0]) {
		s, err := ReadSpikes(paths[0])
		return s, nil, err
	}
	c := &collect{Reading: as, left: map[string]int{}}
	c.Named, c.Tree = true, hdf5.OpenTree
	seen := map[string]string{}
	var empty []string
	for _, path := range paths {
		if isRun(path) {
			return nil, nil, fmt.Errorf("%s: holds a whole run of einet: must be the only file", path)
		}
		if err := c.file(path, seen); err != nil {
			var fault *table.Fault
			if !errors.As(err, &fault) || !fault.Empty || len(paths) == 1 {
				return nil, nil, err
			}
			// One of a run's processes may have no spikes.
			if empty = append(empty, path); len(empty) == len(paths) {
				return nil, nil, fmt.Errorf("%s: no file holds spikes", path)
			}
		}
	}
	if len(empty) > 0 {
		c.note("%d of %d files hold no spikes, %s the first", len(empty), len(paths), empty[0])
	}
	return c.done()
}

// isRun tells whether a file is a spikes.npz of einet, which says all of itself.
func isRun(path string) bool {
	z, err := zip.OpenReader(path)
	if err != nil {
		return false
	}
	defer z.Close()
	return slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "population_names.npy" })
}

// collect gathers spikes from elsewhere.
type collect struct {
	Reading
	spikes []sim.Spike
	named  []string       // populations that the files name
	left   map[string]int // spikes of populations that the network lacks
	notes  []string

	off, early, total int     // times between the steps, before the first, of all
	furthest          float64 // from a step, in steps
	offAt, earlyAt    string  // the first of them
}

func (c *collect) file(path string, seen map[string]string) error {
	f, fault := table.Open(path, maxSpikeFile)
	if fault != nil {
		return fault
	}
	defer f.Close()
	sum, fault := f.Sum()
	if fault != nil {
		return fault
	}
	s, fault := f.Spikes(&c.Reading.Reading)
	if fault != nil {
		return fault
	}
	if earlier, ok := seen[sum]; ok {
		return fmt.Errorf("%s: is the same as %s: must be there once", path, earlier)
	}
	seen[sum] = path
	into, err := c.match(path, s.Populations)
	if err != nil {
		return err
	}
	var first error
	more, looked := 0, 0
	for i := range s.Neuron {
		err := c.add(s, i, into)
		if first != nil {
			if looked++; looked == lookFor {
				break
			}
		}
		switch {
		case err != nil && first == nil:
			first = err
		case err != nil:
			more++
		}
	}
	if first != nil {
		return fmt.Errorf("%w%s", first, table.MoreRows(more, looked == lookFor))
	}
	return nil
}

// lookFor is how many spikes behind the first bad one are looked at.
const lookFor = 1 << 20

// Where the spikes of a file's population go, if not into one of the network's.
const (
	intoNone = -1
	intoAll  = -2 // their neurons are numbered through all populations
)

// match finds for each population of a file that of the network.
func (c *collect) match(path string, populations []table.SpikePopulation) (into []int, err error) {
	var theirs, ours []string
	known := false
	for _, p := range populations {
		i := slices.IndexFunc(c.Populations, func(q Population) bool { return q.Name == p.Name })
		if c.Of != "" {
			if i = intoNone; p.Name == c.Of {
				i = intoAll
			}
		}
		known = known || i != intoNone
		into, theirs = append(into, i), append(theirs, p.Name)
	}
	c.named = append(c.named, theirs...)
	for _, p := range c.Populations {
		ours = append(ours, p.Name)
	}
	switch {
	case c.Of != "" && len(populations) == 0:
		return nil, fmt.Errorf("%s: names no populations: leave --population out", path)
	case c.Of != "" && !known:
		return nil, fmt.Errorf("%s: has no population %s; there are %s", path, c.Of, table.OneLine(strings.Join(theirs, ", ")))
	case len(populations) == 0 || known:
		return into, nil
	case len(populations) == 1 && len(ours) == 1 && populations[0].Local:
		c.note("%s: its population %s is taken for %s, the only one of each", path, table.OneLine(theirs[0]), ours[0])
		c.named = append(c.named, ours[0])
		return []int{0}, nil
	}
	return nil, fmt.Errorf("%s: its populations are %s, the network's are %s: say which of them has its neurons numbered through all of the network's (--population)",
		path, table.OneLine(strings.Join(theirs, ", ")), strings.Join(ours, ", "))
}

func (c *collect) note(format string, args ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

// add takes spike i of a file.
func (c *collect) add(s *table.Spikes, i int, into []int) error {
	neuron, of, local := s.Neuron[i], intoAll, false
	if s.Of != nil {
		of, local = into[s.Of[i]], s.Populations[s.Of[i]].Local
	}
	if of == intoNone {
		c.left[s.Populations[s.Of[i]].Name]++
		return nil
	}
	first, count, whose := int64(0), int64(Header{Populations: c.Populations}.Neurons()), "the network"
	if of >= 0 && local {
		p := c.Populations[of]
		first, count, whose = int64(p.First), int64(p.Size), "population "+p.Name
	}
	if neuron < 0 || neuron >= count {
		return fmt.Errorf("%s: neuron %d (counted from 0): %s has %d", s.Where(i), neuron, whose, count)
	}
	neuron += first
	if of >= 0 && !local {
		if is := (Header{Populations: c.Populations}).Population(uint32(neuron)); is != of {
			return fmt.Errorf("%s: neuron %d (counted from 0 through all populations) is of %s, not of %s",
				s.Where(i), neuron, c.Populations[is].Name, c.Populations[of].Name)
		}
	}
	step, err := c.step(s, i)
	if err != nil || step == 0 {
		return err
	}
	c.spikes = append(c.spikes, sim.Spike{Step: step, Neuron: uint32(neuron)})
	return nil
}

// step is that of a spike, 0 for none.
func (c *collect) step(s *table.Spikes, i int) (uint32, error) {
	c.total++
	at := s.TimesMs[i] / c.DtMs
	step := math.Round(at)
	if !(step <= 1<<32-1) {
		return 0, fmt.Errorf("%s: time %g ms: must be at most %d steps of dt, %g ms", s.Where(i), s.TimesMs[i], int64(1<<32-1), c.DtMs)
	}
	tolerated := offGrid
	if single := math.Abs(at) * 0x1p-23; s.Single && single < 0.25 {
		tolerated = max(tolerated, single)
	}
	if distance := math.Abs(at - step); distance > tolerated {
		if c.off++; c.off == 1 {
			c.offAt = fmt.Sprintf("%s: time %g ms", s.Where(i), s.TimesMs[i])
		}
		c.furthest = max(c.furthest, distance)
	}
	if step >= 1 {
		return uint32(step), nil
	}
	if c.early++; c.early == 1 {
		c.earlyAt = fmt.Sprintf("%s: time %g ms", s.Where(i), s.TimesMs[i])
	}
	if c.Early == network.FirstEarly {
		return 1, nil
	}
	return 0, nil
}

// done sorts the spikes, and refuses or tells what is wrong with them. A neuron may have several in a step: sources
// have, and what a finer grid told apart.
func (c *collect) done() (*Spikes, []string, error) {
	if c.off > 0 && c.OffGrid != Round {
		return nil, nil, fmt.Errorf("%s: must be a multiple of dt, %g ms; of %d times %d are none: --off-grid round takes the nearest step", c.offAt, c.DtMs, c.total, c.off)
	}
	if c.early > 0 && c.Early == "" {
		return nil, nil, fmt.Errorf("%s: must be at least one step of dt, %g ms; of %d spikes %d are earlier: --early drop leaves them out, --early first moves them to the first step",
			c.earlyAt, c.DtMs, c.total, c.early)
	}
	slices.SortFunc(c.spikes, func(a, b sim.Spike) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Neuron, b.Neuron))
	})
	c.tell()
	s := &Spikes{Header: Header{DtMs: c.DtMs, Populations: c.Populations}, Spikes: c.spikes}
	if n := len(c.spikes); n > 0 {
		s.Steps = int64(c.spikes[n-1].Step)
	}
	return s, c.notes, s.check()
}

// tell notes what was left out or changed.
func (c *collect) tell() {
	if c.off > 0 {
		c.note("%d of %d times were rounded to the nearest step, by up to %.2g ms", c.off, c.total, c.furthest*c.DtMs)
	}
	switch {
	case c.early > 0 && c.Early == network.FirstEarly:
		c.note("%d of %d spikes were moved to the first step", c.early, c.total)
	case c.early > 0:
		c.note("%d of %d spikes are in front of the first step and left out", c.early, c.total)
	}
	twice := 0
	for i := 1; i < len(c.spikes); i++ {
		if c.spikes[i] == c.spikes[i-1] {
			twice++
		}
	}
	if twice > 0 {
		c.note("%d spikes fall into a step in which their neuron has another; all count", twice)
	}
	var left []string
	for name := range c.left {
		left = append(left, name)
	}
	slices.Sort(left)
	for _, name := range left {
		c.note("%d spikes of population %s, which the network lacks, are left out", c.left[name], table.OneLine(name))
	}
	for _, p := range c.Populations {
		if len(c.named) > 0 && c.Of == "" && !slices.Contains(c.named, p.Name) {
			c.note("no file names population %s: it has no spikes", p.Name)
		}
	}
}
