package network

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// A Biexponential has a peak of 1 and the area that its sum has; of nearly equal time constants it is an Alpha.
func TestBiexponential(t *testing.T) {
	for _, s := range []Shape{{Biexponential, 5, 1}, {Biexponential, 100, 2}, {Biexponential, 3, 2.9999}} {
		peak, area := 0.0, 0.0
		const dt = 0.001
		for k := range int(30 * s.TauSyn / dt) {
			g := s.Peak() * s.Difference((float64(k)+0.5)*dt)
			peak, area = max(peak, g), area+g*dt
		}
		require.InDelta(t, 1, peak, 1e-6, s)
		require.InEpsilon(t, s.Area(), area, 1e-6, s)
		sum := 0.0
		for k := range 4000 {
			sum += s.Peak() * s.Difference((float64(k)+0.5)*0.5) * 0.5
		}
		require.InEpsilon(t, sum/s.Area(), s.midpointCharge(0.5), 1e-6, s)
	}
	require.InEpsilon(t, Shape{Alpha, 3, 0}.Area(), Shape{Biexponential, 3, 2.9999}.Area(), 1e-4)
	require.InEpsilon(t, math.E*3, Shape{Alpha, 3, 0}.Area(), 1e-12)
}
