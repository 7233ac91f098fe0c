package analysis

import "einet/sim"

// Snapshots count the spikes of a population in boxes of space, in some windows of time.
type Snapshots struct {
	Counts  [][]float64 // [window][box]
	Neurons []int       // [box] how many lie there

	first  int
	box    []int32 // of each neuron
	window [][2]int64
}

// NewSnapshots is of the population whose first neuron has the global id first, each neuron in a box below boxes, and of the
// steps from+1..to of each window.
func NewSnapshots(first int, box []int32, boxes int, windows [][2]int64) *Snapshots {
	s := &Snapshots{Neurons: make([]int, boxes), first: first, box: box, window: windows}
	for _, b := range box {
		s.Neurons[b]++
	}
	for range windows {
		s.Counts = append(s.Counts, make([]float64, boxes))
	}
	return s
}

// Add takes further spikes. Ids are global.
func (s *Snapshots) Add(spikes []sim.Spike) {
	for _, spike := range spikes {
		i := int(spike.Neuron) - s.first
		if i < 0 || i >= len(s.box) {
			continue
		}
		for k, w := range s.window {
			if int64(spike.Step) > w[0] && int64(spike.Step) <= w[1] {
				s.Counts[k][s.box[i]]++
			}
		}
	}
}

// A Strip keeps the spikes of a population over a stretch of time: of every neuron, or of every n-th where there are too many.
type Strip struct {
	Every  int // neurons from one that is kept to the next
	Steps  []uint32
	Neuron []uint32 // index in the population

	first, size, most int
	from, to          int64
}

// NewStrip is of the population of that size whose first neuron has the global id first, and of the steps from+1..to; it keeps
// at most so many spikes.
func NewStrip(first, size, most int, from, to int64) *Strip {
	return &Strip{Every: 1, first: first, size: size, most: most, from: from, to: to}
}

// Add takes further spikes. Ids are global.
func (s *Strip) Add(spikes []sim.Spike) {
	for _, spike := range spikes {
		i := int(spike.Neuron) - s.first
		if i < 0 || i >= s.size || i%s.Every != 0 || int64(spike.Step) <= s.from || int64(spike.Step) > s.to {
			continue
		}
		s.Steps, s.Neuron = append(s.Steps, spike.Step), append(s.Neuron, uint32(i))
		if len(s.Steps) > s.most {
			s.thin()
		}
	}
}

// thin leaves the spikes of every second neuron of those that are kept.
func (s *Strip) thin() {
	s.Every *= 2
	kept := 0
	for k, i := range s.Neuron {
		if int(i)%s.Every == 0 {
			s.Steps[kept], s.Neuron[kept] = s.Steps[k], i
			kept++
		}
	}
	s.Steps, s.Neuron = s.Steps[:kept], s.Neuron[:kept]
}
