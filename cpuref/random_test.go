package cpuref_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/network/language"
	"einet/rng/stattest"
	"einet/sim"
)

// At the sizes that see 1 % the same checks are TestRandomInputAtFullSize, with the build tag long.
func TestRandomInput(t *testing.T) { stattest.Quick(t, randomInput()) }

// randomInput is what an engine makes of random numbers while it runs. A membrane that forgets all within a step, of
// tau_m = dt/20, shows it: V is what was added in that step.
func randomInput() []stattest.Check {
	return []stattest.Check{whiteNoise(), ouNoise(), poissonInput(0.05), poissonInput(2), poissonSource(300), poissonSource(3000)}
}

const shortMembrane = 0.005 // [ms], dt/20

// running is the engine of a population of that size, in steps of 0.1 ms.
func running(t testing.TB, seed uint32, size int, population string) *cpuref.Engine {
	text := fmt.Sprintf("name: random\ndt: 0.1\nseed: %d\nduration: 100\npopulations:\n  A: {size: %d, %s}\nprojections: {}\n", seed, size, population)
	net, err := language.Load(strings.NewReader(text), "random.yaml", language.Options{})
	require.NoError(t, err, text)
	m, err := dynamics.New(net)
	require.NoError(t, err)
	c, err := connectome.Build(context.Background(), net, 1)
	require.NoError(t, err)
	return cpuref.New(m, c)
}

func passive(input string) string {
	return fmt.Sprintf("neuron: lif, tau_m: %g, V_th: 500, V_reset: 0, %s", shortMembrane, input)
}

// next is V after one step more.
func next(t testing.TB, e *cpuref.Engine, v []float32) {
	require.NoError(t, e.Advance(context.Background(), 1))
	require.NoError(t, e.Read(sim.V, 0, 0, v))
}

// whiteNoise holds what each neuron is given in each step to a normal law, and to independence of the next neuron and step.
func whiteNoise() stattest.Check {
	const sd, neurons = 3, 4096
	return stattest.Check{
		Name: "white noise", Size: 4e6, Faults: []string{"mean", "sd", "neighbours", "steps"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			e := running(t, seed, neurons, passive("white_noise: {sd: 3}"))
			var z []float64
			v, spoil := make([]float32, neurons), rand.New(rand.NewPCG(uint64(seed), 1))
			pairs := map[string]*stattest.Table{"neurons i and i+1": nil, "neurons i and i+16": nil, "neurons i and i+64": nil, "steps": nil}
			for name := range pairs {
				pairs[name] = stattest.NewTable(16, 16)
			}
			class := func(z float64) int { return min(int(16*stattest.NormalCDF(z)), 15) }
			now, before := make([]int, neurons), []int(nil)
			for range size / neurons {
				next(t, e, v)
				for i, x := range v {
					x := float64(x)/sd*fault.Times("sd") + fault.Of("mean")
					if f := fault.Of("neighbours"); f > 0 && i > 0 && spoil.Float64() < f {
						x = z[len(z)-1]
					}
					if f := fault.Of("steps"); f > 0 && before != nil && spoil.Float64() < f {
						x = z[len(z)-neurons]
					}
					z = append(z, x)
					now[i] = class(x)
				}
				for i := range now {
					for lag, name := range map[int]string{1: "neurons i and i+1", 16: "neurons i and i+16", 64: "neurons i and i+64"} {
						if i+lag < neurons {
							pairs[name].Add(now[i], now[i+lag])
						}
					}
					if before != nil {
						pairs["steps"].Add(before[i], now[i])
					}
				}
				before = append(before[:0], now...)
			}
			values := stattest.Normal(z)
			for _, name := range []string{"neurons i and i+1", "neurons i and i+16", "neurons i and i+64", "steps"} {
				values = append(values, stattest.P{Of: name, P: pairs[name].Independent()})
			}
			return values
		},
	}
}

// ouNoise holds the Ornstein-Uhlenbeck current u to its stationary normal law at steps 0, 1, 5, 10 and 20, and its
// correlation between these and step 0 to e^(-t/tau). V of the step after is u tau/(tau - tau_m) (e^(-dt/tau) - e^(-dt/tau_m)).
func ouNoise() stattest.Check {
	const sd, tau, dt = 3.0, 1.0, 0.1
	follows := tau / (tau - shortMembrane) * (math.Exp(-dt/tau) - math.Exp(-dt/shortMembrane))
	return stattest.Check{
		Name: "OU noise", Size: 2e6, Faults: []string{"mean", "sd", "tau"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) (values []stattest.P) {
			e := running(t, seed, size, passive("ou_noise: {sd: 3, tau: 1}"))
			v, first := make([]float32, size), make([]float64, size)
			for n := range 21 {
				next(t, e, v)
				if n != 0 && n != 1 && n != 5 && n != 10 && n != 20 {
					continue
				}
				z := make([]float64, size)
				for i, x := range v {
					z[i] = float64(x)/follows/sd*fault.Times("sd") + fault.Of("mean")
				}
				if n == 0 {
					copy(first, z)
				} else {
					rho := math.Exp(-float64(n) * dt / (tau * fault.Times("tau")))
					values = append(values, stattest.P{Of: fmt.Sprintf("correlation over %d steps", n), P: stattest.Correlation(first, z, rho)})
				}
				for _, p := range stattest.Normal(z) {
					values = append(values, stattest.P{Of: fmt.Sprintf("step %d: %s", n, p.Of), P: p.P})
				}
			}
			return values
		},
	}
}

// poissonInput holds the counts of two Poisson inputs, of which each spike adds 1 and 1/64 to V, to Poisson's law and to
// independence of each other, of the next step and of the next neuron.
func poissonInput(mean float64) stattest.Check {
	const neurons = 1024
	return stattest.Check{
		Name: fmt.Sprintf("Poisson input/mean=%g", mean), Size: int(4e6 * max(1, 0.25/mean)), Faults: []string{"rate", "steps", "neighbours", "inputs"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			rate := mean * 1e4 * fault.Times("rate")
			e := running(t, seed, neurons, passive(fmt.Sprintf("poisson: [{rate: %g, weight: 1, synapse: delta}, {rate: %g, weight: %g, synapse: delta}]", rate, rate, 1./64)))
			const most = 20
			// Large counts are one class, so that some ten pairs of them are expected: Pearson's statistic needs them.
			large := 1 + int(2.5*mean)
			class := func(count int) int { return min(count, large) }
			inputs, steps, neighbours := stattest.NewTable(large+1, large+1), stattest.NewTable(large+1, large+1), stattest.NewTable(large+1, large+1)
			counts := [2][]float64{make([]float64, most), make([]float64, most)}
			spoil := rand.New(rand.NewPCG(uint64(seed), 1))
			copied := func(name string) bool { f := fault.Of(name); return f > 0 && spoil.Float64() < f }
			v, before, now := make([]float32, neurons), []int(nil), make([]int, neurons)
			for range size / neurons {
				next(t, e, v)
				for i, x := range v {
					both := int(math.Round(64 * float64(x)))
					a, b := min(both/64, most-1), min(both%64, most-1)
					if before != nil && copied("steps") {
						a = before[i]
					}
					if i > 0 && copied("neighbours") {
						a = now[i-1]
					}
					if copied("inputs") {
						b = a
					}
					counts[0][a]++
					counts[1][b]++
					inputs.Add(class(a), class(b))
					if before != nil {
						steps.Add(class(before[i]), class(a))
					}
					if i > 0 {
						neighbours.Add(class(now[i-1]), class(a))
					}
					now[i] = a
				}
				before = append(before[:0], now...)
			}
			law := func(k int) float64 { return distuv.Poisson{Lambda: mean}.Prob(float64(k)) }
			return []stattest.P{stattest.Discrete(counts[0], law), stattest.Discrete(counts[1], law),
				{Of: "inputs", P: inputs.Independent()}, {Of: "steps", P: steps.Independent()}, {Of: "neighbours", P: neighbours.Independent()}}
		},
	}
}

// poissonSource holds the steps in which neurons of a Poisson source fire to 1 - e^(-rate dt), and to independence of the
// next step and neuron. How many spikes there are in a step does not matter here.
func poissonSource(rate float64) stattest.Check {
	const neurons, dt = 1024, 1e-4 // [s]
	return stattest.Check{
		Name: fmt.Sprintf("Poisson source/%g Hz", rate), Size: int(2e6 * max(2, 0.25/(rate*dt))), Faults: []string{"rate", "steps", "neighbours"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			e := running(t, seed, neurons, fmt.Sprintf("neuron: poisson, rate: %g", rate*fault.Times("rate")))
			const stretch = 64
			steps, neighbours, fired := stattest.NewTable(2, 2), stattest.NewTable(2, 2), 0.0
			spoil := rand.New(rand.NewPCG(uint64(seed), 1))
			copied := func(name string) bool { f := fault.Of(name); return f > 0 && spoil.Float64() < f }
			var before, now [neurons]int
			n := 0
			var spikes []sim.Spike
			for n < size/neurons {
				if n%stretch == 0 {
					require.NoError(t, e.Advance(context.Background(), stretch))
					var err error
					spikes, err = e.Spikes(spikes[:0])
					require.NoError(t, err)
				}
				n++
				clear(now[:])
				for ; len(spikes) > 0 && int(spikes[0].Step) == n; spikes = spikes[1:] {
					now[spikes[0].Neuron] = 1
				}
				for i := range now {
					if n > 1 && copied("steps") {
						now[i] = before[i]
					}
					if i > 0 && copied("neighbours") {
						now[i] = now[i-1]
					}
					fired += float64(now[i])
					if n > 1 {
						steps.Add(before[i], now[i])
					}
					if i > 0 {
						neighbours.Add(now[i-1], now[i])
					}
				}
				before = now
			}
			p, all := -math.Expm1(-rate*dt), float64(n*neurons)
			return []stattest.P{{Of: "steps with a spike", P: stattest.Tail((fired - p*all) / math.Sqrt(all*p*(1-p)))},
				{Of: "steps", P: steps.Independent()}, {Of: "neighbours", P: neighbours.Independent()}}
		},
	}
}
