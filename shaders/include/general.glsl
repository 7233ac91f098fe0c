// What neurons can be besides lif with exponential synapses: docs/equations.md, in
// its order. Tables holds what is common to neurons: the first two words
// are of the first step that was not resolved: 1 and where its window begins, or 0, and in the window
// step * NEURONS + neuron.

const float MAX_Z = 4.0;

float table_float(uint at) {
    return uintBitsToFloat(tables[at]);
}

// standard_normal is the number of a word, by the cells that begin at NORMAL: all
// slopes, then all offsets.
float standard_normal(uint w) {
    uint q = w & 0x7fffffffu;
    precise float high = float(q >> 16) * 65536.0;
    precise float x = high + float(q & 0xffffu);
    x = x + 0.5;
    uint k = (floatBitsToUint(x) >> 18) - 4032u;
    precise float z = table_float(NORMAL + k) * x;
    z = z + table_float(NORMAL + NORMAL_CELLS + k);
    return (w >> 31) != 0u ? -z : z;
}

uint poisson_count(uint w, uint first, uint most) {
    uint n = 0u;
    while (n < most && w >= tables[first + n]) {
        n++;
    }
    return n;
}

// phi is (1 - e^-z)/z, by the polynomial whose coefficients begin at PHI.
float phi(float z) {
    precise float p = table_float(PHI + 9u);
    for (int c = 8; c >= 0; c--) {
        p = p * z;
        p = p + table_float(PHI + uint(c));
    }
    return p;
}
