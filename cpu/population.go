package cpu

import (
	"math"
	"math/bits"
	"slices"
	"unsafe"

	"einet/connectome"
	"einet/cpu/native"
	"einet/dynamics"
	"einet/program"
	"einet/sim"
)

// lanes is the number of neurons in a tile, the unit of the update kernels: one
// 512-bit vector of float32.
const lanes = 16

// maxBlock is the most targets of a block: an index of 16 bits into an array of
// that size needs no bounds check.
const maxBlock = connectome.MaxBlock

// A tile's state is a row of lanes for each of these and for each receptor's
// current, g, all behind each other.
const (
	rowV     = iota // membrane potential, relative to E_L [mV]
	rowUntil        // clamped to V_reset in steps from n, clock(n) < until; the bits of an int32
	rowG            // first of the synaptic currents [units of the receptor's scale]
)

// A population is the state of one population's neurons in tiles. The lanes
// behind its last neuron are clamped to V_reset for ever, so that they never
// fire; where there is a program they have the last neuron's state.
//
// A tile of a program's neurons has a row for each state and then for each number that is the neuron's own.
type population struct {
	*dynamics.Population
	receptors []receptor // at least two, the kernels' special case; the last may be empty
	tiles     int
	state     [][lanes]float32 // [tile][row]

	kernel updateKernel
	native *native.Kernel // what kernel runs, where a program is machine code
	draws  []int          // the normal numbers that its program reads
	train  []dynamics.SourceSpike

	members []*members // of each Poisson input; nil of those of all neurons

	arriving [][][][lanes]int32 // [step mod slots][receptor][tile] input [units of the receptor's scale]
	flat     []int32            // the memory of arriving, and maxBlock more
	coming   coming
}

// A receptor holds coefficients in units of the receptor's scale. That is a
// power of two, so all is rounded as it would be in mV, and its product with the
// input is saved. The zero receptor, on a grid, adds nothing.
type receptor struct{ prr, pvr, grid float32 }

// clock maps the steps 0 to 2^32-1 to int32, in order: SIMD compares signed
// integers.
func clock(n int64) int32 { return int32(n - 1<<31) }

func newPopulation(m *dynamics.Model, c *connectome.Connectome, i int) population {
	p := population{Population: &m.Populations[i]}
	if p.Relays {
		return p // nobody's
	}
	if p.IsSource() {
		p.tiles, p.train = (p.Size+lanes-1)/lanes, m.Train(i)
		return p
	}
	p.allocate()
	p.allocateArriving(arrivingSlots(m, c, i))
	for k := range p.Poisson {
		p.members = append(p.members, newMembers(p.Population, k, p.tiles))
	}
	p.coming = newComing(m, i)
	if p.Cell != nil {
		p.load(slices.Concat(m.CellStates(i), m.CellOwns(i)))
		return p
	}
	for k := range p.tiles * lanes {
		p.row(k/lanes, rowV)[k%lanes] = p.VReset
		p.row(k/lanes, rowUntil)[k%lanes] = math.Float32frombits(math.MaxInt32)
	}
	for k, v := range m.InitialV(i) {
		p.row(k/lanes, rowV)[k%lanes] = v
		p.clamp(k/lanes, k%lanes, 0)
	}
	for r := range p.Receptors {
		for k, x := range m.InitialG(i, r) {
			p.row(k/lanes, rowG+r)[k%lanes] = x / p.Receptors[r].Scale // a power of two
		}
	}
	return p
}

// load gives each row what its neurons have.
func (p *population) load(rows [][]uint32) {
	for row, words := range rows {
		p.loadRow(row, words)
	}
}

func (p *population) loadRow(row int, words []uint32) {
	for k := range p.tiles * lanes {
		p.row(k/lanes, row)[k%lanes] = math.Float32frombits(words[min(k, p.Size-1)])
	}
}

// statesOf are the states of a neuron with a program, as words.
func (p *population) statesOf(neuron int) []uint32 {
	states := make([]uint32, len(p.Cell.Program.States))
	for s := range states {
		states[s] = math.Float32bits(p.row(neuron/lanes, s)[neuron%lanes])
	}
	return states
}

// use chooses how the neurons are taken through a step.
func (p *population) use(k *kernels) {
	switch {
	case p.IsSource():
	case p.Cell == nil:
		p.kernel = k.update
	default:
		p.kernel, p.native = k.run(p.Cell.Program)
	}
}

// allocate makes the state, all zero, and the receptors.
func (p *population) allocate() {
	p.tiles = (p.Size + lanes - 1) / lanes
	if p.Cell != nil {
		for _, i := range p.Cell.Program.Code {
			if i.Op == program.Normal {
				p.draws = append(p.draws, int(i.A))
			}
		}
		p.receptors = make([]receptor, len(p.Receptors))
		p.state = make([][lanes]float32, p.tiles*p.rows())
		return
	}
	p.takeReceptors()
	p.state = make([][lanes]float32, p.tiles*p.rows())
}

// takeReceptors takes the coefficients of the receptors.
func (p *population) takeReceptors() {
	p.receptors = p.receptors[:0]
	for _, r := range p.Receptors {
		p.receptors = append(p.receptors, receptor{prr: r.PRR, pvr: r.PVR * r.Scale, grid: r.Grid / r.Scale})
	}
	for len(p.receptors) < 2 {
		p.receptors = append(p.receptors, receptor{grid: 1})
	}
}

// rows is the number of rows of a tile.
func (p *population) rows() int {
	if p.Cell != nil {
		return len(p.Cell.Program.States) + len(p.Cell.Program.Owns)
	}
	return rowG + len(p.receptors)
}

func (p *population) row(tile, row int) *[lanes]float32 { return &p.state[tile*p.rows()+row] }

// clamp holds a neuron at V_reset in the steps before that from step n.
func (p *population) clamp(tile, lane int, n int64) {
	p.row(tile, rowUntil)[lane] = math.Float32frombits(uint32(clock(n)))
}

// arrivingSlots is the number of steps for which the input of a population is summed when the spikes of a step are delivered,
// the smallest delay after they were fired: up to the largest delay. What calendars have on its way, of packed synapses, is
// summed when it is due.
func arrivingSlots(m *dynamics.Model, c *connectome.Connectome, population int) int {
	slots := 1
	for i := range m.Projections {
		switch p := &m.Projections[i]; {
		case p.To != population || p.Plasticity != nil:
		case p.Packed() && c.Projections[i].Redrawn == nil:
		default:
			slots = max(slots, p.MaxDelay-m.MinDelay+1)
		}
	}
	return slots
}

// allocateArriving makes all slots one piece of memory, followed by enough for
// a *[maxBlock]int32 to begin anywhere in it. What is behind the slots is never
// touched, so the system never backs it. Nothing arrives at empty receptors.
func (p *population) allocateArriving(slots int) {
	receptors := len(p.Receptors) // the others are empty
	all := make([][lanes]int32, slots*receptors*p.tiles+maxBlock/lanes)
	p.flat = unsafe.Slice(&all[0][0], lanes*len(all))
	nothing := make([][lanes]int32, p.tiles)
	p.arriving = make([][][][lanes]int32, slots)
	for s := range p.arriving {
		p.arriving[s] = make([][][lanes]int32, len(p.receptors))
		for r := range p.arriving[s] {
			if r >= receptors {
				p.arriving[s][r] = nothing
				continue
			}
			p.arriving[s][r], all = all[:p.tiles:p.tiles], all[p.tiles:]
		}
	}
}

// targets is where the input of a receptor in a slot is summed, from neuron
// first on.
func (p *population) targets(slot, receptor, first int) *[maxBlock]int32 {
	at := (slot*len(p.Receptors)+receptor)*p.tiles*lanes + first
	return (*[maxBlock]int32)(p.flat[at:])
}

// read copies a variable of neurons first, first+1, ... [mV].
func (p *population) read(v sim.Variable, first int, dst []float32) {
	row, scale := p.place(v)
	for len(dst) > 0 {
		from := p.row(first/lanes, row)[first%lanes:]
		from = from[:min(len(from), len(dst))]
		into := dst[:len(from)]
		if v == sim.V {
			for k, x := range from {
				into[k] = p.Absolute(x)
			}
		} else {
			for k, x := range from {
				into[k] = x * scale
			}
		}
		first, dst = first+len(from), dst[len(from):]
	}
}

// place is the row of a variable, and the unit of what is in it.
func (p *population) place(v sim.Variable) (row int, scale float32) {
	switch {
	case p.Cell != nil:
		return sim.CellState(p.Population, v), 1
	case v == sim.V:
		return rowV, 1
	}
	return rowG + int(v), p.Receptors[v].Scale
}

// gather copies a variable of neurons [mV].
func (p *population) gather(v sim.Variable, neurons []int, dst []float32) {
	row, scale := p.place(v)
	rows, dst := p.rows(), dst[:len(neurons)]
	for k, i := range neurons {
		dst[k] = p.state[uint(i)/lanes*uint(rows)+uint(row)][uint(i)%lanes]
	}
	if v == sim.V {
		for k, x := range dst {
			dst[k] = p.Absolute(x)
		}
		return
	}
	for k, x := range dst {
		dst[k] = x * scale
	}
}

// fire lets those neurons of a tile fire at step n whose bits are in set, and
// appends them to a list. A program has reset its neurons itself.
func (p *population) fire(n int64, tile int, set uint32, fired []uint32) []uint32 {
	v := p.row(tile, rowV)
	for ; set != 0; set &= set - 1 {
		k := bits.TrailingZeros32(set)
		if p.Cell == nil {
			v[k] = p.VReset
			p.clamp(tile, k, n+int64(p.Refractory))
		}
		fired = append(fired, uint32(tile*lanes+k))
	}
	return fired
}
