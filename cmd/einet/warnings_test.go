package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/experiment"
	"einet/record"
)

// written runs a network from its text, and returns its summary, what it printed and its folder.
func written(t *testing.T, yaml string, more ...string) (s experiment.Summary, out, errs, dir string) {
	t.Helper()
	dir = t.TempDir()
	file := filepath.Join(dir, "network.yaml")
	require.NoError(t, os.WriteFile(file, []byte(yaml), 0o666))
	dir = filepath.Join(dir, "run")
	status, out, errs := einet(t, append([]string{"run", file, "--engine", "cpu", "--out", dir}, more...)...)
	require.Equal(t, exitDone, status, errs)
	data, err := os.ReadFile(filepath.Join(dir, experiment.SummaryFile))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &s))
	return s, out, errs, dir
}

// A population that fires as fast as t_ref or dt allows runs away, as does one of which a few
// neurons do; one at a third of that does not, nor a source.
func TestRunawaysAreWarnedOf(t *testing.T) {
	const hot = `
dt: 0.1
duration: 100
populations:
  A: {size: 10, tau_m: 20, V_th: 15, V_reset: 0, t_ref: 2, input: 1e4, V0: 0}
  B: {size: 10, tau_m: 20, V_th: 15, V_reset: 0, t_ref: 0, input: 1e4, V0: 0}
  C: {size: 10, tau_m: 20, V_th: 15, V_reset: 0, t_ref: 2, input: 80, V0: 0}
  D: {size: 100, tau_m: 20, V_th: 15, V_reset: 0, t_ref: 2, input: 0, bias: {normal: [0, 150]}, V0: 0}
  S: {size: 10, neuron: poisson, rate: 5000}
`
	s, _, errs, _ := written(t, hot, "--no-plots")
	require.Greater(t, *s.Populations["C"].RateHz, 120.0, "C is fast, and no runaway")
	require.Less(t, *s.Populations["D"].RateHz, 200.0, "most of D are slow")
	var runaway []string
	for _, w := range s.Warnings {
		require.Contains(t, errs, w)
		if strings.Contains(w, "runs away") {
			runaway = append(runaway, w[:1])
		}
	}
	require.Equal(t, []string{"A", "B", "D"}, runaway)
	require.Contains(t, errs, "A runs away: 10 of 10 neurons fire at more than half of the 476.2 Hz that t_ref 2 ms allows")
	require.Contains(t, errs, "10 of 10 neurons fire at more than half of the 1e+04 Hz that dt 0.1 ms allows, for t_ref is 0")
	quiet, _, errs, _ := written(t, hot, "--no-plots", "-q")
	require.Empty(t, errs)
	require.Equal(t, s.Warnings, quiet.Warnings, "the summary has them all the same")
	calm, _, _, _ := written(t, hot, "--no-plots", "-q", "--set", "populations.[ABD].input=16", "--set", "populations.D.bias=0")
	for _, w := range calm.Warnings {
		require.NotContains(t, w, "runs away")
	}
}

// The CV of a short run is told to be low, with the duration that gives neurons enough spikes;
// after that it is higher, and not warned of.
func TestShortRunsWarnOfTheirCV(t *testing.T) {
	run := func(duration string) (experiment.Summary, string) {
		args := append(small(t, "--discard", "50ms"), "--duration", duration)
		status, _, errs := einet(t, args...)
		require.Equal(t, exitDone, status, errs)
		data, err := os.ReadFile(filepath.Join(outOf(args), experiment.SummaryFile))
		require.NoError(t, err)
		var s experiment.Summary
		require.NoError(t, json.Unmarshal(data, &s))
		return s, errs
	}
	short, errs := run("300ms")
	require.Len(t, short.Warnings, 1)
	require.Contains(t, errs, short.Warnings[0])
	require.Regexp(t, `the run is short for CV of ISI, CV2 and LV, which come out too low: they want about 21 spikes of each neuron, and there are 1\.\d in E \(\d+ of 800 neurons have the 6 that count\), \S+ in I .*; --duration [\d.]+s is enough`, errs)
	enough := strings.TrimSuffix(strings.SplitAfter(short.Warnings[0], "--duration ")[1], " is enough")
	long, errs := run(enough)
	require.Empty(t, long.Warnings)
	require.NotContains(t, errs, "CV")
	require.Greater(t, *long.Populations["E"].CVISI, 1.2**short.Populations["E"].CVISI)
}

// A table and a summary give a correlation with its error.
func TestCorrelationHasItsError(t *testing.T) {
	s, out, _, _ := written(t, `
dt: 0.1
duration: 2000
populations: {S: {size: 200, neuron: poisson, rate: 40}}
`, "--no-plots")
	p := s.Populations["S"]
	require.EqualValues(t, 1000, p.CorrelationBins)
	require.InDelta(t, 0, *p.Correlation, 5**p.CorrelationError)
	require.Less(t, *p.CorrelationError, 1e-3)
	require.Regexp(t, `S +\d+\.\d\d .* -?0\.\d+ ± 0\.0+\d\d\n`, out)
}

// Whatever dt is, the traces that a run leaves are at most so many samples, at even times up to the end.
func TestTracesOfSmallSteps(t *testing.T) {
	const one = `
dt: 0.0001
duration: 100
populations: {A: {size: 1, tau_m: 20, V_th: 15, V_reset: 0, input: 15.05, V0: 0, ou_noise: {sd: 1, tau: 5}}}
`
	s, out, _, dir := written(t, one, "--set", "duration=30")
	require.Greater(t, s.FinishS, 0.0)
	require.Contains(t, out, "statistics and files in")
	traces, err := record.ReadTraces(filepath.Join(dir, experiment.TracesFile))
	require.NoError(t, err)
	require.Len(t, traces.Step, 10000)
	for k, step := range traces.Step {
		require.EqualValues(t, 30*(k+1), step)
	}
	svg, err := os.Stat(filepath.Join(dir, "currents.svg"))
	require.NoError(t, err)
	require.Less(t, svg.Size(), int64(1<<20))
}

// Sources have no input, and so no row in that table, which is left out where nobody has. The correlation of
// a single spike has no error.
func TestSourcesHaveNoInputs(t *testing.T) {
	const sources = "{duration: 100, populations: {P: {size: 10, neuron: poisson, rate: 20}, Q: {size: 3, neuron: spikes, times: [1], neurons: [0]}%s}}"
	s, out, _, _ := written(t, fmt.Sprintf(sources, ""), "--no-plots")
	require.NotContains(t, out, "inputs [mV]")
	require.Regexp(t, `\nQ .* ± \?\n`, out)
	require.NotNil(t, s.Populations["P"].CorrelationError)
	require.Nil(t, s.Populations["Q"].CorrelationError)
	_, out, _, _ = written(t, fmt.Sprintf(sources, ", E: {size: 2, tau_m: 20, V_th: 15, V_reset: 0, input: 16}"), "--no-plots")
	_, inputs, found := strings.Cut(out, "inputs [mV]")
	require.True(t, found)
	require.Len(t, strings.Split(strings.TrimSpace(inputs), "\n"), 3, "the header, E and the files")
}

// Delta synapses are no current: what the table of inputs leaves out is told, of those that have them. Where there is no excitation, nothing
// is over it.
func TestInputsOfDeltaSynapses(t *testing.T) {
	const nets = `
duration: 50
populations:
  A: {size: 10, tau_m: 20, V_th: 15, V_reset: 0, poisson: {rate: 5000, weight: 0.1, synapse: delta}}
  B: {size: 10, tau_m: 20, V_th: 15, V_reset: 0, input: -3}
  C: {size: 10, tau_m: 20, V_th: 15, V_reset: 0, input: 16}
projections: {p: {from: C, to: B, p: 1, weight: 0.1, delay: 1, synapse: %s, tau_syn: %s}}
`
	s, out, _, _ := written(t, fmt.Sprintf(nets, "exponential", "5"), "--no-plots")
	require.Regexp(t, `\nA  .* 0\.0 .*\n`, out)
	require.Contains(t, out, "inputs of A leave out delta synapses")
	require.Nil(t, s.Populations["B"].NetOverExc)
	require.Regexp(t, `\nB +-\d\.\d .* n/a `, out)
	require.NotNil(t, s.Populations["C"].NetOverExc)
	_, out, _, _ = written(t, fmt.Sprintf(strings.Replace(nets, ", tau_syn: %s", "", 1), "delta"), "--no-plots")
	require.Contains(t, out, "of A, B leave out delta synapses")
	_, out, _, _ = written(t, "{duration: 50, populations: {C: {size: 10, tau_m: 20, V_th: 15, V_reset: 0, input: 16}}}", "--no-plots")
	require.NotContains(t, out, "delta", "control")
}
