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

// A sparse network, whose rows are short: they are bundled, and its spikes are the
// reference's on any number of threads.
func TestBundles(t *testing.T) {
	net, err := presets.Load("vogels2005cuba", language.Options{Set: []string{"projections.*.p=0.005", "populations.*.input=12"}})
	require.NoError(t, err)
	m, c := enginetest.Build(t, net)
	digest := func(e sim.Engine) string {
		d := sim.NewDigest()
		require.NoError(t, sim.Run(t.Context(), e, 1000, nil, d))
		require.Greater(t, d.Count(), int64(1000))
		return d.String()
	}
	want := digest(cpuref.New(m, c))
	for threads := 1; threads <= 3; threads++ {
		e := eager(t, m, c, threads, best())
		last := &e.shares[threads-1] // which has neurons of both populations
		require.NotEmpty(t, last.bundles)
		require.Empty(t, last.segments)
		require.Equal(t, want, digest(e))
	}
	e := eager(t, m, c, 1, best())
	b := &e.shares[0].bundles[0]
	b.rows[b.begin[0]+1] ^= 1
	require.NotEqual(t, want, digest(e), "control")
}
