package compare

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"slices"

	"einet/experiment"
	"einet/network"
	"einet/record"
)

// Weights are the final weights of a projection with long-term plasticity in both runs.
type Weights struct {
	Projection string   `json:"projection"`
	Unit       string   `json:"unit"`
	A          *float64 `json:"a"` // mean over synapses; null where there are none
	B          *float64 `json:"b"`
	Synapses   int      `json:"synapses"`           // that both have
	Others     int      `json:"other_weights"`      // of which so many have another weight in b than in a
	Largest    float64  `json:"largest_difference"` // of the weights of one synapse
	Uncompared string   `json:"not_compared,omitempty"`
}

// compareWeights holds the final weights of synapses that both runs have to each other. That one digest is of other weights is an error.
func (r *Result) compareWeights() error {
	for i := range r.A.net.Projections {
		p := &r.A.net.Projections[i]
		if k := r.B.net.Projection(p.Name); !p.Plasticity.Is() || k < 0 || !r.B.net.Projections[k].Plasticity.Is() {
			continue
		}
		var final [2]*record.FinalWeights
		missing := ""
		for i, dir := range []string{r.A.Dir, r.B.Dir} {
			var err error
			final[i], err = record.ReadFinalWeights(filepath.Join(dir, experiment.FinalWeightsFile), p.Name)
			switch {
			case errors.Is(err, fs.ErrNotExist): // of a run that ended early, say
				missing = fmt.Sprintf("%s has no %s", dir, experiment.FinalWeightsFile)
			case err != nil:
				return err
			}
		}
		if missing != "" {
			r.Weights = append(r.Weights, Weights{Projection: p.Name, Uncompared: missing})
			continue
		}
		a, b := final[0], final[1]
		if r.A.Weights == r.B.Weights && !slices.Equal(a.Omega, b.Omega) {
			return fmt.Errorf("%s and %s: have one digest of weights, but other weights: a %s is not that of the %s beside it",
				r.A.Dir, r.B.Dir, experiment.FinalWeightsFile, experiment.SummaryFile)
		}
		r.Weights = append(r.Weights, weightsOf(r.A.net, p, a, b))
	}
	return nil
}

func weightsOf(net *network.Network, p *network.Projection, a, b *record.FinalWeights) Weights {
	to := &net.Populations[net.Population(p.To)]
	w := Weights{Projection: p.Name, Unit: to.WeightUnit(p.Synapse, p.Receptor), A: meanOf(a), B: meanOf(b)}
	if !slices.Equal(a.Source, b.Source) || !slices.Equal(a.Target, b.Target) || !slices.Equal(a.DelayMs, b.DelayMs) {
		w.Uncompared = "the synapses differ"
		return w
	}
	w.Synapses = len(a.Omega)
	for i := range a.Omega {
		if apart := math.Abs(a.Weight(i) - b.Weight(i)); apart > 0 {
			w.Others++
			w.Largest = max(w.Largest, apart)
		}
	}
	return w
}

func meanOf(f *record.FinalWeights) *float64 {
	sum := 0.0
	for i := range f.Omega {
		sum += f.Weight(i)
	}
	return experiment.Number(sum / float64(len(f.Omega)))
}
