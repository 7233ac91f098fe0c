#version 430
// defines: SLOTS=1 STRIDE=20000 RING=10000 FACTORS=3 LINKS=0 RECALL=32 PLASTIC=1000 PLASTICS=2 SETTLE=0
//
// plastic sends the spikes of a window along the synapses of one page whose weights change, and changes these. An invocation takes a synapse through all
// spikes that its source has in the window, one after the other; the work groups of the first of them do so for all. With SETTLE it sends none and brings all synapses of
// the page up to date at the end of the window. A weight is brought up to date from the spikes of the target, which are remembered; no two invocations have
// to do with one synapse, and what they read of traces nobody writes meanwhile.

layout(local_size_x = 64) in;

#include "window.glsl"
#include "arriving.glsl"
#include "loops.glsl"

// A synapse: its delay, less the projection's smallest, above its target, and the weight.
layout(std430, binding = 3) restrict buffer Synapses {
    uvec2 synapses[];
};

layout(std430, binding = 4) restrict readonly buffer States {
    uint states[];
};

layout(std430, binding = 5) restrict readonly buffer Rows {
    uint rows[];  // of each projection where its sources' begin in the page, and where the last ends
};

layout(std430, binding = 6) restrict readonly buffer Tables {
    uint tables[];
};

#include "plasticity.glsl"

// A Plastic is what there is to know of a projection, read once for a row.
struct Plastic {
    uint rule, low, plus, minus, plus3, minus3, alpha, power;
    uint decay_source, decay_target, decay_slow_source;
    uint targets, target_bits, delay, arriving, slot;
    int weight;
};

Plastic plastic_at(uint of) {
    return Plastic(
        tables[of + RULE_OF], tables[of + LOW], tables[of + PLUS], tables[of + MINUS], tables[of + PLUS3], tables[of + MINUS3], tables[of + ALPHA], tables[of + POWER],
        tables[of + DECAY_SOURCE], tables[of + DECAY_TARGET], tables[of + DECAY_SLOW_SOURCE],
        tables[of + TARGET_SPIKES], tables[of + TARGET_BITS], tables[of + DELAY_OF], tables[of + ARRIVING_OF], tables[of + SOURCE_SLOT], int(tables[of + MAX_WEIGHT])
    );
}

// power_of is a weight to the power of mu, by a table: straight between 128 points an octave.
uint power_of(uint table, uint w) {
    if (w == 0u) {
        return 0u;
    }
    uint e = uint(findMSB(w));
    uint f = (w << (31u - e)) - ONE, at = table + (e << 7 | f >> 24), p = tables[at];
    return p + times(tables[at + 1u] - p, f & (ONE_TRACE - 1u));
}

// bent is a change times room^mu.
uint bent(Plastic p, uint change, uint room) {
    if (p.power == 0u) {
        return change;
    }
    return product(change, p.power == 1u ? room : power_of(p.power, room));
}

// of_target is a weight behind a spike of the target, which finds x and y' of its own.
uint of_target(Plastic p, uint w, uint x, uint slow) {
    uint amplitude = p.plus;
    if (p.rule == TRIPLET) {
        amplitude = sum(amplitude, times(p.plus3, slow));
    }
    uint change = times(amplitude, x);
    if (p.rule == STDP) {
        change = bent(p, change, ONE - w);
    }
    return sum(w, change);
}

// of_source is a weight behind a spike of the source, which finds y and x' of its own.
uint of_source(Plastic p, uint w, uint y, uint slow) {
    uint amplitude = p.minus;
    if (p.rule == VOGELS) {
        if (y >= p.alpha) {
            return sum(w, times(amplitude, y - p.alpha));
        }
        y = p.alpha - y;
    } else if (p.rule == TRIPLET) {
        amplitude = sum(amplitude, times(p.minus3, slow));
    }
    uint change = times(amplitude, y);
    if (p.rule == STDP) {
        change = bent(p, change, w);
    }
    return w - p.low < change ? p.low : w - change;
}

// A Trace is that of a source: l, x and x'.
struct Trace {
    uint last, fast, slow;
};

// A Target is where the spikes of one are remembered, and one past those that are at the synapse.
struct Target {
    uint at, delay, spikes;
};

// find makes the spikes of a target those that are at the synapse up to a step.
void find(inout Target target, uint step) {
    target.spikes = states[target.at];
    while (target.spikes > 0u && states[recalled(target.at, target.spikes - 1u)] + target.delay > step) {
        target.spikes--;
    }
}

// meet is a weight behind the spikes of the target that came to the synapse behind a step. All of these and the one before them are remembered: the host
// settles weights in time.
uint meet(Plastic p, uint w, Target target, Trace source, uint since) {
    uint k = target.spikes;
    while (k > 0u && states[recalled(target.at, k - 1u)] + target.delay > since) {
        k--;
    }
    for (; k < target.spikes; k++) {
        uint spike = recalled(target.at, k);
        w = of_target(p, w, after(p.decay_source, states[spike] + target.delay - source.last, source.fast), states[spike + 2u]);
    }
    return w;
}

// target_of is the target of a synapse.
Target target_of(Plastic p, uint synapse) {
    uint target = synapse & ((1u << p.target_bits) - 1u);
    return Target(p.targets + target * uint(1 + 3 * RECALL), p.delay + (synapse >> p.target_bits), 0u);
}

// since is the step up to which the synapses of a source are up to date.
uint since(Trace source) {
    return max(source.last, windows[now].settled);
}

#if SETTLE
// settle brings a synapse up to date at a step.
void settle(Plastic p, Trace source, uint at, uint step) {
    uvec2 synapse = synapses[at];
    Target target = target_of(p, synapse.x);
    find(target, step);
    uint w = meet(p, synapse.y, target, source, since(source));
    if (w != synapse.y) {
        synapses[at].y = w;
    }
}

void main() {
    mark_delivered();
    uint step = uint(windows[now].step + windows[now].steps);
    for (uint k = 0u; k < uint(PLASTICS); k++) {
        uint of = uint(PLASTIC) + k * WORDS_OF;
        Plastic p = plastic_at(of);
        uint sources = tables[of + SOURCES_OF], first = tables[of + ROWS_OF], traces = tables[of + SOURCE_TRACES];
        for (uint j = gl_WorkGroupID.x; j < sources; j += gl_NumWorkGroups.x) {
            Trace source = Trace(states[traces + j], states[traces + sources + j], 0u);
            uint end = rows[first + j + 1u];
            for (uint at = rows[first + j] + gl_WorkGroupID.y * 64u + gl_LocalInvocationID.x; at < end; at += gl_NumWorkGroups.y * 64u) {
                settle(p, source, at, step);
            }
        }
    }
    check_loops(2u + min(windows[now].spikes, 1u));
}
#else
// links is the place of what update left of the spike at a place in the ring.
uint links(uint place) {
    return uint(RING) + place * uint(FACTORS) + uint(LINKS);
}

// take_along takes a synapse through the spikes of its source in the window, the first of which is at a place in the ring.
void take_along(Plastic p, uint place, uint at) {
    uvec2 synapse = synapses[at];
    Target target = target_of(p, synapse.x);
    uint w = synapse.y, arrives = uint(SLOTS) * uint(STRIDE) + p.arriving + (synapse.x & ((1u << p.target_bits) - 1u));
    for (uint next = place + 1u; next != 0u; next = ring[links(next - 1u)].step) {
        uint pair = links(next - 1u) + 1u + 2u * p.slot, step = ring[next - 1u].step;
        Spike left = ring[pair];
        Trace source = Trace(left.step, left.neuron, ring[pair + 1u].step);
        find(target, step);
        w = meet(p, w, target, source, since(source));
        // Of a spike of the target that is there in the same step the source's knows nothing.
        uint k = target.spikes, y = 0u;
        if (k > 0u && states[recalled(target.at, k - 1u)] + target.delay == step) {
            k--;
        }
        if (k > 0u) {
            uint spike = recalled(target.at, k - 1u);
            y = after(p.decay_target, step - target.delay - states[spike], states[spike + 1u]);
        }
        uint slow = 0u;
        if (p.rule == TRIPLET) {
            slow = after(p.decay_slow_source, step - source.last, source.slow);
        }
        w = of_source(p, w, y, slow);
        int x = int(product(uint(abs(p.weight)), w));
        atomicAdd(arriving[arriving_in(step + target.delay) + arrives], p.weight < 0 ? -x : x);
    }
    synapses[at].y = w;
}

void main() {
    mark_delivered();
    uint begin = windows[now].begin, spikes = windows[now].spikes;
    for (uint place = begin + gl_WorkGroupID.x; place < begin + spikes; place += gl_NumWorkGroups.x) {
        uint neuron = ring[place].neuron;
        for (uint k = 0u; k < uint(PLASTICS); k++) {
            uint of = uint(PLASTIC) + k * WORDS_OF, j = neuron - tables[of + FIRST_SOURCE];
            if (j >= tables[of + SOURCES_OF] || ring[links(place)].neuron != 0u) {
                continue;
            }
            Plastic p = plastic_at(of);
            uint row = tables[of + ROWS_OF] + j, end = rows[row + 1u];
            for (uint at = rows[row] + gl_WorkGroupID.y * 64u + gl_LocalInvocationID.x; at < end; at += gl_NumWorkGroups.y * 64u) {
                take_along(p, place, at);
            }
        }
    }
    check_loops(1u + min(spikes, 2u));
}
#endif
