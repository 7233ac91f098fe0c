package main

import (
	"archive/zip"
	"encoding/binary"
	"io"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/experiment"
	"einet/record"
)

// An exported network of current-based neurons with two populations, E and I, as read from its
// files and nothing else.
type exported struct {
	t   *testing.T
	dir string
}

// read reads an array of four-byte elements: the member of the archive behind its header. (npyio does it too, but slowly.)
func read[T uint32 | float32](x exported, file, name string) []T {
	z, err := zip.OpenReader(filepath.Join(x.dir, file))
	require.NoError(x.t, err)
	defer z.Close()
	f, err := z.Open(name + ".npy")
	require.NoError(x.t, err)
	defer f.Close()
	data, err := io.ReadAll(f)
	require.NoError(x.t, err)
	data = data[10+int(binary.LittleEndian.Uint16(data[8:])):]
	values := make([]T, len(data)/4)
	_, err = binary.Decode(data, binary.LittleEndian, values)
	require.NoError(x.t, err)
	return values
}

// A cell is what a paper's table says of a population's neurons [ms, mV].
type cell struct {
	size                                     int
	tauM, eL, vTh, vReset, tauE, tauI, input float64
	refractory                               int // steps
}

// A crossing is a spike.
type crossing struct {
	step, neuron int
}

// resimulate is a network of exponential synapses in float64: exact propagators, a step at
// a time, delays of whole steps. Before each step it calls arrive, which may add to what arrives then,
// of each sign and neuron, and it calls see with each potential, relative to the threshold.
func resimulate(x exported, cells [2]cell, dt float64, steps int, arrive func(step int, now [2][]float64), see func(step, neuron int, mV float64)) []crossing {
	type synapse struct {
		target, delay int32
		weight        float64
	}
	names, first, n := [2]string{"E", "I"}, [2]int{0, cells[0].size}, cells[0].size+cells[1].size
	out, slots := make([][]synapse, n), 1
	var v []float64
	for i, from := range names {
		for _, v0 := range read[float32](x, neuronsFile, from+"_V0") {
			v = append(v, float64(v0)-cells[i].eL)
		}
		for j, to := range names {
			p := from + "_to_" + to
			source, target := read[uint32](x, synapsesFile, p+"_source"), read[uint32](x, synapsesFile, p+"_target")
			weight, delay := read[float32](x, synapsesFile, p+"_weight"), read[float32](x, synapsesFile, p+"_delay")
			for k := range source {
				d := int(math.Round(float64(delay[k]) / dt))
				slots = max(slots, d+1)
				s := first[i] + int(source[k])
				out[s] = append(out[s], synapse{int32(first[j] + int(target[k])), int32(d), float64(weight[k])})
			}
		}
	}
	room := func() [2][]float64 { return [2][]float64{make([]float64, n), make([]float64, n)} }
	g, arriving, free := room(), make([][2][]float64, slots), make([]int, n)
	for k := range arriving {
		arriving[k] = room()
	}
	var spikes []crossing
	for step := 1; step <= steps; step++ {
		now := arriving[step%slots]
		arrive(step, now)
		for kind, c := range cells {
			leak, tau := math.Exp(-dt/c.tauM), [2]float64{c.tauE, c.tauI}
			var keep, gain [2]float64
			for k := range tau {
				keep[k] = math.Exp(-dt / tau[k])
				gain[k] = tau[k] / (tau[k] - c.tauM) * (keep[k] - leak)
			}
			for i := first[kind]; i < first[kind]+c.size; i++ {
				v[i] = v[i]*leak + g[0][i]*gain[0] + g[1][i]*gain[1] + c.input*(1-leak)
				for k := range g {
					g[k][i] = g[k][i]*keep[k] + now[k][i]
					now[k][i] = 0
				}
				if step <= free[i] {
					v[i] = c.vReset - c.eL
				}
				see(step, i, v[i]-(c.vTh-c.eL))
				if v[i] >= c.vTh-c.eL {
					spikes = append(spikes, crossing{step, i})
					v[i], free[i] = c.vReset-c.eL, step+c.refractory
				}
			}
		}
		for k := len(spikes) - 1; k >= 0 && spikes[k].step == step; k-- {
			kind := 0
			if spikes[k].neuron >= cells[0].size {
				kind = 1
			}
			for _, s := range out[spikes[k].neuron] {
				arriving[(step+int(s.delay))%slots][kind][s.target] += s.weight
			}
		}
	}
	return spikes
}

// exportAndRun writes a preset's network, runs it, and returns both.
func exportAndRun(t *testing.T, preset, scale string) (exported, *record.Spikes) {
	dir := t.TempDir()
	status, _, errs := einet(t, "export", preset, "--scale", scale, "--out", filepath.Join(dir, "network"))
	require.Equal(t, exitDone, status, errs)
	status, _, errs = einet(t, "run", preset, "--scale", scale, "--duration", "200ms", "--engine", "cpu", "--no-plots", "-q", "--out", filepath.Join(dir, "run"))
	require.Equal(t, exitDone, status, errs)
	s, err := record.ReadSpikes(filepath.Join(dir, "run", experiment.SpikesFile))
	require.NoError(t, err)
	return exported{t, filepath.Join(dir, "network")}, s
}

// parting is the place of the first difference, the length where there is none.
func parting(s *record.Spikes, other []crossing) int {
	for k := range min(len(s.Spikes), len(other)) {
		if int(s.Spikes[k].Step) != other[k].step || int(s.Spikes[k].Neuron) != other[k].neuron {
			return k
		}
	}
	return min(len(s.Spikes), len(other))
}

// firstOnly is the first spike that only one of them has: the earlier of the two where they part.
func firstOnly(s *record.Spikes, other []crossing) (step, neuron int) {
	k := parting(s, other)
	step, neuron = other[k].step, other[k].neuron
	if a := s.Spikes[k]; int(a.Step) < step || int(a.Step) == step && int(a.Neuron) < neuron {
		step, neuron = int(a.Step), int(a.Neuron)
	}
	return step, neuron
}

func ignore(int, int, float64)  {}
func nothing(int, [2][]float64) {}

// An exported network fires the same spikes in a simulation that knows nothing of einet.
func TestExportedNetworkRunsElsewhere(t *testing.T) {
	x, s := exportAndRun(t, "vogels2005cuba", "1")
	e := cell{size: 3200, tauM: 20, eL: -49, vTh: -50, vReset: -60, tauE: 5, tauI: 10, refractory: 50}
	i := e
	i.size = 800
	spikes := resimulate(x, [2]cell{e, i}, 0.1, 2000, nothing, ignore)
	same := parting(s, spikes)
	t.Logf("%d of %d spikes are the same, until %.1f ms", same, len(s.Spikes), float64(spikes[min(same, len(spikes)-1)].step)/10)
	require.Greater(t, same, 3000)
	if same < min(len(s.Spikes), len(spikes)) {
		at, neuron := firstOnly(s, spikes)
		distance := math.Inf(1)
		resimulate(x, [2]cell{e, i}, 0.1, at, nothing, func(step, i int, mV float64) {
			if step == at && i == neuron {
				distance = mV
			}
		})
		t.Logf("then a neuron is %.2g mV from the threshold", distance)
		require.Less(t, math.Abs(distance), 1e-5)
	}

	e.tauE = 5.001
	other := resimulate(x, [2]cell{e, i}, 0.1, 2000, nothing, ignore)
	require.Less(t, parting(s, other), same, "control: a time constant 0.02 % off")
}

// In the strongly coupled network float64 and float32 part soon: where a potential is so near
// to the threshold that float32 does not tell on which side.
func TestChaosPartsExportedNetworks(t *testing.T) {
	x, s := exportAndRun(t, "ei", "0.25")
	root := math.Sqrt(0.25) // inputs follow it
	e := cell{size: 2000, tauM: 15, vTh: 15, tauE: 6, tauI: 5, input: 60 * root}
	i := cell{size: 500, tauM: 10, vTh: 15, tauE: 6, tauI: 5, input: 40 * root}
	spikes := resimulate(x, [2]cell{e, i}, 0.1, 2000, nothing, ignore)
	k := parting(s, spikes)
	require.Less(t, k, min(len(s.Spikes), len(spikes)), "they do part within 200 ms")
	at, neuron := firstOnly(s, spikes)
	require.Greater(t, at, 50, "the same spikes for 5 ms and more")
	distance := math.Inf(1)
	resimulate(x, [2]cell{e, i}, 0.1, at, nothing, func(step, i int, mV float64) {
		if step == at && i == neuron {
			distance = mV
		}
	})
	t.Logf("after %d of %d spikes, at %.1f ms, neuron %d is %.2g mV from the threshold", k, len(s.Spikes), 0.1*float64(at), neuron, distance)
	require.Less(t, math.Abs(distance), 1e-4, "near the threshold")
}
