// Short-term plasticity: each spike has a factor for each projection that has it, in the order of the neuron's spikes. It needs
// decay.glsl.

// release takes neuron i of a population through a spike, which is at a place in the ring, and leaves its factors behind the spikes.
void release(uint q, uint i, uint step, uint place) {
    uint list = populations[q].short_term, size = populations[q].size;
    for (uint k = 0u; k < tables[list]; k++) {
        uint of = list + 1u + 5u * k;  // place of the state of the first neuron, U, u_rest, and the tables of F and R
        uint at = tables[of] + i, rest = tables[of + 2u];
        uint steps = step - states[at + 2u * size];
        uint u = rest + after(tables[of + 3u], steps, states[at]);
        uint y = after(tables[of + 4u], steps, states[at + size]);
        u += product(tables[of + 1u], ONE - u);
        uint factor = product(u, ONE - y);
        states[at] = u - rest;
        states[at + size] = y + factor;
        states[at + 2u * size] = step;
        uint pair = uint(RING) + place * uint(FACTORS) + k / 2u;
        if (k % 2u == 0u) {
            ring[pair].step = factor;
        } else {
            ring[pair].neuron = factor;
        }
    }
}
