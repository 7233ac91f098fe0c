package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const withGroups = `
duration: 60
populations:
  E: {size: 20, tau_m: 10, V_th: 15, V_reset: 0, input: 18}
groups:
  E: {odd: {from: 1, every: 2, input: [1, {pulse: {at: 2, duration: 1, amplitude: 5}}]}, parts: {count: 3}}
projections:
  EE: {from: E.parts, to: E.parts, delay: 1, tau_syn: 5, same: {p: 0.5, weight: 0.5}, different: {p: 0.1, weight: 0.2}}
`

// What einet shows of groups reads back, what it exports are their neurons and inputs, and plot draws what is asked of them.
func TestGroupsOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte(withGroups), 0o666))
	status, shown, errs := einet(t, "show", file)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, shown, "    odd: {neurons: {from: 1, to: 19, every: 2}, input: [1, {pulse: {at: 2, duration: 1, amplitude: 5}}]}\n    parts: {count: 3}\n")
	again := filepath.Join(dir, "again.yaml")
	require.NoError(t, os.WriteFile(again, []byte(shown), 0o666))
	status, twice, errs := einet(t, "show", again)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, twice, "EE_different: {from: E.parts, to: E.parts, rule: fixed_probability, p: 0.1, pairs: different,")
	status, json, errs := einet(t, "show", file, "--json")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, json, `"parts"`)

	out := filepath.Join(dir, "exported")
	status, _, errs = einet(t, "export", file, "--input-duration", "4ms", "--out", out)
	require.Equal(t, exitDone, status, errs)
	x := exported{t, out}
	ints := func(name string) (low []uint32) { // of eight bytes each, of which four do
		for k, word := range read[uint32](x, neuronsFile, name) {
			if k%2 == 0 {
				low = append(low, word)
			}
		}
		return low
	}
	require.Equal(t, []uint32{1, 3, 5, 7, 9, 11, 13, 15, 17, 19}, ints("E.odd_neuron"))
	require.Equal(t, []uint32{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2}, ints("E.parts_part"))
	bias := read[float32](x, inputFile, "E_group_input")
	require.Len(t, bias, 40*20)
	for k, y := range bias { // the step from n to n+1 stands in row n
		step, neuron := k/20, k%20
		want := float32(0)
		if step >= 20 && step < 30 && neuron%2 == 1 {
			want = 5
		}
		require.Equal(t, want, y, "step %d, neuron %d", step, neuron)
	}

	run := filepath.Join(dir, "run")
	status, printed, errs := einet(t, "run", file, "--out", run, "-q")
	require.Equal(t, exitDone, status, errs)
	require.NotContains(t, printed, "E.odd", "quiet")
	status, _, errs = einet(t, "plot", run, "--groups", "E.parts,E.odd", "--out", filepath.Join(dir, "drawn"))
	require.Equal(t, exitDone, status, errs)
	require.FileExists(t, filepath.Join(dir, "drawn", "groups.png"))
	status, _, errs = einet(t, "plot", run, "--groups", "E.even")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, `"E.even": must be the name of a group: E.odd, E.parts`)
	status, _, errs = einet(t, "run", file, "--connectivity", "procedural")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "projections.EE_same: of groups: can't be drawn again by source; procedural connectivity takes projections between whole populations")
	status, _, errs = einet(t, "theory", file)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "has input of its own")
}
