// Work groups of one dispatch wait for one another. That ends only if all of them are there at once, which OpenGL does not promise: none waits
// for longer than it takes to look a number of times. Whether all met or some gave up is one and the same for all of them:
// the word of a batch counts arrivals, and the first to give up marks it, if nobody came since it looked last. Who comes later sees the mark.
// So in the end the work before a meeting at which some gave up was done by all, and what is behind it by none.

layout(std430, binding = MEETINGS) coherent buffer Meetings {
    uint ended;  // the first dispatch in which work groups gave up: those behind it do nothing
    uint meetings[];  // of a batch the arrivals
};

const uint GAVE_UP = 0x80000000u;

shared uint together;

// met tells whether all of a goal's came. Behind the mark only those came that were missing where it was made: where it was made later than here,
// there is one more than the goal at least.
bool met(uint arrivals, uint goal) {
    return arrivals < GAVE_UP ? arrivals >= goal : arrivals - GAVE_UP > goal;
}

// meet waits for all work groups, for the n-th time in a batch, and returns whether they met. What they wrote before, all see then.
bool meet(uint n) {
    memoryBarrier();
    barrier();
    if (gl_LocalInvocationIndex == 0u) {
        uint goal = n * gl_NumWorkGroups.x;
        uint arrivals = atomicAdd(meetings[order.word], 1u);
        arrivals += 1u;
        for (uint k = 0u; k <= order.looks && arrivals < GAVE_UP && arrivals < goal; k++) {
            if (k < order.looks) {
                arrivals = atomicOr(meetings[order.word], 0u);
                continue;
            }
            uint was = atomicCompSwap(meetings[order.word], arrivals, arrivals | GAVE_UP);
            if (was == arrivals) {
                atomicMin(ended, order.dispatch);
                arrivals |= GAVE_UP;
            } else {
                arrivals = was;  // somebody came
                k = 0u;
            }
        }
        together = met(arrivals, goal) ? 1u : 0u;
    }
    memoryBarrierShared();
    barrier();
    memoryBarrier();
    return together != 0u;
}
