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

// normal_number is the k-th of neuron i of its population in a step, whose words are at a place.
float normal_number(uint q, uint i, uint step, uint k, uint place) {
    return normal_of(word_of(q, i, step, populations[q].inputs + k - populations[q].first_normal, place));
}

uint poisson_count(uint w, uint first, uint most) {
    uint n = 0u;
    while (n < most && w >= tables[first + n]) {
        n++;
    }
    return n;
}

// collect is what arrives at each receptor of neuron i in a step, whose slot has it from slot on and whose words are at a place: what was
// sent, and Poisson inputs.
void collect(uint q, uint i, uint slot, uint step, uint place, out int counted[RECEPTORS]) {
    for (uint r = 0u; r < RECEPTORS; r++) {
        counted[r] = r < populations[q].receptors ? take(slot + populations[q].receptor[r].arriving) : 0;
    }
#if POISSON
#if MEMBERS
    uint receives = 0xffffffffu;
    if (populations[q].members != NONE) {
        receives = tables[populations[q].members + i];
    }
#endif
    for (uint k = 0u; k < populations[q].inputs; k++) {
#if MEMBERS
        if (((receives >> k) & 1u) == 0u) {
            continue;
        }
#endif
        uint count = poisson_count(word_of(q, i, step, k, place), populations[q].poisson[k].thresholds, populations[q].poisson[k].most);
        counted[populations[q].poisson[k].receptor] += int(count) * populations[q].poisson[k].weight;
    }
#endif
}
