package dynamics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"einet/network"

	"github.com/stretchr/testify/require"
)

// rule is a rule in float64 as docs/equations.md has it, w a part of w_max.
type rule struct {
	ofTarget, ofSource func(w, trace, slow float64) float64
	of                 network.Plasticity
}

func rules(mu float64) map[string]rule {
	hold := func(w, low float64) float64 { return min(max(w, low), 1) }
	stdp := network.STDP{APlus: 0.05, AMinus: 0.07, TauPlus: 20, TauMinus: 30, Mu: mu, WeightBounds: network.WeightBounds{Min: 0.5, Max: 5}}
	vogels := network.Vogels{Eta: 0.3, Tau: 20, Target: 20, WeightBounds: network.WeightBounds{Min: -1, Max: -10}}
	triplet := network.Triplet{A2Plus: 0.01, A3Plus: 0.04, A2Minus: 0.02, A3Minus: 0.03, TauPlus: 16.8, TauX: 101, TauMinus: 33.7, TauY: 125, WeightBounds: network.WeightBounds{Max: 3}}
	return map[string]rule{
		"stdp": {
			func(w, x, _ float64) float64 { return hold(w+0.05*math.Pow(1-w, mu)*x, 0.1) },
			func(w, y, _ float64) float64 { return hold(w-0.07*math.Pow(w, mu)*y, 0.1) }, network.Plasticity{STDP: stdp},
		},
		"vogels2011": {
			func(w, x, _ float64) float64 { return hold(w+0.03*x, 0.1) },
			func(w, y, _ float64) float64 { return hold(w+0.03*(y-0.8), 0.1) }, network.Plasticity{Vogels: vogels},
		},
		"triplet": {
			func(w, x, slow float64) float64 { return hold(w+x*min(1, 0.01+0.04*slow), 0) },
			func(w, y, slow float64) float64 { return hold(w-y*min(1, 0.02+0.03*slow), 0) }, network.Plasticity{Triplet: triplet},
		},
	}
}

// bentError is how far pow is off at most, as a part of it. Lines between 128 points an octave are off by mu (1 - mu)/8 of the square of their
// distance, 2^-7 of a number of at least 1.
const bentError = 0.25 / 8 / (128 * 128)

// One change of any weight by any traces is that of float64.
func TestChangesAreExact(t *testing.T) {
	draw := rand.New(rand.NewPCG(5, 6))
	for _, mu := range []float64{0, 1, 0.4, 0.02, 0.9} {
		for name, r := range rules(mu) {
			p, worst, off := newPlasticity(&r.of, []float64{1}, 0.1), 0.0, 0.0
			trace := func() (uint32, float64) {
				x := draw.Uint32N(OneTrace << draw.IntN(8))
				switch draw.IntN(8) {
				case 0:
					x = 0
				case 1:
					x = OneTrace
				case 2:
					x = MaxTrace
				}
				return x, float64(x) / OneTrace
			}
			for k := range 20_000 {
				omega := p.Low + draw.Uint32N(One-p.Low+1)
				if k%5 == 0 {
					omega = []uint32{p.Low, One, One - 1, p.Low + 1, p.Low + draw.Uint32N(100)}[k/5%5]
				}
				x, xf := trace()
				slow, slowf := trace()
				w := float64(omega) / One
				for way, got := range map[string]uint32{"target": p.OfTarget(omega, x, slow), "source": p.OfSource(omega, x, slow)} {
					of := r.ofTarget
					if way == "source" {
						of = r.ofSource
					}
					require.True(t, got >= p.Low && got <= One)
					want := of(w, xf, slowf)
					// Amplitudes and alpha are rounded, which counts as often as the traces say.
					allowed := (4 + 2*xf*(1+slowf)) / One
					if name == "stdp" {
						allowed += 2 * bentError * math.Abs(want-w)
					}
					if e := math.Abs(float64(got)/One-want) / allowed; e > worst {
						worst = e
					}
					off = max(off, math.Abs(float64(got)/One-of(w, 1.01*xf, slowf)))
				}
			}
			require.LessOrEqual(t, worst, 1.0, "%s, mu %g", name, mu)
			require.Greater(t, off, 1e-4, "control: %s, traces of 1 %% more", name)
		}
	}
}

// What is at its bounds stays there, and nothing is changed by no trace.
func TestChangesAtTheEdges(t *testing.T) {
	for _, mu := range []float64{0, 1, 0.4} {
		for name, r := range rules(mu) {
			p := newPlasticity(&r.of, []float64{1}, 0.1)
			for _, omega := range []uint32{p.Low, p.Low + 1, One / 2, One - 1, One} {
				require.Equal(t, omega, p.OfTarget(omega, 0, MaxTrace), "%s: no trace", name)
				if name == "vogels2011" {
					require.Equal(t, omega, p.OfSource(omega, p.Alpha, 0), "y is alpha")
					continue
				}
				require.Equal(t, omega, p.OfSource(omega, 0, MaxTrace), "%s: no trace", name)
			}
			require.Equal(t, uint32(One), p.OfTarget(One, MaxTrace, MaxTrace), name)
			if name == "vogels2011" {
				require.Equal(t, uint32(One), p.OfSource(One, MaxTrace, 0), name)
				require.Equal(t, p.Low, p.OfSource(p.Low, 0, 0), name)
			} else {
				require.Equal(t, p.Low, p.OfSource(p.Low, MaxTrace, MaxTrace), name)
			}
		}
	}
	most := &Plasticity{Rule: Triplet, Plus: One, Plus3: One, Minus: One, Minus3: One}
	require.Equal(t, uint32(One), most.OfTarget(0, MaxTrace, MaxTrace))
	require.Zero(t, most.OfSource(One, MaxTrace, MaxTrace))
}

// pow is within bentError of the power, rises with its number, and is exact at its ends.
func TestPower(t *testing.T) {
	draw := rand.New(rand.NewPCG(7, 8))
	for _, mu := range []float64{1e-3, 0.02, 0.4, 0.5, 0.99} {
		p, worst, last := newPower(mu), 0.0, uint32(0)
		require.Zero(t, p.at(0))
		require.Equal(t, uint32(One), p.at(One))
		check := func(omega uint32) {
			want := math.Pow(float64(omega)/One, mu)
			e := math.Abs(float64(p.at(omega))/One - want)
			worst = max(worst, (e-1.5/One)/want)
		}
		for range 20_000 {
			check(1 + draw.Uint32N(One>>draw.IntN(31)))
		}
		for omega := uint32(1); omega < 20_000; omega++ {
			require.GreaterOrEqual(t, p.at(omega), last)
			last = p.at(omega)
			check(omega)
		}
		require.Less(t, worst, bentError, "mu %g", mu)
		if mu == 0.5 {
			require.Greater(t, worst, bentError/2, "control: mu (1 - mu) is largest")
		}
	}
}

// Traces are sums of exponentials, or the last of them, at every distance; with a time constant that is off by 1 % they are not.
func TestTraces(t *testing.T) {
	const dt = 0.1
	draw := rand.New(rand.NewPCG(9, 10))
	for _, nearest := range []bool{false, true} {
		of := rules(0)["triplet"].of
		of.Triplet.Nearest = nearest
		p, trace := newPlasticity(&of, []float64{1}, dt), PlasticTrace{}
		x, slow, off, last := 0.0, 0.0, 0.0, uint32(0)
		worst, control := 0.0, 0.0
		step := uint32(1)
		for range 5000 {
			past := float64(step-last) * dt
			x, slow, off = x*math.Exp(-past/16.8), slow*math.Exp(-past/101), off*math.Exp(-past/(1.01*16.8))
			got := float64(p.Source.After(step-trace.Last, trace.Fast)) / OneTrace
			worst = max(worst, math.Abs(got-x), math.Abs(float64(p.SlowSource.After(step-trace.Last, trace.Slow))/OneTrace-slow))
			control = max(control, math.Abs(got-off))
			p.SourceFires(&trace, step)
			require.True(t, p.Holds(trace))
			if x, slow, off, last = x+1, slow+1, off+1, step; nearest {
				x, slow, off = 1, 1, 1
			}
			step += uint32(draw.ExpFloat64() * 100)
		}
		require.Less(t, worst, 1e-5)
		require.Greater(t, control, 1e-3)
	}
	p := newPlasticity(&network.Plasticity{STDP: network.STDP{APlus: 1, TauPlus: 1e9, TauMinus: 5, WeightBounds: network.WeightBounds{Max: 1}}}, []float64{1}, dt)
	trace := PlasticTrace{}
	for step := range uint32(300) {
		p.SourceFires(&trace, step+1)
	}
	require.EqualValues(t, MaxTrace, trace.Fast, "a trace ends at 128")
	require.True(t, p.Holds(trace))
}

// The initial weights are parts of w_max, held to the bounds, of either sign.
func TestInitialWeights(t *testing.T) {
	for _, sign := range []float64{1, -1} {
		of := network.Plasticity{STDP: network.STDP{APlus: 1, TauPlus: 1, TauMinus: 5, WeightBounds: network.WeightBounds{Min: sign, Max: 4 * sign}}}
		p := newPlasticity(&of, []float64{0, sign, 1.5 * sign, 4 * sign, 4.5 * sign, 1e30 * sign, -3 * sign}, 0.1)
		require.Equal(t, []uint32{One / 4, One / 4, One / 8 * 3, One, One, One, One / 4}, p.Initial, "sign %g", sign)
	}
	z := newPlasticity(&network.Plasticity{Vogels: network.Vogels{Eta: 1, Tau: 20, WeightBounds: network.WeightBounds{Max: -4}}}, []float64{0, math.Copysign(0, -1), -2}, 0.1)
	require.Equal(t, []uint32{0, 0, One / 2}, z.Initial)
	require.Equal(t, uint32(One/4), z.Plus)
}

// w_max decides of the receptor's scale, grid and sign, whatever the weights are at the start; and a weight is delivered within half a unit.
func TestScaleHasRoomForMaxWeight(t *testing.T) {
	of := func(weight, most float64, plastic bool) *Model {
		p := network.Projection{Name: "EE", From: "E", To: "E", Rule: network.FixedInDegree, N: 10, Multapses: true, Weight: network.Number(weight), Delay: network.Number(1), Synapse: network.Exponential, TauSyn: 5}
		if plastic {
			p.Plasticity.STDP = network.STDP{APlus: 0.1, AMinus: 0.1, TauPlus: 20, TauMinus: 20, WeightBounds: network.WeightBounds{Max: most}}
		}
		net := &network.Network{Name: "scale", Dt: 0.1, Duration: 100, Populations: []network.Population{
			{Name: "E", Size: 20, Neuron: network.LIF, TauM: 20, VTh: network.Number(15)}}, Projections: []network.Projection{p}}
		require.NoError(t, net.Validate())
		m, err := New(net)
		require.NoError(t, err, fmt.Sprint(weight, most))
		return m
	}
	at := func(m *Model) *Receptor { return &m.Populations[0].Receptors[0] }
	plastic, heavy, light := of(0.25, 8, true), of(8, 0, false), of(0.25, 0, false)
	require.Equal(t, at(heavy).Scale, at(plastic).Scale)
	require.Equal(t, at(heavy).Grid, at(plastic).Grid)
	require.NotEqual(t, at(light).Scale, at(plastic).Scale, "control: the weight at the start")
	p := &plastic.Projections[0]
	require.Equal(t, heavy.Projections[0].Weight(), p.MaxWeight)
	require.Equal(t, p.MaxWeight/32, p.Weight())
	require.Equal(t, p.MaxWeight, p.Weigh(One))
	require.Zero(t, p.Weigh(0))
	require.Greater(t, plastic.WeightRounding(), 0.0)

	inhibits := of(0, -8, true)
	require.False(t, at(inhibits).Excitatory, "a weight of 0 that can but become negative")
	require.Negative(t, inhibits.Projections[0].MaxWeight)
	require.Equal(t, -p.MaxWeight, inhibits.Projections[0].MaxWeight)
	require.Equal(t, -p.Weigh(One/3), inhibits.Projections[0].Weigh(One/3))
}
