//go:build long

package validate

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// All that is published and that other simulators gave, potjans2014 at full size too.
func TestReproduceAll(t *testing.T) {
	for _, x := range Published {
		t.Run(x.peerCase(), func(t *testing.T) {
			for _, r := range failures(t, &x, loadExperiment(t, &x)) {
				t.Error(told(&r))
			}
		})
	}
}

// The controls that TestReproduce leaves out.
func TestReproduceControls(t *testing.T) {
	for _, k := range []reproduced{
		{"cobahh", "", "projections.I*.weight=-55", []string{"weights + 20 %"}},
		{"song2000", "growing", "", []string{"weights + 20 %"}},
		{"potjans2014", "tenth", "", []string{"delays + 5 steps"}},
	} {
		t.Run(k.preset, k.controls)
	}
}

// The microcircuit at full size is less synchronous where delays below a step become one than where they are
// drawn again, and its rates hardly tell.
func TestClippedDelaysAreToldApart(t *testing.T) {
	clipped := load(t, "potjans2014", 1,
		"projections.L*E_to_*.delay={normal: [1.5, 0.75]}", "projections.L*I_to_*.delay={normal: [0.75, 0.375]}")
	found := map[string]bool{}
	for _, r := range failures(t, experimentOf(t, "potjans2014", ""), clipped) {
		t.Log(told(&r))
		if r.Quantity == Dispersion {
			found[r.Population] = true
		}
	}
	require.True(t, found["L23E"] && found["L23I"], "%v", found)
}
