//go:build long && goexperiment.simd && amd64

package cpu

import "testing"

// For every word. A logarithm that is right for all is right at any probability.
func TestSkipsOfAllWords(t *testing.T) { testSkips(t, 1, 0.02) }
