package cpu

import "einet/connectome"

// A calendar is the synaptic input of a segment that is on its way, where synapses have delays of their own. It has, for
// each step to come, the rows of which something arrives in that step. A row is sorted by delay, so it needs one entry only.
// When the entry's step has come, it moves on to the next delay of its row. The input of a step is summed just before the
// step, in one slot, which stays in the nearest cache. A slot for each delay would not.
type calendar [][]cursor // [step mod length], a power of two above the largest delay

// A cursor is what is left of a row: synapses at to end-1, by delay.
type cursor struct{ at, end uint32 }

func newCalendar(largest int) calendar {
	length := 1
	for length <= largest {
		length *= 2
	}
	return make(calendar, length)
}

func (c calendar) add(step int64, row cursor) {
	due := &c[step&int64(len(c)-1)]
	*due = append(*due, row)
}

// Places of a synapse's parts where delays span 64 steps or less: see connectome.Packing.
const (
	targetShift = connectome.MaxWeightBits
	weightMask  = connectome.MaxWeightCodes - 1
)

// A packing is a connectome.Packing as loops need it. Its shift counts are masked by 31, for then Go makes one instruction
// of a shift.
type packing struct {
	shift, weightBits uint8
	near              bool   // the places are those above
	below             uint32 // mask of the bits below the delay's
	weights           uint32 // mask of the weight's
}

func newPacking(p connectome.Packing) packing {
	return packing{
		shift: uint8(p.DelayShift), weightBits: uint8(p.WeightBits), near: p.Targets() == maxBlock && p.WeightBits == targetShift,
		below: 1<<p.DelayShift - 1, weights: 1<<p.WeightBits - 1,
	}
}

func (p *packing) delay(s uint32) uint32 { return s >> (p.shift & 31) }

// deliverPacked is deliver for a segment whose synapses have weights and delays of
// their own. It sums what arrives in the first step that no later spike can reach.
func (e *Engine) deliverPacked(g *segment, w *window, k int) {
	step := w.n + int64(1+k)
	for _, from := range e.sources[g.From] {
		g.enter(step, from.fired(w, k))
	}
	to := &e.populations[g.To]
	step += int64(e.model.MinDelay)
	g.arrive(step, to.targets(int(step%int64(len(to.arriving))), g.Receptor, g.first))
}

// enter puts the rows of neurons that fired at a step into the calendar.
func (g *segment) enter(step int64, fired []uint32) {
	for i, j := range fired {
		if i+rowsAhead < len(fired) {
			g.fetch(g.begin[fired[i+rowsAhead]])
		}
		if row := (cursor{g.begin[j], g.end[j]}); row.at < row.end {
			g.calendar.add(step+int64(g.Delay)+int64(g.packing.delay(g.packed[row.at])), row)
		}
	}
}

func (g *segment) fetch(at uint32) {
	fetch(address(g.packed)+4*uintptr(at), 1)
}

// arrive adds what arrives at a step and moves the rows on to their next delays.
func (g *segment) arrive(step int64, arriving *[maxBlock]int32) {
	const ahead = 2 * rowsAhead
	due := g.calendar[step&int64(len(g.calendar)-1)]
	for i, row := range due {
		if i+ahead < len(due) {
			g.fetch(due[i+ahead].at)
		}
		synapses := g.packed[row.at:row.end]
		n, last := 0, synapses[0]|g.packing.below // of this delay
		switch {
		case !g.packing.near:
			n = g.addFar(arriving, synapses, last)
		case g.divided:
			n = g.addMine(arriving, synapses, last)
		default:
			n = addPacked(arriving, g.weights, synapses, last)
		}
		if n < len(synapses) {
			wait := g.packing.delay(synapses[n]) - g.packing.delay(last)
			g.calendar.add(step+int64(wait), cursor{row.at + uint32(n), row.end})
		}
	}
	g.calendar[step&int64(len(g.calendar)-1)] = due[:0]
}

// addPacked adds the weights of the synapses of one delay, which come first, up to last, and returns how
// many these are.
func addPacked(arriving *[maxBlock]int32, weights *[connectome.MaxWeightCodes]int32, synapses []uint32, last uint32) int {
	for i, x := range synapses {
		if x > last {
			return i
		}
		arriving[uint16(x>>targetShift)] += weights[x&weightMask]
	}
	return len(synapses)
}

// addMine is addPacked for a block of which other targets are other shares'.
func (g *segment) addMine(arriving *[maxBlock]int32, synapses []uint32, last uint32) int {
	for i, x := range synapses {
		if x > last {
			return i
		}
		if t := uint16(x >> targetShift); uint32(t)-g.lo < g.count {
			arriving[t] += g.weights[x&weightMask]
		}
	}
	return len(synapses)
}

// addFar is addMine where delays span more steps, so that synapses have their parts in other places.
func (g *segment) addFar(arriving *[maxBlock]int32, synapses []uint32, last uint32) int {
	p := &g.packing
	for i, x := range synapses {
		if x > last {
			return i
		}
		if t := uint16(x & p.below >> (p.weightBits & 31)); uint32(t)-g.lo < g.count {
			arriving[t] += g.weights[x&p.weights&weightMask]
		}
	}
	return len(synapses)
}
