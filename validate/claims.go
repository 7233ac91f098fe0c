package validate

import (
	"context"
	"fmt"
	"math"
	"slices"

	"einet/analysis"
	"einet/dynamics"
	"einet/network"
	"einet/sim"
)

// A Claim is what the source of a network says of it, held to a measurement.
type Claim struct {
	Name     string   `json:"claim"`
	Measured *float64 `json:"measured"` // null where it could not be measured
	Unit     string   `json:"unit,omitempty"`
	Bound    string   `json:"bound"`
	Verdict  Verdict  `json:"verdict"`
	Note     string   `json:"note,omitempty"`
}

// Claims is the outcome of all claims of one network, with the data of their
// figures.
type Claims struct {
	List      []Claim     `json:"claims"`
	LeftOut   []string    `json:"left_out,omitempty"`
	Responses []*Response `json:"responses,omitempty"` // the first for the larger step
	Uncoupled *Response   `json:"uncoupled,omitempty"`
	Scaling   []Balance   `json:"scaling,omitempty"`
	Tracking  []Tracking  `json:"tracking,omitempty"`

	Intervals    []analysis.Histogram `json:"-"` // of each population
	Correlations [][]float64          `json:"-"` // of pairs, of each population
}

// A kind of network decides what is claimed of it.
type kind int

const (
	unknown   kind = iota // measured, but nothing is claimed
	balanced              // van Vreeswijk & Sompolinsky (1996), Tian et al. (2020)
	clocks                // vs96
	published             // figures of it are in Published
)

// kindOf goes by the name of the preset.
func kindOf(preset string) kind {
	switch preset {
	case "ei", "tian2020":
		return balanced
	case "vs96":
		return clocks
	}
	if experiment(preset) != nil {
		return published
	}
	return unknown
}

// Effort is how much is simulated for the claims.
type Effort struct {
	Trials      int
	Factors     []float64 // of the input, the first 2
	Uncoupled   bool      // the cells without synapses beside them
	StatsMs     float64   // of the run that CV and balance are read from
	TrackingMs  float64   // at each frequency and trial
	Frequencies []float64
	Scales      []float64 // sizes for the scaling, relative; none: left out
}

// Full and Quick are the efforts of einet validate and of its --quick.
var (
	Full = Effort{
		Trials: 30, Factors: []float64{2, 1.2}, Uncoupled: true, StatsMs: 5500,
		TrackingMs: 1000, Frequencies: []float64{5, 10, 20, 50}, Scales: []float64{0.5, 1, 2, 4},
	}
	Quick = Effort{Trials: 30, Factors: []float64{2}, StatsMs: 1500}
)

const trackingTrials = 4

// Simulations is how many simulations RunClaims takes for a preset.
func (e Effort) Simulations(preset string) int {
	switch kindOf(preset) {
	case unknown, clocks:
		return 1
	case published:
		return 1 + experiment(preset).Seeds
	}
	n := 1 + trackingTrials*len(e.Frequencies) + len(e.Scales) + 2
	for k := range e.Factors {
		n += (k + 1) * e.Trials
	}
	if e.Uncoupled {
		n += e.Trials
	}
	return n
}

// claims gathers them.
type claims struct {
	Claims
	lab    *Lab
	net    *network.Network
	preset string
	effort Effort
	b      *built
}

// RunClaims measures what the source of a preset claims of its network, and the
// basic statistics of any other.
func (l *Lab) RunClaims(ctx context.Context, net *network.Network, preset string, effort Effort) (*Claims, error) {
	b, err := l.build(ctx, net, 0)
	if err != nil {
		return nil, err
	}
	c := &claims{lab: l, net: net, preset: preset, effort: effort, b: b}
	if err := c.steadyState(ctx); err != nil {
		return nil, err
	}
	switch kindOf(preset) {
	case unknown, clocks:
		return &c.Claims, nil
	case published:
		return &c.Claims, c.figures(ctx)
	}
	for _, part := range []func(context.Context) error{c.scaling, c.response, c.tracking, c.chaos} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	return &c.Claims, nil
}

// add holds a measurement to bounds; an infinite one is none.
func (c *claims) add(name string, x float64, unit string, lo, hi float64, note string) {
	claim := Claim{Name: name, Measured: number(x), Unit: unit, Verdict: Fail, Note: note}
	switch {
	case math.IsInf(lo, -1) && math.IsInf(hi, 1):
		claim.Bound, claim.Verdict = "none", NotClaimed
	case math.IsInf(hi, 1):
		claim.Bound = fmt.Sprintf("at least %.3g", lo)
	case math.IsInf(lo, -1):
		claim.Bound = fmt.Sprintf("at most %.3g", hi)
	default:
		claim.Bound = fmt.Sprintf("%.3g to %.3g", lo, hi)
	}
	if claim.Verdict != NotClaimed && x >= lo && x <= hi {
		claim.Verdict = Pass
	}
	c.List = append(c.List, claim)
}

var inf = math.Inf(1)

// steadyState runs the network once and judges irregularity, cancellation and
// potentials.
func (c *claims) steadyState(ctx context.Context) error {
	discard := int64(c.net.Steps(min(500, c.effort.StatsMs/3)))
	steps := int64(c.net.Steps(c.effort.StatsMs))
	statistics := analysis.NewStatistics(sizes(c.net), c.net.Dt, discard)
	intervals := analysis.NewIntervals(sizes(c.net), c.net.Dt, discard)
	var state *sim.StateSampler
	err := c.lab.run(ctx, c.net, c.b.connectome, steps, func(m *dynamics.Model) []sim.Recorder {
		state = sim.NewStateSampler(m, discard, int64(max(1, c.net.Steps(5))))
		return []sim.Recorder{state, spikesTo(statistics.Add), spikesTo(intervals.Add)}
	})
	if err != nil {
		return err
	}
	for i := range c.net.Populations {
		c.Intervals = append(c.Intervals, intervals.Histogram(i))
		c.Correlations = append(c.Correlations, statistics.Pairs.Correlations(i, steps))
	}
	populations := statistics.Populations(steps)
	cv := pooledCV(populations)
	first := slices.IndexFunc(c.net.Populations, func(p network.Population) bool { return !p.Neuron.IsSource() })
	if first < 0 {
		c.add("CV of inter-spike intervals", cv, "", -inf, inf, "")
		return nil
	}
	pooled, p := &state.Populations[first], &c.net.Populations[first]
	ratio := analysis.NetOverExcitatory(pooled)
	ks := analysis.KSUniform(analysis.Histogram{Edges: pooled.Edges, Counts: pooled.Counts}, p.VReset, p.VTh.Mean())
	switch kindOf(c.preset) {
	case balanced:
		c.add("irregular firing: CV of inter-spike intervals", cv, "", 0.5, 1.5, "a Poisson process has 1, a clock 0")
		c.add("excitation and inhibition cancel: mean |net| / mean excitatory and external input", ratio, "", 0, 0.3, "")
		c.add("potentials spread near-uniformly from reset to threshold: KS distance to uniform", ks, "", 0, 0.15, "")
	case clocks:
		period := 10 * math.Log(11)
		c.add("every neuron is a clock of period 10 ln 11 ms: mean rate", meanRate(populations), "Hz", 0.99*1000/period, 1.01*1000/period, "")
		c.add("regular, not irregular, firing: CV of inter-spike intervals", cv, "", 0, 0.05, "a Poisson process has 1, a clock 0")
		c.add("not balanced: mean |net| / mean excitatory and external input", ratio, "", 0.5, inf, "excitation and inhibition do not cancel")
	default:
		c.add("CV of inter-spike intervals", cv, "", -inf, inf, "")
		c.add("mean |net| / mean excitatory and external input", ratio, "", -inf, inf, "")
		c.add("KS distance of potentials to uniform from reset to threshold", ks, "", -inf, inf, "")
	}
	return nil
}

// figures holds the network to the published figures of its preset.
func (c *claims) figures(ctx context.Context) error {
	x := experiment(c.preset)
	list, err := c.lab.reproduce(ctx, x, x.Figures, c.net)
	if err != nil {
		return err
	}
	for _, r := range list {
		name := string(r.Quantity)
		if r.Population != "" {
			name = r.Population + ": " + name
		}
		note := r.Source
		if r.Published != nil {
			note = fmt.Sprintf("%g by %s", *r.Published, r.Source)
		}
		c.add(name, orNaN(r.Measured), r.Unit, r.Lo, r.Hi, note)
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

// scaling follows the cancellation over the size of the network.
func (c *claims) scaling(ctx context.Context) error {
	if len(c.effort.Scales) == 0 {
		c.LeftOut = append(c.LeftOut, "how the cancellation scales with N")
		return nil
	}
	for _, s := range c.effort.Scales {
		net, err := c.net.Scaled(s)
		if err != nil {
			return err
		}
		b, _, err := c.lab.balance(ctx, net, 0, 400)
		if err != nil {
			return err
		}
		c.Scaling = append(c.Scaling, b)
	}
	first, last := c.Scaling[0], c.Scaling[len(c.Scaling)-1]
	c.add("the cancellation improves as 1/sqrt N: exponent", exponent(c.Scaling), "", -0.65, -0.35,
		fmt.Sprintf("%.3f at N %d, %.3f at N %d", first.Ratio, first.Neurons, last.Ratio, last.Neurons))
	return nil
}

// response judges the population's response to a step of its input.
func (c *claims) response(ctx context.Context) error {
	if _, ok := stepped(c.net, 2, settleMs); !ok {
		c.LeftOut = append(c.LeftOut, "the response to a step of the input: the input is not constant")
		return nil
	}
	tau := c.net.Populations[0].TauM
	// A small step stands out less from the network's own fluctuations.
	if len(c.effort.Factors) < 2 {
		c.LeftOut = append(c.LeftOut, "the response to a small step of the input")
	}
	for k, factor := range c.effort.Factors {
		r, err := c.lab.respond(ctx, c.net, c.b.connectome, factor, (k+1)*c.effort.Trials)
		if err != nil {
			return err
		}
		c.Responses = append(c.Responses, r)
		name := fmt.Sprintf("fast response to the input x %g: ", factor)
		c.add(name+"time to half", float64(r.HalfMs), "ms", 0, tau, fmt.Sprintf("below tau_m %g ms", tau))
		c.add(name+"time to settle within 15 %", orNaN(r.Settle), "ms", 0, tau,
			fmt.Sprintf("from %.2f to %.2f Hz; peak %.1f, then %.1f Hz over 1 ms; %d trials", r.Before, r.After, r.PeakHz, r.UnderHz, r.Trials))
	}
	if err := c.compareUncoupled(ctx); err != nil {
		return err
	}
	c.add("linear rates: rate ratio when the input doubles", c.Responses[0].After/c.Responses[0].Before, "", 1.8, 2.2, "")
	first, after, early, late := c.Responses[0].onset()
	c.add("synchronous start: rate of the first ms over the steady rate", first, "", 3, inf, "")
	c.add("which gives way: time until the count's variance/mean is steady", after, "ms", 0, 30,
		fmt.Sprintf("%.3g in the first 10 ms, then %.3g", early, late))
	return nil
}

// compareUncoupled judges whether the network is faster than its cells alone.
func (c *claims) compareUncoupled(ctx context.Context) (err error) {
	if !c.effort.Uncoupled {
		c.LeftOut = append(c.LeftOut, "the response of the cells without synapses")
		return nil
	}
	if c.Uncoupled, err = c.uncoupled(ctx); err != nil {
		return err
	}
	settle, note := inf, "without recurrent synapses it does not settle while it is followed"
	if s := c.Uncoupled.Settle; s != nil {
		settle, note = *s, fmt.Sprintf("without recurrent synapses %.1f ms", *s)
	}
	c.add("the network is faster than its cells: time to settle, x 2", orNaN(c.Responses[0].Settle), "ms", 0, math.Min(settle, followMs), note)
	return nil
}

// uncoupled is the response of the same cells without synapses.
func (c *claims) uncoupled(ctx context.Context) (*Response, error) {
	net := uncoupled(c.net)
	b, err := c.lab.build(ctx, net, 1)
	if err != nil {
		return nil, err
	}
	return c.lab.respond(ctx, net, b.connectome, 2, c.effort.Trials)
}

func orNaN(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

// tracking judges how the rate follows sinusoids.
func (c *claims) tracking(ctx context.Context) error {
	if _, ok := stepped(c.net, 2, settleMs); !ok {
		return nil
	}
	if len(c.effort.Frequencies) == 0 {
		c.LeftOut = append(c.LeftOut, "tracking of sinusoidal input")
	}
	for _, f := range c.effort.Frequencies {
		t, err := c.lab.track(ctx, c.net, c.b.connectome, f, c.effort.TrackingMs, trackingTrials)
		if err != nil {
			return err
		}
		c.Tracking = append(c.Tracking, t)
		c.add(fmt.Sprintf("tracks an input of %g Hz: lag of the rate", f), float64(t.LagMs), "ms", -inf, 2,
			fmt.Sprintf("gain %.2f; negative: it leads, for recurrent input lags by tau_syn", t.Gain))
	}
	return nil
}

// chaos judges what a lost spike does.
func (c *claims) chaos(ctx context.Context) error {
	x, err := c.lab.chaos(ctx, c.b)
	if err != nil {
		return err
	}
	c.add("chaos: time until half of the spikes differ after one is lost", x.DivergeMs, "ms", 0, 200,
		fmt.Sprintf("later %.2g of the spikes coincide, %.2g by chance", x.Coincident, x.ByChance))
	c.add("which leaves the statistics alone: relative change of the rate", math.Abs(x.RateChanged), "", 0, 0.05, "")
	return nil
}
