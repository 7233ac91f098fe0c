package validate

import (
	"context"
	"slices"
	"testing"

	"einet/connectome"
	"einet/cpu"
	"einet/dynamics"
	"einet/network"
	"einet/network/presets"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

func fastLab() *Lab {
	return &Lab{Backend: sim.Backend{Name: "cpu", Open: func(_ context.Context, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
		return cpu.New(m, c, 0), nil
	}}}
}

// Every experiment is one of a preset, with bounds that hold the published figure, and every
// preset has one.
func TestPublishedFigures(t *testing.T) {
	seen := map[string]bool{}
	for _, x := range Published {
		net := loadExperiment(t, &x)
		seen[x.Preset] = seen[x.Preset] || len(x.Figures) > 0
		require.Less(t, x.DiscardMs, x.DurationMs)
		require.Positive(t, x.Seeds)
		for _, f := range x.Figures {
			require.Less(t, f.Lo, f.Hi)
			require.False(t, f.Published < f.Lo || f.Published > f.Hi, "%s: %v", x.Preset, f)
			if f.Quantity.ofWeights() {
				require.GreaterOrEqual(t, net.Projection(f.Population), 0, f.Population)
			} else if f.Population != "" {
				_, ok := net.Part(f.Population)
				require.True(t, ok, f.Population)
			}
		}
	}
	for _, name := range presets.Names() {
		require.True(t, seen[name], name)
	}
}

// Each preset gives its published figures and those of other simulators. With another parameter
// it does not give the published, and where weights or delays are others it differs from the other
// simulators by more than its rates. (The other conditions, potjans2014 at full size, and the controls that take longest are with
// the long tests.)
func TestReproduce(t *testing.T) {
	for _, k := range []reproduced{
		{"ei", "", "projections.I_to_E.weight=-2.4", []string{"weights + 20 %", "delays + 1 steps"}},
		{"tian2020", "", "projections.I_to_E.weight=-1.2", []string{"weights + 20 %", "delays + 1 steps"}},
		{"vs96", "", "populations.*.input=3.2", []string{"weights + 10 %"}},
		{"brunel2000", "AI", "constants.g=4.8", []string{"weights + 10 %"}},
		{"brunel2000exp", "", "projections.I*.delay=3", nil},
		{"brunel2000exp", "steady", "", []string{"weights + 10 %", "delays + 5 steps"}},
		{"vogels2005cuba", "", "populations.*.E_L=-49.3", nil},
		{"vogels2005cuba", "steady", "", []string{"weights + 10 %", "delays + 5 steps"}},
		{"vogels2005coba", "", "projections.E*.weight=6.6", []string{"weights + 20 %", "delays + 5 steps"}},
		{"brainpy1m", "", "projections.E*.weight=0.66", []string{"delays + 5 steps"}},
		{"cobahh", "", "", nil},
		{"zerlaut2018", "", "populations.*.poisson.rate=400*4.4", []string{"delays + 5 steps"}},
		{"izhikevich2003", "", "projections.I*.weight={uniform: [-1.2, 0]}", []string{"weights + 10 %", "delays + 1 steps"}},
		{"tum2000", "", "projections.E_to_E.short_term.tau_rec=0", []string{"weights + 20 %"}},
		{"mongillo2008", "", "", nil}, // its controls are conditions of its own
		{"laing2001", "", "projections.excitation.weight.gaussian.sigma=sqrt(1/52)", nil},
		{"laing2001", "all off", "projections.cue_to_ring.weight=1", nil},
		{"laing2001", "fast synapses", "constants.tau_s=40", nil},
		{"rosenbaum2017", "", "constants.sigma_rec=0.1", nil},
		{"litwinkumar2012", "", "constants.R_EE=1", []string{"delays + 5 steps"}},
		{"litwinkumar2012", "uniform", "constants.J_EI=-0.04", nil},
		{"vogels2011", "without plasticity", "projections.I_to_E.plasticity={vogels2011: {eta: 0.1, tau: 20, target: 3, w_max: -100}}", nil},
		{"vogels2011", "fifth", "", []string{"weights + 20 %"}},
		{"song2000", "multiplicative", "constants.mu=0", nil},
		{"song2000", "growing", "", nil},
		{"potjans2014", "tenth", "", nil},
	} {
		x := experimentOf(t, k.preset, k.name)
		t.Run(x.peerCase(), func(t *testing.T) {
			require.Empty(t, failures(t, x, loadExperiment(t, x)))
			k.controls(t)
		})
	}
}

// A reproduced is a condition of a preset, with its controls.
type reproduced struct {
	preset, name, control string
	apart                 []string // of controls()
}

// controls are the networks that are others.
func (k *reproduced) controls(t *testing.T) {
	x := experimentOf(t, k.preset, k.name)
	if k.control != "" {
		list, err := fastLab().Reproduce(t.Context(), x, load(t, k.preset, 1, append(slices.Clone(x.Set), k.control)...))
		require.NoError(t, err)
		t.Logf("control %s: %s", k.control, told(&list[0]))
		require.Equal(t, Fail, list[0].Verdict, "control")
	}
	for _, c := range controls() {
		if !slices.Contains(k.apart, c.name) {
			continue
		}
		net := loadExperiment(t, x)
		c.change(net)
		apart := slices.DeleteFunc(failures(t, x, net), func(r Reproduction) bool { return r.PeerSeeds == 0 || r.Quantity == Rate })
		require.NotEmpty(t, apart, "control: %s", c.name)
		for _, r := range apart {
			t.Logf("%s: %s", c.name, told(&r))
		}
	}
}

// experimentOf is the experiment of that name.
func experimentOf(t *testing.T, preset, name string) *Experiment {
	i := slices.IndexFunc(Published, func(x Experiment) bool { return x.Preset == preset && x.Name == name })
	require.GreaterOrEqual(t, i, 0)
	return &Published[i]
}

// failures are the figures of the experiment that net does not give.
func failures(t *testing.T, x *Experiment, net *network.Network) []Reproduction {
	list, err := fastLab().Reproduce(t.Context(), x, net)
	require.NoError(t, err)
	return slices.DeleteFunc(list, func(r Reproduction) bool { return r.Verdict == Pass })
}
