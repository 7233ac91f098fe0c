package validate

import (
	"context"
	"fmt"
	"math"

	"einet/analysis"
	"einet/analysis/theory"
	"einet/network"
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
	learning              // Vogels et al. (2011)
	published             // figures of it are in Published
)

// kindOf goes by the name of the preset.
func kindOf(preset string) kind {
	switch preset {
	case "ei", "tian2020":
		return balanced
	case "vs96":
		return clocks
	case "vogels2011":
		return learning
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
	case learning:
		return 1 + learningRuns
	case published:
		n := 2 + experiment(preset).Seeds
		if experiment(preset).Without != nil {
			n++
		}
		return n
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
	case learning:
		return &c.Claims, c.learning(ctx)
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

// limit is the balance limit of the network, nil where the theory has none for it.
func (c *claims) limit() *theory.System {
	s, err := theory.FromNetwork(c.net)
	if err != nil {
		return nil
	}
	return s
}

func orNaN(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}
