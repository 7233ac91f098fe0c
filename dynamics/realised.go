package dynamics

import (
	"slices"

	"einet/network"
	"einet/rng"
)

// What a network receives at random is drawn by the engines, step by step. It is a function of seed
// and trial, and here without an engine, for other simulators to receive the same.

// PoissonCounts writes how many spikes Poisson input k brings to each neuron of population pop at
// step n, from 1 on; dst has a place for each neuron.
func (m *Model) PoissonCounts(pop, k int, n int64, dst []uint32) {
	p := &m.Populations[pop]
	rng.Neurons(p.PoissonKey, uint32(n), uint32(k), dst)
	for i, w := range dst {
		dst[i] = uint32(rng.Count(w, p.Poisson[k].Thresholds))
	}
	if p.Poisson[k].IsOfGroup() {
		for i, receives := range p.Receives(k) {
			if !receives {
				dst[i] = 0
			}
		}
	}
}

// PoissonWeight is the weight of Poisson input k of population pop as engines have it, rounded to
// the receptor's scale, in the unit that the network states it in (inhibitory ones negative).
func (m *Model) PoissonWeight(pop, k int) float64 {
	p := &m.Populations[pop]
	in := &p.Poisson[k]
	w := float64(in.Weight) * float64(p.Receptors[in.Receptor].Scale)
	if p.Conductive(in.Receptor) && !p.Receptors[in.Receptor].Excitatory {
		w = -w // a conductance
	}
	return w
}

// The draws of a population's noise.
const (
	WhiteDraw = 0
	OUDraw    = 1
)

// NoiseNormals writes the standard normal number that the white noise (draw WhiteDraw) or the
// Ornstein-Uhlenbeck current (OUDraw) of each neuron of population pop takes at step n, from 1 on;
// words and dst have a place for each neuron.
func (m *Model) NoiseNormals(pop int, draw uint32, n int64, words []uint32, dst []float32) {
	table := rng.NormalTable()
	rng.Neurons(m.Populations[pop].Noise.Key, uint32(n), draw, words)
	for i, w := range words {
		dst[i] = table.Z(w)
	}
}

// SourceCounts writes how many spikes each neuron of the source pop fires at step n, from 1 on; dst
// has a place for each neuron.
func (m *Model) SourceCounts(pop int, n int64, dst []uint32) {
	p := &m.Populations[pop]
	if p.Neuron == network.SpikeSource {
		clear(dst)
		at, _ := slices.BinarySearchFunc(p.train, uint32(n), func(s SourceSpike, step uint32) int { return int(int64(s.Step) - int64(step)) })
		for ; at < len(p.train) && p.train[at].Step == uint32(n); at++ {
			dst[p.train[at].Neuron]++
		}
		return
	}
	var counts Counts
	m.Count(pop, n-1, 1, &counts)
	rng.Neurons(p.SpikeKey, uint32(n), 0, dst)
	for i, w := range dst {
		dst[i] = uint32(rng.Count(w, counts.Thresholds(0)))
	}
}
