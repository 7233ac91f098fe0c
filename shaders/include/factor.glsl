// The factors of spikes that travel along projections with short-term plasticity.

#include "fixed.glsl"

uint factor = ONE;  // of the spike and the synapses that this invocation is at

// take_factor takes that of the spike at a place in the ring: of slot - 1, or 1 where slot is 0.
void take_factor(uint place, uint slot) {
    factor = ONE;
    if (slot > 0u) {
        Spike pair = ring[uint(RING) + place * uint(FACTORS) + (slot - 1u) / 2u];
        factor = slot % 2u == 1u ? pair.step : pair.neuron;
    }
}

// weighted is a weight times the factor, rounded half away from zero.
int weighted(int weight) {
    int x = int(product(uint(abs(weight)), factor));
    return weight < 0 ? -x : x;
}
