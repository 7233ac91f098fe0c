// Printed from Go: go test ./shaders/layout -update.

// None is the place of what there is not.
const uint NONE = 0xffffffffu;

// The rules whose synapses can be drawn again.
const uint FIXED_PROBABILITY = 0u, FIXED_OUT_DEGREE = 1u, ALL_TO_ALL = 2u, ONE_TO_ONE = 3u;

// A Share is what one work group draws of a source's synapses: of FixedProbability some chunks, of AllToAll one, of
// FixedOutDegree with multapses SHARE synapses and else everything.
struct Share {
    uint draw, part;
};

// A ShareOut is the shares of a population's neurons.
struct ShareOut {
    uint end;  // one past the global id of its last neuron
    uint first, shares;
};

// A Draw is a projection whose synapses are drawn again, as docs/equations.md has it.
struct Draw {
    uint rule;
    uint first_source;  // global id
    uint sources;
    uint targets;  // of the target population
    uint arriving;  // place of its first neuron in a slot
    uint no_autapses;  // 1 where no neuron may have a synapse to itself, and some could
    uint synapses;  // of a source, of FixedOutDegree
    uint multapses;
    float scale;  // of distances, of FixedProbability
    uint team;  // invocations that draw a row together, likewise
    uint seed, stream, weight_stream, delay_stream;
    int weight;  // units of the receptor's scale; of drawn weights the place of code 0 in tables
    uint delay;  // steps; of drawn delays that of code 0
    uint weights;  // place in tables of the thresholds of codes
    uint weight_codes;  // and how many there are: 0 where weights are alike
    uint delays, delay_codes;
    uint factor;  // 1 + the slot of short-term plasticity, or 0
};
