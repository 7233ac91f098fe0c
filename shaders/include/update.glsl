// A window of all neurons, an invocation a neuron. Neurons are lif with exponential synapses, or
// what a program makes of them; without GENERAL all are lif and nothing is random.

#include "window.glsl"
#include "arriving.glsl"

#include "population.glsl"

layout(std430, binding = 3) readonly buffer Populations {
    Population populations[];
};

layout(std430, binding = 4) COHERENT buffer States {
    uint states[];  // floats as bits, and whole numbers
};

layout(std430, binding = 5) buffer Drives {
    uint drives[];  // floats as bits; of a Poisson source the place here of how many thresholds its step has, and of these; what is noted
};

#if GENERAL
// The last binding: zink mistakes those behind one that a kernel does not use.
layout(std430, binding = 6) readonly restrict buffer Tables {
    uint tables[];
};
#endif

float state(uint at) {
    return uintBitsToFloat(states[at]);
}

void set_state(uint at, float x) {
    states[at] = floatBitsToUint(x);
}

#include "lif.glsl"
#if FOLLOW
#include "follow.glsl"
#endif

// my_population is the population whose work groups this one is among.
uint my_population(uint group) {
    uint p = uint(populations.length()) - 1u;
    while (group < populations[p].first_group) {
        p--;
    }
    return p;
}

#if GENERAL && (SHORT_TERM || RECALL)
#include "decay.glsl"
#endif
#if GENERAL && SHORT_TERM
#include "release.glsl"
#endif
#if GENERAL && RECALL
#include "traces.glsl"
#endif

// report appends spikes of neuron i of a population in a step to the ring and makes sure that deliver visits
// them. The ring holds the most spikes that a batch can have; the host checks the count.
void report(uint begin, uint q, uint i, uint step, uint count) {
    uint k = atomicAdd(windows[now].spikes, count);
#if GENERAL && (SHORT_TERM || RECALL)
    uint room = uint(RING);
#else
    uint room = uint(ring.length());
#endif
    for (uint at = begin + k; at < min(begin + k + count, room); at++) {
        ring[at] = Spike(step, populations[q].first + i);
#if GENERAL && SHORT_TERM
        release(q, i, step, at);
#endif
#if GENERAL && RECALL
        leave_traces(q, i, step, at);
#endif
    }
    if (k < uint(MAX_GROUPS)) {
        atomicMax(windows[now].groups_x, min(k + count, uint(MAX_GROUPS)));
    }
#if GENERAL && RECALL
    recall(q, i, step);
#endif
}

// take is what arrives at a place, which it leaves at zero.
int take(uint at) {
    int a = arriving[at];
    if (a != 0) {
        arriving[at] = 0;
    }
#if GENERAL && RECALL
    // What synapses bring whose weights change lies behind the slots of the others: checkpoints hold it.
    int b = arriving[at + uint(SLOTS) * uint(STRIDE)];
    if (b != 0) {
        arriving[at + uint(SLOTS) * uint(STRIDE)] = 0;
    }
    a += b;
#endif
    return a;
}

#if GENERAL
#include "words.glsl"
#include "general.glsl"
#if PROGRAMS > 0
#include "programs.glsl"
#include "cells.glsl"
#endif
#endif

#if GENERAL && SOURCES
// fire lets this invocation's neuron of a source fire, if it has one. The work group's first is that one of its population.
void fire(uint begin, uint q, uint first, bool here, int n, int end, uint drive) {
    uint i = first + gl_LocalInvocationID.x;
    if (populations[q].model == POISSON_SOURCE) {
        for (int from = n; n < end; n++, drive++) {
            uint place = prepare(q, first, 1u, uint(n + 1), uint(n - from), uint(end - n));
            uint w = word_of(q, i, uint(n + 1), 0u, place);
            uint list = drives[drive], most = drives[list], count = 0u;
            while (here && count < most && w >= drives[list + 1u + count]) {
                count++;
            }
            if (count > 0u) {
                report(begin, q, i, uint(n + 1), count);
            }
        }
        return;
    }
    if (!here) {
        return;
    }
    uint at = populations[q].state + i;
    uint next = tables[populations[q].train + i] + states[at];
    uint done = 0u;
    for (; n < end; n++) {
        uint before = done;
        while (tables[next + done] == uint(n + 1)) {
            done++;
        }
        if (done > before) {
            report(begin, q, i, uint(n + 1), done - before);
        }
    }
    states[at] += done;
}

#endif

// update takes the neurons of a work group, of those that there are for all neurons, through the window.
void update(uint group) {
    uint begin = 0u;
    if (now > 0u) {
        begin = windows[now - 1u].begin + windows[now - 1u].spikes;
    }
    if (group == 0u && gl_LocalInvocationID.x == 0u) {
        windows[now].begin = begin;
        windows[now].updated = uint(windows[now].step) + 1u;
    }

#if GENERAL && FAILS
    if (failed_before()) {
        return;
    }
#endif

    uint q = my_population(group);
    uint first = (group - populations[q].first_group) * gl_WorkGroupSize.x;
    uint i = first + gl_LocalInvocationID.x;
#if GENERAL
    if (first >= populations[q].size) {
        return;
    }
    bool here = i < populations[q].size;  // the others only draw words
    i = min(i, populations[q].size - 1u);
#else
    if (i >= populations[q].size) {
        return;
    }
#endif
    int n = windows[now].step;
    int end = n + windows[now].steps;
    uint drive = populations[q].drive + windows[now].drive;
#if GENERAL && SOURCES
    if (populations[q].model >= POISSON_SOURCE) {
        fire(begin, q, first, here, n, end, drive);
        return;
    }
#endif
#if GENERAL && PROGRAMS > 0
    if (populations[q].model == PROGRAMMED) {
        advance_cell(begin, group, q, first, i, here, n, end, drive);
        return;
    }
#endif
#if SIMPLE
#if GENERAL
    uint draws = draws_of(q);
    int from = n;
    int counted[RECEPTORS];
#endif
    uint receptors = populations[q].receptors;
#if FOLLOW
    uint follow = windows[now].follow;
    uvec2 entries = followed(follow, group);
#endif
    uint size = populations[q].size, at = populations[q].state + i;
    precise float v = state(at);
    int until = int(states[at + size]);
    precise float g[RECEPTORS];
    for (uint r = 0u; r < RECEPTORS; r++) {
        g[r] = r < receptors ? state(at + (2u + r) * size) : 0.0;
    }

    for (; n < end; n++, drive++) {
#if GENERAL
        uint place = prepare(q, first, draws, uint(n + 1), uint(n - from), uint(end - n));
        if (!here) {
            continue;
        }
#endif
        uint slot = arriving_in(uint(n + 1)) + i;
        precise float c = uintBitsToFloat(drives[drive]);
#if GENERAL
        collect(q, i, slot, uint(n + 1), place, counted);
#endif
        precise float x = integrate_lif(q, v, c, g);
        v = n < until ? populations[q].v_reset : changed(v, x, populations[q].grid);
        for (uint r = 0u; r < RECEPTORS; r++) {
            if (r < receptors) {
#if GENERAL
                g[r] = decay(q, r, g[r], counted[r]);
#else
                g[r] = decay(q, r, g[r], take(slot + populations[q].receptor[r].arriving));
#endif
            }
        }
        float threshold = populations[q].v_th;
        if (v >= threshold) {
            report(begin, q, i, uint(n + 1), 1u);
            v = populations[q].v_reset;
            until = n + 1 + populations[q].refractory;
        }
#if FOLLOW
        if (entries.x < entries.y) {
            uint s[STATES];
            s[0] = floatBitsToUint(v);
            for (uint k = 1u; k < STATES; k++) {
                s[k] = k >= 2u && k < 2u + RECEPTORS ? floatBitsToUint(g[k - 2u]) : 0u;
            }
            note(follow, entries, drive - populations[q].drive, s);
        }
#endif
    }

#if GENERAL
    if (!here) {
        return;
    }
#endif
    set_state(at, v);
    states[at + size] = uint(until);
    for (uint r = 0u; r < RECEPTORS; r++) {
        if (r < receptors) {
            set_state(at + (2u + r) * size, g[r]);
        }
    }
#endif
}
