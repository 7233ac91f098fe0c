package stattest_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"einet/rng/stattest"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

// Points of the tables: chi-square's in Abramowitz & Stegun, table 26.8; Kolmogorov's 5 % and 1 % in
// Smirnov, Ann. Math. Statist. 19 (1948) 279.
func TestTables(t *testing.T) {
	require.InDelta(t, 0.05, stattest.Above(18.307, 10), 1e-5)
	require.InDelta(t, 0.001, stattest.Above(149.449, 100), 1e-6)
	require.InDelta(t, 0.025, stattest.Tail(1.959964), 1e-8)
	for p, x := range map[float64]float64{0.05: 1.3581, 0.01: 1.6276, 0.5: 0.8276} {
		const n = 1_000_000 // at which the correction is 1e-4
		sample := make([]float64, n)
		for k := range sample { // evenly spaced, moved by x/sqrt(n) down
			sample[k] = (float64(k)+1)/n - x/math.Sqrt(n)
		}
		require.InEpsilon(t, p, stattest.KS(sample, func(x float64) float64 { return max(x, 0) }), 2e-3)
	}
}

// Of right samples of another generator p-values are uniform, for each statistic; with a tenth of the
// variance too much or another correlation they are not.
func TestPValuesAreUniform(t *testing.T) {
	const seeds, n = 500, 2000
	identity := func(x float64) float64 { return x }
	values := map[string][]float64{}
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 1))
		counts, want := make([]float64, 30), make([]float64, 30)
		table, even := stattest.NewTable(6, 4), make([]float64, 20)
		x, y, u := make([]float64, n), make([]float64, n), make([]float64, n)
		for k := range want {
			want[k] = n * distuv.Binomial{N: 29, P: 0.3}.Prob(float64(k))
		}
		binomial := distuv.Binomial{N: 29, P: 0.3, Src: r}
		for k := range n {
			counts[int(binomial.Rand())]++
			table.Add(int(6*r.Float64()*r.Float64()), r.IntN(4))
			even[r.IntN(20)]++
			x[k], u[k] = r.NormFloat64(), r.Float64()
			y[k] = 0.6*x[k] + 0.8*r.NormFloat64()
		}
		for name, p := range map[string]float64{
			"chi-square": stattest.ChiSquare(counts, want), "even": stattest.Even(even, 1./20), "table": table.Independent(),
			"correlation": stattest.Correlation(x, y, 0.6), "KS": stattest.KS(u, identity),
			"wrong even": stattest.Even(even, -0.1), "wrong correlation": stattest.Correlation(x, y, 0.59),
		} {
			values[name] = append(values[name], p)
		}
	}
	for name, p := range values {
		if got := stattest.KS(p, identity); strings.HasPrefix(name, "wrong") {
			require.True(t, stattest.Fails(got), "control: %s", name)
		} else {
			require.False(t, stattest.Fails(got), "%s: %g", name, got)
		}
	}
	require.True(t, stattest.Fails(math.NaN()))
	require.True(t, stattest.Fails(stattest.ChiSquare([]float64{4, 5}, []float64{4, 5})), "too few to say anything")
}
