// Package rng holds the counter-based random numbers that every engine shares:
// Philox4x32-10, the numbering of its streams, and the distributions drawn from
// its words. Its one invariant: a number depends only on the seed, the stream
// and the place it is drawn for, never on the order in which numbers are asked
// for, so any thread and any GPU can draw it.
package rng

import "math/bits"

// Multipliers and key increments of Philox4x32 (Salmon et al. 2011, "Parallel
// random numbers: as easy as 1, 2, 3").
const (
	mul0 = 0xD2511F53
	mul1 = 0xCD9E8D57
	inc0 = 0x9E3779B9
	inc1 = 0xBB67AE85
)

// A Key selects a sequence of random numbers: the run's seed and a stream.
type Key struct {
	Seed, Stream uint32
}

// Philox is Philox4x32-10: ten rounds on the counter c under key k. It returns
// four independent words uniform on [0, 2^32).
func Philox(k Key, c0, c1, c2, c3 uint32) (w0, w1, w2, w3 uint32) {
	k0, k1 := k.Seed, k.Stream
	for range 10 {
		hi0, lo0 := bits.Mul32(mul0, c0)
		hi1, lo1 := bits.Mul32(mul1, c2)
		c0, c1, c2, c3 = hi1^c1^k0, lo1, hi0^c3^k1, lo0
		k0 += inc0
		k1 += inc1
	}
	return c0, c1, c2, c3
}

func philox16(k Key, c0, c1, c2, c3 uint32, words *[4][16]uint32) {
	for i := range uint32(16) {
		words[0][i], words[1][i], words[2][i], words[3][i] = Philox(k, c0+i, c1, c2, c3)
	}
}

// Neuron is the word that belongs to neuron i of a population in a given step
// and draw. Sixteen counters serve 64 neurons, so that one vector of sixteen
// counters fills four tiles of sixteen neurons without a shuffle.
func Neuron(k Key, i, step, draw uint32) uint32 {
	w0, w1, w2, w3 := Philox(k, 16*(i/64)+i%16, step, draw, 0)
	return [4]uint32{w0, w1, w2, w3}[(i/16)%4]
}

// Neurons writes the words of neurons 0, 1, ... of a population in a given step and draw.
func Neurons(k Key, step, draw uint32, dst []uint32) {
	var words [4][16]uint32
	for first := 0; first < len(dst); first += 64 {
		Philox16(k, uint32(first/4), step, draw, 0, &words)
		for tile := range words {
			if at := first + 16*tile; at < len(dst) {
				copy(dst[at:], words[tile][:])
			}
		}
	}
}
