//go:build long

package cpuref_test

import (
	"testing"

	"einet/rng/stattest"
)

// The checks of TestRandomInput at the sizes that see errors of 1 %.
func TestRandomInputAtFullSize(t *testing.T) { stattest.Full(t, randomInput()) }
