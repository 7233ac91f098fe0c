// Printed from Go: go test ./shaders/layout -update.

// A Segment is the synapses from consecutive neurons of one population to a block of targets.
struct Segment {
    uint first_source;  // global id
    uint sources;
    uint rows;  // place of the first source in rows; one more row than sources
    uint arriving;  // place of the block's first neuron in a slot
    int weight;  // units of the receptor's scale; of packed synapses the place of code 0 in weights
    uint delay;  // steps; of packed synapses that of code 0
    uint delay_shift;  // of packed synapses, which have weights or delays of their own: the bits below the delay's; else 0
    uint weight_bits;  // likewise: the lowest bits; the target has those between
};

// A Source is a population's place in segments.
struct Source {
    uint end;  // one past the global id of its last neuron
    uint first_segment, segments;
};
