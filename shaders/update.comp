#version 430
// defines: RECEPTORS=2 SLOTS=1 STRIDE=20000 MAX_GROUPS=65535 GENERAL=0 INPUTS=1 NEURONS=10000 DRAWS=8 SHARE_WORDS=1 FOLLOW=1 PHI=2 NORMAL=12 NORMAL_CELLS=1025
//
// update advances every neuron through a window, one invocation a neuron, with
// the state in registers. Where a device takes fewer work groups in a row than
// there are, they are dispatched in several rows, the last of them in part for
// nothing. It is cpuref's update; every float is precise, so that
// no product is fused with a sum. Without GENERAL all neurons are lif with
// exponential synapses and nothing random.

layout(local_size_x = 64) in;

#include "window.glsl"
#include "arriving.glsl"

#include "population.glsl"

layout(std430, binding = 3) readonly buffer Populations {
    Population populations[];
};

layout(std430, binding = 4) buffer Potentials {
    float potentials[];
};

layout(std430, binding = 5) buffer States {
    uint states[];  // floats as bits, and the ends of clamps
};

layout(std430, binding = 6) buffer Drives {
    uint drives[];  // floats as bits; of a Poisson source the place here of how many thresholds its step has, and of these; what is noted
};

#if GENERAL
// The last binding: zink mistakes those behind one that a kernel does not use.
layout(std430, binding = 7) buffer Tables {
    uint tables[];
};
#endif

float state(uint at) {
    return uintBitsToFloat(states[at]);
}

void set_state(uint at, float x) {
    states[at] = floatBitsToUint(x);
}

#if GENERAL
#include "words.glsl"
#include "general.glsl"
#else
#include "lif.glsl"
#endif
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

// report appends spikes of a neuron in a step to the ring and makes sure that deliver visits
// them. The ring holds the most spikes that a batch can have; the host checks the count.
void report(uint begin, uint step, uint neuron, uint count) {
    uint k = atomicAdd(windows[now].spikes, count);
    for (uint at = begin + k; at < min(begin + k + count, uint(ring.length())); at++) {
        ring[at] = Spike(step, neuron);
    }
    if (k < uint(MAX_GROUPS)) {
        atomicMax(windows[now].groups_x, min(k + count, uint(MAX_GROUPS)));
    }
}

// take is what arrives at a place, which it leaves at zero.
int take(uint at) {
    int a = arriving[at];
    if (a != 0) {
        arriving[at] = 0;
    }
    return a;
}

#if GENERAL
// fire lets this invocation's neuron of a source fire, if it has one. The work group's first is that one of its population.
void fire(uint begin, uint q, uint first, bool here, int n, int end, uint drive) {
    uint i = first + gl_LocalInvocationID.x, neuron = populations[q].first + i;
    if (populations[q].model == POISSON_SOURCE) {
        for (int from = n; n < end; n++, drive++) {
            uint place = prepare(q, first, 1u, uint(n + 1), uint(n - from), uint(end - n));
            uint w = word_of(q, i, uint(n + 1), 0u, place);
            uint list = drives[drive], most = drives[list], count = 0u;
            while (here && count < most && w >= drives[list + 1u + count]) {
                count++;
            }
            if (count > 0u) {
                report(begin, uint(n + 1), neuron, count);
            }
        }
        return;
    }
    if (!here) {
        return;
    }
    uint at = populations[q].clamped + i;
    uint next = tables[populations[q].train + i] + states[at];
    uint done = 0u;
    for (; n < end; n++) {
        uint before = done;
        while (tables[next + done] == uint(n + 1)) {
            done++;
        }
        if (done > before) {
            report(begin, uint(n + 1), neuron, done - before);
        }
    }
    states[at] += done;
}

// integrate is the change of V of a current-based neuron in a step, without white noise
// and delta synapses.
float integrate(uint q, uint i, float v, float drive, float g[RECEPTORS], float y[RECEPTORS], float bias, float u) {
    precise float x = populations[q].m_vv * v;
    for (uint r = 0u; r < populations[q].receptors; r++) {
        uint shape = populations[q].receptor[r].shape;
        if (shape != DELTA) {
            precise float a = populations[q].receptor[r].p_vr * g[r];
            x = x + a;
        }
        if (shape == ALPHA) {
            precise float a = populations[q].receptor[r].p_vy * y[r];
            x = x + a;
        }
    }
    x = x + drive;
    if (populations[q].bias != NONE) {
        x = x + bias;
    }
    if (populations[q].ou != NONE) {
        precise float a = populations[q].p_vu * u;
        x = x + a;
    }
    return x;
}

// unresolved tells the host of a neuron whose step from n on is not resolved. Windows come one after
// another; of the first that has such neurons, the first step counts and in it the lowest neuron.
void unresolved(uint neuron, int n) {
    uint window = uint(windows[now].step) + 1u;
    uint first = atomicCompSwap(tables[0], 0u, window);
    if (first == 0u || first == window) {
        atomicMin(tables[1], uint(n - windows[now].step) * uint(NEURONS) + neuron);
    }
}

// integrate_cond is the same of a conductance-based neuron.
float integrate_cond(uint q, uint i, int n, float v, float drive, float g[RECEPTORS], float y[RECEPTORS], float bias, float u) {
    precise float total = populations[q].leak;
    precise float current = drive;
    if (populations[q].bias != NONE) {
        current = current + bias;
    }
    if (populations[q].ou != NONE) {
        precise float a = populations[q].p_vu * u;
        current = current + a;
    }
    for (uint r = 0u; r < populations[q].receptors; r++) {
        precise float h = populations[q].receptor[r].half_step * g[r];
        if (populations[q].receptor[r].shape == ALPHA) {
            precise float a = populations[q].receptor[r].half_rise * y[r];
            h = h + a;
        }
        total = total + h;
        precise float a = h * populations[q].receptor[r].reversal;
        current = current + a;
    }
    precise float z = populations[q].per_c * total;
    if (z > MAX_Z) {
        unresolved(populations[q].first + i, n);
    }
    precise float leaving = total * v;
    precise float net = current - leaving;
    precise float change = populations[q].per_c * net;
    change = change * phi(z);
    return change;
}
#endif

void main() {
    uint begin = 0u;
    if (now > 0u) {
        begin = windows[now - 1u].begin + windows[now - 1u].spikes;
    }
    uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
    if (group == 0u && gl_LocalInvocationID.x == 0u) {
        windows[now].begin = begin;
        windows[now].updated = uint(windows[now].step) + 1u;
    }

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
#if GENERAL
    if (populations[q].model >= POISSON_SOURCE) {
        fire(begin, q, first, here, n, end, drive);
        return;
    }
    precise float threshold = populations[q].v_th;
    if (populations[q].threshold != NONE) {
        threshold = state(populations[q].threshold + i);
    }
    precise float bias = 0.0;
    if (populations[q].bias != NONE) {
        bias = state(populations[q].bias + i);
    }
    precise float u = 0.0;
    if (populations[q].ou != NONE) {
        u = state(populations[q].ou + i);
    }
    uint draws = draws_of(q);
    int from = n;
    precise float rise[RECEPTORS];
    int counted[RECEPTORS];
#endif
    uint neuron = populations[q].first + i;
    uint receptors = populations[q].receptors;
#if FOLLOW
    uint follow = windows[now].follow;
    uvec2 entries = followed(follow, group);
#endif
    precise float v = potentials[neuron];
    int until = int(states[populations[q].clamped + i]);
    precise float g[RECEPTORS];
    for (uint r = 0u; r < RECEPTORS; r++) {
        g[r] = 0.0;
        if (r < receptors) {
#if GENERAL
            rise[r] = 0.0;
            if (populations[q].receptor[r].shape != DELTA) {
                g[r] = state(populations[q].receptor[r].state + i);
            }
            if (populations[q].receptor[r].shape == ALPHA) {
                rise[r] = state(populations[q].receptor[r].rise + i);
            }
#else
            g[r] = state(populations[q].receptor[r].state + i);
#endif
        }
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
        for (uint r = 0u; r < RECEPTORS; r++) {
            if (r < receptors) {
                counted[r] = take(slot + populations[q].receptor[r].arriving);
            }
        }
        for (uint k = 0u; k < populations[q].inputs; k++) {
            uint count = poisson_count(word_of(q, i, uint(n + 1), k, place), populations[q].poisson[k].thresholds, populations[q].poisson[k].most);
            counted[populations[q].poisson[k].receptor] += int(count) * populations[q].poisson[k].weight;
        }
        precise float x;
        if (populations[q].model == LIF_COND) {
            x = integrate_cond(q, i, n, v, c, g, rise, bias, u);
        } else {
            x = integrate(q, i, v, c, g, rise, bias, u);
        }
        if (populations[q].white != 0u) {
            precise float a = populations[q].white_step * standard_normal(word_of(q, i, uint(n + 1), populations[q].inputs, place));
            x = x + a;
        }
        for (uint r = 0u; r < receptors; r++) {
            if (populations[q].receptor[r].shape == DELTA) {
                precise float a = populations[q].receptor[r].scale * as_float(counted[r]);
                x = x + a;
            }
        }
#else
        precise float x = integrate_lif(q, v, c, g);
#endif
        v = n < until ? populations[q].v_reset : changed(v, x, populations[q].grid);
        for (uint r = 0u; r < RECEPTORS; r++) {
            if (r < receptors) {
#if GENERAL
                precise float scaled = populations[q].receptor[r].scale * as_float(counted[r]);
                uint shape = populations[q].receptor[r].shape;
                if (shape == ALPHA) {
                    precise float fed = populations[q].receptor[r].p_gy * rise[r];
                    precise float decayed = populations[q].receptor[r].p_rr * g[r];
                    precise float y = decayed + fed;
                    y = y + populations[q].receptor[r].grid;
                    g[r] = y - populations[q].receptor[r].grid;
                    decayed = populations[q].receptor[r].p_rr * rise[r];
                    y = decayed + scaled;
                    y = y + populations[q].receptor[r].grid;
                    rise[r] = y - populations[q].receptor[r].grid;
                    continue;
                }
                if (shape == DELTA) {
                    continue;
                }
                precise float decayed = populations[q].receptor[r].p_rr * g[r];
                precise float y = decayed + scaled;
                y = y + populations[q].receptor[r].grid;
                g[r] = y - populations[q].receptor[r].grid;
#else
                g[r] = decay(q, r, g[r], take(slot + populations[q].receptor[r].arriving));
#endif
            }
        }
#if GENERAL
        if (populations[q].ou != NONE) {
            precise float kicked = populations[q].ou_kick * standard_normal(word_of(q, i, uint(n + 1), draws - 1u, place));
            precise float change = populations[q].m_uu * u;
            change = change + kicked;
            u = changed(u, change, populations[q].ou_grid);
        }
#else
        float threshold = populations[q].v_th;
#endif
        if (v >= threshold) {
            report(begin, uint(n + 1), neuron, 1u);
            v = populations[q].v_reset;
            until = n + 1 + populations[q].refractory;
        }
#if FOLLOW
        if (entries.x < entries.y) {
            note(follow, entries, drive - populations[q].drive, v, g);
        }
#endif
    }

#if GENERAL
    if (!here) {
        return;
    }
#endif
    potentials[neuron] = v;
    states[populations[q].clamped + i] = uint(until);
    for (uint r = 0u; r < RECEPTORS; r++) {
        if (r < receptors) {
#if GENERAL
            if (populations[q].receptor[r].shape == DELTA) {
                continue;
            }
            if (populations[q].receptor[r].shape == ALPHA) {
                set_state(populations[q].receptor[r].rise + i, rise[r]);
            }
#endif
            set_state(populations[q].receptor[r].state + i, g[r]);
        }
    }
#if GENERAL
    if (populations[q].ou != NONE) {
        set_state(populations[q].ou + i, u);
    }
#endif
}
