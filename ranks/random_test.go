package ranks_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
	"einet/ranks"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// digest is that of an engine's spikes of so many steps, which must be some.
func digest(t *testing.T, e sim.Engine, steps int64) string {
	t.Helper()
	d := sim.NewDigest()
	require.NoError(t, sim.Run(t.Context(), e, steps, nil, d))
	require.Positive(t, d.Count())
	return d.String()
}

// Presets on ranks have the digest that the reference has.
func TestPresets(t *testing.T) {
	for name, scale := range map[string]float64{"litwinkumar2012": 0.2, "brunel2000": 0.1, "potjans2014": 0.02, "vogels2005coba": 0.1} {
		net, err := presets.Load(name, language.Options{Scale: scale})
		require.NoError(t, err)
		m, c := enginetest.Build(t, net)
		want := digest(t, cpuref.New(m, c), 2000)
		for _, n := range []int{2, 5} {
			require.Equal(t, want, digest(t, inProcess(n, "cpu", "reference")(t, m, c), 2000), "%s, %d ranks", name, n)
		}
	}
}

// random is a network by chance: populations of many sizes and kinds, and projections by every rule.
func random(r *rand.Rand) string {
	var b strings.Builder
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	fmt.Fprintf(&b, "name: random\ndt: 0.1\nseed: %d\nduration: 60\npopulations:\n", r.Uint32())
	n := 2 + r.IntN(3)
	sizes := make([]int, n)
	for i := range sizes {
		sizes[i] = 1 + r.IntN(300)
		kind := fmt.Sprintf("tau_m: %d, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: %d", 5+r.IntN(20), 12+r.IntN(8))
		switch r.IntN(5) {
		case 0:
			kind += ", white_noise: {sd: 3}, V_th: {normal: [15, 1]}"
			kind = strings.Replace(kind, "V_th: 15, ", "", 1)
		case 1:
			kind += ", poisson: [{rate: 900, weight: 0.4, tau_syn: 2}], ou_noise: {sd: 2, tau: 5}"
		case 2:
			kind += ", bias: {normal: [0, 2]}, t_ref: 1"
		}
		if i > 0 && r.IntN(4) == 0 {
			kind = "neuron: poisson, rate: 60"
		}
		fmt.Fprintf(&b, "  P%d: {size: %d, %s}\n", i, sizes[i], kind)
	}
	b.WriteString("projections:\n")
	for k := range 2 + r.IntN(6) {
		from, to := r.IntN(n), 0
		rule := pick("fixed_probability, p: 0.2", "fixed_indegree, indegree: 7", "fixed_outdegree, outdegree: 9", "fixed_total_number, synapses: 1500", "all_to_all")
		weight := pick("0.3", "-0.6", "{normal: [0.4, 0.1]}")
		delay := pick("0.1", "0.8", "{uniform: [0.5, 2.5]}", "1.5")
		more := pick("", "", ", short_term: {U: 0.5, tau_rec: 60}", ", short_term: {U: 0.1, tau_rec: 20, tau_facil: 200}")
		fmt.Fprintf(&b, "  p%d: {from: P%d, to: P%d, rule: %s, weight: %s, delay: %s, tau_syn: %d%s}\n", k, from, to, rule, weight, delay, 2+r.IntN(4), more)
	}
	return b.String()
}

// Networks by chance, cut into numbers of ranks by chance, have the digest of one engine. Where the first rank hears nothing of others, it is noticed.
func TestRandomNetworks(t *testing.T) {
	noticed := false
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 9))
		text := random(r)
		net, err := language.Load(strings.NewReader(text), "random.yaml", language.Options{})
		require.NoError(t, err, text)
		m, c := enginetest.Build(t, net)
		want := digest(t, cpuref.New(m, c), 600)
		n := 1 + r.IntN(6)
		require.Equal(t, want, digest(t, inProcess(n, "cpu", "reference")(t, m, c), 600), "%d ranks of\n%s", n, text)
		require.Equal(t, want, digest(t, connected(2, "cpu", "reference")(t, m, c), 600), text)
		alone, err := ranks.New(t.Context(), m, 2, deaf(m.Network))
		require.NoError(t, err)
		noticed = noticed || digest(t, alone, 600) != want
		require.NoError(t, alone.Close())
	}
	require.True(t, noticed, "control")
}

// A deafEngine hears nothing of other ranks.
type deafEngine struct{ *cpuref.Engine }

func (deafEngine) Receive(int64, []sim.Spike) error { return nil }

func deaf(net *network.Network) ranks.Build {
	b := building(net)
	b.Open = func(_ context.Context, _ int, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
		return deafEngine{cpuref.New(m, c)}, nil
	}
	return b
}

// A cut divides all neurons, in their order, into parts of about equal work, wherever sources are between them.
func TestCut(t *testing.T) {
	net, err := presets.Load("potjans2014", language.Options{Scale: 0.5})
	require.NoError(t, err)
	for _, n := range []int{1, 2, 7, 64, 5000} {
		cut := ranks.Cut(net, n)
		most, some := 0, 0
		for i := range net.Populations {
			at := 0
			for r := range cut {
				own := cut[r][i]
				if own.Size() == 0 {
					continue
				}
				require.Equal(t, at, own.First)
				require.Zero(t, own.First%64)
				at = own.End
			}
			require.Equal(t, net.Populations[i].Size, at)
		}
		for r := range cut {
			size := 0
			for _, own := range cut[r] {
				size += own.Size()
			}
			if most = max(most, size); size > 0 {
				some++
			}
		}
		if n <= 64 {
			require.Equal(t, n, some)
			require.Less(t, most, 4*net.Neurons()/n, "%d ranks", n)
		}
	}
}
