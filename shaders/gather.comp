#version 430
// defines:
//
// gather copies the numbers at given places of a buffer of state, as bits.

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer State {
    uint state[];
};

layout(std430, binding = 1) readonly buffer Places {
    uint count;
    uint places[];
};

layout(std430, binding = 2) writeonly buffer Gathered {
    uint gathered[];
};

void main() {
    uint k = gl_GlobalInvocationID.x;
    if (k < count) {
        gathered[k] = state[places[k]];
    }
}
