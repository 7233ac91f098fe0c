// Printed from Go: go test ./shaders/layout -update.

// A Spike is one threshold crossing: the step in which it was detected (the
// time step*dt) and the global id of the neuron.
struct Spike {
    uint step;
    uint neuron;
};
