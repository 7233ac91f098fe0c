#version 430
// defines: SLOTS=1 STRIDE=20000 PAGE_0=8 PAGE_1=9 PAGE_2=10 PAGE_3=11 PAGE_4=12
//
// deliver sends the spikes of a window along the synapses of one page. Work
// groups are laid out as (spike, segment of its source, piece of a row), so that
// a wide row or an active neuron is spread over many of them.

layout(local_size_x = 64) in;

#include "window.glsl"
#include "arriving.glsl"

#include "layout/segment.glsl"

layout(std430, binding = PAGE_0) readonly buffer Sources {
    Source sources[];
};

layout(std430, binding = PAGE_1) readonly buffer Segments {
    Segment segments[];
};

layout(std430, binding = PAGE_2) readonly buffer Rows {
    uint rows[];  // of a source: targets[rows[j]] to targets[rows[j+1]-1]
};

layout(std430, binding = PAGE_3) readonly buffer Targets {
    uint targets[];  // two 16-bit targets a word, the first in the low half; or a packed synapse
};

layout(std430, binding = PAGE_4) readonly buffer Weights {
    int weights[];  // of packed synapses, by code
};

// deliver_packed sends synapses that are packed: from the highest bits on delay, target and
// weight.
void deliver_packed(Spike spike, Segment s, uint from, uint to) {
    uint piece = gl_WorkGroupID.z * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    uint stride = gl_NumWorkGroups.z * gl_WorkGroupSize.x;
    uint below = (1u << s.delay_shift) - 1u, weight = (1u << s.weight_bits) - 1u;
    for (uint k = from + piece; k < to; k += stride) {
        uint x = targets[k];
        uint slot = arriving_in(spike.step + s.delay + (x >> s.delay_shift)) + s.arriving;
        atomicAdd(arriving[slot + ((x & below) >> s.weight_bits)], weights[uint(s.weight) + (x & weight)]);
    }
}

void deliver(Spike spike, Segment s) {
    uint row = s.rows + spike.neuron - s.first_source;
    uint from = rows[row], to = rows[row + 1u];
    if (s.delay_shift != 0u) {
        deliver_packed(spike, s, from, to);
        return;
    }
    uint base = arriving_in(spike.step + s.delay) + s.arriving;
    uint piece = gl_WorkGroupID.z * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    uint stride = gl_NumWorkGroups.z * gl_WorkGroupSize.x;
    for (uint word = from / 2u + piece; 2u * word < to; word += stride) {
        uint pair = targets[word];
        if (2u * word >= from) {
            atomicAdd(arriving[base + (pair & 0xffffu)], s.weight);
        }
        if (2u * word + 1u < to) {
            atomicAdd(arriving[base + (pair >> 16)], s.weight);
        }
    }
}

void main() {
    mark_delivered();
    uint spikes = windows[now].spikes;
    for (uint k = gl_WorkGroupID.x; k < spikes; k += gl_NumWorkGroups.x) {
        Spike spike = ring[windows[now].begin + k];
        uint p = 0u;
        while (spike.neuron >= sources[p].end) {
            p++;
        }
        if (gl_WorkGroupID.y < sources[p].segments) {
            Segment s = segments[sources[p].first_segment + gl_WorkGroupID.y];
            if (spike.neuron - s.first_source < s.sources) {
                deliver(spike, s);
            }
        }
    }
}
