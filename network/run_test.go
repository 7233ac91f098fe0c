package network_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network/language"
	"einet/network/presets"
)

// A run has as many steps as 32 bits count, less the longest time that reaches behind its end.
func TestLongestRun(t *testing.T) {
	for _, c := range []struct {
		preset  string
		longest int // its delay, or its refractory period and a step
	}{{"ei", 1}, {"vs96", 1}, {"vogels2005cuba", 51}, {"brunel2000", 21}} {
		net, err := presets.Load(c.preset, language.Options{})
		require.NoError(t, err)
		require.Less(t, int64(net.Steps(net.Duration)), net.LastStep())
		require.EqualValues(t, math.MaxUint32-c.longest, net.LastStep(), c.preset)
		net.Duration = float64(net.LastStep()) * net.Dt
		require.NoError(t, net.Validate())
		require.EqualValues(t, net.LastStep(), net.Steps(net.Duration))
		net.Duration = float64(net.LastStep()+1) * net.Dt
		require.ErrorContains(t, net.Validate(), "must be at most 2^32 - 1 steps of dt less the longest delay and refractory period, ")
		net.Duration = 0x1p32 * net.Dt
		require.ErrorContains(t, net.Validate(), "must be at most 2^32 - 1 steps of dt, ")
		net.Duration = 0.25 * net.Dt
		require.ErrorContains(t, net.Validate(), "duration")
	}
}
