package network

// CurrentUnit is the unit of the population's currents.
func (p *Population) CurrentUnit() string {
	if p.CM > 0 {
		return "pA"
	}
	return "mV"
}

// WeightUnit is the unit of the weights of synapses of that shape onto the
// population.
func (p *Population) WeightUnit(s Synapse) string {
	switch {
	case p.Neuron == LIFCond:
		return "nS"
	case p.CM > 0 && s != Delta:
		return "pA"
	}
	return "mV"
}
