#version 430
// defines: OTHERS=15 STATES=7 OWNS=2 NORMALS=2 RECEPTORS=2
//
// probe does each operation that einet's exactness rests on with numbers whose
// right answer the host knows: those below, and from OTHERS on those of programs, as they are printed. The operation that
// stands in front of the operands is answered wrongly, so that a test can see it noticed.

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer Operands {
    uvec4 operands[];  // x, y, z as bits; w is the operation. The first is the operation to be answered wrongly
};

layout(std430, binding = 1) writeonly buffer Results {
    uint results[];
};

#include "programs.glsl"

// run is what the program of an operation makes of three states: the fourth, or its complement where the program fires.
uint run(uvec4 o) {
    uint s[STATES], own[OWNS];
    s[0] = o.x;
    s[1] = o.y;
    s[2] = o.z;
    s[3] = 0u;
    int counted[RECEPTORS];
    float normal[NORMALS + 1];
    bool fails;
    bool fires = step_cell(o.w - uint(OTHERS), 0u, s, own, 0.0, 0, counted, normal, fails);
    return fires ? ~s[3] : s[3];
}

uint compute(uvec4 o) {
    if (o.w >= uint(OTHERS)) {
        return run(o);
    }
    precise float x = uintBitsToFloat(o.x);
    precise float y = uintBitsToFloat(o.y);
    precise float z = uintBitsToFloat(o.z);
    precise float f = 0.0;
    uint high, low;
    switch (o.w) {
    case 0u:  // product
        f = x * y;
        return floatBitsToUint(f);
    case 1u:  // sum
        f = x + y;
        return floatBitsToUint(f);
    case 2u:  // difference
        f = x - y;
        return floatBitsToUint(f);
    case 3u:  // a product and a sum, not fused
        f = x * y;
        f = f + z;
        return floatBitsToUint(f);
    case 4u:  // the grid
        f = x + y;
        f = f - y;
        return floatBitsToUint(f);
    case 5u:  // an int as a float, by halves
        f = float(int(o.x) >> 16) * 65536.0;
        f = f + float(int(o.x) & 0xffff);
        return floatBitsToUint(f);
    case 6u:  // arithmetic shift
        return uint(int(o.x) >> int(o.y));
    case 7u:  // high half of an integer product
        umulExtended(o.x, o.y, high, low);
        return high;
    case 8u:  // low half
        return o.x * o.y;
    case 9u:  // comparison
        return x >= y ? 1u : 0u;
    case 10u:  // whole part
        return uint(x);
    case 11u:  // a word as a float, by halves
        f = float(o.x >> 16) * 65536.0;
        f = f + float(o.x & 0xffffu);
        return floatBitsToUint(f);
    case 12u:  // place of the highest bit
        return uint(findMSB(o.x));
    case 13u:  // shift to higher bits
        return o.x << o.y;
    case 14u:  // shift to lower bits
        return o.x >> o.y;
    }
    return 0u;
}

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i + 1u < uint(operands.length())) {
        uint r = compute(operands[i + 1u]);
        results[i] = operands[i + 1u].w == operands[0].x ? r ^ 1u : r;
    }
}
