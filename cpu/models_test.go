package cpu

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/cpuref"
	"einet/enginetest"
	"einet/network/language"
	"einet/network/presets"
	"einet/sim"
)

// The presets whose neurons are written as equations have one digest, whatever the kernels and the number of threads.
func TestDigestOfModels(t *testing.T) {
	for _, k := range []struct {
		preset string
		scale  float64
		steps  int64
	}{{"cobahh", 0.25, 400}, {"zerlaut2018", 0.1, 300}, {"izhikevich2003", 1, 100}} {
		net, err := presets.Load(k.preset, language.Options{Scale: k.scale})
		require.NoError(t, err)
		m, c := enginetest.Build(t, net)
		digest := func(e sim.Engine) string {
			d := sim.NewDigest()
			require.NoError(t, sim.Run(t.Context(), e, k.steps, nil, d))
			require.NotZero(t, d.Count(), k.preset)
			return d.String()
		}
		want := digest(cpuref.New(m, c))
		for _, kernels := range available() {
			for threads := 1; threads <= 2; threads++ {
				require.Equal(t, want, digest(eager(t, m, c, threads, kernels)), "%s, %s, %d threads", k.preset, kernels.name, threads)
			}
		}
	}
}
