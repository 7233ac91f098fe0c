// Variables of a few neurons that are noted after each step. Behind the drives of a batch, from follow on, lie the
// number of words in a row of what is noted, the place of the first row, for each work group of update the place of its
// entries and one past the last of them, and the entries, of three words each: the invocation, the variable (NONE: V, or a
// receptor) and the column.

// followed is where the entries of a work group begin and end.
uvec2 followed(uint follow, uint group) {
    return follow == 0u ? uvec2(0u) : uvec2(drives[follow + 2u + group], drives[follow + 3u + group]);
}

// note writes those of this invocation's neuron after a step, which is counted from the first of the batch. A receptor is
// looked for and not indexed, for an index that only the device knows would move g to memory.
void note(uint follow, uvec2 entries, uint step, float v, float g[RECEPTORS]) {
    uint row = drives[follow + 1u] + step * drives[follow];
    for (uint at = entries.x; at < entries.y; at += 3u) {
        if (drives[at] != gl_LocalInvocationIndex) {
            continue;
        }
        float x = v;
        for (uint r = 0u; r < RECEPTORS; r++) {
            x = drives[at + 1u] == r ? g[r] : x;
        }
        drives[row + drives[at + 2u]] = floatBitsToUint(x);
    }
}
