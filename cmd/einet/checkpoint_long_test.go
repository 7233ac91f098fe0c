//go:build long

package main

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A hundred kills by chance, in chains of up to ten: one digest, one set of files, no leftovers.
func TestHundredKills(t *testing.T) {
	tries(t)
	seed := uint64(time.Now().UnixNano())
	random, kills, resumed := rand.New(rand.NewPCG(seed, 0)), 0, 0
	devices := append(append([][]string{}, processorEngines...), []string{"--engine", "gpu", "--device", "llvmpipe"})
	for _, k := range []*killing{
		{args: []string{"run", "ei", "--duration", "40s", "--no-plots", "--set", "record={averages: 5}"}, engines: [][]string{processorEngines[0], processorEngines[2]}, within: 2 * time.Second},
		{args: []string{"run", "potjans2014", "--scale", "0.1", "--duration", "5s", "--no-plots", "--spikes", "csv"}, engines: processorEngines, within: 4 * time.Second},
		{args: []string{"run", modelFile(t), "--duration", "5s", "--no-plots", "--spikes", "csv", "--spikes", "sonata"}, engines: devices, within: 2 * time.Second},
		{args: []string{"run", "vogels2011", "--scale", "0.2", "--duration", "6s", "--no-plots", "--set", "record={spikes: all, weights: {I_to_E: {every: 50 ms, synapses: 200}}}"}, engines: processorEngines, within: 2 * time.Second},
	} {
		want := k.unbroken(t)
		for of := 0; of < 25; {
			dir := filepath.Join(t.TempDir(), "run")
			some, on := k.killed(t, random, dir, min(1+random.IntN(10), 25-of))
			of, kills, resumed = of+some, kills+some, resumed+on
			same(t, want, dir)
		}
	}
	t.Logf("seed %d: %d kills, resumed %d times", seed, kills, resumed)
	require.GreaterOrEqual(t, kills, 100)
	require.Greater(t, resumed, kills/2)
}
