// The traces of long-term plasticity of the neurons that fire.

#include "plasticity.glsl"

uint spiked = 0u;  // 1 + the place in the ring of this invocation's last spike in the window, of neurons with such synapses

// leave_traces takes neuron i of a population as a source through a spike, which is at a place in the ring. Behind the spikes it leaves: the place + 1 of
// the neuron's next spike in the window, or 0, and that of the one before; and for each projection l, x and x' as the spike finds them.
void leave_traces(uint q, uint i, uint step, uint place) {
    uint list = populations[q].plastic, n = list == 0u ? 0u : tables[list];
    if (n == 0u) {
        return;
    }
    uint pair = uint(RING) + place * uint(FACTORS) + uint(LINKS);
    ring[pair] = Spike(0u, spiked);
    if (spiked != 0u) {
        ring[uint(RING) + (spiked - 1u) * uint(FACTORS) + uint(LINKS)].step = place + 1u;
    }
    spiked = place + 1u;
    for (uint k = 0u; k < n; k++) {
        uint of = tables[list + 1u + k], sources = tables[of + SOURCES_OF], at = tables[of + SOURCE_TRACES] + i;
        uint last = states[at], fast = states[at + sources], slow = states[at + 2u * sources];
        ring[pair + 1u + 2u * k] = Spike(last, fast);
        ring[pair + 2u + 2u * k].step = slow;
        bool nearest = tables[of + NEAREST] != 0u;
        states[at] = step;
        states[at + sources] = raised(nearest, after(tables[of + DECAY_SOURCE], step - last, fast));
        if (tables[of + RULE_OF] == TRIPLET) {
            states[at + 2u * sources] = raised(nearest, after(tables[of + DECAY_SLOW_SOURCE], step - last, slow));
        }
    }
}

// recall notes the spike of neuron i of a population as a target.
void recall(uint q, uint i, uint step) {
    uint list = populations[q].plastic;
    if (list == 0u) {
        return;
    }
    list += 1u + tables[list];
    uint n = tables[list];
    for (uint k = 0u; k < n; k++) {
        uint of = tables[list + 1u + k], at = tables[of + TARGET_SPIKES] + i * uint(1 + 3 * RECALL), count = states[at];
        bool nearest = tables[of + NEAREST] != 0u;
        uint fast = 0u, slow = 0u;
        if (count > 0u) {
            uint last = recalled(at, count - 1u), steps = step - states[last];
            fast = after(tables[of + DECAY_TARGET], steps, states[last + 1u]);
            if (tables[of + RULE_OF] == TRIPLET) {
                slow = after(tables[of + DECAY_SLOW_TARGET], steps, raised(nearest, states[last + 2u]));
            }
        }
        uint spike = recalled(at, count);
        states[spike] = step;
        states[spike + 1u] = raised(nearest, fast);
        states[spike + 2u] = slow;
        states[at] = count + 1u;
    }
}
