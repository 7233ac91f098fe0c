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

// changes makes the first ones before the engine is opened, the others when it has come to their steps. The reference has all from the start.
func changes(t *testing.T, n *network.Network, make Factory) {
	early := []dynamics.Change{{Step: 20, Kind: dynamics.ChangeInput, Amount: 0.1}, {Step: 33, Kind: dynamics.ChangeInhibition, Amount: 0.7}}
	late := []dynamics.Change{
		{Kind: dynamics.ChangeKick, Amount: 10}, {Kind: dynamics.ChangeInhibition, Amount: 1.5},
		{Kind: dynamics.ChangeInput, Amount: -0.3}, {Kind: dynamics.ChangeInhibition, Amount: 0}, {Kind: dynamics.ChangeInhibition, Amount: 1},
	}
	first, apart := 61, 1+shorter(150)
	for i := range late {
		late[i].Step = int64(first + i*apart)
	}
	plain, c := Build(t, n)
	m, _ := Build(t, n)
	require.NoError(t, m.Change(early...))
	unchanged, engine := newReference(t, plain, c), make(t, m, c)
	reference := newReferenceOf(t, plain, "changed", func() *cpuref.Engine {
		m, _ := Build(t, n)
		require.NoError(t, m.Change(append(early, late...)...))
		return cpuref.New(m, c)
	})
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
	advance(first)
	for _, x := range late {
		require.Equal(t, x.Step, engine.Step())
		require.NoError(t, m.Change(x))
		advance(1)
		advance(apart - 1)
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
	whole, engine := newReference(t, m, c), make(t, m, c)
	require.NoError(t, whole.Advance(t.Context(), 1200))
	all, err := whole.Spikes(nil)
	require.NoError(t, err)
	at := len(all) / 3
	lost := all[at]
	reference := newReferenceOf(t, m, "that loses a spike", func() *cpuref.Engine {
		e := cpuref.New(m, c)
		e.Lose(lost)
		return e
	})
	require.NoError(t, reference.Advance(t.Context(), 1200))
	require.NoError(t, engine.Advance(t.Context(), int(lost.Step)-1))
	engine.(interface{ Lose(sim.Spike) }).Lose(lost)
	require.NoError(t, engine.Advance(t.Context(), 1201-int(lost.Step)))
	compareState(t, m, reference, engine)
	want, err := reference.Spikes(nil)
	require.NoError(t, err)
	got, err := engine.Spikes(nil)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, all[:at+1], got[:at+1], "the lost spike was fired")
}
