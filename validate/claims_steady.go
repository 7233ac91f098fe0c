package validate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"einet/analysis"
	"einet/dynamics"
	"einet/network"
	"einet/sim"
)

// A steady is what is read from one run without its start.
type steady struct {
	populations []analysis.PopulationStatistics
	cv          float64   // of all neurons
	net         []float64 // mean net input of each population [mV], NaN for a source
	ratio, ks   float64   // of the first population with a membrane potential; NaN without

	intervals    []analysis.Histogram
	correlations [][]float64
}

// steady simulates a network for a time [ms].
func (l *Lab) steady(ctx context.Context, b *built, ms float64) (*steady, error) {
	net := b.net
	discard, steps := int64(net.Steps(min(500, ms/3))), int64(net.Steps(ms))
	statistics := analysis.NewStatistics(sizes(net), net.Dt, discard).WithPairs()
	intervals := analysis.NewIntervals(sizes(net), net.Dt, discard)
	var state *sim.StateSampler
	err := l.run(ctx, net, b.connectome, steps, func(m *dynamics.Model) []sim.Recorder {
		state = sim.NewStateSampler(m, discard, int64(max(1, net.Steps(5))))
		return []sim.Recorder{state, spikesTo(statistics.Add), spikesTo(intervals.Add)}
	})
	if err != nil {
		return nil, err
	}
	s := &steady{populations: statistics.Populations(steps), ratio: math.NaN(), ks: math.NaN()}
	s.cv = pooledCV(s.populations)
	for i := range net.Populations {
		s.intervals = append(s.intervals, intervals.Histogram(i))
		s.correlations = append(s.correlations, statistics.Pairs.Correlations(i, steps))
		s.net = append(s.net, state.Populations[i].Net.Mean())
	}
	if first := firstWithPotential(net); first >= 0 {
		pooled, p := &state.Populations[first], &net.Populations[first]
		s.ratio = analysis.NetOverExcitatory(pooled)
		s.ks = analysis.KSUniform(analysis.Histogram{Edges: pooled.Edges, Counts: pooled.Counts}, p.VReset, p.VTh.Mean())
	}
	return s, nil
}

func firstWithPotential(net *network.Network) int {
	return slices.IndexFunc(net.Populations, func(p network.Population) bool { return !p.Neuron.IsSource() })
}

// steadyOf are the steady states of control networks, for ms of each.
func (c *claims) steadyOf(ctx context.Context, ms []float64, nets ...*network.Network) ([]*steady, error) {
	list := make([]*steady, len(nets))
	err := c.lab.each(ctx, len(nets), func(ctx context.Context, i int) error {
		b, err := c.lab.build(ctx, nets[i], 1)
		if err != nil {
			return err
		}
		list[i], err = c.lab.steady(ctx, b, ms[i])
		return err
	})
	return list, err
}

const (
	claimCV    = "CV of inter-spike intervals"
	claimRatio = "mean |net| / mean excitatory and external input"
)

// steadyState runs the network once and judges irregularity, cancellation and
// potentials.
func (c *claims) steadyState(ctx context.Context) error {
	s, err := c.lab.steady(ctx, c.b, c.effort.StatsMs)
	if err != nil {
		return err
	}
	c.Intervals, c.Correlations, c.mean = s.intervals, s.correlations, s.net
	switch kindOf(c.preset) {
	case balanced:
		return c.balance(ctx, s)
	case clocks:
		return c.clocks(ctx, s)
	}
	c.add(claimCV, s.cv, "", -inf, inf, "")
	if firstWithPotential(c.net) >= 0 {
		c.add(claimRatio, s.ratio, "", -inf, inf, "")
		c.add("KS distance of potentials to uniform from reset to threshold", s.ks, "", -inf, inf, "")
	}
	return nil
}

// balance judges the steady state of a balanced network.
func (c *claims) balance(ctx context.Context, s *steady) error {
	list, err := c.steadyOf(ctx, []float64{unbalancedMs, controlMs, controlMs}, unbalanced(c.net), uncoupled(c.net), constantly(c.net, s.net))
	if err != nil {
		return err
	}
	runaway, alone, still := list[0], list[1], list[2]
	first := &c.net.Populations[0]
	half := fmt.Sprintf(halfInhibition, first.Name)
	c.add("irregular firing: "+claimCV, s.cv, "", 0.5, 1.5, "a Poisson process has 1, a clock 0",
		control{name: withoutSynapses, x: alone.cv}.becauseNaN(silent), control{name: half, x: runaway.cv}.becauseNaN(silent))
	c.add("excitation and inhibition cancel: "+claimRatio, s.ratio, "", 0, 0.3, "",
		control{name: withoutSynapses, x: alone.ratio}, control{name: half, x: runaway.ratio})

	threshold := first.VTh.Mean() - first.EL
	over := func(s *steady) float64 {
		if s.populations[0].Rate > 0 {
			return s.net[0] / threshold
		}
		return math.NaN() // nothing fires
	}
	c.add("fires on fluctuations: mean net input / threshold", over(s), "", -inf, 1, fmt.Sprintf("%.3g mV of %g mV", s.net[0], threshold),
		control{name: withoutSynapses, x: over(alone)}.becauseNaN(silent), control{name: half, x: over(runaway)}.becauseNaN(silent))
	c.driven, c.drivenAlone = drives(s.net[0], threshold), drives(alone.net[0], threshold)
	claim := c.add("potentials spread near-uniformly from reset to threshold: KS distance to uniform", s.ks, "", 0, 0.15, "",
		c.alone(alone.ks), control{name: atMeanInput, x: still.ks})
	c.onFluctuations(claim)
	return nil
}

// drives tells how a mean net input above the threshold makes clocks of cells, which
// then need no fluctuations to fire; empty for one below.
func drives(mV, threshold float64) string {
	if mV < threshold {
		return ""
	}
	return fmt.Sprintf("driven to fire as clocks by a mean input of %.3g mV", mV)
}

// alone is the control without synapses of a claim on cells that fire on fluctuations.
func (c *claims) alone(x float64) control {
	return control{name: withoutSynapses, x: x, note: c.drivenAlone, lacks: c.drivenAlone != ""}
}

// onFluctuations takes such a claim back where the network's cells don't.
func (c *claims) onFluctuations(x *Claim) {
	if c.driven != "" && x.Verdict != Fail {
		x.lacks(c.driven)
	}
}

// clocks judges vs96.
func (c *claims) clocks(ctx context.Context, s *steady) error {
	list, err := c.steadyOf(ctx, []float64{c.effort.StatsMs}, stronger(c.net, 20))
	if err != nil {
		return err
	}
	strong := list[0]
	period := 10 * math.Log(11)
	c.add("every neuron is a clock of period 10 ln 11 ms: mean rate", meanRate(s.populations), "Hz", 0.99*1000/period, 1.01*1000/period, "",
		control{name: strongCoupling, x: meanRate(strong.populations)})
	c.add("regular, not irregular, firing: "+claimCV, s.cv, "", 0, 0.05, "a Poisson process has 1, a clock 0", control{name: strongCoupling, x: strong.cv})
	c.add("not balanced: "+claimRatio, s.ratio, "", 0.5, inf, "excitation and inhibition do not cancel", control{name: strongCoupling, x: strong.ratio})
	return nil
}

// figures holds the network to the published figures of its preset.
func (c *claims) figures(ctx context.Context) error {
	x := experiment(c.preset)
	list, err := c.lab.reproduce(ctx, x, x.Figures, c.net)
	if err != nil {
		return err
	}
	alone, _, err := c.lab.measure(ctx, x, x.Figures, uncoupled(c.net))
	if err != nil {
		return err
	}
	c.lab.progress()
	without := make([]float64, len(x.Figures))
	if x.Without != nil {
		control := *x
		control.Set = slices.Concat(x.Set, x.Without)
		net, err := control.Load()
		if err == nil {
			without, _, err = c.lab.measure(ctx, &control, x.Figures, net)
		}
		if err != nil {
			return err
		}
		c.lab.progress()
	}
	for i, r := range list {
		name := string(r.Quantity)
		if r.Population != "" {
			name = r.Population + ": " + name
		}
		note := r.Source
		if r.Published != nil {
			note = fmt.Sprintf("%g by %s", *r.Published, r.Source)
		}
		controls := []control{{name: withoutSynapses, x: alone[i]}}
		if fluctuates := r.Quantity == Fano || r.Quantity == RateSD; fluctuates && x.Without != nil {
			controls = append(controls, control{name: strings.Join(x.Without, ", "), x: without[i]})
		}
		c.add(name, orNaN(r.Measured), r.Unit, r.Lo, r.Hi, note, controls...)
	}
	return nil
}

// pooledCV is the mean CV of all neurons that have one.
func pooledCV(list []analysis.PopulationStatistics) float64 {
	sum, n := 0.0, 0.0
	for _, p := range list {
		if p.CVOver > 0 {
			sum += p.CV * float64(p.CVOver)
			n += float64(p.CVOver)
		}
	}
	return sum / n
}

func meanRate(list []analysis.PopulationStatistics) float64 {
	sum, n := 0.0, 0.0
	for _, p := range list {
		sum += p.Rate * float64(p.Size)
		n += float64(p.Size)
	}
	return sum / n
}
