package analysis

import (
	"math"

	"einet/sim"
)

// A CountMatrix counts the spikes of chosen neurons in windows of time, for correlations of pairs that have something to do with
// where they are.
type CountMatrix struct {
	row    map[uint32]int
	counts [][]float64 // [neuron][window]
	from   int64
	steps  int64
}

// NewCountMatrix is of neurons by their global ids, in windows of that many steps from step from+1 on.
func NewCountMatrix(ids []uint32, from int64, steps int) *CountMatrix {
	m := &CountMatrix{row: make(map[uint32]int, len(ids)), counts: make([][]float64, len(ids)), from: from, steps: int64(steps)}
	for k, id := range ids {
		m.row[id] = k
	}
	return m
}

// Add takes further spikes.
func (m *CountMatrix) Add(spikes []sim.Spike) {
	for _, s := range spikes {
		k, chosen := m.row[s.Neuron]
		if !chosen || int64(s.Step) <= m.from {
			continue
		}
		window := int((int64(s.Step) - m.from - 1) / m.steps)
		for len(m.counts[k]) <= window {
			m.counts[k] = append(m.counts[k], 0)
		}
		m.counts[k][window]++
	}
}

// Correlations calls do with Pearson's coefficient of the counts of each pair of neurons, by their places among those chosen, in the
// windows that end by a step. Neurons of fewer spikes a window in the mean are left out, and those whose count never changes.
func (m *CountMatrix) Correlations(toStep int64, least float64, do func(j, k int, r float64)) {
	windows := int((toStep - m.from) / m.steps)
	if windows < 2 {
		return
	}
	var standard [][]float64
	var of []int
	for k, counts := range m.counts {
		z := make([]float64, windows)
		copy(z, counts)
		mean, squares := 0.0, 0.0
		for _, x := range z {
			mean += x / float64(windows)
		}
		for i := range z {
			z[i] -= mean
			squares += z[i] * z[i]
		}
		if mean < least || squares == 0 {
			continue
		}
		for i := range z {
			z[i] /= math.Sqrt(squares)
		}
		standard, of = append(standard, z), append(of, k)
	}
	for j := range standard {
		for k := range j {
			r := 0.0
			for i, x := range standard[j] {
				r += x * standard[k][i]
			}
			do(of[j], of[k], r)
		}
	}
}
