package bench

import (
	"math"
	"slices"

	"einet/connectome"
	"einet/dynamics"
)

// A variant is a network as engines take it.
type variant struct {
	model      *dynamics.Model
	connectome *connectome.Connectome
}

// newParts is what the parts of a step are measured by, for one wall time cannot
// be divided by itself: the same network without its synapses, whose time is that
// of the updates; and, where there is Poisson input, without that too. What the
// first has over the second is what the draws cost, and what the network has over
// the first is what spikes cost, most of which is delivery. In both the thresholds
// are out of reach: without inhibition neurons would fire far more than they do.
func newParts(m *dynamics.Model, c *connectome.Connectome) ([]variant, error) {
	list := []variant{{silent(m), unconnected(c)}}
	if draws(m) == 0 {
		return list, nil
	}
	net := *m.Network
	net.Populations = slices.Clone(net.Populations)
	for i := range net.Populations {
		net.Populations[i].PoissonInput = nil
	}
	net.Groups = slices.Clone(net.Groups)
	for i := range net.Groups {
		net.Groups[i].PoissonInput = nil
	}
	undriven, err := dynamics.New(&net)
	if err != nil {
		return nil, err
	}
	return append(list, variant{silent(undriven), list[0].connectome}), nil
}

// silent is a model whose neurons never fire, of populations with one threshold.
func silent(m *dynamics.Model) *dynamics.Model {
	s := *m
	s.Populations = slices.Clone(m.Populations)
	for i := range s.Populations {
		s.Populations[i].VTh = math.MaxFloat32
	}
	return &s
}

// unconnected is a connectome without its synapses.
func unconnected(c *connectome.Connectome) *connectome.Connectome {
	bare := &connectome.Connectome{Projections: slices.Clone(c.Projections)}
	for k := range bare.Projections {
		p := &bare.Projections[k]
		p.Redrawn = nil
		p.Blocks = slices.Clone(p.Blocks)
		for i := range p.Blocks {
			b := &p.Blocks[i]
			b.Rows = make([]uint32, len(b.Rows))
			if b.Packed != nil {
				b.Packed = []uint32{}
			} else {
				b.Targets = []uint16{}
			}
		}
	}
	return bare
}

// draws is the number of Poisson counts that are drawn in a step.
func draws(m *dynamics.Model) int64 {
	n := int64(0)
	for i := range m.Populations {
		p := &m.Populations[i]
		n += int64(p.Size) * int64(len(p.Poisson))
	}
	return n
}

// OutDegrees is the number of synapses of each neuron, by global id, each of
// several of a pair counted; of synapses that are not stored the mean.
func OutDegrees(m *dynamics.Model, c *connectome.Connectome) []int64 {
	last := m.Populations[len(m.Populations)-1]
	degrees := make([]int64, last.First+last.Size)
	drawn := make([]float64, len(m.Populations))
	for _, p := range c.Projections {
		first := m.Populations[p.From].First
		if p.Redrawn != nil {
			drawn[p.From] += p.Redrawn.Mean()
		}
		for i := range p.Blocks {
			rows := p.Blocks[i].Rows
			for j := range p.Blocks[i].Sources() {
				degrees[first+j] += int64(rows[j+1] - rows[j])
			}
		}
	}
	for i, mean := range drawn {
		for j := range m.Populations[i].Size {
			degrees[m.Populations[i].First+j] += int64(math.Round(mean))
		}
	}
	return degrees
}
