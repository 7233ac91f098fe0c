// What is left of a state after some steps. Tables has the tables of decays.

#include "fixed.glsl"

// after is what is left of x after so many steps, by the table of a decay.
uint after(uint decay, uint steps, uint x) {
    x = product(tables[decay + (steps & 0xffu)], x);
    for (steps >>= 8; steps > 0u; steps >>= 8) {
        decay += 256u;
        x = product(tables[decay + (steps & 0xffu)], x);
    }
    return x;
}
