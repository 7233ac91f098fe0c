package live

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"einet/analysis"
	"einet/dynamics"
	"einet/sim"
)

// What a Scope keeps of the past [ms], and how finely.
const (
	shownMs     = 500  // raster, rates and inputs
	intervalMs  = 2000 // of which intervals have their CV
	countedMs   = 1000 // of which spikes are counted for synchrony
	rateBinMs   = 2
	synchronyMs = 3 // bins of synchrony, as for the cortical microcircuit
	potentialMs = 2 // between two samples of potentials
	tracePoints = 1000

	mostRows      = 400  // neurons of the raster
	mostPotential = 1000 // neurons of a population of which the potential is sampled
	potentialBins = 80
	forget        = 0.97 // what a sample of potentials leaves of those before
)

// A Scope is what is seen of a session, of the last moments. Its mutex guards it: the session writes, the window reads.
type Scope struct {
	mu sync.Mutex

	name, engine string
	dt           float64
	populations  []seenPopulation
	neurons      int // of all populations
	rows         int // of the raster
	rowOf        []int32
	every        int // of neurons, how many a row stands for

	step      int64
	marks     []rowMark
	counts    []binned // of each population
	all       binned   // for synchrony
	trains    [][]uint32
	potential [2]potential // of excitatory and inhibitory populations
	chosen    chosen
	trace     []point
	events    []event
	input     float64 // that was added, of the usual
	inhibited float64 // factor of inhibition

	splitAt int64 // -1: there is no second copy
	lostAt  *sim.Spike
	shared  int // spikes since then that both copies have, and those that one has
	single  int
}

// A seenPopulation is one as it is drawn.
type seenPopulation struct {
	name        string
	first, size int
	inhibitory  bool
	membrane    bool // it has a potential
	rows        int  // of the raster
	row         int  // the first
	sampled     []int
}

// A rowMark is a spike in a row of the raster.
type rowMark struct {
	step  uint32
	row   int32
	whose whose
}

// A binned series counts spikes in bins of so many steps, of which the first begins behind step first*width.
type binned struct {
	width, first int64
	counts       []int64
}

// add counts spikes at a step.
func (b *binned) add(step int64, n int64) {
	k := (step-1)/b.width - b.first
	for int64(len(b.counts)) <= k {
		b.counts = append(b.counts, 0)
	}
	if k >= 0 {
		b.counts[k] += n
	}
}

// forget leaves out bins that end before a step.
func (b *binned) forget(step int64) {
	n := min(max(step/b.width-b.first, 0), int64(len(b.counts)))
	b.counts, b.first = slices.Delete(b.counts, 0, int(n)), b.first+n
}

// whole are the bins that ended up to a step.
func (b *binned) whole(step int64) []int64 {
	return b.counts[:min(max(step/b.width-b.first, 0), int64(len(b.counts)))]
}

// A potential is a histogram of membrane potentials [mV], pooled over some neurons and the last samples.
type potential struct {
	name             string // of the first population
	low, high        float64
	threshold, reset float64
	neurons          int
	counts           []float64
}

// A chosen neuron is the one whose inputs are shown.
type chosen struct {
	population, neuron int
	threshold, reset   float64
	rest               float64
	lif                bool // and not a model
	currents           bool // it has synapses with currents; otherwise its potential is shown
	inhibitory         bool
	name               string
}

// A point is the state of the chosen neuron at a step [mV].
type point struct {
	step             int64
	exc, inh, net, v float32
}

// An event is what was done, for a line in the figures.
type event struct {
	step int64
	text string
}

func newScope(m *dynamics.Model) *Scope {
	s := &Scope{name: m.Network.Name, dt: m.Network.Dt, neurons: m.Network.Neurons(), splitAt: -1}
	s.every = max(1, (s.neurons+mostRows-1)/mostRows)
	s.rowOf = make([]int32, s.neurons)
	for i := range m.Populations {
		p := &m.Populations[i]
		q := seenPopulation{
			name: m.Network.Populations[i].Name, first: p.First, size: p.Size, row: s.rows, rows: (p.Size + s.every - 1) / s.every,
			inhibitory: m.Network.Inhibits(m.Network.Populations[i].Name), membrane: !p.IsSource(),
		}
		for k := range p.Size { // every so many-th neuron
			s.rowOf[p.First+k] = -1
			if k%s.every == 0 {
				s.rowOf[p.First+k] = int32(s.rows + k/s.every)
			}
		}
		for k := 0; k < p.Size; k += max(1, (p.Size+mostPotential-1)/mostPotential) {
			q.sampled = append(q.sampled, k)
		}
		s.rows += q.rows
		s.populations = append(s.populations, q)
	}
	return s
}

// begin forgets everything: the network is at step 0.
func (s *Scope) begin(m *dynamics.Model, engine string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.engine, s.step, s.marks, s.trace, s.events, s.splitAt, s.lostAt, s.input, s.inhibited = engine, 0, nil, nil, nil, -1, nil, 0, 1
	s.counts = make([]binned, len(s.populations))
	for i := range s.counts {
		s.counts[i].width = s.stepsOf(rateBinMs)
	}
	s.all = binned{width: s.stepsOf(synchronyMs)}
	s.trains = make([][]uint32, s.rows)
	s.potential = [2]potential{}
	for i := range s.populations {
		p, q := &s.populations[i], &s.potential[kind(s.populations[i].inhibitory)]
		if !p.membrane {
			continue
		}
		q.neurons += len(p.sampled)
		if q.counts == nil {
			c := chosenOf(m, i, 0)
			width := math.Abs(c.threshold - c.reset)
			*q = potential{name: p.name, low: min(c.reset, c.threshold) - 2*width, high: c.threshold + width/8, threshold: c.threshold, reset: c.reset,
				neurons: len(p.sampled), counts: make([]float64, potentialBins)}
		}
	}
	s.chosen = s.chosenAt(m, 0)
}

func kind(inhibitory bool) int {
	if inhibitory {
		return 1
	}
	return 0
}

// stepsOf is a time in steps, at least one.
func (s *Scope) stepsOf(ms float64) int64 { return max(1, int64(math.Round(ms/s.dt))) }

// chosenAt is the neuron of that number: of the populations with a potential in turn, spread over each.
func (s *Scope) chosenAt(m *dynamics.Model, number int) chosen {
	var with []int
	for i := range s.populations {
		if s.populations[i].membrane {
			with = append(with, i)
		}
	}
	if len(with) == 0 {
		return chosen{population: -1}
	}
	i, round := with[number%len(with)], number/len(with)
	const golden = 0.6180339887498949
	at := math.Mod(float64(round)*golden, 1)
	return chosenOf(m, i, int(at*float64(m.Populations[i].Size)))
}

// chosenOf is a neuron of population i.
func chosenOf(m *dynamics.Model, i, neuron int) chosen {
	n := &m.Network.Populations[i]
	c := chosen{population: i, neuron: neuron, name: fmt.Sprintf("%s %d", n.Name, neuron), inhibitory: m.Network.Inhibits(n.Name)}
	c.threshold, c.reset, c.rest = n.Potentials()
	c.lif = n.Model == nil
	for _, r := range m.Populations[i].Receptors {
		c.currents = c.currents || r.TauSyn > 0
	}
	return c
}

// choose shows another neuron.
func (s *Scope) choose(m *dynamics.Model, number int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chosen, s.trace = s.chosenAt(m, number), nil
}

// A watch takes what a slice of a simulation produces.
type watch struct {
	recorders  []sim.Recorder
	trace      []point
	potentials []sampled
}

// sampled are potentials of neurons of one kind [mV].
type sampled struct {
	kind   int
	values []float32
}

// watch has the recorders of the next slice.
func (s *Scope) watch(m *dynamics.Model) *watch {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &watch{}
	if s.chosen.population < 0 {
		return w
	}
	one := sim.Selection{Population: s.chosen.population, Neurons: []int{s.chosen.neuron}}
	every := max(1, s.stepsOf(shownMs)/tracePoints)
	w.recorders = append(w.recorders, sim.NewSampler(m, one, every, func(step int64, x *sim.NeuronState) error {
		w.trace = append(w.trace, point{step, x.Exc()[0] + x.Ext()[0], x.Inh()[0], x.Net()[0], x.V()[0]})
		return nil
	}))
	for i := range s.populations {
		p := &s.populations[i]
		if !p.membrane {
			continue
		}
		some := sim.Selection{Population: i, Neurons: p.sampled, Variables: []string{"V"}}
		w.recorders = append(w.recorders, sim.NewSampler(m, some, s.stepsOf(potentialMs), func(_ int64, x *sim.NeuronState) error {
			w.potentials = append(w.potentials, sampled{kind(p.inhibitory), slices.Clone(x.V())})
			return nil
		}))
	}
	return w
}

// add takes a slice that ended at a step.
func (s *Scope) add(step int64, w *watch, marks []mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.step = step
	s.addSpikes(marks)
	for _, x := range w.potentials {
		s.potential[x.kind].add(x.values)
	}
	s.trace = append(s.trace, w.trace...)
	s.prune()
}

func (s *Scope) addSpikes(marks []mark) {
	p := 0
	for i := range marks {
		x := &marks[i]
		if s.splitAt >= 0 {
			if x.whose == both {
				s.shared++
			} else {
				s.single++
			}
		}
		if row := s.rowOf[x.Neuron]; row >= 0 {
			s.marks = append(s.marks, rowMark{x.Step, row, x.whose})
			if x.whose != second {
				s.trains[row] = append(s.trains[row], x.Step)
			}
		}
		if x.whose == second {
			continue
		}
		for p > 0 && int(x.Neuron) < s.populations[p].first {
			p = 0
		}
		for int(x.Neuron) >= s.populations[p].first+s.populations[p].size {
			p++
		}
		s.counts[p].add(int64(x.Step), 1)
		s.all.add(int64(x.Step), 1)
	}
}

// prune forgets what is too old to be seen.
func (s *Scope) prune() {
	old := s.step - s.stepsOf(shownMs)
	s.marks = s.marks[pruned(len(s.marks), func(k int) bool { return int64(s.marks[k].step) < old }):]
	s.trace = s.trace[pruned(len(s.trace), func(k int) bool { return s.trace[k].step < old }):]
	s.events = s.events[pruned(len(s.events), func(k int) bool { return s.events[k].step < old }):]
	for i := range s.counts {
		s.counts[i].add(s.step, 0)
		s.counts[i].forget(old)
	}
	s.all.add(s.step, 0)
	s.all.forget(s.step - s.stepsOf(countedMs))
	for r, t := range s.trains {
		s.trains[r] = t[pruned(len(t), func(k int) bool { return int64(t[k]) < s.step-s.stepsOf(intervalMs) }):]
	}
}

// pruned is how many of the first of n are old.
func pruned(n int, old func(int) bool) int {
	k := 0
	for k < n && old(k) {
		k++
	}
	return k
}

// add pools further potentials.
func (p *potential) add(values []float32) {
	for k := range p.counts {
		p.counts[k] *= forget
	}
	perBin := (p.high - p.low) / potentialBins
	for _, v := range values {
		if at := (float64(v) - p.low) / perBin; at >= 0 && at < potentialBins {
			p.counts[int(at)]++
		}
	}
}

// changed notes what was done.
func (s *Scope) changed(m *dynamics.Model, c dynamics.Change) {
	text := ""
	switch c.Kind {
	case dynamics.ChangeInput:
		text = fmt.Sprintf("input %+.0f %%", 100*m.AddedInput(c.Step))
	case dynamics.ChangeInhibition:
		text = fmt.Sprintf("inhibition ×%.2f", c.Amount)
	case dynamics.ChangeKick:
		text = fmt.Sprintf("kick %+g mV", c.Amount)
	}
	s.note(c.Step, text)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.input, s.inhibited = m.AddedInput(c.Step), float64(m.Inhibition(c.Step))
}

func (s *Scope) note(step int64, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.events); n > 0 && s.events[n-1].step == step {
		s.events = s.events[:n-1] // the label of the last is what holds
	}
	s.events = append(s.events, event{step, text})
}

// split begins a comparison of two copies.
func (s *Scope) split(step int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.splitAt, s.lostAt, s.shared, s.single = step, nil, 0, 0
}

// lost notes which spike the second copy loses.
func (s *Scope) lost(spike sim.Spike) {
	s.note(int64(spike.Step), "spike lost")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lostAt = &spike
}

// reunite ends a comparison.
func (s *Scope) reunite() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.splitAt, s.lostAt = -1, nil
}

// Numbers are what is printed beside the figures.
type Numbers struct {
	ModelMs   float64
	Rates     []float64  // of each population over what is shown [Hz]
	CV        [2]float64 // of intervals, mean over excitatory and over inhibitory neurons with enough of them; NaN: there are none
	Synchrony float64    // variance over mean of the spikes of all neurons in bins of 3 ms: 1 where they fire independently
	Lost      bool       // a second copy has lost a spike
	LostMs    float64    // since
	Shared    float64    // of the spikes since, that part which both copies have
}

// Numbers computes them.
func (s *Scope) Numbers() Numbers {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.numbers()
}

func (s *Scope) numbers() Numbers {
	x := Numbers{ModelMs: sim.InMs(s.step, s.dt), Synchrony: analysis.VarianceToMean(s.all.whole(s.step))}
	for i := range s.counts {
		sum, bins := int64(0), s.counts[i].whole(s.step)
		for _, n := range bins {
			sum += n
		}
		ms := float64(len(bins)) * float64(s.counts[i].width) * s.dt
		x.Rates = append(x.Rates, 1000*float64(sum)/ms/float64(s.populations[i].size))
	}
	var sums, counts [2]float64
	for i := range s.populations {
		p := &s.populations[i]
		for r := range p.rows {
			if cv, ok := variation(s.trains[p.row+r]); ok {
				sums[kind(p.inhibitory)] += cv
				counts[kind(p.inhibitory)]++
			}
		}
	}
	for k := range x.CV {
		x.CV[k] = sums[k] / counts[k]
	}
	if s.lostAt != nil {
		x.Lost, x.LostMs = true, sim.InMs(s.step-int64(s.lostAt.Step), s.dt)
		x.Shared = float64(s.shared) / float64(max(1, s.shared+s.single))
	}
	return x
}

// variation is the coefficient of variation of the intervals of a train.
func variation(train []uint32) (cv float64, ok bool) {
	n := len(train) - 1
	if n < analysis.MinIntervals {
		return 0, false
	}
	mean := float64(train[n]-train[0]) / float64(n)
	sum := 0.0
	for k := range n {
		d := float64(train[k+1]-train[k]) - mean
		sum += d * d
	}
	return math.Sqrt(sum/float64(n)) / mean, mean > 0
}
