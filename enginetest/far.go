package enginetest

import (
	"math"

	"einet/network"
)

// far has delays that span many steps: from 65 to the most that a packed synapse has bits for. They are drawn from every kind of
// distribution and by several rules. Weights differ or don't, and targets are one block or two.
func far() *network.Network {
	e, i := population("E", 1130, 15, 17), population("I", 70, 10, 17)
	between := func(low, high float64) func(p *network.Projection) {
		return func(p *network.Projection) { p.Delay = network.Between(low, high) }
	}
	drawn := func(d network.Dist) func(p *network.Projection) {
		return func(p *network.Projection) {
			p.Delay, p.Weight = d, network.NormalDist(p.Weight.A, 0.2*math.Abs(p.Weight.A))
		}
	}
	again := func(p network.Projection) network.Projection { p.Name += "_again"; return p }
	rule := func(r network.Rule, n int, p network.Projection) network.Projection { p.Rule, p.N = r, n; return p }
	lognormal := network.Dist{Kind: network.LogNormal, A: 40, B: 60, Low: 0.3, High: 300, Redraw: true}
	return named("far", []network.Population{e, i},
		with(projection("E", "E", 0.02, 0.5, 0.1, 5), between(1, 140)),
		again(rule(network.FixedOutDegree, 15, with(projection("E", "E", 0, 0.4, 0.1, 5), drawn(network.NormalDist(70, 20))))),
		with(projection("E", "I", 0.05, 0.5, 0.1, 5), drawn(lognormal)),
		again(with(projection("E", "I", 0.05, 0.5, 0.1, 5), between(0.25, 6.75))),         // 65 steps
		with(projection("I", "E", 0.3, -1, 0.1, 4), drawn(network.Between(0.25, 220.05))), // 2198, of 12 bits
		rule(network.OneToOne, 0, with(projection("I", "I", 0, -1, 0.1, 4), between(0.3, 20))))
}

// listed is a list with delays of one step and of a thousand, so small that it fits a work group.
func listed() *network.Network {
	p := projection("A", "A", 0, 0, 0, 5)
	p.Rule = network.List
	for k := range uint32(16) {
		p.Edges.Source, p.Edges.Target = append(p.Edges.Source, k*3%7), append(p.Edges.Target, k*5%7)
		p.Edges.Weight = append(p.Edges.Weight, 0.25*float64(1+k%5))
		p.Edges.Delay = append(p.Edges.Delay, []float64{0.1, 100, 7.3, 64.5, 12.8}[k%5])
	}
	return named("listed", []network.Population{population("A", 7, 10, 15.5)}, p)
}
