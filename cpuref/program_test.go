package cpuref_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/cpuref"
	"einet/enginetest"
	"einet/sim"
)

// What dynamics makes of docs/equations.md as programs is what the engine has of it in Go.
func TestProgramsAreTheEquations(t *testing.T) {
	ran := 0
	for _, n := range enginetest.Networks() {
		m, c := enginetest.Build(t, n)
		for i := range m.Populations {
			if m.Populations[i].Cell != nil {
				ran++
			}
		}
		plain := cpuref.New(m, c)
		t.Run(n.Name, func(t *testing.T) {
			cpuref.ProgramsToo(t)
			byProgram := cpuref.New(m, c)
			for range 60 {
				require.NoError(t, plain.Advance(t.Context(), 10))
				require.NoError(t, byProgram.Advance(t.Context(), 10))
				want, err := plain.Spikes(nil)
				require.NoError(t, err)
				got, err := byProgram.Spikes(nil)
				require.NoError(t, err)
				require.Equal(t, want, got)
				for i := range m.Populations {
					for _, v := range sim.Variables(m, i) {
						p := &m.Populations[i]
						want, got := make([]float32, p.Size), make([]float32, p.Size)
						require.NoError(t, plain.Read(v, i, 0, want))
						require.NoError(t, byProgram.Read(v, i, 0, got))
						require.Equal(t, want, got)
					}
				}
			}
		})
	}
	require.Greater(t, ran, 5)
}
