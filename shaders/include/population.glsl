// What neurons of a population have in common, and of each receptor, as packages dynamics
// and gpu lay it out.

struct Receptor {
    float p_vr;
    float p_rr;
    float scale;
    float grid;
    uint arriving;  // place of the population's first neuron in a slot
    uint state;     // and in states
#if GENERAL
    uint shape;
    uint rise;  // place in states of what feeds an alpha
    float p_gy;
    float p_vy;
    float half_step;
    float half_rise;
    float reversal;
#endif
};

struct PoissonInput {
    uint receptor;
    int weight;
    uint thresholds;  // place in tables
    uint most;        // how many there are
};

struct Population {
    uint first_group;
    uint first;  // global id of the first neuron
    uint size;
    uint drive;    // place of the population's row in drives
    uint clamped;  // place in states of the ends of clamps; of a spike source of how many spikes were
    float m_vv;
    float v_th;
    float v_reset;
    float grid;
    int refractory;
    uint receptors;
#if GENERAL
    uint model;
    uint threshold;  // places in states, or NONE
    uint bias;
    uint ou;
    uint white;  // whether there is white noise
    float leak;
    float per_c;
    float white_step;
    float m_uu;
    float p_vu;
    float ou_kick;
    float ou_grid;
    uint seed;
    uint poisson_stream;
    uint noise_stream;
    uint spike_stream;
    uint train;  // place in tables of where each neuron's steps begin
    uint inputs;
    PoissonInput input_[INPUTS];
#endif
    Receptor receptor[RECEPTORS];
};

// as_float is exact up to the rounding of the sum.
float as_float(int a) {
    precise float high = float(a >> 16) * 65536.0;
    precise float x = high + float(a & 0xffff);
    return x;
}

// changed is a state after a change of it, rounded once and to its grid.
float changed(float state, float change, float grid) {
    precise float y = state + grid;
    y = y + change;
    y = y - grid;
    return y;
}
