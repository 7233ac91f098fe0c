// Mesa's software drivers end the loops of an invocation, all of them, after 65 535 passes, and say nothing.

// loops_ended tells whether loops no longer run as often as they should. It makes some passes: two or more, a number that the compiler can't know.
bool loops_ended(uint passes) {
    uint n = 0u;
    for (uint k = 0u; k < passes; k++) {
        n += k + 1u;
    }
    return n != passes * (passes + 1u) / 2u;
}
