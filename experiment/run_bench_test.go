package experiment_test

import (
	"testing"

	"einet/experiment"
	"einet/network/language"
	"einet/network/presets"

	"github.com/stretchr/testify/require"
)

// BenchmarkRun is einet run without figures on one thread, building included. Its profile says what the recorders take beside the engine.
func BenchmarkRun(b *testing.B) {
	for _, c := range []struct {
		name, preset string
		scale, ms    float64
	}{
		{"cuba40000", "vogels2005cuba", 10, 10_000},
		{"cuba400000", "vogels2005cuba", 100, 2_000},
		{"ei", "ei", 1, 20_000},
	} {
		b.Run(c.name, func(b *testing.B) {
			net, err := presets.Load(c.preset, language.Options{Scale: c.scale, Duration: &c.ms})
			require.NoError(b, err)
			o := experiment.Options{Out: b.TempDir() + "/run", NoFigures: true, Replace: true}
			o.Threads = 1
			for range b.N {
				s, err := experiment.Run(b.Context(), net, o)
				require.NoError(b, err)
				b.ReportMetric(s.EngineS, "engine-s")
				b.ReportMetric(s.RecordersS, "recorders-s")
				b.ReportMetric(s.WaitingS, "waiting-s")
			}
		})
	}
}
