package enginetest

import "einet/network"

// Networks are small networks that together use everything an engine has to do. They have windows of one step and of many,
// delays that differ by up to thousands of steps, refractory periods, several receptors or none, sizes that fill no work
// group, and inputs that vary.
func Networks() []*network.Network {
	return []*network.Network{
		balanced(), delayed(), lonely(), crowded(), unequal(), driven(), far(), listed(), // lif with exponential synapses
		shaped(), noisy(), sourced(), counted(), unlike(), truncated(), ruled(), inSpace(), conductive(), conductiveNoisy(),
		described(adaptive), described(gated), described(grouped), described(stirred), plastic(), plasticDense(),
	}
}

func population(name string, size int, tau, input float64) network.Population {
	return network.Population{
		Name: name, Size: size, Neuron: network.LIF, TauM: tau, VTh: network.Number(15), Input: network.Input{network.DC(input)},
		V0: network.Between(0, 15),
	}
}

func projection(from, to string, p, weight, delay, tau float64) network.Projection {
	return network.Projection{
		Name: from + "_to_" + to, From: from, To: to, Rule: network.FixedProbability, Multapses: true, Autapses: true,
		P: p, Weight: network.Number(weight), Delay: network.Number(delay), Synapse: network.Exponential, TauSyn: tau,
	}
}

func named(name string, populations []network.Population, projections ...network.Projection) *network.Network {
	return &network.Network{
		Name: name, Dt: 0.1, Seed: 7, Duration: 100, Populations: populations, Projections: projections,
	}
}

// balanced is ei with a tenth of the neurons: windows of one step.
func balanced() *network.Network {
	return named("balanced",
		[]network.Population{population("E", 803, 15, 20), population("I", 197, 10, 14)},
		projection("E", "E", 0.25, 1.5, 0.1, 6), projection("E", "I", 0.25, 2.5, 0.1, 6),
		projection("I", "E", 0.25, -6, 0.1, 5), projection("I", "I", 0.25, -6, 0.1, 5))
}

// delayed has windows of many steps, refractory neurons and a leak potential
// that is not zero.
func delayed() *network.Network {
	e, i := population("E", 400, 20, 25), population("I", 100, 20, 25)
	for _, p := range []*network.Population{&e, &i} {
		p.EL, p.VTh, p.VReset, p.TRef = -65, network.Number(-50), -60, 2
		p.V0 = network.Between(-65, -50)
	}
	return named("delayed", []network.Population{e, i},
		projection("E", "E", 0.1, 1, 1.5, 5), projection("E", "I", 0.1, 1, 1.5, 5),
		projection("I", "E", 0.1, -5, 1.5, 10), projection("I", "I", 0.1, -5, 1.5, 10))
}

// lonely has no synapses at all.
func lonely() *network.Network {
	return named("lonely", []network.Population{population("A", 70, 10, 16)})
}

// crowded connects every pair, itself included, with a time constant equal to
// the membrane's.
func crowded() *network.Network {
	return named("crowded", []network.Population{population("A", 130, 10, 18)},
		projection("A", "A", 1, -0.5, 0.3, 10))
}

// unequal has delays from two steps to seven, three receptors in one population
// and none in another, and neurons that fire in almost every step.
func unequal() *network.Network {
	fast := population("fast", 65, 0.5, 900)
	return named("unequal",
		[]network.Population{fast, population("E", 300, 15, 20), population("I", 64, 10, 18)},
		projection("fast", "E", 0.05, 0.1, 0.2, 2), projection("E", "E", 0.2, 0.7, 0.7, 6),
		projection("E", "I", 0.3, 0.7, 0.4, 6), projection("I", "E", 0.5, -2, 0.3, 4),
		projection("I", "I", 0.5, -2, 0.2, 4))
}

// driven has inputs that vary within its windows of eleven steps.
func driven() *network.Network {
	e, i := population("E", 200, 15, 18), population("I", 70, 10, 0)
	e.Input = append(e.Input, network.Step{At: 30.7, By: 9},
		network.Sinusoid{Amplitude: 6, Frequency: 40, Phase: 90})
	i.Input = network.Input{
		network.Samples{Times: []float64{0, 1.3, 60}, Values: []float64{14, 20, 16}},
		network.Pulse{At: 20, Duration: 0.7, Amplitude: 300}, network.Ramp{At: 80, Duration: 70, By: 8},
	}
	return named("driven", []network.Population{e, i},
		projection("E", "E", 0.2, 0.7, 1.1, 6), projection("E", "I", 0.2, 0.8, 1.1, 6),
		projection("I", "E", 0.4, -2, 1.1, 5), projection("I", "I", 0.4, -2, 1.9, 5))
}
