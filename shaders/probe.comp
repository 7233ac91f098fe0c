#version 430
// defines: FAULT=-1
//
// probe does each operation that einet's exactness rests on with numbers whose
// right answer the host knows. Operation FAULT is answered wrongly, so that a
// test can see it noticed.

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer Operands {
    uvec4 operands[];  // x, y, z as bits; w is the operation
};

layout(std430, binding = 1) writeonly buffer Results {
    uint results[];
};

uint compute(uvec4 o) {
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
    }
    return 0u;
}

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < uint(operands.length())) {
        uint r = compute(operands[i]);
        results[i] = int(operands[i].w) == FAULT ? r ^ 1u : r;
    }
}
