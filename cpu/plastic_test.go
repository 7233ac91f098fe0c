package cpu

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
)

// Rows of all lengths are what visitScalar makes of them, in every instruction set, for every rule: with targets that have not fired, that have fired
// often since the last visit, and so late that a spike is not at the synapse yet.
func TestVisits(t *testing.T) {
	bounds := network.WeightBounds{Min: 0.1, Max: 1}
	rules := []network.Plasticity{
		{Vogels: network.Vogels{Eta: 0.01, Tau: 20, Target: 30, WeightBounds: bounds}},
		{Vogels: network.Vogels{Eta: 0.3, Tau: 250, Target: 30, WeightBounds: network.WeightBounds{Max: 1, Nearest: true}}},
		{STDP: network.STDP{APlus: 1, AMinus: 0.9, TauPlus: 20, TauMinus: 33.7, WeightBounds: bounds}},
		{STDP: network.STDP{APlus: 0.01, AMinus: 0.02, TauPlus: 60, TauMinus: 33.7, WeightBounds: bounds}},
		{STDP: network.STDP{APlus: 0.01, AMinus: 0.02, TauPlus: 20, TauMinus: 400, WeightBounds: bounds}},
		{STDP: network.STDP{APlus: 0.01, AMinus: 0.02, TauPlus: 20, TauMinus: 20, Mu: 1, WeightBounds: bounds}},
		{STDP: network.STDP{APlus: 0.1, AMinus: 0.2, TauPlus: 20, TauMinus: 20, Mu: 0.3, WeightBounds: bounds}},
		{Triplet: network.Triplet{A2Plus: 5e-3, A3Plus: 0.3, A2Minus: 7e-2, A3Minus: 2e-2, TauPlus: 16.8, TauX: 101, TauMinus: 33.7, TauY: 125, WeightBounds: bounds}},
	}
	for i, rule := range rules {
		net := &network.Network{Name: "row", Dt: 0.1, Seed: 1}
		for _, name := range []string{"A", "B"} {
			net.Populations = append(net.Populations, network.Population{Name: name, Size: 300, Neuron: network.LIF, TauM: 10, VTh: network.Number(1), V0: network.Number(0)})
		}
		net.Projections = []network.Projection{{Name: "p", From: "A", To: "B", P: 0.5, Weight: network.Number(0.5), Delay: network.Number(1.5), TauSyn: 5, Plasticity: rule}}
		m, err := dynamics.New(net)
		require.NoError(t, err)
		rnd, changed := rand.New(rand.NewPCG(uint64(i), 3)), 0
		for range 60 {
			p := randomRow(rnd, m, 1+rnd.IntN(1+rnd.IntN(1200)))
			before := slices.Clone(p.omegas)
			v := visit{plastic: p, row: &p.rows[0], step: p.rows[0].until + 1 + uint32(rnd.IntN(1+rnd.IntN(4000))), fires: rnd.IntN(4) > 0, slow: rnd.Uint32N(1 << 26)}
			visitScalar(&v, 0, len(p.targets))
			want, brings := slices.Clone(p.omegas), slices.Clone(p.brings)
			if !slices.Equal(before, want) {
				changed++
			}
			for _, k := range available() {
				copy(p.omegas, before)
				clear(p.brings)
				k.visit(&v, 0, len(p.targets))
				for at := range want {
					require.Equal(t, want[at], p.omegas[at], "%s, rule %d, synapse %d of %d", k.name, i, at, len(want))
					require.True(t, !v.fires || brings[at] == p.brings[at], "%s, rule %d, synapse %d of %d", k.name, i, at, len(want))
				}
			}
		}
		require.Greater(t, changed, 30)
	}
}

// randomRow is a row of so many synapses onto 100 targets.
func randomRow(rnd *rand.Rand, m *dynamics.Model, n int) *plastic {
	q := m.Projections[0]
	q.MaxWeight = int32(rnd.Uint32()) >> rnd.IntN(20)
	p := &plastic{Projection: &q, lo: 48, count: 100, targets: make([]uint16, n), omegas: make([]uint32, n), brings: make([]int32, n), rows: make([]row, 1), scratch: new(learning)}
	late := uint32(q.Delay)
	if rnd.IntN(2) == 0 {
		p.delays = make([]uint16, n)
		for i := range p.delays {
			p.delays[i] = uint16(rnd.IntN(100))
		}
		late += 99
	}
	for i := range n {
		p.targets[i], p.omegas[i] = uint16(48+rnd.IntN(100)), q.Plasticity.Low+rnd.Uint32N(dynamics.One-q.Plasticity.Low+1)
	}
	slices.Sort(p.targets)
	p.spikes = newTargetSpikes(q.Plasticity, 100, 0)
	until := uint32(rnd.IntN(3000))
	if rnd.IntN(3) == 0 {
		until += 1 << 31
	}
	for t := range uint32(100) {
		step := until - min(until, 2000)
		for range rnd.IntN(60) * rnd.IntN(2) {
			step += 1 + uint32(rnd.IntN(1+rnd.IntN(500)))
			for p.spikes.full(t, until, late) {
				p.spikes.grow()
			}
			p.spikes.fire(q.Plasticity, t, step)
		}
	}
	p.rows[0].until = until
	for range rnd.IntN(3) {
		q.Plasticity.SourceFires(&p.rows[0].PlasticTrace, until-min(until, uint32(rnd.IntN(300))))
	}
	return p
}

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

// BenchmarkPlasticRun simulates a whole network, static or plastic.
func BenchmarkPlasticRun(b *testing.B) {
	for _, name := range []string{"static", "plastic"} {
		b.Run(name, func(b *testing.B) {
			set := []string{"scale={}", "projections.*.p=0.04", "projections.*.delay=1.5", "projections.E_to_E.weight=1.25", "projections.E_to_I.weight=2", "projections.I_to_*.weight=-5"}
			net, err := presets.Load("ei", language.Options{Set: set})
			require.NoError(b, err)
			if name == "plastic" {
				net.Projections[0].Plasticity = network.Plasticity{STDP: network.STDP{APlus: 0.0001, AMinus: 0.00011, TauPlus: 20, TauMinus: 20, WeightBounds: network.WeightBounds{Max: 2.5}}}
			}
			m, c := enginetest.Build(b, net)
			e := newEngine(m, c, 1, best())
			require.NoError(b, e.Advance(b.Context(), 3000))
			for b.Loop() {
				require.NoError(b, e.Advance(b.Context(), 1000))
			}
			b.ReportMetric(float64(fastest(func() { require.NoError(b, e.Advance(b.Context(), 15)) }).Nanoseconds())/15, "least-ns/step")
			spikes, err := e.Spikes(nil)
			require.NoError(b, err)
			b.ReportMetric(float64(len(spikes))/float64(e.step), "spikes/step")
		})
	}
}
