package rng

// A Purpose says what a stream's numbers are for. The values are part of the
// model: changing one changes every digest.
type Purpose uint32

// The purposes, each with what its ordinal counts.
const (
	Connectivity  Purpose = 1  // per projection: which synapses exist
	Weights       Purpose = 2  // per projection
	Delays        Purpose = 3  // per projection
	InitialV      Purpose = 4  // per population: V at step 0; differs by trial
	Thresholds    Purpose = 5  // per population: V_th
	Biases        Purpose = 6  // per population: constant input of a neuron
	InitialG      Purpose = 7  // per population: g at step 0, draw is the receptor; differs by trial
	PoissonSpikes Purpose = 8  // per population: of a Poisson source; differs by trial
	PoissonInputs Purpose = 9  // per population: counts, draw is the input's number; differs by trial
	Noise         Purpose = 10 // per population: draw 0 white, 1 Ornstein-Uhlenbeck; differs by trial
	Recorded      Purpose = 11 // per population: which neurons a sample has
	Parameters    Purpose = 12 // per population: of a model, draw is the parameter's place
	InitialStates Purpose = 13 // per population: of a model's states but V, draw is the state's place; differs by trial
	Positions     Purpose = 20 // per population: where its neurons are, draw is the dimension
)

// Width of the fields of a stream number: purpose, ordinal, trial. Package network bounds what a network may have of each.
const (
	ordinalBits = 12
	trialBits   = 14
)

// Stream numbers the stream of a purpose for the population or projection
// ordinal (file order). Trial is 0 for what a trial keeps: the connectome.
func Stream(p Purpose, ordinal, trial uint32) uint32 {
	return uint32(p)<<(ordinalBits+trialBits) | ordinal<<trialBits | trial
}
