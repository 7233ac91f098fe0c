package validate

import (
	"context"
	"math"

	"einet/analysis"
	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"gonum.org/v1/gonum/stat"
)

// A Balance is how well excitation and inhibition cancel in a network of some
// size, in its first population.
type Balance struct {
	Neurons int    `json:"neurons"`
	Ratio   Number `json:"net_over_excitatory"` // mean |net input| over mean excitatory and external input
}

// balance measures the cancellation and the distribution of potentials.
func (l *Lab) balance(ctx context.Context, net *network.Network, workers int, ms float64) (Balance, []sim.PopulationState, error) {
	b, err := l.build(ctx, net, workers)
	if err != nil {
		return Balance{}, nil, err
	}
	var sampler *sim.StateSampler
	err = l.run(ctx, net, b.connectome, int64(net.Steps(ms)), func(m *dynamics.Model) []sim.Recorder {
		sampler = sim.NewStateSampler(m, int64(net.Steps(ms/4)), int64(max(1, net.Steps(5))))
		return []sim.Recorder{sampler}
	})
	if err != nil {
		return Balance{}, nil, err
	}
	return Balance{net.Neurons(), Number(analysis.NetOverExcitatory(&sampler.Populations[0]))}, sampler.Populations, nil
}

// exponent is the slope of log ratio against log N.
func exponent(list []Balance) float64 {
	var x, y []float64
	for _, b := range list {
		x, y = append(x, math.Log(float64(b.Neurons))), append(y, math.Log(float64(b.Ratio)))
	}
	_, slope := stat.LinearRegression(x, y, nil, false)
	return slope
}
