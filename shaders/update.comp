#version 430
// defines: RECEPTORS=2 SLOTS=1 STRIDE=20000 MAX_GROUPS=65535
//
// update advances every neuron through a window, one invocation a neuron, with
// the state in registers. Where a device takes fewer work groups in a row than
// there are, they are dispatched in several rows, the last of them in part for
// nothing. It is cpuref's update; every float is precise, so that
// no product is fused with a sum.

layout(local_size_x = 64) in;

#include "window.glsl"
#include "arriving.glsl"

struct Receptor {
    float p_vr;
    float p_rr;
    float scale;
    float grid;
    uint first;  // place of the population's first neuron in currents and in a slot
};

struct Population {
    uint first_group;
    uint first;  // global id of the first neuron
    uint size;
    uint drive;  // place of the population's row in drives
    float p_vv;
    float v_th;
    float v_reset;
    float grid;
    int refractory;
    uint receptors;
    Receptor receptor[RECEPTORS];
};

layout(std430, binding = 3) readonly buffer Populations {
    Population populations[];
};

layout(std430, binding = 4) buffer Potentials {
    float potentials[];
};

layout(std430, binding = 5) buffer Currents {
    float currents[];
};

layout(std430, binding = 6) buffer Clamped {
    int clamped_until[];
};

layout(std430, binding = 7) readonly buffer Drives {
    float drives[];
};

// my_population is the population whose work groups this one is among.
uint my_population(uint group) {
    uint p = uint(populations.length()) - 1u;
    while (group < populations[p].first_group) {
        p--;
    }
    return p;
}

// report appends a spike to the ring and makes sure that deliver visits it. The
// ring holds the most spikes that a batch can have; the host checks the count.
void report(uint begin, uint step, uint neuron) {
    uint k = atomicAdd(windows[now].spikes, 1u);
    if (begin + k < uint(ring.length())) {
        ring[begin + k] = Spike(step, neuron);
    }
    if (k < MAX_GROUPS) {
        atomicMax(windows[now].groups_x, k + 1u);
    }
}

void main() {
    uint begin = 0u;
    if (now > 0u) {
        begin = windows[now - 1u].begin + windows[now - 1u].spikes;
    }
    uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
    if (group == 0u && gl_LocalInvocationID.x == 0u) {
        windows[now].begin = begin;
    }

    uint q = my_population(group);
    uint i = (group - populations[q].first_group) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (i >= populations[q].size) {
        return;
    }
    uint neuron = populations[q].first + i;
    uint receptors = populations[q].receptors;
    precise float v = potentials[neuron];
    int until = clamped_until[neuron];
    precise float g[RECEPTORS];
    for (uint r = 0u; r < RECEPTORS; r++) {
        g[r] = r < receptors ? currents[populations[q].receptor[r].first + i] : 0.0;
    }

    int n = windows[now].step;
    int end = n + windows[now].steps;
    uint drive = populations[q].drive + windows[now].drive;
    for (; n < end; n++, drive++) {
        uint slot = arriving_in(uint(n + 1)) + i;
        precise float x = populations[q].p_vv * v;
        for (uint r = 0u; r < RECEPTORS; r++) {
            if (r < receptors) {
                precise float y = populations[q].receptor[r].p_vr * g[r];
                x = x + y;
            }
        }
        x = x + drives[drive];
        v = n < until ? populations[q].v_reset : x;
        for (uint r = 0u; r < RECEPTORS; r++) {
            if (r < receptors) {
                uint at = slot + populations[q].receptor[r].first;
                int a = arriving[at];
                if (a != 0) {
                    arriving[at] = 0;
                }
                // The conversion by halves is exact up to the rounding of the sum.
                precise float high = float(a >> 16) * 65536.0;
                precise float input_ = high + float(a & 0xffff);
                precise float scaled = populations[q].receptor[r].scale * input_;
                precise float decayed = populations[q].receptor[r].p_rr * g[r];
                precise float y = decayed + scaled;
                y = y + populations[q].receptor[r].grid;
                g[r] = y - populations[q].receptor[r].grid;
            }
        }
        v = v + populations[q].grid;
        v = v - populations[q].grid;
        if (v >= populations[q].v_th) {
            report(begin, uint(n + 1), neuron);
            v = populations[q].v_reset;
            until = n + 1 + populations[q].refractory;
        }
    }

    potentials[neuron] = v;
    clamped_until[neuron] = until;
    for (uint r = 0u; r < RECEPTORS; r++) {
        if (r < receptors) {
            currents[populations[q].receptor[r].first + i] = g[r];
        }
    }
}
