// Printed from Go: go test ./shaders/layout -update.

// A Window is Steps steps from step Step on. Its first four words are what
// glDispatchComputeIndirect reads to launch deliver.
struct Window {
    uint groups_x;  // work groups for the spikes, counted by update
    uint groups_y;  // for the segments of a source
    uint groups_z;  // for the pieces of a row
    uint spikes;  // counted by update
    uint begin;  // place of the first spike in the ring
    int step;  // n, the step before the first
    int steps;  // at most the smallest delay
    uint drive;  // place of its first step in a population's row of drives
    uint follow;  // place in drives of what is noted of neurons after each step; 0: nothing
    uint settled;  // the step at which all weights that change are up to date, behind the spikes before this window
    uint updated;  // step + 1, by update: the host's sign that it was done
    uint delivered;  // pages of synapses whose deliver, or redraw, was done, where there are spikes
};
