// The spikes of a window along the synapses of one page. Each row is
// cut into pieces of TEAM vectors, and a team of as many invocations takes one. Before it reads targets a team has read one
// behind the other the window, the spike, the place of its source's pieces and the piece.

#include "window.glsl"
#include "arriving.glsl"

#include "layout/piece.glsl"
#if SHORT_TERM
#include "factor.glsl"
#endif

layout(std430, binding = PAGE_0) restrict readonly buffer Firsts {
    uint firsts[];  // of neuron j: pieces[firsts[j]] to pieces[firsts[j+1]-1]
};

layout(std430, binding = PAGE_1) restrict readonly buffer Pieces {
    Piece pieces[];
};

layout(std430, binding = PAGE_2) restrict readonly buffer Reaches {
    Reach reaches[];  // of segments
};

layout(std430, binding = PAGE_3) restrict readonly buffer Weights {
    int weights[];  // of packed synapses, by code
};

#include "targets.glsl"

// whole tells whether all of a vector is in a piece, of which at is the place of its first number and last that of its last synapse's. Then
// no synapse need be asked; unless all invocations would take both branches.
bool whole(uint at, uint last, uint count) {
    return BRANCH == 1 && at < count && last < count;
}

// send_alike sends to eight targets, of which those count that are in the piece: at is the place of the first in it.
void send_alike(uint base, int weight, uvec4 x, uint at, uint count) {
    uvec4 low = base + (x & 0xffffu), high = base + (x >> 16);
    if (whole(at, at + 7u, count)) {
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

// place_of is where a packed synapse adds to, from a slot on: from the highest bits on it is delay, target and weight. The sum of slot and
// delay is below 2 SLOTS. Modulo SLOTS it is the smaller of itself and, unless that is below 0 and so large, itself less SLOTS.
uint place_of(uint slot, Reach r, uint x) {
    uint shift = r.packing & 0xffu, later = slot + (x >> shift);
    later = min(later, later - uint(SLOTS));
    return later * uint(STRIDE) + r.arriving + ((x & ((1u << shift) - 1u)) >> (r.packing >> 8));
}

int weight_of(Reach r, uint x) {
    int weight = weights[uint(r.weight) + (x & ((1u << (r.packing >> 8)) - 1u))];
#if SHORT_TERM
    weight = weighted(weight);
#endif
    return weight;
}

// send_packed does so with four packed synapses. The weights of all are read before any is sent. What is not in the piece may be of another segment,
// and its bits mean something else.
void send_packed(uint slot, Reach r, uvec4 x, uint at, uint count) {
    if (whole(at, at + 6u, count)) {
        int a = weight_of(r, x[0]), b = weight_of(r, x[1]), c = weight_of(r, x[2]), d = weight_of(r, x[3]);
        atomicAdd(arriving[place_of(slot, r, x[0])], a);
        atomicAdd(arriving[place_of(slot, r, x[1])], b);
        atomicAdd(arriving[place_of(slot, r, x[2])], c);
        atomicAdd(arriving[place_of(slot, r, x[3])], d);
        return;
    }
    for (int i = 0; i < 4; i++) {
        if (at + uint(2 * i) < count) {
            atomicAdd(arriving[place_of(slot, r, x[i])], weight_of(r, x[i]));
        }
    }
}

// deliver sends what a member of a team reads of a piece, of a spike at a place in the ring. Places that lie before its first synapse are below 0, and so large.
void deliver(uint place, uint step, Piece piece, uint member) {
    uint count = piece.of & ((1u << PIECE_BITS) - 1u), v = piece.first / 8u + member;
    if (8u * v >= piece.first + count) {
        return;
    }
    uvec4 x = read((piece.of >> PIECE_BITS) & ((1u << SHEET_BITS) - 1u), v);
    Reach r = reaches[piece.of >> (PIECE_BITS + SHEET_BITS)];
#if SHORT_TERM
    take_factor(place, r.packing >> 16);
    r.packing &= 0xffffu;
    if (r.packing == 0u) {
        r.weight = weighted(r.weight);
    }
#endif
    uint slot = (step + r.delay) % SLOTS, at = 8u * v - piece.first;
    if (r.packing != 0u) {
        send_packed(slot, r, x, at, count);
    } else {
        send_alike(slot * STRIDE + r.arriving, r.weight, x, at, count);
    }
}

// deliver_share is what one of so many work groups does of the spike at a place in the ring.
void deliver_share(uint place, uint share, uint shares) {
    Spike spike = ring[place];
    const uint teams = gl_WorkGroupSize.x / TEAM;
    uint member = gl_LocalInvocationID.x % TEAM, end = firsts[spike.neuron + 1u];
    for (uint i = firsts[spike.neuron] + share * teams + gl_LocalInvocationID.x / TEAM; i < end; i += shares * teams) {
        deliver(place, spike.step, pieces[i], member);
    }
}
