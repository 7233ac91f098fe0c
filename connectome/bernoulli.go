package connectome

import (
	"einet/libm"
	"einet/rng"
)

// Chunk is the number of consecutive targets that are drawn together from one
// sequence of random words.
const Chunk = 4096

// A Bernoulli draws the synapses of a fixed_probability projection: each
// ordered pair exists independently with probability p. The distances between
// the targets of a source are geometric.
type Bernoulli struct {
	key  rng.Key
	p    float64
	skip rng.Geometric
}

// NewBernoulli draws with probability p for the projection with that ordinal.
func NewBernoulli(seed uint32, projection int, p float64) Bernoulli {
	return Bernoulli{
		key:  rng.Key{Seed: seed, Stream: rng.Stream(rng.Connectivity, uint32(projection), 0)},
		p:    p,
		skip: rng.NewGeometric(-1 / libm.Log1p(-p)),
	}
}

// Key is that of the words, and Scale what makes an exponential variate a distance:
// float32(-1/ln(1 - p)), 0 where p is 1 and without meaning where p is 0.
func (d *Bernoulli) Key() rng.Key   { return d.key }
func (d *Bernoulli) Scale() float32 { return d.skip.Scale() }

// Never is true where p is 0: there are no synapses.
func (d *Bernoulli) Never() bool { return d.p == 0 }

// Targets writes the targets of source j among the n <= Chunk neurons of
// chunk k of the target population into buf, ascending and relative to the
// chunk's first neuron, and returns them. Word w of block b of the sequence is
// word w of Philox at the counter (b, j, k, 0).
func (d *Bernoulli) Targets(buf *[Chunk]uint16, j, k int, n int) []uint16 {
	if d.p == 0 {
		return buf[:0]
	}
	count, at := 0, int32(-1)
	for b := uint32(0); ; b++ {
		w0, w1, w2, w3 := rng.Philox(d.key, b, uint32(j), uint32(k), 0)
		for _, w := range [...]uint32{w0, w1, w2, w3} {
			at += 1 + d.skip.Skip(w, Chunk)
			if at >= int32(n) {
				return buf[:count]
			}
			buf[count] = uint16(at)
			count++
		}
	}
}
