package main

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"einet/experiment"
	"einet/record"

	"github.com/stretchr/testify/require"
)

// Recorded u and x are those of the equations in float64 for the spikes of the same run, at every sample, also where an engine is asked for
// nothing; with tau_rec off by 5 % they are not. They are the same bytes on every engine.
func TestRecordsShortTerm(t *testing.T) {
	const asked = "record={short_term: {E_to_I: {neurons: [7, 0, {from: 390, to: 399}], every: 0.7 ms}, I_to_E: {neurons: 2, every: 10}}}"
	var files [2][]byte
	for k, engine := range []string{"cpu", "reference"} {
		dir := filepath.Join(t.TempDir(), "run")
		status, _, errs := einet(t, "run", "tum2000", "--duration", "700", "--engine", engine, "--no-plots", "-q", "--out", dir, "--set", asked)
		require.Equal(t, exitDone, status, errs)
		file := filepath.Join(dir, experiment.ShortTermFile)
		var err error
		files[k], err = os.ReadFile(file)
		require.NoError(t, err)
		trains, err := record.ReadSpikes(filepath.Join(dir, experiment.SpikesFile))
		require.NoError(t, err)
		worst := func(projection string, u0, rec, facil float64) (worst float64) {
			s, err := record.ReadState(file, projection, []string{"u", "x"})
			require.NoError(t, err)
			for i, id := range s.Neuron {
				u, x, last := 0.0, 1.0, 0.0
				decayed := func(at float64) (float64, float64) {
					left := 0.0
					if facil > 0 {
						left = math.Exp(-(at - last) / facil)
					}
					return u * left, 1 + (x-1)*math.Exp(-(at-last)/rec)
				}
				next := 0
				for j, step := range s.Step {
					for ; next < len(trains.Spikes) && trains.Spikes[next].Step <= step; next++ {
						if spike := trains.Spikes[next]; int64(spike.Neuron) == id {
							at := 0.1 * float64(spike.Step)
							u, x = decayed(at)
							u += u0 * (1 - u)
							x -= u * x
							last = at
						}
					}
					wantU, wantX := decayed(0.1 * float64(step))
					if facil == 0 {
						wantU = u0
					}
					worst = max(worst, math.Abs(wantU-float64(s.Values["u"][j][i])), math.Abs(wantX-float64(s.Values["x"][j][i])))
				}
			}
			return worst
		}
		require.Less(t, worst("E_to_I", 0.04, 100, 1000), 1e-6, engine)
		require.Greater(t, worst("E_to_I", 0.04, 105, 1000), 1e-3, "control")
		s, err := record.ReadState(file, "I_to_E", []string{"u", "x"})
		require.NoError(t, err)
		require.Equal(t, []int64{400, 401}, s.Neuron)
		require.Len(t, s.Step, 70)
		require.Less(t, worst("I_to_E", 0.5, 800, 0), 1e-6, engine)
		require.Greater(t, worst("I_to_E", 0.5, 840, 0), 1e-3, "control")
	}
	require.Equal(t, files[0], files[1])
}

// Of a projection from a group its sources are recorded, in the group's order, and not others of the population.
func TestRecordsShortTermOfGroups(t *testing.T) {
	groups := []string{"--set", "groups={E: {odd: {from: 1, every: 2}}}", "--set", "projections.E_to_I.from=E.odd"}
	sources := func(neurons string) []int64 {
		dir := filepath.Join(t.TempDir(), "run")
		status, _, errs := einet(t, append([]string{"run", "tum2000", "--duration", "20", "--no-plots", "-q", "--out", dir,
			"--set", "record={short_term: {E_to_I: {neurons: " + neurons + ", every: 10}}}"}, groups...)...)
		require.Equal(t, exitDone, status, errs)
		s, err := record.ReadState(filepath.Join(dir, experiment.ShortTermFile), "E_to_I", []string{"u", "x"})
		require.NoError(t, err)
		return s.Neuron
	}
	require.Equal(t, []int64{1, 3, 5}, sources("3"))
	require.Equal(t, []int64{399, 15}, sources("[199, 7]"))
	require.Len(t, sources("all"), 200)
	status, _, errs := einet(t, append([]string{"run", "tum2000", "--out", filepath.Join(t.TempDir(), "x"),
		"--set", "record={short_term: {E_to_I: {neurons: [200], every: 10}}}"}, groups...)...)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "record.short_term.E_to_I.neurons: 200: must be a whole number from 0 to 199, the last neuron of E.odd")
}

// What is asked of no such projection is refused.
func TestRecordsOnlyShortTerm(t *testing.T) {
	for set, want := range map[string]string{
		"record={short_term: {E_to_E: {neurons: 401, every: 1}}}":  "record.short_term.E_to_E.neurons: 401: must be all or at most 400",
		"record={short_term: {E_to_X: {neurons: 4, every: 1}}}":    `record.short_term.E_to_X: "E_to_X": must be the name of a projection with short_term: E_to_E, E_to_I, I_to_E, I_to_I; did you mean E_to_E`,
		"record={short_term: {E_to_E: {neurons: 4, every: 0.05}}}": "record.short_term.E_to_E.every: 0.05: must be a whole multiple of dt",
	} {
		status, _, errs := einet(t, "run", "tum2000", "--out", filepath.Join(t.TempDir(), "x"), "--set", set)
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, want)
	}
	status, _, errs := einet(t, "run", "ei", "--out", filepath.Join(t.TempDir(), "x"), "--set", "record={short_term: {E_to_E: {neurons: 4, every: 1}}}")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "must be the name of a projection with short_term: there is none")
	status, _, errs = einet(t, "theory", "tum2000")
	require.NotEqual(t, exitDone, status)
	require.Contains(t, errs, "projections.E_to_E.short_term: weights follow the rate")
}

// Virtual nodes have static synapses in NEST, so that --to sonata refuses others from sources; --to nest has a neuron repeat their spikes.
func TestShortTermOfSourcesIsNotForSONATA(t *testing.T) {
	file := filepath.Join(t.TempDir(), "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
populations:
  S: {size: 10, neuron: poisson, rate: 100}
  E: {size: 20, tau_m: 15, V_th: 15, V_reset: 0}
projections:
  SE: {from: S, to: E, p: 0.5, weight: 0.5, delay: 1, tau_syn: 5, short_term: {U: 0.5, tau_rec: 100}}
`), 0o666))
	status, _, errs := einet(t, "export", file, "--to", "sonata", "--out", filepath.Join(t.TempDir(), "sonata"))
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "projections.SE.short_term: must be left out: simulators give virtual nodes no synapses that depress or facilitate; --to nest writes a script that has")
	status, _, errs = einet(t, "export", file, "--to", "nest", "--input-duration", "10ms", "--out", filepath.Join(t.TempDir(), "nest"))
	require.Equal(t, exitDone, status, errs)
}
