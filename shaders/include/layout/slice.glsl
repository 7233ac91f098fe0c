// Printed from Go: go test ./shaders/layout -update.

// A Slice is consecutive numbers of a slot, of which a work group has the sums in shared memory, and what adds to them with one delay.
struct Slice {
    uint arriving;  // place of the first in a slot
    uint size;
    uint delay;  // steps
    uint first, lanes;  // of accumulate's lanes, or of redraw's shares: each a projection, and as part a chunk of its targets
};
