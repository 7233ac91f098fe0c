package connectome

import "math/bits"

// A Packing says how a synapse is packed into 32 bits: from the highest on the code of its
// delay, its target relative to its block, and 10 bits of the code of its weight. The delay
// has 6 bits, or as many as its codes need, and the target what is left: 16, or as many fewer
// as the delay has more, so that blocks are smaller where delays span more steps. Ascending,
// a row is by delay first: what arrives together lies together.
//
// A Packing is how many bits the delay has beyond 6.
type Packing uint8

const (
	fewestDelayBits = 6
	mostTargetBits  = 16
	weightBits      = 10
)

// newPacking is that of a projection with so many codes of delays, network.MaxDelayCodes at
// most.
func newPacking(delays int) Packing {
	return Packing(max(0, bits.Len(uint(delays-1))-fewestDelayBits))
}

// Targets is the most targets of a block.
func (p Packing) Targets() int { return 1 << mostTargetBits >> p }

// DelayShift is how many bits are below those of the delay.
func (p Packing) DelayShift() int { return mostTargetBits + weightBits - int(p) }

// Pack makes a synapse of a target and codes.
func (p Packing) Pack(target, weight, delay uint32) uint32 {
	return delay<<p.DelayShift() | target<<weightBits | weight
}

// Unpack is what Pack put together.
func (p Packing) Unpack(s uint32) (target, weight, delay uint32) {
	return p.target(s), s & (1<<weightBits - 1), s >> p.DelayShift()
}

func (p Packing) target(s uint32) uint32 {
	return s >> weightBits & uint32(p.Targets()-1)
}
