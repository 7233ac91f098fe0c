package presets_test

import (
	"bytes"
	"io/fs"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/language"
	"einet/network/presets"
)

// lif is a population with the field's usual order of parameters.
func lif(name string, size int, tauM, eL, vTh, vReset, v0, input float64) network.Population {
	return network.Population{Name: name, Size: size, Neuron: network.LIF, TauM: tauM, EL: eL, VTh: network.Number(vTh),
		VReset: vReset, V0: network.Between(v0, vTh), Input: network.Input{network.DC(input)},
		Bias: network.Number(0), G0Ex: network.Number(0), G0In: network.Number(0)}
}

func random(from, to string, p, weight, tauSyn float64) network.Projection {
	return network.Projection{Name: from + "_to_" + to, From: from, To: to, Rule: network.FixedProbability,
		P: p, Multapses: true, Autapses: true, Weight: network.Number(weight), Delay: network.Number(0.1),
		Synapse: network.Exponential, TauSyn: tauSyn}
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

	require.Equal(t, []string{"brainpy1m", "brunel2000", "brunel2000exp", "cobahh", "ei", "izhikevich2003", "laing2001", "litwinkumar2012", "mongillo2008", "potjans2014", "rosenbaum2017", "song2000", "tian2020",
		"tum2000", "vogels2005coba", "vogels2005cuba", "vogels2011", "vs96", "zerlaut2018"}, presets.Names())
	for _, name := range []string{"ei", "tian2020", "vs96"} {
		n, err := presets.Load(name, language.Options{})
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
		n, err := presets.Load(name, language.Options{Scale: 0.1})
		require.NoError(t, err)
		text, err := language.Marshal(n)
		require.NoError(t, err)
		again, err := language.Load(bytes.NewReader(text), "again.yaml", language.Options{})
		require.NoError(t, err)
		require.Equal(t, n, again)
	}
}

func TestScaleKeepsBalance(t *testing.T) {
	for _, name := range []string{"ei", "tian2020"} {
		one, err := presets.Load(name, language.Options{})
		require.NoError(t, err)
		quarter, err := presets.Load(name, language.Options{Scale: 0.25})
		require.NoError(t, err)
		for i, p := range quarter.Populations {
			require.Equal(t, one.Populations[i].Size/4, p.Size)
			require.Equal(t, one.Populations[i].Input[0].(network.DC)/2, p.Input[0])
		}
		for i, p := range quarter.Projections {
			require.Equal(t, one.Projections[i].Weight.Times(2), p.Weight)
			require.Equal(t, one.Projections[i].P, p.P)
		}
	}
}

func TestUnknownPreset(t *testing.T) {
	_, err := presets.Load("eii", language.Options{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.EqualError(t, err, `"eii" is no preset; there are brainpy1m, brunel2000, brunel2000exp, cobahh, ei, izhikevich2003, laing2001, litwinkumar2012, mongillo2008, potjans2014, rosenbaum2017, song2000, tian2020, tum2000, vogels2005coba, vogels2005cuba, vogels2011, vs96, zerlaut2018: file does not exist`)
	_, err = presets.Open("../presets/ei")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// The cortical microcircuit has 77 169 neurons, 299 million synapses and an
// excitatory current of 87.8 pA (Potjans & Diesmann 2014).
func TestMicrocircuit(t *testing.T) {
	n, err := presets.Load("potjans2014", language.Options{})
	require.NoError(t, err)
	require.Equal(t, 77_169, n.Neurons())
	require.Len(t, n.Projections, 55, "those of probability 0 left out")
	synapses := 0
	for _, p := range n.Projections {
		synapses += p.N
	}
	require.InDelta(t, 299e6, synapses, 0.5e6)
	require.InDelta(t, 87.8, n.Projections[0].Weight.A, 0.05)
	require.InDelta(t, 2*87.8, n.Projections[2].Weight.A, 0.1, "L4E to L23E")
	require.Equal(t, -4*n.Projections[0].Weight.A, n.Projections[1].Weight.A)
	require.Equal(t, 16e3/1.25, n.Populations[0].PoissonInput[0].Rate)

	tenth, err := presets.Load("potjans2014", language.Options{Scale: 0.1})
	require.NoError(t, err)
	require.Equal(t, int(math.Round(float64(n.Projections[0].N)/100)), tenth.Projections[0].N)
	require.InEpsilon(t, n.Projections[0].Weight.A*math.Sqrt(10), tenth.Projections[0].Weight.A, 1e-12)
	require.InEpsilon(t, 1280, tenth.Populations[0].PoissonInput[0].Rate, 1e-12)
	// 0.001 tau_s (1 - sqrt k) times the mean of recurrent and external input
	mean := 0.0
	for i, p := range n.Projections {
		if p.To == "L23E" {
			for _, r := range n.Scale.Rates {
				if r.Population == p.From {
					mean += float64(n.Projections[i].N) / 20683 * r.Hz * p.Weight.A
				}
			}
		}
	}
	mean += 1600 * 8 * n.Projections[0].Weight.A
	require.InEpsilon(t, 0.001*0.5*(1-math.Sqrt(0.1))*mean, float64(tenth.Populations[0].Input[1].(network.DC)), 2e-3, "sizes are rounded")
}

func TestBrunelStates(t *testing.T) {
	n, err := presets.Load("brunel2000", language.Options{Set: []string{"constants.g=4.5", "constants.eta=0.9"}})
	require.NoError(t, err)
	require.Equal(t, -0.45, n.Projections[2].Weight.A)
	require.InEpsilon(t, 9000, n.Populations[1].PoissonInput[0].Rate, 1e-12)
	n, err = presets.Load("brunel2000exp", language.Options{})
	require.NoError(t, err)
	require.Equal(t, []float64{4, -20}, []float64{n.Projections[0].Weight.A, n.Projections[2].Weight.A})
	require.Equal(t, network.PoissonInput{Rate: 20_000, Weight: 4, Synapse: network.Exponential, TauSyn: 0.5}, n.Populations[0].PoissonInput[0])
}
