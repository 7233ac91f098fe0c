package dynamics

import "einet/network"

// External is the external input R*I of each neuron of population pop from step n
// to n+1, without its noise [mV].
func (m *Model) External(pop int, n int64) []float64 {
	common, all := m.Common(pop, n), make([]float64, m.Populations[pop].Size)
	for i := range all {
		all[i] = common
	}
	for i, own := range m.Own(pop) {
		all[i] += own
	}
	return all
}

// Common is the external input that all neurons of population pop have from step n to n+1 [mV].
func (m *Model) Common(pop int, n int64) float64 {
	p := &m.Populations[pop]
	return p.R * p.input(n)
}

// Own is what the bias of each neuron of population pop adds to that [mV], nil where there are no biases.
func (m *Model) Own(pop int) []float64 {
	p, biases := &m.Populations[pop], m.Biases(pop)
	if biases == nil {
		return nil
	}
	own := make([]float64, len(biases))
	for i, e := range biases {
		own[i] = float64(e) * p.R / p.scale
	}
	return own
}

// SynapticInput is what a state g of receptor r means for a neuron with the
// potential v [mV, relative to E_L]: R*I [mV].
func (p *Population) SynapticInput(r int, g, v float32) float64 {
	if p.Neuron == network.LIFCond {
		return p.R * float64(g) * float64(p.Receptors[r].Reversal-v)
	}
	return p.R * float64(g)
}
