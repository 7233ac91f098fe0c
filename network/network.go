// Package network says what a model is: populations of neurons, the
// projections between them, their inputs and units. It is pure data with its checks: package
// language reads and writes it. Its one invariant: a *Network that Validate accepts can be
// built and simulated by every engine.
package network

import (
	"math"
	"slices"
)

// A Network is a complete description of what is simulated. Times are in ms,
// potentials, weights and inputs in mV (currents as R*I), probabilities in
// [0, 1].
type Network struct {
	Name        string        // short name, the preset's or the file's
	Description string        // what the network shows, free text
	Source      string        // the paper it comes from, free text
	Dt          float64       // width of the time grid [ms]
	Seed        uint32        // of every random draw; --seed
	Trial       uint32        // other initial state and noise on the same connectome; --trial
	Duration    float64       // model time of a run when none is asked for [ms]
	Scale       Scaling       // what --scale changes besides the sizes
	Models      []NeuronModel // neuron models as equations that populations may have, with the parameters that hold if these say nothing
	Populations []Population  // in file order, which is the order of the global neuron ids
	Groups      []Group       // named parts of populations, those of one population side by side
	Projections []Projection  // in file order, which numbers their random streams and receptors
	Record      Record
	SONATA      SONATA
}

// Scaling holds the exponents with which parameters follow a factor s on all
// sizes: a weight goes with s^Weight, and so on. Each is -1, -0.5, 0, 0.5 or 1.
// Van Vreeswijk & Sompolinsky's balanced scaling at fixed probability is
// Weight -0.5, Input 0.5.
type Scaling struct {
	Weight float64 // of weights, those of Poisson inputs too
	Input  float64 // of inputs
	P      float64 // of connection probabilities

	Indegree    float64 // of N of FixedInDegree and FixedOutDegree; FixedTotalNumber goes with s^(1 + Indegree)
	PoissonRate float64 // of the rates of Poisson inputs

	// Rule FixedInDegree makes projections of FixedProbability at any scale but 1
	// into ones of round(p N_pre) synapses a target, before scaling. Empty: none.
	Rule Rule
	// Rates, where there are some, are those at which the mean input of each
	// population is kept by a constant input more.
	Rates []Rate
}

// A Rate is what a population does.
type Rate struct {
	Population string
	Hz         float64
}

// A Neuron names what the neurons of a population are.
type Neuron string

// The neuron models, and the sources, which have no membrane potential.
const (
	// LIF is leaky integrate-and-fire with current-based synapses,
	// tau_m dV/dt = -(V - E_L) + R I. Weights and currents are R*I in mV or,
	// with C_m, in pA.
	LIF Neuron = "lif"
	// LIFCond has conductance-based synapses,
	// C_m dV/dt = -g_L (V - E_L) - sum g (V - E) + I. Weights are in nS,
	// negative for those with the reversal potential E_in; currents in pA.
	LIFCond Neuron = "lif_cond"
	// Poisson fires at random with a given rate.
	Poisson Neuron = "poisson"
	// SpikeSource fires at given times.
	SpikeSource Neuron = "spikes"
)

// Kinds are the models and sources, and Shapes those of synapses, in the order in which they are told.
var (
	Kinds = []string{string(LIF), string(LIFCond), string(Poisson), string(SpikeSource)}
)

// IsSource tells whether the neurons have no membrane potential and no input.
func (n Neuron) IsSource() bool { return n == Poisson || n == SpikeSource }

// A Population is a number of neurons with common parameters. Of a source only
// Name, Size, Neuron and either Rate or Spikes mean something.
type Population struct {
	Name   string
	Size   int          // neurons, at least 1
	Neuron Neuron       // the model
	Model  *NeuronModel // its equations and this population's parameters, where the model is none of Kinds; else nil

	Positions Positions // where the neurons are

	TauM   float64 // membrane time constant tau_m [ms]; of LIFCond 0, for it is C_m/g_L
	CM     float64 // capacitance C_m [pF]; of LIF 0 where weights and currents are in mV
	GL     float64 // leak conductance g_L [nS] of LIFCond
	EL     float64 // leak potential E_L [mV]
	EEx    float64 // reversal potential E_ex of excitatory synapses [mV] of LIFCond
	EIn    float64 // and E_in of inhibitory ones [mV]
	VTh    Dist    // threshold V_th [mV], the same for all or drawn per neuron
	VReset float64 // reset potential V_reset [mV], below V_th
	TRef   float64 // refractory period t_ref [ms], a multiple of dt
	V0     Dist    // membrane potential at step 0 [mV]

	// Synaptic state g at step 0, of all receptors of one sign [mV, pA or nS];
	// of current-based inhibition negative.
	G0Ex, G0In Dist

	Input        Input          // external input [mV or pA]
	Bias         Dist           // a constant input more, drawn per neuron [mV or pA]
	PoissonInput []PoissonInput // at most 16
	WhiteNoise   float64        // standard deviation that it gives the free membrane potential [mV]; 0 is none
	OUNoise      OUNoise

	Rate   Input      // of a Poisson source [Hz]
	Spikes SpikeTrain // of a SpikeSource

	Nodes Nodes
}

// A PoissonInput is Poisson spikes that every neuron of a population receives
// independently, through synapses of its own.
type PoissonInput struct {
	Rate     float64 // [Hz]
	Weight   float64 // as of a projection; negative inhibits
	Synapse  Synapse
	TauSyn   float64 // [ms]; 0 of a Delta
	TauRise  float64 // [ms]; of a Biexponential
	Receptor string  // as of a projection
}

// An OUNoise is an Ornstein-Uhlenbeck current, stationary from the start. The zero
// OUNoise is none.
type OUNoise struct {
	SD  float64 // standard deviation [mV or pA]
	Tau float64 // correlation time [ms]
}

// A SpikeTrain is what the neurons of a SpikeSource do, in any order.
type SpikeTrain struct {
	File   File         // where it was read; the zero File if it stands in the description
	As     SpikeReading // how the file was read
	Early  string       // what is done with spikes in front of the first step: empty refuses them, DropEarly or FirstEarly
	Times  []float64    // [ms], rounded to the nearest step
	Neuron []int        // as many as Times; indices in the population

	Unstated bool // the file does not state the unit of its times, nor does As
	SONATA   bool // they are those that the network's SONATA gives its nodes
}

// A SpikeReading says of a file of spikes what it doesn't say itself.
type SpikeReading struct {
	Columns    []string // names of its columns, in place of its own
	Population string   // which of its populations; empty for that of the source's name, or the only one
	FirstID    *int64   // the number that it gives to the first neuron; nil for what its kind has
	TimeUnit   string   // ms, s, us or steps, where it states none; empty for ms
}

// Step is that in which spike i happens; there is none for one in front of the first step that is left out.
func (s *SpikeTrain) Step(i int, dt float64) (step int, ok bool) {
	step = int(math.Round(s.Times[i] / dt))
	if step < 1 && s.Early == FirstEarly {
		return 1, true
	}
	return step, step >= 1
}

// A File is what a description names instead of holding it.
type File struct {
	Path   string // as it was found: absolute, or relative to where einet ran
	SHA256 string // of its bytes, in hexadecimal
}

// A DistKind names a distribution.
type DistKind string

// The distributions: Constant is A; Uniform is on [A, B); Normal and LogNormal
// have the mean A and the standard deviation B, and are held to [Low, High]; OfNodes
// is what Nodes has, with these moments and bounds.
const (
	Constant  DistKind = "constant"
	Uniform   DistKind = "uniform"
	Normal    DistKind = "normal"
	LogNormal DistKind = "lognormal"
	OfNodes   DistKind = "nodes"
)

// A Dist is a number or a distribution of numbers. The zero Dist is the number
// 0.
type Dist struct {
	Kind      DistKind
	A, B      float64
	Low, High float64 // bounds of Normal and LogNormal, infinite where there are none
	Redraw    bool    // what is beyond a bound is drawn again; else it becomes the bound
	Nodes     *NodeValue
}

// Number is the Dist that is always x.
func Number(x float64) Dist { return Dist{Kind: Constant, A: x} }

// Between is uniform on [a, b).
func Between(a, b float64) Dist { return Dist{Kind: Uniform, A: a, B: b} }

// NormalDist is normal without bounds.
func NormalDist(mean, sd float64) Dist {
	return Dist{Kind: Normal, A: mean, B: sd, Low: math.Inf(-1), High: math.Inf(1)}
}

// IsNumber tells whether all draws are the same, Mean.
func (d Dist) IsNumber() bool {
	switch d.Kind {
	case Uniform:
		return d.A == d.B
	case Normal, LogNormal:
		return d.B == 0
	case OfNodes:
		return d.Low == d.High
	case Constant, "":
	}
	return true
}

// Mean is the number, or the mean of the distribution before it is held to its bounds.
func (d Dist) Mean() float64 {
	switch {
	case d.Kind == Uniform:
		return d.A + (d.B-d.A)/2
	case d.Kind == OfNodes && d.Low == d.High:
		return d.Low
	case (d.Kind == Normal || d.Kind == LogNormal) && d.B == 0:
		return min(max(d.A, d.Low), d.High)
	}
	return d.A
}

// A Projection is a set of synapses from one population to another (or to
// itself) that share a rule, a shape and a time constant. The sign of the (mean)
// weight says whether it excites.
type Projection struct {
	Name       string
	From       string  // name of the source population
	To         string  // name of the target population
	FromGroup  string  // of the source population, or one part of a division as clusters.7; empty: all of it
	ToGroup    string  // likewise of the target population
	Pairs      Pairs   // between two divisions into as many parts: which of their parts are connected
	Rule       Rule    // which decides what of the next four means something
	P          float64 // connection probability, of FixedProbability; where Near falls, that at the distance 0
	N          int     // of synapses, of FixedInDegree, FixedOutDegree and FixedTotalNumber
	Multapses  bool    // whether a pair may have several synapses, of the same three; FixedTotalNumber must
	Near       Kernel  // with which P falls, or by which FixedInDegree and FixedOutDegree choose neurons
	Edges      Edges   // of List
	Autapses   bool    // whether a neuron may have a synapse to itself, of a population with itself
	Weight     Dist    // in the unit of the target's neurons; of a List with weights ignored
	WeightBy   Kernel  // with which Weight, a number, falls
	Delay      Dist    // [ms]; a number is a multiple of dt, at least dt; of a List with delays ignored
	Speed      float64 // with which spikes travel the distance, Delay being the rest [mm/ms]; 0: delays do not go by distance
	Synapse    Synapse // the shape
	TauSyn     float64 // synaptic time constant tau_syn [ms]; 0 of a Delta
	TauRise    float64 // that of the rise, tau_rise [ms]; of a Biexponential
	Receptor   string  // of the target's Model that it goes to; empty: g_ex, g_in or the current, as the weight's sign says
	ShortTerm  ShortTerm
	Plasticity Plasticity
}

// Edges are the synapses of a List, in any order. All slices have one length,
// but for those that are nil.
type Edges struct {
	File           File
	As             EdgeReading // how File was read
	Source, Target []uint32    // indices in the populations
	Weight         []float64   // all of one sign, or nil: Projection.Weight
	Delay          []float64   // [ms], multiples of dt, or nil: Projection.Delay
	SONATA         bool        // they are those of the network's SONATA
}

// An EdgeReading says of a file of synapses what it doesn't say itself.
type EdgeReading struct {
	Columns                  []string // names of its columns, in place of its own
	Population               string   // which of its lists, of an archive or SONATA; empty for that of the projection's name, or the only one
	FirstSource, FirstTarget *int64   // the numbers that it gives to the first neurons; nil for 0
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

// Projection finds a projection by name and returns its place in file order,
// or -1.
func (n *Network) Projection(name string) int {
	return slices.IndexFunc(n.Projections, func(p Projection) bool { return p.Name == name })
}

// Steps is the number of steps of dt in a time [ms]. It is exact, but for the
// rounding of decimal fractions, for the times that Validate accepts.
func (n *Network) Steps(ms float64) int { return int(math.Round(ms / n.Dt)) }

// Inhibits says whether a population's synapses are inhibitory: any projection
// of it, since Dale's law is the network's own affair.
func (n *Network) Inhibits(population string) bool {
	for i := range n.Projections {
		if p := &n.Projections[i]; p.From == population && !p.Excitatory() {
			return true
		}
	}
	return false
}

// GetsDelta tells whether population i receives spikes through delta synapses.
func (n *Network) GetsDelta(i int) bool {
	p := &n.Populations[i]
	return slices.ContainsFunc(n.Received(i), func(in Received) bool { return in.Synapse == Delta }) ||
		slices.ContainsFunc(n.Projections, func(q Projection) bool { return q.To == p.Name && q.Synapse == Delta })
}
