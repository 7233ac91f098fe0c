package gpu

import (
	"slices"
	"sort"
	"unsafe"

	"einet/connectome"
	"einet/dynamics"
	"einet/shaders/layout"
)

// A page is the synapses that deliver has at once: targets in one buffer or several, cut into segments.
type page struct {
	form
	segments []segment // by population of the source
	rows     int       // of all segments, with the end of each
	sheets   []int     // lengths of the buffers of targets, in numbers of 16 bits
}

// A form is what bounds a page.
type form struct {
	bytes int64 // most of a buffer
	most  int   // sheets
	team  int   // vectors of a piece
}

// A segment is the rows of consecutive sources of one block.
type segment struct {
	projection  int
	block       *connectome.Block
	firstSource int // index in the source population
	sources     int
	row         int // place of its first row in the page
	sheet       int
	target      int // place of its first target in the sheet
}

// layoutPages cuts a connectome into pages. A block that does not fit the rest of a sheet is cut between two
// sources.
func layoutPages(c *connectome.Connectome, f form) []page {
	var pages []page
	current := newPage(f)
	end := func() {
		if p := current.trimmed(); p.sheets[0] > 0 { // else its rows are empty
			pages = append(pages, p)
		}
	}
	for i := range c.Projections {
		for k := range c.Projections[i].Blocks {
			b := &c.Projections[i].Blocks[k]
			if b.Len() == 0 {
				continue
			}
			for j := 0; j < b.Sources(); {
				n := current.room(b, j)
				if n == 0 && len(current.segments) == 0 {
					n = 1 // a row of many multapses, which the device may refuse
				}
				if n == 0 {
					if !current.turn() {
						end()
						current = newPage(f)
					}
					continue
				}
				current.add(segment{projection: i, block: b, firstSource: j, sources: n})
				j += n
			}
		}
	}
	end()
	for i := range pages {
		slices.SortStableFunc(pages[i].segments, func(a, b segment) int {
			return c.Projections[a.projection].From - c.Projections[b.projection].From
		})
	}
	return pages
}

func newPage(f form) page { return page{form: f, sheets: []int{0}} }

// turn begins another sheet, if there is one and the last is not empty.
func (p *page) turn() bool {
	if len(p.sheets) == p.most || p.sheets[len(p.sheets)-1] == 0 {
		return false
	}
	p.sheets = append(p.sheets, 0)
	return true
}

// trimmed is the page without a last sheet that stayed empty.
func (p page) trimmed() page {
	if last := len(p.sheets) - 1; last > 0 && p.sheets[last] == 0 {
		p.sheets = p.sheets[:last]
	}
	return p
}

// room is how many sources of b from j on fit into the last sheet, and the pieces of their rows into their buffer. A row always fits
// an empty sheet, for it has at most 65 536 targets.
func (p *page) room(b *connectome.Block, j int) int {
	if len(p.segments) == mostSegments {
		return 0
	}
	taken := 0
	for _, n := range p.sheets {
		taken += n
	}
	fits := func(n int) bool {
		further := halves(b) * int64(b.Rows[j+n]-b.Rows[j])
		// Of a row that is cut all pieces but two are as long as can be.
		pieces := 2*int64(p.rows+n+1) + (int64(taken)+further)/int64(p.team*vectorHalves)
		return int64(unsafe.Sizeof(layout.Piece{}))*pieces <= p.bytes && 2*(int64(p.sheets[len(p.sheets)-1])+further+vectorHalves) <= p.bytes
	}
	// The most sources that fit.
	return sort.Search(b.Sources()-j, func(n int) bool { return !fits(n + 1) })
}

func (p *page) add(s segment) {
	s.row, s.sheet = p.rows, len(p.sheets)-1
	targets := &p.sheets[s.sheet]
	if s.block.Packed != nil {
		*targets += *targets % 2 // a packed synapse is a whole word
	}
	s.target = *targets
	p.rows += s.sources + 1
	rows := s.block.Rows[s.firstSource:]
	*targets += int(halves(s.block)) * int(rows[s.sources]-rows[0])
	p.segments = append(p.segments, s)
}

// halves is how many numbers of 16 bits a synapse takes.
func halves(b *connectome.Block) int64 {
	if b.Packed != nil {
		return 2
	}
	return 1
}

// targets is the segment's part of its block's targets, packed synapses as two numbers
// each.
func (s *segment) targets() []uint16 {
	b := s.block
	if b.Packed != nil {
		part := b.Packed[b.Rows[s.firstSource]:b.Rows[s.firstSource+s.sources]]
		if len(part) == 0 {
			return nil
		}
		return unsafe.Slice((*uint16)(unsafe.Pointer(&part[0])), 2*len(part))
	}
	return b.Targets[b.Rows[s.firstSource]:b.Rows[s.firstSource+s.sources]]
}

// rows is where each row begins and ends in the sheet's targets: of packed synapses in
// words.
func (s *segment) rows() []uint32 {
	rows := slices.Clone(s.block.Rows[s.firstSource : s.firstSource+s.sources+1])
	first := rows[0]
	for j := range rows {
		rows[j] = rows[j] - first + uint32(s.target/int(halves(s.block)))
	}
	return rows
}

// tables is deliver's sources and segments of the page, and the most segments of a
// population.
func (p *page) tables(m *dynamics.Model, l *stateLayout) (sources []layout.Source, segments []layout.Segment, most int) {
	next, weights := 0, newWeightTables(m)
	for i := range m.Populations {
		first := next
		for next < len(p.segments) && m.Projections[p.segments[next].projection].From == i {
			segments = append(segments, p.segments[next].table(m, l, weights))
			next++
		}
		end := m.Populations[i].First + m.Populations[i].Size
		sources = append(sources, layout.Source{End: uint32(end), FirstSegment: uint32(first), Segments: uint32(next - first)})
		most = max(most, next-first)
	}
	return sources, segments, most
}

func (s *segment) table(m *dynamics.Model, l *stateLayout, w *weightTables) layout.Segment {
	q := &m.Projections[s.projection]
	weight, packing := q.Weights[0], connectome.Packing{}
	if s.block.Packed != nil {
		weight, packing = int32(w.at[s.projection]), s.block.Packing
	}
	return layout.Segment{
		FirstSource: uint32(m.Populations[q.From].First + s.firstSource), Sources: uint32(s.sources), Rows: uint32(s.row),
		Arriving: uint32(l.receptor(&m.Populations[q.To], q.To, q.Receptor) + s.block.First),
		Weight:   weight, Delay: uint32(q.Delay), DelayShift: uint32(packing.DelayShift), WeightBits: uint32(packing.WeightBits),
	}
}

// weightTables are the weights of all projections, by code. Projections with the same weights share a table, so that those of a whole
// network stay in a cache.
type weightTables struct {
	all []int32
	at  []int // [projection] the place of code 0
}

func newWeightTables(m *dynamics.Model) *weightTables {
	w := &weightTables{at: make([]int, len(m.Projections))}
	for k := range m.Projections {
		weights := m.Projections[k].Weights
		w.at[k] = len(w.all)
		if same := slices.IndexFunc(m.Projections[:k], func(o dynamics.Projection) bool { return slices.Equal(o.Weights, weights) }); same >= 0 {
			w.at[k] = w.at[same]
			continue
		}
		w.all = append(w.all, weights...)
	}
	if len(w.all) == 0 {
		w.all = append(w.all, 0) // a buffer can't be empty
	}
	return w
}
