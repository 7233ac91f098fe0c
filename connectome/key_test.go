package connectome

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/language"
	"einet/network/presets"
)

// Networks of one key have the same synapses, whatever else differs between them; those with other synapses have another key.
func TestKey(t *testing.T) {
	load := func(set ...string) *network.Network {
		small := []string{"populations.E.size=120", "populations.I.size=30", "constants.C_E=12"}
		net, err := presets.Load("brunel2000", language.Options{Set: slices.Concat(small, set)})
		require.NoError(t, err)
		return net
	}
	build := func(net *network.Network) []Projection {
		c, err := Build(t.Context(), net, 1)
		require.NoError(t, err)
		return c.Projections
	}
	drawn := []string{"projections.*.weight={uniform: [0.1, 0.2]}"}
	placed := []string{"populations.*.positions={ring: {circumference: 1}}",
		"projections.*={from: E, to: E, p: {gaussian: {sigma: 0.1, peak: 0.5}}, weight: 0.1, delay: 1.5, synapse: delta}"}
	falls := func(peak string) []string {
		return append(slices.Clone(placed), "projections.*.weight={gaussian: {sigma: 0.2, peak: "+peak+"}}", "projections.*.delay={distance: {speed: 0.1, offset: 1}}")
	}
	grouped := []string{"groups={E: {some: 0..40}}", "projections.E_to_I.from=E.some"}
	for _, k := range []struct {
		as, set []string
		alike   bool
	}{
		{set: []string{"constants.g=3", "constants.eta=0.5"}, alike: true},
		{set: []string{"populations.*.V_th=15", "populations.E.tau_m=10", "trial=3", "duration=7", "populations.I.input=3"}, alike: true},
		{set: []string{"projections.*.delay=3"}, alike: true},
		{set: []string{"projections.*.synapse=exponential", "projections.*.tau_syn=2"}, alike: true},
		{set: []string{"populations.E.poisson.rate=1"}, alike: true},
		{set: []string{"projections.*.short_term={U: 0.5, tau_rec: 100}"}, alike: true},
		{set: []string{"projections.I_to_E.plasticity={vogels2011: {eta: 0.1, tau: 20, target: 5, w_max: -9}}"}, alike: true},
		{as: placed, set: slices.Concat(placed, []string{"projections.*.weight=0.3"}), alike: true},
		{as: placed, set: slices.Concat(placed, []string{"populations.*.positions={ring: {circumference: 0.5}}"})},
		{as: placed, set: slices.Concat(placed, []string{"projections.*={from: E, to: E, p: {gaussian: {sigma: 0.2, peak: 0.5}}, weight: 0.1, delay: 1.5, synapse: delta}"})},
		{as: falls("0.1"), set: append(falls("0.1"), "constants.eta=0.5"), alike: true},
		{as: falls("0.1"), set: falls("-0.1")},
		{as: drawn, set: []string{"projections.*.weight={uniform: [0.2, 0.4]}"}, alike: true},
		{as: grouped, set: slices.Concat(grouped, []string{"groups.E.other=3..5", "groups.E.some={to: 40, input: 3}"}), alike: true},
		{as: grouped, set: slices.Concat(grouped, []string{"groups.E.some=1..41"})},
		{as: grouped, set: slices.Concat(grouped, []string{"projections.E_to_I.from=E"})},
		{set: []string{"seed=2"}},
		{set: []string{"constants.C_E=16"}},
		{set: []string{"populations.I.size=31"}},
		{set: []string{"projections.E_to_E={from: E, to: E, rule: fixed_outdegree, outdegree: 12, weight: 0.1, delay: 1.5, synapse: delta}"}},
		{set: []string{"projections.E_to_E.autapses=false"}},
		{set: drawn},
		{set: []string{"projections.*.delay={uniform: [1, 3]}"}},
		{as: drawn, set: []string{"projections.*.weight={normal: [0.2, 0.04]}"}},
	} {
		t.Run(fmt.Sprint(k.set), func(t *testing.T) {
			a, b := load(k.as...), load(k.set...)
			if k.alike {
				require.Equal(t, KeyOf(a), KeyOf(b))
				require.Equal(t, build(a), build(b))
				return
			}
			require.NotEqual(t, KeyOf(a), KeyOf(b))
			require.NotEqual(t, build(a), build(b), "nothing to tell apart")
		})
	}
}

// A key is made of values: an address in it would tell networks apart that are alike, and not those that follow each other in one place.
func TestKeysHoldNoAddresses(t *testing.T) {
	left := map[string]bool{"Weight": true, "Delay": true, "Edges": true, "Model": true, "VTh": true, "V0": true, "G0Ex": true, "G0In": true, "Bias": true,
		"Input": true, "PoissonInput": true, "Rate": true, "Spikes": true} // which keys leave out, or take apart
	var check func(reflect.Type, string)
	check = func(of reflect.Type, path string) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Func, reflect.Interface, reflect.Chan:
			t.Errorf("%s is a %s", path, of.Kind())
		case reflect.Slice, reflect.Array:
			check(of.Elem(), path+"[]")
		case reflect.Struct:
			for f := range of.NumField() {
				if field := of.Field(f); !left[field.Name] {
					check(field.Type, path+"."+field.Name)
				}
			}
		}
	}
	check(reflect.TypeFor[network.Population](), "population")
	check(reflect.TypeFor[network.Projection](), "projection")
}
