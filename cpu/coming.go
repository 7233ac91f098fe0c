package cpu

import "einet/dynamics"

// coming is what plastic projections are yet to bring to a population. It is apart from the input of static ones, for a checkpoint has it: the weights
// that a spike's synapses had when it was fired can't be told later.
type coming struct {
	slots  int     // a power of two, at least the largest delay
	place  []int   // of each receptor among those that plastic projections go to, or -1
	places int     //
	size   int     // neurons, in whole tiles
	sums   []int32 // [step mod slots][place][neuron], and maxBlock more
}

func newComing(m *dynamics.Model, population int) coming {
	c := coming{slots: 1, place: make([]int, len(m.Populations[population].Receptors))}
	for r := range c.place {
		c.place[r] = -1
	}
	for k := range m.Projections {
		p := &m.Projections[k]
		if p.To != population || p.Plasticity == nil {
			continue
		}
		if c.place[p.Receptor] < 0 {
			c.place[p.Receptor] = c.places
			c.places++
		}
		for c.slots < p.MaxDelay {
			c.slots *= 2
		}
	}
	if c.places > 0 {
		c.size = (m.Populations[population].Size + lanes - 1) / lanes * lanes
		c.sums = make([]int32, c.slots*c.places*c.size+maxBlock)
	}
	return c
}

// begin is where the sums of a receptor at a step begin.
func (c *coming) begin(step uint32, receptor int) int {
	return (int(step)&(c.slots-1)*c.places + c.place[receptor]) * c.size
}

// at is where they are, from a neuron on.
func (c *coming) at(step uint32, receptor, first int) *[maxBlock]int32 {
	return (*[maxBlock]int32)(c.sums[c.begin(step, receptor)+first:])
}

// addEach adds what synapses of delays of their own bring that a spike of a step is sent along.
func (c *coming) addEach(p *plastic, step uint32, begin, end int, weights []int32) {
	first, stride := c.begin(0, p.Receptor)+p.first, c.places*c.size
	step += uint32(p.Delay)
	for i, t := range p.targets[begin:end] {
		slot := int(step+uint32(p.delays[begin+i])) & (c.slots - 1)
		c.sums[first+slot*stride+int(t)] += weights[i]
	}
}

// addComing adds what comes to tiles lo to hi-1 at a step to what arrives there.
func (e *Engine) addComing(p *population, arriving [][][lanes]int32, step int64, lo, hi int) {
	for r, place := range p.coming.place {
		if place >= 0 {
			begin := p.coming.begin(uint32(step), r)
			sums := p.coming.sums[begin+lo*lanes : begin+hi*lanes]
			e.kernels.fold(arriving[r][lo:hi], sums, 1)
			clear(sums)
		}
	}
}
