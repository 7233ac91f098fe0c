package analysis

// A layout places consecutive populations in the global neuron ids.
type layout struct {
	sizes []int
	first []int // id of each population's first neuron
}

func newLayout(sizes []int) layout {
	l := layout{sizes: sizes, first: make([]int, len(sizes))}
	for i := 1; i < len(sizes); i++ {
		l.first[i] = l.first[i-1] + sizes[i-1]
	}
	return l
}

func (l layout) neurons() int {
	total := 0
	for _, n := range l.sizes {
		total += n
	}
	return total
}

// population is the place of the population that a neuron belongs to. There may
// be thousands: each look halves where it can be.
func (l layout) population(neuron uint32) int {
	i, end := 0, len(l.first)
	for end-i > 1 {
		if middle := (i + end) / 2; int(neuron) < l.first[middle] {
			end = middle
		} else {
			i = middle
		}
	}
	return i
}
