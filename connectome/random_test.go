package connectome_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"einet/connectome"
	"einet/network"
	"einet/rng/stattest"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

// At the sizes that see 1 % the same checks are TestRandomSynapsesAtFullSize, with the build tag long.
func TestRandomSynapses(t *testing.T) { stattest.Quick(t, randomSynapses()) }

func randomSynapses() []stattest.Check {
	var all []stattest.Check
	for _, s := range []struct {
		p       float64
		targets int // for about 100 synapses a source
	}{{0.9, 60}, {0.25, 400}, {0.1, 1000}, {0.02, 5000}, {1e-3, 100_000}} {
		all = append(all, fixedProbability(s.p, s.targets))
	}
	all = append(all, autapses())
	for _, p := range []float64{0.5, 0.1} {
		all = append(all, independentPairs(p)...)
	}
	for _, multapses := range []bool{true, false} {
		for _, own := range []bool{true, false} {
			all = append(all, partners(network.FixedInDegree, multapses, own, 1000), partners(network.FixedOutDegree, multapses, own, 1000))
		}
		all = append(all, partners(network.FixedOutDegree, multapses, false, 5000))
	}
	all = append(all, totalNumber(true), totalNumber(false))
	for _, d := range distributions() {
		all = append(all, drawnCodes(d))
	}
	for _, rule := range []network.Rule{network.FixedProbability, network.FixedInDegree, network.FixedOutDegree, network.FixedTotalNumber,
		network.AllToAll, network.OneToOne} {
		all = append(all, codesOf(rule))
	}
	return append(all, independentCodes()...)
}

// eachSynapse calls do for every synapse of the projections of a network, stored or drawn again.
func eachSynapse(t testing.TB, net *network.Network, procedural bool, do func(projection, source, target int, weight, delay uint32)) {
	build := connectome.Build
	if procedural {
		build = connectome.Procedural
	}
	c, err := build(context.Background(), net, 1)
	require.NoError(t, err)
	for i := range c.Projections {
		require.NoError(t, c.Projections[i].Each(func(source, target int, weight, delay uint32) error {
			do(i, source, target, weight, delay)
			return nil
		}))
	}
}

// drawnBy is the network of one projection, as one makes it, with a seed.
func drawnBy(seed uint32, sources, targets int, own bool, p network.Projection) *network.Network {
	net := one(sources, targets, own, p)
	net.Seed = seed
	return net
}

// procedurally has the samples of every other seed drawn again, source by source, and those of seeds 1, 3, 5 ... stored.
func procedurally(seed uint32) (procedural bool) { return seed&1 == 0 }

// fixedProbability holds the number of synapses, both degrees, the distances between a source's targets, over
// the bounds of chunks and blocks as anywhere, and how many there are of each class of targets to independent pairs.
func fixedProbability(p float64, targets int) stattest.Check {
	return stattest.Check{
		Name: fmt.Sprintf("fixed_probability/p=%g", p), Size: 4e6, Faults: []string{"p", "loss of odd targets"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			sources := int(float64(size) / (p * float64(targets)))
			net := drawnBy(seed, sources, targets, false, network.Projection{Rule: network.FixedProbability, P: p * fault.Times("p")})
			longest := min(targets/2, int(20/p)) // distance, that begins where it has room for
			gaps, out, in, class := make([]float64, longest+1), make([]float64, sources), make([]float64, targets), make([]float64, 16)
			spoil := rand.New(rand.NewPCG(uint64(seed), 1))
			source, last := -1, -1
			gap := func(to int) {
				if last+longest < targets {
					gaps[min(to-last-1, longest)]++
				}
			}
			eachSynapse(t, net, procedurally(seed), func(_, j, k int, _, _ uint32) {
				for ; source < j; source++ {
					if source >= 0 {
						gap(targets)
					}
					last = -1
				}
				if f := fault.Of("loss of odd targets"); f > 0 && k&1 == 1 && spoil.Float64() < f {
					return
				}
				gap(k)
				last = k
				out[j]++
				in[k]++
				class[k%16]++
			})
			var synapses, classes float64
			for k, n := range class {
				synapses += n
				want := p * float64(sources) * float64((targets+15-k)/16)
				classes += (n - want) * (n - want) / (want * (1 - p))
			}
			mean := p * float64(sources) * float64(targets)
			return []stattest.P{
				{Of: "synapses", P: stattest.Tail((synapses - mean) / math.Sqrt(mean*(1-p)))},
				{Of: "classes of targets", P: stattest.Above(classes, 16)},
				stattest.Discrete(tally(out, targets), binomial(targets, p)), stattest.Discrete(tally(in, sources), binomial(sources, p)),
				stattest.Discrete(gaps, func(k int) float64 { return p * math.Pow(1-p, float64(k)) }),
			}
		},
	}
}

// autapses holds how often each neuron of many small networks has a synapse to itself to the same probability.
func autapses() stattest.Check {
	const n, p = 16, 0.5
	return stattest.Check{
		Name: "fixed_probability/autapses", Size: 1e6, Faults: []string{"loss"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			self, spoil := make([]float64, n), rand.New(rand.NewPCG(uint64(seed), 1))
			for k := range size / n {
				net := drawnBy(seed+uint32(k)*(1<<12+1), n, n, true, network.Projection{Rule: network.FixedProbability, P: p, Autapses: true})
				eachSynapse(t, net, procedurally(seed), func(_, source, target int, _, _ uint32) {
					if f := fault.Of("loss"); source == target && !(f > 0 && spoil.Float64() < f) {
						self[source]++
					}
				})
			}
			networks, sum, statistic := float64(size/n), 0.0, 0.0
			for _, k := range self {
				sum += k
				statistic += (k - networks*p) * (k - networks*p) / (networks * p * (1 - p))
			}
			return []stattest.P{{Of: "autapses", P: stattest.Tail((sum - n*networks*p) / math.Sqrt(n*networks*p*(1-p)))}, {Of: "neurons", P: stattest.Above(statistic, n)}}
		},
	}
}

// tally is how many degrees are 0, 1, ... most.
func tally(degrees []float64, most int) []float64 {
	counts := make([]float64, most+2)
	for _, d := range degrees {
		counts[int(d)]++
	}
	return counts
}

func binomial(n int, p float64) func(k int) float64 {
	return func(k int) float64 { return distuv.Binomial{N: float64(n), P: p}.Prob(float64(k)) }
}

// hypergeometric is the probability of k marked ones among n chosen of all, of which some are marked.
func hypergeometric(all, marked, n int) func(k int) float64 {
	return func(k int) float64 {
		if k > marked || n-k > all-marked {
			return 0
		}
		return math.Exp(logChoose(marked, k) + logChoose(all-marked, n-k) - logChoose(all, n))
	}
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// A matrix is which of all pairs have a synapse, by source.
type matrix struct {
	rows, columns int
	has           []bool
}

func newMatrix(t testing.TB, net *network.Network, procedural bool) []*matrix {
	all := make([]*matrix, len(net.Projections))
	for i, p := range net.Projections {
		rows, columns := net.Populations[net.Population(p.From)].Size, net.Populations[net.Population(p.To)].Size
		all[i] = &matrix{rows, columns, make([]bool, rows*columns)}
	}
	eachSynapse(t, net, procedural, func(i, source, target int, _, _ uint32) { all[i].has[source*all[i].columns+target] = true })
	return all
}

func (m *matrix) at(j, k int) bool { return m.has[j*m.columns+k] }

// together is the p-value of how many pairs and their partners both have a synapse, where both are independent
// with probability p. A share of the partners is made a copy.
func (m *matrix) together(p, copies float64, seed uint32, partner func(j, k int) (has, ok bool)) float64 {
	spoil, n, sum := rand.New(rand.NewPCG(uint64(seed), 1)), 0.0, 0.0
	value := map[bool]float64{true: 1 - p, false: -p}
	yes, no := value[true], value[false]
	for j := range m.rows {
		for k := range m.columns {
			other, ok := partner(j, k)
			if !ok {
				continue
			}
			if copies > 0 && spoil.Float64() < copies {
				other = m.at(j, k)
			}
			n++
			x, y := no, no
			if m.at(j, k) {
				x = yes
			}
			if other {
				y = yes
			}
			sum += x * y
		}
	}
	return stattest.Tail(sum / (p * (1 - p) * math.Sqrt(n)))
}

// independentPairs are synapses of a fixed probability and those of the next source, target, chunk, projection, seed.
func independentPairs(p float64) (all []stattest.Check) {
	const targets = 2 * connectome.Chunk
	add := func(name string, of func(t testing.TB, seed uint32, size int) (m *matrix, partner func(j, k int) (has, ok bool))) {
		all = append(all, stattest.Check{
			Name: fmt.Sprintf("independent/p=%g/%s", p, name), Size: 8e6, Faults: []string{"copies"},
			Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
				m, partner := of(t, seed, size)
				return []stattest.P{{Of: name, P: m.together(p, fault.Of("copies"), seed, partner)}}
			},
		})
	}
	drawn := func(seed uint32, size int) *network.Network {
		return drawnBy(seed, max(4, size/targets), targets, false, network.Projection{Rule: network.FixedProbability, P: p})
	}
	for _, lag := range []int{1, 2, 64} {
		add(fmt.Sprintf("sources j and j+%d", lag), func(t testing.TB, seed uint32, size int) (*matrix, func(j, k int) (has, ok bool)) {
			net := drawn(seed, size)
			net.Populations[0].Size += lag
			m := newMatrix(t, net, procedurally(seed))[0]
			return m, func(j, k int) (has, ok bool) { return j+lag < m.rows && m.at(j+lag, k), j+lag < m.rows }
		})
	}
	for _, lag := range []int{1, 2, 64, connectome.Chunk} {
		add(fmt.Sprintf("targets k and k+%d", lag), func(t testing.TB, seed uint32, size int) (*matrix, func(j, k int) (has, ok bool)) {
			m := newMatrix(t, drawn(seed, size), procedurally(seed))[0]
			return m, func(j, k int) (has, ok bool) { return k+lag < m.columns && m.at(j, k+lag), k+lag < m.columns }
		})
	}
	for name, other := range map[string]func(seed uint32) uint32{
		"seeds": func(s uint32) uint32 { return s + 1 }, "seeds that differ in the highest bit": func(s uint32) uint32 { return s ^ 1<<31 },
	} {
		add(name, func(t testing.TB, seed uint32, size int) (*matrix, func(j, k int) (has, ok bool)) {
			m, next := newMatrix(t, drawn(seed, size), procedurally(seed))[0], newMatrix(t, drawn(other(seed), size), procedurally(seed))[0]
			return m, func(j, k int) (has, ok bool) { return next.at(j, k), true }
		})
	}
	add("projections", func(t testing.TB, seed uint32, size int) (*matrix, func(j, k int) (has, ok bool)) {
		net := drawn(seed, size)
		net.Projections = append(net.Projections, net.Projections[0])
		m := newMatrix(t, net, procedurally(seed))
		return m[0], func(j, k int) (has, ok bool) { return m[1].at(j, k), true }
	})
	add("there and back", func(t testing.TB, seed uint32, size int) (*matrix, func(j, k int) (has, ok bool)) {
		n := int(math.Sqrt(float64(2 * size)))
		m := newMatrix(t, drawnBy(seed, n, n, true, network.Projection{Rule: network.FixedProbability, P: p, Autapses: true}), procedurally(seed))[0]
		return m, func(j, k int) (has, ok bool) { return m.at(k, j), j < k }
	})
	return all
}

// partners holds the partners that each neuron chooses to equal chances: how often each is chosen, how many of a choice are in
// the first half of the population and how many have even numbers, as with or without replacement, and how many the choices
// of a neuron and of the next have in common.
func partners(rule network.Rule, multapses, own bool, partners int) stattest.Check {
	const each = 100
	faults := []string{"evens"}
	if !own { // else neighbours can't be compared, for they have not the same to choose from
		faults = append(faults, "copies")
	}
	if multapses {
		faults = append(faults, "repeats")
	}
	return stattest.Check{
		Name: fmt.Sprintf("%s/multapses=%v/own=%v/of %d", rule, multapses, own, partners), Size: 4e6, Faults: faults,
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			neurons := size / each // that choose
			if own {               // there are as many of both, and more than one network
				neurons = partners
			}
			c := choices{of: partners, multapses: multapses, own: own, chosen: make([]float64, partners), low: make([]float64, each+1), even: make([]float64, each+1)}
			for range max(1, size/each/neurons) {
				c.draw(t, seed, neurons, rule, each, fault)
				seed += 1 << 20
			}
			return c.values()
		},
	}
}

// choices are statistics of who was chosen.
type choices struct {
	of             int // how many there are to choose from
	multapses, own bool
	chosen         []float64
	low, even      []float64 // choices with so many in the first half, with so many even ones
	common, rows   float64   // partners in common of neighbours
	different, all float64   // different partners of a choice, and choices
}

func (c *choices) draw(t testing.TB, seed uint32, neurons int, rule network.Rule, each int, fault stattest.Fault) {
	projection := network.Projection{Rule: rule, N: each, Multapses: c.multapses}
	lists := make([][]int, neurons)
	if rule == network.FixedInDegree {
		eachSynapse(t, drawnBy(seed, c.of, neurons, c.own, projection), false, func(_, j, k int, _, _ uint32) { lists[k] = append(lists[k], j) })
	} else {
		eachSynapse(t, drawnBy(seed, neurons, c.of, c.own, projection), procedurally(seed), func(_, j, k int, _, _ uint32) { lists[j] = append(lists[j], k) })
	}
	spoil := rand.New(rand.NewPCG(uint64(seed), 1))
	before := make([]float64, c.of)
	for i, list := range lists {
		require.Len(t, list, each)
		low, even := 0, 0
		for m, x := range list {
			if f := fault.Of("copies"); f > 0 && i > 0 && spoil.Float64() < f {
				x = lists[i-1][m]
			}
			if f := fault.Of("evens"); f > 0 && spoil.Float64() < f {
				x &^= 1
			}
			if f := fault.Of("repeats"); f > 0 && m > 0 && spoil.Float64() < f {
				x = list[m-1]
			}
			list[m] = x
			c.chosen[x]++
			if i > 0 {
				c.common += before[x]
			}
			if x < c.of/2 {
				low++
			}
			even += 1 - x&1
		}
		c.low[low]++
		c.even[even]++
		c.all++
		c.different += float64(different(list))
		if i > 0 {
			c.rows++
			for _, x := range lists[i-1] {
				before[x]--
			}
		}
		for _, x := range list {
			before[x]++
		}
	}
}

func (c *choices) values() []stattest.P {
	n, each := float64(c.of), len(c.low)-1
	all, k := c.of, float64(each) // to choose from, and chosen
	if c.own {
		all--
	}
	from := float64(all)
	q, variance := 1/from, k*k/n*(1-1/n) // variance of how many are in common
	if !c.multapses {
		q, variance = k/from, k*(k/n)*(1-k/n)*(n-k)/(n-1)
	}
	values := []stattest.P{{Of: "how often each", P: stattest.Even(c.chosen, q)}, stattest.Discrete(c.low, c.half(all)), stattest.Discrete(c.even, c.half(all))}
	if !c.own {
		values = append(values, stattest.P{Of: "in common", P: stattest.Tail((c.common - c.rows*k*k/n) / math.Sqrt(c.rows*variance))})
	}
	if c.multapses { // with replacement, so many are different: classical occupancy
		none, two := math.Pow(1-1/from, k), math.Pow(1-2/from, k) // that one, and that two given ones are not chosen
		mean, variance := from*(1-none), from*(from-1)*two+from*none-from*from*none*none
		values = append(values, stattest.P{Of: "different", P: stattest.Tail((c.different - c.all*mean) / math.Sqrt(c.all*variance))})
	}
	return values
}

func different(list []int) int {
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return len(slices.Compact(sorted))
}

// half is the probability of how many of a choice are in a half of the population, in which, where a neuron may not choose itself,
// half the neurons themselves are.
func (c *choices) half(all int) func(k int) float64 {
	each := len(c.low) - 1
	of := func(marked int) func(k int) float64 {
		if c.multapses {
			return binomial(each, float64(marked)/float64(all))
		}
		return hypergeometric(all, marked, each)
	}
	with, without := of(c.of/2), of(c.of/2-1)
	if !c.own {
		return with
	}
	return func(k int) float64 { return (with(k) + without(k)) / 2 }
}

// totalNumber holds the synapses of fixed_total_number to equal chances of sources, of targets and of pairs.
func totalNumber(own bool) stattest.Check {
	return stattest.Check{
		Name: fmt.Sprintf("fixed_total_number/own=%v", own), Size: 4e6, Faults: []string{"evens", "copies"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			n := int(math.Sqrt(float64(size) / 100)) // 100 synapses a pair
			out, in, pairs := make([]float64, n), make([]float64, n), make([]float64, n*n)
			spoil := rand.New(rand.NewPCG(uint64(seed), 1))
			eachSynapse(t, drawnBy(seed, n, n, own, network.Projection{Rule: network.FixedTotalNumber, N: size, Multapses: true}), false, func(_, j, k int, _, _ uint32) {
				if f := fault.Of("evens"); f > 0 && spoil.Float64() < f {
					k &^= 1
				}
				if f := fault.Of("copies"); f > 0 && spoil.Float64() < f {
					k = (j + 1) % n
				}
				out[j]++
				in[k]++
				pairs[j*n+k]++
			})
			different := pairs[:0]
			for i, c := range pairs {
				if !own || i/n != i%n {
					different = append(different, c)
				}
			}
			return []stattest.P{{Of: "out-degrees", P: stattest.Even(out, 1/float64(n))}, {Of: "in-degrees", P: stattest.Even(in, 1/float64(n))},
				{Of: "pairs", P: stattest.Even(different, 1/float64(len(different)))}}
		},
	}
}
