#version 430
// defines: SLOTS=1 STRIDE=20000 TEAM=16 SHEETS=2 BRANCH=1 LOCAL=256 SLICE=1024 SHORT_TERM=1 RING=10000 FACTORS=1 PAGE_0=7 PAGE_1=8 PAGE_2=9 PAGE_3=10 PAGE_4=11
//
// accumulate does what deliver does, for synapses of one delay in each projection and steps of many events. Work groups are laid out as (slice of
// targets, part of the spikes, step of the window). Each goes through its spikes in pieces of as many as it has invocations; a team of these takes
// the part of a row that leads to the slice.

layout(local_size_x = LOCAL) in;

#include "window.glsl"
#include "arriving.glsl"
#include "sums.glsl"

#include "layout/lane.glsl"
#if SHORT_TERM
#include "factor.glsl"
#endif

layout(std430, binding = PAGE_1) restrict readonly buffer Lanes {
    Lane lanes[];
};

layout(std430, binding = PAGE_2) restrict readonly buffer Cuts {
    uint cuts[];  // places in a sheet, in numbers of 16 bits
};

layout(std430, binding = PAGE_3) restrict readonly buffer Weights {
    int weights[];  // of packed synapses, by code
};

#include "targets.glsl"

// whole tells whether all of a vector, whose first number is at a place, lies in [from, to). Then no synapse need be asked; unless all invocations
// would take both branches.
bool whole(uint at, uint from, uint to) {
    return BRANCH == 1 && at >= from && at + 8u <= to;
}

// add_alike adds the eight targets of a vector that lie in [from, to) to the sums.
void add_alike(Lane lane, uvec4 x, uint at, uint from, uint to) {
    uvec4 low = (x & 0xffffu) - lane.first_target, high = (x >> 16) - lane.first_target;
#if SHORT_TERM
    lane.weight = weighted(lane.weight);
#endif
    if (whole(at, from, to)) {
        for (int i = 0; i < 4; i++) {
            atomicAdd(sums[low[i]], lane.weight);
            atomicAdd(sums[high[i]], lane.weight);
        }
        return;
    }
    for (int i = 0; i < 4; i++) {
        uint k = at + uint(2 * i);
        if (k >= from && k < to) {
            atomicAdd(sums[low[i]], lane.weight);
        }
        if (k + 1u >= from && k + 1u < to) {
            atomicAdd(sums[high[i]], lane.weight);
        }
    }
}

uint target_of(Lane lane, uint x) {
    return ((x & ((1u << lane.target_bits) - 1u)) >> lane.weight_bits) - lane.first_target;
}

int weight_of(Lane lane, uint x) {
    int weight = weights[uint(lane.weight) + (x & ((1u << lane.weight_bits) - 1u))];
#if SHORT_TERM
    weight = weighted(weight);
#endif
    return weight;
}

// add_packed does so with four packed synapses. The weights of all are read before any is added. What is not in [from, to) may be of another segment,
// and its bits mean something else.
void add_packed(Lane lane, uvec4 x, uint at, uint from, uint to) {
    if (whole(at, from, to)) {
        int a = weight_of(lane, x[0]), b = weight_of(lane, x[1]), c = weight_of(lane, x[2]), d = weight_of(lane, x[3]);
        atomicAdd(sums[target_of(lane, x[0])], a);
        atomicAdd(sums[target_of(lane, x[1])], b);
        atomicAdd(sums[target_of(lane, x[2])], c);
        atomicAdd(sums[target_of(lane, x[3])], d);
        return;
    }
    for (int i = 0; i < 4; i++) {
        uint k = at + uint(2 * i);
        if (k >= from && k < to) {
            atomicAdd(sums[target_of(lane, x[i])], weight_of(lane, x[i]));
        }
    }
}

// add adds the synapses of a row between two places to the sums.
void add(Lane lane, uint from, uint to, uint member) {
    for (uint v = from / 8u + member; 8u * v < to; v += uint(TEAM)) {
        uvec4 x = read(lane.sheet, v);
        if (lane.target_bits != 0u) {
            add_packed(lane, x, 8u * v, from, to);
        } else {
            add_alike(lane, x, 8u * v, from, to);
        }
    }
}

void main() {
    uint spikes = windows[now].spikes;
    if (spikes == 0u) {
        return;
    }
    mark_delivered();
    const uint teams = uint(LOCAL / TEAM);
    uint team = gl_LocalInvocationIndex / uint(TEAM), member = gl_LocalInvocationIndex % uint(TEAM);
    uint step = uint(windows[now].step) + 1u + gl_WorkGroupID.z;
    Slice s = slices[gl_WorkGroupID.x];
    clear_sums();
    uint fired = 0u;
    for (uint k = s.first; k < s.first + s.lanes; k++) {
        Lane lane = lanes[k];
        for (uint from = gl_WorkGroupID.y * uint(LOCAL); from < spikes; from += gl_NumWorkGroups.y * uint(LOCAL)) {
            uint n = find_sources(lane.first_source, lane.sources, step, from, spikes);
            fired += n;
            for (uint i = team; i < n; i += teams) {
                uint at = lane.cuts + list[i] * lane.each;
#if SHORT_TERM
                take_factor(places[i], lane.factor);
#endif
                add(lane, cuts[at], cuts[at + 1u], member);
            }
        }
    }
    if (fired > 0u) {
        deliver_sums(s, step);
    }
}
