package experiment

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	"einet/engines"
	"einet/gpu"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
	"einet/record"
)

// Files that can't be made are an error.
func TestKeptOfNoStep(t *testing.T) {
	net := &network.Network{Dt: math.NaN(), Populations: []network.Population{{Name: "E", Size: 10, Neuron: network.LIF}}}
	files, err := record.NewSet(record.Look(filepath.Join(t.TempDir(), "run")))
	require.NoError(t, err)
	defer files.Abort()
	_, err = newOutputs(&simulation{net: net, files: files})
	require.ErrorContains(t, err, "dt_ms is NaN")
}

// A run whose figures are stopped is complete, and says so.
func TestInterruptedDrawing(t *testing.T) {
	net, err := presets.Load("vs96", language.Options{})
	require.NoError(t, err)
	net.Duration = 50
	dir := filepath.Join(t.TempDir(), "run")
	s, err := Run(t.Context(), net, Options{Choice: engines.Choice{Engine: engines.CPU.Name}, Out: dir, NoFigures: true})
	require.NoError(t, err)
	require.Equal(t, dir, s.Dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var said []string
	r := &simulation{dir: dir, o: Options{Watch: Watch{Say: func(line string) { said = append(said, line) }}}}
	require.ErrorIs(t, r.draw(ctx), ErrInterrupted)
	require.Contains(t, strings.Join(said, ""), "the run in "+dir+" is complete")
	require.False(t, r.summary.Interrupted)
}

// A run whose context ends leaves what was simulated, and whoever asks for what can't be is told so.
func TestRunStopped(t *testing.T) {
	net, err := presets.Load("vs96", language.Options{})
	require.NoError(t, err)
	net.Duration = 1e6
	dir := filepath.Join(t.TempDir(), "run")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := Options{Choice: engines.Choice{Engine: engines.CPU.Name}, Out: dir, NoFigures: true}
	o.Watch.Progress = func(float64, int64, int64) (func(step, spikes int64), func()) {
		return func(step, _ int64) {
			if step > 1000 {
				cancel()
			}
		}, func() {}
	}
	s, err := Run(ctx, net, o)
	require.ErrorIs(t, err, ErrInterrupted)
	require.True(t, s.Interrupted)
	require.Greater(t, s.DurationMs, 100.0)
	spikes, err := record.ReadSpikes(filepath.Join(dir, SpikesFile))
	require.NoError(t, err)
	require.EqualValues(t, s.Spikes, len(spikes.Spikes))

	var input *engines.InputError
	_, err = Run(t.Context(), net, o)
	require.ErrorAs(t, err, &input, "the earlier run is not replaced unasked")
	net.Duration = 0
	_, err = Run(t.Context(), net, o)
	require.ErrorAs(t, err, &input)
	net.Duration, o.Out = 10, filepath.Join(dir, "other")
	for _, wrong := range []func(*Options){
		func(o *Options) { o.DiscardMs = 10 },
		func(o *Options) { at := 11.0; o.Excerpt.FromMs = &at },
	} {
		changed := o
		wrong(&changed)
		_, err = Run(t.Context(), net, changed)
		require.ErrorAs(t, err, &input)
	}
	require.NoDirExists(t, o.Out)
}

func TestRoundedUp(t *testing.T) {
	for _, k := range []struct {
		ms, dt float64
		want   string
	}{
		{3462, 0.1, "3.5s"}, {3500, 0.1, "3.5s"}, {347, 0.1, "350ms"}, {0.00123, 0.0001, "0.0013ms"}, {1000, 0.3, "1000.2ms"}, {981, 0.5, "990ms"}, {123456, 0.1, "130s"},
	} {
		require.Equal(t, k.want, roundedUp(k.ms, k.dt))
	}
}

// The host's copy of the synapses is freed once a GPU has its own.
func TestSynapsesAreFreedAfterUpload(t *testing.T) {
	net, err := presets.Load("vs96", language.Options{})
	require.NoError(t, err)
	for engine, kept := range map[string]bool{"gpu": false, "reference": true} {
		r, err := begin(net, Options{Choice: engines.Choice{Engine: engine}, Out: filepath.Join(t.TempDir(), "run")})
		require.NoError(t, err)
		require.NoError(t, r.destine())
		if err := r.start(t.Context()); errors.Is(err, gpu.ErrUnavailable) && os.Getenv("EINET_REQUIRE_GL") != "1" {
			t.Skip(err)
		} else {
			require.NoError(t, err)
		}
		synapses := weak.Make(r.connectome)
		want := r.connectome.Synapses()
		r.describe(0)
		r.release()
		runtime.GC()
		require.Equal(t, kept, synapses.Value() != nil, engine)
		require.Equal(t, want, r.summary.Synapses)
		require.Greater(t, r.summary.BytesPerSynapse, 2.0)
		require.NoError(t, r.engine.Advance(t.Context(), 10))
		require.NoError(t, r.engine.Close())
	}
}
