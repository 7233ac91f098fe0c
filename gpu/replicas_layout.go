package gpu

import (
	"fmt"
	"math/bits"

	"einet/dynamics"
	"einet/shaders"
	"einet/shaders/layout"
)

// A replicaLayout says how replicas of a network lie on a device: the state of each in
// consecutive words, and what a work group of simulate holds of one.
type replicaLayout struct {
	stateLayout
	replicas int
	local    int // invocations of a work group, a power of two
	each     int // neurons of an invocation
	steps    int // most steps of a dispatch
	ring     int // most spikes of a replica in as many
	waiting  int // place of input on its way in a replica's words, behind states
	words    int // of a replica
}

// Bounds of a dispatch of simulate, beside its time.
const (
	mostReplicaSteps = 4096
	replicaRingBytes = 64 << 20
)

// layoutReplicas is the layout, with a bound of the steps of a dispatch, or an error wrapping ErrLimit, with the number that is too large, unless a
// device runs each replica in one work group.
func layoutReplicas(d Device, m *dynamics.Model, replicas, most int) (l replicaLayout, err error) {
	if isGeneral(m) {
		return l, fmt.Errorf("a work group simulates lif neurons with exponential synapses and without random input, and synapses that stay what they are, and not all of %s are: %w", m.Network.Name, ErrLimit)
	}
	if l.stateLayout, err = layoutState(m, updateLocal, boundsOf(d)); err != nil {
		return l, err
	}
	l.replicas, l.slots, l.stride = replicas, max(1, l.slots), max(1, l.stride)
	if shared := 4 * (int64(l.slots)*int64(l.stride) + 1); shared > int64(d.Limits.MaxShared) {
		return l, fmt.Errorf("input on its way to %d neurons takes %d bytes (%d numbers for each of %d steps of delay), a work group of %s shares %d: %w",
			l.neurons, shared, l.stride, l.slots, d.Renderer, d.Limits.MaxShared, ErrLimit)
	}
	if most := d.Limits.MaxWorkGroupCount[0]; replicas > most {
		return l, fmt.Errorf("%d replicas, %s runs at most %d work groups: %w", replicas, d.Renderer, most, ErrLimit)
	}
	largest := min(1024, d.Limits.MaxInvocations, d.Limits.MaxWorkGroupSize[0])
	for l.local = 64; l.local < l.neurons && 2*l.local <= largest; {
		l.local *= 2
	}
	l.each = (l.neurons + l.local - 1) / l.local
	l.waiting = l.stateSize
	l.words = l.waiting + l.slots*l.stride
	if need := 4 * int64(l.words) * int64(replicas); need > d.Limits.MaxStorageBlock {
		return l, fmt.Errorf("the state of %d replicas takes %s, one buffer of %s holds at most %s: %w",
			replicas, inMiB(float64(need)), d.Renderer, inMiB(float64(d.Limits.MaxStorageBlock)), ErrLimit)
	}
	if d.Software { // whose loops end early
		most = min(most, max(1, residentInSoftware.passes/(passesOfStep*l.each)))
	}
	return l, l.chooseSteps(d, m, most)
}

// chooseSteps makes a dispatch as long as its spikes have room, and the table of populations
// for drives of that length.
func (l *replicaLayout) chooseSteps(d Device, m *dynamics.Model, most int) error {
	room := min(replicaRingBytes, d.Limits.MaxStorageBlock)
	bytes := func(steps int) int64 { return spikeBytes * int64(l.replicas) * (1 + int64(mostSpikes(m, steps))) }
	for l.steps = most; l.steps > 1 && bytes(l.steps) > room; {
		l.steps /= 2
	}
	if need := bytes(l.steps); need > d.Limits.MaxStorageBlock {
		return fmt.Errorf("the spikes of %d replicas in a step take %s, one buffer of %s holds at most %s: %w",
			l.replicas, inMiB(float64(need)), d.Renderer, inMiB(float64(d.Limits.MaxStorageBlock)), ErrLimit)
	}
	l.ring = mostSpikes(m, l.steps)
	l.table, l.window, l.windows = nil, l.steps, 1
	for i := range m.Populations {
		l.table = append(l.table, layout.Words(false, l.population(m, i))...)
	}
	return nil
}

// defines are what simulate.comp is compiled with, for a page with its most segments of a
// source. A team is as large as a mean row has words.
func (l *replicaLayout) defines(p *page, segments int) shaders.Defines {
	words := p.sheets[0] / 2 / max(1, p.rows)
	team := min(l.local, max(16, 1<<bits.Len(uint(max(0, words-1)))))
	return shaders.Defines{
		"LOCAL": l.local, "EACH": l.each, "NEURONS": l.neurons, "POPULATIONS": len(l.first), "RECEPTORS": l.receptors, "SLOTS": l.slots, "STRIDE": l.stride,
		"RING": l.ring, "TEAM": team, "SEGMENTS": max(1, segments), "WEIGHTS": p.rows,
		"REPLICA": l.words, "WAITING": l.waiting, "GENERAL": 0, "INPUTS": max(1, l.inputs),
	}
}
