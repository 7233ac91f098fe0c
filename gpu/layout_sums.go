package gpu

import (
	"cmp"
	"maps"
	"math/bits"
	"sort"

	"einet/connectome"
	"einet/dynamics"
	"einet/network"
	"einet/shaders"
	"einet/shaders/layout"
)

// Sums in shared memory pay where a target gets several spikes in a step: then a work group has one addition to the device's memory for them.
const (
	sumsLocal    = 256  // invocations of accumulate, and of redraw with sums
	largestSlice = 8192 // targets
	largestTeam  = 64   // invocations that take a row
	busyGroups   = 512  // work groups that keep a device busy
	leastGain    = 2    // additions in shared memory for each one to the device's memory
	mostFiring   = 100  // of so many neurons one fires in a step at the most, as is thought before any has
)

// sumBounds say from when on sums are taken in shared memory.
type sumBounds struct {
	slice  int // targets of the smallest
	part   int // synapses of a row onto a slice, in the mean: each takes a cut of 4 bytes, and two looks at them
	events int // of a step; 0: never
	always bool
}

// A sumLayout is what work groups have sums of: of each page the slices, and what leads to them.
type sumLayout struct {
	slice int // most targets
	team  int // invocations that take a part of a row, of accumulate
	pages []sumPage
}

type sumPage struct {
	slices []layout.Slice
	lanes  []layout.Lane  // of stored synapses
	cuts   []uint32       // likewise
	shares []layout.Share // of those that are drawn again
}

// sums is how many additions to a slot there are at most, of the spikes of a step.
func (s *sumLayout) sums() (n int) {
	for i := range s.pages {
		for _, x := range s.pages[i].slices {
			n += int(x.Size)
		}
	}
	return n
}

// mayPay tells whether a step may have so many events that sums are worth what they take.
func (b sumBounds) mayPay(syn *connectome.Connectome) bool {
	return b.always || b.events > 0 && int64(b.events)*mostFiring <= syn.Synapses()
}

// sliceFor is the fewest targets of a slice that rows have enough synapses onto, and how many invocations take these together; ok is false where
// there are none, where delays differ within a projection, or a work group shares too little memory.
func sliceFor(m *dynamics.Model, syn *connectome.Connectome, b sumBounds, shared int) (slice, team int, ok bool) {
	for k := range m.Projections {
		if m.Projections[k].MaxDelay > m.Projections[k].Delay {
			return 0, 0, false
		}
	}
	for slice = b.slice; slice <= largestSlice && 4*(slice+2*sumsLocal+1) <= shared; slice *= 2 {
		synapses, numbers, parts := 0, 0, 0
		for k := range syn.Projections {
			for i := range syn.Projections[k].Blocks {
				x := &syn.Projections[k].Blocks[i]
				synapses, numbers = synapses+x.Len(), numbers+int(halves(x))*x.Len()
				parts += x.Sources() * slicesOf(x, slice)
			}
		}
		if parts > 0 && synapses >= b.part*parts {
			vectors := (numbers/parts + vectorHalves - 1) / vectorHalves
			return slice, min(largestTeam, 1<<bits.Len(uint(max(1, vectors)-1))), true
		}
	}
	return 0, 0, false
}

func slicesOf(b *connectome.Block, slice int) int { return (b.Size + slice - 1) / slice }

// A sliceKey tells slices apart: the place of the first number, and the delay.
type sliceKey struct{ arriving, delay int }

// newSlices are slices of those keys and sizes, in order, and the places of their first lanes.
func newSlices(lanes map[sliceKey]int, sizes map[sliceKey]int) (slices []layout.Slice, first map[sliceKey]int) {
	keys := make([]sliceKey, 0, len(lanes))
	for k := range lanes {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		return cmp.Or(cmp.Compare(keys[i].arriving, keys[j].arriving), cmp.Compare(keys[i].delay, keys[j].delay)) < 0
	})
	next := 0
	first = map[sliceKey]int{}
	for _, k := range keys {
		slices = append(slices, layout.Slice{
			Arriving: uint32(k.arriving), Size: uint32(sizes[k]), Delay: uint32(k.delay), First: uint32(next), Lanes: uint32(lanes[k]),
		})
		first[k], next = next, next+lanes[k]
	}
	return slices, first
}

// layoutSums cuts the rows of pages by slices of so many targets.
func layoutSums(m *dynamics.Model, l *stateLayout, pages []page, slice, team int) sumLayout {
	s, weights := sumLayout{slice: slice, team: team}, newWeightTables(m)
	for i := range pages {
		s.pages = append(s.pages, pages[i].sums(m, l, weights, slice))
	}
	return s
}

func (p *page) sums(m *dynamics.Model, l *stateLayout, weights *weightTables, slice int) (s sumPage) {
	count, sizes := map[sliceKey]int{}, map[sliceKey]int{}
	each := func(f func(x *segment, t layout.Segment, k int, key sliceKey)) {
		for i := range p.segments {
			x := &p.segments[i]
			t := x.table(m, l, weights)
			for k := range slicesOf(x.block, slice) {
				f(x, t, k, sliceKey{int(t.Arriving) + k*slice, int(t.Delay)})
			}
		}
	}
	each(func(x *segment, _ layout.Segment, k int, key sliceKey) {
		count[key]++
		sizes[key] = max(sizes[key], min(slice, x.block.Size-k*slice))
	})
	var next map[sliceKey]int
	s.slices, next = newSlices(count, sizes)
	for _, n := range count {
		s.lanes = append(s.lanes, make([]layout.Lane, n)...)
	}
	each(func(x *segment, t layout.Segment, k int, key sliceKey) {
		if k == 0 {
			s.cuts = x.cut(s.cuts, slice)
		}
		n := slicesOf(x.block, slice)
		s.lanes[next[key]] = layout.Lane{
			FirstSource: t.FirstSource, Sources: t.Sources, Cuts: uint32(len(s.cuts) - 1 - n*x.sources + k), Each: uint32(n), FirstTarget: uint32(k * slice),
			Weight: t.Weight, TargetBits: t.DelayShift, WeightBits: t.WeightBits, Sheet: uint32(x.sheet), Factor: slotOf(&m.Projections[x.projection]),
		}
		next[key]++
	})
	return s
}

// cut appends where the part of each row onto each slice begins in the sheet, and where the last one ends.
func (s *segment) cut(cuts []uint32, slice int) []uint32 {
	b := s.block
	rows, unit := b.Rows[s.firstSource:], int(halves(b))
	target := func(k int) int {
		if b.Packed != nil {
			t, _, _ := b.Packing.Unpack(b.Packed[k])
			return int(t)
		}
		return int(b.Targets[k])
	}
	place := func(k int) uint32 { return uint32(s.target + unit*(k-int(rows[0]))) }
	for j := range s.sources {
		at, end := int(rows[j]), int(rows[j+1])
		for k := range slicesOf(b, slice) {
			at += sort.Search(end-at, func(n int) bool { return target(at+n) >= k*slice })
			cuts = append(cuts, place(at))
		}
	}
	return append(cuts, place(int(rows[s.sources])))
}

// layoutDrawnSums lays out slices of a chunk of targets each; ok is false where some projection is not drawn by chunk, has delays that differ, or a
// work group shares too little memory.
func layoutDrawnSums(m *dynamics.Model, l *stateLayout, syn *connectome.Connectome, shared int) (s sumLayout, ok bool) {
	s = sumLayout{slice: connectome.Chunk, team: 1, pages: make([]sumPage, 1)}
	p := &s.pages[0]
	count, sizes := map[sliceKey]int{}, map[sliceKey]int{}
	each := func(f func(k, chunk int, key sliceKey)) {
		for k := range syn.Projections {
			q := &m.Projections[k]
			if parts(syn.Projections[k].Redrawn) == 0 {
				continue
			}
			for chunk := range syn.Projections[k].Redrawn.Chunks {
				f(k, chunk, sliceKey{l.receptor(&m.Populations[q.To], q.To, q.Receptor) + chunk*connectome.Chunk, q.Delay})
			}
		}
	}
	for k := range syn.Projections {
		if c := syn.Projections[k].Redrawn.Recipe(); c.Rule == network.FixedOutDegree || len(c.DelayThresholds) > 0 {
			return s, false
		}
	}
	each(func(k, chunk int, key sliceKey) {
		count[key]++
		sizes[key] = syn.Projections[k].Redrawn.Size(chunk)
		p.shares = append(p.shares, layout.Share{})
	})
	var next map[sliceKey]int
	p.slices, next = newSlices(count, sizes)
	each(func(k, chunk int, key sliceKey) {
		p.shares[next[key]] = layout.Share{Draw: uint32(k), Part: uint32(chunk)}
		next[key]++
	})
	return s, len(p.slices) > 0 && 4*(connectome.Chunk+3*sumsLocal+3) <= shared
}

// accumulateDefines are what accumulate.comp is compiled with, for pages of so many sheets.
func (l *stateLayout) accumulateDefines(s *sumLayout, sheets int) shaders.Defines {
	return l.shortTermDefines(shaders.Defines{
		"SLOTS": l.slots, "STRIDE": l.stride, "TEAM": s.team, "SHEETS": sheets, "BRANCH": l.parallel, "LOCAL": sumsLocal, "SLICE": s.slice,
	})
}

// sumDefines are what redraw.comp is compiled with to have sums.
func (a *drawLayout) sumDefines(l *stateLayout) shaders.Defines {
	d := a.defines(l)
	maps.Copy(d, shaders.Defines{"SUMS": 1, "LOCAL": sumsLocal, "SLICE": connectome.Chunk, "CHOICE": 0})
	return d
}

// partsFor is in how many parts work groups go through the spikes of a step with so many events, whose sums are at most so many, so that
// there are enough work groups and each has several spikes a target; 0 where deliver, or redraw, takes them.
func partsFor(b sumBounds, events float64, sums, groups int) int {
	most := int(events / float64(leastGain*max(1, sums)))
	if !b.always && (b.events == 0 || events < float64(b.events) || most == 0) {
		return 0
	}
	return max(1, min(most, (busyGroups+groups-1)/max(1, groups)))
}
