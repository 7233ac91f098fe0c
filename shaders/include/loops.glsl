#include "passes.glsl"

// check_loops tells the host where loops no longer run as often as they should.
void check_loops(uint passes) {
    if (loops_ended(passes)) {
        atomicOr(windows[now].delivered, 0x10000u);  // which is no number of pages
    }
}
