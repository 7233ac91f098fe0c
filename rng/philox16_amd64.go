package rng

import "golang.org/x/sys/cpu"

// Philox16 is Philox of sixteen counters, c0 to c0 + 15: word i of counter c0 + k is
// words[i][k].
func Philox16(k Key, c0, c1, c2, c3 uint32, words *[4][16]uint32) {
	if cpu.X86.HasAVX512F {
		philox16AVX512(k.Seed, k.Stream, c0, c1, c2, c3, words)
		return
	}
	philox16(k, c0, c1, c2, c3, words)
}

// philox16AVX512 is philox16, eight counters at a time and two of these side by side. It is in
// assembly because Go's package of vectors has no multiplication of 32 to 64 bits in 512, and
// what it has takes three times as long.
//
//go:noescape
func philox16AVX512(seed, stream, c0, c1, c2, c3 uint32, words *[4][16]uint32)
