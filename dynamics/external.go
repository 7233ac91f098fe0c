package dynamics

// Common is the external input that all neurons of population pop have from step n to n+1, without
// its noise, R*I [mV].
func (m *Model) Common(pop int, n int64) float64 {
	p := &m.Populations[pop]
	return p.R * p.input(n)
}

// Own is what the bias of each neuron of population pop, and what its groups have as input from step n to n+1, add to that [mV];
// nil where there is nothing of its own.
func (m *Model) Own(pop int, n int64) []float64 {
	p, biases, inputs := &m.Populations[pop], m.Biases(pop), m.OwnInput(pop, n)
	if biases == nil && inputs == nil {
		return nil
	}
	own := make([]float64, p.Size)
	for i, e := range biases {
		own[i] = float64(e) * p.R / p.scale
	}
	for i, x := range inputs {
		own[i] += float64(x * p.R)
	}
	return own
}

// SynapticInput is what a state g of receptor r means for a neuron with the
// potential v [mV, relative to E_L]: R*I [mV].
func (p *Population) SynapticInput(r int, g, v float32) float64 {
	if force := p.Receptors[r].force; force != nil {
		return p.R * float64(g) * force.at(float64(v))
	}
	if p.Conductive(r) {
		return p.R * float64(g) * float64(p.Receptors[r].Reversal-v)
	}
	return p.R * float64(g)
}

// InputDependsOnV tells whether SynapticInput does.
func (p *Population) InputDependsOnV() bool {
	for r := range p.Receptors {
		if p.Conductive(r) {
			return true
		}
	}
	return false
}
