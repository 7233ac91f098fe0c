package validate

import (
	"math"

	"gonum.org/v1/gonum/stat"

	"einet/analysis"
	"einet/network"
	"einet/sim"
)

// A parted counts the spikes of the parts of populations that figures name.
type parted struct {
	places  map[string][]int // by name: a group's place, or those of a division's parts
	regroup *analysis.Regroup
	counts  *analysis.PopulationCounts
	sizes   []int
	spikes  []sim.Spike // scratch
}

// newParted is nil where the figures name none but populations.
func newParted(net *network.Network, figures []Figure) *parted {
	p := &parted{places: map[string][]int{}}
	var groups [][]int
	for _, f := range figures {
		part, ok := net.Part(f.Population)
		if !ok || f.Quantity != RateSD || p.places[f.Population] != nil {
			continue
		}
		parts := []network.Part{part}
		if part.Count > 0 {
			parts = nil
			for k := range part.Count {
				one, _ := net.Part(part.NameOf(k))
				parts = append(parts, one)
			}
		}
		for i := range parts {
			p.places[f.Population] = append(p.places[f.Population], len(groups))
			groups = append(groups, net.IDs(&parts[i]))
		}
	}
	if len(groups) == 0 {
		return nil
	}
	p.regroup = analysis.NewRegroup(net.Neurons(), groups)
	p.sizes = p.regroup.Sizes()
	p.counts = analysis.NewPopulationCounts(p.sizes, net.Dt, max(1, net.Steps(analysis.FanoWindowMs)))
	return p
}

func (p *parted) add(spikes []sim.Spike) {
	if p == nil {
		return
	}
	p.spikes = p.regroup.Append(p.spikes[:0], spikes)
	p.counts.Add(p.spikes)
}

// rateSD is the standard deviation [Hz] over time of a group's rate in windows of analysis.FanoWindowMs, of a division the mean
// over its parts.
func (p *parted) rateSD(name string, from, to int64) float64 {
	if p == nil || len(p.places[name]) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, i := range p.places[name] {
		var rates []float64
		for _, n := range p.counts.Between(i, from, to) {
			rates = append(rates, float64(n)/float64(p.sizes[i])/(p.counts.BinMs()/1000))
		}
		sum += stat.StdDev(rates, nil)
	}
	return sum / float64(len(p.places[name]))
}
