package hdf5

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/sim"
)

// Whoever cuts (stop - start)/step to a whole number, as bmtk does, has all frames, and whoever counts steps up to stop has no further one.
func TestFramesCount(t *testing.T) {
	lost := 0
	for _, dt := range []float64{0.05, 0.1, 0.2, 0.25, 1} {
		for _, every := range []int64{1, 2, 3, 7, 10} {
			for _, first := range []int64{1, 10, 102, 999} {
				for _, count := range []int{0, 1, 2, 33, 100, 3000} {
					f := Frames{Start: sim.InMs(first*every, dt), Step: sim.InMs(every, dt), Count: count}
					stop := f.stop()
					require.Equal(t, count, int((stop-f.Start)/f.Step), "%+v", f)
					require.InDelta(t, f.Start+float64(count)*f.Step, stop, 1e-9, "%+v", f)
					if int((f.Start+float64(count)*f.Step-f.Start)/f.Step) < count {
						lost++
					}
				}
			}
		}
	}
	require.Positive(t, lost, "control: the plain sum loses frames")
}
