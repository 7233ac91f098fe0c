// Package network says what a model is: populations of neurons, the
// projections between them, their inputs and units. It is pure data and
// imports nothing of einet. Its one invariant: a *Network that Load returned,
// or that Validate accepted, can be built and simulated by every engine.
package network

import "math"

// A Network is a complete description of what is simulated. Times are in ms,
// potentials, weights and inputs in mV (currents as R*I), probabilities in
// [0, 1].
type Network struct {
	Name        string       // short name, the preset's or the file's
	Description string       // what the network shows, free text
	Source      string       // the paper it comes from, free text
	Dt          float64      // width of the time grid [ms]
	Seed        uint32       // of every random draw; --seed
	Trial       uint32       // other initial state and noise on the same connectome; --trial
	Duration    float64      // model time of a run when none is asked for [ms]
	Scale       Scaling      // what --scale changes besides the sizes
	Populations []Population // in file order, which is the order of the global neuron ids
	Projections []Projection // in file order, which numbers their random streams and receptors
}

// Scaling holds the exponents with which parameters follow a factor s on all
// sizes: a weight goes with s^Weight, and so on. Each is -1, -0.5, 0, 0.5 or 1.
// Van Vreeswijk & Sompolinsky's balanced scaling at fixed probability is
// Weight -0.5, Input 0.5.
type Scaling struct {
	Weight float64
	Input  float64
	P      float64
}

// A Neuron names a neuron model.
type Neuron string

// LIF is the leaky integrate-and-fire neuron with current-based synapses,
// tau_m dV/dt = -(V - E_L) + I.
const LIF Neuron = "lif"

// A Population is a number of neurons with common parameters.
type Population struct {
	Name   string
	Size   int     // neurons, at least 1
	Neuron Neuron  // the model; lif
	TauM   float64 // membrane time constant tau_m [ms]
	EL     float64 // leak potential E_L [mV]
	VTh    float64 // threshold V_th [mV]
	VReset float64 // reset potential V_reset [mV], below V_th
	TRef   float64 // refractory period t_ref [ms], a multiple of dt
	V0     Dist    // membrane potential at step 0 [mV]
	Input  Input   // external input R*I [mV]
}

// A DistKind names a distribution.
type DistKind string

// The distributions: Constant is A; Uniform is on [A, B).
const (
	Constant DistKind = "constant"
	Uniform  DistKind = "uniform"
)

// A Dist is a number or a distribution of numbers.
type Dist struct {
	Kind DistKind
	A, B float64
}

// A Rule names the way a projection chooses its synapses.
type Rule string

// FixedProbability connects each ordered pair (source, target), a neuron with
// itself included, independently with probability P.
const FixedProbability Rule = "fixed_probability"

// A Projection is a set of synapses from one population to another (or to
// itself) that share a rule, a weight, a delay and a time constant. The sign of
// the weight says whether it excites.
type Projection struct {
	Name   string
	From   string  // name of the source population
	To     string  // name of the target population
	Rule   Rule    // fixed_probability
	P      float64 // connection probability
	Weight float64 // jump of the synaptic current [mV]; negative inhibits
	Delay  float64 // [ms], a multiple of dt, at least dt
	TauSyn float64 // synaptic time constant tau_syn [ms]
}

// Neurons is the number of neurons of all populations.
func (n *Network) Neurons() int {
	total := 0
	for _, p := range n.Populations {
		total += p.Size
	}
	return total
}

// Population finds a population by name and returns its place in file order,
// or -1.
func (n *Network) Population(name string) int {
	for i, p := range n.Populations {
		if p.Name == name {
			return i
		}
	}
	return -1
}

// Steps is the number of steps of dt in a time [ms]. It is exact, but for the
// rounding of decimal fractions, for the times that Validate accepts.
func (n *Network) Steps(ms float64) int { return int(math.Round(ms / n.Dt)) }
