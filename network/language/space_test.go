package language_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/language"
)

const inSpace = `
populations:
  E: {size: 12, tau_m: 15, V_th: 15, V_reset: 0, positions: {grid: {columns: 4, rows: 3, extent: [2, 1], periodic: true}}}
  R: {size: 20, tau_m: 15, V_th: 15, V_reset: 0, positions: {random: {extent: [2 mm, 1000 um], periodic: true}}}
  C: {size: 20, tau_m: 15, V_th: 15, V_reset: 0, positions: {ring: {circumference: 360}}}
  N: {size: 5, neuron: poisson, rate: 5}
projections:
  a: {from: E, to: R, p: {gaussian: {sigma: 100 um, peak: 0.3}}, weight: 0.5, delay: {distance: {speed: 0.3 m/s, offset: 1}}, tau_syn: 5}
  b: {from: R, to: E, rule: fixed_outdegree, outdegree: 9, near: {gaussian: {sigma: 0.2}}, weight: {exponential: {lambda: 0.3, peak: -1.5 mV}}, delay: 1, tau_syn: 5}
  c: {from: C, to: C, rule: all_to_all, autapses: false, weight: {gaussian: {sigma: 14.4, peak: 2}}, delay: {distance: {speed: 30}}, tau_syn: 5}
`

// Positions and what goes by distance are read, written and read again the same.
func TestSpace(t *testing.T) {
	n, err := language.Load(strings.NewReader(inSpace), "net.yaml", language.Options{})
	require.NoError(t, err)
	require.Equal(t, network.Positions{Layout: network.Grid, Columns: 4, Rows: 3, Extent: []float64{2, 1}, Periodic: true}, n.Populations[0].Positions)
	require.Equal(t, network.Positions{Layout: network.RandomPlaces, Extent: []float64{2, 1}, Periodic: true}, n.Populations[1].Positions)
	require.Equal(t, network.Positions{Layout: network.Ring, Extent: []float64{360}, Periodic: true}, n.Populations[2].Positions)
	require.Equal(t, network.Positions{}, n.Populations[3].Positions)
	a, b, c := &n.Projections[0], &n.Projections[1], &n.Projections[2]
	require.Equal(t, []any{network.Kernel{Shape: network.Bell, Size: 0.1}, 0.3, 0.3, network.Number(1)}, []any{a.Near, a.P, a.Speed, a.Delay})
	require.Equal(t, []any{network.Kernel{Shape: network.Bell, Size: 0.2}, 9, network.Kernel{Shape: network.Decay, Size: 0.3}, network.Number(-1.5)}, []any{b.Near, b.N, b.WeightBy, b.Weight})
	require.Equal(t, []any{network.Kernel{Shape: network.Bell, Size: 14.4}, network.Number(2), 30.0, network.Number(0.1)}, []any{c.WeightBy, c.Weight, c.Speed, c.Delay})
	text, err := language.Marshal(n)
	require.NoError(t, err)
	again, err := language.Load(strings.NewReader(string(text)), "net.yaml", language.Options{})
	require.NoError(t, err, string(text))
	require.Equal(t, n, again)
}

// The example of the reference page is a network.
func TestSpaceExample(t *testing.T) {
	text, err := os.ReadFile("../../docs/language.md")
	require.NoError(t, err)
	_, section, _ := strings.Cut(string(text), "\n## Positions and distance\n")
	_, example, _ := strings.Cut(section, "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	n, err := language.Load(strings.NewReader(example), "net.yaml", language.Options{})
	require.NoError(t, err)
	require.Len(t, n.Projections, 4)
}

// --scale keeps the extent: the sides of a grid follow the root.
func TestSpaceScaled(t *testing.T) {
	n, err := language.Load(strings.NewReader(inSpace), "net.yaml", language.Options{Scale: 6.25})
	require.NoError(t, err)
	e := &n.Populations[0]
	require.Equal(t, []int{80, 10, 8}, []int{e.Size, e.Positions.Columns, e.Positions.Rows}, "2.5 times 4 x 3, rounded")
	require.Equal(t, []float64{2, 1}, e.Positions.Extent)
	require.Equal(t, 125, n.Populations[1].Size)
}

// What is wrong with places and distances is one line, where it stands.
func TestSpaceFaults(t *testing.T) {
	for _, row := range []struct{ old, new, want string }{
		{"columns: 4, ", "", "net.yaml:3:68: populations.E.positions.grid.columns: missing: must be a whole number of at least 1"},
		{"columns: 4", "columns: 5", "net.yaml:3:62: populations.E.positions.grid: 5 x 3 = 15 places: must be as many as neurons, 12"},
		{"rows: 3, ", "", "net.yaml:3:62: populations.E.positions.grid.rows: 0: must be a whole number of at least 1"},
		{"extent: [2, 1]", "extent: [2, 0]", "net.yaml:3:98: populations.E.positions.grid.extent: [2, 0]: must be a list of 1 to 3 lengths above 0 and at most 1e9 mm: of x, y and z"},
		{"extent: [2, 1]", "extent: [2]", "net.yaml:3:87: populations.E.positions.grid.rows: 3: must be left out: the extent has 1 of 3 dimensions"},
		{"extent: [2, 1]", "extent: 2", "net.yaml:3:98: populations.E.positions.grid.extent: 2: must be a list of 1 to 3 lengths above 0 and at most 1e9 mm: of x, y and z"},
		{"rule: all_to_all, autapses: false, weight: {gaussian: {sigma: 14.4, peak: 2}}", "rule: list, edges: [[0, 1, 2]], weight: {gaussian: {sigma: 14.4, peak: 2}}", "net.yaml:10:55: projections.c.weight: by distance: must be left out: the list has weights"},
		{"rule: all_to_all, autapses: false, weight: {gaussian: {sigma: 14.4, peak: 2}}", "rule: list, edges: [[0, 1, 2, 1]]", "net.yaml:10:58: projections.c.delay: by distance: must be left out: the list has delays"},
		{"extent: [2, 1]", "extent: [2 ms, 1]", "net.yaml:3:99: populations.E.positions.grid.extent.0: 2 ms: must be a list of 1 to 3 lengths above 0 and at most 1e9 mm: of x, y and z: its unit must be mm or a multiple of it, not ms"},
		{"circumference: 360", "circumference: 0", "net.yaml:5:84: populations.C.positions.ring.circumference: 0: must be a length above 0 and at most 1e9 mm"},
		{"ring: {circumference: 360}", "circle: 360", "net.yaml:5:62: populations.C.positions.circle: unknown key: allowed are grid, ring, random"},
		{"{ring: {circumference: 360}}", "ring", "net.yaml:5:61: populations.C.positions: ring: must be one of {grid: {columns, rows, extent}}, {ring: {circumference}} and {random: {extent}}"},
		{"{ring: {circumference: 360}}", "{ring: }", "net.yaml:5:67: populations.C.positions.ring: nothing: must be a mapping"},
		{"{random: {extent: [2 mm, 1000 um], periodic: true}}", "{random: null}", "net.yaml:4:70: populations.R.positions.random: nothing: must be a mapping"},
		{"peak: 2}}", "peak: nan}}", "net.yaml:10:97: projections.c.weight.gaussian.peak: nan: must be a number of magnitude at most 1e9"},
		{"peak: 2}}", "peak: 2e9}}", "net.yaml:10:97: projections.c.weight.gaussian.peak: 2000000000: must be a number of magnitude at most 1e9"},
		{"weight: {gaussian: {sigma: 14.4, peak: 2}}", "weight: {gaussian: }", "net.yaml:10:76: projections.c.weight.gaussian: nothing: must be a mapping"},
		{"sigma: 100 um", "sigma: 0", "net.yaml:8:45: projections.a.p.gaussian.sigma: 0: must be a length above 0 and at most 1e9 mm"},
		{"sigma: 100 um, ", "", "net.yaml:8:37: projections.a.p.gaussian.sigma: missing: must be a length above 0 and at most 1e9 mm"},
		{"peak: 0.3", "peak: 1.3", "net.yaml:8:59: projections.a.p.gaussian.peak: 1.3: must be a probability from 0 to 1"},
		{"peak: 0.3", "height: 0.3", "net.yaml:8:37: projections.a.p.gaussian.peak: missing: must be a probability from 0 to 1"},
		{"p: {gaussian:", "p: {gausian:", "net.yaml:8:26: projections.a.p: a mapping: must be a probability from 0 to 1, or {gaussian: {sigma, peak}}, {exponential: {lambda, peak}} or {disc: {radius, peak}}, by distance; did you mean gaussian?"},
		{"{exponential: {lambda: 0.3", "{exponent: {lambda: 0.3", "net.yaml:9:100: projections.b.weight: a mapping: " + network.MustWeight},
		{"speed: 0.3 m/s", "speed: 0", "net.yaml:8:105: projections.a.delay.distance.speed: 0: must be a speed above 0 and at most 1e9 mm/ms"},
		{"speed: 0.3 m/s", "speed: 3 mm", "net.yaml:8:105: projections.a.delay.distance.speed: 3 mm: must be a speed above 0 and at most 1e9 mm/ms: its unit must be mm/ms or a multiple of it, not mm"},
		{"offset: 1}", "offset: 0.05}", "net.yaml:8:122: projections.a.delay.distance.offset: 0.05: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 0.1"},
		{"offset: 1}", "offset: 0}", "net.yaml:8:122: projections.a.delay.distance.offset: 0: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 0.1"},
		{"speed: 0.3 m/s", "speed: 0.001", `net.yaml:8:79: projections.a.delay: "1 to 1119 ms": must span at most 4096 steps of dt (0.1 ms): use a larger speed`},
		{"a: {from: E", "a: {from: N", "net.yaml:8:23: projections.a.p: populations.N: must have positions, for this goes by distance"},
		{"a: {from: E, to: R, p", "a: {from: C, to: R, p", "net.yaml:8:23: projections.a.p: ring of 360 mm; random on 2 x 1 mm, periodic: the populations must lie in one space: as many dimensions of the same extent, periodic or not"},
		{"b: {from: R, to: E", "b: {from: E, to: R", "net.yaml:9:60: projections.b.near: populations.R: must have its neurons on a grid or ring, to choose the nearest"},
		{"near: {gaussian: {sigma: 0.2}}", "near: {disc: {radius: 0.2}}", "net.yaml:9:66: projections.b.near: a mapping: must be {gaussian: {sigma}}: of the offsets, along each dimension"},
		{"outdegree: 9, ", "outdegree: 9, multapses: false, ", "net.yaml:9:71: projections.b.multapses: \"false\": must be true where neurons are chosen by distance"},
		{"c: {from: C, to: C, rule: all_to_all, ", "c: {from: C, to: C, rule: fixed_indegree, indegree: 3, near: {gaussian: {sigma: 0.1}}, ", "net.yaml:10:83: projections.c.near.gaussian.sigma: 0.1: must reach other neurons, where autapses are left out"},
	} {
		text := strings.Replace(inSpace, row.old, row.new, 1)
		require.NotEqual(t, inSpace, text, row.old)
		_, err := language.Load(strings.NewReader(text), "net.yaml", language.Options{})
		require.Error(t, err, row.new)
		lines := strings.Split(err.Error(), "\n")
		if row.want != lines[0] {
			t.Errorf("%s\nwant %s\ngot  %s", row.new, row.want, err)
		}
		require.NotContains(t, err.Error(), "NaN", "what could not be read is told once")
	}
}
