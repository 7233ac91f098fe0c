//go:build goexperiment.simd && amd64

package cpu

import "einet/rng"

// philox16 draws the words of the counters (first + lane, step, draw, 0). It is in assembly
// because archsimd has no multiplication of 32 to 64 bits in vectors of 512 bits, which
// takes a third of the time of what it has.
//
//go:noescape
func philox16(seed, stream, first, step, draw uint32, words *[4][lanes]uint32)

// wordsAVX512 is wordsScalar, eight counters at a time and two of these side by side.
func wordsAVX512(key rng.Key, group, step, draw uint32, words *[4][lanes]uint32) {
	philox16(key.Seed, key.Stream, lanes*group, step, draw, words)
}
