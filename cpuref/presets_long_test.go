//go:build long

package cpuref_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The other balanced preset.
func TestTian2020(t *testing.T) {
	p, _ := statistics(t, "tian2020", 5.5)
	require.True(t, within(p[0].Rate, 5.86, 0.03) && within(p[1].Rate, 14.1, 0.03), "%v", p)
	require.InDelta(t, 0.61, irregularity(p), 0.05)
}
