// What package gpu prints of programs, in small: V loses a part of itself and gains what the neuron is driven by.

bool step_cell(uint which, uint constants, inout uint s[STATES], uint own[OWNS], float drive, int clock, int counted[RECEPTORS], float normal[NORMALS + 1], out bool fails) {
    precise float v0 = uintBitsToFloat(s[0]);
    precise float v1 = 0.5;
    precise float v2 = v0 * v1;
    precise float v3 = drive;
    precise float v4 = v2 + v3;
    precise float v5 = uintBitsToFloat(own[0]);
    precise bool v6 = v5 <= v4;
    s[0] = floatBitsToUint(v4);
    fails = false;
    return v6;
}

#ifdef GENERAL
void load_cell(uint which, uint at, uint size, inout uint s[STATES], inout uint own[OWNS]) {
    s[0] = states[at];
    own[0] = states[at + size];
}

void store_cell(uint which, uint at, uint size, uint s[STATES]) {
    states[at] = s[0];
}
#endif
