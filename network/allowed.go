package network

// What the words of the language are.
const (
	MustNeuron    = "must be one of lif, lif_cond, poisson, spikes"
	MustRule      = "must be one of fixed_probability, fixed_indegree, fixed_outdegree, fixed_total_number, all_to_all, one_to_one, list"
	MustHaveNone  = "must be left out: a delta synapse has none" // of tau_syn
	MustSynapse   = "must be one of exponential, alpha, delta"
	MustScaleRule = "must be fixed_indegree, which replaces fixed_probability, or left out"
)

// What may stand where.
const (
	MustMap      = "must be a mapping"
	MustNumber   = "must be a number of magnitude at most 1e9"
	MustTau      = "must be a time above 0 and at most 1e9 ms"
	MustTime     = "must be a time in ms"
	MustSize     = "must be a whole number of at least 1"
	MustTrial    = "must be a whole number from 0 to 16383"
	MustP        = "must be a probability from 0 to 1"
	MustExponent = "must be -1, -0.5, 0, 0.5 or 1"
	MustDist     = "must be a number or a distribution {uniform: [low, high]}, {normal: [mean, sd]} or {lognormal: [mean, sd]}"
	mustSpread   = "must be a number from 0 to 1e9"
	MustPositive = "must be a number above 0 and at most 1e9"
	MustCount    = "must be a whole number of at least 0"
	MustRate     = "must be a rate in Hz, not negative"
)

const MustBins = "must be a whole number of bins, 1 to 10000"

const MustEach = "must be a whole number of at least 1"

const MustFrequency = "must be a frequency above 0 Hz"
