package cpu

import (
	"math"
	"time"

	"einet/connectome"
	"einet/dynamics"
)

// A planner decides how many steps to simulate at once and whether one worker or
// all are faster. In a window workers wait for each other, which takes as long as
// a microsecond of work, and much longer where other programs want the
// processors too. So it tries the slower choice now and then.
type planner struct {
	window  int
	workers int  // at most, as many as there are shares
	always  bool // all workers, for tests

	update float64 // work of a step without spikes, estimated [ns]
	spike  float64 // work of a spike, on average [ns]
	spikes float64 // in a step, as last seen

	batches uint64
	cost    [2]float64 // time for 1 ns of work, of one worker and of all; 0 if not yet known
}

// A plan is a number of steps and of workers.
type plan struct {
	steps, workers int
}

const (
	nsPerBatch    = 5e6 // between two looks at the context
	stepsPerBatch = 1 << 13
	probeEvery    = 64 // batches, and sooner at first

	// How long the slower choice is tried [ns]. Several workers are tried for longer, because some of them may have to be
	// woken first.
	nsPerProbe          = 1e6
	nsPerProbeOfSeveral = 3e6

	// nsPerWorker is the least work in a window that can be worth a worker.
	nsPerWorker = 500
)

func newPlanner(populations []population, c *connectome.Connectome, m *dynamics.Model, k *kernels, shares int) planner {
	p := planner{window: m.MinDelay, workers: shares}
	var neurons float64
	for i := range populations {
		neurons += float64(populations[i].Size)
		p.update += nsPerUpdate(populations[i].Population, k) * float64(populations[i].Size)
	}
	p.spikes = typicalFiring * neurons
	for i := range c.Projections {
		p.spike += nsPerSpike(c, i, m, k) * float64(m.Populations[c.Projections[i].From].Size) / neurons
	}
	return p
}

// next plans a batch of some of the remaining steps, whole windows if possible.
func (p *planner) next(remaining int) plan {
	perStep := p.update + p.spike*p.spikes
	workers := min(p.workers, int(perStep*float64(p.window)/nsPerWorker))
	if p.always {
		workers = p.workers
	}
	if workers <= 1 {
		return plan{p.steps(nsPerBatch/perStep, remaining), 1}
	}
	p.batches++
	faster, slower, nsOfSlower := 0, 1, nsPerProbeOfSeveral
	if p.cost[1] < p.cost[0] {
		faster, slower, nsOfSlower = 1, 0, nsPerProbe
	}
	chosen, ns := faster, nsPerBatch
	if p.due() {
		chosen, ns = slower, nsOfSlower
	}
	if p.always || chosen == 1 {
		return plan{p.steps(ns/perStep, remaining), workers}
	}
	return plan{p.steps(ns/perStep, remaining), 1}
}

// due tells whether it is time to try the slower choice: in batch 1, 4, 16, 64 and every 64th from then on. Batch 1 has all
// workers and batch 2 has one, because their costs are not known yet.
func (p *planner) due() bool {
	powerOf4 := p.batches&(p.batches-1) == 0 && p.batches&0x5555555555555555 != 0
	return powerOf4 || p.batches%probeEvery == 0
}

// steps is about as many as wanted, in whole windows.
func (p *planner) steps(wanted float64, remaining int) int {
	windows := 1 + min(int(wanted), stepsPerBatch)/p.window
	return min(remaining, windows*p.window)
}

// learn takes note of what a batch took.
func (p *planner) learn(done plan, spikes int, took time.Duration) {
	p.spikes = float64(spikes) / float64(done.steps)
	cost := &p.cost[min(done.workers-1, 1)]
	now := float64(took.Nanoseconds()) / (float64(done.steps) * (p.update + p.spike*p.spikes))
	if *cost == 0 || now < *cost {
		*cost = now // what was once as quick was not disturbed
	}
	*cost += (now - *cost) / 4
}

// What work costs, in ns, on a processor of 2024. Who does it depends on this,
// and nothing else.
const (
	nsPerNeuron   = 0.2   // a neuron's update, without a program
	nsPerCode     = 0.02  // an instruction of a program, interpreted
	nsPerNative   = 0.007 // and as machine code
	nsPerNormal   = 1     // a standard normal number
	nsPerEvent    = 0.5   // a spike at one target
	nsPerDrawn    = 2     // a spike at one target whose synapse is drawn again
	nsPerPlastic  = 5     // a spike at one target whose weight changes
	nsPerFactor   = 10    // a spike's factor, of a projection with short-term plasticity
	nsPerDense    = 0.04  // a spike at one neuron of a dense projection, be it a target or not
	typicalFiring = 0.001 // spikes of a neuron in a step
)

// nsPerUpdate is what the step of a neuron takes.
func nsPerUpdate(p *dynamics.Population, k *kernels) float64 {
	if p.Cell == nil {
		return nsPerNeuron
	}
	perCode := nsPerCode
	if k.native {
		perCode = nsPerNative
	}
	return perCode*float64(len(p.Cell.Program.Code)) + nsPerNormal*float64(p.Cell.Program.Normals)
}

// worthwhile is the most workers that can be of use to a network that fires at a typical rate. More shares than that would
// cost something, and one worker would have them all.
func worthwhile(m *dynamics.Model, c *connectome.Connectome, k *kernels) int {
	return max(1, int(min(nsPerWindow(m, c, k)/nsPerWorker, math.MaxInt32)))
}

// EstimateWindow is about how long a window takes one thread, of a network that fires at a typical rate.
func EstimateWindow(m *dynamics.Model, c *connectome.Connectome) time.Duration {
	return time.Duration(min(nsPerWindow(m, c, best()), math.MaxInt64/4))
}

func nsPerWindow(m *dynamics.Model, c *connectome.Connectome, k *kernels) float64 {
	perStep := 0.0
	for i := range m.Populations {
		perStep += nsPerUpdate(&m.Populations[i], k) * float64(m.Populations[i].Size)
	}
	for i := range c.Projections {
		p := &c.Projections[i]
		perStep += typicalFiring * float64(m.Populations[p.From].Size) * nsPerSpike(c, i, m, k)
	}
	return perStep * float64(m.MinDelay)
}

// nsPerSpike is what it takes to deliver a spike along projection i.
func nsPerSpike(c *connectome.Connectome, i int, m *dynamics.Model, k *kernels) float64 {
	p := &c.Projections[i]
	if dense(c, i, m, k) {
		return nsPerDense * float64(m.Populations[p.To].Size)
	}
	perEvent, perSpike := nsPerEvent, 0.0
	switch {
	case p.Redrawn != nil:
		perEvent = nsPerDrawn
	case m.Projections[i].Plasticity != nil:
		perEvent = nsPerPlastic
	}
	if m.Projections[i].ShortTerm != nil {
		perSpike = nsPerFactor
	}
	return perSpike + perEvent*float64(p.Synapses())/float64(m.Populations[p.From].Size)
}

// tileCosts estimates the work for a tile of each population [ns per step], its
// update and its synapses at a typical rate of firing.
func tileCosts(populations []population, c *connectome.Connectome, m *dynamics.Model, k *kernels) []float64 {
	cost := make([]float64, len(populations))
	for i := range cost {
		cost[i] = lanes * nsPerUpdate(populations[i].Population, k)
	}
	for i := range c.Projections {
		p := &c.Projections[i]
		spikes := typicalFiring * float64(populations[p.From].Size)
		cost[p.To] += spikes * nsPerSpike(c, i, m, k) / float64(populations[p.To].tiles)
	}
	return cost
}
