package cpu

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
)

// BenchmarkPlastic delivers spikes of random neurons of 8000, 8 a step (10 Hz), to synapses among them that are static or plastic.
func BenchmarkPlastic(b *testing.B) {
	rules := map[string]network.Plasticity{
		"vogels2011": {Vogels: network.Vogels{Eta: 0.001, Tau: 20, Target: 10, WeightBounds: network.WeightBounds{Max: 1}}},
		"additive":   {STDP: network.STDP{APlus: 0.01, AMinus: 0.0105, TauPlus: 20, TauMinus: 20, WeightBounds: network.WeightBounds{Max: 1}}},
		"mu=0.4":     {STDP: network.STDP{APlus: 0.01, AMinus: 0.0105, TauPlus: 20, TauMinus: 20, Mu: 0.4, WeightBounds: network.WeightBounds{Max: 1}}},
		"triplet": {Triplet: network.Triplet{A2Plus: 5e-3, A3Plus: 6e-3, A2Minus: 7e-3, A3Minus: 2e-4, TauPlus: 16.8, TauX: 101, TauMinus: 33.7, TauY: 125,
			WeightBounds: network.WeightBounds{Max: 1}}},
	}
	for _, k := range available() {
		for _, delay := range []string{"1.5", "{uniform:[0.1,5]}"} {
			for _, name := range []string{"static", "vogels2011", "additive", "mu=0.4", "triplet"} {
				b.Run(fmt.Sprintf("%s/delay=%s/%s", k.name, delay, name), func(b *testing.B) {
					net, err := presets.Load("ei", language.Options{Set: []string{"projections.*.p=0.04", "projections.*.weight=0.5", "scale={}", "projections.*.delay=" + delay}})
					require.NoError(b, err)
					for i := range net.Projections {
						if net.Projections[i].Name == "E_to_E" {
							net.Projections = net.Projections[i : i+1]
							break
						}
					}
					net.Projections[0].Plasticity = rules[name]
					m, c := enginetest.Build(b, net)
					bench(b, m, newEngine(m, c, 1, k), int64(c.Projections[0].Synapses())/int64(net.Populations[0].Size))
				})
			}
		}
	}
}

func bench(b *testing.B, m *dynamics.Model, e *Engine, row int64) {
	rnd := rand.New(rand.NewPCG(1, 4))
	e.begin(1) // which makes mail
	s := &e.shares[0]
	var n int64
	const steps = 20 // few, for other programs may want the processor
	round := func() {
		for range steps {
			fired := s.pieces[0].fired
			for range 8 {
				fired[0] = append(fired[0], uint32(rnd.IntN(m.Populations[0].Size)))
			}
			w := window{n: n, steps: 1}
			e.post(s, &w)
			s.passed = w
			e.takePlastic(s)
			e.deliver(s, &w, 0)
			n++
		}
	}
	for range 500 {
		round()
	}
	for b.Loop() {
		round()
	}
	b.ReportMetric(float64(fastest(round).Nanoseconds())/float64(steps*8*row), "least-ns/event")
}
