// Printed from Go: go test ./shaders/layout -update.

// A Lane is the synapses from consecutive neurons of one population to a slice.
struct Lane {
    uint first_source;  // global id
    uint sources;
    uint cuts;  // place in cuts of where the first source's part begins; the next cut is where it ends
    uint each;  // cuts from one source to the next
    uint first_target;  // of the slice, as targets are numbered in rows
    int weight;  // units of the receptor's scale; of packed synapses the place of code 0 in weights
    uint target_bits;  // of packed synapses, with those of the weight below; else 0
    uint weight_bits;
    uint sheet;
    uint factor;  // 1 + the slot of short-term plasticity, or 0
};
