// The targets of a page, in one buffer or several.

layout(std430, binding = PAGE_4) restrict readonly buffer Targets {
    uvec4 at[];  // two 16-bit targets a word, the first in the low half; or a packed synapse
} targets[SHEETS];

// read is a vector of a sheet. Sheets are not indexed by what may differ between invocations.
uvec4 read(uint sheet, uint v) {
#if SHEETS == 1
    return targets[0].at[v];
#else
    uvec4 x = uvec4(0u);
    for (uint k = 0u; k < uint(SHEETS); k++) {
        if (k == sheet) {
            x = targets[k].at[v];
        }
    }
    return x;
#endif
}
