package sweep

import (
	"context"
	"math"
	"sync"

	"golang.org/x/sync/errgroup"

	"einet/analysis/theory"
	"einet/network"
)

// A prediction is what mean-field theory says of a point; NaN where it says nothing.
type prediction struct {
	place    []int // of each population in the rest; -1 of sources
	rate, cv []float64
	external []float64
	balance  []float64
	unstable float64 // modes that grow
	hz       float64 // of the one that is nearest to the boundary
}

// A theoryColumn is a prediction for a population, as the table and the arrays have it.
type theoryColumn struct {
	name, unit, text string
	of               func(p *prediction, population int) float64
}

var theoryColumns = []theoryColumn{
	{"theory_rate_hz", "Hz", "by mean-field theory, as einet theory has it", func(p *prediction, i int) float64 { return p.at(p.rate, i) }},
	{"theory_cv_isi", "", "likewise", func(p *prediction, i int) float64 { return p.at(p.cv, i) }},
	{"theory_external_over_threshold", "", "mean external input over what takes the potential to the threshold", func(p *prediction, i int) float64 { return p.at(p.external, i) }},
	{"theory_recurrent_balance", "", "recurrent input where all populations fire at one rate: 1 is excitation alone, -1 inhibition alone, 0 where they cancel", func(p *prediction, i int) float64 { return p.at(p.balance, i) }},
	{"theory_unstable_modes", "", "modes of the stationary state that grow, of the whole network; 0 is stable", func(p *prediction, i int) float64 { return p.ofAll(p.unstable, i) }},
	{"theory_mode_hz", "Hz", "frequency of the mode that is nearest to the boundary of stability, likewise", func(p *prediction, i int) float64 { return p.ofAll(p.hz, i) }},
}

func (p *prediction) at(values []float64, population int) float64 {
	if values == nil || p.place[population] < 0 {
		return math.NaN()
	}
	return values[p.place[population]]
}

func (p *prediction) ofAll(value float64, population int) float64 {
	if p.place == nil || p.place[population] < 0 {
		return math.NaN()
	}
	return value
}

// predict predicts every point, of one of its networks, in parallel. It returns why there is no theory of the first that has none.
func (w *work) predict(ctx context.Context, workers int) (predictions []*prediction, none error) {
	seeds := len(w.plan.Seeds)
	predictions = make([]*prediction, len(w.plan.Runs)/seeds)
	var first sync.Once
	var g errgroup.Group
	g.SetLimit(workers)
	for k := range predictions {
		predictions[k] = &prediction{}
		net := w.plan.Runs[k*seeds].net
		if net == nil {
			continue
		}
		g.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			p, err := predicted(ctx, net)
			if err != nil {
				first.Do(func() { none = err })
			}
			predictions[k] = p
			return nil
		})
	}
	_ = g.Wait()
	return predictions, none
}

func predicted(ctx context.Context, net *network.Network) (*prediction, error) {
	p := &prediction{unstable: math.NaN(), hz: math.NaN()}
	system, err := theory.FromNetwork(net)
	if err != nil {
		return p, err
	}
	n := 0
	for i := range net.Populations {
		if net.Populations[i].Neuron.IsSource() {
			p.place = append(p.place, -1)
			continue
		}
		p.place = append(p.place, n)
		p.external, p.balance = append(p.external, system.ExternalOverThreshold(n)), append(p.balance, system.RecurrentBalance(n))
		n++
	}
	full, err := system.Solve(ctx, theory.Correction{Colour: true, Quenched: true})
	if err != nil {
		return p, nil // of some points there is no state, and that is no fault of the theory
	}
	for _, s := range full {
		p.rate, p.cv = append(p.rate, s.Rate), append(p.cv, s.CV)
	}
	if s, err := system.Stability(ctx); err == nil {
		p.unstable, p.hz = float64(s.Unstable), s.Hz
	}
	return p, nil
}
