//go:build long

package main

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// The states of Brunel (2000, Fig. 2) are where he has them: synchronous and regular where excitation dominates; asynchronous and
// irregular where inhibition does, in between; synchronous and irregular where inhibition and the drive are strong. The control is the
// network without its delays, which make the fast oscillation.
func TestSweepOfBrunelsStates(t *testing.T) {
	states := func(more ...string) map[string]map[string]float64 {
		dir := t.TempDir()
		status, _, errs := einet(t, append([]string{"sweep", "brunel2000", "--scale", "0.4", "--duration", "500ms", "--discard", "200ms", "--vary", "g=3,5,7", "--vary", "eta=2,4",
			"-q", "--no-plots", "--out", dir}, more...)...)
		require.Equal(t, exitDone, status, errs)
		found := map[string]map[string]float64{}
		for _, row := range readTable(t, dir) {
			values := map[string]float64{}
			for _, name := range []string{"rate_hz", "cv_isi", "mean_pairwise_correlation", "theory_unstable_modes", "rate_spectrum_peak_hz", "theory_mode_hz"} {
				x, err := strconv.ParseFloat(row[name], 64)
				require.NoError(t, err)
				values[name] = x
			}
			found[fmt.Sprintf("%s %s %s", row["g"], row["eta"], row["population"])] = values
		}
		return found
	}
	found := states()
	regular, asynchronous, irregular := found["3 2 E"], found["5 2 E"], found["7 4 E"]
	require.Less(t, regular["cv_isi"], 0.1)
	require.Greater(t, regular["rate_hz"], 250.0)
	require.Greater(t, regular["mean_pairwise_correlation"], 3*asynchronous["mean_pairwise_correlation"])
	require.Greater(t, asynchronous["cv_isi"], 0.35)
	require.Greater(t, irregular["cv_isi"], 0.7)
	require.Greater(t, irregular["mean_pairwise_correlation"], 1.5*asynchronous["mean_pairwise_correlation"])
	require.Equal(t, []float64{2, 0, 2}, []float64{regular["theory_unstable_modes"], asynchronous["theory_unstable_modes"], irregular["theory_unstable_modes"]})
	require.InEpsilon(t, irregular["theory_mode_hz"], irregular["rate_spectrum_peak_hz"], 0.15)

	control := states("--set", "projections.*.delay=0.1")["7 4 E"]
	require.Less(t, control["mean_pairwise_correlation"], irregular["mean_pairwise_correlation"]/1.5)
	require.Zero(t, control["theory_unstable_modes"])
	require.False(t, math.Abs(control["rate_spectrum_peak_hz"]/irregular["theory_mode_hz"]-1) < 0.15)
}
