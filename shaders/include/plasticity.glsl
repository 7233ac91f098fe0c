// Long-term plasticity in whole numbers: weights are parts of w_max in units of 2^-31, traces in units of 2^-24. Tables has the projections that have
// it, each as so many words, which are named here by their place.

#include "layout/plastic.glsl"
#include "decay.glsl"

const uint ONE_TRACE = 0x1000000u, MAX_TRACE = 0x80000000u;

// The spikes of a target that are remembered, RECALL of them, a power of two, lie in states: for each target how many it has had and, of each of the last,
// its step, y behind it and y' before it. The words of a spike that is the k-th, from 0 on, begin here.
uint recalled(uint at, uint k) {
    return at + 1u + 3u * (k % uint(RECALL));
}

// raised is a trace behind a spike.
uint raised(bool nearest, uint trace) {
    return nearest ? ONE_TRACE : min(trace + ONE_TRACE, MAX_TRACE);
}

// times is an amplitude, or a difference between points of a power, times a trace or a part of 2^24: at most 1.
uint times(uint amplitude, uint trace) {
    uint high, low;
    umulExtended(amplitude, trace, high, low);
    uint sum = low + ONE_TRACE / 2u;
    high += sum < low ? 1u : 0u;
    return high < ONE >> 8 ? high << 8 | sum >> 24 : ONE;
}

// sum is that of two numbers of 0 to 1, held to 1.
uint sum(uint a, uint b) {
    return a + min(b, ONE - a);
}
