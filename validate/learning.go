package validate

import (
	"context"
	"errors"
	"math"

	"einet/analysis"
	"einet/connectome"
	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"gonum.org/v1/gonum/stat"
)

// Quantities of the weights of a projection with long-term plasticity, at the end.
const (
	MeanWeight  Quantity = "mean weight"               // a part of w_max
	LowWeights  Quantity = "weights below a tenth"     // of w_max, the share of all synapses
	HighWeights Quantity = "weights above nine tenths" // likewise
	lowWeight            = dynamics.One / 10
	highWeight           = dynamics.One - lowWeight
)

var errNoWeights = errors.New("this engine does not tell the weights of long-term plasticity")

// ofWeights tells whether a quantity is one of a projection's weights.
func (q Quantity) ofWeights() bool { return q == MeanWeight || q == LowWeights || q == HighWeights }

// weights reads those of an engine's projections that figures ask for, and gives each quantity its value.
func weights(net *network.Network, e sim.Engine, figures []Figure, values []float64) error {
	read := map[int][]uint32{}
	for i, f := range figures {
		if !f.Quantity.ofWeights() {
			continue
		}
		k := net.Projection(f.Population)
		if k < 0 || !net.Projections[k].Plasticity.Is() { // a control
			values[i] = math.NaN()
			continue
		}
		if read[k] == nil {
			w, can := e.(sim.Weigher)
			if !can {
				return errNoWeights
			}
			var err error
			if read[k], err = w.Weights(k, nil); err != nil {
				return err
			}
		}
		values[i] = f.Quantity.of(read[k])
	}
	return nil
}

// of is the value of a quantity of weights.
func (q Quantity) of(weights []uint32) float64 {
	sum := 0.0
	for _, omega := range weights {
		switch {
		case q == MeanWeight:
			sum += float64(omega) / dynamics.One
		case q == LowWeights && omega < lowWeight, q == HighWeights && omega > highWeight:
			sum++
		}
	}
	return sum / float64(len(weights))
}

// A learnt is what inhibitory plasticity has made of its targets, over the last part of a run.
type learnt struct {
	rate, cv float64 // of the targets [Hz]
	net      float64 // mean over the targets of |mean net input| over mean excitatory and external input
	alike    float64 // correlation over the targets of mean inhibitory with mean excitatory and external input
	seen     float64 // rate of the targets as the synapses see it [Hz]
	weight   float64 // mean at the end, in the unit of the network
}

// learn simulates a network for ms, and looks at the projection k and its targets over the last window ms. Where the projection does
// not learn, its weights stay as they are. tau is that of the rule [ms].
func (l *Lab) learn(ctx context.Context, net *network.Network, k int, tau, ms, window float64) (*learnt, error) {
	b, err := l.build(ctx, net, 1)
	if err != nil {
		return nil, err
	}
	p := &net.Projections[k]
	target, source := net.Population(p.To), net.Population(p.From)
	from, to := int64(net.Steps(ms-window)), int64(net.Steps(ms))
	fired := &spikeTrains{net: net, from: from, steps: make([][]int64, net.Neurons())}
	statistics := analysis.NewStatistics(sizes(net), net.Dt, from)
	size := net.Populations[target].Size
	exc, inh := make([]float64, size), make([]float64, size)
	out := &learnt{weight: p.Weight.Mean()}
	var delay int
	err = l.runThen(ctx, net, b.connectome, to, func(m *dynamics.Model) []sim.Recorder {
		delay = m.Projections[k].Delay
		inputs := sim.NewSampler(m, sim.Selection{Population: target, Variables: []string{"exc", "inh", "ext"}}, int64(max(1, net.Steps(5))), func(step int64, s *sim.NeuronState) error {
			if step > from {
				e, i, x := s.Exc(), s.Inh(), s.Ext()
				for n := range e {
					exc[n] += float64(e[n]) + float64(x[n])
					inh[n] += float64(i[n])
				}
			}
			return nil
		})
		return []sim.Recorder{spikesTo(fired.add), spikesTo(statistics.Add), inputs}
	}, func(e sim.Engine) error {
		if w, can := e.(sim.Weigher); can && p.Plasticity.Is() {
			all, err := w.Weights(k, nil)
			out.weight = MeanWeight.of(all) * p.Plasticity.Bounds().Max
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	trains := statistics.Populations(to)[target : target+1]
	out.rate, out.cv = meanRate(trains), pooledCV(trains)
	for n := range exc {
		out.net += math.Abs(exc[n]+inh[n]) / exc[n] / float64(size)
		inh[n] = -inh[n]
	}
	out.alike = stat.Correlation(exc, inh, nil)
	out.seen, err = seen(&b.connectome.Projections[k], fired.of(source), fired.of(target), delay, tau/net.Dt)
	out.seen *= 1000 / net.Dt
	return out, err
}

// spikeTrains are the steps at which neurons fire, from a step on.
type spikeTrains struct {
	net   *network.Network
	from  int64
	steps [][]int64 // by global id
}

func (t *spikeTrains) add(spikes []sim.Spike) {
	for _, s := range spikes {
		if int64(s.Step) > t.from {
			t.steps[s.Neuron] = append(t.steps[s.Neuron], int64(s.Step))
		}
	}
}

// of are those of a population.
func (t *spikeTrains) of(population int) [][]int64 {
	first := 0
	for _, p := range t.net.Populations[:population] {
		first += p.Size
	}
	return t.steps[first : first+t.net.Populations[population].Size]
}

// seen is the mean rate [per step] of targets as synapses see it whose rule is symmetric: what coincides with a source's spike within tau [steps], that is
// the sum of e^(-|distance|/tau) over the pairs of spikes, over 2 tau and the number of the sources' spikes. Of independent trains it is the targets' rate.
func seen(c *connectome.Projection, sources, targets [][]int64, delay int, tau float64) (float64, error) {
	pairs, spikes := 0.0, 0
	err := c.Each(func(source, target int, _, more uint32) error {
		pre, post := sources[source], targets[target]
		spikes += len(pre)
		d := int64(delay) + int64(more)
		i, k, at, x, y := 0, 0, int64(0), 0.0, 0.0
		for i < len(pre) || k < len(post) {
			next := int64(math.MaxInt64)
			if i < len(pre) {
				next = pre[i]
			}
			if k < len(post) {
				next = min(next, post[k]+d)
			}
			decay := math.Exp(-float64(next-at) / tau)
			x, y, at = x*decay, y*decay, next
			behindX, behindY := x, y // neither of a step sees the other
			if k < len(post) && post[k]+d == next {
				pairs, behindY, k = pairs+x, y+1, k+1
			}
			if i < len(pre) && pre[i] == next {
				pairs, behindX, i = pairs+y, x+1, i+1
			}
			x, y = behindX, behindY
		}
		return nil
	})
	return pairs / (2 * tau * float64(spikes)), err
}
