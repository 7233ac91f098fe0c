package validate

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"einet/analysis"
	"einet/network"
	"einet/sim"
)

// check says of what a figure may be: a population, a group, or a division, of which there are rates of its parts, their correlation,
// and what is of single neurons.
func (f *Figure) check(net *network.Network) error {
	if f.Population == "" {
		return nil
	}
	if f.Quantity.ofWeights() {
		if k := net.Projection(f.Population); k < 0 || !net.Projections[k].Plasticity.Is() {
			return fmt.Errorf("%s of %s: must be of a projection with plasticity", f.Quantity, f.Population)
		}
		return nil
	}
	part, ok := net.Part(f.Population)
	if !ok {
		return net.PartFault(f.Population)
	}
	if part.Count > 0 && !slices.Contains([]Quantity{Rate, CV, Fano, RateSD, Correlation}, f.Quantity) {
		return fmt.Errorf("%s of %s: must be of the population, of a group or of one part, such as %s: a division is all of its population", f.Quantity, f.Population, part.NameOf(0))
	}
	if !part.IsAll() && slices.Contains([]Quantity{NearCorrelation, FarCorrelation, BumpLength}, f.Quantity) {
		return fmt.Errorf("%s of %s: must be of a whole population: it goes by positions", f.Quantity, f.Population)
	}
	return nil
}

// A parted gathers the spikes of groups, and of the parts of divisions, that figures name.
type parted struct {
	places     map[string][]int // by name: a group's place, or those of a division's parts
	regroup    *analysis.Regroup
	statistics *analysis.Statistics
	shared     *analysis.Covariances
	sizes      []int
	spikes     []sim.Spike // scratch
}

// newParted is nil where the figures name none but populations, or only what is of these.
func newParted(net *network.Network, figures []Figure, from int64) *parted {
	p := &parted{places: map[string][]int{}}
	var groups [][]int
	for _, f := range figures {
		part, ok := net.Part(f.Population)
		if !ok || part.IsAll() && f.Quantity != RateSD && !(f.Quantity == Correlation && part.Count > 0) || p.places[f.Population] != nil {
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
	p.statistics = analysis.NewStatistics(p.sizes, net.Dt, from)
	p.shared = analysis.NewCovariances(p.sizes, net.Steps(CorrelationBinMs), from)
	return p
}

func (p *parted) add(spikes []sim.Spike) {
	if p == nil {
		return
	}
	p.spikes = p.regroup.Append(p.spikes[:0], spikes)
	p.statistics.Add(p.spikes)
	p.shared.Add(p.spikes)
}

// rateSD is the standard deviation [Hz] over time of a group's rate in windows of analysis.FanoWindowMs, of a division the mean
// over its parts.
func (p *parted) rateSD(name string, from, to int64) float64 {
	if p == nil || len(p.places[name]) == 0 {
		return math.NaN()
	}
	counts := p.statistics.Counts.Merge(analysis.FanoWindowMs / analysis.CountBinMs)
	sum := 0.0
	for _, i := range p.places[name] {
		var rates []float64
		for _, n := range counts.Between(i, from, to) {
			rates = append(rates, float64(n)/float64(p.sizes[i])/(counts.BinMs()/1000))
		}
		sum += stat.StdDev(rates, nil)
	}
	return sum / float64(len(p.places[name]))
}

// correlation is that of a group's neurons, of a division the mean over its parts.
func (p *parted) correlation(name string, to int64) float64 {
	sum := 0.0
	for _, i := range p.places[name] {
		sum += p.shared.Correlation(i, to).Value
	}
	return sum / float64(len(p.places[name]))
}
