package dynamics

import "einet/network"

// External is the external input R*I of each neuron of population pop from step n
// to n+1, without its noise [mV].
func (m *Model) External(pop int, n int64) []float64 {
	p := &m.Populations[pop]
	common, all := p.R*p.input(n), make([]float64, p.Size)
	for i := range all {
		all[i] = common
	}
	for i, e := range m.Biases(pop) {
		all[i] += float64(e) * p.R / p.scale
	}
	return all
}

// SynapticInput is what a state g of receptor r means for a neuron with the
// potential v [mV, relative to E_L]: R*I [mV].
func (p *Population) SynapticInput(r int, g, v float32) float64 {
	if p.Neuron == network.LIFCond {
		return p.R * float64(g) * float64(p.Receptors[r].Reversal-v)
	}
	return p.R * float64(g)
}
