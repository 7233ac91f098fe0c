//go:build !goexperiment.simd || !amd64

package sim

// guess is guessScalar.
func (p *places) guess(values []float32, at []int32) { p.guessScalar(values, at) }

// sum writes a + b to dst.
func sum(dst, a, b []float32) { sumScalar(dst, a, b) }
