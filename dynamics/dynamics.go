// Package dynamics turns a network into what an engine computes with:
// propagators, grids, scales, tables, initial states and drives. Its one
// invariant: everything is computed here, once, in float64 and by libm, and
// rounded to float32 or an integer, so that engines only add, multiply and
// compare, and all of them with the same numbers. docs/equations.md is the
// mathematics.
package dynamics

import (
	"errors"
	"math"

	"einet/connectome"
	"einet/network"
	"einet/rng"
)

// A Model is a network as engines see it. Membrane potentials are relative to
// the leak potential E_L.
type Model struct {
	Network     *network.Network
	Populations []Population // in file order
	Projections []Projection // in file order
	MinDelay    int          // smallest delay [steps]; neurons do not influence each other sooner
	MaxDelay    int          // largest delay [steps]

	rounding float64  // WeightRounding
	losses   []string // Losses
	changes  []Change // in the order of their steps
	whole    *Model   // that this is a part of, or nil
}

// A Population holds the coefficients of one population. A source has First,
// Size, Neuron and AtOnce only, and Count or Train.
type Population struct {
	First, Size int // global ids First to First+Size-1
	Neuron      network.Neuron
	Ordinal     int  // its place in file order, which its random streams go by; of a part of a network not its place here
	Offset      int  // how many neurons of the population come before the first, in a part of a network; a multiple of 64
	Relays      bool // it stands for a population's neurons of all ranks, and fires when an engine is told: see Part
	Membrane         // of LIF and LIFCond
	Receptors   []Receptor
	Poisson     []PoissonInput // the draw of an input is its place here
	PoissonKey  rng.Key        // of the counts
	Noise       Noise
	SpikeKey    rng.Key // of a Poisson source
	AtOnce      int     // most spikes of a neuron in a step, 1 of those with a membrane potential
	Cell        *Cell   // nil where the engines' own loops do: of lif with exponential synapses, and of sources

	owned   []owned  // inputs of groups, but for what is the same at all times
	courses []course // of the external input, or of a Poisson source's rate
	steady  bool     // whether the input is the same at all times
	scale   float64  // input to drive
	state   initial
	train   []SourceSpike

	mostMean float64 // spikes of a Poisson source's neuron in a step at the highest rate, on average
}

// A Projection holds the synaptic constants of one projection. A synapse's
// weight is Weights[its code] and its delay Delay + its code; codes are 0 where
// all synapses are alike.
type Projection struct {
	Ordinal  int     // its place in file order; of a part of a network not its place here
	From, To int     // populations
	Receptor int     // of the target population
	Weights  []int32 // by code, in units of the receptor's Scale; one where all are the same
	Delay    int     // smallest [steps]
	MaxDelay int     // largest [steps]

	ShortTerm  *ShortTerm  // nil: weights are what they are
	Plasticity *Plasticity // nil: weights stay what they are; else Weights is what they are at the start
	MaxWeight  int32       // of Plasticity: w_max, in units of the receptor's Scale
}

// Weight is the weight of all synapses of a projection that has one.
func (p *Projection) Weight() int32 { return p.Weights[0] }

// Packed tells whether synapses have weights or delays of their own.
func (p *Projection) Packed() bool { return len(p.Weights) > 1 || p.MaxDelay > p.Delay }

// New computes the model of a valid network. It fails where a coefficient
// leaves the range in which arithmetic is exact on every machine, and names
// what to change.
func New(net *network.Network) (*Model, error) {
	m := &Model{Network: net, MinDelay: math.MaxInt, MaxDelay: 1}
	first := 0
	for i := range net.Populations {
		m.Populations = append(m.Populations, newPopulation(net, i, first))
		first += net.Populations[i].Size
	}
	codes := make([]connectome.Codes, len(net.Projections))
	for i := range net.Projections {
		codes[i] = connectome.NewCodes(net, i)
		m.addProjection(&net.Projections[i], &codes[i])
	}
	if len(m.Projections) == 0 {
		m.MinDelay = 1
	}
	errs := []error{m.fixScales(codes)}
	for i := range m.Populations {
		if model := net.Populations[i].Model; model != nil {
			m.Populations[i].Cell = newModelCell(&m.Populations[i], model, net.Dt)
		} else {
			m.Populations[i].Cell = newCell(&m.Populations[i])
		}
		errs = append(errs, m.Populations[i].check(&net.Populations[i]))
	}
	return m, errors.Join(errs...)
}

func newPopulation(net *network.Network, i, first int) Population {
	p := &net.Populations[i]
	key := func(purpose rng.Purpose) rng.Key {
		return rng.Key{Seed: net.Seed, Stream: rng.Stream(purpose, uint32(i), net.Trial)}
	}
	q := Population{Ordinal: i, First: first, Size: p.Size, Neuron: p.Neuron, steady: true, AtOnce: 1}
	switch p.Neuron {
	case network.Poisson:
		q.SpikeKey = key(rng.PoissonSpikes)
		q.courses = newInput(p.Rate, net.Dt)
		_, q.steady = p.Rate.Constant()
		_, highest := p.Rate.Bounds()
		q.mostMean = countMean(highest, net.Dt)
		q.AtOnce = rng.MostPoisson(q.mostMean)
		return q
	case network.SpikeSource:
		q.train = newTrain(&p.Spikes, net.Dt)
		q.AtOnce = mostAtOnce(q.train)
		return q
	}
	if p.Model != nil {
		q.Membrane, q.scale = newModelMembrane(p, net.Dt), 1
	} else {
		q.Membrane, q.scale = newMembrane(p, net.Dt)
	}
	q.courses = newInput(p.Input, net.Dt)
	_, q.steady = p.Input.Constant()
	q.Noise = newNoise(net, i, &q.Membrane)
	q.Noise.Key = key(rng.Noise)
	q.PoissonKey = key(rng.PoissonInputs)
	q.state = newInitial(net, i)
	q.addGroups(net, i)
	for _, in := range net.Received(i) {
		r := q.receptor(p, synapses{in.Shape(), in.Weight >= 0, in.PoissonInput.Receptor}, net.Dt)
		q.Poisson = append(q.Poisson, PoissonInput{
			Receptor: r, Thresholds: rng.PoissonThresholds(in.Rate * net.Dt / 1000), part: in.Part,
		})
	}
	return q
}

func (m *Model) addProjection(p *network.Projection, codes *connectome.Codes) {
	q := Projection{
		Ordinal: len(m.Projections),
		From:    m.Network.Population(p.From), To: m.Network.Population(p.To),
		Delay: codes.FirstDelay, MaxDelay: codes.FirstDelay + codes.Delays - 1,
	}
	m.MinDelay, m.MaxDelay = min(m.MinDelay, q.Delay), max(m.MaxDelay, q.MaxDelay)
	q.Receptor = m.Populations[q.To].receptor(&m.Network.Populations[q.To], synapses{p.Shape(), p.Excitatory(), p.Receptor}, m.Network.Dt)
	if p.ShortTerm.Is() {
		q.ShortTerm = newShortTerm(&p.ShortTerm, m.Network.Dt)
		q.ShortTerm.Slot = m.nextSlot(q.From)
	}
	if p.Plasticity.Is() {
		q.Plasticity = newPlasticity(&p.Plasticity, codes.Weights, m.Network.Dt)
		for k := range m.Projections {
			if o := &m.Projections[k]; o.Plasticity != nil {
				if o.From == q.From {
					q.Plasticity.SourceSlot++
				}
				if o.To == q.To {
					q.Plasticity.TargetSlot++
				}
			}
		}
	}
	m.Projections = append(m.Projections, q)
}

// steps is a time on the grid; the network has been validated.
func steps(t, dt float64) int { return int(math.Round(t / dt)) }

// StateBytes is about how much memory the state of all neurons takes in an
// engine: potential, clamp, what else a neuron has of its own, and for each receptor
// its state and the input on its way. A number beyond int64 is the largest int64.
func (m *Model) StateBytes() int64 {
	const leastPerNeuron = 20 // the cpu engine's rows of neurons without a receptor
	var n float64
	for i := range m.Populations {
		p := &m.Populations[i]
		if p.Relays {
			continue
		}
		perNeuron := 12.0
		if p.Cell != nil {
			perNeuron = 4 * float64(1+len(p.Cell.Program.States)+len(p.Cell.Program.Owns))
		}
		for _, r := range p.Receptors {
			if p.Cell == nil {
				perNeuron += 4 * float64(r.States())
			}
		}
		n += float64(p.Size) * max(perNeuron, leastPerNeuron)
	}
	if n += m.arrivingBytes(); n >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(n)
}

// ArrivingBytes is the part of StateBytes that input on its way takes, of each step up to the
// largest delay.
func (m *Model) ArrivingBytes() int64 { return int64(min(m.arrivingBytes(), math.MaxInt64/2)) }

func (m *Model) arrivingBytes() float64 {
	n := 0.0
	for i := range m.Populations {
		p := &m.Populations[i]
		n += 4 * float64(len(p.Receptors)) * float64(p.Size) * float64(m.MaxDelay)
	}
	return n
}

// Synapse is what the codes of a synapse of projection k stand for: its weight as engines have
// it, rounded to the receptor's scale, in the unit that the network states it in (inhibitory
// ones negative), and its delay [ms].
func (m *Model) Synapse(k int, weight, delay uint32) (w, delayMs float64) {
	p := &m.Projections[k]
	q := &m.Populations[p.To]
	w = float64(p.Weights[weight]) * float64(q.Receptors[p.Receptor].Scale)
	if q.Conductive(p.Receptor) && !m.Network.Projections[k].Excitatory() {
		w = -w // a conductance
	}
	return w, float64(p.Delay+int(delay)) * m.Network.Dt
}
