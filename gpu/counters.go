package gpu

import (
	"math"
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
	Atomics     int64 // on buffers: two a spike, and one an event or, of windows with sums, at most one a sum
	Summed      int64 // windows whose spikes were delivered with sums in shared memory
	SharedAdds  int64 // one an event of these

	UpdateBytes  int64 // at most: every event is taken to meet a place of its own
	DeliverBytes int64

	Shares int64 // work groups of deliver, some a spike and page, or of redraw, where they are laid out by spikes
	Idle   int64 // of them without a synapse, or of a source that has fewer shares than another
	Serial int   // most synapses of a spike that one invocation sends one after another
	Turns  int   // in which it reads them, or draws blocks of words: those of a turn don't wait for one another

	Update, Deliver, Resident time.Duration // of the device, in dispatches of each kernel
	Updates, Delivers         int64         // how many those were
	ResidentWindows           int64         // in dispatches of several
	GaveUp                    bool          // work groups of these gave up waiting for one another, and the rest of the windows were dispatched one by one
}

// A cost is what a spike of one neuron is to deliver.
type cost struct {
	events, bytes int64
	summed        int64 // bytes with sums in shared memory
	busy          int64 // work groups with a synapse
	changed       int64 // events whose weights change, which are not among the others
}

// What plastic reads and writes of such an event at least: the synapse, its weight, how many spikes its target has had and the last of these, and the number that is
// added to.
const changedBytes = plasticBytes + 4 + 4 + 12 + 8

// addChanged adds the synapses of a projection that change to the costs of its sources.
func addChanged(list []cost, m *dynamics.Model, of *connectome.Projection) {
	first := m.Populations[of.From].First
	for i := range of.Blocks {
		for j, b := 0, &of.Blocks[i]; j < b.Sources(); j++ {
			list[first+j].changed += int64(b.Rows[j+1] - b.Rows[j])
		}
	}
}

// What a work group of deliver reads beside synapses: a spike and the place of its source's pieces.
const shareBytes = spikeBytes + 8

// And for a piece of a row, with what is common to its segment.
const pieceBytes = int64(unsafe.Sizeof(layout.Piece{}) + unsafe.Sizeof(layout.Reach{}))

// What a work group of accumulate reads of a row: where its part begins and ends.
const cutBytes = 8

// And one of redraw: a spike, a source, a share and a projection.
const drawnShareBytes = spikeBytes + int64(unsafe.Sizeof(layout.ShareOut{})+unsafe.Sizeof(layout.Share{})+unsafe.Sizeof(layout.Draw{}))

// costs are those of every neuron, by global id, over the pages of synapses; and the most synapses that an invocation sends one
// after another, and in how many turns. Slices have so many targets, if there are any.
func costs(m *dynamics.Model, pages []page, d deal, slice int) (list []cost, serial, turns int) {
	last := &m.Populations[len(m.Populations)-1]
	list = make([]cost, last.First+last.Size)
	for i := range pages {
		pieces := make([][]int, len(list))
		for k := range pages[i].segments {
			s := &pages[i].segments[k]
			id := m.Populations[m.Projections[s.projection].From].First + s.firstSource
			for j := range s.sources {
				pieces[id+j] = s.addTo(&list[id+j], pieces[id+j], j, d)
				if slice > 0 {
					list[id+j].summed += int64(cutBytes * slicesOf(s.block, slice))
				}
			}
		}
		for id, of := range pieces {
			list[id].busy += int64(min(d.groups, (len(of)+d.teams()-1)/d.teams()))
			for team := range min(len(of), d.groups*d.teams()) {
				synapses, its := 0, 0
				for n := team; n < len(of); n += d.groups * d.teams() {
					synapses, its = synapses+of[n], its+1
				}
				serial, turns = max(serial, synapses), max(turns, its)
			}
		}
	}
	return list, serial, turns
}

// addTo adds row j of a segment to the costs of its source, and to the list of its pieces: how many synapses an invocation has of each.
func (s *segment) addTo(c *cost, pieces []int, j int, d deal) []int {
	each := halves(s.block)
	s.spans(j, d.team, func(x span) {
		n := int64(x.to-x.from) / each
		c.events += n
		c.bytes += pieceBytes + n*(2*each+8) // the target, and the number that is added to
		c.summed += 2 * each * n
		if s.block.Packed != nil { // the weight
			c.bytes, c.summed = c.bytes+4*n, c.summed+4*n
		}
		pieces = append(pieces, min(int(n), vectorHalves/int(each)))
	})
	return pieces
}

// drawnCosts are costs of synapses that are drawn again: their mean number, of which the number
// that is added to is all that is read and written, and the most that an invocation draws of a
// share in the mean.
func drawnCosts(m *dynamics.Model, syn *connectome.Connectome) (list []cost, serial, turns int) {
	last := &m.Populations[len(m.Populations)-1]
	list = make([]cost, last.First+last.Size)
	for i := range m.Populations {
		from, events, shares := &m.Populations[i], 0., 0
		for k := range syn.Projections {
			if rows := syn.Projections[k].Redrawn; m.Projections[k].From == i {
				events, shares = events+rows.Mean(), shares+parts(rows)
				serial = max(serial, longest(rows))
			}
		}
		n := int64(math.Round(events))
		for id := from.First; id < from.First+from.Size; id++ {
			list[id] = cost{events: n, bytes: 8 * n, busy: int64(shares)}
		}
	}
	return list, serial, (serial + 3) / 4
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
	window = 8 * int64(wordsOf(p)) // read and written
	if p.Cell != nil {
		window -= 4 * int64(len(p.Cell.Program.Owns)) // only read
	}
	return window, 4 * int64(len(p.Receptors))
}
