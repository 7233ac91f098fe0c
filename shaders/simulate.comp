#version 430
// defines: LOCAL=1024 EACH=4 NEURONS=4000 POPULATIONS=2 RECEPTORS=2 SLOTS=1 STRIDE=8000 RING=8000 TEAM=64 SEGMENTS=2 WEIGHTS=8004 REPLICA=24000 WAITING=16000 GENERAL=0 INPUTS=1
//
// simulate advances whole networks, one a work group, by many steps: replicas of one
// network, which share its synapses. Input on its way is in shared memory, V, g and the
// ends of clamps are in registers, and the steps are a loop with two barriers. Neurons are
// lif with exponential synapses and nothing random. It gives the spikes of update and
// deliver.

layout(local_size_x = LOCAL) in;

#include "population.glsl"
#include "layout/segment.glsl"
#include "layout/spike.glsl"

layout(std140, binding = 0) uniform Span {
    int step;   // n, the step before the first
    int steps;  // to simulate
};

layout(std430, binding = 0) coherent buffer Ring {
    Spike ring[];  // of each replica the number of spikes, and the last step as a sign that it was done, or CUT; then RING of each
};

// REPLICA words of each replica: what update has in its states, and from
// WAITING on input on its way.
layout(std430, binding = 1) buffer Replicas {
    uint replicas[];
};

layout(std430, binding = 2) readonly buffer Populations {
    Population populations[];
};

layout(std430, binding = 3) readonly buffer Drives {
    float drives[];  // the same of all replicas
};

layout(std430, binding = 4) readonly buffer Sources {
    Source sources[];
};

layout(std430, binding = 5) readonly buffer Segments {
    Segment segments[];
};

layout(std430, binding = 6) readonly buffer Rows {
    uint rows[];  // and from WEIGHTS on the weights of packed synapses, by code
};

layout(std430, binding = 7) readonly buffer Targets {
    uint targets[];
};

shared int arriving[SLOTS * STRIDE];
shared uint spikes;  // of this dispatch
shared uint cut;     // invocations whose loops were ended early

const uint CUT = 0xffffffffu;

#include "lif.glsl"
#include "passes.glsl"

uint slot_of(uint step) {
    return (step % SLOTS) * STRIDE;
}

// population_of counts, for invocations side by side differ in it: Mesa 22 takes what a loop
// leaves that they leave at different times for the same in all.
uint population_of(uint neuron) {
    uint p = 0u;
    for (uint q = 1u; q < POPULATIONS; q++) {
        p += neuron >= populations[q].first ? 1u : 0u;
    }
    return p;
}

// synchronise ends a phase: all its writes are seen by the whole work group.
void synchronise() {
    memoryBarrierShared();
    memoryBarrierBuffer();
    barrier();
}

// deliver sends a spike along one segment, a team of invocations side by side.
void deliver(Spike spike, Segment s, uint member) {
    uint row = s.rows + spike.neuron - s.first_source;
    uint from = rows[row], to = rows[row + 1u];
    if (s.delay_shift != 0u) {
        uint below = (1u << s.delay_shift) - 1u, weight = (1u << s.weight_bits) - 1u;
        for (uint k = from + member; k < to; k += TEAM) {
            uint x = targets[k];
            uint slot = slot_of(spike.step + s.delay + (x >> s.delay_shift)) + s.arriving;
            atomicAdd(arriving[slot + ((x & below) >> s.weight_bits)], int(rows[WEIGHTS + uint(s.weight) + (x & weight)]));
        }
        return;
    }
    uint base = slot_of(spike.step + s.delay) + s.arriving;
    for (uint word = from / 2u + member; 2u * word < to; word += TEAM) {
        uint pair = targets[word];
        if (2u * word >= from) {
            atomicAdd(arriving[base + (pair & 0xffffu)], s.weight);
        }
        if (2u * word + 1u < to) {
            atomicAdd(arriving[base + (pair >> 16)], s.weight);
        }
    }
}

// deliver_all sends the spikes of a step, a team for each and segment of its source.
void deliver_all(uint ringed, uint begin, uint end) {
    for (uint k = begin * SEGMENTS + gl_LocalInvocationIndex / TEAM; k < end * SEGMENTS; k += LOCAL / TEAM) {
        Spike spike = ring[ringed + k / SEGMENTS];
        uint p = population_of(spike.neuron);
        if (k % SEGMENTS < sources[p].segments) {
            deliver(spike, segments[sources[p].first_segment + k % SEGMENTS], gl_LocalInvocationIndex % TEAM);
        }
    }
}

// take is what arrives at a place, which it leaves at zero.
int take(uint at) {
    int a = arriving[at];
    arriving[at] = 0;
    return a;
}

void main() {
    uint me = gl_LocalInvocationIndex;
    uint mine = gl_WorkGroupID.x * REPLICA, ringed = gl_NumWorkGroups.x + gl_WorkGroupID.x * RING;
    for (uint at = me; at < SLOTS * STRIDE; at += LOCAL) {
        arriving[at] = int(replicas[mine + WAITING + at]);
    }
    if (me == 0u) {
        spikes = 0u;
        cut = 0u;
    }
    uint population[EACH];
    float v[EACH];
    int until[EACH];
    float g[EACH * RECEPTORS];
    for (uint k = 0u; k < EACH; k++) {
        uint neuron = me + k * LOCAL, q = population_of(neuron);
        if (neuron < NEURONS) {
            uint at = mine + populations[q].state + neuron - populations[q].first, size = populations[q].size;
            v[k] = uintBitsToFloat(replicas[at]);
            until[k] = int(replicas[at + size]);
            for (uint r = 0u; r < RECEPTORS; r++) {
                g[k * RECEPTORS + r] = r < populations[q].receptors ? uintBitsToFloat(replicas[at + (2u + r) * size]) : 0.0;
            }
        }
        population[k] = q;
    }
    synchronise();

    uint begin = 0u;
    for (int n = step; n < step + steps; n++) {
        for (uint k = 0u; k < EACH; k++) {
            uint neuron = me + k * LOCAL, q = population[k];
            if (neuron < NEURONS) {
                uint at = slot_of(uint(n + 1)) + neuron - populations[q].first;
                float own[RECEPTORS];
                for (uint r = 0u; r < RECEPTORS; r++) {
                    own[r] = g[k * RECEPTORS + r];
                }
                precise float x = integrate_lif(q, v[k], drives[populations[q].drive + uint(n - step)], own);
                x = n < until[k] ? populations[q].v_reset : changed(v[k], x, populations[q].grid);
                for (uint r = 0u; r < RECEPTORS; r++) {
                    if (r < populations[q].receptors) {
                        g[k * RECEPTORS + r] = decay(q, r, own[r], take(at + populations[q].receptor[r].arriving));
                    }
                }
                if (x >= populations[q].v_th) {
                    uint place = atomicAdd(spikes, 1u);
                    if (place < RING) {
                        ring[ringed + place] = Spike(uint(n + 1), neuron);
                    }
                    x = populations[q].v_reset;
                    until[k] = n + 1 + populations[q].refractory;
                }
                v[k] = x;
            }
        }
        synchronise();
        uint end = min(spikes, uint(RING));
        deliver_all(ringed, begin, end);
        begin = end;
        synchronise();
    }

    for (uint k = 0u; k < EACH; k++) {
        uint neuron = me + k * LOCAL, q = population[k];
        if (neuron < NEURONS) {
            uint at = mine + populations[q].state + neuron - populations[q].first, size = populations[q].size;
            replicas[at] = floatBitsToUint(v[k]);
            replicas[at + size] = uint(until[k]);
            for (uint r = 0u; r < RECEPTORS; r++) {
                if (r < populations[q].receptors) {
                    replicas[at + (2u + r) * size] = floatBitsToUint(g[k * RECEPTORS + r]);
                }
            }
        }
    }
    for (uint at = me; at < SLOTS * STRIDE; at += LOCAL) {
        replicas[mine + WAITING + at] = uint(arriving[at]);
    }
    if (loops_ended(2u + uint(min(steps, 2)))) {
        atomicAdd(cut, 1u);
    }
    synchronise();
    if (me == 0u) {
        ring[gl_WorkGroupID.x] = Spike(spikes, cut == 0u ? uint(step + steps) : CUT);
    }
}
