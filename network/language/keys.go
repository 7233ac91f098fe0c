package language

import (
	"slices"
	"strings"

	"einet/network"
	"einet/table"
)

// A key is one that a mapping of the language may have. These declarations are what
// the schema and the reference page are made of; the reader is held to them by a test.
type key struct {
	name  string
	is    form
	of    string // the object that it holds, or the words that may stand there, or a default
	unit  string // of its numbers; empty where they have none
	about string
	need  bool
}

// A form is what may stand behind a key.
type form string

const (
	aNumber     form = "number"
	aWhole      form = "whole number"
	aText       form = "text"
	aBool       form = "true or false"
	aDist       form = "number or distribution"
	anInput     form = "input"
	aList       form = "list of numbers"
	aTable      form = "list of lists of numbers"
	aNames      form = "list of names"
	anExponent  form = "exponent"
	aWord       form = "one of"             // of says which
	aMapping    form = "mapping"            // of says what kind
	aMap        form = "mapping of names"   // likewise
	oneOrMore   form = "mapping or a list"  // likewise
	numbers     form = "mapping of numbers" // by name
	someNeurons form = "neurons"            // see the object of that name
	neuronsBy   form = "all, none or neurons by population"
	neuronsOf   form = "neurons by population"
	someOf      form = "some of"             // of says which
	numberOr    form = "number or a mapping" // of says what kind
)

// An object is a kind of mapping. Of a population and a projection there are several
// kinds, told apart by the value of one key.
type object struct {
	name  string
	by    string // the key that tells it apart, if there are several of its name
	value string // what that key says there
	about string
	keys  []key
}

const current = "mV, with C_m pA"

// language is all of it.
var language = slices.Concat([]object{
	{name: "network", about: "A network: a model, its grid of time and what a run keeps.", keys: []key{
		{name: "name", is: aText, about: "short name; the file's, if left out"},
		{name: "description", is: aText, about: "what the network shows"},
		{name: "source", is: aText, about: "where it comes from"},
		{name: "dt", is: aNumber, unit: "ms", about: "step of the time grid, 0.1 if left out"},
		{name: "duration", is: aNumber, unit: "ms", about: "of a run, 1000 if left out"},
		{name: "seed", is: aWhole, about: "of every random draw, 0 to 4294967295; 1 if left out"},
		{name: "trial", is: aWhole, about: "other initial values and noise on the same synapses, 0 to 16383"},
		{name: "constants", is: numbers, about: "numbers and expressions that others may use by name"},
		{name: "scale", is: aMapping, of: "scale", about: "what --scale changes besides the sizes"},
		{name: "record", is: aMapping, of: "record", about: "what a run keeps; all spikes, if left out"},
		{name: "populations", is: aMap, of: "population", about: "the neurons, in the order of their ids", need: true},
		{name: "projections", is: aMap, of: "projection", about: "the synapses between them"},
	}},
	{name: "scale", about: "With a factor s on all sizes, what stands here goes with s to that power: -1, -0.5, 0, 0.5 or 1; 0 if left out.", keys: []key{
		{name: "weight", is: anExponent, about: "of weights, those of Poisson inputs too"},
		{name: "input", is: anExponent, about: "of inputs"},
		{name: "p", is: anExponent, about: "of connection probabilities"},
		{name: "indegree", is: anExponent, about: "of indegree and outdegree; synapses go with s times this"},
		{name: "poisson_rate", is: anExponent, about: "of the rates of Poisson inputs"},
		{name: "rule", is: aWord, of: "fixed_indegree", about: "at any factor but 1, fixed_probability becomes this, with p N_pre synapses a target"},
		{name: "rates", is: numbers, unit: "Hz", about: "rate of each population, at which the mean input is kept by a constant input more"},
	}},
	{name: "record", about: "What a run keeps besides its statistics.", keys: []key{
		{name: "spikes", is: neuronsBy, about: "all, none, or of each population that is named those of some neurons"},
		{name: "state", is: aMap, of: "state", about: "of each population that is named, the state of some neurons"},
		{name: "histograms", is: aMap, of: "histograms", about: "of each population that is named, how variables are distributed over its neurons"},
		{name: "averages", is: numberOr, of: "averages", unit: "ms", about: "from one average over each population to the next; none if left out"},
	}},
	{name: "neurons", about: "Some neurons of a population, counted from 0.", keys: []key{
		{name: "from", is: aWhole, about: "the first of a range, 0 if left out"},
		{name: "to", is: aWhole, about: "its last, which is of it; the population's last if left out"},
		{name: "every", is: aWhole, about: "from one neuron of the range to the next, 1 if left out"},
		{name: "sample", is: aWhole, about: "so many drawn at random by the network's seed, in place of a range"},
	}},
	{name: "state", about: "How the state of a population is kept.", keys: []key{
		{name: "neurons", is: someNeurons, about: "of which neurons", need: true},
		{name: "every", is: aNumber, unit: "ms", about: "from one sample to the next, a multiple of dt", need: true},
		{name: "variables", is: someOf, of: strings.Join(network.StateVariables, "|"), about: "a list of some of V, exc, inh, ext, net (as below) and g, the state of each receptor; all if left out"},
	}},
	{name: "histograms", about: "The histograms of a population.", keys: []key{
		{name: "V", is: aMapping, of: "histogram", about: "of the membrane potential"},
		{name: "exc", is: aMapping, of: "histogram", about: "of the excitatory synaptic input R*I [mV]"},
		{name: "inh", is: aMapping, of: "histogram", about: "of the inhibitory synaptic input"},
		{name: "ext", is: aMapping, of: "histogram", about: "of the external input"},
		{name: "net", is: aMapping, of: "histogram", about: "of the sum of all three"},
	}},
	{name: "histogram", about: "How a variable is counted.", keys: []key{
		{name: "low", is: aNumber, unit: "mV", about: "lower end of the first bin", need: true},
		{name: "high", is: aNumber, unit: "mV", about: "upper end of the last, above low", need: true},
		{name: "bins", is: aWhole, about: "how many, all equally wide; what lies beyond them is counted apart", need: true},
		{name: "every", is: aNumber, unit: "ms", about: "from one histogram to the next, a multiple of dt", need: true},
		{name: "neurons", is: someNeurons, about: "over which neurons; all if left out"},
	}},
	{name: "averages", about: "Averages over populations.", keys: []key{
		{name: "every", is: aNumber, unit: "ms", about: "from one average to the next, a multiple of dt", need: true},
		{name: "neurons", is: neuronsOf, about: "of each population that is named, over which neurons, and of no other; over all of all if left out"},
		{name: "variables", is: someOf, of: strings.Join(network.AverageVariables, "|"), about: "a list of some of rate, V, exc, inh, ext, net and g; all if left out"},
	}},
}, populations, projections, inputs)

// membrane is what all neurons with a membrane potential have.
var membrane = []key{
	{name: "E_L", is: aNumber, unit: "mV", about: "leak potential, 0 if left out"},
	{name: "V_th", is: aDist, unit: "mV", about: "threshold", need: true},
	{name: "V_reset", is: aNumber, unit: "mV", about: "reset potential, below V_th", need: true},
	{name: "t_ref", is: aNumber, unit: "ms", about: "refractory period, a multiple of dt; 0 if left out"},
	{name: "V0", is: aDist, unit: "mV", about: "potential at the start, E_L if left out"},
	{name: "g0", is: aMapping, of: "g0", about: "synaptic state at the start"},
	{name: "input", is: anInput, unit: current, about: "external input, 0 if left out"},
	{name: "bias", is: aDist, unit: current, about: "a constant input more, drawn for each neuron"},
	{name: "poisson", is: oneOrMore, of: "poisson", about: "Poisson spikes for each neuron independently"},
	{name: "white_noise", is: aMapping, of: "white_noise", about: "Gaussian white noise"},
	{name: "ou_noise", is: aMapping, of: "ou_noise", about: "an Ornstein-Uhlenbeck current"},
}

func cells(model string, own ...key) []key {
	first := []key{
		{name: "size", is: aWhole, about: "neurons", need: true},
		{name: "neuron", is: aWord, of: strings.Join(network.Kinds, "|"), about: "the model: " + model},
	}
	return slices.Concat(first, own)
}

var populations = []object{
	{name: "population", by: "neuron", value: "lif", about: "Leaky integrate-and-fire neurons with current-based synapses.",
		keys: cells("lif, also if left out", append([]key{
			{name: "tau_m", is: aNumber, unit: "ms", about: "membrane time constant", need: true},
			{name: "C_m", is: aNumber, unit: "pF", about: "capacitance; with it currents and weights are in pA, without it in mV"},
		}, membrane...)...)},
	{name: "population", by: "neuron", value: "lif_cond", about: "Leaky integrate-and-fire neurons with conductance-based synapses.",
		keys: cells("lif_cond", append([]key{
			{name: "C_m", is: aNumber, unit: "pF", about: "capacitance", need: true},
			{name: "g_L", is: aNumber, unit: "nS", about: "leak conductance; tau_m is C_m/g_L", need: true},
			{name: "E_ex", is: aNumber, unit: "mV", about: "reversal potential of synapses of positive weight", need: true},
			{name: "E_in", is: aNumber, unit: "mV", about: "reversal potential of synapses of negative weight", need: true},
		}, membrane...)...)},
	{name: "population", by: "neuron", value: "poisson", about: "Sources that fire at random; a neuron's spikes reach all its targets.",
		keys: cells("poisson", key{name: "rate", is: anInput, unit: "Hz", about: "of each neuron, constant or in time; at most 500 spikes a step", need: true})},
	{name: "population", by: "neuron", value: "spikes", about: "Sources that fire at given times.",
		keys: cells("spikes", []key{
			{name: "times", is: aList, unit: "ms", about: "of the spikes, rounded to the nearest step, which several may share; or file"},
			{name: "neurons", is: aList, about: "which fire then, as many, from 0"},
			{name: "file", is: aText, about: "a file of spikes, its columns by their names or time [ms], neuron; its path is relative to the network's file"},
			{name: "sha256", is: aText, about: "checksum that the file must have"},
			{name: "columns", is: aNames, about: "names of the file's columns in place of its own; ignore leaves one out"},
			{name: "population", is: aText, about: "which of the file's populations; that of the same name or the only one, if left out"},
			{name: "first_id", is: aWhole, about: "the number that the file gives to the first neuron; 1 of senders, 0 of others, if left out"},
			{name: "time_unit", is: aWord, of: strings.Join(table.TimeUnits, "|"), about: "of times of the file whose unit it doesn't state; ms if left out"},
			{name: "early", is: aWord, of: strings.Join(network.EarlySpikes, "|"), about: "drop leaves out spikes in front of the first step, first moves them to it; a fault if left out"},
		}...)},
	{name: "g0", about: "Synaptic state at the start, of all receptors of one sign.", keys: []key{
		{name: "excitatory", is: aDist, unit: "as weights", about: "0 if left out"},
		{name: "inhibitory", is: aDist, unit: "as weights", about: "0 if left out; negative where synapses are current-based"},
	}},
	{name: "poisson", about: "Poisson spikes of a population's own.", keys: append([]key{
		{name: "rate", is: aNumber, unit: "Hz", about: "at most 500 spikes a step", need: true},
		{name: "weight", is: aNumber, unit: "mV, with C_m pA, of lif_cond nS", about: "negative inhibits", need: true},
	}, course...)},
	{name: "white_noise", about: "Gaussian white noise.", keys: []key{
		{name: "sd", is: aNumber, unit: "mV", about: "standard deviation that it gives the free membrane potential", need: true},
	}},
	{name: "ou_noise", about: "An Ornstein-Uhlenbeck current, stationary from the start.", keys: []key{
		{name: "sd", is: aNumber, unit: current, about: "standard deviation", need: true},
		{name: "tau", is: aNumber, unit: "ms", about: "correlation time", need: true},
	}},
}

// course is the shape of a synapse.
var course = []key{
	{name: "synapse", is: aWord, of: strings.Join(network.Shapes, "|"), about: "exponential if left out; delta moves V itself by the weight in mV, not for lif_cond"},
	{name: "tau_syn", is: aNumber, unit: "ms", about: "synaptic time constant; none of delta, else needed"},
}

func synapses(rule string, own ...key) object {
	ends := []key{
		{name: "from", is: aText, about: "name of the source population", need: true},
		{name: "to", is: aText, about: "name of the target population, which is no source", need: true},
		{name: "rule", is: aWord, of: strings.Join(network.Rules(), "|"), about: "fixed_probability if left out"},
	}
	listed := rule == string(network.List)
	rest := append([]key{
		{name: "autapses", is: aBool, about: "whether a neuron may have a synapse to itself; true if left out"},
		{name: "weight", is: aDist, unit: "mV, with the target's C_m pA, of lif_cond nS", about: "negative inhibits; a distribution keeps the sign of its mean", need: !listed},
		{name: "delay", is: aDist, unit: "ms", about: "a multiple of dt, at least dt; a distribution is rounded to steps, which may span 4096", need: !listed},
	}, course...)
	return object{name: "projection", by: "rule", value: rule, keys: slices.Concat(ends, own, rest)}
}

var multapses = key{name: "multapses", is: aBool, about: "whether a pair may have several synapses; true if left out"}

var projections = []object{
	synapses("fixed_probability", key{name: "p", is: aNumber, about: "each pair has a synapse with this probability", need: true}),
	synapses("fixed_indegree", key{name: "indegree", is: aWhole, about: "synapses of each target", need: true}, multapses),
	synapses("fixed_outdegree", key{name: "outdegree", is: aWhole, about: "synapses of each source", need: true}, multapses),
	synapses("fixed_total_number", key{name: "synapses", is: aWhole, about: "in all", need: true}, multapses),
	synapses("all_to_all"),
	synapses("one_to_one"),
	synapses("list",
		key{name: "file", is: aText, about: "a file of synapses, its columns by their names or source, target and, if wanted, weight, delay [ms]; neurons from 0; its path is relative to the network's file"},
		key{name: "sha256", is: aText, about: "checksum that the file must have"},
		key{name: "columns", is: aNames, about: "names of the file's columns in place of its own; ignore leaves one out"},
		key{name: "population", is: aText, about: "which of the file's lists, of einet's export or SONATA; that of the projection's name or the only one, if left out"},
		key{name: "first_source", is: aWhole, about: "the number that the file gives to the first source neuron, 0 if left out"},
		key{name: "first_target", is: aWhole, about: "and to the first target neuron, 0 if left out"},
		key{name: "edges", is: aTable, about: "the same columns in the place of a file"}),
}

var inputs = []object{
	{name: "step", about: "From a time on.", keys: []key{
		{name: "at", is: aNumber, unit: "ms", about: "when, a multiple of dt", need: true},
		{name: "by", is: aNumber, unit: current, about: "how much", need: true},
	}},
	{name: "pulse", about: "For some time.", keys: []key{
		{name: "at", is: aNumber, unit: "ms", about: "when, a multiple of dt", need: true},
		{name: "duration", is: aNumber, unit: "ms", about: "how long, a multiple of dt", need: true},
		{name: "amplitude", is: aNumber, unit: current, about: "how much", need: true},
	}},
	{name: "ramp", about: "Rising evenly, and staying.", keys: []key{
		{name: "at", is: aNumber, unit: "ms", about: "from when, a multiple of dt", need: true},
		{name: "duration", is: aNumber, unit: "ms", about: "how long, a multiple of dt", need: true},
		{name: "by", is: aNumber, unit: current, about: "how much in the end", need: true},
	}},
	{name: "sinusoid", about: "amplitude sin(2 pi frequency t + phase).", keys: []key{
		{name: "amplitude", is: aNumber, unit: current, about: "of the sine", need: true},
		{name: "frequency", is: aNumber, unit: "Hz", about: "at most one period in two steps", need: true},
		{name: "phase", is: aNumber, unit: "deg", about: "0 if left out"},
	}},
	{name: "samples", about: "Values that hold until the next, the last of them for good.", keys: []key{
		{name: "every", is: aNumber, unit: "ms", about: "from each value to the next, a multiple of dt; or times"},
		{name: "times", is: aList, unit: "ms", about: "of the values, ascending multiples of dt"},
		{name: "values", is: aList, unit: current, about: "the values; or file"},
		{name: "file", is: aText, about: "a file, its columns by their names or time [ms], value, or value alone beside every"},
		{name: "columns", is: aNames, about: "names of the file's columns in place of its own; ignore leaves one out"},
	}},
}

func (o object) has(name string) bool {
	return slices.ContainsFunc(o.keys, func(k key) bool { return k.name == name })
}

// havingKey names the neuron models, or the rules, that have a key which another of the
// population or projection at a path lacks, or is empty.
func havingKey(path, name string) string {
	of, _, deep := strings.Cut(path, ".")
	if !deep || strings.Count(path, ".") != 1 {
		return ""
	}
	var have []string
	for _, o := range language {
		if of == o.name+"s" && o.by != "" && o.has(name) {
			have = append(have, o.value)
		}
	}
	return strings.Join(have, " or ")
}
