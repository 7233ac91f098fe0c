//go:build !amd64

package rng

// Philox16 is Philox of sixteen counters, c0 to c0 + 15: word i of counter c0 + k is
// words[i][k].
func Philox16(k Key, c0, c1, c2, c3 uint32, words *[4][16]uint32) {
	philox16(k, c0, c1, c2, c3, words)
}
