package cpuref

import (
	"errors"
	"fmt"

	"einet/connectome"
	"einet/dynamics"
	"einet/sim"
)

// A plastic projection is one whose weights change. What the rule in docs/equations.md says happens at each step, as it says it: the
// targets' spikes that are at synapses in the step, then the sources' spikes.
type plastic struct {
	*dynamics.Projection
	number   int // in file order
	synapses []synapse
	of       []int                   // the synapses of source j are of[j] to of[j+1]-1
	into     [][]int                 // the synapses of each target
	sources  []dynamics.PlasticTrace // x and x'
	due      [][]int                 // [step mod slots] synapses at which a spike of their target is in the step
}

// A synapse is one whose weight changes.
type synapse struct {
	source int
	target int
	delay  int // [steps]
	omega  uint32
	y      dynamics.PlasticTrace // of the target's spikes, each in the step in which it is at the synapse
}

func newPlastic(m *dynamics.Model, number int, c *connectome.Projection) *plastic {
	p := &plastic{Projection: &m.Projections[number], number: number}
	sources := m.Populations[p.From].Size
	p.sources, p.into = make([]dynamics.PlasticTrace, sources), make([][]int, m.Populations[p.To].Size)
	p.due = make([][]int, p.Projection.MaxDelay+1)
	p.of = make([]int, sources+1)
	_ = c.Each(func(source, target int, weight, delay uint32) error { // does not fail
		p.into[target] = append(p.into[target], len(p.synapses))
		p.synapses = append(p.synapses, synapse{source: source, target: target, delay: p.Delay + int(delay), omega: p.Plasticity.Initial[weight]})
		p.of[source+1] = len(p.synapses)
		return nil
	})
	for j := range sources {
		p.of[j+1] = max(p.of[j], p.of[j+1]) // of those without synapses
	}
	return p
}

// ofTargets changes the weights of the synapses at which a spike of their target is in a step. What it finds there is of the steps before.
func (p *plastic) ofTargets(step uint32) {
	for _, k := range p.dueAt(step) {
		s := &p.synapses[k]
		x := &p.sources[s.source]
		s.omega = p.Plasticity.OfTarget(s.omega, p.Plasticity.Source.After(step-x.Last, x.Fast), p.Plasticity.SlowTarget.After(step-s.y.Last, s.y.Slow))
	}
}

// ofSource changes the weights of a source's synapses at its spike of a step, and lets each tell where it goes and what it brings.
func (p *plastic) ofSource(source int, step uint32, bring func(s *synapse, weight int32)) {
	x := &p.sources[source]
	slow := p.Plasticity.SlowSource.After(step-x.Last, x.Slow)
	for k := p.of[source]; k < p.of[source+1]; k++ {
		s := &p.synapses[k]
		s.omega = p.Plasticity.OfSource(s.omega, p.Plasticity.Target.After(step-s.y.Last, s.y.Fast), slow)
		bring(s, p.Weigh(s.omega))
	}
	p.Plasticity.SourceFires(x, step)
}

// raise takes the traces of the targets' spikes in a step through these, once the sources' spikes of the step have been.
func (p *plastic) raise(step uint32) {
	for _, k := range p.dueAt(step) {
		p.Plasticity.TargetFires(&p.synapses[k].y, step)
	}
	p.due[int(step)%len(p.due)] = p.dueAt(step)[:0]
}

// fired sends a spike of a target to its synapses.
func (p *plastic) fired(target int, step uint32) {
	for _, k := range p.into[target] {
		at := (int(step) + p.synapses[k].delay) % len(p.due)
		p.due[at] = append(p.due[at], k)
	}
}

func (p *plastic) dueAt(step uint32) []int { return p.due[int(step)%len(p.due)] }

// startPlastic makes the plastic projections, each with its two ends.
func (e *Engine) startPlastic() {
	for k := range e.model.Projections {
		if e.model.Projections[k].Plasticity == nil {
			continue
		}
		p := newPlastic(e.model, k, &e.connectome.Projections[k])
		e.plastic = append(e.plastic, p)
		to := &e.populations[p.To]
		if to.coming == nil {
			to.coming = make([][][]int32, e.model.MaxDelay)
			for s := range to.coming {
				to.coming[s] = make([][]int32, len(to.Receptors))
			}
		}
		for s := range to.coming {
			if to.coming[s][p.Receptor] == nil {
				to.coming[s][p.Receptor] = make([]int32, to.Size)
			}
		}
	}
}

// pass takes the plastic projections through the spikes of a step.
func (e *Engine) pass(spikes []sim.Spike, step uint32) {
	for _, p := range e.plastic {
		from, to := &e.populations[p.From], &e.populations[p.To]
		p.ofTargets(step)
		for _, s := range spikes {
			if j := int(s.Neuron) - from.First; j >= 0 && j < from.Size {
				p.ofSource(j, step, func(s *synapse, weight int32) {
					to.coming[(int(step)+s.delay)%len(to.coming)][p.Receptor][s.target] += weight
				})
			}
		}
		p.raise(step)
		p.send(spikes, to)
	}
}

// send sends spikes of targets to their synapses.
func (p *plastic) send(spikes []sim.Spike, to *population) {
	for _, s := range spikes {
		if i := int(s.Neuron) - to.First; i >= 0 && i < to.Size {
			p.fired(i, s.Step)
		}
	}
}

// addComing adds what plastic projections bring at a step to what arrives.
func (p *population) addComing(arriving [][]int32, step int64) {
	if p.coming == nil {
		return
	}
	for r, sums := range p.coming[int(step)%len(p.coming)] {
		for k, sum := range sums {
			arriving[r][k] += sum
		}
		clear(sums)
	}
}

func (e *Engine) plasticOf(projection int) *plastic {
	for _, p := range e.plastic {
		if p.number == projection {
			return p
		}
	}
	return nil
}

// Weights appends the weights of a projection with long-term plasticity.
func (e *Engine) Weights(projection int, dst []uint32) ([]uint32, error) {
	if err := sim.CheckWeights(e.model, projection); err != nil {
		return dst, fmt.Errorf("cpuref: %w", err)
	}
	for _, s := range e.plasticOf(projection).synapses {
		dst = append(dst, s.omega)
	}
	return dst, nil
}

// GatherWeights copies the weights of some synapses of a projection with long-term plasticity.
func (e *Engine) GatherWeights(projection int, synapses []int64, dst []uint32) error {
	p := e.plasticOf(projection)
	if p == nil {
		p = &plastic{}
	}
	if err := sim.CheckGatherWeights(e.model, projection, int64(len(p.synapses)), synapses, dst); err != nil {
		return fmt.Errorf("cpuref: %w", err)
	}
	for i, k := range synapses {
		dst[i] = p.synapses[k].omega
	}
	return nil
}

// Coming copies what is yet to come to a receptor by plastic projections.
func (e *Engine) Coming(population, receptor int, dst []int32) error {
	if err := sim.CheckComing(e.model, population, receptor, dst); err != nil {
		return fmt.Errorf("cpuref: %w", err)
	}
	p := &e.populations[population]
	for i := range p.coming {
		copy(dst[i*p.Size:], p.coming[int(e.step+1+int64(i))%len(p.coming)][receptor])
	}
	return nil
}

// LoadPlastic keeps the state of long-term plasticity for Resume.
func (e *Engine) LoadPlastic(s *sim.Plastic) error {
	if e.step != 0 {
		return errors.New("cpuref: the state of long-term plasticity: the engine must be at step 0")
	}
	e.loaded = s
	return nil
}

// resumePlastic makes the state that was loaded that of a step. The spikes under way were at some synapses up to there, and are yet to come to others.
func (e *Engine) resumePlastic(step int64, underWay []sim.Spike) error {
	if len(e.plastic) == 0 {
		return nil
	}
	if e.loaded == nil {
		return errors.New("cpuref: resume: there is no state of long-term plasticity")
	}
	for _, p := range e.plastic {
		copy(p.sources, e.loaded.Sources[p.number])
		for k := range p.synapses {
			s := &p.synapses[k]
			s.omega, s.y = e.loaded.Weights[p.number][k], e.loaded.Targets[p.number][s.target]
			if s.y.Last > 0 {
				s.y.Last += uint32(s.delay)
			}
		}
		for n := max(0, step-int64(e.model.MaxDelay)) + 1; n <= step; n++ {
			p.raise(uint32(n))
			p.send(sim.Fired(underWay, n), &e.populations[p.To])
		}
	}
	for i := range e.populations {
		p := &e.populations[i]
		for s := range p.coming {
			for r, sums := range p.coming[int(step+1+int64(s))%len(p.coming)] {
				if sums != nil {
					copy(sums, e.loaded.Coming[i][r][s*p.Size:])
				}
			}
		}
	}
	e.loaded = nil
	return nil
}
