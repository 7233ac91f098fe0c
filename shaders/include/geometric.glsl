// Distances between the targets of a row, as package rng draws them. Its coefficients
// are the definitions LN_2 and LOG_0 to LOG_8.

// by_halves is float(w), which is exact up to the rounding of the sum.
float by_halves(uint w) {
    precise float high = float(w >> 16) * 65536.0;
    precise float x = high + float(w & 0xffffu);
    return x;
}

// log1p is ln(1 + t) for t in [sqrt(1/2)-1, sqrt(2)-1).
float log1p(float t) {
    precise float q = LOG_0 * t;
    q = q + LOG_1;
    q = q * t;
    q = q + LOG_2;
    q = q * t;
    q = q + LOG_3;
    q = q * t;
    q = q + LOG_4;
    q = q * t;
    q = q + LOG_5;
    q = q * t;
    q = q + LOG_6;
    q = q * t;
    q = q + LOG_7;
    q = q * t;
    q = q + LOG_8;
    precise float z = t * t;
    q = q * t;
    q = q * z;
    precise float half_z = 0.5 * z;
    q = q - half_z;
    precise float x = t + q;
    return x;
}

// exponential is an exponential variate of mean 1. Its two branches differ in what the
// logarithm is taken of and what it is taken from.
float exponential(uint w) {
    bool near = w >= 0xb504f334u;  // u near 1
    precise float x = by_halves(near ? ~w : w) + 0.5;
    uint b = floatBitsToUint(x);
    int e = int(b - 0x3f3504f3u) >> 23;
    precise float t = uintBitsToFloat(b - (uint(e) << 23)) - 1.0;
    precise float whole = float(32 - e) * LN_2;
    if (near) {
        t = x * uintBitsToFloat(0xaf800000u);  // -2^-32
        whole = 0.0;
    }
    precise float y = whole - log1p(t);
    return y;
}

// skip is how many neurons lie before the next target, at most limit.
uint skip(uint w, float scale, uint limit) {
    precise float y = exponential(w) * scale;
    return y < float(limit) ? uint(y) : limit;
}
