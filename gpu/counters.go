package gpu

import (
	"math"
	"slices"
	"time"
	"unsafe"

	"einet/connectome"
	"einet/dynamics"
	"einet/network"
	"einet/shaders/layout"
)

// Counters are what an Engine asked of its device since it began to count. Bytes
// are those that the kernels read and write as they are written, whatever caches
// make of it: the state of every neuron, and of a spike's synapses what belongs to
// them alone.
type Counters struct {
	Steps       int64
	Windows     int64
	Batches     int64 // of windows that are queued together
	Calls       int64 // of OpenGL, to queue batches
	Dispatches  int64
	Waits       int64 // of the host for the device: fences, and copies to the host
	WaitsWithin int64 // of these between the first dispatch of a batch and its last

	NeuronSteps int64
	Spikes      int64
	Events      int64 // synapses of the spikes; of those that are drawn again the mean number
	Atomics     int64 // one an event and two a spike

	UpdateBytes  int64 // at most: every event is taken to meet a place of its own
	DeliverBytes int64

	Shares int64 // work groups of deliver, one a spike, segment of its source and piece of a row, or of redraw
	Idle   int64 // of them without a synapse, or of a source that has fewer shares than another
	Serial int   // most synapses of a spike that one invocation sends one after another

	Update, Deliver   time.Duration // of the device, in dispatches of each kernel
	Updates, Delivers int64         // how many those were
}

// A cost is what a spike of one neuron is to deliver.
type cost struct {
	events, bytes int64
	busy          int64 // work groups with a synapse
}

// deliverLocal is deliver.comp's local size.
const deliverLocal = 64

// What a work group of deliver reads beside synapses: a spike, a source, a segment
// and the two ends of a row.
const shareBytes = spikeBytes + int64(unsafe.Sizeof(layout.Source{})+unsafe.Sizeof(layout.Segment{})) + 8

// And one of redraw: a spike, a source, a share and a projection.
const drawnShareBytes = spikeBytes + int64(unsafe.Sizeof(layout.ShareOut{})+unsafe.Sizeof(layout.Share{})+unsafe.Sizeof(layout.Draw{}))

// costs are those of every neuron, by global id, over the pages of synapses, whose
// segments of a source are dealt out to so many work groups each, and each row to so
// many pieces; and the most synapses that an invocation sends one after another.
func costs(m *dynamics.Model, pages []page, perSource, pieces int) (list []cost, serial int) {
	last := &m.Populations[len(m.Populations)-1]
	list = make([]cost, last.First+last.Size)
	for i := range pages {
		for q := range m.Populations {
			of := pages[i].from(m, q)
			for y := range min(perSource, len(of)) {
				serial = max(serial, shareOut(list, m.Populations[q].First, of, y, perSource, pieces))
			}
		}
	}
	return list, serial
}

// drawnCosts are costs of synapses that are drawn again: their mean number, of which the number
// that is added to is all that is read and written, and the most that an invocation draws of a
// share in the mean.
func drawnCosts(m *dynamics.Model, syn *connectome.Connectome) (list []cost, serial int) {
	last := &m.Populations[len(m.Populations)-1]
	list = make([]cost, last.First+last.Size)
	for i := range m.Populations {
		from, events, shares := &m.Populations[i], 0., 0
		for k := range syn.Projections {
			if rows := syn.Projections[k].Rows; m.Projections[k].From == i {
				events, shares = events+rows.Mean(), shares+parts(rows)
				serial = max(serial, longest(rows))
			}
		}
		n := int64(math.Round(events))
		for id := from.First; id < from.First+from.Size; id++ {
			list[id] = cost{events: n, bytes: 8 * n, busy: int64(shares)}
		}
	}
	return list, serial
}

// from is the page's segments that start in population q.
func (p *page) from(m *dynamics.Model, q int) []segment {
	is := func(s segment) bool { return m.Projections[s.projection].From == q }
	first := slices.IndexFunc(p.segments, is)
	if first < 0 {
		return nil
	}
	end := first
	for end < len(p.segments) && is(p.segments[end]) {
		end++
	}
	return p.segments[first:end]
}

// shareOut adds to the costs of a population, whose ids begin at base, the segments
// y, y+perSource, ..., which one work group of each piece takes; the most synapses of
// one of its invocations.
func shareOut(list []cost, base int, segments []segment, y, perSource, pieces int) (serial int) {
	busy, chains := map[int]int{}, map[int]int{}
	for k := y; k < len(segments); k += perSource {
		s := &segments[k]
		rows := s.block.Rows[s.firstSource : s.firstSource+s.sources+1]
		for j := range s.sources {
			id, n, words := base+s.firstSource+j, int64(rows[j+1]-rows[j]), s.words(j)
			if n == 0 {
				continue
			}
			c := &list[id]
			c.events += n
			c.bytes += n * (2*halves(s.block) + 8) // the target, and the number that is added to
			if s.block.Packed != nil {
				c.bytes += 4 * n // the weight
			}
			busy[id] = max(busy[id], min(pieces, (words+deliverLocal-1)/deliverLocal))
			chains[id] += chain(s.block, words, pieces)
			serial = max(serial, chains[id])
		}
	}
	for id, n := range busy {
		list[id].busy += int64(n)
	}
	return serial
}

// words is how many words hold row j of a segment, at whose ends the other half may be
// another row's.
func (s *segment) words(j int) int {
	rows := s.block.Rows[s.firstSource:]
	from, to := int(rows[j]-rows[0]), int(rows[j+1]-rows[0])
	if s.block.Packed != nil || from == to {
		return to - from
	}
	return (s.target+to+1)/2 - (s.target+from)/2
}

// chain is how many synapses of a row of so many words in pieces one invocation
// sends one after another.
func chain(b *connectome.Block, words, pieces int) int {
	turns := (words + deliverLocal*pieces - 1) / (deliverLocal * pieces)
	return turns * int(2/halves(b))
}

// updateBytes is what update moves of each neuron of a population: once a window,
// and in each step.
func updateBytes(p *dynamics.Population) (window, step int64) {
	switch p.Neuron {
	case network.Poisson:
		return 0, 0
	case network.SpikeSource:
		return 8, 4 // how many spikes were, and the next one's step
	}
	window = 16 // V and the end of the clamp, read and written
	for r := range p.Receptors {
		window += 8 * int64(p.Receptors[r].States())
	}
	for _, has := range []bool{p.HasThresholds(), p.HasBiases()} {
		if has {
			window += 4
		}
	}
	if p.Noise.HasOU() {
		window += 8
	}
	return window, 4 * int64(len(p.Receptors))
}
