package dynamics

import (
	"cmp"
	"math"
	"slices"

	"einet/libm"
	"einet/network"
)

// A SourceSpike is a spike of a SpikeSource.
type SourceSpike struct {
	Step   uint32
	Neuron uint32 // index in the population
}

// newTrain puts spikes on the grid, sorted by step and then neuron, two of a
// neuron in one step as one.
func newTrain(t *network.SpikeTrain, dt float64) []SourceSpike {
	train := make([]SourceSpike, 0, len(t.Times))
	for i, neuron := range t.Neuron {
		if step, ok := t.Step(i, dt); ok {
			train = append(train, SourceSpike{uint32(step), uint32(neuron)})
		}
	}
	slices.SortFunc(train, func(a, b SourceSpike) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Neuron, b.Neuron))
	})
	return slices.Compact(train)
}

// Train is the spikes of a SpikeSource, by step and then neuron.
func (m *Model) Train(pop int) []SourceSpike { return m.Populations[pop].train }

// Chances writes for the steps first+1, first+2, ... of a Poisson population the
// number below which a neuron's word of that step means a spike, one for each
// element of dst.
func (m *Model) Chances(pop int, first int64, dst []uint32) {
	p := &m.Populations[pop]
	for i := range dst {
		if i > 0 && p.steady {
			dst[i] = dst[0]
			continue
		}
		mean := float64(max(p.input(first+int64(i)), 0)*m.Network.Dt) / 1000
		dst[i] = uint32(math.Min(math.Floor(float64(-libm.Expm1(-mean)*0x1p32)), math.MaxUint32))
	}
}

// IsSource tells whether the neurons have no membrane potential.
func (p *Population) IsSource() bool { return p.Neuron.IsSource() }
