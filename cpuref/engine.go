// Package cpuref is the reference engine: plain, serial Go that reads like
// docs/equations.md, without anything clever. Its one invariant: it is what the
// other engines must equal, bit for bit.
package cpuref

import (
	"context"
	"fmt"
	"slices"

	"einet/connectome"
	"einet/dynamics"
	"einet/program"
	"einet/rng"
	"einet/sim"
)

// An Engine simulates one network.
type Engine struct {
	model       *dynamics.Model
	connectome  *connectome.Connectome
	normal      *rng.Normal
	populations []population
	releases    [][]dynamics.Release // [projection][source]
	plastic     []*plastic           // the projections with long-term plasticity
	loaded      *sim.Plastic         // state of these that Resume is to go on from
	step        int64
	stopped     error // why the engine goes no further
	follows     []sim.Followed
	followed    []float32   // [step of the last Advance][follows]
	spikes      []sim.Spike // since the last call of Spikes
	lost        sim.Spike   // is not delivered; the zero Spike is none
	inhibition  float32     // factor of the coefficients
	row         connectome.Row
	counts      dynamics.Counts

	hasRelays bool        // then plastic projections are taken through a step once these are known
	passed    int64       // up to which step
	waiting   []sim.Spike // of neurons and sources since
}

// A population is the state of one population's neurons. A source has only
// what starts there.
type population struct {
	*dynamics.Population
	v         []float32         // membrane potential, relative to E_L [mV]
	threshold []float32         // of each neuron, or nil where all have VTh
	bias      []float32         // of each neuron, or nil
	comings   []dynamics.Coming // inputs of groups
	receives  [][]bool          // which neurons receive each Poisson input; nil of all
	until     []int64           // clamped to V_reset in steps from n = until-1 and before
	g         [][]float32       // [receptor][neuron] synaptic state; of a delta nil
	y         [][]float32       // [receptor][neuron] what feeds g of an alpha, otherwise nil
	u         []float32         // Ornstein-Uhlenbeck current, or nil
	cells     []program.Neuron  // of populations that run a program
	arriving  [][][]int32       // [step mod slots][receptor][neuron] input [units of the receptor's scale]
	coming    [][][]int32       // likewise, by plastic projections alone: of receptors that have some, else nil
	train     []dynamics.SourceSpike
	projected []outgoing // the projections that start here, but for plastic ones
}

// An outgoing projection is one that a population's spikes travel along.
type outgoing struct {
	*dynamics.Projection
	synapses *connectome.Projection
	releases []dynamics.Release // of its sources, where it has short-term plasticity
}

// New is an engine at step 0. The model and the connectome must be of the same
// network; neither is changed.
func New(m *dynamics.Model, c *connectome.Connectome) *Engine {
	e := &Engine{model: m, connectome: c, normal: rng.NormalTable(), inhibition: 1, populations: make([]population, len(m.Populations))}
	for i := range m.Populations {
		p := &e.populations[i]
		p.Population = &m.Populations[i]
		e.hasRelays = e.hasRelays || p.Relays
		if p.IsSource() {
			p.train = m.Train(i)
		} else {
			p.start(m, i)
		}
		if p.runsProgram() {
			p.startCells(m, i)
		}
	}
	e.releases = m.Releases()
	for k := range m.Projections {
		if m.Projections[k].Plasticity != nil {
			continue
		}
		from := &e.populations[m.Projections[k].From]
		from.projected = append(from.projected, outgoing{&m.Projections[k], &c.Projections[k], e.releases[k]})
	}
	e.startPlastic()
	return e
}

// start gives the neurons of population i their state at step 0.
func (p *population) start(m *dynamics.Model, i int) {
	p.v, p.threshold, p.bias = m.InitialV(i), m.Thresholds(i), m.Biases(i)
	p.comings = m.Comings(i)
	p.receives = make([][]bool, len(p.Poisson))
	for k := range p.Poisson {
		if p.Poisson[k].IsOfGroup() {
			p.receives[k] = p.Receives(k)
		}
	}
	p.until = make([]int64, p.Size)
	if p.Noise.HasOU() {
		p.u = m.InitialOU(i)
	}
	p.g, p.y = make([][]float32, len(p.Receptors)), make([][]float32, len(p.Receptors))
	for r := range p.Receptors {
		states := p.Receptors[r].States()
		if p.g[r] = m.InitialG(i, r); p.g[r] == nil && states > 0 {
			p.g[r] = make([]float32, p.Size)
		}
		if states > 1 {
			p.y[r] = make([]float32, p.Size)
		}
	}
	p.arriving = make([][][]int32, m.MaxDelay)
	for s := range p.arriving {
		p.arriving[s] = make([][]int32, len(p.Receptors))
		for r := range p.arriving[s] {
			p.arriving[s][r] = make([]int32, p.Size)
		}
	}
}

// Advance simulates that many further steps.
func (e *Engine) Advance(ctx context.Context, steps int) error {
	e.followed = e.followed[:0]
	for range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if e.stopped != nil {
			return e.stopped
		}
		if err := e.advanceOne(); err != nil {
			return err
		}
	}
	return nil
}

// advanceOne takes the network from step n to n+1: every neuron first, then the
// spikes of step n+1 on their way.
func (e *Engine) advanceOne() error {
	e.inhibit(e.model.Inhibition(e.step))
	before := len(e.spikes)
	for i := range e.populations {
		p := &e.populations[i]
		if p.IsSource() {
			e.fire(i)
			continue
		}
		update := e.update
		if p.cells != nil {
			update = e.updateCells
		}
		if e.stopped = update(i); e.stopped != nil {
			e.spikes = e.spikes[:before]
			return e.stopped
		}
	}
	e.step++
	for _, f := range e.follows {
		e.followed = append(e.followed, e.populations[f.Population].read(f.Variable, f.Neuron))
	}
	spikes := e.withoutLost(e.spikes[before:])
	for _, s := range spikes {
		e.deliver(s)
	}
	if e.hasRelays {
		e.waiting = append(e.waiting, spikes...)
	} else {
		e.pass(spikes, uint32(e.step))
	}
	return nil
}

// withoutLost leaves the lost spike out; others of a source in the same step arrive.
func (e *Engine) withoutLost(spikes []sim.Spike) []sim.Spike {
	i := slices.Index(spikes, e.lost)
	if i < 0 {
		return spikes
	}
	e.lost = sim.Spike{}
	return slices.Concat(spikes[:i], spikes[i+1:])
}

// inhibit gives the populations the coefficients of that factor of inhibition.
func (e *Engine) inhibit(factor float32) {
	if factor == e.inhibition {
		return
	}
	e.inhibition = factor
	for i := range e.populations {
		e.populations[i].Population = e.model.Inhibited(i, factor)
	}
}

// Step is the number of steps simulated so far.
func (e *Engine) Step() int64 { return e.step }

// Spikes appends the spikes since the last call, sorted by step and then
// neuron.
func (e *Engine) Spikes(dst []sim.Spike) ([]sim.Spike, error) {
	dst = append(dst, e.spikes...)
	e.spikes = e.spikes[:0]
	return dst, nil
}

// Read copies a state variable of neurons first, first+1, ... of a population.
func (e *Engine) Read(v sim.Variable, pop, first int, dst []float32) error {
	if err := sim.CheckRead(e.model, v, pop, first, len(dst)); err != nil {
		return fmt.Errorf("cpuref: %w", err)
	}
	for i := range dst {
		dst[i] = e.populations[pop].read(v, first+i)
	}
	return nil
}

// Gather copies a state variable of neurons of a population.
func (e *Engine) Gather(v sim.Variable, pop int, neurons []int, dst []float32) error {
	if err := sim.CheckGather(e.model, v, pop, neurons, dst); err != nil {
		return fmt.Errorf("cpuref: %w", err)
	}
	for k, i := range neurons {
		dst[k] = e.populations[pop].read(v, i)
	}
	return nil
}

// read is a variable of neuron k.
func (p *population) read(v sim.Variable, k int) float32 {
	if p.cells != nil {
		return p.readCell(v, k)
	}
	if v == sim.V {
		return p.Absolute(p.v[k])
	}
	return p.g[v][k]
}

// Follow makes Advance note variables after each step.
func (e *Engine) Follow(list []sim.Followed) error {
	for _, f := range list {
		if err := sim.CheckRead(e.model, f.Variable, f.Population, f.Neuron, 1); err != nil {
			return fmt.Errorf("cpuref: %w", err)
		}
	}
	e.follows = list
	return nil
}

// Followed is what the last Advance noted.
func (e *Engine) Followed() []float32 { return e.followed }

// Lose keeps one coming spike from its targets, for experiments on chaos.
func (e *Engine) Lose(s sim.Spike) { e.lost = s }

// Releases copies the states of sources first, first+1, ... of a projection with short-term plasticity.
func (e *Engine) Releases(projection, first int, dst []dynamics.Release) error {
	if err := sim.CheckReleases(e.model, projection, first, len(dst)); err != nil {
		return fmt.Errorf("cpuref: %w", err)
	}
	copy(dst, e.releases[projection][first:])
	return nil
}

// Close does nothing: the engine holds memory only.
func (e *Engine) Close() error { return nil }
