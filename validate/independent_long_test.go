//go:build long

package validate

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The figures that the conductance-based presets are held to are this simulation's, over
// twelve connectomes.
func TestFiguresOfFloat64(t *testing.T) {
	for _, k := range conductanceNetworks {
		t.Run(k.preset, func(t *testing.T) {
			x := experiment(k.preset)
			rates, cvs := k.net.figures(12, false, 500, 3500)
			t.Logf("rates %.4v Hz, CV %.4v", rates, cvs)
			require.InEpsilon(t, x.Figures[0].Published, mean(rates), 1e-3)
			require.InEpsilon(t, x.Figures[1].Published, mean(cvs), 1e-3)
		})
	}
}

// Those of izhikevich2003 are the paper's program's, over twelve seeds.
func TestFiguresOfIzhikevichsProgram(t *testing.T) {
	x := experiment("izhikevich2003")
	for k, values := range izhikevichFigures(12, int64(x.DiscardMs), int64(x.DurationMs)) {
		t.Logf("%s of %q: %.4v", x.Figures[k].Quantity, x.Figures[k].Population, values)
		require.InEpsilon(t, x.Figures[k].Published, mean(values), 1e-3)
	}
}
