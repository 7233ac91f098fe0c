package sim_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"einet/analysis"
	"einet/connectome"
	"einet/cpu"
	"einet/dynamics"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
	"einet/record"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// What a run with the recorders of `einet run` takes, in times of what the engine takes alone, side by side: the
// least of the repetitions each (-benchtime 10x).
func BenchmarkRecorders(b *testing.B) {
	for _, c := range []struct {
		name, preset string
		scale, ms    float64
		set          []string
	}{
		{"cuba4000", "vogels2005cuba", 1, 10_000, nil},
		{"cuba40000", "vogels2005cuba", 10, 1_000, nil},
		{"cuba400000", "vogels2005cuba", 100, 500, nil},
		{"ei", "ei", 1, 1_000, nil},
		{"vs96", "vs96", 1, 1_000, nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			net, err := presets.Load(c.preset, language.Options{Scale: c.scale, Set: c.set})
			require.NoError(b, err)
			m, err := dynamics.New(net)
			require.NoError(b, err)
			syn, err := connectome.Build(b.Context(), net, 0)
			require.NoError(b, err)
			for _, threads := range []int{1, 2} {
				b.Run(map[int]string{1: "threads=1", 2: "threads=2"}[threads], func(b *testing.B) {
					paired(b, m, syn, threads, int64(net.Steps(c.ms)))
				})
			}
		})
	}
}

func paired(b *testing.B, m *dynamics.Model, syn *connectome.Connectome, threads int, steps int64) {
	var alone, watched []time.Duration
	var times sim.Times
	for range b.N {
		e := cpu.New(m, syn, threads)
		start := time.Now()
		require.NoError(b, e.Advance(b.Context(), int(steps)))
		alone = append(alone, time.Since(start))
		require.NoError(b, e.Close())

		e = cpu.New(m, syn, threads)
		recorders := defaultRecorders(b, m, steps)
		start = time.Now()
		t, err := sim.Timed(b.Context(), e, steps, nil, recorders...)
		require.NoError(b, err)
		if took := time.Since(start); len(watched) == 0 || took < slices.Min(watched) {
			times = t
			watched = append(watched, took)
		}
		require.NoError(b, e.Close())
	}
	b.ReportMetric(float64(slices.Min(watched))/float64(slices.Min(alone)), "ratio")
	b.ReportMetric(slices.Min(alone).Seconds(), "alone-s")
	b.ReportMetric(times.Engine.Seconds(), "engine-s")
	b.ReportMetric(times.Recorders.Seconds(), "recorders-s")
	b.ReportMetric(times.Waiting.Seconds(), "waiting-s")
}

func defaultRecorders(b *testing.B, m *dynamics.Model, steps int64) []sim.Recorder {
	var sizes []int
	for i := range m.Populations {
		sizes = append(sizes, m.Populations[i].Size)
	}
	statistics := analysis.NewStatistics(sizes, m.Network.Dt, 0)
	file, err := record.CreateSpikes(filepath.Join(b.TempDir(), "spikes.npz"), m.Network.Dt, record.Populations(m.Network))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, file.Abort()) })
	step := func(ms float64) int64 { return int64(m.Network.Steps(ms)) }
	return []sim.Recorder{
		sim.NewDigest(), sim.NewStateSampler(m, 0, step(20)), sim.NewTrace(m, 0, []int{0, 1, 2}, steps-step(200), steps),
		sim.SpikeSink(func(_ int64, s []sim.Spike) error { statistics.Add(s); return nil }),
		sim.SpikeSink(func(_ int64, s []sim.Spike) error { return file.Write(s) }),
	}
}

// Histograms of ei in every step, in times of one of V.
func BenchmarkHistograms(b *testing.B) {
	net, err := presets.Load("ei", language.Options{})
	require.NoError(b, err)
	m, err := dynamics.New(net)
	require.NoError(b, err)
	syn, err := connectome.Build(b.Context(), net, 0)
	require.NoError(b, err)
	took := func(variables ...string) time.Duration {
		var recorders []sim.Recorder
		for _, v := range variables {
			bins := sim.Bins{Low: -150, High: 150, Counts: make([]uint32, 50)}
			recorders = append(recorders, sim.NewSampler(m, sim.Selection{Variables: []string{v}}, 1, func(_ int64, x *sim.NeuronState) error {
				bins.Count(x.Variable(v))
				return nil
			}))
		}
		e := cpu.New(m, syn, 1)
		defer e.Close()
		start := time.Now()
		require.NoError(b, sim.Run(b.Context(), e, 2000, nil, recorders...))
		return time.Since(start)
	}
	var one, five []time.Duration
	for range b.N {
		one, five = append(one, took("V")), append(five, took(network.HistogramVariables...))
	}
	b.ReportMetric(slices.Min(one).Seconds(), "one-s")
	b.ReportMetric(float64(slices.Min(five))/float64(slices.Min(one)), "five/one")
}
