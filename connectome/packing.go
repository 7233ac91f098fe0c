package connectome

import "math/bits"

// A Packing says how a synapse is packed into 32 bits: from the highest on the code of its
// delay, its target relative to its block, and the code of its weight. Where delays span 64
// steps or less these have 6, 16 and 10 bits. Where they span more the delay has as many as its
// codes need, the weight too, and the target what is left, 16 at most: so blocks may be smaller
// there. Ascending, a row is by delay first: what arrives together lies together.
type Packing struct {
	DelayShift int // bits below the delay's
	WeightBits int
}

// The most bits that a packed synapse has for its weight, and the codes that these can be: as many as a drawn weight has.
const (
	MaxWeightBits  = 10
	MaxWeightCodes = 1 << MaxWeightBits
)

const (
	fewestDelayBits = 6
	mostTargetBits  = 32 - fewestDelayBits - MaxWeightBits
)

// newPacking is that of a projection with numbers of codes for weights and for delays: at most
// 2^10 and network.MaxDelayCodes.
func newPacking(weights, delays int) Packing {
	if need := bits.Len(uint(delays - 1)); need > fewestDelayBits {
		return Packing{32 - need, bits.Len(uint(weights - 1))}
	}
	return Packing{32 - fewestDelayBits, MaxWeightBits}
}

// Targets is the most targets of a block.
func (p Packing) Targets() int { return 1 << min(mostTargetBits, p.DelayShift-p.WeightBits) }

// Unpack is the target of a synapse, in its block, and its codes.
func (p Packing) Unpack(s uint32) (target, weight, delay uint32) {
	return p.target(s), s & (1<<p.WeightBits - 1), s >> p.DelayShift
}

func (p Packing) target(s uint32) uint32 { return s & (1<<p.DelayShift - 1) >> p.WeightBits }
