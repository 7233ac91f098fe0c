package dynamics_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"einet/dynamics"
	"einet/network"
	"einet/rng"
	"einet/rng/stattest"

	"github.com/stretchr/testify/require"
)

// At the sizes that see 1 % the same checks are TestRandomValuesAtFullSize, with the build tag long.
func TestRandomValues(t *testing.T) { stattest.Quick(t, randomValues()) }

func randomValues() (all []stattest.Check) {
	for _, v := range valuesOfNeurons() {
		all = append(all, v.check())
	}
	return append(append(all, initialOU(), countsOfInput()), independentValues()...)
}

// A valueOfNeurons is something that each neuron has of its own.
type valueOfNeurons struct {
	name   string
	set    func(p *network.Population)
	of     func(m *dynamics.Model) []float64
	law    stattest.Law
	lo, hi float64
}

func valuesOfNeurons() []valueOfNeurons {
	free, none := math.Inf(1), math.Inf(-1)
	lognormal := func(mean, sd, low, high float64) network.Dist {
		return network.Dist{Kind: network.LogNormal, A: mean, B: sd, Low: low, High: high}
	}
	bounded := network.NormalDist(-62, 2)
	bounded.Low, bounded.High = -64, -59
	v0 := func(d network.Dist) func(p *network.Population) { return func(p *network.Population) { p.V0 = d } }
	return []valueOfNeurons{
		{"V0 uniform", v0(network.Between(-60, -50)), potentials, stattest.UniformLaw(-60, -50), none, free},
		{"V0 normal", v0(network.NormalDist(-62, 2)), potentials, stattest.NormalLaw(-62, 2), none, free},
		{"V0 normal with bounds", v0(bounded), potentials, stattest.NormalLaw(-62, 2), -64, -59},
		{"V0 lognormal", v0(lognormal(5, 2, none, free)), potentials, stattest.LogNormalLaw(5, 2), none, free},
		{"V0 negative lognormal with a bound", v0(lognormal(-5, 2, -8, free)), potentials, stattest.LogNormalLaw(5, 2).Mirrored(), -8, free},
		{"V_th", func(p *network.Population) { p.VTh = network.NormalDist(-50, 1) }, thresholds, stattest.NormalLaw(-50, 1), none, free},
		{"bias", func(p *network.Population) { p.Bias = network.NormalDist(3, 0.5) }, biases, stattest.NormalLaw(3, 0.5), none, free},
		{"g0 excitatory", func(p *network.Population) { p.G0Ex = lognormal(2, 1, none, free) }, conductances(0), stattest.LogNormalLaw(2, 1), none, free},
		{"g0 inhibitory", func(p *network.Population) { p.G0In = network.Between(-4, -1) }, conductances(1), stattest.UniformLaw(-4, -1), none, free},
	}
}

// populated is the model of two populations, both as set makes them, with a receptor of each sign.
func populated(t testing.TB, seed, trial uint32, size int, set func(p *network.Population)) *dynamics.Model {
	net := one(size, 15, 6, 0.5)
	net.Seed, net.Trial = seed, trial
	p := &net.Populations[0]
	p.Input = nil
	for _, weight := range []float64{1, -1} {
		p.PoissonInput = append(p.PoissonInput, network.PoissonInput{Rate: 8000, Weight: weight, Synapse: network.Exponential, TauSyn: 2})
	}
	set(p)
	other := *p
	other.Name = "B"
	net.Populations, net.Projections = append(net.Populations, other), nil
	return model(t, net)
}

func potentials(m *dynamics.Model) []float64 { return absolute(m, m.InitialV(0)) }
func thresholds(m *dynamics.Model) []float64 { return absolute(m, m.Thresholds(0)) }
func biases(m *dynamics.Model) []float64     { return m.Own(0, 0) }

func conductances(receptor int) func(m *dynamics.Model) []float64 {
	return func(m *dynamics.Model) []float64 { return wide(m.InitialG(0, receptor), 0) }
}

func absolute(m *dynamics.Model, v []float32) []float64 { return wide(v, m.Populations[0].EL) }

func wide(x []float32, plus float64) []float64 {
	all := make([]float64, len(x))
	for i := range x {
		all[i] = float64(x[i]) + plus
	}
	return all
}

func (v *valueOfNeurons) check() stattest.Check {
	return stattest.Check{
		Name: v.name, Size: 1e6, Faults: []string{"mean", "sd"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			return v.law.Cut(v.of(populated(t, seed, 0, size, v.set)), v.lo, v.hi, fault)
		},
	}
}

// initialOU is the Ornstein-Uhlenbeck current at step 0, which has its stationary law.
func initialOU() stattest.Check {
	return stattest.Check{
		Name: "OU noise at step 0", Size: 1e6, Faults: []string{"mean", "sd"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			return stattest.Normal(current(populated(t, seed, 0, size, noisy), fault))
		},
	}
}

func noisy(p *network.Population) {
	p.OUNoise, p.WhiteNoise = network.OUNoise{SD: 3, Tau: 5}, 2
	p.V0, p.VTh, p.Bias = network.NormalDist(-62, 2), network.NormalDist(-50, 1), network.NormalDist(3, 0.5)
	p.G0Ex, p.G0In = network.Between(0, 1), network.Between(-1, 0)
}

// current is the OU current of standard deviation 3 in units of it.
func current(m *dynamics.Model, fault stattest.Fault) []float64 {
	z := wide(m.InitialOU(0), 0)
	for i := range z {
		z[i] = z[i]/3*fault.Times("sd") + fault.Of("mean")
	}
	return z
}

// countsOfInput are those of the Poisson inputs, 8000 Hz in steps of 0.1 ms.
func countsOfInput() stattest.Check {
	return stattest.Check{
		Name: "counts of Poisson input", Size: 8e6, Faults: []string{"rate"},
		Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
			const mean = 0.8
			m := populated(t, seed, 0, 1, func(p *network.Population) { p.PoissonInput[0].Rate *= fault.Times("rate") })
			p, counts := &m.Populations[0], make([]float64, 12)
			for i := range uint32(size) {
				counts[min(rng.Count(rng.Neuron(p.PoissonKey, i&1023, i>>10, 0), p.Poisson[0].Thresholds), 11)]++
			}
			return []stattest.P{stattest.Discrete(counts, func(k int) float64 {
				l, _ := math.Lgamma(float64(k + 1))
				return math.Exp(float64(k)*math.Log(mean) - mean - l)
			})}
		},
	}
}

// independentValues are what one neuron has of its own, in pairs, and the same thing of neighbouring neurons, populations, trials and seeds.
func independentValues() (all []stattest.Check) {
	uniform := func(law stattest.Law, x []float64) []float64 {
		for i := range x {
			x[i] = law(x[i], stattest.Fault{})
		}
		return x
	}
	v := func(m *dynamics.Model) []float64 { return uniform(stattest.NormalLaw(-62, 2), potentials(m)) }
	ex := func(m *dynamics.Model) []float64 { return uniform(stattest.UniformLaw(0, 1), conductances(0)(m)) }
	in := func(m *dynamics.Model) []float64 { return uniform(stattest.UniformLaw(-1, 0), conductances(1)(m)) }
	threshold := func(m *dynamics.Model) []float64 { return uniform(stattest.NormalLaw(-50, 1), thresholds(m)) }
	bias := func(m *dynamics.Model) []float64 { return uniform(stattest.NormalLaw(3, 0.5), biases(m)) }
	ou := func(m *dynamics.Model) []float64 {
		return uniform(stattest.NormalLaw(0, 1), current(m, stattest.Fault{}))
	}
	another := func(m *dynamics.Model) []float64 {
		return uniform(stattest.NormalLaw(-62, 2), absolute(m, m.InitialV(1)))
	}
	lagged := func(lag int) func(m *dynamics.Model) []float64 {
		return func(m *dynamics.Model) []float64 { return v(m)[lag:] }
	}
	for _, k := range []struct {
		name        string
		a, b        func(m *dynamics.Model) []float64
		seed, trial uint32 // what b has more
	}{
		{"V0 and V_th", v, threshold, 0, 0}, {"V0 and bias", v, bias, 0, 0}, {"V_th and bias", threshold, bias, 0, 0}, {"V0 and g0", v, ex, 0, 0},
		{"g0 of receptors", ex, in, 0, 0}, {"V0 and OU", v, ou, 0, 0}, {"V0 of populations", v, another, 0, 0},
		{"V0 of neurons i and i+1", v, lagged(1), 0, 0}, {"V0 of neurons i and i+16", v, lagged(16), 0, 0}, {"V0 of neurons i and i+64", v, lagged(64), 0, 0},
		{"V0 of trials", v, v, 0, 1}, {"OU of trials", ou, ou, 0, 1}, {"V0 of seeds", v, v, 1, 0}, {"V_th of seeds", threshold, threshold, 1 << 31, 0},
	} {
		all = append(all, stattest.Check{
			Name: "independent/" + k.name, Size: 1e6, Faults: []string{"copies"},
			Sample: func(t testing.TB, seed uint32, size int, fault stattest.Fault) []stattest.P {
				a, b := k.a(populated(t, seed, 0, size, noisy)), k.b(populated(t, seed+k.seed, k.trial, size, noisy))
				table, spoil := stattest.NewTable(16, 16), rand.New(rand.NewPCG(uint64(seed), 1))
				for i := range min(len(a), len(b)) {
					if f := fault.Of("copies"); f > 0 && spoil.Float64() < f {
						b[i] = a[i]
					}
					table.Add(min(int(16*a[i]), 15), min(int(16*b[i]), 15))
				}
				return []stattest.P{{Of: k.name, P: table.Independent()}}
			},
		})
	}
	return all
}

// A trial keeps what belongs to the network: thresholds and biases.
func TestTrialsKeepTheNetwork(t *testing.T) {
	a, b, other := populated(t, 1, 0, 1000, noisy), populated(t, 1, 1, 1000, noisy), populated(t, 2, 0, 1000, noisy)
	require.Equal(t, a.Thresholds(0), b.Thresholds(0))
	require.Equal(t, a.Biases(0), b.Biases(0))
	require.NotEqual(t, a.InitialV(0), b.InitialV(0))
	require.NotEqual(t, a.Thresholds(0), other.Thresholds(0), "control")
	require.NotEqual(t, a.Biases(0), other.Biases(0), "control")
}
