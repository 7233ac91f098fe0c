package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/experiment"
	"einet/record"
)

// driven is a network at rest but for what its Poisson inputs and a source bring. All weights are
// of few bits, so that no order of sums rounds.
const driven = `
dt: 0.1
duration: 60
populations:
  E: {size: 50, tau_m: 10, V_th: 1, V_reset: 0, V0: 0, t_ref: 1%s}
  S: {size: 10, %s}
projections:
  E_to_E: {from: E, to: E, p: 0.2, weight: 0.125, delay: 0.5, tau_syn: 2}
  S_to_E: {from: S, to: E, p: 0.3, weight: 0.25, delay: 0.3, tau_syn: 2}
`

const itsInputs = ", poisson: [{rate: 10000, weight: 0.125, tau_syn: 2}, {rate: 1000, weight: -0.0625, synapse: delta}]"

// spikesAt is a source's list of spikes, so many steps later.
func spikesAt(step, neuron []uint32, later uint32) string {
	var times, neurons []string
	for k := range step {
		times = append(times, fmt.Sprintf("%.1f", float64(step[k]+later)/10))
		neurons = append(neurons, fmt.Sprint(neuron[k]))
	}
	return fmt.Sprintf("neuron: spikes, times: [%s], neurons: [%s]", strings.Join(times, ", "), strings.Join(neurons, ", "))
}

// The network in which sources fire what the export says that inputs bring, which comes a step
// later, gives the same spikes a step later, until the rounding of V, which is not the same a step later,
// parts them; without one of thirty thousand counts it does not for long.
func TestExportedInputIsWhatEnginesUse(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "driven.yaml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, driven, itsInputs, "neuron: poisson, rate: 300"), 0o666))
	status, _, errs := einet(t, "export", file, "--input-duration", "60ms", "--out", filepath.Join(dir, "network"))
	require.Equal(t, exitDone, status, errs)
	spikes := func(yaml string) (list [][2]uint32) {
		_, _, _, run := written(t, yaml, "-q", "--no-plots")
		s, err := record.ReadSpikes(filepath.Join(run, experiment.SpikesFile))
		require.NoError(t, err)
		for _, x := range s.Spikes {
			if x.Neuron < 50 {
				list = append(list, [2]uint32{x.Step, x.Neuron})
			}
		}
		return list
	}
	want := spikes(fmt.Sprintf(driven, itsInputs, "neuron: poisson, rate: 300"))
	require.Greater(t, len(want), 100)

	x := exported{t, filepath.Join(dir, "network")}
	of := func(name string) []uint32 { return read[uint32](x, inputFile, name) }
	require.Equal(t, []float32{0.125, -0.0625}, float32s(t, x, "E_poisson_weight"))
	total := [2]uint32{}
	again := func(without int) [][2]uint32 {
		yaml := strings.Builder{}
		fmt.Fprintf(&yaml, driven, "", spikesAt(of("S_step"), of("S_neuron"), 1))
		step, neuron, input, count := of("E_poisson_step"), of("E_poisson_neuron"), of("E_poisson_input"), of("E_poisson_count")
		var populations strings.Builder
		for k, synapse := range []string{"weight: 0.125, tau_syn: 2", "weight: -0.0625, synapse: delta"} {
			total[k] = 0
			for least := uint32(1); least <= slices.Max(count); least++ { // a source for each spike of several in a step
				var at, of []uint32
				for e := range step {
					if input[e] == uint32(k) && count[e] >= least && e != without {
						at, of = append(at, step[e]), append(of, neuron[e])
						total[k]++
					}
				}
				if len(at) > 0 {
					fmt.Fprintf(&populations, "  In%d_%d: {size: 50, %s}\n", k, least, spikesAt(at, of, 0))
					fmt.Fprintf(&yaml, "  In%d_%d: {from: In%d_%d, to: E, rule: one_to_one, %s, delay: 0.1}\n", k, least, k, least, synapse)
				}
			}
		}
		text := strings.Replace(yaml.String(), "projections:", populations.String()+"projections:", 1)
		var earlier [][2]uint32
		for _, s := range spikes(strings.Replace(text, "duration: 60", "duration: 60.1", 1)) {
			earlier = append(earlier, [2]uint32{s[0] - 1, s[1]})
		}
		return earlier
	}
	same := func(list [][2]uint32) int {
		for k := range min(len(list), len(want)) {
			if list[k] != want[k] {
				return k
			}
		}
		return min(len(list), len(want))
	}
	all := same(again(-1))
	t.Logf("%d of %d spikes are the same", all, len(want))
	require.Greater(t, all, 150)
	require.InDelta(t, 50*60*10, total[0], 4*math.Sqrt(50*60*10))
	require.InDelta(t, 50*60*1, total[1], 4*math.Sqrt(50*60*1))
	less := same(again(1000))
	t.Logf("control: %d", less)
	require.Less(t, less, all/2, "control: a count is left out")
}

// float32s reads an array of float64 that float32 holds.
func float32s(t *testing.T, x exported, name string) []float32 {
	words := read[uint32](x, inputFile, name)
	require.Zero(t, len(words)%2)
	var list []float32
	for k := 0; k < len(words); k += 2 {
		list = append(list, float32(math.Float64frombits(uint64(words[k+1])<<32|uint64(words[k]))))
	}
	return list
}

// A driven network fires the same spikes in a float64 simulation that is given the counts, until
// a potential is too near to the threshold; without one in a thousand counts they part elsewhere.
func TestDrivenNetworkRunsElsewhere(t *testing.T) {
	dir := t.TempDir()
	status, _, errs := einet(t, "export", "brunel2000exp", "--scale", "0.2", "--input-duration", "60ms", "--out", filepath.Join(dir, "network"))
	require.Equal(t, exitDone, status, errs)
	status, _, errs = einet(t, "run", "brunel2000exp", "--scale", "0.2", "--duration", "60ms", "--engine", "cpu", "--no-plots", "-q", "--out", filepath.Join(dir, "run"))
	require.Equal(t, exitDone, status, errs)
	s, err := record.ReadSpikes(filepath.Join(dir, "run", experiment.SpikesFile))
	require.NoError(t, err)
	x := exported{t, filepath.Join(dir, "network")}
	type kick struct {
		neuron int
		weight float64
	}
	kicks := make([][]kick, 601)
	for i, name := range []string{"E", "I"} {
		weight := float64(float32s(t, x, name+"_poisson_weight")[0])
		neuron, count := read[uint32](x, inputFile, name+"_poisson_neuron"), read[uint32](x, inputFile, name+"_poisson_count")
		for k, step := range read[uint32](x, inputFile, name+"_poisson_step") {
			kicks[step] = append(kicks[step], kick{2000*i + int(neuron[k]), float64(count[k]) * weight})
		}
	}
	e := cell{size: 2000, tauM: 20, vTh: 20, vReset: 10, tauE: 0.5, tauI: 0.5, refractory: 20}
	i := e
	i.size = 500
	// parts is after how many spikes they part, and how far from the threshold the neuron is then [mV].
	parts := func(skip int) (spikes int, mV float64) {
		resimulated := func(see func(step, neuron int, mV float64)) []crossing {
			n := 0
			return resimulate(x, [2]cell{e, i}, 0.1, 600, func(step int, now [2][]float64) {
				for _, k := range kicks[step] {
					if n++; skip == 0 || n%skip != 0 {
						now[0][k.neuron] += k.weight
					}
				}
			}, see)
		}
		list := resimulated(ignore)
		spikes = parting(s, list)
		at, neuron := firstOnly(s, list)
		resimulated(func(step, i int, v float64) {
			if step == at && i == neuron {
				mV = math.Abs(v)
			}
		})
		return spikes, mV
	}
	same, mV := parts(0)
	t.Logf("%d of %d spikes are the same, then a neuron is %.2g mV from the threshold", same, len(s.Spikes), mV)
	require.Greater(t, same, 100)
	require.Less(t, mV, 1e-4)
	less, mV := parts(1000)
	t.Logf("control: %d, %.2g mV", less, mV)
	require.Less(t, less, same/2, "control: a count in a thousand is left out")
	require.Greater(t, mV, 1e-4, "control")
}

// The numbers of the noise are those of the potentials: v' = P v + a z, of a membrane that never
// fires, to the rounding of V; with the numbers of the next step they are not.
func TestExportedNoiseIsWhatEnginesUse(t *testing.T) {
	const noisy = `
dt: 0.1
duration: 30
record: {state: {A: {neurons: 5, every: 0.1}}}
populations: {A: {size: 70, tau_m: 20, V_th: 100, V_reset: 0, V0: 0, input: [1, {sinusoid: {amplitude: 2, frequency: 50}}], white_noise: {sd: 2}, ou_noise: {sd: 3, tau: 5}}}
`
	_, _, _, run := written(t, noisy, "-q", "--no-plots")
	network := filepath.Join(t.TempDir(), "network")
	status, _, errs := einet(t, "export", filepath.Join(run, experiment.NetworkFile), "--input-duration", "30ms", "--out", network)
	require.Equal(t, exitDone, status, errs)
	x := exported{t, network}
	white, ou, u0 := read[float32](x, inputFile, "A_white_z"), read[float32](x, inputFile, "A_ou_z"), read[float32](x, inputFile, "A_ou_u0")
	input := read[float32](x, inputFile, "A_input")
	require.Len(t, white, 300*70)
	require.Len(t, input, 300)
	v := read[float32](exported{t, run}, experiment.StateFile, "A_V")
	worst := func(late int) float64 {
		p, r := math.Exp(-0.1/20), math.Exp(-0.1/5)
		worst := 0.0
		for i := range 5 {
			at, u := 0.0, float64(u0[i])
			for n := range 300 - late {
				at = p*at + float64(input[n])*(1-p) + 5/(5.-20)*(r-p)*u + 2*math.Sqrt(1-p*p)*float64(white[(n+late)*70+i])
				u = r*u + 3*math.Sqrt(1-r*r)*float64(ou[n*70+i])
				worst = max(worst, math.Abs(at-float64(v[n*5+i])))
			}
		}
		return worst
	}
	require.Less(t, worst(0), 2e-3)
	require.Greater(t, worst(1), 0.1, "control")
}

// An export without input leaves none of an earlier one, and what cannot be is told.
func TestExportOfInputIsAsked(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "network")
	export := func(more ...string) (int, string) {
		status, _, errs := einet(t, append([]string{"export", "vs96", "--scale", "0.1", "--out", dir}, more...)...)
		return status, errs
	}
	status, errs := export("--input-duration", "1ms")
	require.Equal(t, exitDone, status, errs)
	require.FileExists(t, filepath.Join(dir, inputFile))
	status, errs = export("--force")
	require.Equal(t, exitDone, status, errs)
	require.NoFileExists(t, filepath.Join(dir, inputFile))
	for duration, want := range map[string]string{
		"0s": "--input-duration 0s: must be at least dt (0.1 ms)", "-1ms": "--input-duration -1ms: must be a multiple of dt", "150us": "--input-duration 150us: must be a multiple of dt (0.1 ms)",
	} {
		status, errs = export("--force", "--input-duration="+duration)
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, want)
	}
}
