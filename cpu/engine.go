// Package cpu is the fast engine for processors: SIMD, threads and caches. Its
// one invariant: what it computes is cpuref's, bit for bit, on any number of
// threads and with any instruction set.
package cpu

import (
	"errors"
	"fmt"
	"runtime"
	"sync"

	"einet/connectome"
	"einet/dynamics"
	"einet/sim"
)

// An Engine simulates one network.
//
// It advances by windows, the smallest delay of the network, within which
// neurons do not influence each other. In a window each worker takes its neurons
// through all steps, each behind the delivery of the spikes that can arrive in it, and waits until
// every worker has.
type Engine struct {
	model       *dynamics.Model
	kernels     *kernels
	populations []population
	shares      []share
	sources     [][]source           // of each population, in order
	shortTerms  [][]int              // of each population, the projections with short-term plasticity
	releases    [][]dynamics.Release // [projection][source]; who has the source's neuron has its state
	plan        planner
	relays      relays
	pool        pool
	step        int64
	origin      int64 // the engine knows no spikes up to there
	windows     windows
	drives      [][]float32       // [population][step of the present batch]
	counts      []dynamics.Counts // likewise, of Poisson sources

	followed []float32 // [step of the last Advance][what is followed]
	width    int       // of it
	from     int64     // the step at which it begins

	inhibition float32   // factor of the coefficients
	lost       sim.Spike // is not delivered; the zero Spike is none
	withheld   bool      // it was fired

	recalling bool        // neurons fire as they did, which is in recalled
	recalled  []sim.Spike // sorted

	loaded *sim.Plastic // that Resume goes on from

	failing sync.Mutex
	failed  *failure // nil as long as there is none

	_      [64]byte    // all workers read what is above, and one writes what is below
	spikes []sim.Spike // since the last call of Spikes
	_      [64]byte
}

// New is an engine at step 0 that computes with at most threads threads (0: one
// for each processor). The model and the connectome must be of the same
// network; neither is changed.
func New(m *dynamics.Model, c *connectome.Connectome, threads int) *Engine {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	k := best()
	return newEngine(m, c, min(threads, worthwhile(m, c, k)), k)
}

func newEngine(m *dynamics.Model, c *connectome.Connectome, threads int, k *kernels) *Engine {
	e := &Engine{model: m, kernels: k, inhibition: 1, populations: make([]population, len(m.Populations))}
	tiles := 0
	for i := range e.populations {
		e.populations[i] = newPopulation(m, c, i)
		e.populations[i].use(k)
		tiles += e.populations[i].tiles
	}
	cost := tileCosts(e.populations, c, m, k)
	e.shares = cut(e.populations, cost, m.MinDelay, min(threads, tiles))
	e.beginRelays()
	e.beginShortTerm()
	e.distribute(c)
	e.sources = make([][]source, len(e.populations))
	for i := range e.shares {
		for k, p := range e.shares[i].pieces {
			e.sources[p.population] = append(e.sources[p.population], source{&e.shares[i], k})
		}
	}
	e.sourceRelays()
	e.drives, e.counts = make([][]float32, len(e.populations)), make([]dynamics.Counts, len(e.populations))
	e.windows.minDelay = m.MinDelay
	e.plan = newPlanner(e.populations, c, m, k, len(e.shares))
	e.pool = newPool(len(e.shares))
	return e
}

// Kernel names the instruction set: avx512, avx2 or scalar.
func (e *Engine) Kernel() string { return e.kernels.name }

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
		return fmt.Errorf("cpu: %w", err)
	}
	e.populations[pop].read(v, first, dst)
	return nil
}

// Gather copies a state variable of neurons of a population.
func (e *Engine) Gather(v sim.Variable, pop int, neurons []int, dst []float32) error {
	if err := sim.CheckGather(e.model, v, pop, neurons, dst); err != nil {
		return fmt.Errorf("cpu: %w", err)
	}
	e.populations[pop].gather(v, neurons, dst)
	return nil
}

// Close ends the engine's threads and forgets the machine code that they ran.
func (e *Engine) Close() error {
	e.pool.close()
	var errs []error
	for i := range e.populations {
		if k := e.populations[i].native; k != nil {
			errs = append(errs, k.Close())
		}
	}
	return errors.Join(errs...)
}
