package cpu

import (
	"errors"
	"fmt"
	"sort"

	"einet/sim"
)

// settle takes all plastic synapses through the spikes up to the present step, and, where asked to, brings all rows up to date.
func (e *Engine) settle(bringUp bool) {
	e.pool.run(len(e.shares), func(worker int) {
		s := &e.shares[worker]
		e.takePlastic(s)
		for i := range s.plastics {
			p := &s.plastics[i]
			if p.takeTargets(e.kernels, uint32(e.step)); bringUp {
				p.bringUp(e.kernels, uint32(e.step))
			}
		}
	})
}

// plasticsOf are the parts of a projection with long-term plasticity, by their neurons.
func (e *Engine) plasticsOf(projection int) []*plastic {
	var all []*plastic
	for i := range e.shares {
		for k := range e.shares[i].plastics {
			if p := &e.shares[i].plastics[k]; p.projection == projection {
				all = append(all, p)
			}
		}
	}
	sort.Slice(all, func(i, k int) bool { return all[i].first+int(all[i].lo) < all[k].first+int(all[k].lo) })
	return all
}

// Weights appends those of all synapses of a projection with long-term plasticity.
func (e *Engine) Weights(projection int, dst []uint32) ([]uint32, error) {
	if err := sim.CheckWeights(e.model, projection); err != nil {
		return dst, fmt.Errorf("cpu: %w", err)
	}
	e.settle(true)
	parts := e.plasticsOf(projection)
	for j := range e.model.Populations[e.model.Projections[projection].From].Size {
		for _, p := range parts {
			dst = append(dst, p.omegas[p.begin[j]:p.end[j]]...)
		}
	}
	return dst, nil
}

// GatherWeights copies those of some synapses, by their numbers. It brings these alone up to date.
func (e *Engine) GatherWeights(projection int, synapses []int64, dst []uint32) error {
	var parts []*plastic
	before := []int64{0} // the number of a source's first synapse
	if sim.CheckWeights(e.model, projection) == nil {
		parts = e.plasticsOf(projection)
		for j := range e.model.Populations[e.model.Projections[projection].From].Size {
			n := before[j]
			for _, p := range parts {
				n += int64(p.end[j] - p.begin[j])
			}
			before = append(before, n)
		}
	}
	if err := sim.CheckGatherWeights(e.model, projection, before[len(before)-1], synapses, dst); err != nil {
		return fmt.Errorf("cpu: %w", err)
	}
	e.settle(false)
	for i, number := range synapses {
		j := sort.Search(len(before)-1, func(j int) bool { return before[j+1] > number })
		rest := uint32(number - before[j])
		for _, p := range parts {
			if n := p.end[j] - p.begin[j]; rest >= n {
				rest -= n
				continue
			}
			v := visit{plastic: p, row: &p.rows[j], step: uint32(e.step)}
			dst[i] = v.synapse(int(p.begin[j] + rest))
			break
		}
	}
	return nil
}

// Coming copies what spikes are yet to bring to a receptor by plastic projections.
func (e *Engine) Coming(population, receptor int, dst []int32) error {
	if err := sim.CheckComing(e.model, population, receptor, dst); err != nil {
		return fmt.Errorf("cpu: %w", err)
	}
	e.settle(false)
	p := &e.populations[population]
	clear(dst)
	for i := range min(e.model.MaxDelay, p.coming.slots) {
		copy(dst[i*p.Size:][:p.Size], p.coming.sums[p.coming.begin(uint32(e.step)+1+uint32(i), receptor):])
	}
	return nil
}

// LoadPlastic keeps the state of long-term plasticity for Resume.
func (e *Engine) LoadPlastic(s *sim.Plastic) error {
	if e.step != 0 {
		return errors.New("cpu: the state of long-term plasticity: the engine must be at step 0")
	}
	e.loaded = s
	return nil
}

// loadPlastic makes the state that was loaded that of a step, up to the spikes under way, which take the targets' traces on.
func (e *Engine) loadPlastic(step int64) error {
	if !e.model.IsPlastic() {
		return nil
	}
	from := e.loaded
	if from == nil {
		return errors.New("cpu: resume: there is no state of long-term plasticity")
	}
	for k := range e.model.Projections {
		weights, parts := from.Weights[k], e.plasticsOf(k)
		for j, trace := range from.Sources[k] {
			for _, p := range parts {
				p.rows[j] = row{trace, uint32(step)}
				weights = weights[copy(p.omegas[p.begin[j]:p.end[j]], weights):]
			}
		}
		for _, p := range parts {
			p.floor = uint32(step)
			for t := range p.count {
				p.spikes.set(t, from.Targets[k][p.first+int(p.lo+t)])
			}
		}
	}
	for i := range e.populations {
		p := &e.populations[i]
		for r, place := range p.coming.place {
			if place < 0 {
				continue
			}
			for n := range min(e.model.MaxDelay, p.coming.slots) {
				copy(p.coming.sums[p.coming.begin(uint32(step)+1+uint32(n), r):], from.Coming[i][r][n*p.Size:][:p.Size])
			}
		}
	}
	e.loaded = nil
	return nil
}
