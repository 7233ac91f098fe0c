package connectome_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"einet/connectome"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
)

// A synapse is one, with its weight and delay as the codes say.
type synapse struct {
	source, target int
	weight         float64
	delay          int
}

func synapses(t require.TestingT, net *network.Network, workers int) []synapse {
	c := build(t, net, workers)
	codes := connectome.NewCodes(net, 0)
	var all []synapse
	require.NoError(t, c.Projections[0].Each(func(source, target int, weight, delay uint32) error {
		all = append(all, synapse{source, target, codes.Weights[weight], codes.FirstDelay + int(delay)})
		return nil
	}))
	require.EqualValues(t, c.Projections[0].Synapses(), len(all))
	return all
}

// one is a network of one projection from A to B, or from A to itself.
func one(sources, targets int, own bool, p network.Projection) *network.Network {
	p.Name, p.From, p.To = "A_to_B", "A", "B"
	net := &network.Network{Seed: 7, Dt: 0.1, Populations: []network.Population{{Name: "A", Size: sources}, {Name: "B", Size: targets}}}
	if own {
		p.To = "A"
	}
	if p.Delay == (network.Dist{}) {
		p.Delay = network.Number(0.1)
	}
	if p.Weight == (network.Dist{}) {
		p.Weight = network.Number(1)
	}
	net.Projections = []network.Projection{p}
	return net
}

func degrees(all []synapse, sources, targets int) (out, in []int) {
	out, in = make([]int, sources), make([]int, targets)
	for _, s := range all {
		out[s.source]++
		in[s.target]++
	}
	return out, in
}

// What each rule promises holds of any network, and how many build it makes no difference.
func TestRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		own := rapid.Bool().Draw(t, "own")
		sources, targets := rapid.IntRange(2, 120).Draw(t, "sources"), rapid.IntRange(2, 120).Draw(t, "targets")
		p := network.Projection{
			Rule: rapid.SampledFrom([]network.Rule{network.FixedInDegree, network.FixedOutDegree, network.FixedTotalNumber,
				network.AllToAll, network.OneToOne, network.FixedProbability}).Draw(t, "rule"),
			Autapses: rapid.Bool().Draw(t, "autapses"), Multapses: rapid.Bool().Draw(t, "multapses"), P: 0.3,
		}
		if own || p.Rule == network.OneToOne {
			targets = sources
		}
		if p.Rule == network.FixedTotalNumber {
			p.Multapses, p.N = true, rapid.IntRange(0, 5000).Draw(t, "n")
		} else {
			p.N = rapid.IntRange(0, min(sources, targets)-1).Draw(t, "n")
		}
		if rapid.Bool().Draw(t, "drawn") {
			p.Weight, p.Delay = network.NormalDist(1, 0.2), network.Between(0.1, rapid.SampledFrom([]float64{1.5, 140}).Draw(t, "longest"))
		}
		net := one(sources, targets, own, p)
		all := synapses(t, net, 1)
		require.Equal(t, all, synapses(t, net, 3))
		out, in := degrees(all, sources, targets)
		self := own && !p.Autapses
		pairs := map[[2]int]int{}
		for _, s := range all {
			pairs[[2]int{s.source, s.target}]++
			require.False(t, self && s.source == s.target, "a neuron to itself")
		}
		if !(p.Rule.Counts() && p.Multapses) {
			require.Len(t, pairs, len(all), "no pair twice")
		}
		switch p.Rule {
		case network.FixedInDegree:
			for _, n := range in {
				require.Equal(t, p.N, n)
			}
		case network.FixedOutDegree:
			for _, n := range out {
				require.Equal(t, p.N, n)
			}
		case network.FixedTotalNumber:
			if !self {
				require.Len(t, all, p.N)
			}
		case network.AllToAll:
			want := sources * targets
			if self {
				want -= sources
			}
			require.Len(t, all, want)
		case network.OneToOne:
			for _, s := range all {
				require.Equal(t, s.source, s.target)
			}
		}
	})
}

// flat is whether counts are those of equally likely cells, by chi-square, in standard deviations.
func flat(counts []int) float64 {
	total := 0
	for _, n := range counts {
		total += n
	}
	want, sum := float64(total)/float64(len(counts)), 0.0
	for _, n := range counts {
		sum += (float64(n) - want) * (float64(n) - want) / want
	}
	return (sum - float64(len(counts)-1)) / math.Sqrt(2*float64(len(counts)-1))
}

// Every partner is as likely: out-degrees of a fixed in-degree, in-degrees of a fixed
// out-degree, both of a fixed number. With multapses they are multinomial; without, more even.
func TestPartnersAreUniform(t *testing.T) {
	const sources, targets = 400, 5000
	for _, k := range []struct {
		rule      network.Rule
		n         int
		multapses bool
	}{
		{network.FixedInDegree, 40, true}, {network.FixedInDegree, 40, false}, {network.FixedOutDegree, 500, true},
		{network.FixedOutDegree, 500, false}, {network.FixedTotalNumber, 200_000, true},
	} {
		all := synapses(t, one(sources, targets, false, network.Projection{Rule: k.rule, N: k.n, Multapses: k.multapses}), 2)
		out, in := degrees(all, sources, targets)
		require.Len(t, all, 200_000)
		if k.rule != network.FixedOutDegree {
			require.Less(t, math.Abs(flat(out)), 4.0, "%s", k.rule)
			out[0] += 400
			require.Greater(t, flat(out), 4.0, "control: one source drawn 80 %% too often")
		}
		if k.rule != network.FixedInDegree {
			low := -4.0
			if k.rule == network.FixedOutDegree && !k.multapses {
				low = -10 // of 5000 targets 500 are chosen by each: variance 0.9 of a binomial's
			}
			require.Greater(t, flat(in), low, "%s", k.rule)
			require.Less(t, flat(in), 4.0, "%s", k.rule)
		}
	}
}

// Autapses and multapses come as often as chance has it.
func TestAutapsesAndMultapsesByChance(t *testing.T) {
	const n, k = 1000, 100
	all := synapses(t, one(n, n, true, network.Projection{Rule: network.FixedInDegree, N: k, Multapses: true, Autapses: true}), 2)
	self, pairs := 0, map[[2]int]int{}
	for _, s := range all {
		if s.source == s.target {
			self++
		}
		pairs[[2]int{s.source, s.target}]++
	}
	require.InDelta(t, k, self, 4*math.Sqrt(k))
	twice := float64(len(all) - len(pairs)) // k(k-1)/2 pairs of draws a target, each equal with probability 1/n, nearly
	want := n * (k - n*(1-math.Pow(1-1./n, k)))
	require.InDelta(t, want, twice, 4*math.Sqrt(want))
}

// Weights and delays have the distribution that is asked for, cut where that is said, on their
// grids.
func TestDrawnWeightsAndDelays(t *testing.T) {
	moments := func(p network.Projection) (mean, sd, lo, hi, delay, delaySD float64, first, last int) {
		p.Rule, p.N, p.Multapses = network.FixedTotalNumber, 400_000, true
		all := synapses(t, one(500, 500, false, p), 2)
		lo, hi, first, last = math.Inf(1), math.Inf(-1), math.MaxInt, 0
		for _, s := range all {
			mean += s.weight
			sd += s.weight * s.weight
			delay += float64(s.delay) / 10
			delaySD += float64(s.delay) * float64(s.delay) / 100
			lo, hi, first, last = min(lo, s.weight), max(hi, s.weight), min(first, s.delay), max(last, s.delay)
		}
		n := float64(len(all))
		mean, delay = mean/n, delay/n
		return mean, math.Sqrt(sd/n - mean*mean), lo, hi, delay, math.Sqrt(delaySD/n - delay*delay), first, last
	}
	mean, sd, lo, _, delay, delaySD, first, last := moments(network.Projection{Weight: network.NormalDist(87.8, 8.78), Delay: network.NormalDist(1.5, 0.75)})
	require.InEpsilon(t, 87.8, mean, 1e-3)
	require.InEpsilon(t, 8.78, sd, 1e-2)
	require.Positive(t, lo, "the sign is kept")
	require.InDelta(t, 1.5, delay, 0.05, "cut at one step, which moves the mean up")
	require.InDelta(t, 0.75, delaySD, 0.05)
	require.Equal(t, 1, first)
	require.Greater(t, last, 30)

	mean, sd, _, hi, _, _, _, _ := moments(network.Projection{Weight: network.NormalDist(-4, 3)})
	require.LessOrEqual(t, hi, 0.0, "the sign is kept")
	require.Greater(t, math.Abs(mean+4), 0.1, "so the mean is another")
	require.Less(t, sd, 3.0)

	mean, sd, lo, hi, delay, delaySD, first, last = moments(network.Projection{Weight: network.Between(2, 5), Delay: network.Between(0.5, 2.5)})
	require.InDelta(t, 3.5, mean, 0.01)
	require.InDelta(t, 3/math.Sqrt(12), sd, 0.01)
	require.Equal(t, []float64{2, 5}, []float64{lo, hi})
	require.InDelta(t, 1.5, delay, 0.01)
	require.InDelta(t, 2/math.Sqrt(12), delaySD, 0.01)
	require.Equal(t, []int{5, 25}, []int{first, last})

	mean, sd, lo, _, _, _, _, _ = moments(network.Projection{Weight: network.Dist{Kind: network.LogNormal, A: 0.5, B: 0.4, Low: math.Inf(-1), High: math.Inf(1)}})
	require.InEpsilon(t, 0.5, mean, 5e-3)
	require.InEpsilon(t, 0.4, sd, 2e-2)
	require.Positive(t, lo)
	require.Greater(t, math.Abs(sd-0.36), 0.02, "control: a tenth less would be seen")
}

// shares is how often each delay [steps] comes.
func shares(t *testing.T, delay network.Dist, n int) map[int]float64 {
	p := network.Projection{Rule: network.FixedTotalNumber, N: n, Multapses: true, Delay: delay}
	share := map[int]float64{}
	for _, s := range synapses(t, one(500, 500, false, p), 2) {
		share[s.delay] += 1 / float64(n)
	}
	return share
}

// normalBetween is the probability that a normal variable lies between two values.
func normalBetween(mean, sd, lo, hi float64) float64 {
	below := func(x float64) float64 { return math.Erfc((mean-x)/sd/math.Sqrt2) / 2 }
	return below(hi) - below(lo)
}

func drawnAgain(d network.Dist, lo, hi float64) network.Dist {
	d.Low, d.High, d.Redraw = lo, hi, true
	return d
}

// The delays of the cortical microcircuit, normal ones that are drawn again until at least half a step:
// each step has the share of a truncated normal variable that rounds to it, so 1.0 % and 2.5 % of them are
// one step. Clipped it is 3.6 % and 5.5 %.
func TestRedrawnDelays(t *testing.T) {
	const n = 200_000
	inf := math.Inf(1)
	for _, k := range []struct{ mean, redrawn, clipped float64 }{{1.5, 0.0096, 0.036}, {0.75, 0.0246, 0.055}} {
		sd := k.mean / 2
		fit := func(share map[int]float64) float64 {
			sum := 0.0
			require.Zero(t, share[0])
			const steps = 40
			for step := 1; step <= steps; step++ {
				at := float64(step) / 10
				want := n * normalBetween(k.mean, sd, at-0.05, at+0.05) / normalBetween(k.mean, sd, 0.05, inf)
				if want > 5 {
					sum += (n*share[step]-want)*(n*share[step]-want)/want - 1
				}
			}
			return sum / math.Sqrt(2*steps)
		}
		normal := network.NormalDist(k.mean, sd)
		again, clipped := shares(t, drawnAgain(normal, -inf, inf), n), shares(t, normal, n)
		require.InDelta(t, k.redrawn, again[1], 0.001)
		require.Less(t, fit(again), 4.0)
		require.InDelta(t, k.clipped, clipped[1], 0.002)
		require.Greater(t, fit(clipped), 100.0, "control: clipped")
		require.Equal(t, again, shares(t, drawnAgain(normal, 0.01, inf), n), "a bound below half a step changes nothing")
		require.Greater(t, fit(shares(t, drawnAgain(normal, 0.1, inf), n)), 10.0, "control: from one step on, that step has half its weight")
	}
}

// The preset draws its delays so, as its reference implementation does.
func TestDelaysOfTheMicrocircuit(t *testing.T) {
	oneStep := func(set ...string) (excitatory, inhibitory float64) {
		net, err := presets.Load("potjans2014", language.Options{Scale: 0.03, Set: set})
		require.NoError(t, err)
		c := build(t, net, 2)
		var one, all [2]float64
		for i := range c.Projections {
			codes, kind := connectome.NewCodes(net, i), 0
			if !net.Projections[i].Excitatory() {
				kind = 1
			}
			require.NoError(t, c.Projections[i].Each(func(_, _ int, _, delay uint32) error {
				if all[kind]++; codes.FirstDelay+int(delay) == 1 {
					one[kind]++
				}
				return nil
			}))
		}
		return one[0] / all[0], one[1] / all[1]
	}
	excitatory, inhibitory := oneStep()
	require.InDelta(t, 0.0096, excitatory, 0.001)
	require.InDelta(t, 0.0246, inhibitory, 0.002)
	excitatory, inhibitory = oneStep("projections.*.delay.normal.outside=clip")
	require.InDelta(t, 0.036, excitatory, 0.003, "control: clipped at one step")
	require.InDelta(t, 0.055, inhibitory, 0.005, "control")
}

// Bounds hold before the rounding: half a step below a step, it has its whole weight.
func TestBoundsOfDelays(t *testing.T) {
	const n = 50_000
	wide := network.NormalDist(1, 100) // as good as uniform
	for _, k := range []struct {
		delay network.Dist
		want  map[int]float64
	}{
		{drawnAgain(wide, 0.15, 0.55), map[int]float64{2: 1. / 4, 3: 1. / 4, 4: 1. / 4, 5: 1. / 4}},
		{drawnAgain(wide, 0.2, 0.5), map[int]float64{2: 1. / 6, 3: 1. / 3, 4: 1. / 3, 5: 1. / 6}},
		{drawnAgain(wide, 0.31, 0.34), map[int]float64{3: 1}},
		{network.Between(0.2, 0.5), map[int]float64{2: 1. / 6, 3: 1. / 3, 4: 1. / 3, 5: 1. / 6}},
		{network.Between(0.15, 0.55), map[int]float64{2: 1. / 4, 3: 1. / 4, 4: 1. / 4, 5: 1. / 4}},
		{network.Between(0, 0.25), map[int]float64{1: 3. / 5, 2: 2. / 5}},
		{drawnAgain(network.NormalDist(-1, 1), 0.05, 0.15), map[int]float64{1: 1}},
	} {
		first, last := math.MaxInt, 0
		for step := range k.want {
			first, last = min(first, step), max(last, step)
		}
		net := network.Network{Dt: 0.1}
		gotFirst, gotLast := net.DelaySteps(&network.Projection{Delay: k.delay})
		require.Equal(t, []int{first, last}, []int{gotFirst, gotLast}, "%+v", k.delay)
		share := shares(t, k.delay, n)
		require.Len(t, share, len(k.want), "%+v", k.delay)
		for step, want := range k.want {
			require.InDelta(t, want, share[step], 0.01, "%+v", k.delay)
		}
	}
}

// Weights that are drawn again have no weight at their bounds; clipped ones have.
func TestRedrawnWeights(t *testing.T) {
	const n = 100_000
	inf := math.Inf(1)
	for name, d := range map[string]network.Dist{
		"at zero":            network.NormalDist(-4, 3),
		"between":            {Kind: network.Normal, A: 1, B: 1, Low: 1.5, High: 2},
		"lognormal":          {Kind: network.LogNormal, A: 2, B: 1, Low: 1, High: 3},
		"negative lognormal": {Kind: network.LogNormal, A: -2, B: 1, Low: -inf, High: -1.5},
	} {
		lo, hi := d.WeightBounds()
		moments := func(d network.Dist) (mean, sd, bounds float64) {
			for _, s := range synapses(t, one(500, 500, false, network.Projection{Rule: network.FixedTotalNumber, N: n, Multapses: true, Weight: d}), 2) {
				require.True(t, s.weight >= lo-1e-9 && s.weight <= hi+1e-9, name)
				mean, sd = mean+s.weight/n, sd+s.weight*s.weight/n
				if math.Min(s.weight-lo, hi-s.weight) < 1e-6 {
					bounds += 1. / n
				}
			}
			return mean, math.Sqrt(sd - mean*mean), bounds
		}
		_, _, clipped := moments(d)
		d.Redraw = true
		mean, sd, bounds := moments(d)
		wantMean, wantSD := d.WeightMoments()
		require.InDelta(t, wantMean, mean, 5*sd/math.Sqrt(n)+1e-3*sd, name)
		require.InEpsilon(t, wantSD, sd, 1e-2, name)
		require.Less(t, bounds, 0.003, name)
		require.Greater(t, clipped, 0.05, "control: %s, clipped", name)
	}
}

// Without spread, a distribution is its mean, in every rule, and draws as if it were a number.
func TestNoSpread(t *testing.T) {
	inf := math.Inf(1)
	for _, rule := range []network.Rule{network.FixedProbability, network.FixedInDegree, network.FixedTotalNumber, network.AllToAll} {
		p := network.Projection{Rule: rule, P: 0.2, N: 30, Multapses: true, Weight: network.Number(-2), Delay: network.Number(1.5)}
		want := synapses(t, one(60, 50, false, p), 2)
		for _, kind := range []network.DistKind{network.Normal, network.LogNormal, network.Uniform} {
			p.Weight = network.Dist{Kind: kind, A: -2, Low: -inf, High: inf, Redraw: true}
			p.Delay = network.Dist{Kind: kind, A: 1.5, Low: -inf, High: inf}
			if kind == network.Uniform {
				p.Weight, p.Delay = network.Between(-2, -2), network.Between(1.5, 1.5)
			}
			require.Equal(t, want, synapses(t, one(60, 50, false, p), 2), "%s %s", rule, kind)
		}
		p.Weight, p.Delay = network.Dist{Kind: network.Normal, A: -1, Low: -inf, High: -2}, network.Dist{Kind: network.Normal, A: 1.53, Low: -inf, High: inf}
		require.Equal(t, want, synapses(t, one(60, 50, false, p), 2), "held to a bound, and rounded to the grid")
		p.Weight = network.Number(-2.1)
		require.NotEqual(t, want, synapses(t, one(60, 50, false, p), 2), "control")
	}
}

// A list is what it says, in any order, with its own weights and delays.
func TestList(t *testing.T) {
	net := one(3, 4, false, network.Projection{Rule: network.List, Edges: network.Edges{
		Source: []uint32{2, 0, 2, 1}, Target: []uint32{3, 1, 3, 0}, Weight: []float64{0.5, -1, 2, 0.5}, Delay: []float64{0.3, 0.1, 0.2, 0.1},
	}})
	want := []synapse{{0, 1, -1, 1}, {1, 0, 0.5, 1}, {2, 3, 0.5, 3}, {2, 3, 2, 2}}
	require.ElementsMatch(t, want, synapses(t, net, 1))
	require.Equal(t, synapses(t, net, 1), synapses(t, net, 4))

	net.Projections[0].Edges.Delay = []float64{100, 0.1, 409.6, 7.3} // as far apart as may be
	want[1].delay, want[2].delay, want[3].delay = 73, 1000, 4096
	require.ElementsMatch(t, want, synapses(t, net, 1))
}

// Pinned: the synapses of a network and its seed are the same in every version.
func TestPinnedSynapses(t *testing.T) {
	for name, k := range map[string]struct {
		p    network.Projection
		want string
	}{
		"fixed_probability":  {network.Projection{Rule: network.FixedProbability, P: 0.1}, "10ed7f41ce2e537f"},
		"fixed_indegree":     {network.Projection{Rule: network.FixedInDegree, N: 20}, "40b7fbbb9ff9834b"},
		"with multapses":     {network.Projection{Rule: network.FixedInDegree, N: 20, Multapses: true}, "4de1455581a358a6"},
		"fixed_outdegree":    {network.Projection{Rule: network.FixedOutDegree, N: 20}, "cd447436cb3d62a6"},
		"fixed_total_number": {network.Projection{Rule: network.FixedTotalNumber, N: 3000, Multapses: true}, "27bd29d76711ce9e"},
		"drawn":              {network.Projection{Rule: network.FixedInDegree, N: 20, Weight: network.NormalDist(1, 0.1), Delay: network.Between(0.1, 3)}, "e80aa7318f02182e"},
		"drawn far":          {network.Projection{Rule: network.FixedInDegree, N: 20, Weight: network.NormalDist(1, 0.1), Delay: network.Between(1, 140)}, "319968fda3c7dbc5"},
		"drawn again": {network.Projection{Rule: network.FixedInDegree, N: 20, Weight: drawnAgain(network.NormalDist(1, 2), 0, 3),
			Delay: drawnAgain(network.NormalDist(1.5, 0.75), math.Inf(-1), math.Inf(1))}, "6496c50a27bee094"},
	} {
		h := sha256.New()
		for _, s := range synapses(t, one(200, 150, false, k.p), 2) {
			require.NoError(t, binary.Write(h, binary.LittleEndian, []float64{float64(s.source), float64(s.target), s.weight, float64(s.delay)}))
		}
		require.Equal(t, k.want, hex.EncodeToString(h.Sum(nil))[:16], name)
	}
}
