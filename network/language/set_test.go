package language_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/language"
)

func TestSet(t *testing.T) {
	for set, get := range map[string]func(n *network.Network) any{
		"populations.E.size=7":         func(n *network.Network) any { return n.Populations[0].Size == 7 },
		"populations.E.t_ref=2":        func(n *network.Network) any { return n.Populations[0].TRef == 2 },
		"populations.*.size=7":         func(n *network.Network) any { return n.Neurons() == 14 },
		"projections.*.p=0.01":         func(n *network.Network) any { return n.Projections[0].P+n.Projections[1].P == 0.02 },
		"projections.E_*.p=0":          func(n *network.Network) any { return n.Projections[0].P+n.Projections[1].P == 0.25 },
		"populations.E.V0.uniform.1=3": func(n *network.Network) any { return n.Populations[0].V0.B == 3 },
		"populations.E.V0.uniform.*=0": func(n *network.Network) any { return n.Populations[0].V0.B == 0 },
		"populations.I.V0={uniform: [1, 2]}": func(n *network.Network) any {
			return n.Populations[1].V0 == network.Dist{Kind: network.Uniform, A: 1, B: 2}
		},
		"populations.E.V0=": func(n *network.Network) any { return n.Populations[0].V0 == network.Dist{Kind: network.Constant} },
		"scale.weight=-0.5": func(n *network.Network) any { return n.Scale.Weight == -0.5 },
		"name=other":        func(n *network.Network) any { return n.Name == "other" },
		"description=a = b": func(n *network.Network) any { return n.Description == "a = b" },
		"dt=0.05":           func(n *network.Network) any { return n.Dt == 0.05 },
		"populations.X={size: 3, tau_m: 1, V_th: 1, V_reset: 0}": func(n *network.Network) any { return n.Population("X") == 2 },
	} {
		n, err := load(small, language.Options{Set: []string{set}})
		require.NoError(t, err, set)
		require.Equal(t, true, get(n), set)
	}
	n := mustLoad(t, small, language.Options{Set: []string{"dt=0.05", "dt=0.02"}})
	require.Equal(t, 0.02, n.Dt, "the last one wins")
}

func TestSetFaults(t *testing.T) {
	for set, want := range map[string]string{
		"populations.E.size=-5":         `--set populations.E.size=-5: populations.E.size: -5: must be a whole number of at least 1`,
		"populations.E.siz=5":           `--set populations.E.siz=5: populations.E.siz: unknown key: did you mean size? allowed are size, neuron, positions, tau_m, C_m, E_L, V_th, V_reset, t_ref, V0, g0, input, bias, poisson, white_noise, ou_noise`,
		"population.E.size=5":           `--set population.E.size=5: population: unknown key: did you mean populations? allowed are constants, name, description, source, dt, seed, trial, duration, scale, models, populations, groups, projections, record, sonata`,
		"populations.X.size=5":          `--set populations.X.size=5: populations.X: does not exist; there are E, I`,
		"projections.X_*.p=0":           `--set projections.X_*.p=0: projections.X_*: does not exist; there are E_to_I, I_to_E`,
		"populations.E.size.x=1":        `--set populations.E.size.x=1: populations.E.size: 80: is not a mapping and has no x`,
		"populations.E.V0.uniform.2=1":  `--set populations.E.V0.uniform.2=1: populations.E.V0.uniform.2: does not exist; the list has 2 items, from 0`,
		"populations..size=1":           `--set populations..size=1: must be PATH=VALUE, such as populations.E.size=8000`,
		"dt":                            `--set dt: must be PATH=VALUE, such as populations.E.size=8000`,
		"dt=[1":                         `--set dt=[1: not valid YAML: sequence end token ']' not found`,
		"dt=1mV":                        `--set dt=1mV: dt: 1mV: must be a time above 0 and at most 1e9 ms: its unit must be ms or a multiple of it, not mV`,
		"populations.E.V0.uniform.1=-1": `--set populations.E.V0.uniform.1=-1: populations.E.V0.uniform.1: -1: must be at least 0, the low end`,
	} {
		_, err := load(small, language.Options{Set: []string{set}})
		require.EqualError(t, err, want)
	}
}

func TestFlagFaults(t *testing.T) {
	trial, duration := uint32(16384), 0.25
	_, err := load(small, language.Options{Trial: &trial, Duration: &duration})
	require.EqualError(t, err, "--duration 0.25: duration: 0.25: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0.3\n"+
		"--trial 16384: trial: 16384: must be a whole number from 0 to 16383")
	_, err = load(small, language.Options{Scale: -1})
	require.EqualError(t, err, "--scale -1: must be a factor above 0 and at most 1e9")
	_, err = load(small, language.Options{Scale: 5, Set: []string{"scale.p=1"}})
	require.EqualError(t, err, "--scale 5: projections.E_to_I.p: 1.25: must be a probability from 0 to 1\n"+
		"--scale 5: projections.I_to_E.p: 1.25: must be a probability from 0 to 1")
	_, err = load(small, language.Options{Scale: 1e8})
	require.EqualError(t, err, "--scale 1e+08: populations: must have fewer than 2^31 neurons in all")
}
