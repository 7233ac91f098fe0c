package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/engines"
	"einet/experiment"
	"einet/record"
	"einet/sim"
)

// window is what a direct computation is over.
type window struct {
	before, after int // steps
	every         int
	steps         int // of the run
}

// around is the mean and standard deviation of a variable at each lag around those spikes that lie within the run.
func (w *window) around(state []float32, neurons []int64, spikes []sim.Spike) (mean, sd []float64, count, out int) {
	place := map[uint32]int{}
	for k, n := range neurons {
		place[uint32(n)] = k
	}
	var rows [][]float64
	for _, s := range spikes {
		k, chosen := place[s.Neuron]
		if !chosen {
			continue
		}
		if int(s.Step)-w.before < 1 || int(s.Step)+w.after > w.steps {
			out++
			continue
		}
		var row []float64
		for lag := -w.before; lag <= w.after; lag += w.every {
			row = append(row, float64(state[(int(s.Step)+lag-1)*len(neurons)+k]))
		}
		rows = append(rows, row)
	}
	for j := range rows[0] {
		sum, squares := 0.0, 0.0
		for _, row := range rows {
			sum += row[j]
		}
		m := sum / float64(len(rows))
		for _, row := range rows {
			squares += (row[j] - m) * (row[j] - m)
		}
		mean, sd = append(mean, m), append(sd, math.Sqrt(squares/float64(len(rows))))
	}
	return mean, sd, len(rows), out
}

// Spike-triggered averages are those that every step's state and the spikes of the same run give, the same bytes on every engine and
// any number of threads.
func TestTriggered(t *testing.T) {
	const chosen = "neurons: [150, 3, {from: 20, to: 120}]"
	asked := func(more string) string {
		return "record={" + more + "triggered: {I: {" + chosen + ", before: 5 ms, after: 3, every: 0.2}, E: {neurons: {every: 100}, before: 0, after: 1, every: 1, variables: [net, g]}}}"
	}
	args := small(t, "--json", "-q", "--discard", "50ms", "--set", asked("state: {I: {"+chosen+", every: 0.1}}, "))
	status, whole, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	file, state := filepath.Join(outOf(args), experiment.TriggeredFile), filepath.Join(outOf(args), experiment.StateFile)
	all, err := record.ReadSpikes(filepath.Join(outOf(args), experiment.SpikesFile))
	require.NoError(t, err)
	neurons := readNpz[int64](t, state, "I_neuron")
	require.Equal(t, neurons, readNpz[int64](t, file, "I_neuron"))
	w := window{before: 50, after: 30, every: 2, steps: 1000}
	names := []string{"V", "exc", "inh", "ext", "net", "g0", "g1"}
	arrays := []string{"dt_ms", "I_neuron", "I_lag_ms", "I_spikes", "I_tau_syn", "E_neuron", "E_lag_ms", "E_spikes", "E_tau_syn", "E_net_mean", "E_net_sd", "E_g0_mean", "E_g0_sd", "E_g1_mean", "E_g1_sd"}
	for _, name := range names {
		mean, sd, count, out := w.around(readNpz[float32](t, state, "I_"+name), neurons, all.Spikes)
		require.Greater(t, count, 50)
		require.Greater(t, out, 5, "control: some windows reach beyond the run")
		require.Equal(t, []int64{int64(count)}, readNpz[int64](t, file, "I_spikes"))
		require.InDeltaSlice(t, mean, readNpz[float64](t, file, "I_"+name+"_mean"), 1e-9, name)
		require.InDeltaSlice(t, sd, readNpz[float64](t, file, "I_"+name+"_sd"), 1e-7, name)
		arrays = append(arrays, "I_"+name+"_mean", "I_"+name+"_sd")
	}
	require.ElementsMatch(t, arrays, arraysOf(t, file), "no more than was asked for")
	lags := readNpz[float64](t, file, "I_lag_ms")
	require.Equal(t, []float64{-5, -4.8, 0, 3}, []float64{lags[0], lags[1], lags[25], lags[40]})
	require.Equal(t, []float64{0, 1}, readNpz[float64](t, file, "E_lag_ms"))
	mean, sd := readNpz[float64](t, file, "I_V_mean"), readNpz[float64](t, file, "I_V_sd")
	require.Equal(t, []float64{0, 0}, []float64{mean[25], sd[25]}, "V is reset in the step of the spike")
	require.Greater(t, mean[24], mean[0], "and rises to the threshold before")
	require.Positive(t, sd[24])

	want, err := os.ReadFile(file)
	require.NoError(t, err)
	on := func(t *testing.T, gl engines.OpenGL, engine ...string) {
		args := append(small(t, "--json", "-q", "--set", asked("")), "--engine")
		args = append(args, engine...)
		status, out, errs := einetOn(t, gl, args...)
		require.Equal(t, exitDone, status, errs)
		require.Equal(t, digestOf(t, whole), digestOf(t, out))
		got, err := os.ReadFile(filepath.Join(outOf(args), experiment.TriggeredFile))
		require.NoError(t, err)
		require.Equal(t, want, got, "%s", engine)
	}
	on(t, withoutGL(), "reference")
	for threads := range 3 {
		on(t, withoutGL(), "cpu", "--threads", fmt.Sprint(threads+1))
	}
	t.Run("gpu", func(t *testing.T) { on(t, withGL(t), "gpu") })
}

// Without a spike whose window is in the run there is no average, and a run that is interrupted has those up to there.
func TestTriggeredOfNoneAndOfInterrupted(t *testing.T) {
	const asked = "record.triggered={E: {neurons: 100, before: %s, after: 10, every: 5, variables: [V]}}"
	args := small(t, "-q", "--set", fmt.Sprintf(asked, "1 s"))
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	file := filepath.Join(outOf(args), experiment.TriggeredFile)
	require.Equal(t, []int64{0}, readNpz[int64](t, file, "E_spikes"))
	for _, x := range append(readNpz[float64](t, file, "E_V_mean"), readNpz[float64](t, file, "E_V_sd")...) {
		require.True(t, math.IsNaN(x))
	}

	args = small(t, "--set", fmt.Sprintf(asked, "10"))
	args[7] = "1000s"
	interrupted(t, args...)
	first := readNpz[int64](t, filepath.Join(outOf(args), experiment.TriggeredFile), "E_spikes")[0]
	again := []string{"run", filepath.Join(outOf(args), experiment.NetworkFile), "--engine", "cpu", "--no-plots", "-q", "--out", filepath.Join(t.TempDir(), "again")}
	status, _, errs = einet(t, again...)
	require.Equal(t, exitDone, status, errs)
	whole := readNpz[int64](t, filepath.Join(outOf(again), experiment.TriggeredFile), "E_spikes")[0]
	require.LessOrEqual(t, first, whole)
	require.Greater(t, first, whole-100, "but for windows over the interruption")

	args = append(small(t, "--set", fmt.Sprintf(asked, "10")), "--replicas", "2")
	status, _, errs = einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	for _, file := range []string{"triggered-0.npz", "triggered-1.npz"} {
		require.Positive(t, readNpz[int64](t, filepath.Join(outOf(args), file), "E_spikes")[0], file)
	}
}
