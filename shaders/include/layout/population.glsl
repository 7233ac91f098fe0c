// Printed from Go: go test ./shaders/layout -update.

// None is the place of what there is not.
const uint NONE = 0xffffffffu;

// The models: those from PoissonSource on have no membrane.
const uint LIF = 0u, LIF_COND = 1u, POISSON_SOURCE = 2u, SPIKE_SOURCE = 3u;

// The shapes.
const uint EXPONENTIAL = 0u, ALPHA = 1u, DELTA = 2u;

// A PoissonInput is one of a population's, to one of its receptors.
struct PoissonInput {
    uint receptor;
    int weight;
    uint thresholds;  // place in tables
    uint most;  // how many there are
};

// A Receptor is one of a population's.
struct Receptor {
    float p_vr, p_rr, scale, grid;
    uint arriving;  // place of the population's first neuron in a slot
    uint state;  // and in states
#if GENERAL
    uint shape;
    uint rise;  // place in states of what feeds an alpha
    float p_gy, p_vy, half_step, half_rise, reversal;
#endif
};

// A Population is what its neurons have in common.
struct Population {
    uint first_group;  // of update's work groups
    uint first;  // global id of the first neuron
    uint size;
    uint drive;  // place of the population's row in drives
    uint clamped;  // place in states of the ends of clamps; of a spike source of how many spikes were
    float m_vv, v_th, v_reset, grid;
    int refractory;
    uint receptors;
#if GENERAL
    uint model;
    uint threshold;  // places in states, or None
    uint bias, ou;
    uint white;  // whether there is white noise
    float leak, per_c, white_step;
    float m_uu, p_vu, ou_kick, ou_grid;
    uint seed, poisson_stream, noise_stream, spike_stream;
    uint train;  // place in tables of where each neuron's steps begin
    uint inputs;
    PoissonInput poisson[INPUTS];
#endif
    Receptor receptor[RECEPTORS];
};
