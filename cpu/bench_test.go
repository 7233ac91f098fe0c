package cpu

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/cpuref"
	"einet/enginetest"
	"einet/network/language"
	"einet/network/presets"
	"einet/sim"
)

// BenchmarkNetwork simulates 1 s of presets on 1 and 2 threads, beside the
// reference.
func BenchmarkNetwork(b *testing.B) {
	for _, name := range []string{"ei", "vs96"} {
		net, err := presets.Load(name, language.Options{})
		require.NoError(b, err)
		m, c := enginetest.Build(b, net)
		run := func(open func() sim.Engine) func(b *testing.B) {
			return func(b *testing.B) {
				e := open()
				var spikes []sim.Spike
				for b.Loop() {
					require.NoError(b, e.Advance(b.Context(), 10_000))
					spikes, err = e.Spikes(spikes[:0])
					require.NoError(b, err)
				}
				least := fastest(func() {
					require.NoError(b, e.Advance(b.Context(), 200))
					spikes, err = e.Spikes(spikes[:0])
				})
				b.ReportMetric(least.Seconds()*50*1000, "least-ms")
				require.NoError(b, e.Close())
			}
		}
		b.Run(name+"/cpuref", run(func() sim.Engine { return cpuref.New(m, c) }))
		for _, k := range available() {
			for threads := 1; threads <= 2; threads++ {
				b.Run(fmt.Sprintf("%s/%s/%d", name, k.name, threads), run(func() sim.Engine {
					return newEngine(m, c, threads, k)
				}))
			}
			b.Run(name+"/"+k.name+"/2 always", run(func() sim.Engine { return eager(b, m, c, 2, k) }))
		}
	}
}

// What makes synapses others for BenchmarkDeliver.
const (
	drawnDelays = "projections.*.delay={uniform:[0.1,1.5]}"
	changing    = "projections.*.short_term={U:0.5,tau_rec:100,tau_facil:200}"
)

// BenchmarkDeliver delivers spikes of random neurons, 8 a step, from lists and
// from bits, of static synapses and with short-term plasticity.
func BenchmarkDeliver(b *testing.B) {
	for _, k := range available() {
		for _, shape := range []struct {
			neurons int
			p       float64
			set     string
		}{
			{4000, 0.02, ""}, {10_000, 0.05, ""}, {10_000, 0.25, ""}, {40_000, 0.002, ""}, {10_000, 0.05, drawnDelays},
			{4000, 0.02, changing}, {10_000, 0.05, changing}, {10_000, 0.1, changing}, {10_000, 0.15, changing}, {10_000, 0.25, changing}, {40_000, 0.002, changing}, {10_000, 0.05, drawnDelays + " " + changing},
		} {
			b.Run(fmt.Sprintf("%s/N=%d/p=%g/%s", k.name, shape.neurons, shape.p, strings.ReplaceAll(shape.set, "projections.*.", "")), func(b *testing.B) {
				net, err := presets.Load("ei", language.Options{Scale: float64(shape.neurons) / 10_000,
					Set: append([]string{fmt.Sprintf("projections.*.p=%g", shape.p), "scale={}"}, strings.Fields(shape.set)...)})
				require.NoError(b, err)
				m, c := enginetest.Build(b, net)
				e := newEngine(m, c, 1, k)
				rnd := rand.New(rand.NewPCG(1, 4))
				e.begin(1) // which makes mail
				var events, n int64
				round := func() {
					events = 0
					for range 200 {
						fired := e.shares[0].pieces[0].fired
						for range 8 {
							fired[0] = append(fired[0], uint32(rnd.IntN(m.Populations[0].Size)))
						}
						events += 8 * int64(float64(shape.neurons)*shape.p)
						w := window{n: n, steps: 1}
						e.post(&e.shares[0], &w)
						e.deliver(&e.shares[0], &w, 0)
						n++
					}
				}
				for b.Loop() {
					round()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(events), "ns/event")
				b.ReportMetric(float64(fastest(round).Nanoseconds())/float64(events), "least-ns/event")
			})
		}
	}
}
