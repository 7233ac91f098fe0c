package native

import "math/bits"

// registers are those of a kind, and what they hold.
type registers struct {
	holds  []value
	usable uint32
	pinned uint32 // what the present step reads or writes
	peak   int    // the most that were used at once
}

func newRegisters(first, behind int) registers {
	r := registers{holds: make([]value, behind)}
	for k := range r.holds {
		r.holds[k] = none
	}
	r.usable = uint32(1<<behind - 1<<first)
	return r
}

// reset begins anew: all registers are free but those of the hoisted values, the last ones.
func (c *compiler) reset(hoisted []value) {
	c.vectors, c.masks = newRegisters(0, vectorRegisters-len(hoisted)), newRegisters(1, maskRegisters)
	c.place, c.slot = make([]int8, len(c.homes)), make([]int32, len(c.homes))
	for v := range c.place {
		c.place[v], c.slot[v] = -1, -1
	}
	for k, v := range hoisted {
		c.place[v] = int8(vectorRegisters - 1 - k)
	}
	c.free, c.slots = nil, 0
}

// file is the registers that a value can be in.
func (c *compiler) file(v value) *registers {
	if c.isMask(v) {
		return &c.masks
	}
	return &c.vectors
}

// lends tells whether a register is one of these, and not that of a hoisted value.
func (r *registers) lends(register int8) bool { return int(register) < len(r.holds) }

// next is the first step from the present one on that reads a value, or a number behind all.
func (c *compiler) next(v value, from int) int {
	for _, u := range c.uses[v] {
		if int(u) >= from {
			return int(u)
		}
	}
	return len(c.steps)
}

// take is a register for a value, or for the present step alone (none). If all are in use, the one whose value is
// read last is spilled: with all to come known, that is the best.
func (c *compiler) take(r *registers, v value) uint8 {
	best, furthest := -1, -1
	for k := range r.holds {
		if r.usable>>k&1 == 0 || r.pinned>>k&1 == 1 {
			continue
		}
		w := r.holds[k]
		if w == none {
			best = k
			break
		}
		if n := c.next(w, c.step+1); n > furthest {
			best, furthest = k, n
		}
	}
	if w := r.holds[best]; w != none {
		c.spill(w, uint8(best))
		c.vacate(r, uint8(best))
	}
	r.pinned |= 1 << best
	r.peak = max(r.peak, bits.OnesCount32(r.pinned|r.occupied()))
	if v != none {
		r.holds[best] = v
		c.place[v] = int8(best)
	}
	return uint8(best)
}

func (r *registers) occupied() uint32 {
	var all uint32
	for k, v := range r.holds {
		if v != none {
			all |= 1 << k
		}
	}
	return all
}

func (c *compiler) vacate(r *registers, register uint8) {
	if v := r.holds[register]; v != none {
		c.place[v] = -1
		r.holds[register] = none
	}
}

// spill writes a value to memory that can't be read from there yet.
func (c *compiler) spill(v value, register uint8) {
	if c.homes[v] != nowhere || c.slot[v] >= 0 || c.next(v, c.step) == len(c.steps) {
		return
	}
	if n := len(c.free); n > 0 {
		c.slot[v], c.free = c.free[n-1], c.free[:n-1]
	} else {
		c.slot[v] = int32(c.slots)
		c.slots++
	}
	if c.file(v) == &c.masks {
		c.vex(kstore, register, 0, c.memory(v), false)
	} else {
		c.evex(vmovupsStore, register, 0, c.memory(v), 0, false)
	}
}

// release frees what held values that no later step reads.
func (c *compiler) release(s step) {
	for _, v := range []value{s.a, s.b, s.c, s.to} {
		if v != none && c.next(v, c.step+1) == len(c.steps) {
			c.forget(v)
		}
	}
}

func (c *compiler) forget(v value) {
	if r := c.file(v); c.place[v] >= 0 && r.lends(c.place[v]) {
		c.vacate(r, uint8(c.place[v]))
	}
	if c.slot[v] >= 0 {
		c.free = append(c.free, c.slot[v])
		c.slot[v] = -1
	}
}

// pin keeps the register of a value, if it is in one, for the present step.
func (c *compiler) pin(v value) bool {
	if v == none || c.place[v] < 0 {
		return false
	}
	if r := c.file(v); r.lends(c.place[v]) {
		r.pinned |= 1 << c.place[v]
	}
	return true
}

// vector is the register of a value, which is loaded if need be.
func (c *compiler) vector(v value) uint8 {
	if !c.pin(v) {
		from := c.memory(v)
		to := c.take(&c.vectors, v)
		c.load(to, from)
	}
	return uint8(c.place[v])
}

func (c *compiler) load(to uint8, from operand) {
	if from.broadcast {
		from.broadcast = false
		c.evex(vbroadcastss, to, 0, from, 0, false)
		return
	}
	c.evex(vmovups, to, 0, from, 0, false)
}

// mask is the same of a truth.
func (c *compiler) mask(v value) uint8 {
	if !c.pin(v) {
		from := c.memory(v)
		c.vex(kload, c.take(&c.masks, v), 0, from, false)
	}
	return uint8(c.place[v])
}
