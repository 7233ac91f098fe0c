package cpu

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/enginetest"
	"einet/network/language"
	"einet/network/presets"
)

// What is expected to be copied is what engines copy.
func TestCopiedBytes(t *testing.T) {
	copies := 0
	for name, scale := range map[string]float64{"ei": 0.2, "vogels2005cuba": 1, "vs96": 1, "brunel2000exp": 0.1, "potjans2014": 0.02, "brainpy1m": 1} {
		net, err := presets.Load(name, language.Options{Scale: scale})
		require.NoError(t, err)
		m, syn := enginetest.Build(t, net)
		e := newEngine(m, syn, 2, best())
		bytes := 0
		for i := range e.shares {
			for _, b := range e.shares[i].bitmaps {
				bytes += 8 * len(b.words)
			}
			for _, b := range e.shares[i].bundles {
				bytes += 2*len(b.rows) + 4*len(b.begin)
			}
		}
		if bytes > 0 {
			copies++
		}
		expected := CopiedBytes(net, 2)
		require.GreaterOrEqual(t, expected, int64(bytes), name)
		require.LessOrEqual(t, expected, 2*syn.Bytes()+int64(bytes), name)
		if name == "ei" || name == "brunel2000exp" || name == "potjans2014" {
			require.Equal(t, bytes > 0, expected > 0, name)
		}
		require.NoError(t, e.Close())
	}
	require.GreaterOrEqual(t, copies, 2)
}
