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
	controlTrials = 4
	controlScales = 3   // the smallest of the network's
	controlMs     = 300 // of cells without synapses
	unbalancedMs  = 60  // every neuron fires in every step, and that takes long

	steadyControls, responseControls = 3, 3
	chaosRuns                        = 5
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
	n := 1 + steadyControls + (trackingTrials+1)*len(e.Frequencies) + len(e.Scales) + min(controlScales, len(e.Scales)) + chaosRuns
	for k := range e.Factors {
		n += (k+1)*e.Trials + responseControls*controlTrials
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

	mean        []float64 // net input of each population [mV]
	driven      string    // by what its cells are driven to fire as clocks; empty: they fire on fluctuations
	drivenAlone string    // the same of the cells without synapses
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
		fails := k.lacks || !holds(k.x)
		claim.Controls = append(claim.Controls, ClaimControl{k.name, number(k.x), fails, k.note})
		if claim.Verdict == Pass && !fails {
			claim.Verdict = NotShown
		}
	}
	c.List = append(c.List, claim)
	return &c.List[len(c.List)-1]
}

// lacks takes a claim that does not fail back where what it presumes is missing.
func (x *Claim) lacks(note string) {
	if x.Verdict == Pass || x.Measured == nil {
		x.Verdict = NotShown
	}
	x.Note = note
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
	for i, r := range list {
		name := string(r.Quantity)
		if r.Population != "" {
			name = r.Population + ": " + name
		}
		note := r.Source
		if r.Published != nil {
			note = fmt.Sprintf("%g by %s", *r.Published, r.Source)
		}
		c.add(name, orNaN(r.Measured), r.Unit, r.Lo, r.Hi, note, control{name: withoutSynapses, x: alone[i]})
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
	controls := make([]*built, responseControls)
	for i, net := range []*network.Network{uncoupled(c.net), constantly(c.net, c.mean), synchronous(c.net)} {
		var err error
		if controls[i], err = c.lab.build(ctx, net, 0); err != nil {
			return err
		}
	}
	var first beside
	for k, factor := range c.effort.Factors {
		// A small step stands out less from the network's own fluctuations.
		r, err := c.lab.respond(ctx, c.net, c.b.connectome, factor, (k+1)*c.effort.Trials)
		if err != nil {
			return err
		}
		var list [responseControls]*Response
		for i, b := range controls {
			if list[i], err = c.lab.respond(ctx, b.net, b.connectome, factor, controlTrials); err != nil {
				return err
			}
		}
		o := beside{list[0], list[1], list[2]}
		c.Responses = append(c.Responses, r)
		c.fast(r, o)
		if k == 0 {
			c.Uncoupled, first = o.alone, o
		}
	}
	c.linear(c.Responses[0], first)
	c.synchrony(c.Responses[0], first)
	return nil
}

// What stands beside a response: those of the cells without synapses, at the network's
// external and at its net input, and that of the synchronous network.
type beside struct{ alone, still, locked *Response }

// fast judges how fast the network responds.
func (c *claims) fast(r *Response, o beside) {
	tau := c.net.Populations[0].TauM
	name := fmt.Sprintf("fast response to the input x %g: ", r.Factor)
	claim := c.add(name+"time to half", float64(r.HalfMs), "ms", 0, tau/10, fmt.Sprintf("a tenth of tau_m %g ms; measured to the step, %g ms", tau, c.net.Dt),
		c.alone(float64(o.alone.HalfMs)).becauseNaN(noRise), control{name: atMeanInput, x: float64(o.still.HalfMs)}.becauseNaN(noRise))
	c.onFluctuations(claim)
	never := fmt.Sprintf("not within %d ms", followMs)
	claim = c.add(name+"time to settle within 15 %", orNaN(r.Settle), "ms", 0, tau,
		fmt.Sprintf("from %.2f to %.2f Hz; peak %.1f, then %.1f Hz over 1 ms; %d trials", r.Before, r.After, r.PeakHz, r.UnderHz, r.Trials),
		c.alone(orNaN(o.alone.Settle)).becauseNaN(never), control{name: atMeanInput, x: orNaN(o.still.Settle)}.becauseNaN(never),
		control{name: longDelays, x: orNaN(o.locked.Settle)}.becauseNaN(never))
	c.onFluctuations(claim)
}

// linear judges that rates go with the input, as fast as balance has it.
func (c *claims) linear(r *Response, o beside) {
	claim := c.add(fmt.Sprintf("linear rates: rate ratio for the input x %g", r.Factor), r.After/r.Before, "", 0.9*r.Factor, 1.1*r.Factor, "",
		c.alone(finite(o.alone.After/o.alone.Before)).becauseNaN("silent before the step"), control{name: atMeanInput, x: finite(o.still.After / o.still.Before)}.becauseNaN("silent before the step"))
	c.onFluctuations(claim)
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
		control{name: withoutSynapses, x: slope(o.alone)})
}

// synchronousOver is how many times its steady value a measure of synchrony is at a
// synchronous start.
const synchronousOver = 3

// synchrony judges how the synchronous start gives way.
func (c *claims) synchrony(r *Response, o beside) {
	own, alone, sync := r.onset(), o.alone.onset(), o.locked.onset()
	c.add("synchronous start: rate of the first ms over the steady rate", own.first, "", synchronousOver, inf, "",
		control{name: withoutSynapses, x: alone.first}.becauseNaN(silent))
	claim := c.add("which gives way: time until the count's variance/mean is steady", own.gaveWay(), "ms", 0, 30, own.String(),
		control{withoutSynapses, alone.gaveWay(), alone.String(), false}, control{longDelays, sync.gaveWay(), sync.String(), false})
	if !(own.early >= synchronousOver*alone.early) {
		claim.lacks(own.String() + ": no start more synchronous than that of cells without synapses")
	}
}

// finite is x, or NaN where it is infinite.
func finite(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
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
		lag := math.NaN()
		note := fmt.Sprintf("gain %.2f; the weights admit no balanced state", t.Gain)
		if balance := s.Balance(); balance.Holds {
			r := s.Modulation(f)[0]
			lag = -cmplx.Phase(r) / (2 * math.Pi * f) * 1000
			note = fmt.Sprintf("the balance limit's %.2f ms +- %g; gain %.2f, there %.2f; negative: it leads, for recurrent input lags by tau_syn",
				lag, lagWithinMs, t.Gain, cmplx.Abs(r)/balance.Rates[0])
		}
		c.add(fmt.Sprintf("tracks an input of %g Hz: lag of the rate", f), float64(t.LagMs), "ms", lag-lagWithinMs, lag+lagWithinMs, note,
			control{name: withoutSynapses, x: float64(alone.LagMs)}.becauseNaN(silent))
	}
	return nil
}

// lagWithinMs is how far the lag may be from that of the balance limit [ms], either way.
const lagWithinMs = 2.0

// chaos judges what a lost spike does.
func (c *claims) chaos(ctx context.Context) error {
	var x, alone, driven Chaos
	more, constant := stepped(c.net, 1.1, chaosLostMs)
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
		if constant {
			driven, err = c.lab.driven(ctx, c.b, first, more)
		}
		return err
	})
	if err != nil {
		return err
	}
	c.add("chaos: time until half of the spikes differ after one is lost", x.DivergeMs, "ms", 0, 200,
		fmt.Sprintf("later %.2g of the spikes coincide, %.2g by chance", x.Coincident, x.ByChance),
		control{name: withoutSynapses, x: alone.DivergeMs}.becauseNaN(noChaos))
	controls := []control{control{name: withoutSynapses, x: alone.changed()}.becauseNaN(noChaos)}
	if constant {
		controls = append(controls, control{name: moreInput, x: driven.changed()}.becauseNaN(noChaos))
	}
	claim := c.add("which leaves the statistics alone: relative change of the rate", x.changed(), "", 0, 0.05, "", controls...)
	if math.IsNaN(x.DivergeMs) {
		claim.lacks(noChaos)
	}
	return nil
}
