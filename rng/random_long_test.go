//go:build long

package rng_test

import (
	"testing"

	"einet/rng/stattest"
)

// The checks of TestRandomNumbers at the sizes that see errors of 1 %.
func TestRandomNumbersAtFullSize(t *testing.T) { stattest.Full(t, randomNumbers()) }
