package cpu

import (
	"runtime"
	"slices"
	"sync"

	"einet/connectome"
	"einet/dynamics"
)

// A plastic is the synapses of a projection with long-term plasticity onto one share's neurons of one block: targets lo to lo+count-1
// of the block. Those of source j are begin[j] to end[j]-1, by target, delay and weight at the start. A row is brought up to date when its source fires,
// from the spikes that its targets have fired since the last time. All that a synapse has of its own is its weight: what the source's spikes
// left behind is the row's, and what the target's left is in spikes. Each share has both for itself, so that workers need no lock.
type plastic struct {
	*dynamics.Projection
	projection int
	first      int // neuron of the population with which the block begins
	lo, count  uint32
	begin, end []uint32
	targets    []uint16 // relative to the block
	delays     []uint16 // their codes; nil where all synapses have one delay
	omegas     []uint32
	rows       []row
	spikes     targetSpikes
	heard      []spike   // of targets, which no synapse has yet
	arrived    []spike   // scratch of takeSources
	brings     []int32   // scratch of a visit: what each synapse of the row brings
	scratch    *learning // likewise, the share's
	floor      uint32    // all rows are up to date at least up to that step
}

// A row is the state that the synapses of a source share.
type row struct {
	dynamics.PlasticTrace        // of the source, behind its last spike
	until                 uint32 // what was at the synapses up to that step has changed their weights
}

// addPlastic gives each share its part of projection k.
func (e *Engine) addPlastic(k int, c *connectome.Projection) {
	p := &e.model.Projections[k]
	for b := range c.Blocks {
		block := &c.Blocks[b]
		var omegas []uint32 // of all shares: one for each of block.Targets
		if block.Packed == nil {
			omegas = slices.Repeat(p.Plasticity.Initial[:1], len(block.Targets))
		}
		e.divide(block, p.To, func(s *share, lo, hi int, begin, end []uint32) {
			first := lo*lanes - block.First
			q := plastic{Projection: p, projection: k, first: block.First, lo: uint32(first), count: uint32(min((hi-lo)*lanes, block.Size-first)),
				begin: begin, end: end, targets: block.Targets, omegas: omegas, rows: make([]row, block.Sources())}
			if block.Packed != nil {
				q.unpack(block)
			}
			total, longest := q.synapses()
			q.spikes, q.brings = newTargetSpikes(p.Plasticity, int(q.count), total), make([]int32, longest)
			if s.learning == nil {
				s.learning = new(learning)
			}
			q.scratch = s.learning
			s.plastics = append(s.plastics, q)
		})
	}
}

// unpack takes this share's synapses out of a block of synapses that differ.
func (p *plastic) unpack(block *connectome.Block) {
	from := make([]uint32, block.Sources()+1)
	eachRow(block.Sources(), func(j int) {
		for _, x := range block.PackedRow(j) {
			if t, _, _ := block.Packing.Unpack(x); t-p.lo < p.count {
				from[j+1]++
			}
		}
	})
	for j := range block.Sources() {
		from[j+1] += from[j]
	}
	n := from[block.Sources()]
	p.begin, p.end = from[:block.Sources()], from[1:]
	p.targets, p.omegas = make([]uint16, n), make([]uint32, n)
	if p.MaxDelay > p.Delay {
		p.delays = make([]uint16, n)
	}
	eachRow(block.Sources(), func(j int) {
		mine := make([]uint64, 0, from[j+1]-from[j])
		for _, x := range block.PackedRow(j) {
			if t, _, _ := block.Packing.Unpack(x); t-p.lo < p.count {
				mine = append(mine, uint64(t)<<32|uint64(x))
			}
		}
		if p.delays != nil {
			slices.Sort(mine)
		}
		for i, x := range mine {
			t, weight, delay := block.Packing.Unpack(uint32(x))
			at := int(from[j]) + i
			p.targets[at], p.omegas[at] = uint16(t), p.Plasticity.Initial[weight]
			if p.delays != nil {
				p.delays[at] = uint16(delay)
			}
		}
	})
}

// eachRow calls do for each of n rows, on all processors.
func eachRow(n int, do func(j int)) {
	var done sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		done.Go(func() {
			for j := n * w / workers; j < n*(w+1)/workers; j++ {
				do(j)
			}
		})
	}
	done.Wait()
}

// synapses is their number, and that of the longest row.
func (p *plastic) synapses() (total, longest int) {
	for j, begin := range p.begin {
		n := int(p.end[j] - begin)
		total, longest = total+n, max(longest, n)
	}
	return total, longest
}

// takePlastic takes a share's plastic synapses through the spikes of the window that it has passed last, once everyone has.
// What these bring arrives behind the window. Of spikes that are recalled the sources' are in the weights already.
func (e *Engine) takePlastic(s *share) {
	w := &s.passed
	for i := range s.plastics {
		p := &s.plastics[i]
		p.hear(s, w)
		if !e.recalling {
			e.takeSources(p, w)
			p.takeTargets(e.kernels, uint32(w.last()))
		}
	}
	w.steps = 0
}

// hear notes the spikes of targets. The smallest delay later the first synapses have them.
func (p *plastic) hear(s *share, w *window) {
	for i := range s.pieces {
		if s.pieces[i].population != p.To {
			continue
		}
		for k := range w.steps {
			for _, j := range (source{s, i}).fired(w, k) {
				if t := j - uint32(p.first) - p.lo; t < p.count {
					p.heard = append(p.heard, spike{t, uint32(w.n) + uint32(k) + 1})
				}
			}
		}
	}
}

// takeTargets takes targets through those of their spikes that are at some synapse up to a step. Where the spikes that are kept of a target
// would no longer be all that some row needs, the rows are brought up to date to the step before, and where that is not enough more are kept.
func (p *plastic) takeTargets(k *kernels, step uint32) {
	taken := 0
	for _, s := range p.heard {
		before := s.step + uint32(p.Delay) - 1
		if before >= step {
			break
		}
		for p.spikes.full(s.neuron, p.floor, uint32(p.MaxDelay)) {
			if before > p.floor {
				p.bringUp(k, before)
				continue
			}
			p.spikes.grow()
		}
		p.spikes.fire(p.Plasticity, s.neuron, s.step)
		taken++
	}
	p.heard = p.heard[:copy(p.heard, p.heard[taken:])]
}

// bringUp brings all rows up to date up to a step: no source has fired later, and all spikes of targets that were at synapses up to there are known.
func (p *plastic) bringUp(k *kernels, step uint32) {
	for j := range p.rows {
		if r := &p.rows[j]; r.until < step {
			v := visit{plastic: p, row: r, step: step}
			k.visit(&v, int(p.begin[j]), int(p.end[j]))
			r.until = step
		}
	}
	p.floor = max(p.floor, step)
}

// A spike is that of a neuron.
type spike struct{ neuron, step uint32 }

// takeSources brings the rows of what fired up to date, takes them through their source's own spikes, and sums what these bring.
func (e *Engine) takeSources(p *plastic, w *window) {
	all := p.arrived[:0]
	for k := range w.steps {
		for _, from := range e.sources[p.From] {
			for _, j := range from.fired(w, k) {
				all = append(all, spike{j, uint32(w.n) + uint32(k) + 1})
			}
		}
	}
	p.arrived = all
	to := &e.populations[p.To]
	for i, f := range all {
		if i+1 < len(all) {
			p.fetch(all[i+1].neuron)
		}
		if i == 0 || f.step != all[i-1].step {
			p.takeTargets(e.kernels, f.step)
		}
		r := &p.rows[f.neuron]
		begin, end := int(p.begin[f.neuron]), int(p.end[f.neuron])
		v := visit{plastic: p, row: r, step: f.step, fires: true, slow: p.Plasticity.SlowSource.After(f.step-r.Last, r.Slow)}
		e.kernels.visit(&v, begin, end)
		if p.delays == nil {
			addEach(to.coming.at(f.step+uint32(p.Delay), p.Receptor, p.first), p.targets[begin:end], p.brings)
		} else {
			to.coming.addEach(p, f.step, begin, end, p.brings)
		}
		p.Plasticity.SourceFires(&r.PlasticTrace, f.step)
		r.until = f.step
	}
}

// fetch asks for the row of a source.
func (p *plastic) fetch(j uint32) {
	begin, n := uintptr(p.begin[j]), int(p.end[j]-p.begin[j])
	fetch(address(p.omegas)+4*begin, min(1+4*n/cacheLine, 2*linesAhead))
	fetch(address(p.targets)+2*begin, min(1+2*n/cacheLine, linesAhead))
	if p.delays != nil {
		fetch(address(p.delays)+2*begin, min(1+2*n/cacheLine, linesAhead))
	}
}

// addEach adds to each target a weight of its own.
func addEach(arriving *[maxBlock]int32, targets []uint16, weights []int32) {
	for len(targets) >= 8 && len(weights) >= 8 {
		t, w := (*[8]uint16)(targets), (*[8]int32)(weights)
		arriving[t[0]] += w[0]
		arriving[t[1]] += w[1]
		arriving[t[2]] += w[2]
		arriving[t[3]] += w[3]
		arriving[t[4]] += w[4]
		arriving[t[5]] += w[5]
		arriving[t[6]] += w[6]
		arriving[t[7]] += w[7]
		targets, weights = targets[8:], weights[8:]
	}
	weights = weights[:len(targets)]
	for i, t := range targets {
		arriving[t] += weights[i]
	}
}
