//go:build long

package validate

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// At full size ei does what is claimed of it, and tian2020 all but spread its potentials. Each
// claim fails in its controls, and none passes without coupling.
func TestClaimsAtFullSize(t *testing.T) {
	claims := func(preset string, set ...string) (*Claims, map[Verdict]int) {
		c, err := fastLab().RunClaims(t.Context(), load(t, preset, 1, set...), preset, Full)
		require.NoError(t, err)
		verdicts := map[Verdict]int{}
		for _, x := range c.List {
			verdicts[x.Verdict]++
			t.Logf("%s: %s %s", preset, x.Name, x.Verdict)
		}
		return c, verdicts
	}
	c, verdicts := claims("ei")
	require.Equal(t, map[Verdict]int{Pass: len(c.List)}, verdicts, "%+v", c.List)
	requireControls(t, c)

	c, verdicts = claims("tian2020")
	require.Equal(t, map[Verdict]int{Pass: len(c.List) - 1, Fail: 1}, verdicts, "%+v", c.List)
	require.Equal(t, []Verdict{Fail}, verdictsOf(t, c, "potentials"))
	requireControls(t, c)

	c, verdicts = claims("ei", "projections.*.weight=0")
	require.Zero(t, verdicts[Pass], "%+v", c.List)
	_, verdicts = claims("tian2020", "projections.*.weight=0")
	require.Zero(t, verdicts[Pass], "%+v", c.List)
}

// Inhibitory plasticity does what is claimed of it, and without it nothing is claimed.
func TestClaimsOfLearning(t *testing.T) {
	c, err := fastLab().RunClaims(t.Context(), load(t, "vogels2011", 0.2), "vogels2011", Quick)
	require.NoError(t, err)
	passed := 0
	for _, x := range c.List {
		t.Logf("%s: %s", x.Name, x.Verdict)
		require.NotEqual(t, Fail, x.Verdict, "%+v", x)
		if x.Verdict == Pass {
			passed++
		}
	}
	require.Equal(t, 5, passed)
	require.Len(t, c.LeftOut, 1)
	c, err = fastLab().RunClaims(t.Context(), load(t, "vogels2011", 0.2, "projections.I_to_E.plasticity=null"), "vogels2011", Quick)
	require.NoError(t, err)
	require.Len(t, c.LeftOut, 1)
}

// The published figures that other presets are held to fail without coupling, too.
func TestFiguresFailUncoupled(t *testing.T) {
	for i := range Published {
		x := &Published[i]
		if kindOf(x.Preset) != published || x != experiment(x.Preset) {
			continue
		}
		t.Run(x.Preset, func(t *testing.T) {
			alone, _, err := fastLab().measure(t.Context(), x, x.Figures, uncoupled(load(t, x.Preset, 1, x.Set...)))
			require.NoError(t, err)
			for i, f := range x.Figures {
				t.Logf("%s %s: %.4g, published %.4g", f.Population, f.Quantity, alone[i], f.Published)
				require.False(t, alone[i] >= f.Lo && alone[i] <= f.Hi, "%+v", f)
			}
		})
	}
}
