package validate

import (
	"context"
	"math"

	"einet/analysis"
	"einet/connectome"
	"einet/dynamics"
	"einet/network"
	"einet/sim"
)

// Times of the step experiment [ms]: the input steps after settle, and the
// rate is followed for follow. The steady rates are those of the last steady ms
// before the step and of the follow time.
const (
	settleMs = 200
	followMs = 100
	steadyMs = 50
	// binMs is the width of a bin of the rate; smoothBins are averaged where a
	// time to settle is read off.
	responseBinMs = 0.2
	smoothBins    = 5
	settledForMs  = 10
)

// Settled is how near to its final value a rate must come, as a fraction, to
// count as settled. It must stay there for settledForMs only: the fluctuations
// of a finite network leave every band some time.
const Settled = 0.15

// A Response is a population's rate when the external input of all populations
// is multiplied, averaged over trials: one connectome, other initial states.
type Response struct {
	Factor  float64   `json:"input_factor"`
	Trials  int       `json:"trials"`
	TimeMs  []float64 `json:"-"` // of each bin's middle, from the step
	RateHz  []float64 `json:"-"` // of the first population
	Before  float64   `json:"before_hz"`
	After   float64   `json:"after_hz"`
	HalfMs  Number    `json:"time_to_half_ms"`   // of the change, for 1 ms on average; NaN: not reached, or no rise
	Settle  *float64  `json:"time_to_settle_ms"` // within 15 % of After, for 10 ms; null: not while it was followed
	PeakHz  float64   `json:"peak_hz"`           // of the smoothed rate
	UnderHz float64   `json:"undershoot_hz"`     // its least after the peak

	perMs [][]int64 // [trial] the counts of the first population in bins of 1 ms
}

// stepped is net with its constant inputs multiplied from a time [ms] on; ok is
// false where an input is not constant.
func stepped(net *network.Network, factor, at float64) (stepped *network.Network, ok bool) {
	n := clone(net)
	for i := range n.Populations {
		dc, constant := n.Populations[i].Input.Constant()
		if !constant {
			return nil, false
		}
		n.Populations[i].Input = network.Input{network.DC(dc), network.Step{At: at, By: (factor - 1) * dc}}
	}
	return n, true
}

// respond measures the response to a step of the input on a connectome.
func (l *Lab) respond(ctx context.Context, net *network.Network, c *connectome.Connectome, factor float64, trials int) (*Response, error) {
	n, _ := stepped(net, factor, settleMs)
	steps := int64(n.Steps(settleMs + followMs))
	bin := max(1, n.Steps(responseBinMs))
	r := &Response{Factor: factor, Trials: trials, perMs: make([][]int64, trials)}
	counts := make([]*analysis.PopulationCounts, trials)
	err := l.each(ctx, trials, func(ctx context.Context, k int) error {
		trial := clone(n)
		trial.Trial = uint32(k)
		counts[k] = analysis.NewPopulationCounts(sizes(n), n.Dt, bin)
		perMs := analysis.NewPopulationCounts(sizes(n), n.Dt, max(1, n.Steps(1)))
		err := l.run(ctx, trial, c, steps, func(*dynamics.Model) []sim.Recorder {
			return []sim.Recorder{spikesTo(counts[k].Add), spikesTo(perMs.Add)}
		})
		r.perMs[k] = perMs.Counts(0, steps)
		return err
	})
	if err != nil {
		return nil, err
	}
	sum := make([]float64, steps/int64(bin))
	for _, c := range counts {
		for b, x := range c.Counts(0, steps) {
			sum[b] += float64(x)
		}
	}
	binMs := float64(bin) * n.Dt
	perBin := float64(trials) * float64(n.Populations[0].Size) * binMs / 1000
	for b := range sum {
		r.TimeMs = append(r.TimeMs, (float64(b)+0.5)*binMs-settleMs)
		r.RateHz = append(r.RateHz, sum[b]/perBin)
	}
	r.measure(binMs)
	return r, nil
}

// measure reads the response's numbers off the rate.
func (r *Response) measure(binMs float64) {
	r.Before = r.mean(-steadyMs, 0)
	r.After = r.mean(followMs-steadyMs, followMs)
	smooth := r.smooth()
	half := (r.Before + r.After) / 2
	r.HalfMs = Number(math.NaN())
	since, peak := 0.0, 0 // the time since when it is settled
	for b, t := range r.TimeMs {
		if t < 0 || math.IsNaN(smooth[b]) {
			continue
		}
		// One bin alone would pass for half by its noise.
		if math.IsNaN(float64(r.HalfMs)) && r.After > r.Before && r.RateHz[b] >= half && ahead(smooth, b) >= half {
			r.HalfMs = Number(t + binMs/2)
		}
		if !(math.Abs(smooth[b]/r.After-1) <= Settled) {
			since = t + binMs/2
		} else if r.Settle == nil && t+binMs/2-since >= settledForMs {
			r.Settle = number(since)
		}
		if peak == 0 || smooth[b] > smooth[peak] {
			peak = b
		}
	}
	r.PeakHz, r.UnderHz = smooth[peak], smooth[peak]
	for _, x := range smooth[peak:] {
		r.UnderHz = math.Min(r.UnderHz, orElse(x, r.UnderHz))
	}
}

// ahead is the mean of the bins from b on, NaN at the end.
func ahead(smooth []float64, b int) float64 {
	if b += smoothBins / 2; b < len(smooth) {
		return smooth[b]
	}
	return math.NaN()
}

// orElse is x, or y where x is NaN.
func orElse(x, y float64) float64 {
	if math.IsNaN(x) {
		return y
	}
	return x
}

// mean is the mean rate from one time to another [ms].
func (r *Response) mean(from, to float64) float64 {
	sum, n := 0.0, 0
	for b, t := range r.TimeMs {
		if t >= from && t < to {
			sum += r.RateHz[b]
			n++
		}
	}
	return sum / float64(n)
}

// smooth is the running mean over smoothBins bins, NaN at the ends.
func (r *Response) smooth() []float64 {
	list := make([]float64, len(r.RateHz))
	for b := range list {
		list[b] = math.NaN()
		if b < smoothBins/2 || b >= len(list)-smoothBins/2 {
			continue
		}
		sum := 0.0
		for _, x := range r.RateHz[b-smoothBins/2 : b+smoothBins/2+1] {
			sum += x
		}
		list[b] = sum / smoothBins
	}
	return list
}

// uncoupled is net without its recurrent synapses.
func uncoupled(net *network.Network) *network.Network {
	n := clone(net)
	n.Projections = nil
	return n
}

// onset tells how a synchronous start gives way, from the trials' counts in
// bins of 1 ms before the step: the rate of the first bin over the steady rate,
// and how long until the variance over the mean of the count is within half of
// its steady value for good, in windows of windowMs.
func (r *Response) onset() (firstOverSteady, steadyAfterMs, early, late float64) {
	const windowMs = 10
	bins := settleMs
	for _, counts := range r.perMs {
		bins = min(bins, len(counts)) // a grid coarser than 1 ms has fewer
	}
	windows := bins / windowMs
	ratio := make([]float64, windows)
	first, steady := 0.0, 0.0
	for _, counts := range r.perMs {
		for w, v := range analysis.VariancesToMean(counts[:bins], windowMs) {
			ratio[w] += v / float64(len(r.perMs))
		}
		first += float64(counts[0])
		for _, x := range counts[bins/2 : bins] {
			steady += float64(x) / float64(bins-bins/2)
		}
	}
	for _, v := range ratio[windows/2:] {
		late += v / float64(windows-windows/2)
	}
	for w := windows - 1; w >= 0; w-- {
		if !(math.Abs(ratio[w]/late-1) < 0.5) {
			steadyAfterMs = float64((w + 1) * windowMs)
			break
		}
	}
	return first / steady, steadyAfterMs, ratio[0], late
}
