package presets_test

import (
	"bytes"
	"io/fs"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/presets"
)

// lif is a population with the field's usual order of parameters.
func lif(name string, size int, tauM, eL, vTh, vReset, v0, input float64) network.Population {
	return network.Population{Name: name, Size: size, Neuron: network.LIF, TauM: tauM, EL: eL, VTh: vTh,
		VReset: vReset, V0: network.Dist{Kind: network.Uniform, A: v0, B: vTh}, Input: network.Input{network.DC(input)}}
}

func random(from, to string, p, weight, tauSyn float64) network.Projection {
	return network.Projection{Name: from + "_to_" + to, From: from, To: to, Rule: network.FixedProbability,
		P: p, Weight: weight, Delay: 0.1, TauSyn: tauSyn}
}

func TestPublishedNumbers(t *testing.T) {
	balanced := func(f float64) ([]network.Population, []network.Projection) {
		return []network.Population{
				lif("E", 8000, 15, 0, 15, 0, 0, 60*f), lif("I", 2000, 10, 0, 15, 0, 0, 40*f),
			}, []network.Projection{
				random("E", "E", 0.25, 0.5*f, 6), random("E", "I", 0.25, 0.8*f, 6),
				random("I", "E", 0.25, -2*f, 5), random("I", "I", 0.25, -2*f, 5),
			}
	}
	j := 1 / math.Sqrt(0.1*500)
	clocks := []network.Population{lif("E", 500, 10, -52, -50, -60, -52, 3), lif("I", 500, 10, -52, -50, -60, -52, 3)}
	coupling := []network.Projection{
		random("E", "E", 0.1, j, 2), random("E", "I", 0.1, j, 2), random("I", "E", 0.1, -j, 2), random("I", "I", 0.1, -j, 2),
	}

	require.Equal(t, []string{"ei", "tian2020", "vs96"}, presets.Names())
	for _, name := range presets.Names() {
		n, err := presets.Load(name, network.Options{})
		require.NoError(t, err)
		populations, projections := clocks, coupling
		switch name {
		case "ei":
			populations, projections = balanced(1)
		case "tian2020":
			populations, projections = balanced(0.5)
		}
		require.Equal(t, name, n.Name)
		require.Equal(t, populations, n.Populations, name)
		require.Equal(t, projections, n.Projections, name)
		require.Equal(t, 0.1, n.Dt)
		require.Equal(t, uint32(1), n.Seed)
		require.Empty(t, n.Warnings())
	}
}

func TestShowIsComplete(t *testing.T) {
	for _, name := range presets.Names() {
		n, err := presets.Load(name, network.Options{Scale: 0.1})
		require.NoError(t, err)
		text, err := n.Marshal()
		require.NoError(t, err)
		again, err := network.Load(bytes.NewReader(text), "again.yaml", network.Options{})
		require.NoError(t, err)
		require.Equal(t, n, again)
	}
}

func TestScaleKeepsBalance(t *testing.T) {
	for _, name := range []string{"ei", "tian2020"} {
		one, err := presets.Load(name, network.Options{})
		require.NoError(t, err)
		quarter, err := presets.Load(name, network.Options{Scale: 0.25})
		require.NoError(t, err)
		for i, p := range quarter.Populations {
			require.Equal(t, one.Populations[i].Size/4, p.Size)
			require.Equal(t, one.Populations[i].Input[0].(network.DC)/2, p.Input[0])
		}
		for i, p := range quarter.Projections {
			require.Equal(t, one.Projections[i].Weight*2, p.Weight)
			require.Equal(t, one.Projections[i].P, p.P)
		}
	}
}

func TestUnknownPreset(t *testing.T) {
	_, err := presets.Load("eii", network.Options{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.EqualError(t, err, `"eii" is no preset; there are ei, tian2020, vs96: file does not exist`)
	_, err = presets.Open("../presets/ei")
	require.ErrorIs(t, err, fs.ErrNotExist)
}
