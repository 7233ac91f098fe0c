package validate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network/language"
)

// Of a group of all neurons every quantity is what it is of the population, and of another it is not; a division has the rate of its
// population, and the correlation and the deviation of rates of its parts.
func TestFiguresOfGroups(t *testing.T) {
	net, err := language.Load(strings.NewReader(`
seed: 3
populations:
  E: {size: 200, tau_m: 15, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: 14, white_noise: {sd: 3}}
groups: {E: {all: 0..199, driven: {from: 150, input: 3}, halves: {count: 2}}}
projections:
  EE: {from: E, to: E, p: 0.1, weight: 0.6, delay: 1, tau_syn: 5}
`), "net.yaml", language.Options{})
	require.NoError(t, err)
	x := &Experiment{Seeds: 1, DurationMs: 3000, DiscardMs: 500}
	quantities := []Quantity{Rate, CV, Frequency, Alpha, Gamma, Dispersion, Fano, Correlation, RateSD, PopulationSpike}
	of := func(name string, quantities ...Quantity) []float64 {
		var figures []Figure
		for _, q := range quantities {
			f := Figure{Population: name, Quantity: q}
			require.NoError(t, f.check(net))
			figures = append(figures, f)
		}
		values, _, err := fastLab().measure(t.Context(), x, figures, net)
		require.NoError(t, err)
		return values
	}
	whole, all, driven := of("E", quantities...), of("E.all", quantities...), of("E.driven", quantities...)
	for k, q := range quantities {
		require.InEpsilon(t, 1+whole[k], 1+all[k], 1e-9, "%s", q)
		if q != Frequency && q != Alpha && q != Gamma {
			require.NotEqual(t, whole[k], driven[k], "%s", q)
		}
	}
	require.Greater(t, driven[0], 1.2*whole[0])
	halves, first, second := of("E.halves", Rate, CV, Fano, RateSD, Correlation), of("E.halves.0", Rate, RateSD, Correlation), of("E.halves.1", Rate, RateSD, Correlation)
	require.Equal(t, []float64{whole[0], whole[1], whole[6]}, halves[:3])
	require.InEpsilon(t, halves[0], (first[0]+second[0])/2, 1e-9)
	require.InEpsilon(t, halves[3], (first[1]+second[1])/2, 1e-9)
	require.InEpsilon(t, 1+halves[4], 1+(first[2]+second[2])/2, 1e-9)

	require.EqualError(t, (&Figure{Population: "E.halves", Quantity: Dispersion}).check(net),
		"count variance/mean of E.halves: must be of the population, of a group or of one part, such as E.halves.0: a division is all of its population")
	require.EqualError(t, (&Figure{Population: "E.none", Quantity: Rate}).check(net), `"E.none": must be the name of a group: E.all, E.driven, E.halves`)
	require.EqualError(t, (&Figure{Population: "E.driven", Quantity: BumpLength}).check(net), "population vector of E.driven: must be of a whole population: it goes by positions")
}
