package connectome_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"einet/connectome"
	"einet/network"
	"einet/rng/stattest"

	"github.com/stretchr/testify/require"
)

// A law is a distribution that weights or delays are drawn from, its distribution function in closed form,
// before it is cut, and where it is cut.
type law struct {
	name   string
	dist   network.Dist
	cdf    stattest.Law
	lo, hi float64 // mV or ms; what is beyond has the value of the bound
	delay  bool
}

// distributions are those that can be asked for. Bounds that a description doesn't give are at five standard
// deviations, of a lognormal those of the logarithm, and a normal weight keeps its sign; a delay is a step of 0.1 ms at least.
func distributions() []law {
	mu, sigma := stattest.Logarithm(0.5, 0.4)
	bounded := func(d network.Dist, lo, hi float64) network.Dist { d.Low, d.High = lo, hi; return d }
	lognormal := network.NormalDist(0.5, 0.4)
	lognormal.Kind = network.LogNormal
	negative := lognormal
	negative.A = -0.5
	slow := lognormal
	slow.A, slow.B = 1.5, 0.5
	return []law{
		{"normal", network.NormalDist(87.8, 8.78), stattest.NormalLaw(87.8, 8.78), 43.9, 131.7, false},
		{"normal cut at zero", network.NormalDist(-4, 3), stattest.NormalLaw(-4, 3), -19, 0, false},
		{"normal with bounds", bounded(network.NormalDist(1, 0.3), 0.8, 1.5), stattest.NormalLaw(1, 0.3), 0.8, 1.5, false},
		{"uniform", network.Between(2, 5), stattest.UniformLaw(2, 5), 2, 5, false},
		{"lognormal", lognormal, stattest.LogNormalLaw(0.5, 0.4), math.Exp(mu - 5*sigma), math.Exp(mu + 5*sigma), false},
		{"negative lognormal with a bound", bounded(negative, -1, math.Inf(1)), stattest.LogNormalLaw(0.5, 0.4).Mirrored(), -1, -math.Exp(mu - 5*sigma), false},

		{"normal", network.NormalDist(1.5, 0.7), stattest.NormalLaw(1.5, 0.7), 0.1, 5, true},
		{"normal with bounds", bounded(network.NormalDist(3, 0.5), 2.5, 3.5), stattest.NormalLaw(3, 0.5), 2.5, 3.5, true},
		{"uniform", network.Between(0.5, 2.5), stattest.UniformLaw(0.5, 2.5), 0.5, 2.5, true},
		{"lognormal with bounds", bounded(slow, 0.5, 4), stattest.LogNormalLaw(1.5, 0.5), 0.5, 4, true},
		{"far uniform", network.Between(1, 140), stattest.UniformLaw(1, 140), 1, 140, true},
		{"far normal", bounded(network.NormalDist(70, 20), 1, 140), stattest.NormalLaw(70, 20), 1, 140, true},
	}
}

// fits holds counts of values, evenly numbered, to a law: a value stands for what is nearest to it, the
// first and the last also for what is beyond. The middle between values k and k+1 is middle(k).
func (l *law) fits(counts []float64, middle func(k int) float64, f stattest.Fault) stattest.P {
	return stattest.Discrete(counts, func(k int) float64 {
		if k == 0 {
			return l.cdf(middle(0), f)
		}
		return l.cdf(middle(k), f) - l.cdf(middle(k-1), f)
	})
}

// drawnCodes holds the weights or delays of all_to_all to their law.
func drawnCodes(l law) stattest.Check {
	name, p := "weights", network.Projection{Rule: network.AllToAll, Weight: l.dist}
	if l.delay {
		name, p = "delays", network.Projection{Rule: network.AllToAll, Delay: l.dist}
	}
	return stattest.Check{
		Name: name + "/" + l.name, Size: 4e6, Faults: []string{"mean", "sd"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			net := drawnBy(seed, size/1000, 1000, false, p)
			codes := connectome.NewCodes(net, 0)
			weights, delays := make([]float64, len(codes.Weights)), make([]float64, codes.Delays)
			eachSynapse(t, net, procedurally(seed), func(_, _, _ int, weight, delay uint32) { weights[weight]++; delays[delay]++ })
			if l.delay {
				last := codes.FirstDelay + codes.Delays - 1
				require.Equal(t, [2]float64{l.lo, l.hi}, [2]float64{float64(codes.FirstDelay) / 10, float64(last) / 10})
				return []stattest.P{l.fits(delays, middleDelay(&codes), fault)}
			}
			require.InEpsilon(t, l.lo+100, codes.Weights[0]+100, 1e-12)
			require.InEpsilon(t, l.hi+100, codes.Weights[len(weights)-1]+100, 1e-12)
			return []stattest.P{l.fits(weights, middleWeight(&codes), fault)}
		},
	}
}

func middleWeight(c *connectome.Codes) func(k int) float64 {
	return func(k int) float64 { return (c.Weights[k] + c.Weights[k+1]) / 2 }
}

func middleDelay(c *connectome.Codes) func(k int) float64 {
	return func(k int) float64 { return (float64(c.FirstDelay+k) + 0.5) / 10 }
}

// codesOf holds the weights and delays of a rule to their laws and to independence of each other and of who is connected.
func codesOf(rule network.Rule) stattest.Check {
	weight, delay := law{cdf: stattest.NormalLaw(1, 0.15)}, law{cdf: stattest.UniformLaw(0.5, 2.5)}
	return stattest.Check{
		Name: "codes of " + string(rule), Size: 2e6, Faults: []string{"mean", "sd", "copies", "follow source", "follow target"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			net := coded(seed, size, rule)
			codes := connectome.NewCodes(net, 0)
			weights, delays := make([]float64, len(codes.Weights)), make([]float64, codes.Delays)
			pairs, sources, targets := stattest.NewTable(16, codes.Delays), stattest.NewTable(16, 16), stattest.NewTable(16, 16)
			group := sixteenths(weight.cdf, &codes)
			spoil := rand.New(rand.NewPCG(uint64(seed), 1))
			redrawn := procedurally(seed) && connectome.Redrawable(net) == nil
			eachSynapse(t, net, redrawn, func(_, source, target int, w, d uint32) {
				weights[w]++
				delays[d]++
				g, j, k := group[w], source%16, target%16
				if fault.Size > 0 && spoil.Float64() < fault.Size {
					switch fault.Name {
					case "copies":
						d = uint32(g * codes.Delays / 16)
					case "follow source":
						j = g
					case "follow target":
						k = g
					}
				}
				pairs.Add(g, int(d))
				sources.Add(g, j)
				targets.Add(g, k)
			})
			return []stattest.P{weight.fits(weights, middleWeight(&codes), fault), delay.fits(delays, middleDelay(&codes), fault),
				{Of: "weight and delay", P: pairs.Independent()}, {Of: "weight and source", P: sources.Independent()}, {Of: "weight and target", P: targets.Independent()}}
		},
	}
}

// coded is a network with about so many synapses, of a rule, whose weights and delays are drawn: of one_to_one in several projections.
func coded(seed uint32, size int, rule network.Rule) *network.Network {
	const targets = connectome.Chunk + 904 // two chunks
	p := network.Projection{Rule: rule, N: 100, P: 0.02, Multapses: true, Weight: network.NormalDist(1, 0.15), Delay: network.Between(0.5, 2.5)}
	switch rule {
	case network.AllToAll:
		return drawnBy(seed, max(1, size/targets), targets, false, p)
	case network.OneToOne:
		n := min(size, 40_000)
		net := drawnBy(seed, n, n, false, p)
		for range size/n - 1 {
			net.Projections = append(net.Projections, net.Projections[0])
		}
		return net
	case network.FixedTotalNumber:
		p.N = size
		return drawnBy(seed, 1000, targets, false, p)
	case network.FixedInDegree:
		return drawnBy(seed, 1000, size/p.N, false, p)
	}
	return drawnBy(seed, size/100, targets, false, p)
}

// sixteenths puts weights into sixteen classes that are about equally likely.
func sixteenths(cdf stattest.Law, c *connectome.Codes) []int {
	class := make([]int, len(c.Weights))
	for k, w := range c.Weights {
		class[k] = min(int(16*cdf(w, stattest.Fault{})), 15)
	}
	return class
}

// independentCodes are the weights and delays of a synapse and of the next of the row, of the next row, chunk, projection and seed.
func independentCodes() (all []stattest.Check) {
	const targets = 2 * connectome.Chunk
	type place struct{ projection, source, target int }
	for name, next := range map[string]func(p place) place{
		"row":        func(p place) place { p.target++; return p },
		"row by 4":   func(p place) place { p.target += 4; return p },
		"source":     func(p place) place { p.source++; return p },
		"chunk":      func(p place) place { p.target += connectome.Chunk; return p },
		"projection": func(p place) place { p.projection++; return p },
		"seed":       func(p place) place { p.projection += 2; return p },
	} {
		all = append(all, stattest.Check{
			Name: "independent/codes of the next " + name, Size: 2e6, Faults: []string{"copies"},
			Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
				sources := max(2, size/targets) + 1
				weights, delays := make(map[int][]uint8), make(map[int][]uint8)
				for s := range 2 { // seeds; two projections each
					net := drawnBy(seed+uint32(s), sources, targets, false, network.Projection{
						Rule: network.AllToAll, Weight: network.Between(0, 1), Delay: network.Between(0.1, 1.6),
					})
					net.Projections = append(net.Projections, net.Projections[0])
					eachSynapse(t, net, procedurally(seed), func(i, _, _ int, w, d uint32) {
						i += 2 * s
						weights[i], delays[i] = append(weights[i], uint8(w>>6)), append(delays[i], uint8(d))
					})
				}
				ww, dd, wd := stattest.NewTable(16, 16), stattest.NewTable(16, 16), stattest.NewTable(16, 16)
				spoil := rand.New(rand.NewPCG(uint64(seed), 1))
				for i := range (sources - 1) * targets {
					p := next(place{0, i / targets, i % targets})
					if p.target >= targets {
						continue
					}
					at := p.source*targets + p.target
					w, d := weights[p.projection][at], delays[p.projection][at]
					if f := fault.Of("copies"); f > 0 && spoil.Float64() < f {
						w, d = weights[0][i], delays[0][i]
					}
					ww.Add(int(weights[0][i]), int(w))
					dd.Add(int(delays[0][i]), int(d))
					wd.Add(int(weights[0][i]), int(d))
				}
				return []stattest.P{{Of: "weights", P: ww.Independent()}, {Of: "delays", P: dd.Independent()}, {Of: "weight and delay", P: wd.Independent()}}
			},
		})
	}
	return all
}

// What each rule says it draws is what it draws.
func TestCodedSize(t *testing.T) {
	for _, rule := range []network.Rule{network.FixedProbability, network.FixedInDegree, network.FixedOutDegree, network.FixedTotalNumber, network.AllToAll, network.OneToOne} {
		n := 0
		eachSynapse(t, coded(1, 100_000, rule), false, func(_, _, _ int, _, _ uint32) { n++ })
		require.InEpsilon(t, 100_000, n, 0.21, fmt.Sprint(rule))
	}
}
