package gpu

import (
	"fmt"
	"math"
	"sort"
	"time"
	"unsafe"

	"einet/dynamics"
	"einet/network"
	"einet/shaders/layout"
	"einet/sim"
)

// bounds keep a batch small, whatever the network's delays, and say what kernels make use of. They change when the
// host hears of spikes, never what they are.
type bounds struct {
	ring    int64         // bytes of a batch's spikes, unless a single step needs more
	drives  int64         // bytes of its drives, likewise
	recall  int64         // bytes of the spikes of targets that are remembered, unless they must be more
	window  int           // steps of a window
	windows int           // windows of a batch
	row     int           // work groups of update in a row
	longest time.Duration // that a batch should take, by those before

	// Invocations run side by side, and work that all of a work group skip costs none of them. llvmpipe does both sides of every
	// branch, and makes each invocation a coroutine where there are barriers.
	parallel bool
	bindings int // of storage blocks
	sheets   int // most of a page
	sums     sumBounds
	resident residentBounds
}

// boundsOf are those of a device: one batch neither needs much memory nor keeps
// a slow device busy for long.
func boundsOf(d Device) bounds {
	sums := sumBounds{slice: 1024, part: 32, events: 100_000}
	resident := residentOnHardware
	if d.Software {
		sums.events = 0 // a processor adds to its memory as to shared memory
		resident = residentInSoftware
	}
	return bounds{
		sums:     sums,
		resident: resident,
		ring:     min(64<<20, d.Limits.MaxStorageBlock),
		drives:   min(16<<20, d.Limits.MaxStorageBlock),
		recall:   min(64<<20, d.Limits.MaxStorageBlock/2),
		window:   256,
		windows:  512,
		row:      d.Limits.MaxWorkGroupCount[0],
		longest:  100 * time.Millisecond,
		parallel: !d.Software,
		bindings: d.Limits.MaxStorageBindings,
		sheets:   sheets(d.Limits.MaxStorageBlocks, d.Limits.MaxStorageBindings),
	}
}

// spikeBytes is the size of a spike in the ring.
const spikeBytes = int64(unsafe.Sizeof(sim.Spike{}))

// A stateLayout says where the neurons' state lies in the device's buffers.
type stateLayout struct {
	neurons   int
	window    int   // steps of a window: at most the smallest delay
	slots     int   // steps of arriving input: the largest delay
	stride    int   // numbers in a slot: a neuron's for each receptor
	receptors int   // most receptors of a population, at least 1
	first     []int // [population] place of receptor 0 in a slot
	states    []int // [population] place of the first word of its first neuron in states
	stateSize int   // words in states
	cells     cells
	extended  bool // update is compiled for every kind of neuron
	inputs    int  // most Poisson inputs of a population
	members   bool // whether some of them are of groups
	draws     int  // most random words that a neuron needs in a step
	sources   bool // whether some population is a source
	simple    bool // whether update has code of lif without a program

	parallel bool     // whether kernels are compiled for invocations that run side by side
	shares   bool     // whether work groups of update draw their words together
	sheets   int      // most of a page
	table    []uint32 // update's populations, in std430
	tables   []uint32 // what these refer to
	groups   int      // of update
	groupsTo []int    // [population] of them before its first
	row      int      // of them in a row of its dispatch, in which there are rows
	rows     int
	windows  int // most windows of a batch

	shortTermLayout
	plasticLayout

	lists, listsOfStep int // most words of thresholds in drives: of a batch, and more of each of its steps
	ring               int // most spikes of a batch
}

// layoutState lays out the state of a model for update with that local size.
func layoutState(m *dynamics.Model, local int, b bounds) (stateLayout, error) {
	l := stateLayout{slots: m.MaxDelay, receptors: 1, cells: newCells(m), extended: isGeneral(m), parallel: b.parallel, sheets: max(1, b.sheets), tables: []uint32{0}}
	if l.extended {
		l.tables, l.stateSize = newTables(), firstState
	}
	if err := counts(m); err != nil {
		return l, err
	}
	for i := range m.Populations {
		p := &m.Populations[i]
		l.first = append(l.first, l.stride)
		if p.Relays { // no kernel takes them through a window: see Receive
			l.states = append(l.states, l.stateSize)
			continue
		}
		l.neurons += p.Size
		l.stride += p.Size * len(p.Receptors)
		l.receptors, l.inputs = max(l.receptors, len(p.Receptors)), max(l.inputs, len(p.Poisson))
		l.members = l.members || hasMembers(p)
		l.draws, l.sources, l.simple = max(l.draws, drawsOf(p)), l.sources || p.IsSource(), l.simple || modelOf(p) == layout.LIF
		l.states = append(l.states, l.stateSize)
		l.stateSize += p.Size * wordsOf(p)
	}
	l.layoutShortTerm(m)
	l.layoutPlastic(m, b)
	l.shares = l.parallel && l.draws > 0
	l.simple = l.simple || len(l.cells.programs) == 0 // some code must use what arrives: zink mistakes bindings behind one that a kernel does not use
	if total := float64(l.arrivingNumbers()); total > math.MaxUint32 {
		return l, fmt.Errorf("gpu: %.4g numbers of arriving input, 32 bits count: use a smaller largest delay (now %d steps) or fewer neurons (now %d): %w",
			total, l.slots, l.neurons, ErrLimit)
	}
	l.chooseWindow(m, b)
	for i := range m.Populations {
		p := &m.Populations[i]
		l.table = append(l.table, layout.Words(l.extended, l.population(m, i))...)
		l.groupsTo = append(l.groupsTo, l.groups)
		if !p.Relays {
			l.groups += (p.Size + local - 1) / local
		}
	}
	l.row = max(1, min(l.groups, b.row))
	l.rows = (l.groups + l.row - 1) / l.row
	return l, nil
}

// chooseWindow makes windows as long as the smallest delay and the bounds allow,
// and batches of as many of them as the bounds allow.
func (l *stateLayout) chooseWindow(m *dynamics.Model, b bounds) {
	l.lists, l.listsOfStep = listWords(m)
	driveBytes := 4 * int64(len(m.Populations)+l.listsOfStep) // of a step
	fit := func(window int) bool {
		return int64(window)*int64(l.neurons) < math.MaxUint32 && l.spikeRoom()*int64(mostSpikes(m, window)) <= b.ring && driveBytes*int64(window) <= b.drives
	}
	longest := min(m.MinDelay, b.window)
	l.window = max(1, sort.Search(longest, func(w int) bool { return !fit(w + 1) }))
	perWindow := mostSpikes(m, l.window)
	windows := min(int64(b.windows), b.ring/l.spikeRoom()/int64(max(1, perWindow)), b.drives/driveBytes/int64(l.window))
	l.windows = int(max(1, windows))
	l.ring = max(1, l.windows*perWindow)
}

// listWords is how many words the thresholds of Poisson sources take at most: where the rate is constant once, and
// of each step where it is not.
func listWords(m *dynamics.Model) (once, perStep int) {
	for i := range m.Populations {
		p := &m.Populations[i]
		switch {
		case p.Neuron != network.Poisson:
		case p.Steady():
			once += 1 + p.AtOnce
		default:
			perStep += 1 + p.AtOnce
		}
	}
	return once, perStep
}

// driveWords is how many words a batch's drives take at most.
func (l *stateLayout) driveWords(populations int) int {
	return l.windows*l.window*(populations+l.listsOfStep) + l.lists
}

// mostSpikes is how many spikes there can be in a window of that many steps.
func mostSpikes(m *dynamics.Model, window int) int {
	n := 0
	for i := range m.Populations {
		n += m.MostSpikes(i, window)
	}
	return n
}

// population is one element of update's table; l.groups counts the work groups
// of the populations before it once groups are added.
func (l *stateLayout) population(m *dynamics.Model, i int) layout.Population {
	p := &m.Populations[i]
	q := layout.Population{
		FirstGroup: uint32(l.groups), First: uint32(p.First), Size: uint32(p.Size), Drive: uint32(i * l.windows * l.window), State: uint32(l.states[i]),
		MVv: p.MVV, VTh: p.VTh, VReset: p.VReset, Grid: p.GridV, Refractory: int32(p.Refractory), Receptors: uint32(len(p.Receptors)),
		GeneralPopulation: l.general(m, i), Receptor: make([]layout.Receptor, l.receptors),
	}
	if p.Relays {
		q.Size = 0
	}
	for r, x := range p.Receptors {
		q.Receptor[r] = layout.Receptor{
			PVr: x.PVR, PRr: x.PRR, Scale: x.Scale, Grid: x.Grid, Arriving: uint32(l.receptor(p, i, r)),
		}
	}
	return q
}

// receptor is the place of receptor r of population i in a slot.
func (l *stateLayout) receptor(p *dynamics.Population, i, r int) int { return l.first[i] + r*p.Size }

// buffers is the size of each state buffer in bytes, with what to change where
// one is too large.
func (l *stateLayout) buffers(populations int) []requirement {
	return []requirement{
		{"membrane potentials and other states", 4 * int64(l.stateSize), 1, "fewer neurons"},
		{"tables", 4 * int64(len(l.tables)), 1, "fewer spikes of spike sources"},
		{"arriving input", 4 * int64(l.arrivingNumbers()), 1, "fewer neurons or a smaller largest delay"},
		{"spikes", l.spikeRoom() * int64(l.ring), 2, "fewer neurons"}, // of two batches
		{"drives", 4 * int64(l.driveWords(populations)), 2, "fewer populations"},
	}
}

// A requirement is what one buffer needs and how it could need less.
type requirement struct {
	name   string
	bytes  int64
	copies int64 // buffers of that size
	remedy string
}
