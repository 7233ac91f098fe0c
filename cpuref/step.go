package cpuref

import "einet/sim"

// update takes the neurons of population i from step n to n+1. Every product
// is converted by itself, so that the compiler does not fuse it with a sum.
func (e *Engine) update(i int) {
	p := &e.populations[i]
	n := e.step
	var drive [1]float32
	e.model.Drive(i, n, drive[:])
	arriving := p.arriving[int(n+1)%len(p.arriving)]

	for k := range p.v {
		x := float32(p.PVV * p.v[k])
		for r := range p.Receptors {
			x += float32(p.Receptors[r].PVR * p.g[r][k])
		}
		x += drive[0]
		v := x
		if n < p.until[k] {
			v = p.VReset
		}
		for r := range p.Receptors {
			rec, g := &p.Receptors[r], p.g[r]
			y := float32(rec.PRR*g[k]) + float32(rec.Scale*float32(arriving[r][k]))
			g[k] = (y + rec.Grid) - rec.Grid
			arriving[r][k] = 0
		}
		v = (v + p.GridV) - p.GridV
		if v >= p.VTh {
			e.spikes = append(e.spikes, sim.Spike{Step: uint32(n + 1), Neuron: uint32(p.First + k)})
			v = p.VReset
			p.until[k] = n + 1 + int64(p.Refractory)
		}
		p.v[k] = v
	}
}

// deliver adds a spike's weights to what arrives at its targets, a delay after
// it.
func (e *Engine) deliver(s sim.Spike) {
	i := e.populationOf(int(s.Neuron))
	source := int(s.Neuron) - e.populations[i].First
	for _, out := range e.populations[i].projected {
		to := &e.populations[out.To]
		slot := to.arriving[(int(s.Step)+out.Delay)%len(to.arriving)]
		for b := range out.blocks {
			block := &out.blocks[b]
			arriving := slot[out.Receptor][block.First:]
			for _, t := range block.Row(source) {
				arriving[t] += out.Weight
			}
		}
	}
}

// populationOf finds the population of a global neuron id.
func (e *Engine) populationOf(neuron int) int {
	i := 0
	for neuron >= e.populations[i].First+e.populations[i].Size {
		i++
	}
	return i
}
