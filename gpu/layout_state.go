package gpu

import (
	"fmt"
	"math"

	"einet/dynamics"
)

// ringBytes is how much memory the spikes of a batch may take at the most,
// unless a single window needs more.
const ringBytes = 64 << 20

// maxWindows bounds the windows of a batch, so that one does not keep a slow
// device busy for long.
const maxWindows = 512

// spikeBytes is the size of a spike in the ring.
const spikeBytes = 8

// A stateLayout says where the neurons' state lies in the device's buffers.
type stateLayout struct {
	neurons   int
	window    int      // steps of a window: the smallest delay
	slots     int      // steps of arriving input: the largest delay
	stride    int      // numbers in a slot and in currents: a neuron's for each receptor
	receptors int      // most receptors of a population, at least 1
	first     []int    // [population] place of receptor 0 in currents and in a slot
	table     []uint32 // update's populations, in std430
	groups    int      // of update
	windows   int      // most windows of a batch
	ring      int      // most spikes of a batch
}

// layoutState lays out the state of a model for update with that local size.
func layoutState(m *dynamics.Model, local int) (stateLayout, error) {
	l := stateLayout{window: m.MinDelay, slots: m.MaxDelay, receptors: 1}
	perWindow := 0
	for i := range m.Populations {
		p := &m.Populations[i]
		l.first = append(l.first, l.stride)
		l.neurons += p.Size
		l.stride += p.Size * len(p.Receptors)
		l.receptors = max(l.receptors, len(p.Receptors))
		// A neuron is silent for t_ref after a spike.
		perWindow += p.Size * ((l.window + p.Refractory) / (p.Refractory + 1))
	}
	if total := int64(l.slots) * int64(l.stride); total > math.MaxUint32 {
		return l, fmt.Errorf("gpu: %d numbers of arriving input, 32 bits count: use a smaller largest delay (now %d steps) or fewer neurons (now %d): %w",
			total, l.slots, l.neurons, ErrLimit)
	}
	l.windows = min(maxWindows, max(1, ringBytes/spikeBytes/max(1, perWindow)))
	l.ring = l.windows * perWindow
	for i := range m.Populations {
		p := &m.Populations[i]
		l.table = append(l.table, l.population(p, i)...)
		l.groups += (p.Size + local - 1) / local
	}
	return l, nil
}

// population is one element of update's table; l.groups counts the work groups
// of the populations before it once groups are added.
func (l *stateLayout) population(p *dynamics.Population, i int) []uint32 {
	f := math.Float32bits
	words := []uint32{
		uint32(l.groups), uint32(p.First), uint32(p.Size), uint32(i * l.windows * l.window),
		f(p.PVV), f(p.VTh), f(p.VReset), f(p.GridV),
		uint32(p.Refractory), uint32(len(p.Receptors)),
	}
	for r := range l.receptors {
		if r < len(p.Receptors) {
			x := &p.Receptors[r]
			words = append(words, f(x.PVR), f(x.PRR), f(x.Scale), f(x.Grid), uint32(l.receptor(p, i, r)))
		} else {
			words = append(words, 0, 0, 0, 0, 0)
		}
	}
	return words
}

// receptor is the place of receptor r of population i in currents and in a
// slot.
func (l *stateLayout) receptor(p *dynamics.Population, i, r int) int { return l.first[i] + r*p.Size }

// buffers is the size of each state buffer in bytes, with what to change where
// one is too large.
func (l *stateLayout) buffers(populations int) []requirement {
	return []requirement{
		{"membrane potentials", 4 * int64(l.neurons), "fewer neurons"},
		{"currents", 4 * int64(l.stride), "fewer neurons"},
		{"arriving input", 4 * int64(l.slots) * int64(l.stride), "fewer neurons or a smaller largest delay"},
		{"spikes", spikeBytes * int64(l.ring), "fewer neurons, a longer t_ref or a smaller smallest delay"},
		{"drives", 4 * int64(populations) * int64(l.windows) * int64(l.window), "fewer populations"},
	}
}

// A requirement is what one buffer needs and how it could need less.
type requirement struct {
	name   string
	bytes  int64
	remedy string
}
