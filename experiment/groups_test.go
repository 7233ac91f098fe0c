package experiment

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/engines"
	"einet/network/language"
	"einet/record"
	"einet/sim"
)

const ofGroups = `
name: of_groups
populations:
  E: {size: 400, tau_m: 15, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: 18}
  I: {size: 100, tau_m: 10, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: 16}
groups:
  I: {all: 0..99, last: [99, 3, 50..60]}
  E: {half: {to: 199, input: 5}, quarters: {count: 4}}
projections:
  IE: {from: I, to: E, p: 0.2, weight: -1, delay: 1, tau_syn: 5}
  EI: {from: E.half, to: I, p: 0.2, weight: 1, delay: 1, tau_syn: 5}
record:
  spikes: {I.last: all, E.quarters.1: all, E.quarters.2: 5}
  state: {I: {neurons: all, every: 5, variables: [V]}, I.last: {neurons: all, every: 5, variables: [V]}, E.half: {neurons: [3], every: 5, variables: [V, ext]}}
  averages: {every: 5, neurons: {I: [99, 3, 50..60], I.last: all}}
  histograms: {I.last: {V: {low: -5, high: 15, bins: 4, every: 10}}}
  triggered: {E.quarters.3: {neurons: all, before: 2, after: 2, every: 1}}
`

func runOf(t *testing.T, text string) (*Summary, string) {
	net, err := language.Load(strings.NewReader(text), "net.yaml", language.Options{})
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "run")
	s, err := Run(t.Context(), net, Options{Choice: engines.Choice{Engine: engines.CPU.Name}, Out: dir, DiscardMs: 100, Excerpt: Excerpt{}})
	require.NoError(t, err)
	return s, dir
}

// What is measured and recorded of a group is what is of its neurons, under its own name.
func TestGroups(t *testing.T) {
	s, dir := runOf(t, ofGroups)
	require.Equal(t, []string{"I.all", "I.last", "E.half", "E.quarters"}, s.GroupOrder)
	i, all := s.Populations["I"], s.Groups["I.all"]
	require.Equal(t, []any{i.Size, i.Spikes, i.RateHz, i.CVISI, i.CVCount, i.CV2, i.LV, i.Fano, i.Correlation},
		[]any{all.Size, all.Spikes, all.RateHz, all.CVISI, all.CVCount, all.CV2, all.LV, all.Fano, all.Correlation})
	e, spikes, rates := s.Groups["E.quarters"], int64(0), 0.0
	require.Equal(t, 4, e.Parts)
	for _, name := range []string{"E.quarters.0", "E.quarters.1", "E.quarters.2", "E.quarters.3"} {
		q := s.Groups[name]
		require.Equal(t, 100, q.Size)
		spikes, rates = spikes+q.Spikes, rates+*q.RateHz/4
	}
	require.Equal(t, s.Populations["E"].Spikes, spikes)
	require.InEpsilon(t, *e.RateHz, rates, 1e-9)
	require.Equal(t, [][3]int{{99, 99, 1}, {3, 3, 1}, {50, 60, 1}}, s.Groups["I.last"].Neurons)
	require.Greater(t, *s.Groups["E.half"].RateHz, 1.3**s.Groups["E.quarters.3"].RateHz, "for its input")
	require.Contains(t, s.Figures, "groups.png")

	r, err := record.OpenSpikes(filepath.Join(dir, SpikesFile))
	require.NoError(t, err)
	defer r.Close()
	require.Equal(t, []int{105, 13}, []int{r.Recorded[0].Count, r.Recorded[1].Count})
	require.Equal(t, []uint32{403, 450, 451}, r.Recorded[1].Neuron[:3])
	buf, n := make([]sim.Spike, 1<<16), 0
	n, err = r.Read(buf)
	require.NoError(t, err)
	require.NotZero(t, n)
	for _, k := range buf[:n] {
		require.True(t, k.Neuron >= 100 && k.Neuron < 205 || k.Neuron == 403 || k.Neuron == 499 || k.Neuron >= 450 && k.Neuron <= 460, k.Neuron)
	}

	state := filepath.Join(dir, StateFile)
	whole, err := record.ReadState(state, "I", []string{"V"})
	require.NoError(t, err)
	part, err := record.ReadState(state, "I.last", []string{"V"})
	require.NoError(t, err)
	require.EqualValues(t, []int64{499, 403, 450}, part.Neuron[:3])
	for k := range whole.Step {
		for j, id := range part.Neuron {
			require.Equal(t, whole.Values["V"][k][id-400], part.Values["V"][k][j])
		}
	}
	half, err := record.ReadState(state, "E.half", []string{"ext"})
	require.NoError(t, err)
	require.EqualValues(t, []int64{3}, half.Neuron)
	require.EqualValues(t, 23, half.Values["ext"][0][0], "the population's input and the group's")
	require.FileExists(t, filepath.Join(dir, AverageFile))
	require.FileExists(t, filepath.Join(dir, TriggeredFile))

	drawn, err := Draw(t.Context(), dir, t.TempDir(), Excerpt{}, "E.quarters.1", "I.last")
	require.NoError(t, err)
	require.Contains(t, drawn, "groups.png")
	_, err = Draw(t.Context(), dir, t.TempDir(), Excerpt{}, "E.thirds")
	require.ErrorContains(t, err, `"E.thirds": must be the name of a group: E.half, E.quarters`)
	_, err = os.Stat(filepath.Join(dir, "groups.svg"))
	require.NoError(t, err)
}
