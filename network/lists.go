package network

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"einet/table"
)

const (
	mustTrain = "must be a list of times in ms; or file, the path of a file of spikes"
	mustEdges = "must be a list of [source, target], [source, target, weight] or [source, target, weight, delay]"
)

// spikes reads when the neurons of a source fire.
func (f *fields) spikes(source string, size int) SpikeTrain {
	s := SpikeTrain{Early: f.wordOf("early", EarlySpikes)}
	ofFile := []string{"file", "sha256", "columns", "population", "first_id", "time_unit"}
	if f.has("times", "neurons") || !f.has("file") {
		s.Times = f.numbers("times", mustTrain)
		for _, x := range f.numbers("neurons", "must be a list of neurons, from 0") {
			s.Neuron = append(s.Neuron, neuronIndex(x))
		}
		for _, key := range ofFile {
			if n := f.get(key); n != nil {
				f.d.fault(n, dotted(f.path, key), "must be left out beside times and neurons")
			}
		}
		return s
	}
	f.knows("times", "neurons")
	s.As = SpikeReading{
		Columns: f.names("columns"), Population: f.wordOr("population", "", mustText),
		FirstID: f.firstNumber("first_id"), TimeUnit: f.wordOf("time_unit", table.TimeUnits),
	}
	file, found, n := f.openFile()
	if file == nil {
		return s
	}
	defer file.Close()
	s.File = found
	read, fault := file.Spikes(&table.Reading{
		DtMs: f.d.dt, Columns: s.As.Columns, FirstID: s.As.FirstID, TimeUnit: s.As.TimeUnit, Tree: f.d.hdf5,
	})
	if fault != nil {
		f.refuse(atNode(n, fault))
		return s
	}
	if allowed := s.take(read, source, size); allowed != "" {
		f.refuse(&FieldError{Place: n.place, Value: file.Path, Allowed: allowed})
	}
	return s
}

// take picks the spikes of one of a file's populations: that which the description names, or that which is called
// like the source, or the only one.
func (s *SpikeTrain) take(read *table.Spikes, source string, size int) (allowed string) {
	var names []string
	for _, p := range read.Populations {
		names = append(names, p.Name)
	}
	of := 0
	switch {
	case len(names) == 0 && s.As.Population != "":
		return "names no populations: leave population out"
	case s.As.Population != "":
		of = slices.Index(names, s.As.Population)
	case len(names) > 1:
		of = slices.Index(names, source)
	}
	if of < 0 {
		return "has the populations " + listing(names) + ": say which one (population)"
	}
	first := int64(0)
	if len(names) > 0 {
		p := read.Populations[of]
		switch {
		case p.Chosen && p.Recorded < int64(size):
			return fmt.Sprintf("holds the spikes of some neurons of %s only (its array recorded_neuron): must be of the first %d", p.Name, size)
		case p.Partly && p.Recorded < int64(size):
			return fmt.Sprintf("holds the spikes of %d neurons of %s only, the first: must be of %d, or size that number", p.Recorded, p.Name, size)
		}
		if p.Count == 0 {
			return "holds no spikes of its population " + p.Name
		}
		if first = max(p.First, 0); p.First < 0 && !p.Local && s.As.FirstID == nil && !has0(read, of) {
			return "numbers its neurons through all populations: say which number the first neuron of " + p.Name + " has there (first_id)"
		}
	}
	s.Times, s.Neuron = read.TimesMs[:0], make([]int, 0, len(read.Neuron))
	for i, id := range read.Neuron {
		if read.Of == nil || read.Of[i] == of {
			s.Times, s.Neuron = append(s.Times, read.TimesMs[i]), append(s.Neuron, neuronIndex(float64(id-first)))
		}
	}
	return ""
}

// has0 tells whether a population has the neuron that is the first of all, and so is the first itself.
func has0(read *table.Spikes, of int) bool {
	for i, id := range read.Neuron {
		if id == 0 && read.Of[i] == of {
			return true
		}
	}
	return false
}

// neuronIndex is a number as the index of a neuron, -1 for what can be none.
func neuronIndex(x float64) int {
	if x != math.Trunc(x) || x < 0 || x >= maxNeurons {
		return -1
	}
	return int(x)
}

// edges reads the synapses of a list, from the description itself or from a file.
func (f *fields) edges(projection string) Edges {
	var e Edges
	if !f.has("edges") {
		f.knows("edges")
		f.edgesOf(&e, projection)
		return e
	}
	n, path := f.get("edges"), dotted(f.path, "edges")
	for _, key := range []string{"file", "sha256", "columns", "population", "first_source", "first_target"} {
		if n := f.get(key); n != nil {
			f.d.fault(n, dotted(f.path, key), "must be left out beside edges")
		}
	}
	if n == nil || n.kind != sequence {
		f.d.faults = append(f.d.faults, FieldError{Place: f.place, Path: path, Allowed: mustEdges})
		return e
	}
	for i, item := range n.items {
		at := dotted(path, strconv.Itoa(i))
		before := len(f.d.faults)
		var cells []float64
		for j, cell := range item.items {
			cells = append(cells, f.d.number(cell, dotted(at, strconv.Itoa(j)), "must be a number"))
		}
		if allowed := e.row(cells); allowed != "" && len(f.d.faults) == before {
			f.d.fault(item, at, allowed)
		}
		if len(f.d.faults) > before {
			break
		}
	}
	return e
}

// edgesOf reads the synapses of a file.
func (f *fields) edgesOf(e *Edges, projection string) {
	e.As = EdgeReading{
		Columns: f.names("columns"), Population: f.wordOr("population", "", mustText),
		FirstSource: f.firstNumber("first_source"), FirstTarget: f.firstNumber("first_target"),
	}
	file, found, n := f.openFile()
	if file == nil {
		return
	}
	defer file.Close()
	e.File = found
	firstSource, firstTarget, ms, factor := numberOf(e.As.FirstSource), numberOf(e.As.FirstTarget), 1.0, 1.0
	r := &table.Reader{Kind: table.EdgeTable, Names: e.As.Columns, Group: e.As.Population, Tree: f.d.hdf5}
	if r.Group == "" {
		r.Likely = projection
	}
	r.Begin = func(c *table.Columns, rows int) string {
		e.Source, e.Target = make([]uint32, 0, rows), make([]uint32, 0, rows)
		if c.Has(table.Weight) {
			e.Weight = make([]float64, 0, rows)
			factor = f.d.factor(n, dotted(f.path, "weight"), c.Unit(table.Weight), c.Name(table.Weight))
		}
		if c.Has(table.Delay) {
			e.Delay, ms = make([]float64, 0, rows), f.d.msOf(c.Unit(table.Delay))
		}
		return ""
	}
	r.Row = func(row *table.Row) string {
		e.Source = append(e.Source, edgeIndex(row.Cells[table.Source]-firstSource))
		e.Target = append(e.Target, edgeIndex(row.Cells[table.Target]-firstTarget))
		if e.Weight != nil {
			e.Weight = append(e.Weight, float64(row.Cells[table.Weight]*factor))
		}
		if e.Delay != nil {
			e.Delay = append(e.Delay, f.d.snapped(row.Cells[table.Delay], ms))
		}
		return ""
	}
	if fault := file.Read(r); fault != nil {
		f.refuse(atNode(n, fault))
	}
}

// snapped is a delay in ms, on the grid where single precision is all that keeps it off.
func (d *decoder) snapped(delay, ms float64) float64 {
	x := float64(delay * ms)
	steps := math.Round(x / d.dt)
	if float64(float32(delay)) == delay && math.Abs(x/d.dt-steps) <= math.Abs(steps)*0x1p-23 {
		return float64(steps * d.dt)
	}
	return x
}

// numberOf is a first neuron's number, 0 if none is given.
func numberOf(first *int64) float64 {
	if first == nil {
		return 0
	}
	return float64(*first)
}

// row adds a synapse.
func (e *Edges) row(cells []float64) string {
	columns := 2
	switch {
	case len(e.Source) == 0 && (len(cells) < 2 || len(cells) > 4):
		return "must have the columns source, target and, if wanted, weight and delay [ms], not " + strconv.Itoa(len(cells))
	case len(e.Source) == 0:
		columns = len(cells)
	case e.Delay != nil:
		columns = 4
	case e.Weight != nil:
		columns = 3
	}
	if len(cells) != columns {
		return "must have as many numbers as those before it, " + strconv.Itoa(columns) + ", not " + strconv.Itoa(len(cells))
	}
	e.Source, e.Target = append(e.Source, edgeIndex(cells[0])), append(e.Target, edgeIndex(cells[1]))
	if e.Weight == nil && columns > 2 {
		e.Weight = make([]float64, 0, cap(e.Source))
	}
	if e.Delay == nil && columns > 3 {
		e.Delay = make([]float64, 0, cap(e.Source))
	}
	if columns > 2 {
		e.Weight = append(e.Weight, cells[2])
	}
	if columns > 3 {
		e.Delay = append(e.Delay, cells[3])
	}
	return ""
}

// edgeIndex is a number as the index of a neuron, one that no population has for what
// can be none.
func edgeIndex(x float64) uint32 {
	if x != math.Trunc(x) || x < 0 || x > math.MaxUint32 {
		return math.MaxUint32
	}
	return uint32(x)
}
