package language

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"einet/fault"
	"einet/network"
	"einet/table"
)

const (
	mustColumn = "must be a list of numbers, one for each synapse"
	mustTrain  = "must be a list of times in ms; or file, the path of a file of spikes"
	mustEdges  = "must be a list of [source, target], [source, target, weight] or [source, target, weight, delay]; " +
		"or {source: [...], target: [...]}, with weight and delay if wanted, as many of each"
)

// spikes reads when the neurons of a source fire.
func (f *fields) spikes(p *network.Population, keys []network.Key) {
	s := &p.Spikes
	f.apart(p, keys, "early", "sonata")
	if s.SONATA {
		f.ofSONATA("spikes", p.Name, "times", "neurons", "file", "sha256", "columns", "population", "first_id", "time_unit")
		if d := f.d.circuit; d != nil {
			s.Times, s.Neuron = d.Spikes[p.Name].Times, d.Spikes[p.Name].Neuron
		}
		return
	}
	if f.has("times", "neurons") || !f.has("file") {
		s.Times = f.numbers("times", "ms", mustTrain)
		for _, x := range f.numbers("neurons", "", "must be a list of neurons, from 0") {
			s.Neuron = append(s.Neuron, neuronIndex(x))
		}
		f.onlyOfFiles("must be left out beside times and neurons", "file", "sha256", "columns", "population", "first_id", "time_unit")
		return
	}
	f.knows("times", "neurons")
	f.apart(p, keys, "columns", "population", "first_id", "time_unit")
	file, found, n := f.openFile()
	if file == nil {
		return
	}
	defer file.Close()
	s.File = found
	read, wrong := file.Spikes(&table.Reading{
		DtMs: f.d.dt, Columns: s.As.Columns, FirstID: s.As.FirstID, TimeUnit: s.As.TimeUnit, Tree: f.d.hdf5,
	})
	if wrong != nil {
		f.refuse(atNode(n, wrong))
		return
	}
	s.Unstated = read.Unstated
	if wrong := take(s, read, p.Name, p.Size, f.d.dt, f.d.duration); wrong != nil {
		if wrong.Place = n.place; wrong.Value == "" {
			wrong.Value = file.Path
		}
		f.refuse(wrong)
	}
}

// take picks the spikes of one of a file's populations: that which the description names, or that which is called
// like the source, or the only one.
func take(s *network.SpikeTrain, read *table.Spikes, source string, size int, dt, duration float64) *fault.Error {
	of, first, allowed := pick(s, read, source, size)
	if allowed != "" {
		return &fault.Error{Allowed: allowed}
	}
	c := spikeChecker{read: read, dt: dt, duration: duration, refuseEarly: s.Early == ""}
	if shift := float64(read.First + first); size >= 1 {
		c.size, c.mustBe = int64(size), network.MustBeOf(shift, &network.Population{Name: source, Size: size})+" (first_id says which is its first)"
	}
	s.Times, s.Neuron = read.TimesMs[:0], make([]int, 0, len(read.Neuron))
	for i, id := range read.Neuron {
		if read.Of == nil || read.Of[i] == of {
			c.check(i, read.TimesMs[i], id-first, id+read.First)
			s.Times, s.Neuron = append(s.Times, read.TimesMs[i]), append(s.Neuron, neuronIndex(float64(id-first)))
		}
	}
	return c.fault(len(s.Times))
}

// A spikeChecker finds the first spike of a file that can't be one of a population's, and counts the others.
type spikeChecker struct {
	read        *table.Spikes
	dt          float64
	duration    float64 // [ms] of the run
	size        int64   // of the population; 0 where that is at fault
	mustBe      string
	refuseEarly bool

	bad, early int
	wrong      *fault.Error // the first bad one
	earlyAt    string       // the first in front of the first step
}

// check takes a row: the neuron's index in the population, and its number in the file.
func (c *spikeChecker) check(row int, ms float64, index, number int64) {
	step := math.Round(ms / c.dt)
	absent, late := c.size > 0 && (index < 0 || index >= c.size), !math.IsNaN(c.dt) && !(step <= network.MaxSteps)
	if absent || late {
		c.bad++
	} else if step < 1 && c.refuseEarly {
		if c.early++; c.early == 1 {
			c.earlyAt = fmt.Sprintf("%s: time %s ms", c.read.Where(row), fault.Number(ms))
		}
	}
	if c.bad != 1 || c.wrong != nil {
		return
	}
	c.wrong = &fault.Error{Value: c.read.Where(row), Allowed: fmt.Sprintf("neuron %d: %s", number, c.mustBe)}
	if !absent {
		c.wrong.Allowed = fmt.Sprintf("time %s ms: must be at most 2^30 steps of dt, %s ms", fault.Number(ms), fault.Number(network.MaxSteps*c.dt))
	}
}

// fault is that of as many spikes.
func (c *spikeChecker) fault(spikes int) *fault.Error {
	switch {
	case c.wrong != nil:
		c.wrong.Allowed += table.MoreRows(c.bad-1, false)
		return c.wrong
	case c.early > 0:
		allowed := network.MustNotBeEarly(c.dt, spikes, c.early)
		if c.read.Unstated && network.InSeconds(c.read.TimesMs, c.duration) {
			allowed += "; if the times are in seconds, time_unit: s says so"
		}
		return &fault.Error{Value: c.earlyAt, Allowed: allowed}
	}
	return nil
}

// pick finds the population of a file that is meant, and the number of its first neuron.
func pick(s *network.SpikeTrain, read *table.Spikes, source string, size int) (of int, first int64, allowed string) {
	var names []string
	for _, p := range read.Populations {
		names = append(names, p.Name)
	}
	switch {
	case len(names) == 0 && s.As.Population != "":
		return 0, 0, "names no populations: leave population out"
	case s.As.Population != "":
		of = slices.Index(names, s.As.Population)
	case len(names) > 1:
		of = slices.Index(names, source)
	}
	if of < 0 {
		return 0, 0, "has the populations " + fault.Listing(names) + ": say which one (population)"
	}
	if len(names) > 0 {
		p := read.Populations[of]
		switch {
		case p.Chosen && p.Recorded < int64(size):
			return 0, 0, fmt.Sprintf("holds the spikes of some neurons of %s only (its array recorded_neuron): must be of the first %d", p.Name, size)
		case p.Partly && p.Recorded < int64(size):
			return 0, 0, fmt.Sprintf("holds the spikes of %d neurons of %s only, the first: must be of %d, or size that number", p.Recorded, p.Name, size)
		}
		if p.Count == 0 {
			return 0, 0, "holds no spikes of its population " + p.Name
		}
		if first = max(p.First, 0); p.First < 0 && !p.Local && s.As.FirstID == nil && !has0(read, of) {
			return 0, 0, "numbers its neurons through all populations: say which number the first neuron of " + p.Name + " has there (first_id)"
		}
	}
	return of, first, ""
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
	if x != math.Trunc(x) || x < 0 || x >= network.MaxNeurons {
		return -1
	}
	return int(x)
}

// onlyOfFiles reports keys that stand where there is no file.
func (f *fields) onlyOfFiles(allowed string, keys ...string) {
	for _, key := range keys {
		if n := f.get(key); n != nil {
			f.d.fault(n, fault.Path(f.path, key), allowed)
		}
	}
}

// edges reads the synapses of a list, from the description itself or from a file.
func (f *fields) edges(p *network.Projection, keys []network.Key) {
	e := &p.Edges
	if f.apart(p, keys, "sonata"); e.SONATA {
		f.ofSONATA("synapses", p.Name, "edges", "file", "sha256", "columns", "population", "first_source", "first_target")
		if d := f.d.circuit; d != nil {
			*e = d.Edges[p.Name]
			e.SONATA = true
		}
		return
	}
	if !f.has("edges") {
		f.knows("edges")
		f.apart(p, keys, "columns", "population", "first_source", "first_target")
		f.edgesOf(p)
		return
	}
	n, path := f.get("edges"), fault.Path(f.path, "edges")
	f.onlyOfFiles("must be left out beside edges", "file", "sha256", "columns", "population", "first_source", "first_target")
	switch {
	case n == nil:
		f.d.faults = append(f.d.faults, fault.Error{Place: f.n.locate("edges"), Path: path, Value: null.String(), Allowed: mustEdges})
		return
	case n.kind == mapping:
		f.d.fields(path, n.place, n).edgeColumns(e)
		return
	case n.kind != sequence:
		f.d.fault(n, path, mustEdges)
		return
	}
	for i, item := range n.items {
		before := len(f.d.faults)
		if f.d.edge(e, item, fault.Path(path, strconv.Itoa(i))); len(f.d.faults) > before {
			f.d.faults = f.d.faults[:before+1]
			f.d.more(n.items[i+1:], func(item *node) { f.d.edge(e, item, path) })
			break
		}
	}
}

// edgeColumns reads the synapses of a list by their columns.
func (f *fields) edgeColumns(e *network.Edges) {
	defer f.done()
	before := len(f.d.faults)
	source, target := f.numbers("source", "", mustColumn), f.numbers("target", "", mustColumn)
	columns := []string{"target"}
	lengths := []int{len(target)}
	var weight, delay []float64
	if f.get("weight") != nil {
		weight = f.numbers("weight", network.UnitOfWeights, mustColumn)
		columns, lengths = append(columns, "weight"), append(lengths, len(weight))
	}
	if f.get("delay") != nil {
		delay = f.numbers("delay", "ms", mustColumn)
		columns, lengths = append(columns, "delay"), append(lengths, len(delay))
	}
	if len(f.d.faults) > before {
		return
	}
	for i, column := range columns {
		if lengths[i] != len(source) {
			f.d.faults = append(f.d.faults, fault.Error{Place: f.n.locate(column), Path: fault.Path(f.path, column), Value: strconv.Itoa(lengths[i]),
				Allowed: fmt.Sprintf("must be as many as of source, %d", len(source))})
			return
		}
	}
	for i := range source {
		e.Source, e.Target = append(e.Source, edgeIndex(source[i])), append(e.Target, edgeIndex(target[i]))
	}
	e.Weight, e.Delay = weight, delay
}

// edge reads a synapse of a list.
func (d *decoder) edge(e *network.Edges, item *node, at string) {
	before := len(d.faults)
	var cells []float64
	for j, cell := range item.items {
		cells = append(cells, d.number(cell, fault.Path(at, strconv.Itoa(j)), "must be a number"))
	}
	if len(d.faults) > before {
		return
	}
	if allowed := addEdge(e, cells); allowed != "" {
		d.fault(item, at, allowed)
	}
}

// edgesOf reads the synapses of a file.
func (f *fields) edgesOf(p *network.Projection) {
	e := &p.Edges
	file, found, n := f.openFile()
	if file == nil {
		return
	}
	defer file.Close()
	e.File = found
	firstSource, firstTarget, ms, factor := numberOf(e.As.FirstSource), numberOf(e.As.FirstTarget), 1.0, 1.0
	r := &table.Reader{Kind: table.EdgeTable, Names: e.As.Columns, Group: e.As.Population, Tree: f.d.hdf5}
	if r.Group == "" {
		r.Likely = p.Name
	}
	check := edgeChecker{dt: f.d.dt, pre: f.d.populations[p.From], post: f.d.populations[p.To], firstSource: firstSource, firstTarget: firstTarget}
	r.Begin = func(c *table.Columns, rows int) string {
		check.columns = c
		e.Source, e.Target = make([]uint32, 0, rows), make([]uint32, 0, rows)
		if c.Has(table.Weight) {
			e.Weight = make([]float64, 0, rows)
			f.d.unit = network.UnitOfWeights
			factor = f.d.factor(n, fault.Path(f.path, "weight"), c.Unit(table.Weight), c.Name(table.Weight))
			f.d.unit = ""
		}
		if c.Has(table.Delay) {
			e.Delay, ms = make([]float64, 0, rows), f.d.msOf(c.Unit(table.Delay))
		}
		return ""
	}
	r.Row = func(row *table.Row) string {
		source, target := edgeIndex(row.Cells[table.Source]-firstSource), edgeIndex(row.Cells[table.Target]-firstTarget)
		e.Source, e.Target = append(e.Source, source), append(e.Target, target)
		weight, delay := 0.0, math.NaN()
		if e.Weight != nil {
			weight = float64(row.Cells[table.Weight] * factor)
			e.Weight = append(e.Weight, weight)
		}
		if e.Delay != nil {
			delay = f.d.snapped(row.Cells[table.Delay], ms)
			e.Delay = append(e.Delay, delay)
		}
		return check.row(row, source, target, weight, delay)
	}
	if wrong := file.Read(r); wrong != nil {
		f.refuse(atNode(n, wrong))
	}
}

// An edgeChecker says what is wrong with a synapse of a file, and words it only then: there may be 10^9.
type edgeChecker struct {
	dt                       float64
	pre, post                *network.Population // nil where they are at fault
	firstSource, firstTarget float64             // numbers that the file gives to the first neurons
	columns                  *table.Columns
	sign                     float64 // of the weights so far
}

// row checks a synapse: weights and delays that are NaN are left alone.
func (c *edgeChecker) row(row *table.Row, source, target uint32, weight, delay float64) string {
	if c.sign == 0 && weight == weight {
		c.sign = weight
	}
	wrong := func(role table.Role, value float64, allowed string) string {
		return c.columns.Called(role) + ": " + fault.Number(value) + ": " + allowed
	}
	switch {
	case c.pre != nil && int64(source) >= int64(c.pre.Size):
		return wrong(table.Source, row.Cells[table.Source], network.MustBeOf(c.firstSource, c.pre))
	case c.post != nil && int64(target) >= int64(c.post.Size):
		return wrong(table.Target, row.Cells[table.Target], network.MustBeOf(c.firstTarget, c.post))
	case math.Abs(weight) > network.MaxMagnitude:
		return wrong(table.Weight, weight, network.MustNumber)
	case weight < 0 && c.sign > 0 || weight > 0 && c.sign < 0:
		return wrong(table.Weight, weight, "must have the sign of those before it: make two projections")
	}
	if steps := delay / c.dt; math.Abs(steps-math.Round(steps)) > 1e-6 || steps < 0.5 || steps > network.MaxSteps {
		if allowed := network.GridFault(delay, c.dt, 1); allowed != "" {
			return wrong(table.Delay, delay, allowed)
		}
	}
	return ""
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
func addEdge(e *network.Edges, cells []float64) string {
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
