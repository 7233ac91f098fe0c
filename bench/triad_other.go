//go:build !(goexperiment.simd && amd64)

package bench

// triad is triadScalar.
func triad(a, b, c []float32, s float32) { triadScalar(a, b, c, s) }
