package validate

import (
	"context"
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
		net, err := presets.Load(x.Preset, network.Options{Scale: 1, Set: x.Set})
		require.NoError(t, err)
		seen[x.Preset] = true
		require.NotEmpty(t, x.Figures)
		require.Less(t, x.DiscardMs, x.DurationMs)
		require.Positive(t, x.Seeds)
		for _, f := range x.Figures {
			require.Less(t, f.Lo, f.Hi)
			require.False(t, f.Published < f.Lo || f.Published > f.Hi, "%s: %v", x.Preset, f)
			if f.Population != "" {
				require.GreaterOrEqual(t, net.Population(f.Population), 0)
			}
		}
	}
	for _, name := range presets.Names() {
		require.True(t, seen[name], name)
	}
}

// Each preset gives its published figures, and with another parameter it does not. (The
// other conditions, and potjans2014, are with the long tests.)
func TestReproduce(t *testing.T) {
	for _, k := range []struct {
		preset, control string
		seeds           int // fewer than the table's
	}{
		{"ei", "projections.I_to_E.weight=-2.4", 1},
		{"tian2020", "projections.I_to_E.weight=-1.2", 1},
		{"vs96", "populations.*.input=3.2", 1},
		{"brunel2000", "constants.g=4.8", 1},
		{"brunel2000exp", "projections.I*.delay=3", 1},
		{"vogels2005cuba", "populations.*.E_L=-49.3", 8},
		{"vogels2005coba", "projections.E*.weight=6.6", 6},
		{"brainpy1m", "projections.E*.weight=0.66", 8},
	} {
		t.Run(k.preset, func(t *testing.T) {
			x := *experiment(k.preset)
			x.Seeds = k.seeds
			if x.DurationMs > 5000 && x.DiscardMs > 0 {
				x.DurationMs = 3000
			}
			list, err := fastLab().Reproduce(t.Context(), &x, load(t, k.preset, 1, x.Set...))
			require.NoError(t, err)
			for _, r := range list {
				t.Logf("%s %s: %.4g, published %.4g", r.Population, r.Quantity, *r.Measured, *r.Published)
				require.Equal(t, Pass, r.Verdict)
			}
			list, err = fastLab().Reproduce(t.Context(), &x, load(t, k.preset, 1, append(x.Set, k.control)...))
			require.NoError(t, err)
			t.Logf("control: %.4g", *list[0].Measured)
			require.Equal(t, Fail, list[0].Verdict, "control")
		})
	}
}
