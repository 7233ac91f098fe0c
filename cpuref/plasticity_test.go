package cpuref_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"einet/cpuref"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"

	"github.com/stretchr/testify/require"
)

// Pairs are spike trains of the two ends of synapses, in steps.
type pairs struct {
	pre, post [][]int
	delay     int // [steps]
}

// weights are those of a synapse for each pair after so many steps, as parts of w_max: a neuron that fires when a strong synapse makes it,
// and a source whose plastic synapse hardly moves it.
func (p pairs) weights(t testing.TB, plasticity network.Plasticity, start float64, steps int) []float64 {
	n := len(p.pre)
	source := network.Population{Name: "S", Size: n, Neuron: network.SpikeSource}
	trigger := network.Population{Name: "T", Size: n, Neuron: network.SpikeSource}
	fill := func(of *network.Population, trains [][]int, earlier int) {
		for i, train := range trains {
			for _, step := range train {
				of.Spikes.Times, of.Spikes.Neuron = append(of.Spikes.Times, 0.1*float64(step-earlier)), append(of.Spikes.Neuron, i)
			}
		}
	}
	fill(&source, p.pre, 0)
	fill(&trigger, p.post, 1) // its synapses take a step
	strong := network.Projection{Name: "TA", From: "T", To: "A", Rule: network.OneToOne, Weight: network.Number(1000), Delay: network.Number(0.1), Synapse: network.Delta}
	weak := network.Projection{Name: "SA", From: "S", To: "A", Rule: network.OneToOne, Weight: network.Number(start * plasticity.Bounds().Max),
		Delay: network.Number(0.1 * float64(p.delay)), Synapse: network.Exponential, TauSyn: 5, Plasticity: plasticity}
	net := &network.Network{Name: "pairs", Dt: 0.1, Duration: 100, Populations: []network.Population{source, trigger,
		{Name: "A", Size: n, Neuron: network.LIF, TauM: 10, VTh: network.Number(15)}}, Projections: []network.Projection{strong, weak}}
	m, c := enginetest.Build(t, net)
	e := cpuref.New(m, c)
	require.NoError(t, e.Advance(t.Context(), steps))
	spikes, err := e.Spikes(nil)
	require.NoError(t, err)
	fired := make([][]int, n)
	for _, s := range spikes {
		if i := int(s.Neuron) - 2*n; i >= 0 {
			fired[i] = append(fired[i], int(s.Step))
		}
	}
	for i := range fired {
		require.True(t, slices.Equal(p.post[i], fired[i]), "neuron %d fires when it is made to", i)
	}
	omega, err := e.Weights(1, nil)
	require.NoError(t, err)
	w := make([]float64, n)
	for i := range w {
		w[i] = float64(omega[i]) / dynamics.One
	}
	return w
}

// A seen spike is one at the synapse.
type seen struct {
	at   int // step
	post bool
}

// inFloat64 is a rule as papers have it, as sums over the spikes that a synapse has seen before: of one train of each end. Of several spikes of a source
// in a step one comes after the other.
func (p pairs) inFloat64(i int, of network.Plasticity, w float64) float64 {
	const dt = 0.1
	var all []seen
	for _, n := range p.pre[i] {
		all = append(all, seen{n, false})
	}
	for _, m := range p.post[i] {
		all = append(all, seen{m + p.delay, true})
	}
	slices.SortStableFunc(all, func(a, b seen) int { // in a step the target's come before the source's
		if a.at == b.at && a.post != b.post {
			if a.post {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.at, b.at)
	})
	b := of.Bounds()
	trace := func(k int, post bool, tau float64) (sum float64) {
		for _, s := range all[:k] {
			if s.post != post || s.at == all[k].at && s.post != all[k].post {
				continue
			}
			if b.Nearest {
				sum = 0
			}
			sum += math.Exp(-float64(all[k].at-s.at) * dt / tau)
		}
		return sum
	}
	s, v, r := of.STDP, of.Vogels, of.Triplet
	for k := range all {
		post := all[k].post
		switch {
		case s != network.STDP{} && post:
			w += s.APlus * math.Pow(1-w, s.Mu) * trace(k, false, s.TauPlus)
		case s != network.STDP{}:
			w -= s.AMinus * math.Pow(w, s.Mu) * trace(k, true, s.TauMinus)
		case v != network.Vogels{} && post:
			w += v.Eta / math.Abs(b.Max) * trace(k, false, v.Tau)
		case v != network.Vogels{}:
			w += v.Eta / math.Abs(b.Max) * (trace(k, true, v.Tau) - 2*v.Target/1000*v.Tau)
		case post:
			w += trace(k, false, r.TauPlus) * (r.A2Plus + r.A3Plus*trace(k, true, r.TauY))
		default:
			w -= trace(k, true, r.TauMinus) * (r.A2Minus + r.A3Minus*trace(k, false, r.TauX))
		}
		w = min(max(w, b.Min/b.Max), 1)
	}
	return w
}

// randomPairs are Poisson trains of 20 to 100 Hz, of which some share steps with the other end's, and sources fire twice in some steps.
func randomPairs(n, steps, delay int) pairs {
	draw := rand.New(rand.NewPCG(11, 12))
	p := pairs{delay: delay}
	train := func() (train []int) {
		interval := 100 + 400*draw.Float64()
		for at := 2 + int(interval*draw.ExpFloat64()); at < steps-delay; at += 1 + int(interval*draw.ExpFloat64()) {
			train = append(train, at)
		}
		return train
	}
	for range n {
		pre, post := train(), train()
		for k := range post {
			if k%5 == 0 && post[k]+delay < steps {
				pre = append(pre, post[k]+delay) // the same step at the synapse
			}
			if k%7 == 0 {
				pre = append(pre, post[k], post[k]) // twice
			}
		}
		slices.Sort(pre)
		p.pre, p.post = append(p.pre, pre), append(p.post, post)
	}
	return p
}

// swapped has the time reversed: what came before comes behind.
func (p pairs) swapped(steps int) pairs {
	turn := func(trains [][]int) (turned [][]int) {
		for _, train := range trains {
			t := []int{}
			for _, n := range slices.Backward(train) {
				t = append(t, steps-n)
			}
			turned = append(turned, t)
		}
		return turned
	}
	return pairs{turn(p.pre), turn(p.post), -p.delay}
}

func (p pairs) undelayed() pairs { return pairs{p.pre, p.post, 0} }

var publishedRules = map[string]network.Plasticity{
	"additive":       {STDP: network.STDP{APlus: 0.005, AMinus: 0.00525, TauPlus: 20, TauMinus: 20, WeightBounds: network.WeightBounds{Max: 0.01}}},
	"multiplicative": {STDP: network.STDP{APlus: 0.01, AMinus: 0.01, TauPlus: 16.8, TauMinus: 33.7, Mu: 1, WeightBounds: network.WeightBounds{Max: 0.01}}},
	"Gütig":          {STDP: network.STDP{APlus: 0.01, AMinus: 0.0105, TauPlus: 20, TauMinus: 20, Mu: 0.02, WeightBounds: network.WeightBounds{Min: 0.002, Max: 0.01}}},
	"nearest":        {STDP: network.STDP{APlus: 0.02, AMinus: 0.018, TauPlus: 17, TauMinus: 34, Mu: 0.4, WeightBounds: network.WeightBounds{Max: 0.01, Nearest: true}}},
	"vogels2011":     {Vogels: network.Vogels{Eta: 1e-4, Tau: 20, Target: 25, WeightBounds: network.WeightBounds{Max: -0.01}}},
	"vogels nearest": {Vogels: network.Vogels{Eta: 1e-4, Tau: 20, Target: 10, WeightBounds: network.WeightBounds{Min: -0.001, Max: -0.01, Nearest: true}}},
	"triplet": {Triplet: network.Triplet{A2Plus: 5e-4, A3Plus: 6.2e-3, A2Minus: 7e-3, A3Minus: 2.3e-4, TauPlus: 16.8, TauX: 101, TauMinus: 33.7, TauY: 125,
		WeightBounds: network.WeightBounds{Max: 0.01}}},
	"triplet nearest": {Triplet: network.Triplet{A2Plus: 8.8e-4, A3Plus: 5.3e-2, A2Minus: 6.6e-3, A3Minus: 3.1e-2, TauPlus: 16.8, TauX: 714, TauMinus: 33.7, TauY: 40,
		WeightBounds: network.WeightBounds{Max: 0.01, Nearest: true}}},
}

// On random trains a network's weights are those of sums over pairs in float64; with time turned round, or without the delay, they are not.
func TestWeightsOfRandomTrains(t *testing.T) {
	const steps = 20_000
	for name, rule := range publishedRules {
		for _, delay := range []int{1, 37} {
			p := randomPairs(30, steps, delay)
			got := p.weights(t, rule, 0.5, steps)
			worst, reversed, undelayed := 0.0, 0.0, 0.0
			for i, w := range got {
				worst = max(worst, math.Abs(w-p.inFloat64(i, rule, 0.5)))
				reversed = max(reversed, math.Abs(w-p.swapped(steps).inFloat64(i, rule, 0.5)))
				undelayed = max(undelayed, math.Abs(w-p.undelayed().inFloat64(i, rule, 0.5)))
			}
			require.Less(t, worst, 1e-6, "%s, delay %d", name, delay)
			require.Greater(t, reversed, 1e-3, "control: %s, time reversed", name)
			require.Greater(t, undelayed, 1e-4, "control: %s, no delay of %d", name, delay)
		}
	}
}

// One pair at every distance gives the window of a rule in closed form, whatever the delay; with the sign of time changed, it is another.
func TestWindows(t *testing.T) {
	const at, delay, start = 2000, 15, 0.3
	p := pairs{delay: delay}
	var distances []float64
	for n := -1000; n <= 1000; n += 50 {
		p.pre, p.post = append(p.pre, []int{at}), append(p.post, []int{at - delay + n})
		distances = append(distances, float64(n)*0.1)
	}
	for name, rule := range publishedRules {
		s, v, r := rule.STDP, rule.Vogels, rule.Triplet
		window := func(d float64) float64 { // d: how much later the target's spike is at the synapse than the source's
			alone := 0.0
			if v.Eta > 0 {
				alone = -v.Eta / 0.01 * 2 * v.Target / 1000 * v.Tau
			}
			switch {
			case d == 0:
				return alone
			case s != network.STDP{} && d > 0:
				return s.APlus * math.Pow(1-start, s.Mu) * math.Exp(-d/s.TauPlus)
			case s != network.STDP{}:
				return -s.AMinus * math.Pow(start, s.Mu) * math.Exp(d/s.TauMinus)
			case v != network.Vogels{}:
				return alone + v.Eta/0.01*math.Exp(-math.Abs(d)/v.Tau)
			case d > 0:
				return r.A2Plus * math.Exp(-d/r.TauPlus)
			}
			return -r.A2Minus * math.Exp(d/r.TauMinus)
		}
		worst, mirrored := 0.0, 0.0
		for i, w := range p.weights(t, rule, start, 4000) {
			worst = max(worst, math.Abs(w-start-window(distances[i])))
			mirrored = max(mirrored, math.Abs(w-start-window(-distances[i])))
		}
		require.Less(t, worst, 3e-8, name)
		if rule.Vogels.Eta > 0 {
			require.Less(t, mirrored, 3e-8, "%s: the window is symmetric", name)
			continue
		}
		require.Greater(t, mirrored, 1e-4, "control: %s, the sign of time", name)
	}
}

// The weight of an inhibitory synapse stays on average where the target fires at the rate that the rule is given, and grows above it: independent
// Poisson trains of rates r and ρ change it by eta r (2 ρ tau - alpha) in a time, once traces are there, and tau less dt/2, for there are no pairs in a step.
func TestVogelsFindsItsTarget(t *testing.T) {
	const steps, n, rate = 20_000, 400, 40.0 // 2 s
	rule := network.Plasticity{Vogels: network.Vogels{Eta: 1e-6, Tau: 20, Target: rate, WeightBounds: network.WeightBounds{Max: -0.01}}}
	draw := rand.New(rand.NewPCG(13, 14))
	for _, target := range []float64{0.5 * rate, rate, 1.5 * rate} {
		p := pairs{delay: 1}
		train := func(hz float64) (train []int) {
			for k := 2; k < steps; k++ {
				if draw.Float64() < hz*1e-4 {
					train = append(train, k)
				}
			}
			return train
		}
		for range n {
			p.pre, p.post = append(p.pre, train(50)), append(p.post, train(target))
		}
		mean, square := 0.0, 0.0
		for _, w := range p.weights(t, rule, 0.5, steps) {
			mean, square = mean+(w-0.5)/n, square+(w-0.5)*(w-0.5)/n
		}
		want := 1e-4 * 50 * (2*target*(0.02-0.00005)*(2-0.02) - 2*rate*0.02*2)
		standardError := math.Sqrt((square - mean*mean) / n)
		require.InDelta(t, want, mean, 4*standardError, "%g Hz", target)
		if target != rate {
			require.Greater(t, math.Abs(mean), 4*standardError, "control: %g Hz are noticed", target)
		}
	}
}

// Pairs that are repeated at a frequency have, with the triplet rule, weights in closed form, as sums of geometric series; and these are those of the
// experiments of Sjöström, Turrigiano & Nelson (Neuron 32:1149, 2001) to which Pfister & Gerstner (2006) have fitted the amplitudes and tau_y, of the minimal model with all pairs:
// source before target potentiates the more the higher the frequency, and the other way round there is depression until the frequency is high.
func TestTripletsDependOnFrequency(t *testing.T) {
	const count = 60
	rule := network.Plasticity{Triplet: network.Triplet{A3Plus: 6.5e-3 / 4, A2Minus: 7.1e-3 / 4, TauPlus: 16.8, TauX: 101, TauMinus: 33.7, TauY: 114, WeightBounds: network.WeightBounds{Max: 0.01}}}
	measured := []struct{ hz, before, sem, after, afterSEM float64 }{
		{0.1, -0.04, 0.05, -0.29, 0.08}, {10, 0.14, 0.1, -0.41, 0.11}, {20, 0.29, 0.14, -0.34, 0.1}, {40, 0.53, 0.11, 0.56, 0.32}, {50, 0.56, 0.26, 0.75, 0.19},
	}
	for _, m := range measured {
		period := int(math.Round(10_000 / m.hz))
		p := pairs{delay: 1}
		before, after, post := []int{}, []int{}, []int{}
		for k := range count {
			at := 200 + k*period
			before, after, post = append(before, at+1-100), append(after, at+1+100), append(post, at)
		}
		p.pre, p.post = [][]int{before, after}, [][]int{post, post}
		w := p.weights(t, rule, 0.25, 1000+count*period)
		for i, sign := range []float64{1, -1} {
			got := (w[i] - 0.25) * 4
			require.InDelta(t, series(rule.Triplet, count, float64(period)*0.1, 10*sign)*4, got, 1e-6, "%g Hz, %g", m.hz, sign)
			want, sem := m.before, m.sem
			if sign < 0 {
				want, sem = m.after, m.afterSEM
			}
			t.Logf("%g Hz, %+g ms: %.3f, measured %.2f +- %.2f", m.hz, 10*sign, got, want, sem)
			require.InDelta(t, want, got, 2*sem, "%g Hz, %g", m.hz, sign)
		}
	}
}

// series is what so many pairs at a distance [ms] change of a weight, the target's spike being d later.
func series(r network.Triplet, count int, period, d float64) (sum float64) {
	of := func(n float64, tau float64) float64 { // e^(-period/tau) + ... of n terms
		q := math.Exp(-period / tau)
		return q * (1 - math.Pow(q, n)) / (1 - q)
	}
	for k := range count {
		n := float64(k)
		x, y := math.Exp(-d/r.TauPlus)*(1+of(n, r.TauPlus)), math.Exp((d-period)/r.TauMinus)*(1+of(n-1, r.TauMinus))
		if n == 0 {
			y = 0
		}
		if d < 0 {
			x, y = math.Exp(-(period+d)/r.TauPlus)*(1+of(n-1, r.TauPlus)), math.Exp(d/r.TauMinus)*(1+of(n, r.TauMinus))
			if n == 0 {
				x = 0
			}
		}
		sum += x*(r.A2Plus+r.A3Plus*of(n, r.TauY)) - y*(r.A2Minus+r.A3Minus*of(n, r.TauX))
	}
	return sum
}

// A pair in the same step at the synapse changes nothing by itself; both spikes are in the traces of the next.
func TestPairInTheSameStep(t *testing.T) {
	rule := publishedRules["additive"]
	p := pairs{pre: [][]int{{100}, {100, 200}, {100}}, post: [][]int{{95}, {95}, {95, 195}}, delay: 5}
	w := p.weights(t, rule, 0.5, 1000)
	require.InDelta(t, 0.5, w[0], 1e-9)
	require.InDelta(t, 0.5-0.00525*math.Exp(-0.5), w[1], 1e-8)
	require.InDelta(t, 0.5+0.005*math.Exp(-0.5), w[2], 1e-8)
}
