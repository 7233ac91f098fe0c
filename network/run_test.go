package network_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/language"
	"einet/network/presets"
)

// A run may be longer than other times, which behind its end fit the 32 bits of steps yet.
func TestLongestRun(t *testing.T) {
	net, err := presets.Load("vs96", language.Options{})
	require.NoError(t, err)
	require.EqualValues(t, 1<<32-1, network.MaxRun+network.MaxSteps)
	net.Duration = network.MaxRun * net.Dt
	require.NoError(t, net.Validate())
	require.Equal(t, network.MaxRun, net.Steps(net.Duration))
	net.Duration += net.Dt
	require.ErrorContains(t, net.Validate(), "duration: 322122547.2: must be at most 3·2^30 - 1 steps of dt, 322122547.1 ms")
	net.Duration = 0.25 * net.Dt
	require.ErrorContains(t, net.Validate(), "duration")
}
