package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"einet/experiment"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// enginesHere are the engines that this machine has.
func enginesHere() []string {
	engines := []string{"reference", "cpu"}
	if devices, _ := thisMachine(context.Background()).Devices(); len(devices) > 0 {
		engines = append(engines, "gpu")
	}
	return engines
}

// runText runs a network that is given as text and returns its summary, its folder and what was said.
func runText(t *testing.T, text, engine string, more ...string) (s experiment.Summary, dir, said string) {
	file, dir := filepath.Join(t.TempDir(), "net.yaml"), filepath.Join(t.TempDir(), "run")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
	args := append([]string{"run", file, "--engine", engine, "--no-plots", "-q", "--json", "--out", dir}, more...)
	status, out, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	return s, dir, errs
}

// A Poisson source has the rate that is asked of it, however many spikes that makes in a step.
func TestPoissonSourceDoesNotSaturate(t *testing.T) {
	for _, kHz := range []float64{1, 20, 200} {
		digest := ""
		for _, engine := range enginesHere() {
			s, _, said := runText(t, "dt: 0.1\nduration: 100\npopulations: {X: {size: 100, neuron: poisson, rate: "+fmt.Sprint(kHz)+" kHz}}\n", engine)
			require.Empty(t, said)
			x := s.Populations["X"]
			require.InDelta(t, 1000*kHz, *x.RateHz, 4*math.Sqrt(1000*kHz/(100*0.1)), "%g kHz on %s", kHz, engine)
			require.NotNil(t, x.CVISI)
			if digest == "" {
				digest = s.Digest
			}
			require.Equal(t, digest, s.Digest, engine)
		}
	}
}

// Given spikes of one step are told and kept: in the summary, in every format and in what reads it.
func TestGivenSpikesOfOneStepAreKept(t *testing.T) {
	const text = "dt: 0.1\nduration: 10\npopulations: {S: {size: 1, neuron: spikes, times: [1.0, 1.01, 1.04], neurons: [0, 0, 0]}}\n"
	digest := sim.NewDigest()
	same := sim.Spike{Step: 10, Neuron: 0}
	require.NoError(t, digest.Spikes(100, []sim.Spike{same, same, same}))
	for _, engine := range enginesHere() {
		s, dir, said := runText(t, text, engine, "--spikes", "csv")
		require.Contains(t, said, "populations.S: 2 of 3 spikes fall into the step of an earlier one of their neuron")
		require.EqualValues(t, 3, s.Spikes, engine)
		require.Equal(t, digest.String(), s.Digest)
		require.Nil(t, s.Populations["S"].CVISI)
		require.Equal(t, []uint32{10, 10, 10}, readNpz[uint32](t, filepath.Join(dir, "spikes.npz"), "step"))
		status, _, errs := einet(t, "plot", dir)
		require.Equal(t, exitDone, status, errs)
	}
}

// Replicas of a network with such sources, one after another where no work group takes it, are its trials on every engine;
// and synapses that are drawn again give the same.
func TestSourcesInReplicasAndDrawnSynapses(t *testing.T) {
	const text = `dt: 0.1
duration: 60
populations:
  P: {size: 20, neuron: poisson, rate: [8 kHz, {sinusoid: {amplitude: 5000, frequency: 20}}]}
  S: {size: 5, neuron: spikes, times: [1.0, 1.01, 7, 30, 30.04], neurons: [0, 0, 4, 2, 2]}
  A: {size: 40, neuron: lif, tau_m: 20, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, t_ref: 1}
projections:
  P_to_A: {from: P, to: A, p: 0.3, weight: {normal: [0.03, 0.01]}, delay: 0.5, tau_syn: 5}
  S_to_A: {from: S, to: A, p: 0.5, weight: 2, delay: 0.3, synapse: delta}
`
	file := filepath.Join(t.TempDir(), "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
	var want []string
	for _, engine := range enginesHere() {
		status, out, errs := einet(t, "run", file, "--engine", engine, "--replicas", "2", "-q", "--json", "--out", filepath.Join(t.TempDir(), "run"))
		require.Equal(t, exitDone, status, errs)
		var s experiment.ReplicasSummary
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		got := []string{s.Trials[0].Digest, s.Trials[1].Digest}
		if want == nil {
			want = got
			require.NotEqual(t, want[0], want[1])
			require.NotZero(t, *s.Populations["A"].RateHz.Mean)
		}
		require.Equal(t, want, got, engine)
		drawn, dir, _ := runText(t, text, engine, "--connectivity", "procedural")
		require.Equal(t, want[0], drawn.Digest, engine)
		require.FileExists(t, filepath.Join(dir, "spikes.npz"))
	}
}
