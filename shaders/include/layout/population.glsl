// Printed from Go: go test ./shaders/layout -update.

// None is the place of what there is not.
const uint NONE = 0xffffffffu;

// The models: those from PoissonSource on have no membrane.
const uint LIF = 0u, PROGRAMMED = 1u, POISSON_SOURCE = 2u, SPIKE_SOURCE = 3u;

// A PoissonInput is one of a population's, to one of its receptors.
struct PoissonInput {
    uint receptor;
    int weight;
    uint thresholds;  // place in tables
    uint most;  // how many there are
};

// A Receptor is one of a population's. That of a programmed one has only its place.
struct Receptor {
    float p_vr, p_rr, scale, grid;
    uint arriving;  // place of the population's first neuron in a slot
};

// A Population is what its neurons have in common.
struct Population {
    uint first_group;  // of update's work groups
    uint first;  // global id of the first neuron
    uint size;
    uint drive;  // place of the population's row in drives
    uint state;  // place in states of V, behind which the other states are, Size words each; of a spike source of how many spikes were
    float m_vv, v_th, v_reset, grid;
    int refractory;
    uint receptors;
#if GENERAL
    uint model;
    uint program;  // which
    uint constants;  // place in tables of the program's
    uint first_normal, normals;  // the first normal number that a neuron needs in a step, and one past the last
    uint seed, poisson_stream, noise_stream, spike_stream;
    uint first_block;  // of Philox, from which on the neurons' words are: 0 but in a part of a network
    uint train;  // place in tables of where each neuron's steps begin
    uint short_term;  // place in tables of how many of its projections have short-term plasticity, and of five words of each: see release.glsl
    uint plastic;  // place in tables of how many of its projections have long-term plasticity and of these, and the same of those to it; 0: there are none
    uint members;  // place in tables of a word of each neuron, whose bit k says that it receives input k; of populations with inputs of groups
    uint inputs;
    PoissonInput poisson[INPUTS];
#endif
    Receptor receptor[RECEPTORS];
};
