package engines

import (
	"einet/gpu"
	"einet/network"
)

// probes are the networks that kernels are probed with: one for each way to compile them.
func probes() []probeNetwork {
	return []probeNetwork{
		{net: plainProbe(), synapses: Stored, replicas: 2},
		{net: generalProbe(), synapses: Stored},
		{net: drawnProbe(), synapses: Procedural},
		{net: summedProbe(), synapses: Stored, forms: gpu.Options{Sums: gpu.SumsAlways}},
		{net: drawnSummedProbe(), synapses: Procedural, forms: gpu.Options{Sums: gpu.SumsAlways}},
	}
}

func probePopulation(name string, size int, input float64) network.Population {
	return network.Population{
		Name: name, Size: size, Neuron: network.LIF, TauM: 10, TRef: 1, VTh: network.Number(15),
		Input: network.Input{network.DC(input)}, V0: network.Between(0, 15),
	}
}

func probeProjection(name, from, to string, p, weight, delay float64) network.Projection {
	return network.Projection{
		Name: name, From: from, To: to, Rule: network.FixedProbability, Multapses: true, Autapses: true, P: p,
		Weight: network.Number(weight), Delay: network.Number(delay), Synapse: network.Exponential, TauSyn: 3,
	}
}

// drawnOf gives a projection weights and delays of their own.
func drawnOf(p network.Projection, sd float64) network.Projection {
	p.Weight, p.Delay = network.NormalDist(p.Weight.A, sd), network.Between(0.3, 1.2)
	return p
}

// plainProbe is of lif neurons with exponential synapses, alike and drawn, in windows of three steps.
func plainProbe() *network.Network {
	return &network.Network{
		Name: "plain", Dt: 0.1, Seed: 3, Duration: 5,
		Populations: []network.Population{probePopulation("E", 203, 40), probePopulation("I", 70, 35)},
		Projections: []network.Projection{
			probeProjection("EE", "E", "E", 0.1, 1, 0.3), drawnOf(probeProjection("EI", "E", "I", 0.2, 1, 0.3), 0.2),
			probeProjection("IE", "I", "E", 0.2, -2, 0.4), probeProjection("II", "I", "I", 0.3, -2, 0.3),
		},
	}
}

// generalProbe is of every kind of neuron, synapse, noise and source.
func generalProbe() *network.Network {
	e, i, c := probePopulation("E", 130, 30), probePopulation("I", 70, 35), probePopulation("C", 90, 0)
	e.VTh, e.Bias = network.NormalDist(14, 1), network.Between(-2, 2)
	e.WhiteNoise, e.OUNoise = 2, network.OUNoise{SD: 3, Tau: 8}
	e.PoissonInput = []network.PoissonInput{
		{Rate: 9000, Weight: 0.3, Synapse: network.Exponential, TauSyn: 3}, {Rate: 800, Weight: -0.4, Synapse: network.Alpha, TauSyn: 2},
		{Rate: 30_000, Weight: 0.02, Synapse: network.Delta},
	}
	e.Input = append(e.Input, network.Step{At: 2, By: 10}, network.Sinusoid{Amplitude: 5, Frequency: 300})
	c.Neuron, c.TauM, c.CM, c.GL, c.EEx, c.EIn = network.LIFCond, 0, 200, 10, 0, -80
	c.EL, c.VTh, c.VReset, c.V0 = -60, network.Number(-50), -60, network.Between(-60, -50)
	c.PoissonInput = []network.PoissonInput{{Rate: 20_000, Weight: 2, Synapse: network.Exponential, TauSyn: 3}}
	p := network.Population{Name: "P", Size: 66, Neuron: network.Poisson, Rate: network.Input{network.DC(900), network.Pulse{At: 1, Duration: 1, Amplitude: 20_000}}}
	s := network.Population{Name: "S", Size: 5, Neuron: network.SpikeSource}
	for k := range 60 {
		s.Spikes.Times = append(s.Spikes.Times, 0.1*float64(1+k*7%45))
		s.Spikes.Neuron = append(s.Spikes.Neuron, k%5)
	}
	shaped := func(q network.Projection, shape network.Synapse, tau float64) network.Projection {
		q.Synapse, q.TauSyn = shape, tau
		return q
	}
	return &network.Network{
		Name: "general", Dt: 0.1, Seed: 4, Duration: 5,
		Populations: []network.Population{e, i, c, p, s},
		Projections: []network.Projection{
			shaped(probeProjection("EE", "E", "E", 0.2, 0.5, 0.3), network.Alpha, 2), drawnOf(probeProjection("EI", "E", "I", 0.2, 1, 0.3), 0.2),
			shaped(probeProjection("IE", "I", "E", 0.2, -0.3, 0.3), network.Delta, 0), probeProjection("PE", "P", "E", 0.3, 0.1, 0.4),
			probeProjection("EC", "E", "C", 0.2, 5, 0.3), shaped(probeProjection("IC", "I", "C", 0.2, -9, 0.5), network.Alpha, 2),
			probeProjection("SI", "S", "I", 0.8, 0.8, 0.3),
		},
	}
}

// drawnProbe is of every rule by which synapses are drawn again.
func drawnProbe() *network.Network {
	rule := func(q network.Projection, r network.Rule, n int, multapses, autapses bool) network.Projection {
		q.Rule, q.N, q.Multapses, q.Autapses = r, n, multapses, autapses
		return q
	}
	return &network.Network{
		Name: "drawn", Dt: 0.1, Seed: 5, Duration: 5,
		Populations: []network.Population{probePopulation("E", 203, 40), probePopulation("I", 70, 35)},
		Projections: []network.Projection{
			probeProjection("EE", "E", "E", 0.1, 1, 0.3), rule(probeProjection("EE2", "E", "E", 0, 0.3, 0.3), network.FixedOutDegree, 20, false, false),
			drawnOf(rule(probeProjection("EI", "E", "I", 0, 0.5, 0.3), network.FixedOutDegree, 9, true, true), 0.1),
			drawnOf(rule(probeProjection("IE", "I", "E", 0, -0.2, 0.4), network.AllToAll, 0, true, true), 0.05),
			rule(probeProjection("II", "I", "I", 0, -0.2, 0.3), network.AllToAll, 0, true, false),
			rule(probeProjection("II2", "I", "I", 0, -0.5, 0.3), network.OneToOne, 0, true, true),
		},
	}
}

// summedProbe has one delay in each projection, and weights alike and drawn, so that they can be summed in shared memory.
func summedProbe() *network.Network {
	net := plainProbe()
	net.Name = "summed"
	net.Projections[1].Delay = network.Number(0.5)
	return net
}

// drawnSummedProbe is of the rules whose rows are drawn by chunk.
func drawnSummedProbe() *network.Network {
	net := summedProbe()
	net.Name = "drawn-summed"
	net.Projections[2].Rule, net.Projections[2].P, net.Projections[2].Weight = network.AllToAll, 0, network.Number(-0.3)
	again := net.Projections[3]
	again.Name, again.Rule, again.P = "II2", network.OneToOne, 0
	net.Projections = append(net.Projections, again)
	return net
}
