package table

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Reading says how to understand a file of spikes where the file doesn't.
type Reading struct {
	DtMs     float64  // of the network, for times in steps
	Columns  []string // names in place of the file's
	TimeUnit string   // ms, s, us or steps, of times whose unit the file doesn't state; empty for ms
	FirstID  *int64   // the number of the first neuron; nil for 1 in NEST's files and 0 in others
	Named    bool     // columns that nothing names are refused
	Tree     OpenTree // of HDF5; nil refuses such files
}

// Spikes are those of a file, in its order.
type Spikes struct {
	TimesMs []float64
	Neuron  []int64 // counted from 0
	Of      []int   // index in Populations, as many; nil where the file has none
	Line    []int32 // as many, from 1; nil of a file without lines
	// Populations that the file names, in the order in which they appear.
	Populations []SpikePopulation
	// Single tells that all times have single precision, and are off by as much.
	Single bool

	// Unstated tells that nothing says in which unit the times are.
	Unstated bool
	// First is the number that the file gives to the first neuron, which is taken off.
	First int64

	path string
}

// A SpikePopulation is one that a file names.
type SpikePopulation struct {
	Name  string
	Count int   // spikes
	First int64 // number of its first neuron through all populations; -1 where the file doesn't say
	Local bool  // its neurons are counted from 0 in the population itself
	// Partly tells that the spikes are those of its first Recorded neurons, as the file says, or of these and of
	// Chosen ones.
	Partly, Chosen bool
	Recorded       int64
}

// Where is the place of a spike.
func (s *Spikes) Where(i int) string {
	if s.Line != nil {
		return fmt.Sprintf("%s:%d", s.path, s.Line[i])
	}
	return fmt.Sprintf("%s: spike %d (from 0)", s.path, i)
}

// TimeUnits are what times may be in.
var TimeUnits = []string{"ms", "s", "us", "steps"}

var unitMs = map[string]float64{"ms": 1, "s": 1000, "us": 1e-3}

// A clock makes times in ms of those of a file.
type clock struct {
	unit  string
	dtMs  float64
	first float64 // number of the first step
}

// clock takes the unit that is stated, by the file or else by the reading.
func (as *Reading) clock(stated, by string) (clock, string) {
	c := clock{unit: as.TimeUnit, dtMs: as.DtMs, first: 1}
	if stated != "" && c.unit != "" && stated != c.unit {
		return c, fmt.Sprintf("its times are in %s, as %s says, not in %s", stated, by, c.unit)
	}
	if stated != "" {
		c.unit = stated
	}
	if c.unit == "" {
		c.unit = "ms"
	}
	return c, ""
}

func (c *clock) ms(time, offset float64) float64 {
	if c.unit == "steps" {
		return (time-c.first+1)*c.dtMs - offset
	}
	return time * unitMs[c.unit]
}

// Spikes reads a file of spikes: text, numpy's arrays or HDF5, by einet, NEST, SONATA, bmtk, PyNN or anybody
// whose columns have names that say what they are.
func (f *File) Spikes(as *Reading) (*Spikes, *Fault) {
	s := &Spikes{path: f.Path, Single: true}
	if f.Format == HDF5 {
		return s, s.tree(f, as)
	}
	own, dtMs, fault := f.einet()
	if fault != nil {
		return s, fault
	}
	if own != nil && as.FirstID != nil {
		return s, f.fault(0, "says itself which numbers its neurons have: leave first_id out")
	}
	if own != nil {
		timed := *as
		timed.DtMs = dtMs
		as, s.Populations = &timed, own
	}
	var time clock
	var first int64
	local := false
	places := map[string]int{}
	r := &Reader{Kind: SpikeTable, Names: as.Columns, Named: as.Named}
	r.Begin = func(c *Columns, rows int) (allowed string) {
		if time, allowed = as.clock(c.Unit(Time), "the column "+quoted(c.Name(Time))); allowed != "" {
			return allowed
		}
		s.Unstated = c.Unit(Time) == "" && as.TimeUnit == ""
		if f.Format == Npz && c.Name(Time) == "step" && c.Name(Neuron) == "id" {
			time.first = 0 // NEST's step in which a spike is detected, as einet has always read these
		}
		if first, allowed = as.first(c.Name(Neuron)); allowed != "" {
			return allowed
		}
		s.First = first
		local = c.Has(Population) && strings.HasPrefix(plain(c.Name(Neuron)), "node")
		s.TimesMs, s.Neuron = make([]float64, 0, rows), make([]int64, 0, rows)
		if f.Format == Text {
			s.Line = make([]int32, 0, rows)
		}
		if c.Has(Population) {
			s.Of = make([]int, 0, rows)
		}
		return ""
	}
	r.Row = func(row *Row) string {
		id := row.Cells[Neuron]
		if !isWhole(id) {
			return fmt.Sprintf("the neuron must be a whole number, not %g", id)
		}
		if at := row.Cells[Time]; time.unit == "steps" && !isWhole(at) {
			return fmt.Sprintf("the step must be a whole number, not %g", at)
		}
		s.single(row.Cells[Time])
		s.TimesMs = append(s.TimesMs, time.ms(row.Cells[Time], row.Cells[Offset]))
		s.Neuron = append(s.Neuron, int64(id)-first)
		if s.Line != nil {
			s.Line = append(s.Line, int32(min(row.Line, math.MaxInt32)))
		}
		if s.Of != nil {
			place, ok := places[row.Text]
			if !ok {
				if len(places) == maxPopulations {
					return fmt.Sprintf("must be of at most %d populations", maxPopulations)
				}
				place, places[row.Text] = len(places), len(places)
				s.Populations = append(s.Populations, SpikePopulation{Name: row.Text, First: -1, Local: local})
			}
			s.Populations[place].Count++
			s.Of = append(s.Of, place)
		}
		return ""
	}
	if fault := f.Read(r); fault != nil {
		return s, fault
	}
	if own != nil {
		return s, s.divide(f)
	}
	return s, nil
}

const maxPopulations = 1024

// isWhole tells whether a number can be that of a neuron.
func isWhole(x float64) bool { return x == math.Trunc(x) && math.Abs(x) < 1<<53 }

// single notes whether a time has more than single precision.
func (s *Spikes) single(time float64) { s.Single = s.Single && float64(float32(time)) == time }

// first is the number of the first neuron in a column of that name.
func (as *Reading) first(name string) (int64, string) {
	switch {
	case as.FirstID != nil:
		return *as.FirstID, ""
	case slices.Contains([]string{"sender", "senders"}, plain(name)):
		return 1, ""
	case slices.Contains([]string{"gid", "gids"}, plain(name)):
		return 0, "its gids may count from 1, as NEST's do, or from 0, as SONATA's: say which number the first neuron has (first_id)"
	}
	return 0, ""
}

// divide gives the spikes of einet's own archive to its populations.
func (s *Spikes) divide(f *File) *Fault {
	s.Of = make([]int, len(s.Neuron))
	for i, n := range s.Neuron {
		of := len(s.Populations) - 1
		for of > 0 && s.Populations[of].First > n {
			of--
		}
		if of < 0 || n < 0 {
			return f.fault(0, fmt.Sprintf("neuron %d of spike %d is in none of its populations", n, i))
		}
		s.Of[i], s.Populations[of].Count = of, s.Populations[of].Count+1
	}
	return nil
}
