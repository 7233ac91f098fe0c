package cpuref

import (
	"einet/dynamics"
	"einet/network"
	"einet/rng"
	"einet/sim"
)

// update takes the neurons of population i from step n to n+1. Every product
// is converted by itself, so that the compiler does not fuse it with a sum.
func (e *Engine) update(i int) error {
	p := &e.populations[i]
	n := e.step
	var drive [1]float32
	e.model.Drive(i, n, drive[:])
	arriving := p.arriving[int(n+1)%len(p.arriving)]
	p.addComing(arriving, n+1)
	e.addPoisson(p, arriving)

	for k := range p.v {
		x, resolved := p.integrate(k, n, drive[0])
		if !resolved {
			return e.model.TooConductive(p.First+k, n+1)
		}
		if p.Noise.HasWhite() {
			x += float32(p.Noise.WhiteOf(k) * e.gaussian(p, k, dynamics.WhiteDraw))
		}
		for r := range p.Receptors {
			if p.Receptors[r].Synapse == network.Delta {
				x += float32(p.Receptors[r].Scale * float32(arriving[r][k]))
			}
		}
		v := ((p.v[k] + p.GridV) + x) - p.GridV
		if n < p.until[k] {
			v = p.VReset
		}
		for r := range p.Receptors {
			p.decay(r, k, arriving[r][k])
			arriving[r][k] = 0
		}
		if p.Noise.HasOU() {
			change := float32(p.Noise.MUU*p.u[k]) + float32(p.Noise.KickOf(k)*e.gaussian(p, k, dynamics.OUDraw))
			p.u[k] = ((p.u[k] + p.Noise.Grid) + change) - p.Noise.Grid
		}
		if v >= p.thresholdOf(k) {
			e.spikes = append(e.spikes, sim.Spike{Step: uint32(n + 1), Neuron: uint32(p.First + k)})
			v = p.VReset
			p.until[k] = n + 1 + int64(p.Refractory)
		}
		p.v[k] = v
	}
	return nil
}

// addPoisson adds the Poisson inputs of step n+1 to what arrives then.
func (e *Engine) addPoisson(p *population, arriving [][]int32) {
	for k := range p.Poisson {
		in, receives := &p.Poisson[k], p.receives[k]
		for i := range p.v {
			if receives != nil && !receives[i] {
				continue
			}
			w := rng.Neuron(p.PoissonKey, uint32(p.Offset+i), uint32(e.step+1), uint32(k))
			arriving[in.Receptor][i] += int32(rng.Count(w, in.Thresholds)) * in.Weight
		}
	}
}

// gaussian is the standard normal number of neuron k at step n+1.
func (e *Engine) gaussian(p *population, k int, draw uint32) float32 {
	return e.normal.Z(rng.Neuron(p.Noise.Key, uint32(p.Offset+k), uint32(e.step+1), draw))
}

func (p *population) thresholdOf(k int) float32 {
	if p.threshold != nil {
		return p.threshold[k]
	}
	return p.VTh
}

// integrate is the change of V of neuron k in a step, without white noise and delta
// synapses.
func (p *population) integrate(k int, n int64, drive float32) (x float32, resolved bool) {
	if p.Neuron == network.LIFCond {
		return p.integrateCond(k, n, drive)
	}
	return p.integrateCurrent(k, n, drive), true
}

// own is the input that neuron k has of its own from step n to n+1.
func (p *population) own(k int, n int64) (sum float32) {
	if p.bias != nil {
		sum = p.bias[k]
	}
	for i := range p.comings {
		if c := &p.comings[i]; n >= c.From && n < c.To {
			sum += c.Amounts[k]
		}
	}
	return sum
}

func (p *population) integrateCurrent(k int, n int64, drive float32) float32 {
	x := float32(p.MVV * p.v[k])
	for r := range p.Receptors {
		rec := &p.Receptors[r]
		if rec.Synapse == network.Delta {
			continue
		}
		x += float32(rec.PVR * p.g[r][k])
		if rec.States() > 1 {
			x += float32(rec.PVY * p.y[r][k])
		}
	}
	x += drive
	x += p.own(k, n)
	if p.u != nil {
		x += float32(p.Noise.PVU * p.u[k])
	}
	return x
}

func (p *population) integrateCond(k int, n int64, drive float32) (x float32, resolved bool) {
	total, current := p.Leak, drive
	current += p.own(k, n)
	if p.u != nil {
		current += float32(p.Noise.PVU * p.u[k])
	}
	for r := range p.Receptors {
		rec := &p.Receptors[r]
		h := float32(rec.Half * p.g[r][k])
		if rec.States() > 1 {
			h += float32(rec.HalfY * p.y[r][k])
		}
		total += h
		current += float32(h * rec.Reversal)
	}
	z := float32(p.PerC * total)
	if z > dynamics.MaxZ {
		return 0, false
	}
	phi := dynamics.Phi[9]
	for c := 8; c >= 0; c-- {
		phi = float32(phi*z) + dynamics.Phi[c]
	}
	net := current - float32(total*p.v[k])
	return float32(float32(p.PerC*net) * phi), true
}

// decay takes the state of receptor r of neuron k over a step, at the end of
// which input arrives.
func (p *population) decay(r, k int, input int32) {
	rec := &p.Receptors[r]
	grid := func(x float32) float32 { return (x + rec.Grid) - rec.Grid }
	arrived := float32(rec.Scale * float32(input))
	switch rec.States() {
	case 1:
		p.g[r][k] = grid(float32(rec.PRR*p.g[r][k]) + arrived)
	case 2:
		p.g[r][k] = grid(float32(rec.PRR*p.g[r][k]) + float32(rec.PGY*p.y[r][k]))
		p.y[r][k] = grid(float32(rec.PYY*p.y[r][k]) + arrived)
	}
}

// fire lets the neurons of a source fire at step n+1.
func (e *Engine) fire(i int) {
	p := &e.populations[i]
	step := uint32(e.step + 1)
	for ; len(p.train) > 0 && p.train[0].Step <= step; p.train = p.train[1:] {
		e.spikes = append(e.spikes, sim.Spike{Step: step, Neuron: uint32(p.First) + p.train[0].Neuron})
	}
	if p.Neuron != network.Poisson {
		return
	}
	e.model.Count(i, e.step, 1, &e.counts)
	for k := range uint32(p.Size) {
		for range rng.Count(rng.Neuron(p.SpikeKey, k, step, 0), e.counts.Thresholds(0)) {
			e.spikes = append(e.spikes, sim.Spike{Step: step, Neuron: uint32(p.First) + k})
		}
	}
}

// deliver adds a spike's weights to what arrives at its targets, a delay after
// it.
func (e *Engine) deliver(s sim.Spike) {
	i := e.populationOf(int(s.Neuron))
	source := int(s.Neuron) - e.populations[i].First
	for _, out := range e.populations[i].projected {
		to := &e.populations[out.To]
		factor := uint32(dynamics.One)
		if out.ShortTerm != nil {
			factor = out.ShortTerm.Fire(&out.releases[source], s.Step)
		}
		if out.synapses.Redrawn != nil {
			e.redraw(s, source, &out, factor)
			continue
		}
		for b := range out.synapses.Blocks {
			block := &out.synapses.Blocks[b]
			alike := dynamics.Weighted(out.Weight(), factor)
			for _, t := range block.Row(source) {
				slot := to.arriving[(int(s.Step)+out.Delay)%len(to.arriving)]
				slot[out.Receptor][block.First+int(t)] += alike
			}
			for _, packed := range block.PackedRow(source) {
				target, weight, delay := block.Packing.Unpack(packed)
				slot := to.arriving[(int(s.Step)+out.Delay+int(delay))%len(to.arriving)]
				slot[out.Receptor][block.First+int(target)] += dynamics.Weighted(out.Weights[weight], factor)
			}
		}
	}
}

// redraw delivers a spike where the synapses are not stored: they are drawn again.
func (e *Engine) redraw(s sim.Spike, source int, out *outgoing, factor uint32) {
	to := &e.populations[out.To]
	for k := range out.synapses.Redrawn.Chunks {
		targets, codes := out.synapses.Redrawn.Draw(&e.row, source, k)
		for i, target := range targets {
			_, weight, delay := out.synapses.Redrawn.Packing.Unpack(codes[i])
			slot := to.arriving[(int(s.Step)+out.Delay+int(delay))%len(to.arriving)]
			slot[out.Receptor][target] += dynamics.Weighted(out.Weights[weight], factor)
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
