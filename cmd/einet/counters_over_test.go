package main

import (
	"testing"

	"einet/gpu"

	"github.com/stretchr/testify/require"
)

// Of windows that share a dispatch update and deliver are not timed, so that no time is divided by what these did.
func TestTimesAreOfTheWindowsTheyWereTakenOf(t *testing.T) {
	require.Equal(t, "2", over(10, ofWindows(&gpu.Counters{}, 5), "%.3g"))
	require.Equal(t, "-", over(10, ofWindows(&gpu.Counters{ResidentWindows: 3}, 5), "%.3g"))
}
