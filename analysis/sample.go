package analysis

import (
	"math/rand/v2"

	"einet/sim"
)

// A Sample keeps the spikes of a few neurons over a stretch of time, for a
// raster. The neurons are spread over the ids of each population, one drawn at random from each of equal
// ranges of them: equal distances would show one column only of neurons on a grid. There are as many as is
// in proportion to a population's size but at least minSampled of each. The same sizes give the same neurons.
type Sample struct {
	layout layout
	dtMs   float64
	from   int64
	to     int64
	row    []int32 // [neuron] its row + 1, or 0
	ids    [][]int // [population][row of the population]
	steps  [][]uint32
}

// minSampled is the least number of rows of a population that has as many
// neurons: fewer are not seen as a population. Very many populations have fewer rows each, at least one, for all rows together
// must not be more than twice as many as asked for.
const minSampled = 5

// NewSample chooses about a number of neurons of consecutive populations of the
// given sizes, on a grid of dtMs [ms]; it keeps their spikes of the steps
// fromStep+1..toStep.
func NewSample(sizes []int, dtMs float64, neurons int, fromStep, toStep int64) *Sample {
	l := newLayout(sizes)
	s := &Sample{layout: l, dtMs: dtMs, from: fromStep, to: toStep, row: make([]int32, l.neurons()), ids: make([][]int, len(sizes))}
	least := max(1, min(minSampled, 2*neurons/len(sizes)))
	rows, draw := int32(0), rand.New(rand.NewPCG(1, 1))
	for i, size := range sizes {
		n := min(size, max(least, (neurons*size+l.neurons()/2)/l.neurons()))
		for j := range n {
			lo, hi := j*size/n, (j+1)*size/n
			id := l.first[i] + lo + draw.IntN(hi-lo)
			rows++
			s.row[id] = rows
			s.ids[i] = append(s.ids[i], id)
		}
	}
	s.steps = make([][]uint32, rows)
	return s
}

// Add takes further spikes. Ids are global.
func (s *Sample) Add(spikes []sim.Spike) {
	for _, spike := range spikes {
		if row := s.row[spike.Neuron]; row > 0 && int64(spike.Step) > s.from && int64(spike.Step) <= s.to {
			s.steps[row-1] = append(s.steps[row-1], spike.Step)
		}
	}
}

// Span is the stretch of time [ms] that the sample covers.
func (s *Sample) Span() (from, to float64) {
	return float64(s.from) * s.dtMs, float64(s.to) * s.dtMs
}

// Neurons are the global ids of the chosen neurons of population i, ascending.
func (s *Sample) Neurons(i int) []int { return s.ids[i] }

// Times are the spike times [ms] of each of them in turn.
func (s *Sample) Times(i int) [][]float64 {
	times := make([][]float64, len(s.ids[i]))
	for j, id := range s.ids[i] {
		for _, step := range s.steps[s.row[id]-1] {
			times[j] = append(times[j], float64(step)*s.dtMs)
		}
	}
	return times
}
