package enginetest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"einet/network"
)

// Learning are networks with long-term plasticity: some that are made to be difficult, and random ones.
func Learning() []*network.Network {
	all := []*network.Network{learning(), learningSources(), learningDense(), learningFar(), learningParts()}
	for seed := range uint64(6) {
		all = append(all, randomLearning(seed))
	}
	for _, n := range all {
		for k := range n.Projections {
			bounded(&n.Projections[k])
		}
	}
	return all
}

// bounded holds the weights of a plastic projection to their bounds, as a network must.
func bounded(p *network.Projection) {
	if !p.Plasticity.Is() {
		return
	}
	b := p.Plasticity.Bounds()
	low, high := min(b.Min, b.Max), max(b.Min, b.Max)
	if p.Weight.IsNumber() {
		p.Weight = network.Number(min(max(p.Weight.A, low), high))
		return
	}
	p.Weight.Low, p.Weight.High = max(p.Weight.Low, low), min(p.Weight.High, high)
}

// changing gives a projection long-term plasticity.
func changing(x any) func(p *network.Projection) {
	return func(p *network.Projection) {
		switch x := x.(type) {
		case network.STDP:
			p.Plasticity.STDP = x
		case network.Vogels:
			p.Plasticity.Vogels = x
		case network.Triplet:
			p.Plasticity.Triplet = x
		}
	}
}

func within(low, high float64) network.WeightBounds {
	return network.WeightBounds{Min: low, Max: high}
}

func nearest(low, high float64) network.WeightBounds {
	return network.WeightBounds{Min: low, Max: high, Nearest: true}
}

func chosen(r network.Rule, n int) func(p *network.Projection) {
	return func(p *network.Projection) { p.Rule, p.N = r, n }
}

func afterwards(name string) func(p *network.Projection) {
	return func(p *network.Projection) { p.Name += name }
}

// learning has every rule, beside static synapses and such with short-term plasticity, some onto the same receptor.
func learning() *network.Network {
	e, i := population("E", 120, 15, 22), population("I", 47, 10, 19)
	e.TRef = 2
	stdp := network.STDP{APlus: 0.05, AMinus: 0.06, TauPlus: 20, TauMinus: 20, WeightBounds: within(0, 2)}
	soft := network.STDP{APlus: 0.1, AMinus: 0.1, TauPlus: 16.8, TauMinus: 33.7, Mu: 1, WeightBounds: nearest(0.1, 3)}
	vogels := network.Vogels{Eta: 0.05, Tau: 20, Target: 10, WeightBounds: within(0, -6)}
	triplet := network.Triplet{A2Plus: 5e-3, A3Plus: 0.08, A2Minus: 0.05, A3Minus: 0.01, TauPlus: 16.8, TauX: 101, TauMinus: 33.7, TauY: 125, WeightBounds: within(0, 2)}
	return named("learning", []network.Population{e, i},
		with(projection("E", "E", 0.2, 1, 0.7, 6), changing(stdp)), with(projection("E", "E", 0.1, 0.3, 0.9, 6), afterwards("_static")),
		with(projection("E", "E", 0.1, 1, 0.3, 6), afterwards("_soft"), spread, changing(soft)),
		with(projection("E", "I", 0.3, 1, 0.4, 6), changing(triplet)), with(projection("E", "I", 0.2, 1, 0.5, 6), afterwards("_short"), releasing(0.5, 100, 0, 0)),
		with(projection("I", "E", 0.4, 0, 0.5, 5), changing(vogels)), with(projection("I", "E", 0.2, -1, 0.3, 5), afterwards("_static")),
		projection("I", "I", 0.1, -1, 0.3, 5))
}

// learningSources has sources that fire several times in a step, delta synapses, no refractory period, and delays of one step.
func learningSources() *network.Network {
	source := network.Population{Name: "P", Size: 40, Neuron: network.Poisson,
		Rate: network.Input{network.DC(200), network.Pulse{At: 3, Duration: 1, Amplitude: 20_000}, network.Pulse{At: 40, Duration: 0.5, Amplitude: 30_000}}}
	given := network.Population{Name: "S", Size: 7, Neuron: network.SpikeSource}
	for k := range 300 {
		given.Spikes.Times = append(given.Spikes.Times, 0.1*float64(1+k*k*k%1700)+0.004*float64(k%11))
		given.Spikes.Neuron = append(given.Spikes.Neuron, k%5)
	}
	e, fast, d := population("E", 90, 15, 14), population("fast", 33, 0.5, 900), population("D", 30, 10, 14)
	gutig := network.STDP{APlus: 0.02, AMinus: 0.025, TauPlus: 20, TauMinus: 20, Mu: 0.4, WeightBounds: within(0, 1)}
	triplet := network.Triplet{A2Plus: 0.01, A3Plus: 0.02, A2Minus: 0.02, A3Minus: 0.02, TauPlus: 16.8, TauX: 101, TauMinus: 33.7, TauY: 125, WeightBounds: nearest(0.1, 1)}
	triplets := triplet
	triplets.WeightBounds = within(0, 2)
	return named("learningSources", []network.Population{source, e, given, fast, d},
		with(projection("P", "E", 0.3, 0.5, 0.1, 5), changing(gutig)), with(projection("S", "E", 0.9, 0.6, 0.1, 5), changing(triplet)),
		with(projection("S", "E", 0.5, 0.6, 0.7, 5), afterwards("_again"), spread, changing(triplets)),
		with(projection("P", "D", 0.3, 0.3, 0.1, 0), delta, changing(gutig)), with(projection("fast", "D", 0.2, -0.02, 0.2, 0), delta,
			changing(network.Vogels{Eta: 1e-6, Tau: 5, Target: 40, WeightBounds: nearest(-0.01, -0.1)})),
		with(projection("E", "fast", 0.2, 3, 0.1, 1), changing(gutig), func(p *network.Projection) { p.Plasticity.STDP.Max, p.Plasticity.STDP.AMinus = 9, 1e-4 }),
		with(projection("fast", "fast", 0.1, 1, 0.2, 1), changing(network.STDP{APlus: 0.001, AMinus: 0.0012, TauPlus: 3, TauMinus: 4, Mu: 1, WeightBounds: within(0, 3)})),
		with(projection("D", "E", 0, 0.5, 0.4, 5), chosen(network.FixedInDegree, 9), changing(network.STDP{APlus: 1, AMinus: 1, TauPlus: 9, TauMinus: 3, Mu: 0.05, WeightBounds: within(0, 1)})))
}

// learningDense is dense and conductance-based, with other shapes, in windows of one step.
func learningDense() *network.Network {
	e, i := conductivePopulation("E", 90), conductivePopulation("I", 36)
	e.Input, i.Input = network.Input{network.DC(230)}, network.Input{network.DC(210)}
	return named("learningDense", []network.Population{e, i},
		with(projection("E", "E", 0.5, 2, 0.1, 5), changing(network.STDP{APlus: 0.02, AMinus: 0.02, TauPlus: 20, TauMinus: 20, Mu: 0.02, WeightBounds: nearest(0, 5)})),
		with(projection("E", "I", 0.6, 2, 0.1, 5), alpha, changing(network.Triplet{A2Plus: 0.01, A3Plus: 0.05, A2Minus: 0.02, A3Minus: 0, TauPlus: 16.8, TauX: 101, TauMinus: 33.7, TauY: 125, WeightBounds: within(0, 5)})),
		with(projection("I", "E", 0.7, -2, 0.1, 10), biexponential(0.7), changing(network.Vogels{Eta: 0.3, Tau: 20, Target: 8, WeightBounds: within(-0.5, -20)})),
		projection("I", "I", 0.5, -3, 0.2, 10))
}

// learningFar has delays that span many steps, and pairs with several synapses.
func learningFar() *network.Network {
	e, i := population("E", 150, 15, 18), population("I", 30, 10, 18)
	late := func(low, high float64) func(p *network.Projection) {
		return func(p *network.Projection) {
			p.Delay, p.Weight = network.Between(low, high), network.NormalDist(p.Weight.A, 0.4*math.Abs(p.Weight.A))
		}
	}
	return named("learningFar", []network.Population{e, i},
		with(projection("E", "E", 0, 0.5, 0, 5), chosen(network.FixedInDegree, 12), late(0.1, 14), changing(network.STDP{APlus: 0.2, AMinus: 0.2, TauPlus: 20, TauMinus: 20, Mu: 0.5, WeightBounds: within(0, 1)})),
		with(projection("E", "I", 0, 0.5, 0, 5), chosen(network.FixedTotalNumber, 400), late(1, 90), changing(network.STDP{APlus: 0.1, AMinus: 0.1, TauPlus: 10, TauMinus: 10, WeightBounds: nearest(0, 1)})),
		with(projection("I", "E", 0, -1, 0, 4), chosen(network.FixedOutDegree, 40), late(0.3, 7), changing(network.Vogels{Eta: 0.1, Tau: 20, Target: 5, WeightBounds: within(0, -3)})),
		with(projection("I", "I", 0, -1, 3, 4), chosen(network.OneToOne, 0), changing(network.Vogels{Eta: 0.1, Tau: 20, Target: 5, WeightBounds: nearest(0, -3)})))
}

// learningParts has projections between groups and by distance, a list, and neurons that are written as equations.
func learningParts() *network.Network {
	n := described(`
name: learningParts
dt: 0.1
seed: 7
populations:
  E: {size: 100, tau_m: 15, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: 19, positions: {grid: {columns: 10, rows: 10, extent: [1, 1], periodic: true}}}
  I: {size: 25, tau_m: 10, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: 18, positions: {grid: {columns: 5, rows: 5, extent: [1, 1], periodic: true}}}
  M: {size: 35, neuron: adex, input: 900}
groups:
  E: {odd: {from: 1, every: 2}, clusters: {count: 5}}
  M: {driven: {from: 20, input: 50}}
projections:
  near: {from: E, to: E, p: {gaussian: {sigma: 0.2, peak: 0.8}}, weight: 0.5, delay: {distance: {speed: 0.5, offset: 0.3}}, tau_syn: 5}
  clusters: {from: E.clusters, to: E.clusters, pairs: same, p: 0.3, weight: 0.5, delay: 0.3, tau_syn: 5}
  out: {from: E, to: I, rule: fixed_outdegree, outdegree: 4, near: {gaussian: {sigma: 0.1}}, weight: {uniform: [0.5, 1]}, delay: 0.4, tau_syn: 6}
  back: {from: I, to: E.odd, p: 0.3, weight: -1, delay: 0.3, tau_syn: 5}
  EM: {from: E.odd, to: M.driven, p: 0.3, weight: 20, delay: 0.6, tau_syn: 5}
  ME: {from: M, to: E, p: 0.1, weight: 0.3, delay: 1.6, tau_syn: 5}
`)
	rules := []any{
		network.STDP{APlus: 0.05, AMinus: 0.06, TauPlus: 20, TauMinus: 20, WeightBounds: within(0, 1)},
		network.STDP{APlus: 0.05, AMinus: 0.06, TauPlus: 20, TauMinus: 20, Mu: 0.7, WeightBounds: nearest(0, 1)},
		network.Triplet{A2Plus: 0.01, A3Plus: 0.05, A2Minus: 0.02, A3Minus: 0.01, TauPlus: 16.8, TauX: 101, TauMinus: 33.7, TauY: 125, WeightBounds: within(0, 2)},
		network.Vogels{Eta: 0.05, Tau: 20, Target: 20, WeightBounds: within(0, -4)},
		network.Triplet{A2Plus: 0.01, A3Plus: 0.05, A2Minus: 0.02, A3Minus: 0.01, TauPlus: 16.8, TauX: 101, TauMinus: 33.7, TauY: 125, WeightBounds: within(5, 40)},
		network.STDP{APlus: 0.5, AMinus: 0.6, TauPlus: 20, TauMinus: 20, Mu: 1, WeightBounds: within(0, 1)},
	}
	for k := range n.Projections {
		changing(rules[k])(&n.Projections[k])
	}
	return n
}

// randomLearning is drawn from everything that long-term plasticity may meet.
func randomLearning(seed uint64) *network.Network {
	draw := rand.New(rand.NewPCG(seed, 5))
	one := func(of ...float64) float64 { return of[draw.IntN(len(of))] }
	bounds := func(w float64) network.WeightBounds {
		return network.WeightBounds{Min: w * one(0, 0, 0.1, 0.5), Max: w * one(1, 1.5, 3), Nearest: draw.IntN(3) == 0}
	}
	rule := func(w float64) any {
		tau := func() float64 { return 1 + 40*draw.Float64() }
		part := func() float64 { return math.Pow(10, -1-2*draw.Float64()) }
		switch draw.IntN(5) {
		case 0:
			return network.Triplet{A2Plus: part(), A3Plus: part(), A2Minus: part(), A3Minus: part(), TauPlus: tau(), TauX: tau(), TauMinus: tau(), TauY: tau(), WeightBounds: bounds(w)}
		case 1:
			return network.Vogels{Eta: 0.1 * part() * math.Abs(w), Tau: tau(), Target: 30 * draw.Float64(), WeightBounds: bounds(w)}
		}
		return network.STDP{APlus: part(), AMinus: part(), TauPlus: tau(), TauMinus: tau(), Mu: one(0, 1, 0.02, 0.5, draw.Float64()), WeightBounds: bounds(w)}
	}
	var populations []network.Population
	for k := range 3 {
		p := population(fmt.Sprintf("N%d", k), 20+draw.IntN(60), one(0.5, 10, 15), 24)
		if p.TauM == 0.5 {
			p.Input = network.Input{network.DC(400)}
		}
		p.TRef = one(0, 0.1, 2, 20)
		populations = append(populations, p)
	}
	populations = append(populations, network.Population{Name: "P", Size: 1 + draw.IntN(30), Neuron: network.Poisson,
		Rate: network.Input{network.DC(one(20, 500, 9000)), network.Pulse{At: 10, Duration: 0.4, Amplitude: 20_000}}})
	given := network.Population{Name: "S", Size: 5, Neuron: network.SpikeSource}
	for range 100 {
		given.Spikes.Times = append(given.Spikes.Times, 0.1+50*draw.Float64())
		given.Spikes.Neuron = append(given.Spikes.Neuron, draw.IntN(5))
	}
	populations = append(populations, given)
	var projections []network.Projection
	for k := range 9 {
		from, to := &populations[draw.IntN(len(populations))], &populations[draw.IntN(3)]
		w := one(-1, -0.5, 0.5, 1) * 20 / float64(30+from.Size)
		p := projection(from.Name, to.Name, 0.1+0.4*draw.Float64(), w, 0.1*float64(1+draw.IntN(9)), one(1, 5))
		p.Name += fmt.Sprint(k)
		if n := draw.IntN(5); n == 0 {
			p.Rule, p.N = network.FixedInDegree, 1+draw.IntN(20)
		} else if n == 1 {
			p.Rule, p.N = network.FixedTotalNumber, 1+draw.IntN(600)
		} else if n == 2 {
			delta(&p)
			p.Weight = network.Number(0.3 * w)
		}
		if draw.IntN(2) == 0 {
			p.Weight = network.NormalDist(p.Weight.A, 0.3*math.Abs(p.Weight.A))
		}
		if draw.IntN(2) == 0 {
			p.Delay = network.Between(0.1, one(0.5, 3, 20))
		}
		if x := draw.IntN(6); x == 0 {
			releasing(0.4, 50, 20, 0)(&p)
		} else if x > 1 || k == 0 {
			changing(rule(p.Weight.A))(&p)
		}
		projections = append(projections, p)
	}
	return named(fmt.Sprintf("random-%d", seed), populations, projections...)
}
