package enginetest

import (
	"math"

	"einet/network"
)

// with changes a projection.
func with(p network.Projection, changes ...func(p *network.Projection)) network.Projection {
	for _, change := range changes {
		change(&p)
	}
	return p
}

func alpha(p *network.Projection) { p.Synapse = network.Alpha }

func biexponential(rise float64) func(p *network.Projection) {
	return func(p *network.Projection) { p.Synapse, p.TauRise = network.Biexponential, rise }
}

func delta(p *network.Projection) { p.Synapse, p.TauSyn = network.Delta, 0 }

// shaped has alpha, biexponential and delta synapses of both signs, in windows of three steps,
// beside exponential ones, and a population whose only synapses are delta.
func shaped() *network.Network {
	e, i, d := population("E", 203, 15, 22), population("I", 90, 10, 20), population("D", 70, 10, 17)
	e.TRef, d.TRef = 1, 0.4
	return named("shaped", []network.Population{e, i, d},
		with(projection("E", "E", 0.2, 1, 0.3, 3), alpha), with(projection("E", "I", 0.2, 1, 0.4, 6), biexponential(0.7)),
		with(projection("I", "E", 0.3, -2, 0.3, 15), alpha), with(projection("I", "I", 0.3, -0.5, 0.6, 0), delta),
		with(projection("D", "E", 0.2, 0.4, 0.5, 0), delta), with(projection("I", "D", 0.2, -0.4, 0.3, 0), delta))
}

// noisy has every kind of noise, and more neurons than a draw's 64.
func noisy() *network.Network {
	e, i := population("E", 333, 15, 10), population("I", 129, 10, 8)
	e.PoissonInput = []network.PoissonInput{
		{Rate: 9000, Weight: 0.2, Synapse: network.Exponential, TauSyn: 4},
		{Rate: 800, Weight: -0.4, Synapse: network.Alpha, TauSyn: 2},
		{Rate: 30_000, Weight: 0.01, Synapse: network.Delta},
	}
	e.WhiteNoise, e.OUNoise = 2, network.OUNoise{SD: 4, Tau: 12}
	i.WhiteNoise = 5
	return named("noisy", []network.Population{e, i},
		projection("E", "E", 0.1, 0.4, 0.5, 4), projection("E", "I", 0.2, 0.6, 0.7, 6),
		projection("I", "E", 0.3, -2, 0.5, 5), projection("I", "I", 0.3, -2, 0.5, 5))
}

// sourced is driven by sources: Poisson ones whose rate varies, and given spikes.
func sourced() *network.Network {
	poisson := network.Population{Name: "P", Size: 150, Neuron: network.Poisson,
		Rate: network.Input{network.DC(40), network.Sinusoid{Amplitude: 30, Frequency: 10}}}
	steady := network.Population{Name: "Q", Size: 21, Neuron: network.Poisson, Rate: network.Input{network.DC(2000)}}
	given := network.Population{Name: "S", Size: 9, Neuron: network.SpikeSource}
	for k := range 40 {
		given.Spikes.Times = append(given.Spikes.Times, 0.1*float64(1+(k*37)%97))
		given.Spikes.Neuron = append(given.Spikes.Neuron, k%9)
	}
	e := population("E", 200, 15, 14)
	return named("sourced", []network.Population{poisson, e, given, steady},
		projection("P", "E", 0.2, 0.5, 0.4, 5), projection("S", "E", 0.9, 1.5, 0.7, 3),
		projection("Q", "E", 0.3, 0.02, 0.5, 5), projection("E", "E", 0.1, -0.5, 0.4, 5))
}

// counted is driven by sources that fire many times in a step. Poisson sources fire at 1 kHz, at 20 kHz and at rates that
// vary up to 200 kHz, also between silent steps. Of given spikes many share a step. Synapses are dense, sparse, one to one,
// alike and drawn.
func counted() *network.Network {
	source := func(name string, size int, rate ...network.Component) network.Population {
		return network.Population{Name: name, Size: size, Neuron: network.Poisson, Rate: rate}
	}
	given := network.Population{Name: "S", Size: 12, Neuron: network.SpikeSource}
	for k := range 900 {
		given.Spikes.Times = append(given.Spikes.Times, 0.1*float64(1+k*k%83)+0.004*float64(k%11))
		given.Spikes.Neuron = append(given.Spikes.Neuron, k%5*(k%3))
	}
	e, d := population("E", 130, 15, 8), population("D", 5, 10, 8)
	e.TRef = 1
	again := func(p network.Projection) network.Projection {
		p.Name, p.Weight, p.Delay = p.Name+"_again", network.NormalDist(p.Weight.A, 0.3*math.Abs(p.Weight.A)), network.Between(0.3, 1.2)
		return p
	}
	rule := func(r network.Rule, n int) func(p *network.Projection) {
		return func(p *network.Projection) { p.Rule, p.N = r, n }
	}
	return named("counted", []network.Population{
		source("slow", 70, network.DC(1000)), source("fast", 5, network.DC(20_000)), given, e, d,
		source("fastest", 3, network.DC(20), network.Pulse{At: 2, Duration: 1.3, Amplitude: 200_000}),
		source("varied", 77, network.DC(200), network.Sinusoid{Amplitude: 200, Frequency: 13}, network.Pulse{At: 5, Duration: 0.7, Amplitude: 30_000}),
		source("pulsed", 30, network.Pulse{At: 0.2, Duration: 3, Amplitude: 20_000}, network.Step{At: 12, By: 200}),
	},
		projection("slow", "E", 0.3, 0.1, 0.4, 5), again(projection("slow", "E", 0.1, 0.1, 0.3, 3)),
		with(with(projection("fast", "D", 0, 0.3, 0.5, 0), delta), rule(network.OneToOne, 0)), projection("D", "E", 0.5, 0.2, 0.4, 5),
		projection("S", "E", 0.9, 0.1, 0.7, 3), again(projection("S", "E", 0.1, -0.1, 0.3, 3)),
		with(projection("fastest", "E", 0, 0.01, 0.4, 5), rule(network.FixedOutDegree, 30)),
		projection("varied", "E", 0.02, 0.2, 0.4, 5), with(projection("pulsed", "E", 0, -0.01, 0.3, 5), rule(network.AllToAll, 0)),
		projection("E", "E", 0.1, -0.5, 0.4, 5))
}

// unlike has neurons with thresholds, biases and initial states of their own,
// currents in pA, and drawn weights and delays.
func unlike() *network.Network {
	e, i := population("E", 260, 10, 700), population("I", 77, 10, 600)
	for _, p := range []*network.Population{&e, &i} {
		p.CM, p.EL, p.VReset, p.TRef = 250, -65, -65, 2
		p.VTh = network.Dist{Kind: network.Normal, A: -50, B: 1, Low: -53, High: -47}
		p.V0 = network.NormalDist(-58, 5)
		p.Bias = network.Between(-40, 60)
	}
	e.G0Ex, e.G0In = network.Between(0, 300), network.Between(-200, 0)
	i.VTh = network.Number(-50)
	excite := func(p *network.Projection) {
		p.Weight, p.Delay = network.NormalDist(88, 9), network.NormalDist(1.5, 0.75)
	}
	inhibit := func(p *network.Projection) {
		p.Weight = network.Dist{Kind: network.LogNormal, A: -350, B: 100, Low: -900, High: -50}
		p.Delay = network.Between(0.3, 1.2)
	}
	onlyWeights := func(p *network.Projection) { p.Weight = network.Between(50, 120) }
	onlyDelays := func(p *network.Projection) { p.Delay = network.NormalDist(0.75, 0.375) }
	return named("unlike", []network.Population{e, i},
		with(projection("E", "E", 0.1, 0, 0.1, 0.5), excite), with(projection("E", "I", 0.2, 0, 1.5, 0.5), onlyWeights),
		with(projection("I", "E", 0.2, 0, 0.1, 0.5), inhibit), with(projection("I", "I", 0.2, -350, 0.1, 0.5), onlyDelays))
}

// truncated is unlike with all draws made again where they are outside their bounds, and one that has no
// spread.
func truncated() *network.Network {
	n := unlike()
	n.Name = "truncated"
	again := func(kind network.DistKind, mean, sd, low, high float64) network.Dist {
		return network.Dist{Kind: kind, A: mean, B: sd, Low: low, High: high, Redraw: true}
	}
	none := math.Inf(1)
	e, i := &n.Populations[0], &n.Populations[1]
	e.VTh, i.VTh = again(network.Normal, -50, 3, -51, none), again(network.Normal, -50, 0, -52, -49)
	e.V0, i.V0 = again(network.Normal, -58, 5, -60, -52), again(network.LogNormal, -58, 9, -65, -50)
	e.Bias, i.Bias = again(network.Normal, 0, 60, -40, 50), again(network.LogNormal, 40, 60, -none, 90)
	e.G0Ex, e.G0In = again(network.Normal, 100, 150, 0, none), again(network.LogNormal, -100, 80, -200, none)
	p := n.Projections
	p[0].Weight, p[0].Delay = again(network.Normal, 60, 60, -none, none), again(network.Normal, 1.5, 0.75, -none, none)
	p[1].Weight, p[1].Delay = again(network.LogNormal, 80, 50, 40, 120), again(network.LogNormal, 0.5, 0.6, 0.2, 2)
	p[2].Weight, p[2].Delay = again(network.LogNormal, -350, 200, -600, -200), again(network.Normal, 0.75, 0.375, 0.3, 1)
	p[3].Weight, p[3].Delay = again(network.Normal, -200, 300, -500, none), again(network.Normal, 0.83, 0, -none, none)
	return n
}

// ruled has every rule, with multapses and autapses and without.
func ruled() *network.Network {
	rule := func(r network.Rule, n int, multapses, autapses bool) func(p *network.Projection) {
		return func(p *network.Projection) { p.Rule, p.N, p.Multapses, p.Autapses = r, n, multapses, autapses }
	}
	list := func(p *network.Projection) {
		p.Rule = network.List
		for k := range uint32(300) {
			p.Edges.Source = append(p.Edges.Source, k*7%64)
			p.Edges.Target = append(p.Edges.Target, k*13%64)
			p.Edges.Weight = append(p.Edges.Weight, -0.1*float64(1+k%5))
			p.Edges.Delay = append(p.Edges.Delay, 0.1*float64(2+k%4))
		}
	}
	e, i := population("E", 200, 15, 22), population("I", 64, 10, 20)
	second := func(p network.Projection) network.Projection { p.Name += "_again"; return p }
	return named("ruled", []network.Population{e, i},
		with(projection("E", "E", 0, 0.5, 0.2, 5), rule(network.FixedInDegree, 20, true, false)),
		second(with(projection("E", "E", 0, 0.25, 0.3, 5), rule(network.FixedInDegree, 10, false, false))),
		with(projection("E", "I", 0, 0.5, 0.2, 5), rule(network.FixedOutDegree, 8, false, true)),
		second(with(projection("E", "I", 0, 0.5, 0.2, 5), rule(network.FixedOutDegree, 5, true, true))),
		with(projection("I", "E", 0, -1, 0.4, 5), rule(network.FixedTotalNumber, 3000, true, true)),
		with(projection("I", "I", 0, -0.2, 0.2, 3), rule(network.AllToAll, 0, true, false)),
		second(with(projection("I", "I", 0, -0.2, 0.2, 3), rule(network.OneToOne, 0, true, true))),
		with(projection("I", "I", 0, -0.2, 0.2, 4), func(p *network.Projection) { p.Name = "listed"; list(p) }))
}

// inSpace has neurons on a grid, on a ring's line and at random places, and every rule that goes by distance.
func inSpace() *network.Network {
	bell := func(size float64) network.Kernel { return network.Kernel{Shape: network.Bell, Size: size} }
	sheet := func(p network.Population, columns, rows int) network.Population {
		p.Positions = network.Positions{Layout: network.Grid, Columns: columns, Rows: rows, Extent: []float64{1, 1}, Periodic: true}
		return p
	}
	near := func(r network.Rule, n int, size float64) func(p *network.Projection) {
		return func(p *network.Projection) { p.Rule, p.N, p.Near = r, n, bell(size) }
	}
	falls := func(k network.Kernel) func(p *network.Projection) { return func(p *network.Projection) { p.Near = k } }
	weight := func(p *network.Projection) { p.WeightBy = bell(0.3) }
	travels := func(p *network.Projection) { p.Speed = 0.5 }
	e, i, r := sheet(population("E", 300, 15, 22), 20, 15), sheet(population("I", 64, 10, 20), 8, 8), population("R", 100, 10, 20)
	r.Positions = network.Positions{Layout: network.RandomPlaces, Extent: []float64{1, 1}, Periodic: true}
	second := func(p network.Projection) network.Projection { p.Name += "_again"; return p }
	return named("inSpace", []network.Population{e, i, r},
		with(projection("E", "E", 0.6, 0.5, 0.2, 5), falls(bell(0.1)), travels),
		second(with(projection("E", "E", 0.3, 0.25, 0.3, 5), falls(network.Kernel{Shape: network.Decay, Size: 0.1}), weight)),
		with(projection("E", "I", 0, 0.5, 0.2, 5), near(network.FixedOutDegree, 8, 0.2)),
		with(projection("I", "E", 0, -1, 0.4, 5), near(network.FixedInDegree, 10, 0.2), travels),
		with(projection("I", "I", 0, -0.2, 0.2, 3), func(p *network.Projection) { p.Rule, p.Autapses = network.AllToAll, false }, weight, travels),
		with(projection("R", "E", 0.5, 0.4, 0.2, 5), falls(network.Kernel{Shape: network.Disc, Size: 0.2}), func(p *network.Projection) { p.Weight = network.NormalDist(0.4, 0.05) }),
		with(projection("I", "R", 0.5, -0.4, 0.2, 5), falls(bell(0.2))))
}

func conductivePopulation(name string, size int) network.Population {
	return network.Population{
		Name: name, Size: size, Neuron: network.LIFCond, CM: 200, GL: 10, EL: -60, EEx: 0, EIn: -80,
		VTh: network.Number(-50), VReset: -60, TRef: 5, V0: network.Between(-60, -50), Input: network.Input{network.DC(120)},
	}
}

// conductive is vogels2005coba with a tenth of the neurons, and alpha synapses
// too.
func conductive() *network.Network {
	e, i := conductivePopulation("E", 320), conductivePopulation("I", 80)
	e.G0Ex = network.Dist{Kind: network.Normal, A: 40, B: 15, Low: 0, High: 1e9}
	e.G0In = network.Dist{Kind: network.Normal, A: 200, B: 120, Low: 0, High: 1e9}
	return named("conductive", []network.Population{e, i},
		projection("E", "E", 0.1, 6, 0.1, 5), projection("E", "I", 0.1, 6, 0.1, 5),
		projection("I", "E", 0.1, -67, 0.1, 10), with(projection("I", "I", 0.1, -30, 0.1, 7), alpha),
		with(projection("I", "E", 0.1, -7, 0.1, 12), biexponential(2), func(p *network.Projection) { p.Name = "slow" }))
}

// conductiveNoisy adds noise, thresholds and inputs of the neurons' own.
func conductiveNoisy() *network.Network {
	e, i := conductivePopulation("E", 170), conductivePopulation("I", 66)
	e.VTh, e.Bias = network.NormalDist(-50, 0.5), network.NormalDist(0, 20)
	e.WhiteNoise, e.OUNoise = 1, network.OUNoise{SD: 60, Tau: 10}
	i.PoissonInput = []network.PoissonInput{{Rate: 3000, Weight: 1, Synapse: network.Exponential, TauSyn: 5}}
	i.Input = append(i.Input, network.Step{At: 10, By: 60})
	return named("conductiveNoisy", []network.Population{e, i},
		with(projection("E", "E", 0.1, 6, 0.7, 5), func(p *network.Projection) { p.Weight = network.NormalDist(6, 1) }),
		projection("E", "I", 0.1, 6, 0.7, 5), projection("I", "E", 0.2, -40, 0.9, 10))
}

// tooConductive has conductances that come to be more than a step resolves, in a window of several steps.
func tooConductive() *network.Network {
	e, i := conductivePopulation("E", 170), conductivePopulation("I", 66)
	e.WhiteNoise, i.WhiteNoise = 1, 1
	i.Input = append(i.Input, network.Ramp{At: 50, Duration: 100, By: 1e5})
	return named("tooConductive", []network.Population{e, i},
		projection("E", "I", 0.1, 6, 0.7, 5), projection("I", "E", 0.2, -200, 0.7, 30))
}
