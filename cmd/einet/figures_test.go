package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"einet/experiment"

	"github.com/stretchr/testify/require"
)

// clockRun is the folder of a short run of vs96, without figures.
func clockRun(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "run")
	status, _, errs := einet(t, "run", "vs96", "--engine", "reference", "--duration", "250ms", "--no-plots", "-q", "--out", dir)
	require.Equal(t, exitDone, status, errs)
	return dir
}

// rewrite changes a member of an archive; its checksum is made right again.
func rewrite(t *testing.T, path, member string, change func(data []byte)) {
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	changed := false
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		if f.Name == member+".npy" {
			change(data)
			changed = true
		}
		m, err := w.Create(f.Name)
		require.NoError(t, err)
		_, err = m.Write(data)
		require.NoError(t, err)
	}
	require.True(t, changed, member)
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o666))
}

// Archives that are sound as such and say what cannot be are refused in one line,
// without a panic and without memory that they only claim to need.
func TestPlotRefusesWhatCannotBe(t *testing.T) {
	le := binary.LittleEndian
	last32 := func(v uint32) func([]byte) { return func(b []byte) { le.PutUint32(b[len(b)-4:], v) } }
	last64 := func(v uint64) func([]byte) { return func(b []byte) { le.PutUint64(b[len(b)-8:], v) } }
	float := func(x float64) func([]byte) { return last64(math.Float64bits(x)) }
	whole := clockRun(t)
	for _, k := range []struct {
		file, member string
		change       func([]byte)
		want         string
	}{
		{experiment.SpikesFile, "neuron", last32(100_000), "ids must be below 1000"},
		{experiment.SpikesFile, "step", last32(1<<32 - 1), "steps must be in 1..2500"},
		{experiment.SpikesFile, "step", last32(1), "not sorted"},
		{experiment.SpikesFile, "duration_steps", last64(1<<32 - 1), "duration_steps is 4294967295, network.yaml asks for 2500"},
		{experiment.SpikesFile, "duration_steps", last64(1 << 40), "duration_steps is 1099511627776, must be in"},
		{experiment.SpikesFile, "duration_steps", last64(7), "steps must be in 1..7"},
		{experiment.SpikesFile, "dt_ms", float(1e-7), "dt_ms is 1e-07, network.yaml has 0.1"},
		{experiment.SpikesFile, "population_size", last64(501), "population 1 is I of 501 neurons, in network.yaml it is I of 500"},
		{experiment.SpikesFile, "population_size", last64(1 << 31), "population 1 is I of 2147483648 neurons"},
		{experiment.SpikesFile, "population_names", last32('J'), "population 1 is J of 500"},
		{experiment.TracesFile, "dt_ms", float(10), "dt_ms is 10, network.yaml has 0.1"},
		{experiment.TracesFile, "population_size", last64(499), "population 1 is I of 499 neurons"},
		{experiment.TracesFile, "V_th", float(-49), "population I has V_reset -60, V_th -49, E_L -52, in network.yaml they are -60, -50, -52"},
		{experiment.TracesFile, "E_L", float(math.Inf(1)), "must be finite"},
		{experiment.TracesFile, "v_edges_I", float(1e300), "histogram: edges must ascend and be potentials"},
		{experiment.TracesFile, "v_counts_I", last64(math.MaxInt64), "histogram: edges must ascend"},
		{experiment.TracesFile, "trace_step", last64(2501), "trace_step holds 2501, the run has 2500 steps"},
		{experiment.TracesFile, "trace_step", last64(1 << 62), "trace_step holds 501 to 4611686018427387904"},
		{experiment.TracesFile, "trace_neuron", last64(1000), "trace_neuron is 1000, must be in 0..999"},
		{experiment.TracesFile, "trace_exc", last32(math.Float32bits(float32(math.NaN()))), "cannot be drawn"},
		{experiment.TracesFile, "trace_inh", last32(math.Float32bits(float32(math.Inf(-1)))), "cannot be drawn"},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		require.NoError(t, os.CopyFS(dir, os.DirFS(whole)))
		rewrite(t, filepath.Join(dir, k.file), k.member, k.change)
		status, out, errs := einet(t, "plot", dir)
		require.Equal(t, exitUsage, status, "%s: %s", k.member, errs)
		require.Empty(t, out)
		require.Contains(t, errs, k.want)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
	}
	status, out, errs := einet(t, "plot", whole)
	require.Equal(t, exitDone, status, "control: %s", errs)
	require.Contains(t, out, "raster.png, raster.svg, rate.png, rate.svg, potentials.png, potentials.svg, currents.png")
}

// A figure that cannot be written is the machine's fault.
func TestPlotThatCannotWrite(t *testing.T) {
	dir := clockRun(t)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "rate.png", "x"), 0o777))
	status, _, errs := einet(t, "plot", dir)
	require.Equal(t, exitMachine, status, errs)
	require.Contains(t, errs, "rate.png")
}

// Ctrl-C stops between two figures; a run whose figures are stopped is complete.
func TestInterruptedFigures(t *testing.T) {
	tries(t)
	dir := clockRun(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	require.Equal(t, exitInterrupted, run(ctx, []string{"plot", dir}, &out, &errs, false))
	require.NoFileExists(t, filepath.Join(dir, "raster.png"))

}

// A context that ends at the n-th look at it.
type ending struct {
	context.Context
	looks int
}

func (e *ending) Err() error {
	if e.looks--; e.looks < 0 {
		return context.Canceled
	}
	return nil
}

func TestFiguresBeforeTheInterruptStay(t *testing.T) {
	dir := clockRun(t)
	// One look at each read of spikes, of which there is one, and at each figure.
	names, err := experiment.Draw(&ending{t.Context(), 2}, dir, dir, experiment.Excerpt{})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []string{"raster.png", "raster.svg"}, names)
	require.FileExists(t, filepath.Join(dir, "raster.svg"))
	require.NoFileExists(t, filepath.Join(dir, "rate.png"))
}

// Several runs become one figure, in the folder that holds them or the one that is named.
func TestPlotOfSeveralRuns(t *testing.T) {
	dir := t.TempDir()
	for _, seed := range []string{"1", "2", "3"} {
		status, _, errs := einet(t, "run", "ei", "--scale", "0.1", "--engine", "cpu", "--duration", "100ms", "--no-plots", "-q",
			"--seed", seed, "--out", filepath.Join(dir, "seed "+seed))
		require.Equal(t, exitDone, status, errs)
	}
	runs := []string{filepath.Join(dir, "seed 1"), filepath.Join(dir, "seed 2"), filepath.Join(dir, "seed 3")}
	status, out, errs := einet(t, append([]string{"plot", "--from", "20ms", "--to", "60ms"}, runs...)...)
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, dir+": rasters.png, rasters.svg\n", out)
	svg, err := os.ReadFile(filepath.Join(dir, "rasters.svg"))
	require.NoError(t, err)
	for _, want := range []string{">seed 1<", ">seed 2<", ">seed 3<", ">Time (ms)<", ">Rate (Hz)<"} {
		require.Contains(t, string(svg), want)
	}
	other := filepath.Join(dir, "figures")
	status, _, errs = einet(t, append([]string{"plot", "--out", other}, runs...)...)
	require.Equal(t, exitDone, status, errs)
	require.FileExists(t, filepath.Join(other, "rasters.png"))

	for _, k := range []struct{ want, from, to string }{
		{"ends at 100 ms, figures cannot begin at 200 ms", "200ms", "1s"},
		{"--from 50 ms --to 20 ms: must be times of a run, the first before the second", "50ms", "20ms"},
		{"must be times of a run, the first before the second", "50ms", "50ms"},
		{"must show at least a step of 0.1 ms", "50ms", "50.01ms"},
	} {
		status, _, errs = einet(t, "plot", runs[0], "--from", k.from, "--to", k.to)
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, k.want)
	}
}

// drawn is the part of the run in dir that its raster, rate and currents show [ms].
func drawn(t *testing.T, dir string, w experiment.Excerpt) (raster, rate, currents [2]float64) {
	data, err := experiment.ReadRun(t.Context(), dir, w)
	require.NoError(t, err)
	raster[0], raster[1] = data.Sample.Span()
	times := data.Currents[0].TimeMs
	require.Len(t, data.Currents[0].Inh, len(times))
	return raster, [2]float64{data.From, data.To}, [2]float64{times[0], times[len(times)-1]}
}

func between(from, to *float64) experiment.Excerpt { return experiment.Excerpt{FromMs: from, ToMs: to} }

// Figures show what statistics are of, or the part that is asked for, in which the state is then traced; neither
// changes a spike.
func TestFiguresShowTheExcerpt(t *testing.T) {
	var digests []string
	simulated := func(flags ...string) string {
		dir := filepath.Join(t.TempDir(), "run")
		args := append([]string{"run", "ei", "--scale", "0.1", "--engine", "cpu", "--duration", "700ms", "--no-plots", "--json", "-q", "--out", dir}, flags...)
		status, out, errs := einet(t, args...)
		require.Equal(t, exitDone, status, errs)
		var s experiment.Summary
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		digests = append(digests, s.Digest)
		return dir
	}
	at := func(ms float64) *float64 { return &ms }
	check := func(dir string, w experiment.Excerpt, raster, rate, currents [2]float64) {
		t.Helper()
		gotRaster, gotRate, gotCurrents := drawn(t, dir, w)
		for k := range 2 {
			require.InDelta(t, raster[k], gotRaster[k], 1e-9)
			require.InDelta(t, rate[k], gotRate[k], 1e-9)
			require.InDelta(t, currents[k], gotCurrents[k], 0.1001)
		}
	}
	whole := [2]float64{0, 0}
	plain := simulated()
	check(plain, experiment.Excerpt{}, [2]float64{0, 500}, whole, [2]float64{500, 700})
	check(plain, between(at(550), nil), [2]float64{550, 700}, [2]float64{550, 0}, [2]float64{550, 700})
	check(plain, between(at(100), at(300)), [2]float64{100, 300}, [2]float64{100, 300}, [2]float64{500, 700}) // as traced
	check(plain, between(nil, at(600)), [2]float64{0, 600}, [2]float64{0, 600}, [2]float64{500, 600})
	later := simulated("--discard", "150ms")
	check(later, experiment.Excerpt{}, [2]float64{150, 650}, whole, [2]float64{500, 700})
	check(later, between(at(0), at(200)), [2]float64{0, 200}, [2]float64{0, 200}, [2]float64{500, 700})
	check(later, between(nil, at(100)), [2]float64{0, 100}, [2]float64{0, 100}, [2]float64{500, 700})
	part := simulated("--from", "100", "--to", "160ms")
	check(part, between(at(100), at(160)), [2]float64{100, 160}, [2]float64{100, 160}, [2]float64{100, 160})
	check(simulated("--to", "300"), experiment.Excerpt{}, [2]float64{0, 500}, whole, [2]float64{100, 300})
	check(simulated("--from", "300"), experiment.Excerpt{}, [2]float64{0, 500}, whole, [2]float64{300, 500})
	for _, d := range digests {
		require.Equal(t, digests[0], d)
	}
	data, err := experiment.ReadRun(t.Context(), later, experiment.Excerpt{})
	require.NoError(t, err)
	require.InDelta(t, 150, data.Discarded, 1e-9)
}

// A window that a run doesn't have is refused before it is simulated.
func TestExcerptsRefused(t *testing.T) {
	for _, k := range []struct{ want, flags string }{
		{"--from 1000 ms: the run ends at 100 ms, figures cannot begin at 1000 ms", "--from 1s"},
		{"--from 50 ms --to 20 ms: must be times of a run", "--from 50 --to 20"},
		{"--to 0 ms: must be times of a run", "--to 0"},
		{"--from -3 ms: must be times of a run", "--from=-3ms"},
		{"figures must show at least a step", "--from 50 --to 50.01"},
		{"--from 50 ms: the figure of --replicas and --seeds shows all of the time", "--from 50 --replicas 2"},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		args := append([]string{"run", "vs96", "--engine", "reference", "--duration", "100ms", "-q", "--out", dir}, strings.Fields(k.flags)...)
		status, _, errs := einet(t, args...)
		require.Equal(t, exitUsage, status, k.flags)
		require.Contains(t, errs, k.want)
		require.NoDirExists(t, dir)
	}
	dir := clockRun(t)
	for _, text := range []string{"{", `{"discard_ms": -1}`} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, experiment.SummaryFile), []byte(text), 0o666))
		status, _, errs := einet(t, "plot", dir)
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, experiment.SummaryFile)
	}
	require.NoError(t, os.Remove(filepath.Join(dir, experiment.SummaryFile)))
	status, _, errs := einet(t, "plot", dir)
	require.Equal(t, exitDone, status, errs)
}
