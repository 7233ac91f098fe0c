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

// population is the place of the population that a neuron belongs to. There
// are few: it looks at one after another.
func (l layout) population(neuron uint32) int {
	i := len(l.first) - 1
	for i > 0 && int(neuron) < l.first[i] {
		i--
	}
	return i
}
