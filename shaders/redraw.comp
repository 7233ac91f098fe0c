#version 430
// defines: SUMS=0 LOCAL=64 SLICE=4096 SLOTS=1 STRIDE=20000 SHORT_TERM=1 RING=10000 FACTORS=1 PAGE_0=7 PAGE_1=8 PAGE_2=9 PAGE_3=10 CHOICE=0 MARKS=1 PLACES=512 CHUNK=4096 SHARE=1024 TOP=512 LN_2=0.6931472 LOG_0=0.070376836 LOG_1=-0.1151461 LOG_2=0.116769984 LOG_3=-0.12420141 LOG_4=0.14249323 LOG_5=-0.16668057 LOG_6=0.20000715 LOG_7=-0.24999994 LOG_8=0.3333333
//
// redraw sends the spikes of a window along synapses that are stored nowhere: it draws
// them again. Work groups are laid out as (spike, share of its synapses). An invocation
// draws the synapses of whole blocks of four words. CHOICE is 1 where some projection
// has a fixed out-degree without multapses; MARKS words have a bit for each synapse of
// its source. A table of codes has less than 2 TOP thresholds; TOP is a power of two.
// With SUMS, which is for rows by chunk and one delay in each projection, work groups are laid out as those of accumulate, and a slice is a chunk.

layout(local_size_x = LOCAL) in;

#include "window.glsl"
#include "arriving.glsl"
#include "philox.glsl"
#include "geometric.glsl"
#include "layout/draw.glsl"
#if SHORT_TERM
#include "factor.glsl"
#endif

#if SUMS
#include "sums.glsl"
#else
layout(std430, binding = PAGE_0) readonly buffer Sources {
    ShareOut sources[];
};
#endif

layout(std430, binding = PAGE_1) readonly buffer Shares {
    Share shares[];
};

layout(std430, binding = PAGE_2) readonly buffer Draws {
    Draw draws[];
};

layout(std430, binding = PAGE_3) readonly buffer Tables {
    uint tables[];  // weights by code, and thresholds of codes
};

shared uint going[2];  // whether there is more to do, in rounds of even and of odd number
shared uint lengths[LOCAL];

// code is how many of the thresholds lie at or below a word.
uint code(uint first, uint most, uint w) {
    uint k = 0u;
    for (uint bit = TOP; bit > 0u; bit >>= 1) {
        if (k + bit <= most && tables[first + k + bit - 1u] <= w) {
            k += bit;
        }
    }
    return k;
}

uvec4 words(uint d, uint stream, uint block, uint source, uint chunk) {
    return philox(uvec2(draws[d].seed, stream), uvec4(block, source, chunk, 0u));
}

// send sends a spike to the targets that are drawn by the four words of a block, as
// numbers in their population; NONE stands for none.
void send(uint d, Spike spike, uint block, uint chunk, uvec4 targets) {
    if (targets == uvec4(NONE)) {
        return;
    }
    uint source = spike.neuron - draws[d].first_source;
    uvec4 weights = uvec4(0u), delays = uvec4(0u);
    if (draws[d].weight_codes > 0u) {
        weights = words(d, draws[d].weight_stream, block, source, chunk);
    }
    if (draws[d].delay_codes > 0u) {
        delays = words(d, draws[d].delay_stream, block, source, chunk);
    }
    for (uint i = 0u; i < 4u; i++) {
        if (targets[i] == NONE || draws[d].no_autapses != 0u && targets[i] == source) {
            continue;
        }
        int weight = draws[d].weight;
        if (draws[d].weight_codes > 0u) {
            weight = int(tables[uint(weight) + code(draws[d].weights, draws[d].weight_codes, weights[i])]);
        }
#if SHORT_TERM
        weight = weighted(weight);
#endif
        uint delay = draws[d].delay;
        if (draws[d].delay_codes > 0u) {
            delay += code(draws[d].delays, draws[d].delay_codes, delays[i]);
        }
#if SUMS
        atomicAdd(sums[targets[i] - chunk * CHUNK], weight);
#else
        atomicAdd(arriving[arriving_in(spike.step + delay) + draws[d].arriving + targets[i]], weight);
#endif
    }
}

#if !SUMS
// synchronise ends a phase: all its writes to shared memory are seen by the work group.
void synchronise() {
    memoryBarrierShared();
    barrier();
}
#endif

// begin_round ends what was before, too.
void begin_round(uint round) {
    if (gl_LocalInvocationIndex == 0u) {
        going[round & 1u] = 0u;
    }
    synchronise();
}

void go_on(uint round) {
    atomicOr(going[round & 1u], 1u);
}

// ended is true where no invocation wants another round.
bool ended(uint round) {
    synchronise();
    return going[round & 1u] == 0u;
}

// draw_rows draws a row of some chunk for each team of invocations:
// every member draws four distances, and where it begins is the sum of those before.
void draw_rows(uint d, Spike spike, uint chunk, uint team) {
    uint source = spike.neuron - draws[d].first_source;
    uint member = gl_LocalInvocationIndex % team, first = gl_LocalInvocationIndex - member;
    uint begin = min(chunk * CHUNK, draws[d].targets), size = min(CHUNK, draws[d].targets - begin);
    uint place = 0u;  // of what the next round draws first, counted from the chunk's first neuron
    for (uint round = 0u;; round++) {
        uint block = round * team + member;
        uvec4 ends = uvec4(0u);  // one past each target, counted from the member's first
        if (place < size) {
            uvec4 w = words(d, draws[d].stream, block, source, chunk);
            for (uint i = 0u; i < 4u; i++) {
                ends[i] = (i > 0u ? ends[i - 1u] : 0u) + skip(w[i], draws[d].scale, CHUNK) + 1u;
            }
        }
        lengths[gl_LocalInvocationIndex] = ends.w;
        begin_round(round);
        uint before = place;
        bool more = place < size;
        for (uint m = 0u; m < team; m++) {
            uint length = lengths[first + m];
            before += m < member ? length : 0u;
            place += length;
        }
        if (place < size) {
            go_on(round);
        }
        if (more) {
            uvec4 targets = uvec4(before) + ends - 1u;
            for (uint i = 0u; i < 4u; i++) {
                targets[i] = targets[i] < size ? begin + targets[i] : NONE;
            }
            send(d, spike, block, chunk, targets);
        }
        if (ended(round)) {
            return;
        }
    }
}

void draw_all(uint d, Spike spike, uint chunk) {
    uint begin = chunk * CHUNK, size = min(CHUNK, draws[d].targets - begin);
    for (uint block = gl_LocalInvocationIndex; 4u * block < size; block += gl_WorkGroupSize.x) {
        uvec4 targets;
        for (uint i = 0u; i < 4u; i++) {
            targets[i] = 4u * block + i < size ? begin + 4u * block + i : NONE;
        }
        send(d, spike, block, chunk, targets);
    }
}

#if !SUMS
// below maps a word to a whole number below n.
uint below(uint w, uint n) {
    uint high, low;
    umulExtended(w, n, high, low);
    return high;
}

// among is how many targets a source of fixed out-degree chooses from.
uint among(uint d) {
    return draws[d].targets - draws[d].no_autapses;
}

// moved is the target of a choice, which leaves out the source itself.
uint moved(uint d, uint source, uint x) {
    return draws[d].no_autapses != 0u && x >= source ? x + 1u : x;
}

uvec4 out_words(uint d, uint block, uint source) {
    return philox(uvec2(draws[d].seed, draws[d].stream), uvec4(block, source, 0u, 2u));
}

void draw_multapses(uint d, Spike spike, uint part) {
    uint source = spike.neuron - draws[d].first_source;
    uint end = min((part + 1u) * SHARE, draws[d].synapses);
    for (uint block = part * (SHARE / 4u) + gl_LocalInvocationIndex; 4u * block < end; block += gl_WorkGroupSize.x) {
        uvec4 w = out_words(d, block, source), targets;
        for (uint i = 0u; i < 4u; i++) {
            targets[i] = 4u * block + i < end ? moved(d, source, below(w[i], among(d))) : NONE;
        }
        send(d, spike, block, 0u, targets);
    }
}

#if CHOICE
#include "choice.glsl"
#endif

void draw_one(uint d, Spike spike) {
    if (gl_LocalInvocationIndex == 0u) {
        uint source = spike.neuron - draws[d].first_source;
        send(d, spike, 0u, source / CHUNK, uvec4(source, NONE, NONE, NONE));
    }
}

void redraw(Spike spike, uint d, uint part) {
    uint rule = draws[d].rule;
    if (rule == FIXED_PROBABILITY) {
        uint team = draws[d].team;
        draw_rows(d, spike, (part * gl_WorkGroupSize.x + gl_LocalInvocationIndex) / team, team);
    } else if (rule == ALL_TO_ALL) {
        draw_all(d, spike, part);
    } else if (rule == ONE_TO_ONE) {
        draw_one(d, spike);
    } else if (draws[d].multapses != 0u) {
        draw_multapses(d, spike, part);
    }
#if CHOICE
    else {
        draw_choice(d, spike);
    }
#endif
}
#endif

#if SUMS
// redraw_listed draws the rows of the listed sources of a projection onto a chunk.
void redraw_listed(uint d, uint chunk, uint step, uint n) {
    uint rule = draws[d].rule, first = draws[d].first_source;
    if (rule == FIXED_PROBABILITY) {
        uint team = draws[d].team, teams = gl_WorkGroupSize.x / team;
        for (uint k = 0u; k < n; k += teams) {
            uint mine = k + gl_LocalInvocationIndex / team;
            // A team without a row draws one beyond all chunks, which is empty.
#if SHORT_TERM
            take_factor(places[min(mine, n - 1u)], draws[d].factor);
#endif
            draw_rows(d, Spike(step, first + list[min(mine, n - 1u)]), mine < n ? chunk : 0xffffffffu / CHUNK, team);
        }
    } else if (rule == ALL_TO_ALL) {
        for (uint k = 0u; k < n; k++) {
#if SHORT_TERM
            take_factor(places[k], draws[d].factor);
#endif
            draw_all(d, Spike(step, first + list[k]), chunk);
        }
    } else if (gl_LocalInvocationIndex < n && list[gl_LocalInvocationIndex] / CHUNK == chunk) {
        uint source = list[gl_LocalInvocationIndex];
#if SHORT_TERM
        take_factor(places[gl_LocalInvocationIndex], draws[d].factor);
#endif
        send(d, Spike(step, first + source), 0u, chunk, uvec4(source, NONE, NONE, NONE));
    }
}
#endif

void main() {
#if SUMS
    uint spikes = windows[now].spikes;
    if (spikes == 0u) {
        return;
    }
    mark_delivered();
    uint step = uint(windows[now].step) + 1u + gl_WorkGroupID.z;
    Slice s = slices[gl_WorkGroupID.x];
    clear_sums();
    uint fired = 0u;
    for (uint k = s.first; k < s.first + s.lanes; k++) {
        Share share = shares[k];
        for (uint from = gl_WorkGroupID.y * uint(LOCAL); from < spikes; from += gl_NumWorkGroups.y * uint(LOCAL)) {
            uint n = find_sources(draws[share.draw].first_source, draws[share.draw].sources, step, from, spikes);
            fired += n;
            redraw_listed(share.draw, share.part, step, n);
        }
    }
    if (fired > 0u) {
        deliver_sums(s, step);
    }
#else
    mark_delivered();
    uint spikes = windows[now].spikes;
    for (uint k = gl_WorkGroupID.x; k < spikes; k += gl_NumWorkGroups.x) {
        Spike spike = ring[windows[now].begin + k];
        uint p = 0u;
        while (spike.neuron >= sources[p].end) {
            p++;
        }
        if (gl_WorkGroupID.y < sources[p].shares) {
            Share share = shares[sources[p].first + gl_WorkGroupID.y];
#if SHORT_TERM
            take_factor(windows[now].begin + k, draws[share.draw].factor);
#endif
            redraw(spike, share.draw, share.part);
        }
    }
#endif
}
