package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/experiment"
	"einet/record"
)

// plasticNetwork has two kinds of weights that change, of which one starts from 0 and inhibits.
const plasticNetwork = `
duration: 400
populations:
  S: {size: 100, neuron: poisson, rate: 40}
  E: {size: 20, tau_m: 10, V_th: 15, V_reset: 0, t_ref: 2, input: 14, V0: {uniform: [0, 15]}}
  I: {size: 10, tau_m: 10, V_th: 15, V_reset: 0, t_ref: 2, input: 16, V0: {uniform: [0, 15]}}
projections:
  S_to_E: {from: S, to: E, p: 0.5, weight: {uniform: [0.1, 0.6]}, delay: {uniform: [1, 3]}, tau_syn: 5, plasticity: {stdp: {A_plus: 0.02, A_minus: 0.021, tau_plus: 20, tau_minus: 20, w_min: 0.05, w_max: 0.7}}}
  I_to_E: {from: I, to: E, p: 0.8, weight: 0, delay: 1, tau_syn: 10, plasticity: {vogels2011: {eta: 0.02, tau: 20, target: 8, w_max: -4}}}
  E_to_I: {from: E, to: I, p: 0.5, weight: 0.3, delay: 1, tau_syn: 5}
record: {weights: {S_to_E: {every: 10 ms, synapses: 30}, I_to_E: {every: 50 ms}}}
`

// runPlastic runs a network on the reference engine, and returns its folder and summary.
func runPlastic(t *testing.T, text string, more ...string) (dir string, s *experiment.Summary) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "run")
	file := filepath.Join(filepath.Dir(dir), "plastic.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
	args := append([]string{"run", file, "--engine", "reference", "-q", "--out", dir, "--no-plots"}, more...)
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	s, err := experiment.ReadSummary(dir)
	require.NoError(t, err)
	return dir, s
}

// vector is a one-dimensional array of an archive.
func vector[T any](t *testing.T, path, name string, each int) (all []T) {
	t.Helper()
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	f, err := z.Open(name + ".npy")
	require.NoError(t, err, name)
	data, err := io.ReadAll(f)
	require.NoError(t, err)
	header := 10 + int(binary.LittleEndian.Uint16(data[8:]))
	all = make([]T, (len(data)-header)/each)
	_, err = binary.Decode(data[header:], binary.LittleEndian, all)
	require.NoError(t, err)
	return all
}

// The final weights are what the digest is of, exact as numbers too; what was recorded last is them; histograms and statistics count all.
func TestFinalWeights(t *testing.T) {
	dir, s := runPlastic(t, plasticNetwork)
	final, sampled := filepath.Join(dir, experiment.FinalWeightsFile), filepath.Join(dir, experiment.WeightsFile)
	hash := sha256.New()
	for _, p := range []struct {
		name       string
		most, sign float64
		recorded   int
	}{{"S_to_E", 0.7, 1, 30}, {"I_to_E", -4, -1, 0}} {
		omega, weight := vector[uint32](t, final, p.name+"_omega", 4), vector[float64](t, final, p.name+"_weight", 8)
		require.NoError(t, binary.Write(hash, binary.LittleEndian, omega))
		sum, changed := 0.0, 0
		for i, o := range omega {
			require.Equal(t, float64(o)/(1<<31)*p.most, weight[i])
			require.GreaterOrEqual(t, weight[i]*p.sign, 0.0)
			sum += weight[i]
			if weight[i] != weight[0] {
				changed++
			}
		}
		require.Greater(t, changed, len(omega)/2)
		n := float64(len(omega))
		of := s.Weights[p.name]
		require.EqualValues(t, n, of.Synapses)
		require.Equal(t, "mV", of.Unit)
		require.InEpsilon(t, sum/n, *of.End.Mean, 1e-12)
		var counts [2]int64
		for k, at := range []string{"_counts_start", "_counts_end"} {
			for _, c := range vector[int64](t, final, p.name+at, 8) {
				counts[k] += c
			}
		}
		require.Equal(t, [2]int64{int64(n), int64(n)}, counts)

		steps, rows, err := record.ReadWeights(sampled, p.name)
		require.NoError(t, err)
		require.EqualValues(t, 4000, steps[len(steps)-1])
		if p.recorded == 0 {
			p.recorded = len(omega)
		}
		last := rows[len(rows)-1]
		require.Len(t, last, p.recorded)
		from, to := vector[int64](t, sampled, p.name+"_source", 8), vector[int64](t, sampled, p.name+"_target", 8)
		source, target := vector[uint32](t, final, p.name+"_source", 4), vector[uint32](t, final, p.name+"_target", 4)
		for i, w := range last {
			k := i * len(omega) / len(last)
			require.EqualValues(t, source[k], from[i])
			require.EqualValues(t, target[k], to[i])
			require.Equal(t, float32(weight[k]), w)
		}
		require.NotEqual(t, rows[0], last, "control: weights change")
	}
	require.Equal(t, hex.EncodeToString(hash.Sum(nil)), s.WeightsDigest)
	require.InDelta(t, 0.35, *s.Weights["S_to_E"].Start.Mean, 0.02)
	require.Equal(t, 1.0, *s.Weights["I_to_E"].Start.AtWMin)

	// A later run without plasticity leaves none of it behind.
	status, _, errs := einet(t, small(t, "--out", dir, "--force")...)
	require.Equal(t, exitDone, status, errs)
	require.NoFileExists(t, final)
	require.NoFileExists(t, sampled)
}

// A run starts from another's weights, its network.yaml gives the same again, and it goes on from its end as if it had not stopped. Files
// that are not of its synapses are refused in one line.
func TestStartsFromWeights(t *testing.T) {
	first, before := runPlastic(t, plasticNetwork)
	file := filepath.Join(first, experiment.FinalWeightsFile)
	from := []string{"--set", "projections.S_to_E.plasticity.weights=" + file, "--set", "projections.I_to_E.plasticity.weights=" + file, "--trial", "1"}
	second, after := runPlastic(t, plasticNetwork, append(from, "--duration", "300")...)
	for _, p := range []string{"S_to_E", "I_to_E"} {
		require.Equal(t, before.Weights[p].End, after.Weights[p].Start)
		require.Equal(t, vector[int64](t, file, p+"_counts_end", 8), vector[int64](t, filepath.Join(second, experiment.FinalWeightsFile), p+"_counts_start", 8))
	}
	_, other := runPlastic(t, plasticNetwork, "--trial", "1", "--duration", "300")
	require.NotEqual(t, after.Digest, other.Digest, "control: other weights give other spikes")
	text, err := os.ReadFile(filepath.Join(second, experiment.NetworkFile))
	require.NoError(t, err)
	_, again := runPlastic(t, string(text))
	require.Equal(t, after.Digest, again.Digest)
	require.Equal(t, after.WeightsDigest, again.WeightsDigest)

	out := filepath.Join(t.TempDir(), "network")
	exported := filepath.Join(t.TempDir(), "plastic.yaml")
	require.NoError(t, os.WriteFile(exported, []byte(plasticNetwork), 0o666))
	status, _, errs := einet(t, append([]string{"export", exported, "--out", out}, from[:4]...)...)
	require.Equal(t, exitDone, status, errs)
	page := filepath.Join(t.TempDir(), "page")
	status, _, errs = einet(t, "report", second, "--out", page)
	require.Equal(t, exitDone, status, errs)
	html, err := os.ReadFile(filepath.Join(page, experiment.ReportFile))
	require.NoError(t, err)
	require.Contains(t, string(html), "from those of "+file+" on")
	for i, w := range vector[float64](t, file, "I_to_E_weight", 8) {
		require.Equal(t, float32(w), vector[float32](t, filepath.Join(out, synapsesFile), "I_to_E_weight", 4)[i])
	}

	// Half of it, and then the other half.
	half, _ := runPlastic(t, plasticNetwork, append(from, "--duration", "150", "--checkpoint-end")...)
	status, _, errs = einet(t, "run", "--extend", "150", half, "--engine", "reference", "-q", "--no-plots")
	require.Equal(t, exitDone, status, errs)
	whole, err := experiment.ReadSummary(half)
	require.NoError(t, err)
	require.Equal(t, after.Digest, whole.Digest)
	require.Equal(t, after.WeightsDigest, whole.WeightsDigest)
	require.Equal(t, after.Weights, whole.Weights)
	sameArrays(t, filepath.Join(second, experiment.WeightsFile), filepath.Join(half, experiment.WeightsFile))

	const at = "projections.S_to_E.plasticity.weights: "
	text = []byte(plasticNetwork)
	network := filepath.Join(t.TempDir(), "plastic.yaml")
	require.NoError(t, os.WriteFile(network, text, 0o666))
	for set, want := range map[string]string{
		"seed=2": at + file + ": has ",
		"projections.S_to_E.delay={uniform: [1, 4]}":                                            at + file + ": synapse ",
		"projections.S_to_E.plasticity.stdp.w_max=1":                                            at + file + ": w_max is 0.7, the network has 1",
		"projections.S_to_E.plasticity.stdp.w_min=0.09":                                         at + file + ": the weight of synapse ",
		"projections.S_to_E.plasticity.weights=" + filepath.Join(first, experiment.WeightsFile): "holds no final weights: must be the final_weights.npz of a run",
		"projections.S_to_E.plasticity.weights=" + network:                                      "not an .npz archive",
		"projections.S_to_E.plasticity.weights=" + first:                                        "must be a file",
		"projections.S_to_E.plasticity.sha256=12":                                               "has changed: its SHA-256 is ",
	} {
		status, _, errs := einet(t, append([]string{"run", network, "--engine", "reference", "--out", filepath.Join(t.TempDir(), "x"), "--set", set}, append(from, "--set", set)...)...)
		require.Equal(t, exitUsage, status, set)
		require.Contains(t, errs, want, set)
	}
	status, _, errs = einet(t, "run", network, "--engine", "reference", "--out", filepath.Join(t.TempDir(), "x"), "--set", "projections.S_to_E.plasticity.sha256=12")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "projections.S_to_E.plasticity.sha256: 12: must be left out: there is no file of weights")
	for _, args := range [][]string{{"run", network, "--engine", "reference", "--seeds", "2"}, {"sweep", network, "--vary", "populations.I.input=16,17", "--seeds", "2"}} {
		dir := filepath.Join(t.TempDir(), "x")
		status, _, errs = einet(t, append(append(args, "--out", dir), from...)...)
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, "--seeds 2: must be 1: projections.S_to_E.plasticity.weights are of the synapses of seed 1\n")
		require.NoDirExists(t, dir)
	}
}

// einet compare tells whether final weights are the same, also where spikes are: here no target fires. It tells by how much one synapse's
// differ, and that a file is of another run.
func TestCompareTellsOfWeights(t *testing.T) {
	const network = `
duration: 400
populations:
  S: {size: 30, neuron: poisson, rate: 40}
  E: {size: 10, tau_m: 10, V_th: 15, V_reset: 0, t_ref: 2, input: 0, V0: 0}
projections:
  S_to_E: {from: S, to: E, p: 0.5, weight: -2, delay: 1, tau_syn: 5, plasticity: {vogels2011: {eta: 0.0625, tau: 20, target: 8, w_max: -4}}}
`
	a, _ := runPlastic(t, network)
	same, _ := runPlastic(t, network, "--engine", "cpu")
	other, _ := runPlastic(t, network, "--set", "projections.S_to_E.plasticity.vogels2011.eta=0.125")
	moved, _ := runPlastic(t, network, "--seed", "2")
	compared := func(a, b string) (status int, out, errs string) {
		return einet(t, "compare", a, b, "--no-plots")
	}
	status, out, errs := compared(a, same)
	require.Equal(t, exitDone, status, errs)
	require.Regexp(t, `final weights +S_to_E: the same of all \d+ synapses`, out)
	require.Contains(t, out, "one digest, and one of the final weights")

	status, out, errs = compared(a, other)
	require.Equal(t, exitCheckFailed, status)
	require.Contains(t, errs, "differ: the same spikes, and other final weights")
	file := func(dir string) string { return filepath.Join(dir, experiment.FinalWeightsFile) }
	x, y := vector[float64](t, file(a), "S_to_E_weight", 8), vector[float64](t, file(other), "S_to_E_weight", 8)
	most, n := 0.0, 0
	for i := range x {
		if x[i] != y[i] {
			most, n = max(most, math.Abs(x[i]-y[i])), n+1
		}
	}
	require.Contains(t, out, fmt.Sprintf("other ones of %d of %d synapses, by up to %.4g mV", n, len(x), most))

	status, out, _ = compared(a, moved)
	require.Equal(t, exitCheckFailed, status)
	require.Contains(t, out, "S_to_E: not compared one by one: the synapses differ; means -")

	data, err := os.ReadFile(file(other))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file(same), data, 0o666))
	status, _, errs = compared(a, same)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "have one digest of weights, but other weights")
	require.NoError(t, os.Remove(file(same)))
	_, out, _ = compared(a, same)
	require.Contains(t, out, "S_to_E: not compared: "+same+" has no final_weights.npz")
}

// Replicas have weights of their own, each those of a run of its trial.
func TestWeightsOfReplicas(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "trials")
	network := filepath.Join(t.TempDir(), "plastic.yaml")
	require.NoError(t, os.WriteFile(network, []byte(plasticNetwork), 0o666))
	status, _, errs := einet(t, "run", network, "--engine", "reference", "--replicas", "2", "-q", "--no-plots", "--out", dir)
	require.Equal(t, exitDone, status, errs)
	one, s := runPlastic(t, plasticNetwork, "--trial", "1")
	sameArrays(t, filepath.Join(one, experiment.FinalWeightsFile), filepath.Join(dir, "final_weights-1.npz"))
	sameArrays(t, filepath.Join(one, experiment.WeightsFile), filepath.Join(dir, "weights-1.npz"))
	require.FileExists(t, filepath.Join(dir, "final_weights-0.npz"))
	text, err := os.ReadFile(filepath.Join(dir, experiment.SummaryFile))
	require.NoError(t, err)
	require.Contains(t, string(text), s.WeightsDigest)
}

// A projection without synapses has no weights to record, and a figure without any. Equal weights have a standard deviation of 0, not of what rounding leaves.
func TestWeightsOfNoSynapses(t *testing.T) {
	network, dir := filepath.Join(t.TempDir(), "plastic.yaml"), filepath.Join(t.TempDir(), "run")
	require.NoError(t, os.WriteFile(network, []byte(plasticNetwork), 0o666))
	status, _, errs := einet(t, "run", network, "--engine", "reference", "-q", "--out", dir, "--duration", "60",
		"--set", "projections.S_to_E.p=0", "--set", "projections.I_to_E.weight=-0.3")
	require.Equal(t, exitDone, status, errs)
	require.FileExists(t, filepath.Join(dir, "weights.svg"))
	s, err := experiment.ReadSummary(dir)
	require.NoError(t, err)
	require.Zero(t, s.Weights["S_to_E"].Synapses)
	require.Nil(t, s.Weights["S_to_E"].End.Mean)
	require.InDelta(t, -0.3, *s.Weights["I_to_E"].Start.Mean, 1e-9)
	require.Zero(t, *s.Weights["I_to_E"].Start.SD)
	require.NotEqual(t, *s.Weights["I_to_E"].Start.Mean, *s.Weights["I_to_E"].End.Mean)
	steps, _, err := record.ReadWeights(filepath.Join(dir, experiment.WeightsFile), "I_to_E")
	require.NoError(t, err)
	require.Equal(t, []uint32{500}, steps)
}

// What can't have weights that change says so in one line.
func TestRefusesPlasticity(t *testing.T) {
	network := filepath.Join(t.TempDir(), "plastic.yaml")
	require.NoError(t, os.WriteFile(network, []byte(plasticNetwork), 0o666))
	for _, k := range []struct {
		args []string
		want string
	}{
		{[]string{"run", "--engine", "reference", "--connectivity", "procedural"}, "projections.S_to_E.plasticity: weights that change are stored, not drawn again"},
		{[]string{"theory"}, "projections.S_to_E.plasticity: weights change, the theory is that of constant ones"},
		{[]string{"export", "--to", "sonata"}, "projections.S_to_E.plasticity: must be left out: SONATA has no weights that change"},
		{[]string{"export", "--to", "nest"}, "projections.S_to_E.plasticity.stdp.w_min: 0.05: must be 0, as in NEST's synapses"},
		{[]string{"show", "--set", "record.weights={E_to_I: {every: 1}}"}, `record.weights.E_to_I: "E_to_I": must be the name of a projection with plasticity: S_to_E, I_to_E`},
		{[]string{"show", "--set", "record.weights={S_to_E: {every: 1, synapses: 0}}"}, "record.weights.S_to_E.synapses: 0: must be a whole number of synapses, 1 to 1000000"},
		{[]string{"show", "--set", "record.weights={S_to_E: {every: 0.05}}"}, "record.weights.S_to_E.every: 0.05: must be a whole multiple of dt"},
	} {
		args := append(k.args[:1:1], append([]string{network}, k.args[1:]...)...)
		if k.args[0] == "run" || k.args[0] == "export" {
			args = append(args, "--out", filepath.Join(t.TempDir(), "x"))
		}
		status, _, errs := einet(t, args...)
		require.NotEqual(t, exitDone, status, k.args)
		require.Contains(t, errs, k.want)
	}
}

// NEST's names of the three rules have einet's numbers, and its neurons the time constants of the targets' traces.
func TestPlasticityInNEST(t *testing.T) {
	network := filepath.Join(t.TempDir(), "plastic.yaml")
	require.NoError(t, os.WriteFile(network, []byte(plasticNetwork), 0o666))
	script := func(set ...string) (status int, text, errs string) {
		out := filepath.Join(t.TempDir(), "nest")
		args := []string{"export", network, "--to", "nest", "--out", out, "--set", "projections.S_to_E.plasticity.stdp.w_min=0"}
		for _, s := range set {
			args = append(args, "--set", s)
		}
		status, _, errs = einet(t, args...)
		data, _ := os.ReadFile(filepath.Join(out, nestFile))
		return status, string(data), errs
	}
	triplet := "projections.S_to_E.plasticity={triplet: {A2_plus: 0.125, A3_plus: 0.25, A2_minus: 0.5, A3_minus: 0.0625, tau_plus: 16.8, tau_x: 101, tau_minus: 20, tau_y: 125, w_max: 2}}"
	for _, k := range []struct {
		set  string
		want []string
	}{
		{"projections.S_to_E.plasticity.stdp.mu=0.5", []string{
			`"S_to_E": ("S", "E", {"synapse_model": "stdp_synapse", "Wmax": 0.7, "alpha": 1.05, "lambda": 0.02, "mu_minus": 0.5, "mu_plus": 0.5, "tau_plus": 20.0}`,
			`"I_to_E": ("I", "E", {"synapse_model": "vogels_sprekeler_synapse", "Wmax": -4.0, "alpha": 0.32, "eta": 0.02, "tau": 20.0}`,
			`"tau_minus": 20.0`, `"S": ("parrot_neuron", 100, {}),`}},
		{triplet, []string{`{"synapse_model": "stdp_triplet_synapse", "Aminus": 1.0, "Aminus_triplet": 0.125, "Aplus": 0.25, "Aplus_triplet": 0.5, "Wmax": 2.0, "tau_plus": 16.8, "tau_plus_triplet": 101.0}`,
			`"tau_minus": 20.0`, `"tau_minus_triplet": 125.0`}},
	} {
		status, text, errs := script(k.set)
		require.Equal(t, exitDone, status, errs)
		for _, want := range k.want {
			require.Contains(t, text, want)
		}
	}
	for set, want := range map[string]string{
		"projections.I_to_E.plasticity.vogels2011.tau=30":          "projections.I_to_E.plasticity.vogels2011.tau: 30: must be 20, as of S_to_E: NEST's neurons have one tau_minus",
		"projections.I_to_E.plasticity.vogels2011.pairing=nearest": "projections.I_to_E.plasticity.vogels2011.pairing: nearest: must be all, as in NEST's synapses",
		"projections.S_to_E.plasticity.stdp.A_plus=0":              "projections.S_to_E.plasticity.stdp.A_plus: 0: must not be 0: NEST's stdp_synapse has A_minus as a multiple of it",
	} {
		status, _, errs := script(set)
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, want)
	}
}
