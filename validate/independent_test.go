package validate

import (
	"math"
	"math/rand/v2"
	"testing"

	"einet/analysis"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// A conductanceNetwork is simulated here in a few lines that share nothing with einet's
// engines: float64, Go's own random numbers and exponential, midpoint steps of 0.1 ms,
// synapses in lists.
type conductanceNetwork struct {
	tauM, eL, eEx, eIn, vTh, vReset, tRef, drive float64 // [ms], [mV]
	tauEx, tauIn, wEx, wIn                       float64 // [ms]; weights relative to the leak
	dt                                           float64 // grid of the spikes, which is the delay too [ms]
	substeps                                     int
	start                                        func(r *rand.Rand) (v, gEx, gIn float64)
}

const (
	independentE, independentI = 3200, 800
	independentP               = 0.02
)

// targets of each neuron: pairs at random, or as many sources for every neuron.
func independentTargets(r *rand.Rand, sameInDegree bool) [][]int {
	const size = independentE + independentI
	targets := make([][]int, size)
	for j := range size {
		if sameInDegree {
			for _, i := range r.Perm(independentE)[:int(independentP*independentE)] {
				targets[i] = append(targets[i], j)
			}
			for _, i := range r.Perm(independentI)[:int(independentP*independentI)] {
				targets[independentE+i] = append(targets[independentE+i], j)
			}
			continue
		}
		for i := range size {
			if r.Float64() < independentP {
				targets[i] = append(targets[i], j)
			}
		}
	}
	return targets
}

func (n conductanceNetwork) run(seed uint64, sameInDegree bool, steps int) []sim.Spike {
	const size = independentE + independentI
	r := rand.New(rand.NewPCG(seed, 1))
	targets := independentTargets(r, sameInDegree)
	v, gEx, gIn, until := make([]float64, size), make([]float64, size), make([]float64, size), make([]int, size)
	for i := range size {
		v[i], gEx[i], gIn[i] = n.start(r)
	}
	slope := func(v, gEx, gIn float64) float64 {
		return (n.eL - v + gEx*(n.eEx-v) + gIn*(n.eIn-v) + n.drive) / n.tauM
	}
	h := n.dt / float64(n.substeps)
	halfEx, halfIn := math.Exp(-h/2/n.tauEx), math.Exp(-h/2/n.tauIn)
	var spikes []sim.Spike
	var fired []int
	for step := 1; step <= steps; step++ {
		arrived := fired
		fired = nil
		for i := range size {
			for range n.substeps {
				x := v[i] + h/2*slope(v[i], gEx[i], gIn[i])
				gEx[i], gIn[i] = gEx[i]*halfEx, gIn[i]*halfIn
				v[i] += h * slope(x, gEx[i], gIn[i])
				gEx[i], gIn[i] = gEx[i]*halfEx, gIn[i]*halfIn
			}
			if step <= until[i] {
				v[i] = n.vReset
			}
			if v[i] >= n.vTh {
				v[i], until[i] = n.vReset, step+int(math.Round(n.tRef/n.dt))
				fired = append(fired, i)
				spikes = append(spikes, sim.Spike{Step: uint32(step), Neuron: uint32(i)})
			}
		}
		for _, i := range arrived {
			for _, j := range targets[i] {
				if i < independentE {
					gEx[j] += n.wEx
				} else {
					gIn[j] += n.wIn
				}
			}
		}
	}
	return spikes
}

// figures are the rate [Hz] and the CV of intervals of runs that go on by themselves, of as
// many seeds.
func (n conductanceNetwork) figures(seeds int, sameInDegree bool, discardMs, durationMs float64) (rates, cvs []float64) {
	from, to := int64(math.Round(discardMs/n.dt)), int64(math.Round(durationMs/n.dt))
	for seed := uint64(1); len(rates) < seeds; seed++ {
		s := analysis.NewStatistics([]int{independentE, independentI}, n.dt, from)
		s.Add(n.run(seed, sameInDegree, int(to)))
		if list := s.Populations(to); meanRate(list) > extinct {
			rates, cvs = append(rates, meanRate(list)), append(cvs, pooledCV(list))
		}
	}
	return rates, cvs
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, y := range x {
		sum += y
	}
	return sum / float64(len(x))
}

var (
	vogels = conductanceNetwork{
		tauM: 20, eL: -60, eEx: 0, eIn: -80, vTh: -50, vReset: -60, tRef: 5, tauEx: 5, tauIn: 10, wEx: 0.6, wIn: 6.7, dt: 0.1, substeps: 1,
		start: func(r *rand.Rand) (v, gEx, gIn float64) {
			return -65 + 5*r.NormFloat64(), max(0, 4+1.5*r.NormFloat64()), max(0, 20+12*r.NormFloat64())
		},
	}
	brainpy = conductanceNetwork{
		tauM: 20, eL: -60, eEx: 0, eIn: -80, vTh: -50, vReset: -60, tRef: 4.8, drive: 20, tauEx: 5, tauIn: 10, wEx: 0.6, wIn: 6.7, dt: 0.4, substeps: 4,
		start: func(r *rand.Rand) (v, gEx, gIn float64) { return -55 + 2*r.NormFloat64(), 0, 0 },
	}
)

var conductanceNetworks = []struct {
	preset string
	net    conductanceNetwork
}{{"vogels2005coba", vogels}, {"brainpy1m", brainpy}}

// With the same in-degree for all neurons, rates vary little between connectomes, and the
// engines' are those of the float64 simulation; not those of one with 10 % more excitation.
func TestConductanceNetworksAgainstFloat64(t *testing.T) {
	const discard, duration = 300, 1800
	lab := fastLab()
	for _, k := range conductanceNetworks {
		t.Run(k.preset, func(t *testing.T) {
			net := load(t, k.preset, 1)
			for i := range net.Projections {
				p := &net.Projections[i]
				p.Rule, p.P, p.N = network.FixedInDegree, 0, int(independentP*float64(net.Populations[net.Population(p.From)].Size))
			}
			require.NoError(t, net.Validate())
			ours, err := lab.Reproduce(t.Context(), &Experiment{Seeds: 3, Lasting: true, DurationMs: duration, DiscardMs: discard,
				Figures: []Figure{{Quantity: Rate}, {Quantity: CV}}}, net)
			require.NoError(t, err)
			rates, cvs := k.net.figures(2, true, discard, duration)
			t.Logf("rate %.4v Hz, %.4v; CV %.4v, %.4v", *ours[0].Measured, rates, *ours[1].Measured, cvs)
			require.InEpsilon(t, *ours[0].Measured, mean(rates), 0.04)
			require.InEpsilon(t, *ours[1].Measured, mean(cvs), 0.04)
			k.net.wEx *= 1.1
			rates, _ = k.net.figures(1, true, discard, duration)
			t.Logf("control: rate %.4v Hz", rates)
			require.Greater(t, math.Abs(rates[0] / *ours[0].Measured - 1), 0.04, "control")
		})
	}
}
