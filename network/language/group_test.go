package language_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/language"
)

// grouped is a network of which tests replace a piece.
const grouped = `dt: 0.1
populations:
  E: {size: 800, tau_m: 15, V_th: 15, V_reset: 0, input: 20}
  S: {size: 10, neuron: poisson, rate: 20}
groups:
  E: {stimulated: 0..399, odd: {from: 1, every: 2}, some: [3, 5, 9], clusters: {count: 50}, driven: {neurons: [7, 20..29], input: [2, {pulse: {at: 10, duration: 5, amplitude: 20 mV}}], bias: {uniform: [0, 1]}}}
projections:
  in: {from: S, to: E.stimulated, p: 0.5, weight: 1, delay: 1, tau_syn: 5}
  one: {from: E.clusters.7, to: E.odd, p: 0.5, weight: 1, delay: 1, tau_syn: 5}
  E_to_E: {from: E.clusters, to: E.clusters, delay: 1, tau_syn: 5, same: {p: 0.5, weight: 2}, different: {p: 0.2, weight: 1}}
record: {spikes: {E.stimulated: all, S: all}, state: {E.some: {neurons: all, every: 1}}}
`

func TestGroups(t *testing.T) {
	n, err := language.Load(strings.NewReader(grouped), "net.yaml", language.Options{})
	require.NoError(t, err)
	part := func(name string) network.Part {
		p, ok := n.Part(name)
		require.True(t, ok, name)
		return p
	}
	for name, want := range map[string][]int{"E.some": {3, 5, 9}, "E.clusters.7": {112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127},
		"E.driven": {7, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29}} {
		p := part(name)
		require.Equal(t, want, p.Neurons(), name)
		for k, i := range want {
			require.Equal(t, k, p.Place(i))
		}
		require.Equal(t, -1, p.Place(0))
	}
	odd, stimulated, clusters := part("E.odd"), part("E.stimulated"), part("E.clusters")
	require.Equal(t, []network.Span{{From: 1, To: 799, Every: 2}}, odd.Spans())
	require.Equal(t, 400, stimulated.Size)
	require.Equal(t, 200, stimulated.Common(&odd))
	require.True(t, clusters.IsAll() && clusters.Count == 50)
	require.Equal(t, 800, part("E").Size)

	names := map[string]network.Projection{}
	for _, p := range n.Projections {
		names[p.Name] = p
	}
	require.Len(t, n.Projections, 4)
	require.Equal(t, []any{"E", "clusters.7", "E", "odd"}, []any{names["one"].From, names["one"].FromGroup, names["one"].To, names["one"].ToGroup})
	same, different := names["E_to_E_same"], names["E_to_E_different"]
	require.Equal(t, []any{network.SamePart, 0.5, 2.0}, []any{same.Pairs, same.P, same.Weight.A})
	require.Equal(t, []any{network.DifferentParts, 0.2, 1.0}, []any{different.Pairs, different.P, different.Weight.A})
	require.Equal(t, same.Delay, different.Delay)

	text, err := language.Marshal(n)
	require.NoError(t, err)
	require.Contains(t, string(text), "\ngroups:\n  E:\n    stimulated: {from: 0, to: 399}\n    odd: {from: 1, to: 799, every: 2}\n    some: [3, 5, 9]\n    clusters: {count: 50}\n")
	require.Contains(t, string(text), "E_to_E_same: {from: E.clusters, to: E.clusters, rule: fixed_probability, p: 0.5, pairs: same, autapses: true, weight: 2,")
	again, err := language.Load(strings.NewReader(string(text)), "net.yaml", language.Options{})
	require.NoError(t, err)
	require.Equal(t, n, again)

	changed, err := language.Load(strings.NewReader(grouped), "net.yaml", language.Options{Set: []string{"groups.E.clusters.count=20", "projections.E_to_E.same.p=0.7", "projections.in.to=E.clusters.19"}})
	require.NoError(t, err)
	last, _ := changed.Part("E.clusters.19")
	require.Equal(t, 40, last.Size)
	require.Equal(t, 0.7, changed.Projections[2].P)
}

// With its population a group's range is the same share of it.
func TestGroupsScale(t *testing.T) {
	n, err := language.Load(strings.NewReader(strings.Replace(grouped, "size: 800", "size: 8000", 1)), "net.yaml", language.Options{Scale: 0.1})
	require.NoError(t, err)
	for name, want := range map[string][]network.Span{"E.stimulated": {{From: 0, To: 39, Every: 1}}, "E.odd": {{From: 1, To: 799, Every: 2}}, "E.clusters.1": {{From: 16, To: 31, Every: 1}}} {
		p, _ := n.Part(name)
		require.Equal(t, want, p.Spans(), name)
	}
	for group, want := range map[string]network.Span{ // what is apart stays apart
		"{to: 599, every: 3}": {From: 0, To: 1197, Every: 3}, "{from: 1, to: 599, every: 3}": {From: 1, To: 1198, Every: 3}, "{from: 602, every: 3}": {From: 1202, To: 1599, Every: 3},
		"{from: 700, to: 799}": {From: 1400, To: 1599, Every: 1}, "{from: 600, to: 698}": {From: 1200, To: 1397, Every: 1},
	} {
		n, err := language.Load(strings.NewReader(strings.Replace(grouped, "{from: 1, every: 2}", group, 1)), "net.yaml", language.Options{Scale: 2})
		require.NoError(t, err)
		p, _ := n.Part("E.odd")
		require.Equal(t, []network.Span{want}, p.Spans(), group)
	}
	_, err = language.Load(strings.NewReader(grouped), "net.yaml", language.Options{Scale: 0.01})
	require.ErrorContains(t, err, "--scale 0.01: groups.E.some.2: 9: must be a whole number from 0 to 7, the last neuron of E")
}

// Parts of a division are of one size, or differ by a neuron, and hold every neuron once.
func TestParts(t *testing.T) {
	n := &network.Network{Populations: []network.Population{{Name: "E", Size: 10}}, Groups: []network.Group{{Population: "E", Name: "thirds", Count: 3}}}
	whole, _ := n.Part("E.thirds")
	next := 0
	for k, size := range []int{3, 3, 4} {
		p, ok := n.Part(whole.NameOf(k))
		require.True(t, ok)
		require.Equal(t, size, p.Size)
		for _, i := range p.Neurons() {
			require.Equal(t, next, i)
			require.Equal(t, k, whole.SliceOf(i))
			next++
		}
	}
	require.Equal(t, 10, next)
	for _, name := range []string{"E.thirds.3", "E.thirds.-1", "E.thirds.01", "E.thirds.x", "E.other", "X", "X.thirds", "E.", "E.thirds.1.1"} {
		_, ok := n.Part(name)
		require.False(t, ok, name)
	}
}

// Each row replaces a piece of the network and gives the whole error.
func TestGroupFaults(t *testing.T) {
	const divisions = "must be between two divisions into as many parts, as from: E.clusters, to: E.clusters of groups: {E: {clusters: {count: 50}}}"
	const must = "must be a range 0..399, {from, to, every}, a list of neurons, or {count: how many equal parts}"
	for _, row := range []struct{ old, new, want string }{
		{"to: E.stimulated", "to: E.stimulatd", `net.yaml:8:21: projections.in.to: "E.stimulatd": must be the name of a group: E.stimulated, E.odd, E.some, E.clusters, E.driven; did you mean E.stimulated?`},
		{"to: E.stimulated", "to: S.stimulated", `net.yaml:8:21: projections.in.to: "S.stimulated": must be the name of a population or of a group: S has no groups`},
		{"to: E.stimulated", "to: F.stimulated", `net.yaml:8:21: projections.in.to: "F.stimulated": must be the name of a population: E, S`},
		{"from: E.clusters.7", "from: E.", `net.yaml:9:15: projections.one.from: "E.": must be the name of a group: E.stimulated, E.odd, E.some, E.clusters, E.driven`},
		{"from: E.clusters.7", "from: E.clusters.50", `net.yaml:9:15: projections.one.from: "E.clusters.50": must be a part of the division, E.clusters.0 to E.clusters.49`},
		{"from: E.clusters.7", "from: E.odd.7", `net.yaml:9:15: projections.one.from: "E.odd.7": must be E.odd: it is no division and has no parts`},
		{"0..399", "0..800", "net.yaml:6:19: groups.E.stimulated.to: 800: must be a whole number from 0 to 799, the last neuron of E"},
		{"0..399", "399..0", "net.yaml:6:19: groups.E.stimulated.to: 0: must not be below from, 399"},
		{"0..399", "..5", "net.yaml:6:19: groups.E.stimulated: ..5: a range has both ends, 0..399; {to: 5} begins at the first neuron"},
		{"0..399", "5..", "net.yaml:6:19: groups.E.stimulated: 5..: a range has both ends, 0..399; {from: 5} goes to the last neuron"},
		{"0..399", "[]", "net.yaml:6:19: groups.E.stimulated: a list: " + must},
		{"0..399", "none", "net.yaml:6:19: groups.E.stimulated: none: " + must},
		{"0..399", "", "net.yaml:6:7: groups.E.stimulated: nothing: " + must},
		{"0..399", "{sample: 5}", "net.yaml:6:20: groups.E.stimulated.sample: not of a group: " + must},
		{"0..399", "{count: 0}", "net.yaml:6:27: groups.E.stimulated.count: 0: must be a whole number of at least 1"},
		{"0..399", "{count: 801}", "net.yaml:6:27: groups.E.stimulated.count: 801: must be a whole number of parts from 1 to 800, the size of the population"},
		{"0..399", "{count: 2, from: 3}", "net.yaml:6:7: groups.E.stimulated: neurons twice: " + must},
		{"0..399", "{input: 3}", "net.yaml:6:7: groups.E.stimulated: no neurons: " + must},
		{"0..399", "{from: 0, poisson: {rate: -5, weight: 1, tau_syn: 5}}", "net.yaml:6:45: groups.E.stimulated.poisson.rate: -5: must be a rate in Hz, not negative"},
		{"0..399", "{from: 0, poisson: {rate: 5, weight: 1 pA, tau_syn: 5}}", "net.yaml:6:56: groups.E.stimulated.poisson.weight: 1 pA: its unit must be mV, that of the population's neurons"},
		{"0..399", "{from: 0, white_noise: {sd: -1}}", "net.yaml:6:47: groups.E.stimulated.white_noise.sd: -1: must be a number above 0 and at most 1e9"},
		{"0..399", "{from: 0, ou_noise: {sd: 5, tau: 5}}, x: {from: 0, ou_noise: {sd: 5, tau: 6}}", "net.yaml:6:93: groups.E.x.ou_noise.tau: 6: must be 5 ms, as of the other ou_noise of E: a neuron has one such current"},
		{"0..399", "{from: 0, input: {ramp: {at: 5, duration: 5, by: 1}}}", "net.yaml:6:29: groups.E.stimulated.input: ramp: must be numbers, steps and pulses; what else changes in time reaches a group from a population of neuron: poisson or spikes, by a projection to it"},
		{"0..399", "{from: 0, input: 3 pA}", "net.yaml:6:36: groups.E.stimulated.input: 3 pA: its unit must be mV, that of the population's neurons"},
		{"0..399", "[3, 900]", "net.yaml:6:23: groups.E.stimulated.1: 900: must be a whole number from 0 to 799, the last neuron of E"},
		{"[3, 5, 9]", "[3, 5, 3]", "net.yaml:6:66: groups.E.some.2: 3: is named twice"},
		{"odd:", "size:", `net.yaml:6:27: groups.E.size: "size": must have another name: E.size is the number of neurons of E` + "\n" + `net.yaml:9:33: projections.one.to: "E.odd": must be the name of a group: E.stimulated, E.size, E.some, E.clusters, E.driven`},
		{"odd:", "stimulated:", "net.yaml:6:27: groups.E.stimulated: the key stands here twice, first at net.yaml:6:7" + "\n" + `net.yaml:9:33: projections.one.to: "E.odd": must be the name of a group: E.stimulated, E.some, E.clusters, E.driven`},
		{"odd:", "od.d:", `net.yaml:6:27: groups.E.od.d: "od.d": the name must match [A-Za-z][A-Za-z0-9_]{0,63}` + "\n" + `net.yaml:9:33: projections.one.to: "E.odd": must be the name of a group: E.stimulated, E.od.d, E.some, E.clusters, E.driven; did you mean E.od.d?`},
		{"to: E.clusters, delay", "to: E.odd, delay", `net.yaml:10:63: projections.E_to_E_same.pairs: "same": ` + divisions + "\n" + `net.yaml:10:90: projections.E_to_E_different.pairs: "different": ` + divisions},
		{"to: E.stimulated, p", "to: E.stimulated, pairs: same, p", `net.yaml:8:42: projections.in.pairs: "same": ` + divisions},
		{"same: {p: 0.5", "same: {p: 1.5", "net.yaml:10:78: projections.E_to_E_same.p: 1.5: must be a probability from 0 to 1"},
		{"same: {p: 0.5", "same: {q: 1.5", "net.yaml:10:3: projections.E_to_E_same.p: missing: must be a probability from 0 to 1" + "\n" + "net.yaml:10:75: projections.E_to_E.same.q: unknown key: allowed are p, indegree, outdegree, weight, delay"},
		{"same: {p: 0.5", "same: {p: 0.5, tau_syn: 3", "net.yaml:10:83: projections.E_to_E.same.tau_syn: unknown key: allowed are p, indegree, outdegree, weight, delay"},
		{"different: {p: 0.2, weight: 1}", "different: {weight: 1}", "net.yaml:10:3: projections.E_to_E_different.p: missing: must be a probability from 0 to 1"},
		{"to: E.stimulated, p: 0.5", "to: E.stimulated, p: {gaussian: {sigma: 1, peak: 0.5}}", "net.yaml:8:35: projections.in.p: gaussian: must not go by distance between groups: make the group a population of its own, with positions"},
		{"from: S", "from: S, pairs: same", `net.yaml:8:24: projections.in.pairs: "same": ` + divisions},
		{"to: E.clusters, delay", "to: E.clusters, rule: one_to_one, delay", `net.yaml:10:86: projections.E_to_E_same.pairs: "same": must be left out with rule one_to_one; rules that choose among parts are fixed_probability, fixed_indegree, fixed_outdegree, all_to_all` + "\n" + "net.yaml:10:93: projections.E_to_E_same.p: unknown key: only fixed_probability has it; allowed are from, to, rule, pairs, autapses, weight, delay, synapse, tau_syn, receptor, short_term, plasticity, same, different" + "\n" + `net.yaml:10:113: projections.E_to_E_different.pairs: "different": must be left out with rule one_to_one; rules that choose among parts are fixed_probability, fixed_indegree, fixed_outdegree, all_to_all` + "\n" + "net.yaml:10:125: projections.E_to_E_different.p: unknown key: only fixed_probability has it; allowed are from, to, rule, pairs, autapses, weight, delay, synapse, tau_syn, receptor, short_term, plasticity, same, different"},
		{"E_to_E: {from: E.clusters, to: E.clusters, delay: 1, tau_syn: 5, same: {p: 0.5, weight: 2}, different: {p: 0.2, weight: 1}}", "E_to_E: {from: E.clusters, to: E.clusters, rule: fixed_indegree, multapses: false, autapses: false, delay: 1, tau_syn: 5, weight: 1, same: {indegree: 16}, different: {indegree: 785}}", "net.yaml:10:153: projections.E_to_E_same.indegree: 16: must be at most 15, the neurons of E.clusters of the same part, itself left out; or allow multapses" + "\n" + "net.yaml:10:180: projections.E_to_E_different.indegree: 785: must be at most 784, the neurons of E.clusters of different parts; or allow multapses"},
		{"{E.stimulated: all, S", "{E.stimulatd: all, S", `net.yaml:11:32: record.spikes.E.stimulatd: "E.stimulatd": must be the name of a group: E.stimulated, E.odd, E.some, E.clusters, E.driven; did you mean E.stimulated?`},
		{"E.some: {neurons: all", "E.some: {neurons: 4", "net.yaml:11:73: record.state.E.some.neurons: 4: must be all or at most 3, the size of E.some"},
	} {
		require.Equal(t, 1, strings.Count(grouped, row.old), row.old)
		_, err := language.Load(strings.NewReader(strings.Replace(grouped, row.old, row.new, 1)), "net.yaml", language.Options{})
		require.Error(t, err, row.new)
		require.Equal(t, row.want, err.Error(), row.new)
	}
	// What names a population that is not there is told first; what hangs on it follows.
	for _, row := range []struct{ old, new, want string }{
		{"  E: {stim", "  F: {stim", `net.yaml:6:3: groups.F: "F": must be the name of a population: E, S`},
		{"  E: {stim", "  S: {stim", "net.yaml:6:19: groups.S.stimulated.to: 399: must be a whole number from 0 to 9, the last neuron of S"},
		{"  E: {size", "  E.x: {size", `net.yaml:3:3: populations.E.x: "E.x": the name must match [A-Za-z][A-Za-z0-9_]{0,63}`},
	} {
		_, err := language.Load(strings.NewReader(strings.Replace(grouped, row.old, row.new, 1)), "net.yaml", language.Options{})
		require.Error(t, err)
		first, _, _ := strings.Cut(err.Error(), "\n")
		require.Equal(t, row.want, first)
	}
}
