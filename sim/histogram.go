package sim

import (
	"math"
	"slices"
)

// Bins are equally wide bins from Low to High, in which values are counted.
type Bins struct {
	Low, High    float64
	Counts       []uint32 // of each bin: values from its lower edge on to below its upper
	Below, Above uint32   // values below Low, and from High on

	at     [256]int32  // scratch: the place of each value of a block in a table
	tables [4][]uint32 // counts below, in each bin, above, and of unsure places. Values take turns: adding to one place twice at once would have to wait
}

// Count counts values anew.
func (b *Bins) Count(values []float32) {
	clear(b.Counts)
	b.Below, b.Above = 0, 0
	if len(values) > 0 && !slices.ContainsFunc(values, func(x float32) bool { return x != values[0] }) {
		b.countExactly(float64(values[0]), uint32(len(values)))
		return
	}
	b.prepare()
	p := b.places()
	for len(values) > 0 {
		n := min(len(values), len(b.at))
		b.countBlock(&p, values[:n])
		values = values[n:]
	}
	last := len(b.Counts) + 1
	for _, table := range b.tables {
		b.Below += table[0]
		b.Above += table[last]
		for k := range b.Counts {
			b.Counts[k] += table[1+k]
		}
	}
}

// countBlock counts no more values than at has room for.
func (b *Bins) countBlock(p *places, values []float32) {
	at := b.at[:len(values)]
	p.guess(values, at)
	t0, t1, t2, t3 := b.tables[0], b.tables[1], b.tables[2], b.tables[3]
	before := b.unsure(p)
	for ; len(at) >= 4; at = at[4:] {
		t0[at[0]]++
		t1[at[1]]++
		t2[at[2]]++
		t3[at[3]]++
	}
	for _, k := range at {
		t0[k]++
	}
	if b.unsure(p) == before {
		return
	}
	for k, x := range values {
		if b.at[k] == p.unsure {
			b.countExactly(float64(x), 1)
		}
	}
}

// unsure is how many values had no sure place so far.
func (b *Bins) unsure(p *places) (n uint32) {
	for _, table := range b.tables {
		n += table[p.unsure]
	}
	return n
}

// prepare makes room for the tables, and clears them.
func (b *Bins) prepare() {
	for i := range b.tables {
		if b.tables[i] == nil {
			b.tables[i] = make([]uint32, len(b.Counts)+3)
		}
		clear(b.tables[i])
	}
}

// places are how float32 alone tells where a value belongs in a table: 0 is below the bins, 1 the first bin, last above them.
type places struct {
	low, perUnit float32
	last, unsure int32
	// A place is off by less than near. That can matter where it is as near to a whole number: there, the square of what
	// it has behind the point is not between these.
	least, most float32
}

func (b *Bins) places() places {
	last := len(b.Counts) + 1
	perUnit := float64(len(b.Counts)) / (b.High - b.Low)
	// Some roundings of the place itself and two of low.
	near := float32((8*float64(last) + 4*math.Abs(b.Low*perUnit)) * 0x1p-24)
	p := places{float32(b.Low), float32(perUnit), int32(last), int32(last + 1), near * near, (1 - near) * (1 - near)}
	if near >= 0.5 {
		p.least = 1 // none is sure
	}
	return p
}

// guessScalar writes the place of each value to at: unsure where another may be right, or an int32 can't hold it.
func (p *places) guessScalar(values []float32, at []int32) {
	for i, x := range values {
		place := float32((x-p.low)*p.perUnit) + 1
		k := int32(place)
		if past := place - float32(k); past*past > p.least && past*past < p.most {
			at[i] = min(max(k, 0), p.last)
		} else {
			at[i] = p.unsure
		}
	}
}

// countExactly counts n times a value, as bins are defined.
func (b *Bins) countExactly(x float64, n uint32) {
	width := (b.High - b.Low) / float64(len(b.Counts))
	switch {
	case x < b.Low:
		b.Below += n
	case x >= b.High:
		b.Above += n
	default:
		k := int(math.Floor((x - b.Low) / width))
		b.Counts[min(k, len(b.Counts)-1)] += n // a quotient may be rounded up
	}
}

// Edges are those of the bins, one more than there are.
func (b *Bins) Edges() []float64 {
	edges := make([]float64, len(b.Counts)+1)
	for k := range edges {
		edges[k] = b.Low + (b.High-b.Low)*(float64(k)/float64(len(b.Counts)))
	}
	return edges
}
