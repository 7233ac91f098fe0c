// Input on its way: a slot for each step up to the largest delay ahead, and in
// it a number for each neuron and receptor, in units of the receptor's scale.

layout(std430, binding = 2) COHERENT buffer Arriving {
    int arriving[];
};

// arriving_in is the place of the slot of a step.
uint arriving_in(uint step) {
    return (step % SLOTS) * STRIDE;
}
