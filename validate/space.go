package validate

import (
	"math"
	"math/rand/v2"
	"slices"

	"einet/analysis"
	"einet/connectome"
	"einet/network"
	"einet/sim"
)

// Quantities of populations that lie in space.
const (
	NearCorrelation Quantity = "correlation of near neurons" // of counts in spaceBinMs, mean over pairs within nearest
	FarCorrelation  Quantity = "correlation of far neurons"  // likewise of pairs that are between far apart
	BumpLength      Quantity = "population vector"           // |mean of e^(2 pi i x/L)| over the spikes on a ring of length L: 1 at one place, 0 all around
)

// Of correlations in space: windows in which spikes are counted, neurons that are chosen, those of at least 1 Hz, and
// distances in lengths of the space's shortest side. Rosenbaum et al. (2017) have the same windows and rate.
const (
	spaceBinMs   = 250
	spaceNeurons = 2000
	leastHz      = 1
	nearest      = 0.05
	farFrom      = 0.3
	farTo        = 0.45
)

// inSpace measures the quantities of a population that lies in space.
type inSpace struct {
	positions *network.Positions
	at        [][]float64
	first     uint32
	size      int
	from      int64
	chosen    []uint32 // indices in the population
	counts    *analysis.CountMatrix
	x, y, n   float64 // of the population vector
}

// newInSpace is of population i, from a step on; nil for one without positions.
func newInSpace(net *network.Network, i int, from int64) *inSpace {
	p := &net.Populations[i]
	if p.Positions.Layout == network.Nowhere {
		return nil
	}
	s := &inSpace{positions: &p.Positions, at: connectome.Coordinates(net, i), size: p.Size, from: from}
	for _, q := range net.Populations[:i] {
		s.first += uint32(q.Size)
	}
	var ids []uint32
	for _, k := range rand.New(rand.NewPCG(1, 1)).Perm(p.Size)[:min(spaceNeurons, p.Size)] {
		s.chosen, ids = append(s.chosen, uint32(k)), append(ids, s.first+uint32(k))
	}
	s.counts = analysis.NewCountMatrix(ids, from, net.Steps(spaceBinMs))
	return s
}

// placesOf are those of populations of which a figure has to do with space.
func placesOf(net *network.Network, figures []Figure, from int64) map[int]*inSpace {
	all := map[int]*inSpace{}
	for _, f := range figures {
		if i := max(0, net.Population(f.Population)); slices.Contains([]Quantity{NearCorrelation, FarCorrelation, BumpLength}, f.Quantity) && all[i] == nil {
			if s := newInSpace(net, i, from); s != nil {
				all[i] = s
			}
		}
	}
	return all
}

func (s *inSpace) add(spikes []sim.Spike) {
	s.counts.Add(spikes)
	for _, spike := range spikes {
		if i := int(spike.Neuron) - int(s.first); i >= 0 && i < s.size && int64(spike.Step) > s.from {
			sin, cos := math.Sincos(2 * math.Pi * s.at[0][i] / s.positions.Extent[0])
			s.x, s.y, s.n = s.x+cos, s.y+sin, s.n+1
		}
	}
}

// value is that of a quantity in a simulation to a step; NaN for one that is not of space.
func (s *inSpace) value(q Quantity, to int64) float64 {
	switch q {
	case BumpLength:
		return math.Hypot(s.x, s.y) / s.n
	case NearCorrelation:
		return s.correlation(to, 0, nearest)
	case FarCorrelation:
		return s.correlation(to, farFrom, farTo)
	}
	return math.NaN()
}

// correlation is the mean over pairs at distances between two.
func (s *inSpace) correlation(to int64, lo, hi float64) float64 {
	side := slices.Min(s.positions.Extent)
	apart := make([]float64, len(s.at))
	sum, n := 0.0, 0.0
	s.counts.Correlations(to, leastHz*spaceBinMs/1000.0, func(j, k int, r float64) {
		for d := range s.at {
			apart[d] = s.positions.Apart(d, s.at[d][s.chosen[j]], s.at[d][s.chosen[k]])
		}
		if d := network.Norm(apart) / side; d >= lo && d < hi {
			sum, n = sum+r, n+1
		}
	})
	return sum / n
}
