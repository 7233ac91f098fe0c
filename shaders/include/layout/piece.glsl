// Printed from Go: go test ./shaders/layout -update.

// A Piece is a part of a source's row in a segment, within so many words as a work group of deliver reads at once.
struct Piece {
    uint first;  // place in its sheet of targets, in numbers of 16 bits
    uint of;  // the segment, in SHEET_BITS bits below the sheet, and in PIECE_BITS bits how many numbers of 16 bits there are
};

// A Reach is the rest of a Segment, as deliver reads it: at once.
struct Reach {
    uint arriving;
    int weight;
    uint delay;
    uint packing;  // of packed synapses the delay's shift in 8 bits, and in the next 8 bits those of the weight, else 0; above them 1 + the slot of short-term plasticity, or 0
};
