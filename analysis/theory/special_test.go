package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The values are sums of the Taylor series (at 100, of the asymptotic one) with
// 120 digits.
func TestSpecialFunctionsKnownValues(t *testing.T) {
	for x, want := range map[float64]float64{
		-1: 5.00898008076228, 0: 1, 0.5: 0.615690344192926, 1: 0.427583576155807,
		3: 0.179001151181390, 10: 0.0561409927438226, 100: 0.00564161378298943,
	} {
		require.InEpsilon(t, want, erfcx(x), 1e-14, "erfcx(%g)", x)
	}
	require.Equal(t, math.Inf(1), erfcx(-30))
	require.InEpsilon(t, 1/(sqrtPi*1e200), erfcx(1e200), 1e-15)
	for x, want := range map[float64]float64{
		0.1: 0.0993359923978529, 0.5: 0.424436383502022, 1: 0.538079506912768,
		2: 0.301340388923792, 10: 0.0502538471875985,
	} {
		require.InEpsilon(t, want, dawson(x), 1e-14, "dawson(%g)", x)
		require.InEpsilon(t, -want, dawson(-x), 1e-14)
	}
	require.Zero(t, dawson(0))
}

// The branches of both functions meet, and lie between known bounds.
func TestSpecialFunctionsEverywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := math.Pow(10, rapid.Float64Range(-6, 12).Draw(t, "log10 x"))
		above := 2 / sqrtPi / (x + math.Sqrt(x*x+4/math.Pi)) // DLMF 7.8.2
		below := 2 / sqrtPi / (x + math.Sqrt(x*x+2))
		require.LessOrEqual(t, erfcx(x), above*(1+1e-14))
		require.GreaterOrEqual(t, erfcx(x), below*(1-1e-14))
		// D' = 1 - 2 x D, by a central difference whose error is h^2.
		h := 1e-4 * min(1, x)
		if x < 1e3 {
			require.InDelta(t, 1-2*x*dawson(x), (dawson(x+h)-dawson(x-h))/(2*h), 1e-7)
		}
	})
	for _, x := range []float64{10, 25} {
		require.InEpsilon(t, erfcx(math.Nextafter(x, 0)), erfcx(x), 1e-13)
	}
	for _, x := range []float64{0.2, 1e8} {
		require.InEpsilon(t, dawson(x*(1-1e-12)), dawson(x*(1+1e-12)), 1e-11)
	}
}
