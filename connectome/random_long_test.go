//go:build long

package connectome_test

import (
	"testing"

	"einet/rng/stattest"
)

// The checks of TestRandomSynapses at the sizes that see errors of 1 %.
func TestRandomSynapsesAtFullSize(t *testing.T) { stattest.Full(t, randomSynapses()) }
