package analysis_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/analysis"
	"einet/sim"
)

// Spikes are counted in the box of their neuron and the window of their step, the first step of which is left out.
func TestSnapshots(t *testing.T) {
	s := analysis.NewSnapshots(10, []int32{0, 1, 1}, 2, [][2]int64{{0, 5}, {5, 10}})
	s.Add([]sim.Spike{{Step: 0, Neuron: 10}, {Step: 5, Neuron: 10}, {Step: 6, Neuron: 11}, {Step: 6, Neuron: 12}, {Step: 6, Neuron: 13}, {Step: 6, Neuron: 9}, {Step: 11, Neuron: 10}})
	require.Equal(t, [][]float64{{1, 0}, {0, 2}}, s.Counts)
	require.Equal(t, []int{1, 2}, s.Neurons)
}

// A strip that has too many spikes keeps those of every second neuron, all of them.
func TestStrip(t *testing.T) {
	s := analysis.NewStrip(100, 50, 200, 0, 1000)
	r := rand.New(rand.NewPCG(1, 2))
	kept := 0
	var spikes []sim.Spike
	for step := range uint32(1200) {
		spikes = append(spikes, sim.Spike{Step: step, Neuron: uint32(90 + r.IntN(70))})
	}
	s.Add(spikes[:500])
	s.Add(spikes[500:])
	require.Greater(t, s.Every, 1)
	for _, spike := range spikes {
		if i := int(spike.Neuron) - 100; i >= 0 && i < 50 && i%s.Every == 0 && spike.Step > 0 && spike.Step <= 1000 {
			kept++
		}
	}
	require.Len(t, s.Steps, kept)
	require.Less(t, kept, 201)
}

// Correlations of counts are Pearson's: 1 of the same train, -1 of trains that alternate, and about 0 of independent ones.
func TestCountMatrix(t *testing.T) {
	m := analysis.NewCountMatrix([]uint32{5, 6, 7, 8, 9}, 100, 10)
	r := rand.New(rand.NewPCG(1, 2))
	const windows = 400
	for w := range uint32(windows) {
		for range 2 {
			at := 101 + 10*w + uint32(r.IntN(10))
			if r.IntN(2) == 0 {
				m.Add([]sim.Spike{{Step: at, Neuron: 5}, {Step: at, Neuron: 6}})
			} else {
				m.Add([]sim.Spike{{Step: at, Neuron: 7}})
			}
			if r.IntN(2) == 0 {
				m.Add([]sim.Spike{{Step: at, Neuron: 8}, {Step: at, Neuron: 4}})
			}
		}
	}
	m.Add([]sim.Spike{{Step: 50, Neuron: 9}, {Step: 300, Neuron: 9}}) // too few
	got := map[[2]int]float64{}
	m.Correlations(100+10*windows+5, 0.1, func(j, k int, c float64) { got[[2]int{j, k}] = c })
	require.Len(t, got, 6)
	require.InDelta(t, 1, got[[2]int{1, 0}], 1e-12)
	require.InDelta(t, -1, got[[2]int{2, 0}], 1e-12)
	require.Less(t, math.Abs(got[[2]int{3, 0}]), 4/math.Sqrt(windows))
}
