// The windows of a batch and the ring of their spikes.

// A window is `steps` steps from step `step` on. Its first four words are what
// glDispatchComputeIndirect reads to launch deliver.
struct Window {
    uint groups_x;  // work groups for the spikes, counted by update
    uint groups_y;  // for the segments of a source
    uint groups_z;  // for the pieces of a row
    uint spikes;    // counted by update
    uint begin;     // place of the first spike in the ring
    int step;       // n, the step before the first
    int steps;      // at most the smallest delay
    uint drive;     // place of its first step in a population's row of drives
};

#include "spike.glsl"

layout(std140, binding = 0) uniform Now {
    uint now;  // the window that is being simulated
};

layout(std430, binding = 0) buffer Windows {
    Window windows[];
};

layout(std430, binding = 1) buffer Ring {
    Spike ring[];
};
