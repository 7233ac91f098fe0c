package cpu

// A window is a stretch of steps that no spike inside it can influence: at most
// the smallest delay.
type window struct {
	n      int64 // the steps are n+1 to n+steps
	steps  int
	parity int         // which of a piece's two lists of spikes
	drives [][]float32 // [population][step of the window]
}

// update takes a share's neurons through a window. A stretch of tiles that fits
// the nearest cache takes all of the window's steps before the next begins.
func (e *Engine) update(s *share, w *window) {
	tiles := maxTiles
	if w.steps > 1 {
		tiles = cachedTiles
	}
	for i := range s.pieces {
		p := &s.pieces[i]
		for k := range w.steps {
			p.fired[w.parity][k] = p.fired[w.parity][k][:0]
		}
		for lo := p.lo; lo < p.hi; lo += tiles {
			e.updateTiles(p, w, lo, min(lo+tiles, p.hi), s.hits[:])
		}
	}
}

// cachedTiles of two receptors take 24 KiB with one step of their input.
const cachedTiles = 64

func (e *Engine) updateTiles(p *piece, w *window, lo, hi int, hits []uint32) {
	pop := &e.populations[p.population]
	fired := p.fired[w.parity]
	for k := range w.steps {
		n := w.n + int64(k)
		m := moment{
			now: clock(n), drive: w.drives[p.population][k],
			arriving: pop.arriving[int((n+1)%int64(len(pop.arriving)))],
		}
		count := e.kernels.update(pop, &m, lo, hi, hits)
		for _, hit := range hits[:count] {
			fired[k] = pop.reset(n+1, lo+int(hit>>16), hit&0xffff, fired[k])
		}
	}
}

// deliver adds the weights of all spikes of a window to what arrives at a
// share's neurons. The spikes come step by step, so that one slot stays in the
// nearest cache.
func (e *Engine) deliver(s *share, w *window) {
	for i := range s.bitmaps {
		e.deliverBits(s, &s.bitmaps[i], w)
	}
	for i := range s.segments {
		seg := &s.segments[i]
		to := &e.populations[seg.To]
		for k := range w.steps {
			slot := int((w.n + int64(1+k+seg.Delay)) % int64(len(to.arriving)))
			arriving := to.targets(slot, seg.Receptor, seg.first)
			for _, from := range e.pieces[seg.From] {
				for _, j := range from.fired[w.parity][k] {
					add(arriving, seg.targets[seg.begin[j]:seg.end[j]], seg.Weight)
				}
			}
		}
	}
}

// add adds a weight to every target.
func add(arriving *[maxBlock]int32, targets []uint16, weight int32) {
	for len(targets) >= 8 {
		t := (*[8]uint16)(targets)
		arriving[t[0]] += weight
		arriving[t[1]] += weight
		arriving[t[2]] += weight
		arriving[t[3]] += weight
		arriving[t[4]] += weight
		arriving[t[5]] += weight
		arriving[t[6]] += weight
		arriving[t[7]] += weight
		targets = targets[8:]
	}
	for _, t := range targets {
		arriving[t] += weight
	}
}
