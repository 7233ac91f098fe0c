package dynamics

import (
	"math"
	"testing"

	"einet/network"

	"github.com/stretchr/testify/require"
)

// changeable has a population of each kind, and one that inhibits.
func changeable() *network.Network {
	lif := network.Population{Size: 10, Neuron: network.LIF, TauM: 20, VTh: network.Dist{A: 15, B: 15}, V0: network.Dist{}}
	e, i, driven, cond := lif, lif, lif, lif
	e.Name, e.Input = "E", network.Input{network.DC(40), network.Step{At: 5, By: 3}}
	i.Name, i.Input = "I", network.Input{network.DC(-8)}
	driven.Name = "P"
	driven.PoissonInput = []network.PoissonInput{
		{Rate: 20_000, Weight: 0.1, Synapse: network.Delta}, {Rate: 1000, Weight: 2, Synapse: network.Exponential, TauSyn: 5},
	}
	cond.Name, cond.Neuron, cond.TauM, cond.CM, cond.GL, cond.EL, cond.EEx, cond.EIn = "C", network.LIFCond, 0, 200, 10, -60, 0, -80
	cond.VTh, cond.VReset = network.Dist{A: -50, B: -50}, -60
	net := &network.Network{Name: "changeable", Dt: 0.1, Duration: 100, Populations: []network.Population{e, i, driven, cond}}
	for _, from := range []string{"E", "I"} {
		for _, to := range []string{"E", "C"} {
			w := map[string]float64{"EE": 1, "IE": -1, "EC": 1, "IC": -1}[from+to]
			net.Projections = append(net.Projections, network.Projection{Name: from + to, From: from, To: to, Rule: network.AllToAll, Delay: network.Dist{A: 1, B: 1},
				Weight: network.Dist{A: w, B: w}, Synapse: network.Exponential, TauSyn: 5})
		}
	}
	return net
}

func changedModel(t *testing.T, changes ...Change) *Model {
	m, err := New(changeable())
	require.NoError(t, err)
	require.NoError(t, m.Change(changes...))
	return m
}

func TestUsualInput(t *testing.T) {
	m := changedModel(t)
	require.Equal(t, 40.0, m.Usual(0))
	require.Equal(t, 8.0, m.Usual(1), "its size")
	require.InDelta(t, 20*0.1*20+1*2*5.0, m.Usual(2), 1e-9, "rate, weight and tau_m or tau_syn")
	require.InDelta(t, 10*10.0, m.Usual(3), 1e-4, "g_L (V_th - V_reset)")

	for _, s := range []network.Shape{{Synapse: network.Alpha, TauSyn: 5}, {Synapse: network.Biexponential, TauSyn: 5, TauRise: 1}} {
		net := changeable()
		net.Populations[2].PoissonInput = []network.PoissonInput{{Rate: 1000, Weight: 2, Synapse: s.Synapse, TauSyn: s.TauSyn, TauRise: s.TauRise}}
		m, err := New(net)
		require.NoError(t, err)
		require.InDelta(t, 2*s.Area(), m.Usual(2), 1e-9, s.Synapse)
	}
}

func TestChangesOfInput(t *testing.T) {
	m := changedModel(t, Change{10, ChangeInput, 0.5}, Change{10, ChangeKick, 10}, Change{30, ChangeInput, -0.25})
	for n, want := range map[int64]float64{9: 40, 11: 60, 30: 50, 49: 50, 50: 53} {
		require.InDelta(t, want, m.Input(0, n), 1e-12, "step %d", n)
	}
	require.Equal(t, -8+0.5*8.0, m.Input(1, 10), "what inhibits is not kicked")
	require.InDelta(t, 0.5, m.AddedInput(10), 1e-12)
	require.InDelta(t, 0.25, m.AddedInput(99), 1e-12)
	plain := changedModel(t)
	for _, pop := range []int{0, 2} {
		var kicked, without [1]float32
		changedModel(t, Change{10, ChangeKick, 10}).Drive(pop, 10, kicked[:])
		plain.Drive(pop, 10, without[:])
		require.InDelta(t, 10, kicked[0]-without[0], 1e-5, "V of lif rises by 10 mV")
	}
	var kicked, without [1]float32
	changedModel(t, Change{10, ChangeKick, 10}).Drive(3, 10, kicked[:])
	plain.Drive(3, 10, without[:])
	require.InDelta(t, 10*200/0.1, kicked[0]-without[0], 1e-2, "a pulse of C_m/dt")
}

func TestChangesOfInhibition(t *testing.T) {
	m := changedModel(t, Change{10, ChangeInhibition, 0.5}, Change{30, ChangeInhibition, 2})
	for n, want := range map[int64]float32{0: 1, 9: 1, 10: 0.5, 29: 0.5, 30: 2, 1000: 2} {
		require.Equal(t, want, m.Inhibition(n), "step %d", n)
	}
	require.Equal(t, 7, m.UntilInhibition(3, 100))
	require.Equal(t, 5, m.UntilInhibition(3, 5))
	require.Equal(t, 20, m.UntilInhibition(10, 100))
	require.Equal(t, 100, m.UntilInhibition(30, 100))
	for _, pop := range []int{0, 3} {
		p, q := &m.Populations[pop], m.Inhibited(pop, 0.5)
		require.Same(t, p, m.Inhibited(pop, 1))
		for r := range p.Receptors {
			factor := float32(0.5)
			if p.Receptors[r].Excitatory {
				factor = 1
			}
			require.Equal(t, p.Receptors[r].PVR*factor, q.Receptors[r].PVR)
			require.Equal(t, p.Receptors[r].Half*factor, q.Receptors[r].Half)
			require.Equal(t, p.Receptors[r].PRR, q.Receptors[r].PRR)
			require.Equal(t, p.Receptors[r].Scale, q.Receptors[r].Scale)
		}
		require.Zero(t, m.Inhibited(pop, 1e-30).Receptors[1].PVR, "and not subnormal")
	}
}

func TestRefusedChanges(t *testing.T) {
	m := changedModel(t, Change{10, ChangeInput, 9})
	for _, c := range []Change{
		{9, ChangeKick, 1}, {10, ChangeInput, 2}, {10, ChangeInput, math.NaN()}, {10, ChangeInhibition, -0.1}, {10, "warp", 1}, {math.MaxUint32, ChangeKick, 1},
	} {
		require.Error(t, m.Change(c), "%+v", c)
	}
	require.Len(t, m.Changes(), 1)
}
