package validate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"einet/analysis"
	"einet/connectome"
	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// Times of the step experiment [ms]: the input steps after settle, and the
// rate is followed for follow. The steady rates are those of the last steady ms
// before the step and of the follow time.
const (
	settleMs = 200
	followMs = 100
	steadyMs = 50
	// responseBinMs is the width of a bin of the rate; smoothBins are averaged where a
	// time to settle is read off. The time to half is that of a step, over halfForMs.
	responseBinMs = 0.2
	smoothBins    = 5
	settledForMs  = 10
	halfForMs     = 1
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
	HalfMs  Number    `json:"time_to_half_ms"`   // of the change, for 1 ms on average, in whole steps; NaN: not reached, or no rise
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
	perStep := make([]float64, steps) // of all trials
	var mu sync.Mutex
	err := l.each(ctx, trials, func(ctx context.Context, k int) error {
		trial := clone(n)
		trial.Trial = uint32(k)
		counts := analysis.NewPopulationCounts(sizes(n), n.Dt, 1)
		err := l.run(ctx, trial, c, steps, func(*dynamics.Model) []sim.Recorder {
			return []sim.Recorder{spikesTo(counts.Add)}
		})
		r.perMs[k] = counts.Merge(n.Steps(1)).Counts(0, steps)
		mu.Lock()
		defer mu.Unlock()
		for b, x := range counts.Counts(0, steps) {
			perStep[b] += float64(x)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	r.measure(perStep, n.Dt, bin, float64(trials)*float64(n.Populations[0].Size))
	return r, nil
}

// measure reads the response's numbers off the spikes of all neurons in each step; bin is the steps of a bin.
func (r *Response) measure(perStep []float64, dtMs float64, bin int, neurons float64) {
	binMs := float64(bin) * dtMs
	for b := range len(perStep) / bin {
		r.TimeMs = append(r.TimeMs, (float64(b)+0.5)*binMs-settleMs)
		r.RateHz = append(r.RateHz, floats.Sum(perStep[b*bin:(b+1)*bin])/(neurons*binMs/1000))
	}
	r.Before = r.mean(-steadyMs, 0)
	r.After = r.mean(followMs-steadyMs, followMs)
	r.HalfMs = Number(math.NaN())
	if r.After > r.Before {
		half := (r.Before + r.After) / 2 * neurons * dtMs / 1000
		r.HalfMs = Number(timeToReach(half, perStep[int(math.Round(settleMs/dtMs)):], dtMs))
	}
	r.settle(binMs)
}

// timeToReach is the end of the first step [ms] in which a course reaches a level that
// it keeps for halfForMs on average: one step alone would pass by its noise. NaN if it
// never does.
func timeToReach(level float64, perStep []float64, dtMs float64) float64 {
	keep := max(1, int(math.Round(halfForMs/dtMs)))
	for n := range max(0, len(perStep)-keep+1) {
		if perStep[n] >= level && stat.Mean(perStep[n:n+keep], nil) >= level {
			return float64(n+1) * dtMs
		}
	}
	return math.NaN()
}

// settle finds when the smoothed rate is at its final value to stay, its peak, and
// its least after that.
func (r *Response) settle(binMs float64) {
	smooth := r.smooth()
	since, peak := 0.0, 0 // the time since when it is settled
	for b, t := range r.TimeMs {
		if t < 0 || math.IsNaN(smooth[b]) {
			continue
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

// An onset is how a network starts.
type onset struct {
	first       float64 // rate of the first ms over the steady rate
	steadyAfter float64 // [ms] until the count's variance/mean is within half of its steady value for good
	early, late float64 // variance/mean of the count in the first stretch, and when it is steady
}

// givesWay tells whether the start is more synchronous than what follows.
func (o onset) givesWay() bool { return o.early >= synchronousOver*o.late }

func (o onset) String() string {
	if math.IsNaN(o.early) && math.IsNaN(o.late) {
		return silent
	}
	return fmt.Sprintf("%.3g in the first 10 ms, then %.3g", o.early, o.late)
}

// gaveWay is how long the start takes to give way [ms], NaN where it does not.
func (o onset) gaveWay() float64 {
	if !o.givesWay() {
		return math.NaN()
	}
	return o.steadyAfter
}

// onset reads the start off the trials' counts in bins of 1 ms before the step, in stretches
// of stretchMs.
func (r *Response) onset() onset {
	const stretchMs = 10
	bins := settleMs
	for _, counts := range r.perMs {
		bins = min(bins, len(counts)) // a grid coarser than 1 ms has fewer
	}
	stretches := bins / stretchMs
	ratio := make([]float64, stretches)
	var o onset
	first, steady := 0.0, 0.0
	list := make([][]float64, stretches) // of the trials that have spikes there
	for _, counts := range r.perMs {
		for w, v := range analysis.VariancesToMean(counts[:bins], stretchMs) {
			if !math.IsNaN(v) {
				list[w] = append(list[w], v)
			}
		}
		first += float64(counts[0])
		for _, x := range counts[bins/2 : bins] {
			steady += float64(x) / float64(bins-bins/2)
		}
	}
	for w := range list {
		ratio[w] = stat.Mean(list[w], nil)
	}
	o.late = stat.Mean(slices.Concat(list[stretches/2:]...), nil)
	for w := stretches - 1; w >= 0; w-- {
		if !(math.Abs(ratio[w]/o.late-1) < 0.5) {
			o.steadyAfter = float64((w + 1) * stretchMs)
			break
		}
	}
	o.first, o.early = first/steady, ratio[0]
	return o
}
