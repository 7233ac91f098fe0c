package cpu

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"einet/enginetest"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
)

// What is expected to be copied is what engines copy.
func TestCopiedBytes(t *testing.T) {
	copies := 0
	for name, scale := range map[string]float64{"ei": 0.2, "vogels2005cuba": 1, "vs96": 1, "brunel2000exp": 0.1, "potjans2014": 0.02, "brainpy1m": 1} {
		net, err := presets.Load(name, language.Options{Scale: scale})
		require.NoError(t, err)
		m, syn := enginetest.Build(t, net)
		e := newEngine(m, syn, 2, best())
		bytes := 0
		for i := range e.shares {
			for _, b := range e.shares[i].bitmaps {
				bytes += 8 * len(b.words)
			}
			for _, b := range e.shares[i].bundles {
				bytes += 2*len(b.rows) + 4*len(b.begin)
			}
		}
		if bytes > 0 {
			copies++
		}
		expected := CopiedBytes(net, 2)
		require.GreaterOrEqual(t, expected, int64(bytes), name)
		require.LessOrEqual(t, expected, 2*syn.Bytes()+int64(bytes), name)
		if name == "ei" || name == "brunel2000exp" || name == "potjans2014" {
			require.Equal(t, bytes > 0, expected > 0, name)
		}
		require.NoError(t, e.Close())
	}
	require.GreaterOrEqual(t, copies, 2)
}

// So are plastic synapses, with all that they need.
func TestPlasticBytes(t *testing.T) {
	for _, rule := range []network.Plasticity{
		{Vogels: network.Vogels{Eta: 0.001, Tau: 20, Target: 10, WeightBounds: network.WeightBounds{Max: 1}}},
		{Triplet: network.Triplet{A2Plus: 5e-3, TauPlus: 16.8, TauX: 101, TauMinus: 33.7, TauY: 125, WeightBounds: network.WeightBounds{Max: 1}}},
	} {
		for _, set := range []string{"projections.*.delay=1.5", "projections.*.delay={uniform:[0.1,5]}", "projections.*.weight={normal:{mean:0.5,sd:0.1}}"} {
			net, err := presets.Load("ei", language.Options{Set: []string{"projections.*.weight=0.5", "projections.*.p=0.03", set, "scale={}"}})
			require.NoError(t, err)
			net.Projections = net.Projections[:1]
			net.Projections[0].Plasticity = rule
			m, syn := enginetest.Build(t, net)
			for threads := 1; threads <= 3; threads++ {
				e := newEngine(m, syn, threads, best())
				bytes := 4 * len(e.populations[net.Population(net.Projections[0].To)].coming.sums)
				for i := range e.shares {
					for k := range e.shares[i].plastics {
						p := &e.shares[i].plastics[k]
						bytes += int(unsafe.Sizeof(row{}))*len(p.rows) + 4*(len(p.begin)+len(p.spikes.steps)+len(p.spikes.fasts)+len(p.spikes.slows)) + int(unsafe.Sizeof(latest{}))*len(p.spikes.latest)
						if syn.Projections[0].Alike() {
							if i == 0 {
								bytes += 4 * len(p.omegas) // all shares'
							}
							continue
						}
						bytes += 4*len(p.omegas) + 2*len(p.targets) + 2*len(p.delays)
					}
				}
				expected := CopiedBytes(net, threads)
				require.GreaterOrEqual(t, float64(expected), 0.99*float64(bytes), "%d threads, %s", threads, set)
				require.LessOrEqual(t, float64(expected), 1.4*float64(bytes), "%d threads, %s", threads, set)
				require.NoError(t, e.Close())
			}
		}
	}
}
