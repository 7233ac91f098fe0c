package libm_test

import (
	"math"
	"math/big"
	"testing"

	"einet/libm"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSinAgainstMath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.OneOf(
			rapid.Float64Range(-10, 10), rapid.Float64Range(-0x1p20, 0x1p20),
			rapid.Map(rapid.IntRange(-667_544, 667_544), func(n int) float64 { return float64(n) * math.Pi / 2 }), // ends of quadrants
		).Draw(t, "x")
		want, got := math.Sin(x), libm.Sin(x)
		ulp := math.Nextafter(math.Abs(want), math.Inf(1)) - math.Abs(want)
		if math.Abs(want) < 1e-8 { // where math.Sin's own reduction leaves few digits
			want = sinNearZero(x)
		}
		require.LessOrEqual(t, math.Abs(got-want), 4*ulp, "sin(%v) = %v, want %v", x, got, want)
	})
}

// sinNearZero is the sine of what is very near a multiple of pi: its distance
// to that, in 200 bits.
func sinNearZero(x float64) float64 {
	pi, _, _ := big.ParseFloat("3.14159265358979323846264338327950288419716939937510582097494459", 10, 200, big.ToNearestEven)
	n := math.Round(x / math.Pi)
	r := new(big.Float).SetPrec(200).SetFloat64(n)
	r.Sub(new(big.Float).SetPrec(200).SetFloat64(x), r.Mul(r, pi))
	y, _ := r.Float64()
	if int(n)&1 != 0 {
		return -y
	}
	return y
}

func TestSinSpecialValues(t *testing.T) {
	require.Zero(t, libm.Sin(0))
	require.Equal(t, 1.0, libm.Sin(math.Pi/2))
	require.Equal(t, -1.0, libm.Sin(-math.Pi/2))
	require.Equal(t, 0x1.1a62633145c07p-53, libm.Sin(math.Pi), "what pi lacks as a float64")
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1 << 21} {
		require.True(t, math.IsNaN(libm.Sin(x)))
	}
}

// Pinned bits: they must never change, on any machine.
func TestSinBits(t *testing.T) {
	for x, want := range map[float64]uint64{
		1: 0x3feaed548f090cee, 3: 0x3fc210386db6d55b, -2.5: 0xbfe326af0dcfcab0, 1e6: 0xbfd6664b2568d867,
	} {
		require.Equal(t, want, math.Float64bits(libm.Sin(x)), "%v %#x", x, math.Float64bits(libm.Sin(x)))
	}
}
