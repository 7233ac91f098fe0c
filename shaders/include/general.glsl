// What neurons can have besides what arrives: Poisson inputs and normal numbers. Tables holds what is common to neurons.

// normal_of is the standard normal number of a word, by the cells that begin at NORMAL: all
// slopes, then all offsets.
float normal_of(uint w) {
    uint q = w & 0x7fffffffu;
    precise float high = float(q >> 16) * 65536.0;
    precise float x = high + float(q & 0xffffu);
    x = x + 0.5;
    uint k = (floatBitsToUint(x) >> 18) - 4032u;
    precise float z = uintBitsToFloat(tables[NORMAL + k]) * x;
    z = z + uintBitsToFloat(tables[NORMAL + NORMAL_CELLS + k]);
    return (w >> 31) != 0u ? -z : z;
}

// normal_number is that of neuron i of its population in a step and draw.
float normal_number(uint q, uint i, uint step, uint draw) {
    return normal_of(neuron_word(uvec2(populations[q].seed, populations[q].noise_stream), i, step, draw));
}

uint poisson_count(uint w, uint first, uint most) {
    uint n = 0u;
    while (n < most && w >= tables[first + n]) {
        n++;
    }
    return n;
}

// collect is what arrives at each receptor of neuron i in a step, whose slot has it from slot on: what was sent, and Poisson inputs.
void collect(uint q, uint i, uint slot, uint step, out int counted[RECEPTORS]) {
    for (uint r = 0u; r < RECEPTORS; r++) {
        counted[r] = r < populations[q].receptors ? take(slot + populations[q].receptor[r].arriving) : 0;
    }
#if POISSON
    for (uint k = 0u; k < populations[q].inputs; k++) {
        uvec2 key = uvec2(populations[q].seed, populations[q].poisson_stream);
        uint w = neuron_word(key, i, step, k);
        uint count = poisson_count(w, populations[q].poisson[k].thresholds, populations[q].poisson[k].most);
        counted[populations[q].poisson[k].receptor] += int(count) * populations[q].poisson[k].weight;
    }
#endif
}
