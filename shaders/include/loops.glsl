// Mesa's software drivers end the loops of an invocation, all of them, after 65 535 passes, and say nothing.

// check_loops tells the host where loops no longer run as often as they should. It makes some passes: two or more, a number that the compiler can't know.
void check_loops(uint passes) {
    uint n = 0u;
    for (uint k = 0u; k < passes; k++) {
        n += k + 1u;
    }
    if (n != passes * (passes + 1u) / 2u) {
        atomicOr(windows[now].delivered, 0x10000u);  // which is no number of pages
    }
}
