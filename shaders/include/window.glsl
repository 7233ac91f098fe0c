// The windows of a batch and the ring of their spikes.

#include "layout/window.glsl"
#include "layout/spike.glsl"

#ifdef RESIDENT
#define COHERENT coherent
uint now;  // the window that is being simulated
#else
#define COHERENT
layout(std140, binding = 0) uniform Now {
    uint now;  // the window that is being simulated
};
#endif

layout(std430, binding = 0) COHERENT buffer Windows {
    Window windows[];
};

layout(std430, binding = 1) COHERENT buffer Ring {
    Spike ring[];
};

// mark_delivered tells the host that the spikes of a window went through one page: a driver may drop work. Pages may be under way at once.
void mark_delivered() {
    if (gl_WorkGroupID == uvec3(0u) && gl_LocalInvocationIndex == 0u) {
        atomicAdd(windows[now].delivered, 1u);
    }
}
