// Neurons whose step is a program, in the order of docs/equations.md: programs.glsl, printed from it, has load_cell, step_cell
// and store_cell.

#if FAILS
// The first two words of states are of the first step that failed: 1 and where its window begins, or 0, and in the window step * NEURONS + neuron.

// failed_before tells whether a step failed in an earlier window. Then nothing is done any more, so that the states stay
// what they were at the failure.
bool failed_before() {
    return states[0] != 0u && states[0] != uint(windows[now].step) + 1u;
}

// fail tells the host of a neuron whose step from n on failed. Windows come one after
// another; of the first that has such neurons, the first step counts and in it the lowest neuron.
void fail(uint neuron, int n) {
    uint window = uint(windows[now].step) + 1u;
    uint first = atomicCompSwap(states[0], 0u, window);
    if (first == 0u || first == window) {
        atomicMin(states[1], uint(n - windows[now].step) * uint(NEURONS) + neuron);
    }
}
#endif

// clock_of is the number of step n as programs see it.
int clock_of(int n) {
    return n - 2147483647 - 1;
}

// advance_cell takes neuron i of a population from step n to end, with its states in registers. An invocation that is not here, for it has no
// neuron, only draws words for the others of its work group, whose first neuron is that one of the population.
void advance_cell(uint begin, uint group, uint q, uint first, uint i, bool here, int n, int end, uint drive) {
    uint program = populations[q].program, constants = populations[q].constants;
    uint at = populations[q].state + i, size = populations[q].size, neuron = populations[q].first + i;
    uint s[STATES], own[OWNS];
    load_cell(program, at, size, s, own);
#if FOLLOW
    uint follow = windows[now].follow;
    uvec2 entries = followed(follow, group);
#endif
    uint draws = draws_of(q);
    int from = n;
    bool fails = false;
    for (; n < end; n++, drive++) {
        uint place = prepare(q, first, draws, uint(n + 1), uint(n - from), uint(end - n));
        if (!here || fails) {  // and the states are those that failed
            continue;
        }
        int counted[RECEPTORS];
        collect(q, i, arriving_in(uint(n + 1)) + i, uint(n + 1), place, counted);
        float normal[NORMALS + 1];
        for (uint k = 0u; k < NORMALS; k++) {
            if (k >= populations[q].first_normal && k < populations[q].normals) {
                normal[k] = normal_number(q, i, uint(n + 1), k, place);
            }
        }
        bool fires = step_cell(program, constants, s, own, uintBitsToFloat(drives[drive]), clock_of(n), counted, normal, fails);
#if FAILS
        if (fails) {
            fail(neuron, n);
            continue;
        }
#endif
        if (fires) {
            report(begin, q, i, uint(n + 1), 1u);
        }
#if FOLLOW
        if (entries.x < entries.y) {
            note(follow, entries, drive - populations[q].drive, s);
        }
#endif
    }
    if (here) {
        store_cell(program, at, size, s);
    }
}
