package network

import (
	"math"
	"slices"
	"strings"

	"einet/table"
)

// Units that depend on the population.
const (
	UnitOfCurrents = "mV, with C_m pA"
	UnitOfWeights  = "mV, with C_m pA, of lif_cond nS"
	AsWeights      = "as weights"
)

// mappings are all of them. init puts them together, because their checks use them.
var mappings []Mapping

func init() {
	mappings = slices.Concat(general, populations, projections(), []Mapping{ofShortTerm}, ofPlasticity, courses)
}

// general are those of the network itself and of what a run keeps.
var general = []Mapping{
	{Name: "network", About: "A network: a model, its grid of time and what a run keeps.", Keys: []Key{
		{Name: "name", Is: AText, At: at(func(x *Network) *string { return &x.Name }), check: checked((*checker).named),
			About: "short name; the file's, if left out"},
		{Name: "description", Is: AText,
			At: at(func(x *Network) *string { return &x.Description }), check: checked(func(c *checker, path string, n *Network) { c.text(path, n.Description) }),
			About: "what the network shows"},
		{Name: "source", Is: AText,
			At: at(func(x *Network) *string { return &x.Source }), check: checked(func(c *checker, path string, n *Network) { c.text(path, n.Source) }),
			About: "where it comes from"},
		{Name: "sonata", Is: AMapping, Of: "sonata", OmitZero: true, At: at(func(x *Network) *SONATA { return &x.SONATA }),
			About: "the SONATA network from which some of it comes"},
		{Name: "dt", Is: ANumber, Unit: "ms", Bound: timeConstant, Default: 0.1,
			At: at(func(x *Network) *float64 { return &x.Dt }), check: checked((*checker).step),
			About: "step of the time grid, {default} if left out"},
		{Name: "duration", Is: ANumber, Unit: "ms", Bound: aRun, Default: 1000.0, At: at(func(x *Network) *float64 { return &x.Duration }),
			About: "of a run, {default} if left out"},
		{Name: "seed", Is: AWhole, Bound: Bound{Allowed: "must be a whole number from 0 to 4294967295"}, Default: uint32(1),
			At: at(func(x *Network) *uint32 { return &x.Seed }), About: "of every random draw, 0 to 4294967295; {default} if left out"},
		{Name: "trial", Is: AWhole, Bound: Bound{Allowed: "must be a whole number from 0 to 16383", holds: func(x float64) bool { return x <= maxTrial }},
			At: at(func(x *Network) *uint32 { return &x.Trial }), About: "other initial values and noise on the same synapses, 0 to 16383"},
		{Name: "constants", Is: Numbers, About: "numbers and expressions that others may use by name"},
		{Name: "scale", Is: AMapping, Of: "scale", At: at(func(x *Network) *Scaling { return &x.Scale }),
			About: "what --scale changes besides the sizes"},
		{Name: "record", Is: AMapping, Of: "record", At: at(func(x *Network) *Record { return &x.Record }),
			About: "what a run keeps; all spikes, if left out"},
		{Name: "models", Is: AMap, Of: "model", About: "neuron models as equations, which populations may have as their neuron"},
		{Name: "populations", Is: AMap, Of: "population", About: "the neurons, in the order of their ids", Need: true},
		{Name: "groups", Is: GroupsBy, Of: "group", ReadApart: true, OmitZero: true, At: at(func(x *Network) *[]Group { return &x.Groups }), About: "names for some neurons of a population: NAME of E is then E.NAME"},
		{Name: "projections", Is: AMap, Of: "projection", About: "the synapses between them"},
	}},
	{Name: "sonata", About: "A network in SONATA's files: what populations, projections and values refer to by sonata: true and {nodes: NAME} is in them.", Keys: []Key{
		{Name: "file", Is: AText, At: at(func(x *SONATA) *string { return &x.File.Path }), Need: true,
			About: "its configuration, of a simulation or a circuit; the path is relative to the network's file"},
		{Name: "sha256", Is: AText, OmitZero: true, At: at(func(x *SONATA) *string { return &x.File.SHA256 }),
			About: "checksum that all its files must have together"},
	}},
	{Name: "model", About: "A neuron model as equations.", Keys: []Key{
		{Name: "description", Is: AText, At: at(func(x *NeuronModel) *string { return &x.Description }), check: checked(func(c *checker, path string, m *NeuronModel) { c.text(path, m.Description) }), About: "what it is"},
		{Name: "source", Is: AText, At: at(func(x *NeuronModel) *string { return &x.Source }), check: checked(func(c *checker, path string, m *NeuronModel) { c.text(path, m.Source) }), About: "where it comes from"},
		{Name: "parameters", Is: Quantities, About: "numbers with units, or distributions, that populations may change; t_ref [ms] among them is the refractory period"},
		{Name: "receptors", Is: Names, About: "of synapses that name one of them, NAME: its conductance is g_NAME [nS] in equations"},
		{Name: "definitions", Is: Equations, About: "names for expressions, each of which may have those in front of it"},
		{Name: "state", Is: Starts, Need: true, About: "the variables, V [mV] among them, with what they start from: a number, a distribution or an expression of parameters"},
		{Name: "equations", Is: Equations, Need: true, About: "the derivative of each: V' and so on"},
		{Name: "spike", Is: AnEquation, Need: true, About: "the neuron fires where this becomes true"},
		{Name: "reset", Is: Equations, About: "what the variables become then; those that are not named stay"},
		{Name: "method", Is: AWord, Of: strings.Join(Methods, "|"), Default: Heun, At: at(func(x *NeuronModel) *Method { return &x.Method }), About: "of integration, {default} if left out"},
	}},
	{Name: "group", About: "Some neurons of a population, or a division of it, and what these receive besides. Without that a group may be its neurons alone.", Keys: []Key{
		{Name: "neurons", Is: SomeNeurons, OmitZero: true, At: at(func(x *Group) *Neurons { return &x.Neurons }), About: "which; or from, to and every, or count"},
		{Name: "from", Is: AWhole, About: "the first of a range, 0 if left out"},
		{Name: "to", Is: AWhole, About: "its last, which is of it; the population's last if left out"},
		{Name: "every", Is: AWhole, About: "from one neuron of the range to the next, 1 if left out"},
		{Name: "count", Is: AWhole, OmitZero: true, At: at(func(x *Group) *int { return &x.Count }), About: "of parts into which it divides the population, all of one size or, where that doesn't come out even, one neuron more"},
		{Name: "input", Is: AnInput, Unit: UnitOfCurrents, OmitZero: true, At: at(func(x *Group) *Input { return &x.Input }),
			About: "external input besides the population's: a number, steps and pulses"},
		{Name: "bias", Is: ADist, Unit: UnitOfCurrents, OmitZero: true, At: at(func(x *Group) *Dist { return &x.Bias }), About: "a constant input more, drawn for each neuron"},
		{Name: "poisson", Is: OneOrMore, Of: "poisson", OmitZero: true, At: at(func(x *Group) *[]PoissonInput { return &x.PoissonInput }), About: "Poisson spikes for each neuron independently, besides the population's"},
		{Name: "white_noise", Is: AMapping, Of: "white_noise", OmitZero: true, At: whole, About: "Gaussian white noise besides the population's"},
		{Name: "ou_noise", Is: AMapping, Of: "ou_noise", OmitZero: true, At: at(func(x *Group) *OUNoise { return &x.OUNoise }), About: "an Ornstein-Uhlenbeck current besides the population's, of the same tau"},
	}},
	{Name: "pairs", About: "What a projection between two divisions has of its own for some pairs of their parts.", Keys: ofPairs},
	{Name: "scale", About: "With a factor s on all sizes, what stands here goes with s to that power: -1, -0.5, 0, 0.5 or 1; 0 if left out.", Keys: []Key{
		{Name: "weight", Is: AnExponent, Bound: exponent, At: at(func(x *Scaling) *float64 { return &x.Weight }),
			About: "of weights, those of Poisson inputs too"},
		{Name: "input", Is: AnExponent, Bound: exponent, At: at(func(x *Scaling) *float64 { return &x.Input }), About: "of inputs"},
		{Name: "p", Is: AnExponent, Bound: exponent, At: at(func(x *Scaling) *float64 { return &x.P }), About: "of connection probabilities"},
		{Name: "indegree", Is: AnExponent, Bound: exponent, At: at(func(x *Scaling) *float64 { return &x.Indegree }),
			About: "of indegree and outdegree; synapses go with s times this"},
		{Name: "poisson_rate", Is: AnExponent, Bound: exponent, At: at(func(x *Scaling) *float64 { return &x.PoissonRate }),
			About: "of the rates of Poisson inputs"},
		{Name: "rule", Is: AWord, Of: "fixed_indegree", Bound: Bound{Allowed: mustScaleRule}, OmitZero: true,
			At: at(func(x *Scaling) *Rule { return &x.Rule }), check: checked((*checker).scaleRule),
			About: "at any factor but 1, fixed_probability becomes this, with p N_pre synapses a target"},
		{Name: "rates", Is: Numbers, Unit: "Hz", Bound: Bound{Allowed: mustRate}, OmitZero: true,
			At:    at(func(x *Scaling) *[]Rate { return &x.Rates }),
			About: "rate of each population, at which the mean input is kept by a constant input more"},
	}},
	{Name: "record", About: "What a run keeps besides its statistics.", Keys: []Key{
		{Name: "spikes", Is: NeuronsBy, At: at(func(x *Record) *[]RecordNeurons { return &x.Spikes }),
			About: "all, none, or of each population that is named those of some neurons"},
		{Name: "state", Is: AMap, Of: "state", OmitZero: true, At: at(func(x *Record) *[]RecordState { return &x.State }),
			About: "of each population that is named, the state of some neurons"},
		{Name: "histograms", Is: AMap, Of: "histograms", OmitZero: true, At: at(func(x *Record) *[]RecordHistogram { return &x.Counted }),
			About: "of each population that is named, how variables are distributed over its neurons"},
		{Name: "averages", Is: NumberOr, Of: "averages", Unit: "ms", Bound: Bound{Allowed: MustTime + ", or {every, neurons, variables}"}, OmitZero: true,
			At:    at(func(x *Record) *RecordAverages { return &x.Averages }),
			About: "from one average over each population to the next; none if left out"},
		{Name: "triggered", Is: AMap, Of: "triggered", OmitZero: true, At: at(func(x *Record) *[]RecordTriggered { return &x.Triggered }),
			About: "of each population that is named, averages of the state of neurons around their spikes"},
		{Name: "short_term", Is: AMap, Of: "sources", OmitZero: true, At: at(func(x *Record) *[]RecordShortTerm { return &x.ShortTerm }),
			About: "of each projection that is named, u and x of some of its sources"},
		{Name: "weights", Is: AMap, Of: "synapses", OmitZero: true, At: at(func(x *Record) *[]RecordWeights { return &x.Weights }),
			About: "of each projection that is named, the weights of some of its synapses"},
	}},
	{Name: "triggered", About: "Averages of the state around spikes.", Keys: []Key{
		{Name: "neurons", Is: SomeNeurons, At: at(func(x *RecordTriggered) *Neurons { return &x.Neurons }),
			About: "of which neurons, each around its own spikes", Need: true},
		{Name: "before", Is: ANumber, Unit: "ms", Bound: aTime, At: at(func(x *RecordTriggered) *float64 { return &x.Before }),
			About: "from the first lag to the spike, a multiple of every", Need: true},
		{Name: "after", Is: ANumber, Unit: "ms", Bound: aTime, At: at(func(x *RecordTriggered) *float64 { return &x.After }),
			About: "from the spike to the last lag, a multiple of every", Need: true},
		{Name: "every", Is: ANumber, Unit: "ms", Bound: aDuration, At: at(func(x *RecordTriggered) *float64 { return &x.Every }),
			About: "from one lag to the next, a multiple of dt", Need: true},
		{Name: "variables", Is: SomeOf, Of: strings.Join(StateVariables, "|"), OmitZero: true,
			At: at(func(x *RecordTriggered) *[]string { return &x.Variables }), About: "as of state; all if left out"},
	}},
	{Name: "sources", About: "How u and x of a projection with short_term are kept.", Keys: []Key{
		{Name: "neurons", Is: SomeNeurons, At: at(func(x *RecordShortTerm) *Neurons { return &x.Neurons }), About: "of which sources", Need: true},
		{Name: "every", Is: ANumber, Unit: "ms", Bound: aDuration, At: at(func(x *RecordShortTerm) *float64 { return &x.Every }),
			About: "from one sample to the next, a multiple of dt", Need: true},
	}},
	{Name: "synapses", About: "How weights of a projection with plasticity are kept.", Keys: []Key{
		{Name: "every", Is: ANumber, Unit: "ms", Bound: aDuration, At: at(func(x *RecordWeights) *float64 { return &x.Every }),
			About: "from one sample to the next, a multiple of dt", Need: true},
		{Name: "synapses", Is: AWhole, Default: 1000, Bound: Bound{Allowed: "must be a whole number of synapses, 1 to 1000000", holds: func(x float64) bool { return x >= 1 && x <= 1e6 }},
			At: at(func(x *RecordWeights) *int { return &x.Synapses }), About: "of how many, evenly spread over all; {default} if left out, and all where there are fewer"},
	}},
	{Name: "neurons", About: "Some neurons of a population, counted from 0.", Keys: []Key{
		{Name: "from", Is: AWhole, About: "the first of a range, 0 if left out"},
		{Name: "to", Is: AWhole, About: "its last, which is of it; the population's last if left out"},
		{Name: "every", Is: AWhole, About: "from one neuron of the range to the next, 1 if left out"},
		{Name: "sample", Is: AWhole, About: "so many drawn at random by the network's seed, in place of a range"},
	}},
	{Name: "state", About: "How the state of a population is kept.", Keys: []Key{
		{Name: "neurons", Is: SomeNeurons, At: at(func(x *RecordState) *Neurons { return &x.Neurons }), About: "of which neurons", Need: true},
		{Name: "every", Is: ANumber, Unit: "ms", Bound: aDuration, At: at(func(x *RecordState) *float64 { return &x.Every }),
			About: "from one sample to the next, a multiple of dt", Need: true},
		{Name: "variables", Is: SomeOf, Of: strings.Join(StateVariables, "|"), OmitZero: true,
			At:    at(func(x *RecordState) *[]string { return &x.Variables }),
			About: "a list of some of V, exc, inh, ext, net (as below), g, the state of each receptor, and the other states of a model, by name; all if left out"},
	}},
	{Name: "histograms", About: "The histograms of a population.", Keys: []Key{
		{Name: "V", Is: AMapping, Of: "histogram", About: "of the membrane potential"},
		{Name: "exc", Is: AMapping, Of: "histogram", About: "of the excitatory synaptic input R*I [mV]"},
		{Name: "inh", Is: AMapping, Of: "histogram", About: "of the inhibitory synaptic input"},
		{Name: "ext", Is: AMapping, Of: "histogram", About: "of the external input"},
		{Name: "net", Is: AMapping, Of: "histogram", About: "of the sum of all three"},
	}},
	{Name: "histogram", About: "How a variable is counted.", Keys: []Key{
		{Name: "low", Is: ANumber, Unit: "mV", Bound: Bound{Allowed: MustNumber}, At: at(func(x *RecordHistogram) *float64 { return &x.Low }),
			About: "lower end of the first bin", Need: true},
		{Name: "high", Is: ANumber, Unit: "mV", Bound: Bound{Allowed: MustNumber},
			At: at(func(x *RecordHistogram) *float64 { return &x.High }), check: checked((*checker).highEnd),
			About: "upper end of the last, above low", Need: true},
		{Name: "bins", Is: AWhole, Bound: Bound{Allowed: "must be a whole number of bins, 1 to 10000", holds: func(x float64) bool { return x >= 1 && x <= maxBins }},
			At:    at(func(x *RecordHistogram) *int { return &x.Bins }),
			About: "how many, all equally wide; what lies beyond them is counted apart", Need: true},
		{Name: "every", Is: ANumber, Unit: "ms", Bound: aDuration, At: at(func(x *RecordHistogram) *float64 { return &x.Every }),
			About: "from one histogram to the next, a multiple of dt", Need: true},
		{Name: "neurons", Is: SomeNeurons, OmitZero: true, At: at(func(x *RecordHistogram) **Neurons { return &x.Neurons }),
			About: "over which neurons; all if left out"},
	}},
	{Name: "averages", About: "Averages over populations.", Keys: []Key{
		{Name: "every", Is: ANumber, Unit: "ms", Bound: aDuration, At: at(func(x *RecordAverages) *float64 { return &x.Every }),
			About: "from one average to the next, a multiple of dt", Need: true},
		{Name: "neurons", Is: NeuronsOf, OmitZero: true, At: at(func(x *RecordAverages) *[]RecordNeurons { return &x.Neurons }),
			About: "of each population that is named, over which neurons, and of no other; over all of all if left out"},
		{Name: "variables", Is: SomeOf, Of: strings.Join(AverageVariables, "|"), OmitZero: true,
			At:    at(func(x *RecordAverages) *[]string { return &x.Variables }),
			About: "a list of some of rate, V, exc, inh, ext, net, g and the other states of models; all if left out"},
	}},
}

// Keys of spaces.
var (
	aPlace   = Bound{Allowed: MustSize}
	extent   = Key{Name: "extent", Is: AList, Unit: "mm", Bound: Bound{Allowed: mustExtent}, At: at(func(x *Positions) *[]float64 { return &x.Extent }), About: "lengths along x, y and z: as many as there are dimensions", Need: true}
	periodic = Key{Name: "periodic", Is: ABool, OmitZero: true, At: at(func(x *Positions) *bool { return &x.Periodic }), About: "whether opposite edges are neighbours, as of a torus; false if left out"}
)

// kernelKeys are those of a function of distance.
func kernelKeys(size, about string) []Key {
	return []Key{
		{Name: size, Is: ANumber, Unit: "mm", Bound: Bound{Allowed: mustLength}, About: about, Need: true},
		{Name: "peak", Is: ANumber, About: "value at the distance 0: of p a probability, of a weight in its unit; none of near"},
	}
}

// membrane is what all neurons with a membrane potential have.
var membrane = []Key{
	{Name: "E_L", Is: ANumber, Unit: "mV", Bound: anyNumber, At: at(func(p *Population) *float64 { return &p.EL }),
		About: "leak potential, 0 if left out"},
	{Name: "V_th", Is: ADist, Unit: "mV", At: at(func(p *Population) *Dist { return &p.VTh }), About: "threshold", Need: true},
	{Name: "V_reset", Is: ANumber, Unit: "mV", Bound: anyNumber,
		At: at(func(p *Population) *float64 { return &p.VReset }), check: checked((*checker).reset),
		About: "reset potential, below V_th", Need: true},
	{Name: "t_ref", Is: ANumber, Unit: "ms", Bound: aTime, At: at(func(p *Population) *float64 { return &p.TRef }),
		About: "refractory period, a multiple of dt; 0 if left out"},
	{Name: "V0", Is: ADist, Unit: "mV", Default: atRest, At: at(func(p *Population) *Dist { return &p.V0 }),
		About: "potential at the start, E_L if left out"},
	{Name: "g0", Is: AMapping, Of: "g0", OmitZero: true, At: whole, About: "synaptic state at the start"},
	{Name: "input", Is: AnInput, Unit: UnitOfCurrents, At: at(func(p *Population) *Input { return &p.Input }),
		About: "external input, 0 if left out"},
	{Name: "bias", Is: ADist, Unit: UnitOfCurrents, OmitZero: true, At: at(func(p *Population) *Dist { return &p.Bias }),
		About: "a constant input more, drawn for each neuron"},
	{Name: "poisson", Is: OneOrMore, Of: "poisson", OmitZero: true,
		At: at(func(p *Population) *[]PoissonInput { return &p.PoissonInput }), check: checked(func(c *checker, path string, p *Population) { c.poisson(path, p.PoissonInput, p) }),
		About: "Poisson spikes for each neuron independently"},
	{Name: "white_noise", Is: AMapping, Of: "white_noise", OmitZero: true, At: whole, About: "Gaussian white noise"},
	{Name: "ou_noise", Is: AMapping, Of: "ou_noise", OmitZero: true, At: at(func(p *Population) *OUNoise { return &p.OUNoise }),
		About: "an Ornstein-Uhlenbeck current"},
}

func cells(model string, own ...Key) []Key {
	first := []Key{
		{Name: "size", Is: AWhole, Bound: Bound{Allowed: MustSize, Missing: MustSize + ", how many neurons there are"},
			At: at(func(p *Population) *int { return &p.Size }), About: "neurons", Need: true},
		{Name: "neuron", Is: AWord, Of: strings.Join(Kinds, "|"), Bound: Bound{Allowed: mustNeuron}, Default: LIF,
			At: at(func(p *Population) *Neuron { return &p.Neuron }), About: "the model: " + model},
		{Name: "positions", Is: AMapping, Of: "positions", Bound: Bound{Allowed: MustPositions}, OmitZero: true,
			At: at(func(p *Population) *Positions { return &p.Positions }), check: checked((*checker).positions),
			About: "where the neurons are; nowhere, if left out"},
	}
	return slices.Concat(first, own)
}

// ofModels are those of populations whose neurons are a model of equations, with keys that they have in common with lif.
func ofModels() []Key {
	keys := []Key{
		{Name: "parameters", Is: Quantities, At: at(func(p *Population) *[]ModelParameter { return &p.Model.Parameters }), ReadApart: true, About: "other values of the model's parameters, or distributions of which each neuron draws its own"},
		{Name: "state", Is: Starts, At: at(func(p *Population) *[]ModelState { return &p.Model.States }), ReadApart: true, About: "what variables start from, in place of what the model says"},
		{Name: "method", Is: AWord, Of: strings.Join(Methods, "|"), At: at(func(p *Population) *Method { return &p.Model.Method }), ReadApart: true, About: "of integration, in place of the model's"},
		{Name: "t_ref", Is: ANumber, Unit: "ms", Bound: aTime, OmitZero: true, ReadApart: true, At: at(func(p *Population) *float64 { return &p.TRef }), About: "refractory period, a multiple of dt; the model's parameter t_ref, if it has one, else 0"},
		{Name: "V0", Is: ADist, Unit: "mV", About: "potential at the start: V of state"},
	}
	for _, k := range membrane {
		if slices.Contains([]string{"g0", "input", "bias", "poisson", "white_noise", "ou_noise"}, k.Name) {
			keys = append(keys, k)
		}
	}
	return keys
}

var populations = []Mapping{
	{Name: "population", By: "neuron", Value: "lif", About: "Leaky integrate-and-fire neurons with current-based synapses.",
		Keys: cells("lif, also if left out", append([]Key{
			{Name: "tau_m", Is: ANumber, Unit: "ms", Bound: timeConstant, At: at(func(p *Population) *float64 { return &p.TauM }),
				About: "membrane time constant", Need: true},
			{Name: "C_m", Is: ANumber, Unit: "pF", Bound: Bound{Allowed: mustPositive, holds: func(x float64) bool { return x >= 0 && x <= MaxMagnitude }}, OmitZero: true,
				At:    at(func(p *Population) *float64 { return &p.CM }),
				About: "capacitance; with it currents and weights are in pA, without it in mV"},
		}, membrane...)...)},
	{Name: "population", By: "neuron", Value: "lif_cond", About: "Leaky integrate-and-fire neurons with conductance-based synapses.",
		Keys: cells("lif_cond", append([]Key{
			{Name: "C_m", Is: ANumber, Unit: "pF", Bound: aboveZero, At: at(func(p *Population) *float64 { return &p.CM }),
				About: "capacitance", Need: true},
			{Name: "g_L", Is: ANumber, Unit: "nS", Bound: aboveZero, At: at(func(p *Population) *float64 { return &p.GL }),
				About: "leak conductance; tau_m is C_m/g_L", Need: true},
			{Name: "E_ex", Is: ANumber, Unit: "mV", Bound: anyNumber, At: at(func(p *Population) *float64 { return &p.EEx }),
				About: "reversal potential of synapses of positive weight", Need: true},
			{Name: "E_in", Is: ANumber, Unit: "mV", Bound: anyNumber, At: at(func(p *Population) *float64 { return &p.EIn }),
				About: "reversal potential of synapses of negative weight", Need: true},
		}, membrane...)...)},
	{Name: "population", By: "neuron", Value: AnyModel, About: "Neurons of a model of equations: of models, or one that einet has.", Keys: cells("a model's name", ofModels()...)},
	{Name: "population", By: "neuron", Value: "poisson", About: "Sources that fire at random; a neuron's spikes reach all its targets.",
		Keys: cells("poisson", []Key{
			{Name: "rate", Is: AnInput, Unit: "Hz", Bound: Bound{Allowed: mustRate},
				At: at(func(p *Population) *Input { return &p.Rate }), check: checked((*checker).rate),
				About: "of each neuron, constant or in time; at most 500 spikes a step", Need: true},
		}...)},
	{Name: "population", By: "neuron", Value: "spikes", About: "Sources that fire at given times.",
		Keys: cells("spikes", []Key{
			{Name: "times", Is: AList, Unit: "ms", ReadApart: true, When: unlessFile,
				At:    at(func(p *Population) *[]float64 { return &p.Spikes.Times }),
				About: "of the spikes, rounded to the nearest step, which several may share; or file"},
			{Name: "neurons", Is: AList, ReadApart: true, When: unlessFile, At: at(func(p *Population) *[]int { return &p.Spikes.Neuron }),
				About: "which fire then, as many, from 0"},
			{Name: "file", Is: AText, ReadApart: true, OmitZero: true, At: at(func(p *Population) *string { return &p.Spikes.File.Path }),
				About: "a file of spikes, its columns by their names or time [ms], neuron; its path is relative to the network's file"},
			{Name: "sha256", Is: AText, ReadApart: true, OmitZero: true, At: at(func(p *Population) *string { return &p.Spikes.File.SHA256 }),
				About: "checksum that the file must have"},
			{Name: "columns", Is: Names, ReadApart: true, OmitZero: true, At: at(func(p *Population) *[]string { return &p.Spikes.As.Columns }),
				About: "names of the file's columns in place of its own; ignore leaves one out"},
			{Name: "population", Is: AText, ReadApart: true, OmitZero: true, At: at(func(p *Population) *string { return &p.Spikes.As.Population }),
				About: "which of the file's populations; that of the same name or the only one, if left out"},
			{Name: "first_id", Is: AWhole, Bound: Bound{Allowed: mustBeFirst}, ReadApart: true, OmitZero: true,
				At:    at(func(p *Population) **int64 { return &p.Spikes.As.FirstID }),
				About: "the number that the file gives to the first neuron; 1 of senders, 0 of others, if left out"},
			{Name: "time_unit", Is: AWord, Of: strings.Join(table.TimeUnits, "|"), ReadApart: true, OmitZero: true,
				At:    at(func(p *Population) *string { return &p.Spikes.As.TimeUnit }),
				About: "of times of the file whose unit it doesn't state; ms if left out"},
			{Name: "early", Is: AWord, Of: strings.Join(EarlySpikes, "|"), ReadApart: true, OmitZero: true,
				At:    at(func(p *Population) *string { return &p.Spikes.Early }),
				About: "drop leaves out spikes in front of the first step, first moves them to it; a fault if left out"},
			{Name: "sonata", Is: ABool, ReadApart: true, OmitZero: true, At: at(func(p *Population) *bool { return &p.Spikes.SONATA }),
				About: "true: the spikes are those that the network's SONATA gives these nodes, and times, neurons and file are left out"},
		}...)},
	{Name: "positions", About: "Where the neurons of a population are: one of these.", Keys: []Key{
		{Name: "grid", Is: AMapping, Of: "grid", At: whole, About: "equally spaced in rows and columns, from edge to edge"},
		{Name: "ring", Is: AMapping, Of: "ring", At: whole, About: "equally spaced on a circle"},
		{Name: "random", Is: AMapping, Of: "random", At: whole, About: "anywhere, drawn by the network's seed"},
	}},
	{Name: "grid", About: "Neurons in rows and columns.", Keys: []Key{
		{Name: "columns", Is: AWhole, Bound: aPlace, At: at(func(x *Positions) *int { return &x.Columns }), About: "places along x", Need: true},
		{Name: "rows", Is: AWhole, Bound: aPlace, OmitZero: true, At: at(func(x *Positions) *int { return &x.Rows }), About: "places along y, of a sheet; neuron 1 is beside neuron 0 in a row"},
		{Name: "layers", Is: AWhole, Bound: aPlace, OmitZero: true, At: at(func(x *Positions) *int { return &x.Layers }), About: "places along z, of three dimensions"},
		extent, periodic,
	}},
	{Name: "ring", About: "Neurons on a circle.", Keys: []Key{
		{Name: "circumference", Is: ANumber, Unit: "mm", Bound: Bound{Allowed: mustLength}, At: whole, About: "of the circle, along which distances are; 360 makes degrees of mm", Need: true},
	}},
	{Name: "random", About: "Neurons anywhere.", Keys: []Key{extent, periodic}},
	{Name: "gaussian", About: "peak e^(-(d/sigma)^2/2) of the distance d.", Keys: kernelKeys("sigma", "standard deviation, of offsets along each dimension")},
	{Name: "exponential", About: "peak e^(-d/lambda).", Keys: kernelKeys("lambda", "distance of a fall to 1/e")},
	{Name: "disc", About: "peak up to a radius, and nothing beyond.", Keys: kernelKeys("radius", "of the disc")},
	{Name: "distance", About: "The delay of a spike that travels.", Keys: []Key{
		{Name: "speed", Is: ANumber, Unit: "mm/ms", Bound: Bound{Allowed: mustSpeed}, About: "with which spikes travel the distance", Need: true},
		{Name: "offset", Is: ANumber, Unit: "ms", Bound: aDuration, About: "what is added, a multiple of dt, at least dt; dt if left out"},
	}},
	{Name: "g0", About: "Synaptic state at the start, of all receptors of one sign.", Keys: []Key{
		{Name: "excitatory", Is: ADist, Unit: AsWeights,
			At: at(func(p *Population) *Dist { return &p.G0Ex }), check: checked(func(c *checker, path string, p *Population) { c.synapticState(path, p, p.G0Ex) }),
			About: "0 if left out"},
		{Name: "inhibitory", Is: ADist, Unit: AsWeights,
			At: at(func(p *Population) *Dist { return &p.G0In }), check: checked(func(c *checker, path string, p *Population) { c.synapticState(path, p, p.G0In) }),
			About: "0 if left out; negative where synapses are current-based"},
	}},
	{Name: "poisson", About: "Poisson spikes of a population's own.", Keys: append([]Key{
		{Name: "rate", Is: ANumber, Unit: "Hz", Bound: Bound{Allowed: mustRate, holds: func(x float64) bool { return x >= 0 && x <= MaxMagnitude }},
			At: at(func(x *PoissonInput) *float64 { return &x.Rate }), check: checked((*checker).poissonRate),
			About: "at most 500 spikes a step", Need: true},
		{Name: "weight", Is: ANumber, Unit: UnitOfWeights, Bound: anyNumber, At: at(func(x *PoissonInput) *float64 { return &x.Weight }),
			About: "negative inhibits", Need: true},
	}, shape...)},
	{Name: "white_noise", About: "Gaussian white noise.", Keys: []Key{
		{Name: "sd", Is: ANumber, Unit: "mV", Bound: aboveZero, At: whiteOf,
			About: "standard deviation that it gives the free membrane potential", Need: true},
	}},
	{Name: "ou_noise", About: "An Ornstein-Uhlenbeck current, stationary from the start.", Keys: []Key{
		{Name: "sd", Is: ANumber, Unit: UnitOfCurrents, Bound: aboveZero, At: at(func(x *OUNoise) *float64 { return &x.SD }),
			About: "standard deviation", Need: true},
		{Name: "tau", Is: ANumber, Unit: "ms", Bound: timeConstant, At: at(func(x *OUNoise) *float64 { return &x.Tau }),
			About: "correlation time", Need: true},
	}},
}

// shape is that of a synapse.
var shape = []Key{
	{Name: "synapse", Is: AWord, Of: strings.Join(Shapes, "|"), Bound: Bound{Allowed: mustSynapse}, Default: Exponential, At: shapeOf,
		About: "{default} if left out; delta moves V itself by the weight in mV, not for lif_cond"},
	{Name: "tau_syn", Is: ANumber, Unit: "ms", Bound: Bound{Allowed: MustTau}, At: tauOf, When: unlessDelta,
		About: "synaptic time constant; none of delta, else needed"},
	{Name: "tau_rise", Is: ANumber, Unit: "ms", Bound: Bound{Allowed: "must be the time constant of the rise, above 0 and below tau_syn"}, OmitZero: true, At: tauRiseOf,
		When: ofBiexponential, About: "time constant of the rise, below tau_syn; of biexponential synapses only"},
	{Name: "receptor", Is: AName, OmitZero: true, At: receptorOf, About: "which of the receptors of the target's model, if it names some"},
}

// ends are the keys in front of those of a projection's rule, and drawn those behind them.
var ends = []Key{
	{Name: "from", Is: AnEnd, Bound: populationName, At: at(func(p *Projection) *From { return (*From)(p) }),
		About: "name of the source population, or of some of its neurons (groups)", Need: true},
	{Name: "to", Is: AnEnd, Bound: populationName, At: at(func(p *Projection) *To { return (*To)(p) }),
		About: "name of the target population, which is no source, or of some of its neurons", Need: true},
	{Name: "rule", Is: AWord, Of: strings.Join(Rules(), "|"), Bound: Bound{Allowed: mustRule}, Default: FixedProbability,
		At: at(func(p *Projection) *Rule { return &p.Rule }), About: "{default} if left out"},
}

var drawn = append([]Key{
	{Name: "pairs", Is: AWord, Of: "same|different", Bound: Bound{Allowed: mustPairs}, OmitZero: true, At: at(func(p *Projection) *Pairs { return &p.Pairs }),
		When: ofGroups, Unwanted: "must be left out: it is of projections between two divisions of groups", About: "of two divisions into as many parts: only parts of the same number, or of different ones, are connected"},
	{Name: "same", Is: AMapping, Of: "pairs", About: "other values for parts of the same number; this and different make two projections of one, called NAME_same and NAME_different"},
	{Name: "different", Is: AMapping, Of: "pairs", About: "other values for parts of different numbers"},
	{Name: "autapses", Is: ABool, Default: true, At: at(func(p *Projection) *bool { return &p.Autapses }),
		About: "whether a neuron may have a synapse to itself; {default} if left out"},
	{Name: "weight", Is: ByDistance, Of: dists + kernels, Unit: "mV, with the target's C_m pA, of lif_cond nS", Bound: Bound{Allowed: MustWeight, Missing: MustDist},
		At: whole, When: unlessListed(func(e *Edges) []float64 { return e.Weight }), check: checked((*checker).weight),
		About: "negative inhibits; a distribution keeps the sign of its mean; or by distance", Need: true},
	{Name: "delay", Is: ByDistance, Of: dists + "|distance", Unit: "ms", Bound: Bound{Allowed: MustTime},
		At: whole, When: unlessListed(func(e *Edges) []float64 { return e.Delay }), check: checked((*checker).delay),
		About: "a multiple of dt, at least dt; a distribution, or what goes by distance, is rounded to steps, which may span 4096", Need: true},
}, shape...)

// ofPairs are the keys of which same and different may have values of their own.
var ofPairs = []Key{
	{Name: "p", Is: ANumber, About: "each pair has a synapse with this probability"},
	{Name: "indegree", Is: AWhole, About: "synapses of each target"},
	{Name: "outdegree", Is: AWhole, About: "synapses of each source"},
	{Name: "weight", Is: ADist, Unit: UnitOfWeights, About: "negative inhibits"},
	{Name: "delay", Is: ADist, Unit: "ms", About: "a multiple of dt, at least dt"},
}

var multapses = Key{Name: "multapses", Is: ABool, Default: true, At: at(func(p *Projection) *bool { return &p.Multapses }),
	About: "whether a pair may have several synapses; {default} if left out"}

// What may stand in the place of a number, where something is drawn or goes by distance.
const (
	dists   = "distribution"
	kernels = "|gaussian|exponential|disc"
)

// near is the key of what is chosen by distance.
func near(what string) Key {
	return Key{Name: "near", Is: ByDistance, Of: "|gaussian", Bound: Bound{Allowed: MustNear}, OmitZero: true, At: whole,
		About: "chooses the " + what + " by distance, on a grid or ring"}
}

// projections are those of each rule.
func projections() []Mapping {
	all := make([]Mapping, len(rules))
	for i, r := range rules {
		all[i] = Mapping{Name: "projection", By: "rule", Value: string(r.name), Keys: slices.Concat(ends, r.keys, drawn, []Key{shortTerm, plasticity})}
		if r.name == List { // whose own synapses may have weights and delays
			for k := range all[i].Keys {
				all[i].Keys[k].Need = all[i].Keys[k].Need && all[i].Keys[k].When == nil
			}
		}
	}
	return all
}

// courses are the time courses of inputs.
var courses = []Mapping{
	{Name: "step", About: "From a time on.", Keys: []Key{
		{Name: "at", Is: ANumber, Unit: "ms", Bound: aTime, At: at(func(x *Step) *float64 { return &x.At }),
			About: "when, a multiple of dt", Need: true},
		{Name: "by", Is: ANumber, Unit: UnitOfCurrents, Bound: anyNumber, At: at(func(x *Step) *float64 { return &x.By }),
			About: "how much", Need: true},
	}},
	{Name: "pulse", About: "For some time.", Keys: []Key{
		{Name: "at", Is: ANumber, Unit: "ms", Bound: aTime, At: at(func(x *Pulse) *float64 { return &x.At }),
			About: "when, a multiple of dt", Need: true},
		{Name: "duration", Is: ANumber, Unit: "ms", Bound: aDuration, At: at(func(x *Pulse) *float64 { return &x.Duration }),
			About: "how long, a multiple of dt", Need: true},
		{Name: "amplitude", Is: ANumber, Unit: UnitOfCurrents, Bound: anyNumber, At: at(func(x *Pulse) *float64 { return &x.Amplitude }),
			About: "how much", Need: true},
	}},
	{Name: "ramp", About: "Rising evenly, and staying.", Keys: []Key{
		{Name: "at", Is: ANumber, Unit: "ms", Bound: aTime, At: at(func(x *Ramp) *float64 { return &x.At }),
			About: "from when, a multiple of dt", Need: true},
		{Name: "duration", Is: ANumber, Unit: "ms", Bound: aDuration, At: at(func(x *Ramp) *float64 { return &x.Duration }),
			About: "how long, a multiple of dt", Need: true},
		{Name: "by", Is: ANumber, Unit: UnitOfCurrents, Bound: anyNumber, At: at(func(x *Ramp) *float64 { return &x.By }),
			About: "how much in the end", Need: true},
	}},
	{Name: "sinusoid", About: "amplitude sin(2 pi frequency t + phase).", Keys: []Key{
		{Name: "amplitude", Is: ANumber, Unit: UnitOfCurrents, Bound: anyNumber, At: at(func(x *Sinusoid) *float64 { return &x.Amplitude }),
			About: "of the sine", Need: true},
		{Name: "frequency", Is: ANumber, Unit: "Hz", Bound: Bound{Allowed: mustFrequency, holds: aboveZero.holds},
			At: at(func(x *Sinusoid) *float64 { return &x.Frequency }), check: checked((*checker).frequency),
			About: "at most one period in two steps", Need: true},
		{Name: "phase", Is: ANumber, Unit: "deg", Bound: anyNumber, At: at(func(x *Sinusoid) *float64 { return &x.Phase }), About: "0 if left out"},
	}},
	{Name: "samples", About: "Values that hold until the next, the last of them for good.", Keys: []Key{
		{Name: "every", Is: ANumber, Unit: "ms", At: at(func(x *Samples) *float64 { return &x.Every }),
			About: "from each value to the next, a multiple of dt; or times"},
		{Name: "times", Is: AList, Unit: "ms", At: at(func(x *Samples) *[]float64 { return &x.Times }),
			About: "of the values, ascending multiples of dt"},
		{Name: "values", Is: AList, Unit: UnitOfCurrents, At: at(func(x *Samples) *[]float64 { return &x.Values }), About: "the values; or file"},
		{Name: "file", Is: AText, About: "a file, its columns by their names or time [ms], value, or value alone beside every"},
		{Name: "columns", Is: Names, About: "names of the file's columns in place of its own; ignore leaves one out"},
	}},
}

// shapeOf and tauOf point at the shape of a projection's synapses or of those of Poisson spikes, and at its time constant.
func shapeOf(of any) any {
	if p, ok := of.(*Projection); ok {
		return &p.Synapse
	}
	return &of.(*PoissonInput).Synapse
}

func receptorOf(of any) any {
	if p, ok := of.(*Projection); ok {
		return &p.Receptor
	}
	return &of.(*PoissonInput).Receptor
}

func tauOf(of any) any {
	if p, ok := of.(*Projection); ok {
		return &p.TauSyn
	}
	return &of.(*PoissonInput).TauSyn
}

func tauRiseOf(of any) any {
	if p, ok := of.(*Projection); ok {
		return &p.TauRise
	}
	return &of.(*PoissonInput).TauRise
}

// ofBiexponential is of a second time constant.
func ofBiexponential(of any) Presence {
	switch *shapeOf(of).(*Synapse) {
	case Biexponential:
		return Needed
	case Exponential, Alpha, Delta:
		return Unwanted
	}
	return Optional
}

// ofGroups is of what only projections between groups have.
func ofGroups(of any) Presence {
	if p := of.(*Projection); p.FromGroup != "" || p.ToGroup != "" || p.Pairs != AllPairs {
		return Optional
	}
	return Unwanted
}

// unlessDelta is of a time constant: which an unknown shape has is not known.
func unlessDelta(of any) Presence {
	switch *shapeOf(of).(*Synapse) {
	case Delta:
		return Unwanted
	case Exponential, Alpha, Biexponential:
		return Needed
	}
	return Optional
}

// unlessListed is of what the synapses of a list may have each for itself.
func unlessListed(listed func(e *Edges) []float64) func(of any) Presence {
	return func(of any) Presence {
		if listed(&of.(*Projection).Edges) != nil {
			return Optional
		}
		return Needed
	}
}

// atRest is the membrane potential at the start, where none is given.
func atRest(p *Population) float64 {
	if math.Abs(p.EL) <= MaxMagnitude {
		return p.EL
	}
	return 0 // E_L is at fault, V0 is not
}

// unlessFile is of spikes and synapses that stand in the description itself.
func unlessFile(of any) Presence {
	file, sonata := File{}, false
	switch x := of.(type) {
	case *Population:
		file, sonata = x.Spikes.File, x.Spikes.SONATA
	case *Projection:
		file, sonata = x.Edges.File, x.Edges.SONATA
	}
	if file.Path != "" || sonata {
		return Unwanted
	}
	return Optional
}
