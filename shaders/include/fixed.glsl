// Numbers in units of 2^-31, of plasticity (docs/equations.md).

const uint ONE = 0x80000000u;

// product is that of two numbers from 0 to 2^31, rounded half up.
uint product(uint a, uint b) {
    uint high, low;
    umulExtended(a, b, high, low);
    uint sum = low + 0x40000000u;
    high += sum < low ? 1u : 0u;
    return high << 1 | sum >> 31;
}
