package analysis

import "math"

// A pairGroup is the sample of one population and its sums.
type pairGroup struct {
	capacity int
	ids      []uint32       // [slot]
	slot     map[uint32]int // of an id in the sample
	worst    int            // slot of the highest rank, once the sample is full
	limit    uint64         // that rank

	bin    int64   // under way
	active []int   // slots that may have a count in it
	counts []int64 // [slot] in it

	sums     []int64 // [slot] over the bins before it
	products []int64 // [slot*capacity+slot], lower slot first, likewise
}

func (g *pairGroup) add(id uint32, bin int64) {
	slot, ok := g.slot[id]
	if !ok {
		if slot, ok = g.admit(id); !ok {
			return
		}
	}
	if bin != g.bin {
		g.close()
		g.bin = bin
	}
	if g.counts[slot] == 0 {
		g.active = append(g.active, slot)
	}
	g.counts[slot]++
}

// admit gives a neuron that spikes for the first time a slot, that of the
// highest rank if there is no other and its own is lower.
func (g *pairGroup) admit(id uint32) (slot int, ok bool) {
	if len(g.ids) < g.capacity {
		slot = len(g.ids)
		g.ids = append(g.ids, id)
	} else {
		if g.capacity == 0 || rank(id) > g.limit {
			return 0, false
		}
		slot = g.worst
		delete(g.slot, g.ids[slot])
		g.clear(slot)
		g.ids[slot] = id
	}
	g.slot[id] = slot
	if len(g.ids) == g.capacity {
		g.limit = 0
		for k, member := range g.ids {
			if r := rank(member); r >= g.limit {
				g.worst, g.limit = k, r
			}
		}
	}
	return slot, true
}

// clear forgets what a slot's neuron did.
func (g *pairGroup) clear(slot int) {
	for k, s := range g.active {
		if s == slot {
			g.active = append(g.active[:k], g.active[k+1:]...)
			break
		}
	}
	g.counts[slot], g.sums[slot] = 0, 0
	for k := range g.capacity {
		g.products[k*g.capacity+slot] = 0
		g.products[slot*g.capacity+k] = 0
	}
}

// close adds the bin under way to the sums. Few neurons have a spike in a short
// bin, hence few pairs have two.
func (g *pairGroup) close() {
	for _, j := range g.active {
		g.sums[j] += g.counts[j]
		for _, k := range g.active {
			if j <= k {
				g.products[j*g.capacity+k] += g.counts[j] * g.counts[k]
			}
		}
	}
	for _, j := range g.active {
		g.counts[j] = 0
	}
	g.active = g.active[:0]
}

func (g *pairGroup) correlations(bins int64) []float64 {
	if g.bin < bins { // else the bin under way is not full
		g.close()
	}
	n := float64(bins)
	covariance := func(j, k int) float64 {
		return float64(g.products[j*g.capacity+k]) - float64(g.sums[j])*float64(g.sums[k])/n
	}
	sd := make([]float64, len(g.ids))
	for k := range sd {
		sd[k] = math.Sqrt(max(0, covariance(k, k)))
	}
	var list []float64
	for j := range sd {
		for k := j + 1; k < len(sd); k++ {
			if sd[j] > 0 && sd[k] > 0 {
				list = append(list, covariance(j, k)/(sd[j]*sd[k]))
			}
		}
	}
	return list
}
