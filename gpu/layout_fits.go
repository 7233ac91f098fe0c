package gpu

import (
	"fmt"
	"math"

	"einet/dynamics"
)

// Fits is an error wrapping ErrLimit that says what must change unless device d
// takes model m with that many bytes of synapses. host is the memory that the
// host has for it, where a software device computes too; 0 where it is not
// known.
func Fits(d Device, m *dynamics.Model, synapseBytes, host int64) error {
	l, err := layoutState(m, updateLocal)
	if err != nil {
		return err
	}
	if err := l.fits(d, len(m.Populations)); err != nil {
		return err
	}
	total := synapseBytes
	for _, r := range l.buffers(len(m.Populations)) {
		total += r.bytes
	}
	memory := d.Limits.MemoryBytes
	if d.Software && host > 0 {
		memory = host - synapseBytes // they are built on the host first
	}
	if memory != 0 && total > memory {
		return fmt.Errorf("gpu: %s: state and synapses take %s, there are %s: use fewer neurons or synapses: %w",
			d.Renderer, inMiB(total), inMiB(max(memory, 0)), ErrLimit)
	}
	if host > 0 && synapseBytes > host {
		return fmt.Errorf("gpu: the synapses take %s on the host, which has %s: use fewer: %w", inMiB(synapseBytes), inMiB(host), ErrLimit)
	}
	return nil
}

// fits compares the state's buffers with the device's limits.
func (l *stateLayout) fits(d Device, populations int) error {
	if most := d.Limits.MaxWorkGroupCount[0]; l.groups > most {
		return fmt.Errorf("gpu: %s: %d neurons take %d work groups, it runs at most %d: use fewer neurons: %w",
			d.Renderer, l.neurons, l.groups, most, ErrLimit)
	}
	for _, r := range l.buffers(populations) {
		if limit := d.Limits.MaxStorageBlock; r.bytes > limit {
			return fmt.Errorf("gpu: %s: %s take %s, one buffer holds at most %s: use %s: %w",
				d.Renderer, r.name, inMiB(r.bytes), inMiB(limit), r.remedy, ErrLimit)
		}
	}
	if most := d.Limits.MaxStorageBlocks; most < storageBlocks {
		return fmt.Errorf("gpu: %s: a kernel may use %d storage blocks, einet needs %d: %w", d.Renderer, most, storageBlocks, ErrLimit)
	}
	return nil
}

// storageBlocks is how many storage blocks update uses, the most of all
// kernels; OpenGL 4.3 promises as many.
const storageBlocks = 8

// updateLocal is update.comp's local size.
const updateLocal = 64

// maxIndirectGroups bounds the work groups in a row that update asks for.
func maxIndirectGroups(d Device) int { return min(d.Limits.MaxWorkGroupCount[0], math.MaxUint16) }

func inMiB(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
