//go:build long

package validate

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The figures that the conductance-based presets are held to are this simulation's, over
// twelve connectomes. It is chaotic, and Go's exponential differs in its last bit between
// processors, so that spikes do as well; rates of connectomes differ by 6 % (sd) and CVs by
// 2 %, of which the means of twelve are allowed three standard errors.
func TestFiguresOfFloat64(t *testing.T) {
	for _, k := range conductanceNetworks {
		t.Run(k.preset, func(t *testing.T) {
			x := experiment(k.preset)
			rates, cvs := k.net.figures(12, false, 500, 3500)
			t.Logf("rates %.4v Hz, CV %.4v", rates, cvs)
			require.InEpsilon(t, x.Figures[0].Published, mean(rates), 3*0.06/math.Sqrt(12))
			require.InEpsilon(t, x.Figures[1].Published, mean(cvs), 3*0.02/math.Sqrt(12))
		})
	}
}

// All that is published, potjans2014 at full size too.
func TestReproduceAll(t *testing.T) {
	for _, x := range Published {
		t.Run(x.Preset+x.Name, func(t *testing.T) {
			list, err := fastLab().Reproduce(t.Context(), &x, load(t, x.Preset, 1, x.Set...))
			require.NoError(t, err)
			for _, r := range list {
				require.Equal(t, Pass, r.Verdict, "%+v", r)
			}
		})
	}
}
