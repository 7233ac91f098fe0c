struct Spike {
    uint step;
    uint neuron;  // global id
};
