package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// Synapses that are drawn again give the spikes of stored ones, on each engine that takes
// them, and the summary says that their number is the expected one.
func TestConnectivity(t *testing.T) {
	of := func(more ...string) Summary {
		status, out, errs := einet(t, small(t, append([]string{"--json", "-q"}, more...)...)...)
		require.Equal(t, exitDone, status, errs)
		var s Summary
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		return s
	}
	stored := of()
	require.Equal(t, "stored", stored.Connectivity)
	for _, engine := range []string{"reference", "cpu", "auto"} {
		drawn := of("--connectivity", "procedural", "--engine", engine)
		require.Equal(t, "procedural", drawn.Connectivity)
		require.Equal(t, stored.Digest, drawn.Digest, engine)
		require.EqualValues(t, 250_000, drawn.Synapses)
		require.Zero(t, drawn.BytesPerSynapse)
	}
	require.NotEqual(t, stored.Digest, of("--connectivity", "procedural", "--seed", "2").Digest, "control")
}

func TestConnectivityIsRefused(t *testing.T) {
	for _, c := range []struct{ network, flag, engine, says string }{
		{"brunel2000", "procedural", "cpu", "projections.E_to_E.rule: fixed_indegree: can't be drawn again by source"},
		{"ei", "procedural", "gpu", "must be --engine cpu or reference"},
		{"ei", "sparse", "cpu", "--connectivity must be one of"},
	} {
		status, _, errs := einet(t, "run", c.network, "--connectivity", c.flag, "--engine", c.engine, "--out", t.TempDir())
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, c.says)
	}
}
