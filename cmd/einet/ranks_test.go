package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"einet/experiment"

	"github.com/stretchr/testify/require"
)

// Ranks of one process leave what one engine leaves, and go on from what it has kept.
func TestRanksOfOneProcess(t *testing.T) {
	t.Run("static", func(t *testing.T) {
		ranksOfOneProcess(t, []string{"brunel2000", "--scale", "0.1"}, experiment.SpikesFile, experiment.TracesFile)
	})
	t.Run("learning", func(t *testing.T) {
		ranksOfOneProcess(t, []string{"vogels2011", "--scale", "0.1", "--set", "record={spikes: all, weights: {I_to_E: {every: 20 ms, synapses: 50}}}"},
			experiment.SpikesFile, experiment.TracesFile, experiment.WeightsFile, experiment.FinalWeightsFile)
	})
}

func ranksOfOneProcess(t *testing.T, network []string, files ...string) {
	dir := t.TempDir()
	args := func(out string, more ...string) []string {
		run := append(append([]string{"run"}, network...), "--duration", "60", "--engine", "cpu", "--no-plots", "-q", "--checkpoint-end", "--out", filepath.Join(dir, out))
		return append(run, more...)
	}
	status, _, errs := einet(t, args("one")...)
	require.Equal(t, exitDone, status, errs)
	status, out, errs := einet(t, args("three", "--ranks", "3", "--json")...)
	require.Equal(t, exitDone, status, errs)
	one, err := experiment.ReadSummary(filepath.Join(dir, "one"))
	require.NoError(t, err)
	require.Equal(t, one.Digest, digestOf(t, out))
	require.Positive(t, one.Spikes)
	require.Zero(t, one.Ranks)
	var s experiment.Summary
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	require.Equal(t, 3, s.Ranks)
	require.Equal(t, one.Synapses, s.Synapses)
	require.Regexp(t, "^3 ranks, ", s.Device)
	for _, name := range files {
		a, err := os.ReadFile(filepath.Join(dir, "one", name))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(dir, "three", name))
		require.NoError(t, err)
		require.Equal(t, string(a), string(b), name)
	}
	status, _, errs = einet(t, "run", filepath.Join(dir, "one"), "--extend", "30", "--ranks", "2", "--engine", "cpu", "-q", "--no-plots")
	require.Equal(t, exitDone, status, errs)
	status, _, errs = einet(t, "run", filepath.Join(dir, "three"), "--extend", "30", "--engine", "cpu", "-q", "--no-plots")
	require.Equal(t, exitDone, status, errs)
	one, err = experiment.ReadSummary(filepath.Join(dir, "one"))
	require.NoError(t, err)
	three, err := experiment.ReadSummary(filepath.Join(dir, "three"))
	require.NoError(t, err)
	require.Equal(t, one.Digest, three.Digest)
	require.Equal(t, one.WeightsDigest, three.WeightsDigest)
	require.Equal(t, 2, one.Ranks)
}

// What ranks can't do is refused with a line.
func TestRanksAreRefused(t *testing.T) {
	for _, c := range []struct {
		args []string
		line string
	}{
		{[]string{"run", "ei", "--ranks", "-1"}, "einet: --ranks -1: must be from 1 to 16384\n"},
		{[]string{"run", "ei", "--ranks", "2", "--replicas", "2"}, "einet: --replicas, --seeds: each is a whole network on one engine: leave --ranks, mpirun and all devices but one out\n"},
		{[]string{"run", "ei", "--ranks", "2", "--engine", "cpu", "--connectivity", "procedural"}, "einet: --connectivity procedural: ranks store their synapses: leave it out, or simulate with one engine\n"},
		{[]string{"run", "vogels2011", "--ranks", "2", "--engine", "gpu"}, "einet: vogels2011: ranks on devices have no long-term plasticity yet: use --engine cpu, or one device\n"},
		{[]string{"run", "ei", "--ranks", "3", "--device", "0,1"}, "einet: --ranks 3: --device 0,1 names 2 devices, each of which is a rank\n"},
		{[]string{"run", "ei", "--device", "0,1", "--resident", "2"}, "einet: --resident: ranks exchange spikes after every window, of which a dispatch can't have several\n"},
		{[]string{"sweep", "ei", "--vary", "dt=0.1,0.2", "--engine", "gpu", "--device", "0,1"}, "einet: --device 0,1: several devices are ranks of one network, which einet run alone makes: name one\n"},
		{[]string{"scaling", "ei", "--ranks", "4", "--ranks", "2"}, "einet: --ranks 2: must be from 1 to 16384, and ascending\n"},
		{[]string{"scaling", "ei", "--rate", "-1"}, "einet: --rate -1: must be from 0 to 1000 Hz\n"},
		{[]string{"scaling", "ei", "--windows", "1"}, "einet: --windows 1: must be from 10 to 1000000\n"},
		{[]string{"scaling", "ei", "--bandwidth", "0"}, "einet: --latency 2, --bandwidth 0: must be at least 0, and above 0\n"},
		{[]string{"scaling", "ei", "--force"}, "einet: --force: only says something of --out\n"},
	} {
		status, out, errs := einet(t, append(c.args, "-q")...)
		require.Equal(t, exitUsage, status, c.args)
		require.Empty(t, out)
		require.Equal(t, c.line, errs)
	}
}

// A dry run builds a part: half of the neurons have half of the synapses. Memory falls with the ranks, and the exchange is the model's.
func TestScaling(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "scaling")
	status, out, errs := einet(t, "scaling", "ei", "--scale", "0.2", "--ranks", "1,2,4", "--windows", "20", "--threads", "1", "--latency", "3", "--bandwidth", "1", "--rate", "10", "--json", "-q", "--out", dir)
	require.Equal(t, exitDone, status, errs)
	var r scalingReport
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Len(t, r.Rows, 3)
	for i, x := range r.Rows {
		require.Equal(t, 2000, x.Network)
		require.InEpsilon(t, 2000/float64(int(1)<<i), x.Neurons, 0.15) // cut between 64 and 64
		require.InEpsilon(t, 2000*500/float64(int(1)<<i), x.Synapses, 0.15)
		require.Positive(t, x.WindowUs)
		// 8 bytes for each of 2000 neurons x 10 Hz x 1.5 ms, at 1 byte in a ns, of which all but one's own part comes from others
		bytes := 8 * 2000 * 10 * r.WindowMs / 1000
		require.InEpsilon(t, bytes/1000, x.ExchangeKB, 1e-9)
		if i > 0 {
			n := float64(int(1) << i)
			require.InDelta(t, 3*float64(i)+bytes/1000*(n-1)/n, x.ExchangeUs, 2e-3)
			require.Less(t, x.SynapseMB, 0.6*r.Rows[i-1].SynapseMB)
		}
	}
	require.Zero(t, r.Rows[0].ExchangeUs)
	for _, name := range []string{"scaling.json", "ranks.png", "ranks.svg"} {
		require.FileExists(t, filepath.Join(dir, name))
	}
	status, _, errs = einet(t, "scaling", "ei", "--scale", "0.05", "--weak", "--ranks", "2", "--windows", "10", "--json", "-q")
	require.Equal(t, exitDone, status, errs)
}
