//go:build long

package dynamics_test

import (
	"testing"

	"einet/rng/stattest"
)

// The checks of TestRandomValues at the sizes that see errors of 1 %.
func TestRandomValuesAtFullSize(t *testing.T) { stattest.Full(t, randomValues()) }
