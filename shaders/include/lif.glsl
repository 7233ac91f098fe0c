// A step of a lif neuron with exponential synapses, in the order of docs/equations.md.

// integrate_lif is the change of V in the step.
float integrate_lif(uint q, float v, float drive, float g[RECEPTORS]) {
    precise float x = populations[q].m_vv * v;
    for (uint r = 0u; r < RECEPTORS; r++) {
        if (r < populations[q].receptors) {
            precise float y = populations[q].receptor[r].p_vr * g[r];
            x = x + y;
        }
    }
    x = x + drive;
    return x;
}

// decay is g of a receptor at the end of the step, with what arrived.
float decay(uint q, uint r, float g, int arrived) {
    precise float scaled = populations[q].receptor[r].scale * as_float(arrived);
    precise float decayed = populations[q].receptor[r].p_rr * g;
    precise float y = decayed + scaled;
    y = y + populations[q].receptor[r].grid;
    y = y - populations[q].receptor[r].grid;
    return y;
}
