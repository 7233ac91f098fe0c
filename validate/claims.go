package validate

import (
	"context"
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"einet/analysis"
	"einet/analysis/theory"
	"einet/dynamics"
	"einet/network"
	"einet/sim"
)

// NotShown is the verdict of a claim that holds where it must not: in one of its
// controls, or without what it is about. It is no failure, and no evidence.
const NotShown Verdict = "not shown"

// A Claim is what the source of a network says of it, held to a measurement. It passes
// if the measurement is within the bound, and that of no control is.
type Claim struct {
	Name     string         `json:"claim"`
	Measured *float64       `json:"measured"` // null where it could not be measured
	Unit     string         `json:"unit,omitempty"`
	Bound    string         `json:"bound"`
	Verdict  Verdict        `json:"verdict"`
	Controls []ClaimControl `json:"controls,omitempty"`
	Note     string         `json:"note,omitempty"`
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
	StatsMs     float64   // of the run that CV and balance are read from
	TrackingMs  float64   // at each frequency and trial
	Frequencies []float64
	Scales      []float64 // sizes for the scaling, relative; none: left out
}

// Full and Quick are the efforts of einet validate and of its --quick.
var (
	Full = Effort{
		Trials: 30, Factors: []float64{2, 1.2}, StatsMs: 5500,
		TrackingMs: 1000, Frequencies: []float64{5, 10, 20, 50}, Scales: []float64{0.5, 1, 2, 4},
	}
	Quick = Effort{Trials: 30, Factors: []float64{2}, StatsMs: 1500}
)

const trackingTrials = 4

// What controls take: they are far from the bounds.
const (
	controlTrials  = 4
	controlScales  = 3   // the smallest of the network's
	controlMs      = 300 // of cells without synapses
	unbalancedMs   = 60  // every neuron fires in every step, and that takes long
	steadyControls = 3
	chaosRuns      = 5
)

// Simulations is how many simulations RunClaims takes for a preset.
func (e Effort) Simulations(preset string) int {
	switch kindOf(preset) {
	case unknown:
		return 1
	case clocks:
		return 2
	case published:
		return 2 + experiment(preset).Seeds
	}
	n := 1 + steadyControls + (trackingTrials+1)*len(e.Frequencies) + len(e.Scales) + min(controlScales, len(e.Scales)) + controlTrials + chaosRuns
	for k := range e.Factors {
		n += (k+1)*e.Trials + 2*controlTrials
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
	net0   []float64 // mean net input of each population [mV]
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

// add holds a measurement to bounds, and the controls to the same; an infinite bound is
// none, and NaN one that is not to be met.
func (c *claims) add(name string, x float64, unit string, lo, hi float64, note string, controls ...control) *Claim {
	claim := Claim{Name: name, Measured: number(x), Unit: unit, Verdict: Fail, Note: note}
	switch {
	case math.IsInf(lo, -1) && math.IsInf(hi, 1):
		claim.Bound, claim.Verdict = "none", NotClaimed
	case math.IsNaN(lo) || math.IsNaN(hi):
		claim.Bound = "there is none"
	case math.IsInf(hi, 1):
		claim.Bound = fmt.Sprintf("at least %.3g", lo)
	case math.IsInf(lo, -1):
		claim.Bound = fmt.Sprintf("at most %.3g", hi)
	default:
		claim.Bound = fmt.Sprintf("%.3g to %.3g", lo, hi)
	}
	holds := func(x float64) bool { return x >= lo && x <= hi }
	if claim.Verdict != NotClaimed && holds(x) {
		claim.Verdict = Pass
	}
	for _, k := range controls {
		claim.Controls = append(claim.Controls, ClaimControl{k.name, number(k.x), !holds(k.x)})
		if claim.Verdict == Pass && holds(k.x) {
			claim.Verdict = NotShown
		}
	}
	c.List = append(c.List, claim)
	return &c.List[len(c.List)-1]
}

var inf = math.Inf(1)

// A steady is what is read from one run without its start.
type steady struct {
	populations []analysis.PopulationStatistics
	cv          float64   // of all neurons
	net         []float64 // mean net input of each population [mV], NaN for a source
	ratio, ks   float64   // of the first population with a membrane potential; NaN without

	intervals    []analysis.Histogram
	correlations [][]float64
}

// steady simulates a network for that many ms.
func (l *Lab) steady(ctx context.Context, b *built, ms float64) (*steady, error) {
	net := b.net
	discard, steps := int64(net.Steps(min(500, ms/3))), int64(net.Steps(ms))
	statistics := analysis.NewStatistics(sizes(net), net.Dt, discard)
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
	c.Intervals, c.Correlations, c.net0 = s.intervals, s.correlations, s.net
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

func (c *claims) balance(ctx context.Context, s *steady) error {
	list, err := c.steadyOf(ctx, []float64{unbalancedMs, controlMs, controlMs}, unbalanced(c.net), uncoupled(c.net), constantly(c.net, s.net))
	if err != nil {
		return err
	}
	runaway, alone, still := list[0], list[1], list[2]
	half := fmt.Sprintf(halfInhibition, c.net.Populations[0].Name)
	c.add("irregular firing: "+claimCV, s.cv, "", 0.5, 1.5, "a Poisson process has 1, a clock 0",
		control{withoutSynapses, alone.cv}, control{half, runaway.cv})
	c.add("excitation and inhibition cancel: "+claimRatio, s.ratio, "", 0, 0.3, "",
		control{withoutSynapses, alone.ratio}, control{half, runaway.ratio})
	c.add("fluctuations spread potentials near-uniformly from reset to threshold: KS distance to uniform", s.ks, "", 0, 0.15,
		fmt.Sprintf("%.3g where the whole external input drives the cells to fire as clocks", alone.ks), control{atMeanInput, still.ks})
	return nil
}

func (c *claims) clocks(ctx context.Context, s *steady) error {
	list, err := c.steadyOf(ctx, []float64{c.effort.StatsMs}, stronger(c.net, 20))
	if err != nil {
		return err
	}
	strong := list[0]
	period := 10 * math.Log(11)
	c.add("every neuron is a clock of period 10 ln 11 ms: mean rate", meanRate(s.populations), "Hz", 0.99*1000/period, 1.01*1000/period, "",
		control{strongCoupling, meanRate(strong.populations)})
	c.add("regular, not irregular, firing: "+claimCV, s.cv, "", 0, 0.05, "a Poisson process has 1, a clock 0", control{strongCoupling, strong.cv})
	c.add("not balanced: "+claimRatio, s.ratio, "", 0.5, inf, "excitation and inhibition do not cancel", control{strongCoupling, strong.ratio})
	return nil
}

// figures holds the network to the published figures of its preset.
func (c *claims) figures(ctx context.Context) error {
	x := experiment(c.preset)
	list, err := c.lab.Reproduce(ctx, x, c.net)
	if err != nil {
		return err
	}
	alone, _, err := c.lab.measure(ctx, x, uncoupled(c.net))
	if err != nil {
		return err
	}
	c.lab.progress()
	for i, r := range list {
		name := string(r.Quantity)
		if r.Population != "" {
			name = r.Population + ": " + name
		}
		note := r.Source
		if r.Published != nil {
			note = fmt.Sprintf("%g by %s", *r.Published, r.Source)
		}
		c.add(name, orNaN(r.Measured), r.Unit, r.Lo, r.Hi, note, control{withoutSynapses, alone[i]})
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
		fmt.Sprintf("%.3f at N %d, %.3f at N %d", first.Ratio, first.Neurons, last.Ratio, last.Neurons), control{weakScaling, exponent(alike)})
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

// limit is the balance limit of the network, nil where the theory has none for it.
func (c *claims) limit() *theory.System {
	s, err := theory.FromNetwork(c.net)
	if err != nil {
		return nil
	}
	return s
}

// response judges the population's response to a step of its input.
func (c *claims) response(ctx context.Context) error {
	if _, ok := stepped(c.net, 2, settleMs); !ok {
		c.LeftOut = append(c.LeftOut, "the response to a step of the input: the input is not constant")
		return nil
	}
	if len(c.effort.Factors) < 2 {
		c.LeftOut = append(c.LeftOut, "the response to a small step of the input")
	}
	var still []*Response // cells alone at the network's mean input
	for k, factor := range c.effort.Factors {
		// A small step stands out less from the network's own fluctuations.
		r, err := c.lab.respond(ctx, c.net, c.b.connectome, factor, (k+1)*c.effort.Trials)
		if err != nil {
			return err
		}
		alone, err := c.respondAs(ctx, uncoupled(c.net), factor)
		if err != nil {
			return err
		}
		rest, err := c.respondAs(ctx, constantly(c.net, c.net0), factor)
		if err != nil {
			return err
		}
		if k == 0 {
			c.Uncoupled = alone
		}
		c.Responses, still = append(c.Responses, r), append(still, rest)
		c.fast(r, alone, rest)
	}
	c.linear(still[0])
	return c.synchrony(ctx)
}

// respondAs is the response of a control network.
func (c *claims) respondAs(ctx context.Context, net *network.Network, factor float64) (*Response, error) {
	b, err := c.lab.build(ctx, net, 0)
	if err != nil {
		return nil, err
	}
	return c.lab.respond(ctx, net, b.connectome, factor, controlTrials)
}

// fast judges how fast the network responds, beside its cells without synapses at
// its external and at its net input.
func (c *claims) fast(r, alone, still *Response) {
	tau := c.net.Populations[0].TauM
	name := fmt.Sprintf("fast response to the input x %g: ", r.Factor)
	c.add(name+"time to half", float64(r.HalfMs), "ms", 0, tau,
		fmt.Sprintf("below tau_m %g ms, to the step of %g ms; %.3g ms where the whole external input drives the cells to fire as clocks", tau, c.net.Dt, alone.HalfMs),
		control{atMeanInput, float64(still.HalfMs)})
	c.add(name+"time to settle within 15 %", orNaN(r.Settle), "ms", 0, tau,
		fmt.Sprintf("from %.2f to %.2f Hz; peak %.1f, then %.1f Hz over 1 ms; %d trials", r.Before, r.After, r.PeakHz, r.UnderHz, r.Trials),
		control{withoutSynapses, orNaN(alone.Settle)})
}

// linear judges that rates go with the input, as fast as balance has it.
func (c *claims) linear(still *Response) {
	r := c.Responses[0]
	c.add(fmt.Sprintf("linear rates: rate ratio for the input x %g", r.Factor), r.After/r.Before, "", 0.9*r.Factor, 1.1*r.Factor, "",
		control{atMeanInput, still.After / still.Before})
	s := c.limit()
	if s == nil {
		c.LeftOut = append(c.LeftOut, "the slope of the rate: mean-field theory does not cover this network")
		return
	}
	slope := func(r *Response) float64 { return (r.After - r.Before) / (r.Factor - 1) }
	predicted, note := math.NaN(), "the weights admit no balanced state"
	if b := s.Balance(); b.Holds {
		predicted = b.Rates[0]
		note = fmt.Sprintf("the balance limit's %.2f Hz, to a factor of 1.5", predicted)
	}
	c.add("at the slope of the balance: rate per unit of the input", slope(r), "Hz", predicted/1.5, predicted*1.5, note,
		control{withoutSynapses, slope(c.Uncoupled)})
}

// synchronousOver is how many times its steady value a measure of synchrony is at a
// synchronous start.
const synchronousOver = 3

// synchrony judges how the synchronous start gives way.
func (c *claims) synchrony(ctx context.Context) error {
	locked, err := c.respondAs(ctx, synchronous(c.net), c.effort.Factors[0])
	if err != nil {
		return err
	}
	own, alone, sync := c.Responses[0].onset(), c.Uncoupled.onset(), locked.onset()
	c.add("synchronous start: rate of the first ms over the steady rate", own.first, "", synchronousOver, inf, "", control{withoutSynapses, alone.first})
	claim := c.add("which gives way: time until the count's variance/mean is steady", own.gaveWay(), "ms", 0, 30,
		fmt.Sprintf("%.3g in the first 10 ms, then %.3g", own.early, own.late),
		control{withoutSynapses, alone.gaveWay()}, control{longDelays, sync.gaveWay()})
	if !own.synchronous() {
		claim.Verdict = NotShown
		claim.Note += ": no synchronous start that gives way"
	}
	return nil
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
	if len(c.effort.Frequencies) == 0 {
		return nil
	}
	s := c.limit()
	if s == nil {
		c.LeftOut = append(c.LeftOut, "tracking of sinusoidal input: mean-field theory does not cover this network")
		return nil
	}
	net := uncoupled(c.net)
	b, err := c.lab.build(ctx, net, 0)
	if err != nil {
		return err
	}
	for _, f := range c.effort.Frequencies {
		t, err := c.lab.track(ctx, c.net, c.b.connectome, f, c.effort.TrackingMs, trackingTrials)
		if err != nil {
			return err
		}
		alone, err := c.lab.track(ctx, net, b.connectome, f, c.effort.TrackingMs, 1)
		if err != nil {
			return err
		}
		c.Tracking = append(c.Tracking, t)
		lag, gain := math.NaN(), math.NaN()
		note := fmt.Sprintf("gain %.2f; the weights admit no balanced state", t.Gain)
		if balance := s.Balance(); balance.Holds {
			r := s.Modulation(f)[0]
			lag, gain = -cmplx.Phase(r)/(2*math.Pi*f)*1000, cmplx.Abs(r)/balance.Rates[0]
			note = fmt.Sprintf("the balance limit's %.2f ms +- %g; gain %.2f, there %.2f; negative: it leads, for recurrent input lags by tau_syn", lag, lagWithinMs, t.Gain, gain)
		}
		c.add(fmt.Sprintf("tracks an input of %g Hz: lag of the rate", f), float64(t.LagMs), "ms", lag-lagWithinMs, lag+lagWithinMs, note,
			control{withoutSynapses, float64(alone.LagMs)})
	}
	return nil
}

// lagWithinMs is how far the lag may be from that of the balance limit [ms], either way.
const lagWithinMs = 1.0

// chaos judges what a lost spike does.
func (c *claims) chaos(ctx context.Context) error {
	var x, alone, driven Chaos
	err := c.lab.each(ctx, 2, func(ctx context.Context, i int) error {
		if i > 0 {
			b, err := c.lab.build(ctx, uncoupled(c.net), 1)
			if err != nil {
				return err
			}
			alone, _, err = c.lab.chaos(ctx, b)
			return err
		}
		var first []sim.Spike
		var err error
		if x, first, err = c.lab.chaos(ctx, c.b); err != nil {
			return err
		}
		driven, err = c.lab.driven(ctx, c.b, first, 1.1)
		return err
	})
	if err != nil {
		return err
	}
	c.add("chaos: time until half of the spikes differ after one is lost", x.DivergeMs, "ms", 0, 200,
		fmt.Sprintf("later %.2g of the spikes coincide, %.2g by chance", x.Coincident, x.ByChance), control{withoutSynapses, alone.DivergeMs})
	claim := c.add("which leaves the statistics alone: relative change of the rate", x.changed(), "", 0, 0.05, "",
		control{withoutSynapses, alone.changed()}, control{moreInput, driven.changed()})
	if math.IsNaN(x.DivergeMs) {
		claim.Verdict, claim.Note = NotShown, "no chaos that could change them"
	}
	return nil
}
