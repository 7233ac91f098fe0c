// Variables of a few neurons that are noted after each step. Behind the drives of a batch, from follow on, lie the
// number of words in a row of what is noted, the place of the first row, for each work group of update the place of its
// entries and one past the last of them, and the entries, of three words each: the invocation, which of its neuron's states,
// and the column.

// followed is where the entries of a work group begin and end.
uvec2 followed(uint follow, uint group) {
    return follow == 0u ? uvec2(0u) : uvec2(drives[follow + 2u + group], drives[follow + 3u + group]);
}

// note writes those of this invocation's neuron after a step, which is counted from the first of the batch. A state is
// looked for and not indexed, for an index that only the device knows would move states to memory.
void note(uint follow, uvec2 entries, uint step, uint s[STATES]) {
    uint row = drives[follow + 1u] + step * drives[follow];
    for (uint at = entries.x; at < entries.y; at += 3u) {
        if (drives[at] != gl_LocalInvocationIndex) {
            continue;
        }
        uint x = s[0];
        for (uint k = 1u; k < STATES; k++) {
            x = drives[at + 1u] == k ? s[k] : x;
        }
        drives[row + drives[at + 2u]] = x;
    }
}
