package gpu

import (
	"fmt"
	"math"

	"einet/connectome"
	"einet/dynamics"
)

// Fits is an error wrapping ErrLimit that says what must change unless device d
// takes model m with that many bytes of synapses. host is the memory that the
// host has for it, where a software device computes too; 0 where it is not
// known.
func Fits(d Device, m *dynamics.Model, synapseBytes, host int64) error {
	l, err := layoutState(m, updateLocal, boundsOf(d))
	if err != nil {
		return err
	}
	if err := l.fits(d, len(m.Populations)); err != nil {
		return err
	}
	need, have, where := float64(synapseBytes), float64(d.Limits.Free()), "free are"
	for _, r := range l.buffers(len(m.Populations)) {
		need += float64(r.copies * r.bytes)
	}
	for _, k := range l.plastic { // whose synapses are not on the device as on the host
		e := connectome.EstimateProjection(m.Network, k)
		need += plasticBytes*e.Synapses - e.Bytes
	}
	if d.Software && host > 0 {
		need += float64(synapseBytes) // they are built on the host first
		have, where = float64(host), "the host has"
	}
	if have > 0 && need > have {
		return fmt.Errorf("gpu: %s: state and synapses take %s, %s %s: use fewer neurons or synapses: %w",
			d.Renderer, inMiB(need), where, inMiB(have), ErrLimit)
	}
	if host > 0 && synapseBytes > host {
		return fmt.Errorf("gpu: the synapses take %s on the host, which has %s: use fewer: %w",
			inMiB(float64(synapseBytes)), inMiB(float64(host)), ErrLimit)
	}
	return nil
}

// fits compares the state's buffers with the device's limits.
func (l *stateLayout) fits(d Device, populations int) error {
	if most := d.Limits.MaxWorkGroupCount; l.rows > most[1] {
		return fmt.Errorf("gpu: %s: %d neurons take %d work groups, it runs at most %d x %d: use fewer neurons: %w",
			d.Renderer, l.neurons, l.groups, most[0], most[1], ErrLimit)
	}
	for _, r := range l.buffers(populations) {
		if limit := d.Limits.MaxStorageBlock; r.bytes > limit {
			return fmt.Errorf("gpu: %s: %s take %s, one buffer holds at most %s: use %s: %w",
				d.Renderer, r.name, inMiB(float64(r.bytes)), inMiB(float64(limit)), r.remedy, ErrLimit)
		}
	}
	if most := d.Limits.MaxStorageBlocks; most < storageBlocks {
		return fmt.Errorf("gpu: %s: a kernel may use %d storage blocks, einet needs %d: %w", d.Renderer, most, storageBlocks, ErrLimit)
	}
	return nil
}

// storageBlocks is how many storage blocks kernels need at most; OpenGL 4.3 promises as many. deliver makes use of more where a
// device has them.
const storageBlocks = 8

// updateLocal is update.comp's local size.
const updateLocal = 64

// maxIndirectGroups bounds the work groups in a row that update asks for.
func maxIndirectGroups(d Device) int { return min(d.Limits.MaxWorkGroupCount[0], math.MaxUint16) }

// counts is an error wrapping ErrLimit where a network's run has more steps than kernels count, with a refractory period at its end.
func counts(m *dynamics.Model) error {
	longest := 0
	for i := range m.Network.Populations {
		_, most := m.Network.Populations[i].RefractorySteps(m.Network.Dt)
		longest = max(longest, most)
	}
	if n, most := m.Network.Steps(m.Network.Duration), math.MaxInt32-longest; n > most {
		return fmt.Errorf("gpu: %d steps of dt, the engine counts %d: use a shorter duration or the cpu engine: %w", n, most, ErrLimit)
	}
	return nil
}

func inMiB(bytes float64) string { return fmt.Sprintf("%.1f MiB", bytes/(1<<20)) }
