package connectome

import (
	"math"

	"einet/network"
	"einet/rng"
)

// A batch is synapses as they were drawn: source, target and, put in their places in
// a packed synapse, the codes.
type batch struct {
	source, target, code []uint32
	taken                []bool                        // of a choice without multapses
	chosen               []uint32                      // likewise
	row                  [Chunk]uint16                 // of a Bernoulli
	slabs                [network.MaxDimensions][]slab // of thinned rows
}

func (b *batch) reset() { b.source, b.target, b.code = b.source[:0], b.target[:0], b.code[:0] }

// draws is how a projection's synapses are drawn, in tasks that may be done in any
// order.
type draws struct {
	tasks int
	draw  func(task int, b *batch)

	row  func(source, chunk int, b *batch) // draws those of a source by themselves; nil where that can't be
	span int                               // targets in a chunk of row

	rule              *network.Projection
	kept              Range        // targets that count, as numbered in their population
	from, to          network.Part // whose neurons are drawn by their places in these
	grouped           bool         // one of these is not all of its population
	sources, targets  int          // neurons of these
	expected          float64      // synapses, without those that self leaves out
	self              bool         // no neuron may have a synapse to itself, and some could
	key               rng.Key      // of connectivity
	weightKey, delKey rng.Key
	weight, delay     *coder // nil where not drawn
	packing           Packing
	bernoulli         Bernoulli   // of fixed_probability alone
	byDistance        *byDistance // nil where weights and delays don't go by distance
	cells             *cells      // of a probability by distance
	chooser           *chooser    // of degrees by distance
}

// perTask is about how many synapses a task draws.
const perTask = 1 << 14

func newDraws(net *network.Network, i int, codes *Codes) *draws {
	p := &net.Projections[i]
	key := func(purpose rng.Purpose) rng.Key {
		return rng.Key{Seed: net.Seed, Stream: rng.Stream(purpose, uint32(i), 0)}
	}
	d := &draws{
		rule: p, self: !p.Autapses && net.Selves(i) > 0,
		key: key(rng.Connectivity), weightKey: key(rng.Weights), delKey: key(rng.Delays), span: Chunk,
	}
	d.from, d.to = net.Ends(i)
	d.kept = Range{0, net.Populations[d.to.Population].Size}
	d.grouped = !d.from.IsAll() || !d.to.IsAll()
	d.sources, d.targets = d.from.Size, d.to.Size
	_, all := net.MeanSynapses(i)
	d.expected = all - p.MeanLeftOut(net.Selves(i))
	d.weight, d.delay = newCoders(p, codes, net.Dt)
	d.packing = codes.Packing()
	if p.WeightBy.Falls() && len(codes.Weights) > 1 || p.Speed != 0 {
		d.byDistance = &byDistance{newSpace(net, p), p, codes, d.packing, net.Dt}
	}
	switch {
	case !p.Near.Falls():
	case p.Rule == network.FixedProbability:
		d.cells = newCells(newSpace(net, p), p.Near, p.P)
		d.split(d.sources, int(d.expected/float64(d.sources)), d.thinned)
		d.row, d.span = func(source, _ int, b *batch) { d.thinned(source, b) }, d.targets
		return d
	case p.Rule == network.FixedInDegree:
		d.chooser = newChooser(net, p, d.key, 6, d.self)
		d.split(d.targets, p.N, d.inDegreeNear)
		return d
	case p.Rule == network.FixedOutDegree:
		d.chooser = newChooser(net, p, d.key, 5, d.self)
		d.split(d.sources, p.N, d.outDegreeNear)
		d.row, d.span = func(source, _ int, b *batch) { d.outDegreeNear(source, b) }, d.targets
		return d
	}
	switch p.Rule {
	case network.FixedInDegree:
		d.split(d.targets, p.N, d.inDegree)
	case network.FixedOutDegree:
		d.split(d.sources, p.N, d.outDegree)
		d.row, d.span = func(source, _ int, b *batch) { d.outDegree(source, b) }, d.targets
	case network.FixedTotalNumber:
		d.split((p.N+15)/16, 16, func(k int, b *batch) { d.numbers(16*k, min(16, p.N-16*k), b) })
	case network.AllToAll:
		d.split(d.sources, d.targets, d.all)
		d.row = d.allOfChunk
	case network.OneToOne:
		d.split(d.sources, 1, d.one)
		d.row = func(source, k int, b *batch) {
			if source/Chunk == k {
				d.one(source, b)
			}
		}
	case network.List:
		d.split(len(p.Edges.Source), 1, func(k int, b *batch) { d.listed(k, codes, net.Dt, b) })
	case network.FixedProbability:
		d.bernoulli = NewBernoulli(net.Seed, i, p.P)
		d.split(d.sources, int(p.P*float64(d.targets)), d.bernoulliOf)
		d.row = d.bernoulliOfChunk
	}
	return d
}

// split makes tasks of n units. each is about how many synapses a unit draws.
func (d *draws) split(n, each int, draw func(unit int, b *batch)) {
	units := max(1, perTask/max(1, each))
	d.tasks = (n + units - 1) / units
	d.draw = func(task int, b *batch) {
		for u := task * units; u < min((task+1)*units, n); u++ {
			draw(u, b)
		}
	}
}

// targetsOf is what a source may have as targets, and sourcesOf what a target may have as sources.
func (d *draws) targetsOf(source int) network.Choice { return d.rule.Choice(source, &d.from, &d.to) }
func (d *draws) sourcesOf(target int) network.Choice { return d.rule.Choice(target, &d.to, &d.from) }

// wants tells whether synapses of a target, by its place at its end, count.
func (d *draws) wants(target uint32) bool {
	if d.grouped {
		target = uint32(d.to.At(int(target)))
	}
	return d.kept.has(target)
}

// isPlain tells whether every source may have all neurons of the population as targets, in their order.
func (d *draws) isPlain() bool { return !d.grouped && d.rule.Pairs == network.AllPairs }

// chunks are those in which targets may count: first to end-1.
func (d *draws) chunks() (first, end int) {
	if !d.isPlain() {
		return 0, (d.targets + Chunk - 1) / Chunk
	}
	return d.kept.First / Chunk, (d.kept.End + Chunk - 1) / Chunk
}

// add appends a synapse between neurons by their places at the ends, unless it is from a neuron to itself and must not be, or the target
// is none that counts. Targets are numbered from the first that does.
func (d *draws) add(b *batch, source, target, code uint32) {
	if d.grouped {
		source, target = uint32(d.from.At(int(source))), uint32(d.to.At(int(target)))
	}
	if d.self && source == target || !d.kept.has(target) {
		return
	}
	if d.byDistance != nil {
		code |= d.byDistance.code(source, target)
	}
	target -= uint32(d.kept.First)
	b.source, b.target, b.code = append(b.source, source), append(b.target, target), append(b.code, code)
}

// codes is the codes of weight and delay words.
func (d *draws) codes(weight, delay uint32) (code uint32) {
	if d.weight != nil {
		code = d.weight.code(weight)
	}
	if d.delay != nil {
		code |= d.delay.code(delay) << (d.packing.DelayShift & 31) // a masked shift is one instruction
	}
	return code
}

// A sequence is the words of the counters (0, a, c, d), (1, a, c, d), ...
type sequence struct {
	key     rng.Key
	a, c, d uint32
	block   uint32
	words   [4]uint32
	valid   bool
}

func (s *sequence) word(m uint32) uint32 {
	if block := m / 4; !s.valid || block != s.block {
		s.words[0], s.words[1], s.words[2], s.words[3] = rng.Philox(s.key, block, s.a, s.c, s.d)
		s.block, s.valid = block, true
	}
	return s.words[m%4]
}

// coding is the codes of the synapses of a unit, by their number in it.
type coding struct {
	draws         *draws
	weight, delay sequence
}

func (d *draws) coding(unit, chunk uint32) coding {
	return coding{d, sequence{key: d.weightKey, a: unit, c: chunk}, sequence{key: d.delKey, a: unit, c: chunk}}
}

func (c *coding) code(m uint32) uint32 {
	var weight, delay uint32
	if c.draws.weight != nil {
		weight = c.weight.word(m)
	}
	if c.draws.delay != nil {
		delay = c.delay.word(m)
	}
	return c.draws.codes(weight, delay)
}

// below maps a word to a whole number below n.
func below(w uint32, n int) uint32 { return uint32(uint64(w) * uint64(n) >> 32) }

// choose calls add with k of n numbers from a sequence; own (-1: none) is left out.
func (b *batch) choose(s *sequence, k, n, own int, multapses bool, add func(m, x uint32)) {
	if own >= 0 {
		n--
	}
	move := func(x uint32) uint32 {
		if own >= 0 && x >= uint32(own) {
			x++
		}
		return x
	}
	if multapses {
		for m := range uint32(k) {
			add(m, move(below(s.word(m), n)))
		}
		return
	}
	if len(b.taken) < n {
		b.taken = make([]bool, n)
	}
	b.chosen = b.chosen[:0]
	for m := range uint32(k) { // Floyd's choice
		t := uint32(n-k) + m
		x := below(s.word(m), int(t)+1)
		if b.taken[x] {
			x = t
		}
		b.taken[x] = true
		b.chosen = append(b.chosen, x)
		add(m, move(x))
	}
	for _, x := range b.chosen {
		b.taken[x] = false
	}
}

// own is the number of neuron i of one end among the partners that it has at the other, -1 where it is none of them or may be one.
func (d *draws) own(i int, end, other *network.Part, partners network.Choice) int {
	if !d.self {
		return -1
	}
	return partners.Number(other.Place(end.At(i)))
}

func (d *draws) inDegree(target int, b *batch) {
	if !d.wants(uint32(target)) {
		return
	}
	s, codes := sequence{key: d.key, a: uint32(target), d: 1}, d.coding(uint32(target), 0)
	among := d.sourcesOf(target)
	b.choose(&s, d.rule.N, among.Size, d.own(target, &d.to, &d.from, among), d.rule.Multapses, func(m, source uint32) {
		d.add(b, uint32(among.At(int(source))), uint32(target), codes.code(m))
	})
}

func (d *draws) outDegree(source int, b *batch) {
	s, codes := sequence{key: d.key, a: uint32(source), d: 2}, d.coding(uint32(source), 0)
	among := d.targetsOf(source)
	b.choose(&s, d.rule.N, among.Size, d.own(source, &d.from, &d.to, among), d.rule.Multapses, func(m, target uint32) {
		if at := uint32(among.At(int(target))); d.wants(at) {
			d.add(b, uint32(source), at, codes.code(m))
		}
	})
}

// numbers draws synapses m, m+1, ... of fixed_total_number, up to sixteen.
func (d *draws) numbers(m, count int, b *batch) {
	var words [4][16]uint32
	rng.Philox16(d.key, uint32(m), uint32(uint64(m)>>32), 0, 3, &words)
	for k := range count {
		source := below(words[0][k], d.sources)
		target := below(words[1][k], d.targets)
		if d.self {
			if target = below(words[1][k], d.targets-1); target >= source {
				target++
			}
		}
		if d.wants(target) {
			d.add(b, source, target, d.codes(words[2][k], words[3][k]))
		}
	}
}

// all draws the synapses of a source to every target, numbered in each chunk.
func (d *draws) all(source int, b *batch) {
	for k, end := d.chunks(); k < end; k++ {
		d.allOfChunk(source, k, b)
	}
}

func (d *draws) allOfChunk(source, k int, b *batch) {
	codes, among := d.coding(uint32(source), uint32(k)), d.targetsOf(source)
	for m := range max(0, min(Chunk, among.Size-k*Chunk)) {
		if target := uint32(among.At(k*Chunk + m)); d.wants(target) {
			d.add(b, uint32(source), target, codes.code(uint32(m)))
		}
	}
}

func (d *draws) one(i int, b *batch) {
	codes := d.coding(uint32(i), uint32(i/Chunk))
	d.add(b, uint32(i), uint32(i), codes.code(0))
}

func (d *draws) bernoulliOf(source int, b *batch) {
	for k, end := d.chunks(); k < end; k++ {
		d.bernoulliOfChunk(source, k, b)
	}
}

func (d *draws) bernoulliOfChunk(source, k int, b *batch) {
	codes, among := d.coding(uint32(source), uint32(k)), d.targetsOf(source)
	last := min(Chunk, among.Size-k*Chunk)
	if d.isPlain() {
		last = min(last, d.kept.End-k*Chunk)
	}
	for m, t := range d.bernoulli.Targets(&b.row, source, k, max(0, last)) {
		if target := uint32(among.At(k*Chunk + int(t))); d.wants(target) {
			d.add(b, uint32(source), target, codes.code(uint32(m)))
		}
	}
}

func (d *draws) listed(k int, codes *Codes, dt float64, b *batch) {
	e, code := &d.rule.Edges, uint32(0)
	if e.Weight != nil {
		code = codes.nearest(e.Weight[k])
	}
	if e.Delay != nil {
		code |= (uint32(math.Round(e.Delay[k]/dt)) - uint32(codes.FirstDelay)) << d.packing.DelayShift
	}
	d.add(b, e.Source[k], e.Target[k], code)
}
