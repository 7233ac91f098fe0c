// Sums of what arrives at a slice, in the shared memory of a work group that goes through the spikes of a step by itself. What it adds to the
// slot in the end is one addition for each target, and not one for each synapse.

#include "layout/slice.glsl"
#include "loops.glsl"

layout(std430, binding = PAGE_0) restrict readonly buffer Slices {
    Slice slices[];
};

shared int sums[SLICE];
shared uint list[LOCAL];  // sources that fired, counted from the first of those that are looked for
shared uint listed;
#if SHORT_TERM
shared uint places[LOCAL];  // of the spikes of listed sources in the ring
#endif

// synchronise ends a phase: all its writes to shared memory are seen by the work group.
void synchronise() {
    memoryBarrierShared();
    barrier();
}

void clear_sums() {
    for (uint i = gl_LocalInvocationIndex; i < uint(SLICE); i += uint(LOCAL)) {
        sums[i] = 0;
    }
}

// find_sources lists those of so many sources that fired in a step, among as many spikes of the window, from one on, as there are invocations,
// and returns how many. What was listed before must be used up; all invocations call it together.
uint find_sources(uint first, uint sources, uint step, uint from, uint spikes) {
    synchronise();
    if (gl_LocalInvocationIndex == 0u) {
        listed = 0u;
    }
    synchronise();
    uint k = from + gl_LocalInvocationIndex;
    if (k < spikes) {
        Spike spike = ring[windows[now].begin + k];
        if (spike.step == step && spike.neuron - first < sources) {
            uint at = atomicAdd(listed, 1u);
            list[at] = spike.neuron - first;
#if SHORT_TERM
            places[at] = windows[now].begin + k;
#endif
        }
    }
    synchronise();
    return listed;
}

// deliver_sums adds them to a slot.
void deliver_sums(Slice s, uint step) {
    synchronise();
    uint place = arriving_in(step + s.delay) + s.arriving;
    for (uint i = gl_LocalInvocationIndex; i < s.size; i += uint(LOCAL)) {
        if (sums[i] != 0) {
            atomicAdd(arriving[place + i], sums[i]);
        }
    }
    check_loops(1u + s.lanes);
}
