package cpu

import (
	"sort"

	"einet/dynamics"
	"einet/network"
	"einet/rng"
)

// A wordsKernel draws the words of 64 neurons, four tiles, at a step: those of the
// counters from 16 group on.
type wordsKernel func(key rng.Key, group, step, draw uint32, words *[4][lanes]uint32)

func wordsScalar(key rng.Key, group, step, draw uint32, words *[4][lanes]uint32) {
	for k := range uint32(lanes) {
		words[0][k], words[1][k], words[2][k], words[3][k] = rng.Philox(key, lanes*group+k, step, draw, 0)
	}
}

// A poissonKernel adds weight for each threshold at or below a word to what arrives
// at its neuron, of up to four tiles.
type poissonKernel func(arriving [][lanes]int32, words [][lanes]uint32, thresholds []uint32, weight int32)

func poissonScalar(arriving [][lanes]int32, words [][lanes]uint32, thresholds []uint32, weight int32) {
	for i := range arriving {
		for k, w := range words[i] {
			arriving[i][k] += int32(rng.Count(w, thresholds)) * weight
		}
	}
}

// A normalKernel makes standard normal numbers of words, of up to four tiles: rng.Normal.Z.
type normalKernel func(z [][lanes]float32, words [][lanes]uint32)

func normalScalar(z [][lanes]float32, words [][lanes]uint32) {
	n := rng.NormalTable()
	for i := range z {
		for k, w := range words[i] {
			z[i][k] = n.Z(w)
		}
	}
}

// eachTile calls do with the words of tiles lo to hi-1.
func (e *Engine) eachTile(s *share, key rng.Key, step, draw uint32, lo, hi int, do func(tile int, words *[lanes]uint32)) {
	for group := lo / 4; 4*group < hi; group++ {
		e.kernels.words(key, uint32(group), step, draw, &s.words)
		for tile := max(lo, 4*group); tile < min(hi, 4*group+4); tile++ {
			do(tile, &s.words[tile%4])
		}
	}
}

// addPoisson adds the Poisson inputs of a step to what arrives then. The lanes behind
// the last neuron receive some too, which they ignore.
func (e *Engine) addPoisson(s *share, p *population, step int64, lo, hi int) {
	for k := range p.Poisson {
		in := &p.Poisson[k]
		arriving := s.moment.arriving[in.Receptor]
		if p.members[k] != nil {
			e.addToMembers(s, p, k, step, lo, hi)
			continue
		}
		for group := lo / 4; 4*group < hi; group++ {
			e.kernels.words(p.PoissonKey, uint32(p.Offset/64+group), uint32(step), uint32(k), &s.words)
			first, last := max(lo, 4*group), min(hi, 4*group+4)
			e.kernels.poisson(arriving[first:last], s.words[first-4*group:last-4*group], in.Thresholds, in.Weight)
		}
	}
}

// members of a Poisson input of a group are those neurons that receive it.
type members struct {
	masks [][lanes]int32 // of each tile, -1 for a member and 0 for others
	some  []bool         // of each four tiles, whether there is a member
}

// newMembers are those of an input, nil where all neurons are.
func newMembers(p *dynamics.Population, k, tiles int) *members {
	if !p.Poisson[k].IsOfGroup() {
		return nil
	}
	m := &members{make([][lanes]int32, tiles), make([]bool, (tiles+3)/4)}
	for i, receives := range p.Receives(k) {
		if receives {
			m.masks[i/lanes][i%lanes] = -1
			m.some[i/lanes/4] = true
		}
	}
	return m
}

// addToMembers adds Poisson input k of a group to what arrives. Four tiles without a member take no words.
func (e *Engine) addToMembers(s *share, p *population, k int, step int64, lo, hi int) {
	in, m := &p.Poisson[k], p.members[k]
	arriving := s.moment.arriving[in.Receptor]
	for group := lo / 4; 4*group < hi; group++ {
		if !m.some[group] {
			continue
		}
		e.kernels.words(p.PoissonKey, uint32(p.Offset/64+group), uint32(step), uint32(k), &s.words)
		var counted [4][lanes]int32
		first, last := max(lo, 4*group), min(hi, 4*group+4)
		e.kernels.poisson(counted[first-4*group:last-4*group], s.words[first-4*group:last-4*group], in.Thresholds, in.Weight)
		for tile := first; tile < last; tile++ {
			to, from, mask := &arriving[tile], &counted[tile-4*group], &m.masks[tile]
			for lane := range to {
				to[lane] += from[lane] & mask[lane]
			}
		}
	}
}

// isRandom tells whether neurons have random input.
func (p *population) isRandom() bool {
	return len(p.Poisson) > 0 || len(p.draws) > 0
}

// drawNoise draws the standard normal numbers of a step.
func (e *Engine) drawNoise(s *share, p *population, step int64, lo, hi int) {
	for _, draw := range p.draws {
		if s.noise[draw] == nil {
			s.noise[draw] = make([][lanes]float32, maxTiles)
		}
		z := s.noise[draw]
		for group := lo / 4; 4*group < hi; group++ {
			e.kernels.words(p.Noise.Key, uint32(p.Offset/64+group), uint32(step), uint32(draw), &s.words)
			first, last := max(lo, 4*group), min(hi, 4*group+4)
			e.kernels.normal(z[first-lo:last-lo], s.words[first-4*group:last-4*group])
		}
	}
	s.moment.noise = s.noise
}

// fire lets the neurons of a source fire in step k of a window.
func (e *Engine) fire(s *share, p *piece, w *window, k, lo, hi int) {
	pop := &e.populations[p.population]
	last := uint32(min(hi*lanes, pop.Size))
	step := uint32(w.n) + uint32(k) + 1
	if pop.Neuron == network.SpikeSource {
		at := sort.Search(len(pop.train), func(i int) bool { return pop.train[i].Step >= step })
		for ; at < len(pop.train) && pop.train[at].Step == step; at++ {
			if j := pop.train[at].Neuron; j >= uint32(lo*lanes) && j < last {
				p.fired[k] = append(p.fired[k], j)
			}
		}
		return
	}
	thresholds := e.counts[p.population].Thresholds(int(w.n-w.first) + k)
	if len(thresholds) == 0 {
		return
	}
	e.eachTile(s, pop.SpikeKey, step, 0, lo, hi, func(tile int, words *[lanes]uint32) {
		for lane, word := range words {
			if word < thresholds[0] {
				continue
			}
			if j := uint32(tile*lanes + lane); j < last {
				for range rng.Count(word, thresholds) {
					p.fired[k] = append(p.fired[k], j)
				}
			}
		}
	})
}
