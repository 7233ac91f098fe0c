#version 430
// defines: SLOTS=1 STRIDE=20000 TEAM=16 PIECE_BITS=10 PAGE_0=8 PAGE_1=9 PAGE_2=10 PAGE_3=11 PAGE_4=12
//
// deliver sends the spikes of a window along the synapses of one page. Each row is
// cut into pieces of TEAM vectors, and a team of as many invocations takes one. Work groups are laid out as (spike, pieces of its source by
// turns), so that a wide row or an active neuron is spread over many of them. Before it reads targets a team has read one
// behind the other the window, the spike, the place of its source's pieces and the piece.

layout(local_size_x = 64) in;

#include "window.glsl"
#include "arriving.glsl"

#include "layout/segment.glsl"

layout(std430, binding = PAGE_0) restrict readonly buffer Firsts {
    uint firsts[];  // of neuron j: pieces[firsts[j]] to pieces[firsts[j+1]-1]
};

layout(std430, binding = PAGE_1) restrict readonly buffer Pieces {
    Piece pieces[];
};

layout(std430, binding = PAGE_2) restrict readonly buffer Segments {
    Segment segments[];
};

layout(std430, binding = PAGE_3) restrict readonly buffer Targets {
    uvec4 targets[];  // two 16-bit targets a word, the first in the low half; or a packed synapse
};

layout(std430, binding = PAGE_4) restrict readonly buffer Weights {
    int weights[];  // of packed synapses, by code
};

// send_alike sends to eight targets, of which those count that are in the piece: at is the place of the first in it.
void send_alike(uint base, int weight, uvec4 x, uint at, uint count) {
    uvec4 low = base + (x & 0xffffu), high = base + (x >> 16);
    if (at < count && at + 7u < count) {
        for (int i = 0; i < 4; i++) {
            atomicAdd(arriving[low[i]], weight);
            atomicAdd(arriving[high[i]], weight);
        }
        return;
    }
    for (int i = 0; i < 4; i++) {
        if (at + uint(2 * i) < count) {
            atomicAdd(arriving[low[i]], weight);
        }
        if (at + uint(2 * i) + 1u < count) {
            atomicAdd(arriving[high[i]], weight);
        }
    }
}

// send_packed does so with four packed synapses: from the highest bits on delay, target and weight. What is not in the piece may be of
// another segment and its bits mean something else: it counts as 0. The place of a slot is slot modulo SLOTS, below 2 SLOTS: the
// smaller of it and, unless that is below 0 and so large, it less SLOTS.
void send_packed(uint slot, Segment s, uvec4 x, uint at, uint count) {
    uvec4 place = at + uvec4(0u, 2u, 4u, 6u);
    bvec4 mine = lessThan(place, uvec4(count));
    x *= uvec4(mine);
    ivec4 weight;
    for (int i = 0; i < 4; i++) {
        weight[i] = weights[uint(s.weight) + (x[i] & ((1u << s.weight_bits) - 1u))];
    }
    uvec4 slots = slot + (x >> s.delay_shift);
    slots = min(slots, slots - uint(SLOTS));
    uvec4 to = slots * uint(STRIDE) + s.arriving + ((x & ((1u << s.delay_shift) - 1u)) >> s.weight_bits);
    for (int i = 0; i < 4; i++) {
        if (mine[i]) {
            atomicAdd(arriving[to[i]], weight[i]);
        }
    }
}

// deliver sends what a member of a team reads of a piece. Places that lie before its first synapse are below 0, and so large.
void deliver(uint step, Piece piece, uint member) {
    uint count = piece.of & ((1u << PIECE_BITS) - 1u);
    Segment s = segments[piece.of >> PIECE_BITS];
    uint slot = (step + s.delay) % SLOTS;
    uint v = piece.first / 8u + member;
    if (8u * v >= piece.first + count) {
        return;
    }
    uvec4 x = targets[v];
    if (s.delay_shift != 0u) {
        send_packed(slot, s, x, 8u * v - piece.first, count);
    } else {
        send_alike(slot * STRIDE + s.arriving, s.weight, x, 8u * v - piece.first, count);
    }
}

void main() {
    mark_delivered();
    const uint teams = gl_WorkGroupSize.x / TEAM;
    uint member = gl_LocalInvocationID.x % TEAM;
    uint mine = gl_WorkGroupID.y * teams + gl_LocalInvocationID.x / TEAM, stride = gl_NumWorkGroups.y * teams;
    uint begin = windows[now].begin, spikes = windows[now].spikes;
    for (uint k = gl_WorkGroupID.x; k < spikes; k += gl_NumWorkGroups.x) {
        Spike spike = ring[begin + k];
        uint end = firsts[spike.neuron + 1u];
        for (uint i = firsts[spike.neuron] + mine; i < end; i += stride) {
            deliver(spike.step, pieces[i], member);
        }
    }
}
