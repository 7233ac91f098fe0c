#version 430
// defines: RECEPTORS=2 GENERAL=0 STATES=7 OWNS=2 NORMALS=2 NEURON=20
//
// programs takes neurons of several programs through a step. NEURON words of each are its program's number, the place of the constants,
// the external input, the step's number, what arrives at each receptor, two normal numbers, states and own numbers. Behind the step its
// states are there, and in front of them, for the program's number, 1 if it fired and 2 more if it failed.

layout(local_size_x = 64) in;

#include "population.glsl"

layout(std430, binding = 0) buffer Neurons {
    uint neurons[];
};

layout(std430, binding = 1) readonly buffer Tables {
    uint tables[];
};

#include "programs.glsl"

void main() {
    uint at = gl_GlobalInvocationID.x * NEURON;
    if (at >= uint(neurons.length())) {
        return;
    }
    int counted[RECEPTORS];
    for (uint r = 0u; r < RECEPTORS; r++) {
        counted[r] = int(neurons[at + 4u + r]);
    }
    float normal[NORMALS + 1];
    for (uint k = 0u; k < NORMALS; k++) {
        normal[k] = uintBitsToFloat(neurons[at + 4u + RECEPTORS + k]);
    }
    uint first = at + 6u + RECEPTORS;
    uint s[STATES], own[OWNS];
    for (uint k = 0u; k < STATES; k++) {
        s[k] = neurons[first + k];
    }
    for (uint k = 0u; k < OWNS; k++) {
        own[k] = neurons[first + STATES + k];
    }
    bool fails;
    bool fires = step_cell(neurons[at], neurons[at + 1u], s, own, uintBitsToFloat(neurons[at + 2u]), int(neurons[at + 3u]), counted, normal, fails);
    neurons[at] = (fires ? 1u : 0u) + (fails ? 2u : 0u);
    for (uint k = 0u; k < STATES; k++) {
        neurons[first + k] = s[k];
    }
}
