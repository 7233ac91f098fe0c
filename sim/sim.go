// Package sim runs an engine through model time and hands what it produces to
// recorders. Its one invariant: every recorder sees every spike once, sorted by
// step and then neuron, and recording never changes what an engine computes.
package sim

import "context"

// A Spike is one threshold crossing: the step in which it was detected (the
// time step*dt) and the global id of the neuron.
type Spike struct {
	Step   uint32
	Neuron uint32
}

// A Variable names a state variable of a neuron.
type Variable int

// V is the membrane potential in mV, absolute (E_L included).
const V Variable = -1

// Current is the synaptic current of receptor r of a population, in mV (R*I).
// Receptors are numbered as in dynamics.Population.
func Current(r int) Variable { return Variable(r) }

// ModelState is state k, but V, of a population whose neurons are written as equations, in its own unit. States are numbered as in
// network.NeuronModel.
func ModelState(k int) Variable { return Variable(-2 - k) }

// modelState is the number of such a state, negative of other variables.
func (v Variable) modelState() int { return -2 - int(v) }

// An Engine advances one network. All engines produce the same spikes and the
// same state, bit for bit. An Engine is not safe for concurrent use.
type Engine interface {
	// Advance simulates a number of further steps. Cancelling ctx stops it early
	// at a step of its choice, with ctx's error; Step then tells which, as it does with
	// every other error, after which the engine goes no further.
	Advance(ctx context.Context, steps int) error
	// Step is the number of steps simulated so far.
	Step() int64
	// Spikes appends the spikes since the last call, sorted by step and then
	// neuron. None is ever dropped. With an error they are those up to Step.
	Spikes(dst []Spike) ([]Spike, error)
	// Read copies a state variable of consecutive neurons of a population, from
	// index first on, as it is at the present step.
	Read(v Variable, population, first int, dst []float32) error
	// Gather copies a state variable of neurons of a population, by their indices in it, in any order.
	Gather(v Variable, population int, neurons []int, dst []float32) error
	// Close frees what the engine holds.
	Close() error
}

// A Follower is an Engine that notes the state of a few neurons while it advances, so that it need not stop after each step for
// them to be read.
type Follower interface {
	Engine
	// Follow makes Advance note those variables after each of its steps, from now on.
	Follow(list []Followed) error
	// Followed is what the last Advance noted, [steps][list], as Read would have it; valid until the next.
	Followed() []float32
}

// Followed is a variable of one neuron, by its index in the population.
type Followed struct {
	Variable           Variable
	Population, Neuron int
}

// A Receiver is an Engine of a part of a network, which dynamics.Model.Part makes: it is told when relays fire.
type Receiver interface {
	Engine
	// Receive hands over all spikes of relays in the steps behind those received before, up to step, which Advance has ended at. It is called
	// before the smallest delay is over behind the first of these steps. Spikes are sorted by step and then neuron; the engine's own Spikes are without them.
	Receive(step int64, spikes []Spike) error
}
