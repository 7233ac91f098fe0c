package compare

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/engines"
	"einet/experiment"
	"einet/network/language"
	"einet/network/presets"
	"einet/record"
)

// ran is the folder of a run of ei with a fifth of its neurons.
func ran(t *testing.T, ms float64, set ...string) string {
	t.Helper()
	net, err := presets.Load("ei", language.Options{Scale: 0.2, Set: set, Duration: &ms})
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "run")
	_, err = experiment.Run(t.Context(), net, experiment.Options{Choice: engines.Choice{Engine: engines.CPU.Name}, Out: dir, NoFigures: true, DiscardMs: 100})
	require.NoError(t, err)
	return dir
}

func compared(t *testing.T, a, b string, seeds int) *Result {
	t.Helper()
	r, err := Runs(t.Context(), a, b, Options{Progress: func(int) (one, end func()) { return func() {}, func() {} }, Seeds: seeds})
	require.NoError(t, err)
	return r
}

func TestSameRunsAreTheSame(t *testing.T) {
	a := ran(t, 900)
	r := compared(t, a, ran(t, 900), 0)
	require.Equal(t, Same, r.Verdict)
	require.Empty(t, r.Networks)
	require.Nil(t, r.First)
	require.Equal(t, 900.0, r.SameForMs)
	for _, s := range r.Statistics {
		require.False(t, s.Off)
		require.Equal(t, s.A, s.B)
	}
	r = compared(t, a, ran(t, 300), 0)
	require.Equal(t, Same, r.Verdict, "for what both have")
	require.Equal(t, 300.0, r.SameForMs)
}

// Runs whose spikes are the same and whose weights learned something else are not the same.
func TestOtherWeights(t *testing.T) {
	run := func(set ...string) string {
		ms := 300.0
		net, err := language.Load(strings.NewReader(`
populations:
  S: {size: 60, neuron: poisson, rate: 40}
  E: {size: 20, tau_m: 10, V_th: 15, V_reset: 0}
projections:
  SE: {from: S, to: E, p: 0.5, weight: 0.01, delay: 1, tau_syn: 5, plasticity: {vogels2011: {eta: 0.001, tau: 20, target: 10, w_max: 0.02}}}
`), "learns.yaml", language.Options{Set: set, Duration: &ms})
		require.NoError(t, err)
		dir := filepath.Join(t.TempDir(), "run")
		_, err = experiment.Run(t.Context(), net, experiment.Options{Choice: engines.Choice{Engine: engines.Reference.Name}, Out: dir, NoFigures: true})
		require.NoError(t, err)
		return dir
	}
	a := run()
	r := compared(t, a, run("projections.SE.plasticity.vogels2011.eta=0.002"), 0)
	require.Equal(t, OtherWeights, r.Verdict)
	require.Nil(t, r.First)
	require.NotEqual(t, r.A.WeightsDigest, r.B.WeightsDigest)
	require.Equal(t, Same, compared(t, a, run(), 0).Verdict)
	require.Equal(t, Same, compared(t, a, run("projections.SE.plasticity="), 0).Verdict, "without plasticity there are no weights to hold it to")
}

// Other trials have other spikes and are alike, and so are other seeds beside further ones; other inputs and delays are not. The first
// spike that differs is found.
func TestOtherTrialsAndSeedsAreAlikeAndOtherNetworksAreNot(t *testing.T) {
	a := ran(t, 2100)
	r := compared(t, a, ran(t, 2100, "trial=1"), 0)
	require.Equal(t, Alike, r.Verdict, r.Why)
	require.Equal(t, []Key{{"trial", "0", "1"}}, r.Networks)
	require.NotNil(t, r.First)
	require.Zero(t, r.First.Before, "other initial potentials")

	otherSeed := ran(t, 2100, "seed=2")
	r = compared(t, a, otherSeed, 0)
	require.Equal(t, Unsure, r.Verdict)
	require.Contains(t, r.Why, "--seeds N simulates")
	r = compared(t, a, otherSeed, 12)
	require.Equal(t, Alike, r.Verdict, r.Why)

	// Bands of other seeds are wider: synapses scatter more than time does.
	for _, k := range []struct {
		input string
		seeds int
	}{{"42", 0}, {"50", 12}} {
		r = compared(t, a, ran(t, 2100, "populations.I.input="+k.input), k.seeds)
		require.Equal(t, Differ, r.Verdict)
		require.Len(t, r.Networks, 1)
		require.Equal(t, "populations.I.input", r.Networks[0].Path)
		require.Positive(t, r.First.Before)
		require.Contains(t, []string{"E", "I"}, r.First.Population)
	}
	r = compared(t, a, ran(t, 2100, "projections.I_to_E.delay=0.8"), 0)
	require.Equal(t, Differ, r.Verdict)
	require.Equal(t, "projections.I_to_E.delay", r.Networks[0].Path)
}

// The first spike that differs is the one that was taken away.
func TestFirstDifference(t *testing.T) {
	a, b := ran(t, 300), ran(t, 300)
	s, err := record.ReadSpikes(filepath.Join(b, experiment.SpikesFile))
	require.NoError(t, err)
	lost := s.Spikes[1234]
	w, err := record.CreateSpikes(filepath.Join(b, experiment.SpikesFile), s.DtMs, s.Populations)
	require.NoError(t, err)
	require.NoError(t, w.Write(slices.Delete(slices.Clone(s.Spikes), 1234, 1235)))
	require.NoError(t, w.Close(s.Steps))
	text, err := os.ReadFile(filepath.Join(b, experiment.SummaryFile))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(b, experiment.SummaryFile), bytes.Replace(text, []byte(`"digest": "`), []byte(`"digest": "0`), 1), 0o666))
	for _, k := range []struct{ first, second, in string }{{a, b, "a"}, {b, a, "b"}} {
		f := compared(t, k.first, k.second, 0).First
		require.NotNil(t, f)
		require.Equal(t, []uint32{lost.Step, lost.Neuron}, []uint32{f.Step, f.Neuron})
		require.Equal(t, int64(1234), f.Before)
		require.Equal(t, k.in, f.In)
		require.InDelta(t, float64(lost.Step)*s.DtMs, f.TimeMs, 1e-9)
	}
}

// Too short a run has no bands: nothing is said of likeness.
func TestShortRunsAreUnsure(t *testing.T) {
	r := compared(t, ran(t, 300), ran(t, 300, "trial=2"), 0)
	require.Equal(t, Unsure, r.Verdict)
	require.Contains(t, r.Why, "too short")
	require.Zero(t, r.Segments)
}

func TestNetworks(t *testing.T) {
	load := func(set ...string) []Key {
		a, err := presets.Load("ei", language.Options{})
		require.NoError(t, err)
		b, err := presets.Load("ei", language.Options{Set: set})
		require.NoError(t, err)
		keys, err := Networks(a, b)
		require.NoError(t, err)
		return keys
	}
	require.Empty(t, load("description=other", "duration=3"))
	require.Equal(t, []Key{{"populations.X", "", "there"}}, load("populations.X={size: 3, neuron: poisson, rate: 5}"))
	keys := load("populations.E.V0={uniform: [1, 2]}", "projections.*.p=0.3")
	require.Len(t, keys, 5)
	require.Equal(t, "populations.E.V0.uniform", keys[0].Path)
	require.Equal(t, "[1, 2]", keys[0].B)
}

// Spikes that were copied over another run's contradict the digest beside them, whichever way.
func TestSpikesOfAnotherRun(t *testing.T) {
	a, b := ran(t, 200), ran(t, 200, "populations.E.input=61")
	mixed := ran(t, 200)
	text, err := os.ReadFile(filepath.Join(b, experiment.SpikesFile))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(mixed, experiment.SpikesFile), text, 0o666))
	for other, says := range map[string]string{a: "one digest, but other spikes", b: "other digests, but the same spikes"} {
		_, err = Runs(t.Context(), mixed, other, Options{})
		var wrong *engines.InputError
		require.ErrorAs(t, err, &wrong)
		require.ErrorContains(t, err, says)
	}
}
