package analysis

import (
	"math"

	"einet/sim"
)

// NetOverExcitatory is how much of a population's excitation inhibition leaves
// standing: the mean of |excitatory + external + inhibitory input| over that of
// excitatory + external input, both over all neurons and sampled times. 0 is
// perfect cancellation in every neuron at every time, so fluctuations count; it
// falls as 1/sqrt(N) in a balanced network (van Vreeswijk & Sompolinsky 1996).
// NaN without samples, and where the mean of excitatory + external input is not above 0.
func NetOverExcitatory(p *sim.PopulationState) float64 {
	if !(p.Excitatory.Mean() > 0) {
		return math.NaN()
	}
	return p.AbsNet.Mean() / p.Excitatory.Mean()
}

// InputCorrelogram is that of neurons' excitation and the size of their
// inhibition, the mean of their Correlograms; exc and inh [neurons][T] are
// synaptic currents as sim.Trace has them, inh negative, in bins of binMs [ms].
// Its peak is the lag of inhibition behind excitation. Neurons whose input is
// constant are left out; without others it is empty.
func InputCorrelogram(exc, inh [][]float32, binMs float64, maxLag int) Correlogram {
	var mean Correlogram
	neurons := 0
	for k := range exc {
		c := Correlate(signed(exc[k], 1), signed(inh[k], -1), binMs, maxLag)
		if len(c.Value) == 0 || math.IsNaN(c.Value[0]) {
			continue
		}
		neurons++
		if neurons == 1 {
			mean = c
			continue
		}
		for j, x := range c.Value {
			mean.Value[j] += (x - mean.Value[j]) / float64(neurons)
		}
	}
	return mean
}

func signed(trace []float32, sign float64) []float64 {
	list := make([]float64, len(trace))
	for k, x := range trace {
		list[k] = sign * float64(x)
	}
	return list
}
