package enginetest

import (
	"testing"

	"einet/cpuref"
	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// Changes holds the engine to the reference while networks are changed: before it is opened, and between two calls of Advance.
func Changes(t *testing.T, make Factory) {
	for _, n := range Networks() {
		t.Run(n.Name, func(t *testing.T) { changes(t, n, make) })
	}
}

func changes(t *testing.T, n *network.Network, make Factory) {
	plain, c := Build(t, n)
	m, _ := Build(t, n)
	require.NoError(t, m.Change(dynamics.Change{Step: 20, Kind: dynamics.ChangeInput, Amount: 0.1},
		dynamics.Change{Step: 33, Kind: dynamics.ChangeInhibition, Amount: 0.7}))
	unchanged, reference, engine := cpuref.New(plain, c), cpuref.New(m, c), make(t, m, c)
	differ := false
	advance := func(steps int) {
		for _, e := range []sim.Engine{unchanged, reference, engine} {
			require.NoError(t, e.Advance(t.Context(), steps))
		}
		compareState(t, m, reference, engine)
		a, err := unchanged.Spikes(nil)
		require.NoError(t, err)
		b, err := reference.Spikes(nil)
		require.NoError(t, err)
		got, err := engine.Spikes(nil)
		require.NoError(t, err)
		require.Equal(t, len(b), len(got))
		require.Equal(t, append([]sim.Spike{}, b...), append([]sim.Spike{}, got...))
		differ = differ || len(a) != len(b)
	}
	advance(61)
	for _, x := range []dynamics.Change{
		{Kind: dynamics.ChangeKick, Amount: 10}, {Kind: dynamics.ChangeInhibition, Amount: 1.5},
		{Kind: dynamics.ChangeInput, Amount: -0.3}, {Kind: dynamics.ChangeInhibition, Amount: 0}, {Kind: dynamics.ChangeInhibition, Amount: 1},
	} {
		x.Step = engine.Step()
		require.NoError(t, m.Change(x))
		advance(1)
		advance(shorter(150))
	}
	require.True(t, differ, "the changes change nothing")
}

// Loses holds an engine that can keep a spike from its targets to the reference.
func Loses(t *testing.T, make Factory) {
	for _, n := range Networks() {
		t.Run(n.Name, func(t *testing.T) { loses(t, n, make) })
	}
}

func loses(t *testing.T, n *network.Network, make Factory) {
	m, c := Build(t, n)
	whole, reference, engine := cpuref.New(m, c), cpuref.New(m, c), make(t, m, c)
	require.NoError(t, whole.Advance(t.Context(), 1200))
	all, err := whole.Spikes(nil)
	require.NoError(t, err)
	at := len(all) / 3
	lost := all[at]
	for _, e := range []sim.Engine{reference, engine} {
		require.NoError(t, e.Advance(t.Context(), int(lost.Step)-1))
		e.(interface{ Lose(sim.Spike) }).Lose(lost)
		require.NoError(t, e.Advance(t.Context(), 1201-int(lost.Step)))
	}
	compareState(t, m, reference, engine)
	want, err := reference.Spikes(nil)
	require.NoError(t, err)
	got, err := engine.Spikes(nil)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, all[:at+1], got[:at+1], "the lost spike was fired")
}
