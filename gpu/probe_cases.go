package gpu

import (
	"errors"
	"math"
	"math/bits"

	"einet/rng"
)

// ErrInexact is wrapped by the error that refuses a device whose arithmetic
// would give other spikes.
var ErrInexact = errors.New("the device's arithmetic differs")

// A probeOp is an operation of probe.comp and what it must give, all as bits.
type probeOp struct {
	name string
	does func(x, y, z uint32) uint32
}

func floats(f func(x, y, z float32) float32) func(x, y, z uint32) uint32 {
	return func(x, y, z uint32) uint32 {
		return math.Float32bits(f(math.Float32frombits(x), math.Float32frombits(y), math.Float32frombits(z)))
	}
}

// probeOps are the operations in the order of probe.comp's cases.
var probeOps = []probeOp{
	{"the product", floats(func(x, y, _ float32) float32 { return x * y })},
	{"the sum", floats(func(x, y, _ float32) float32 { return x + y })},
	{"the difference", floats(func(x, y, _ float32) float32 { return x - y })},
	{"an unfused product and sum", floats(func(x, y, z float32) float32 { return float32(x*y) + z })},
	{"rounding to the grid", floats(func(x, y, _ float32) float32 { return float32(x+y) - y })},
	{"the conversion of an int", func(x, _, _ uint32) uint32 { return math.Float32bits(float32(int32(x))) }},
	{"the arithmetic shift", func(x, y, _ uint32) uint32 { return uint32(int32(x) >> y) }},
	{"the high half of an integer product", func(x, y, _ uint32) uint32 { hi, _ := bits.Mul32(x, y); return hi }},
	{"the low half of an integer product", func(x, y, _ uint32) uint32 { return x * y }},
	{"the comparison", func(x, y, _ uint32) uint32 {
		if math.Float32frombits(x) >= math.Float32frombits(y) {
			return 1
		}
		return 0
	}},
	{"the whole part of a float", func(x, _, _ uint32) uint32 { return uint32(math.Float32frombits(x)) }},
	{"the conversion of a word", func(x, _, _ uint32) uint32 { return math.Float32bits(float32(x)) }},
	{"the place of the highest bit", func(x, _, _ uint32) uint32 { return uint32(bits.Len32(x) - 1) }},
	{"the shift to higher bits", func(x, y, _ uint32) uint32 { return x << y }},
	{"the shift to lower bits", func(x, y, _ uint32) uint32 { return x >> y }},
}

// probeName names an operation: those of programs are behind probeOps.
func probeName(op int) string {
	if op < len(probeOps) {
		return probeOps[op].name
	}
	return probePrograms[op-len(probeOps)].name
}

// A probeCase is one operation on three operands.
type probeCase struct {
	op            int
	x, y, z, want uint32
}

// probeRandom is how many random operands each operation is tried with.
const probeRandom = 500

// probeCases are ties, near-ties, cancellations and random operands for each
// operation; no operand and no result is subnormal.
func probeCases() []probeCase {
	f := math.Float32bits
	ulp := float32(0x1p-23)
	ties := [][3]float32{
		{1, ulp / 2, 0}, {1 + ulp, ulp / 2, 0}, {-1, -ulp / 2, 0}, {1, ulp/2 + ulp*ulp, 0}, // sums half way
		{1 + ulp, 1 + ulp, -1}, {1 - ulp/2, 1 + ulp, -1}, {3, 1. / 3, -1}, // a fused product differs
		{0.1, 16, 0}, {-0.1, 16, 0}, {16 * ulp * 1.5, 16, 0}, {-16 * ulp * 2.5, 16, 0}, // the grid, ties included
		{15, 15, 0}, {15 - 16*ulp, 15, 0}, {0, 0, 0}, {-1, 1, 0},
	}
	var cases []probeCase
	for op := range probeOps {
		add := func(x, y, z uint32) {
			cases = append(cases, probeCase{op, x, y, z, probeOps[op].does(x, y, z)})
		}
		for _, t := range ties {
			if op < 5 || op == 9 {
				add(f(t[0]), f(t[1]), f(t[2]))
			}
		}
		for i := range uint32(probeRandom) {
			a, b, c, _ := rng.Philox(rng.Key{Seed: uint32(op)}, i, 0, 0, 0)
			switch op {
			case 4:
				b = f(16)
				fallthrough
			case 0, 1, 2, 3, 9:
				add(moderate(a), moderate(b), moderate(c))
			case 6, 13, 14:
				add(a, b%32, 0)
			case 12:
				add(a>>(b%32)|1, 0, 0)
			case 10:
				add(moderate(a)&^(1<<31), 0, 0)
			default:
				add(a, b, c)
			}
		}
	}
	for _, x := range []int32{math.MaxInt32, math.MinInt32, -1, 1, 1 << 24, 1<<24 + 1, 1<<25 + 2, -(1<<24 + 1), 0x7fffffbf, 0x7fffffc0} {
		cases = append(cases, probeCase{5, uint32(x), 0, 0, f(float32(x))})
	}
	for _, x := range []float32{0, 0.5, 0.99999994, 1, 1.5, 1.9999999, 2.5, 4095.9998, 4096, 1<<24 - 1, 1<<24 - 2} {
		cases = append(cases, probeCase{10, f(x), 0, 0, uint32(x)})
	}
	for _, x := range []uint32{0, 1, 1 << 31, math.MaxUint32, 1<<24 + 1, 1<<31 + 128, 1<<31 + 129, 0xffffff7f, 0xffffff80} {
		cases = append(cases, probeCase{11, x, 0, 0, f(float32(x))})
	}
	for k := range uint32(32) {
		cases = append(cases, probeCase{12, 1 << k, 0, 0, k}, probeCase{12, 1<<k | 1, 0, 0, k})
	}
	for k := range probePrograms {
		cases = append(cases, probePrograms[k].cases(len(probeOps)+k)...)
	}
	return cases
}

// moderate turns a word into a float of magnitude 2^-15 to 2^16 with the
// word's sign and fraction.
func moderate(w uint32) uint32 { return w&0x807fffff | (112+w>>23%32)<<23 }
