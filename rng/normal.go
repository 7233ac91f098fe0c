package rng

import (
	"math"
	"sync"

	"einet/libm"
)

// A Normal maps words to standard normal numbers by straight lines: cell k of the
// table holds what a tail probability of x 2^-32 is worth, z = Slope[k] x +
// Offset[k]. There are 32 cells an octave of x, from 1/2 to 2^31, and a last one
// for 2^31 itself, where z is 0. The variance over all words is 1.
type Normal struct {
	Slope, Offset []float32
}

const (
	cellsPerOctave = 32
	octaves        = 32
	firstCell      = 126 * cellsPerOctave // of the bits of 1/2, shifted by mantissaShift
	mantissaShift  = 23 - 5
)

// NormalTable is the one table of all engines.
var NormalTable = sync.OnceValue(newNormal)

func newNormal() *Normal {
	ends := make([]float64, octaves*cellsPerOctave+1)
	at := func(k int) float64 {
		octave, part := k/cellsPerOctave, k%cellsPerOctave
		return math.Ldexp(1+float64(part)/cellsPerOctave, octave-1)
	}
	for k := range ends {
		ends[k] = -libm.NormalQuantile(at(k) * 0x1p-32)
	}
	slope, offset := make([]float64, len(ends)), make([]float64, len(ends))
	squares := 0.0 // of all z, one for each q below 2^31
	for k := range len(ends) - 1 {
		x0, x1 := at(k), at(k+1)
		slope[k] = (ends[k+1] - ends[k]) / (x1 - x0)
		offset[k] = ends[k] - float64(slope[k]*x0)
		squares += cellSquares(slope[k], offset[k], x0, x1)
	}
	sd := math.Sqrt(squares * 0x1p-31)
	n := &Normal{make([]float32, len(ends)), make([]float32, len(ends))}
	for k := range ends {
		n.Slope[k], n.Offset[k] = float32(slope[k]/sd), float32(offset[k]/sd)
	}
	return n
}

// cellSquares is the sum of (slope x + offset)^2 over x = q + 1/2, q whole, in
// [x0, x1).
func cellSquares(slope, offset, x0, x1 float64) float64 {
	first, last := math.Ceil(x0-0.5), math.Ceil(x1-0.5)-1
	n := last - first + 1
	if n <= 0 {
		return 0
	}
	middle := (first+last)/2 + 0.5
	z := float64(slope*middle) + offset
	spread := float64(float64(slope*slope)*float64(n*float64(float64(n*n)-1))) / 12
	return float64(n*float64(z*z)) + spread
}

// Z is the number of a word: its top bit is the sign, the rest a probability.
func (n *Normal) Z(w uint32) float32 {
	x := float32By16(w&0x7fffffff) + 0.5
	k := math.Float32bits(x)>>mantissaShift - firstCell
	z := float32(n.Slope[k]*x) + n.Offset[k]
	if w>>31 != 0 {
		return -z
	}
	return z
}
