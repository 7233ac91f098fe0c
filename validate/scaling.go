package validate

import (
	"context"
	"fmt"
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

// scaling follows the cancellation over the size of the network.
func (c *claims) scaling(ctx context.Context) error {
	if len(c.effort.Scales) == 0 {
		c.LeftOut = append(c.LeftOut, "how the cancellation scales with N")
		return nil
	}
	var err error
	if c.Scaling, err = c.scaled(ctx, c.net, c.effort.Scales); err != nil {
		return err
	}
	alike, err := c.scaled(ctx, weak(c.net), c.effort.Scales[:min(controlScales, len(c.effort.Scales))])
	if err != nil {
		return err
	}
	first, last := c.Scaling[0], c.Scaling[len(c.Scaling)-1]
	c.add("the cancellation improves as 1/sqrt N: exponent", exponent(c.Scaling), "", -0.65, -0.35,
		fmt.Sprintf("%.3f at N %d, %.3f at N %d", first.Ratio, first.Neurons, last.Ratio, last.Neurons), control{name: weakScaling, x: exponent(alike)})
	return nil
}

// scaled is how a network's excitation and inhibition cancel at each of the scales.
func (c *claims) scaled(ctx context.Context, net *network.Network, scales []float64) (list []Balance, err error) {
	for _, s := range scales {
		n, err := net.Scaled(s)
		if err != nil {
			return nil, err
		}
		b, _, err := c.lab.balance(ctx, n, 0, 400)
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}
