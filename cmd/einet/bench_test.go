package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBench(t *testing.T) {
	status, out, errs := einet(t, "bench", "--sizes", "500,1000", "--duration", "20ms", "--repetitions", "1", "--engines", "reference", "--json", "-q")
	require.Equal(t, exitDone, status, errs)
	var results []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &results))
	require.Len(t, results, 2)
	require.NotZero(t, results[1]["deliveries"])
	status, out, errs = einet(t, "bench", "--sizes", "500", "--duration", "20ms", "--repetitions", "1", "--engines", "reference")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "real-time factor")
}

// Without OpenGL the gpu engine is missed where it was asked for, and else left
// out in so many words.
func TestBenchWithoutOpenGL(t *testing.T) {
	args := []string{"bench", "--sizes", "500", "--duration", "1ms", "--repetitions", "1", "-q"}
	for _, engines := range []string{"gpu", "reference,gpu"} {
		status, out, errs := einetOn(t, withoutGL(), append(args, "--engines", engines)...)
		require.Equal(t, exitMachine, status)
		require.Empty(t, out)
		require.Equal(t, "einet: --engines gpu: no OpenGL 4.3 device: here; one cause; another; --engines cpu needs none\n", errs)
	}
	status, out, errs := einetOn(t, withoutGL(), args...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "reference")
	require.Equal(t, "einet: without the gpu engine: no OpenGL 4.3 device: here; one cause; another\n", errs)
}

// Every engine has to take every size before one is measured.
func TestBenchChecksTheMemoryOfDevices(t *testing.T) {
	gl := withGL(t)
	status, out, errs := einetOn(t, gl, "bench", "--sizes", "500,1000000", "--engines", "gpu")
	require.Equal(t, exitMachine, status, errs)
	require.Empty(t, out)
	require.Regexp(t, `^einet: ei: gpu: .*: use fewer neurons or synapses.*\n$`, errs)
}
