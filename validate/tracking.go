package validate

import (
	"context"
	"fmt"
	"math"
	"math/cmplx"

	"einet/analysis"
	"einet/connectome"
	"einet/dynamics"
	"einet/network"
	"einet/sim"
)

// Tracking is how a population's rate follows a sinusoidal input.
type Tracking struct {
	FrequencyHz float64 `json:"frequency_hz"`
	LagMs       Number  `json:"lag_ms"` // of the rate behind the input
	Gain        Number  `json:"gain"`   // relative modulation of the rate over that of the input
}

// trackingAmplitude is the modulation of the input, relative to its mean.
const trackingAmplitude = 0.2

// track modulates the constant inputs sinusoidally for a time [ms] after the
// start has settled, over trials, and compares phases.
func (l *Lab) track(ctx context.Context, net *network.Network, c *connectome.Connectome, frequency, ms float64, trials int) (Tracking, error) {
	n := clone(net)
	for i := range n.Populations {
		dc, _ := n.Populations[i].Input.Constant()
		n.Populations[i].Input = network.Input{network.DC(dc),
			network.Sinusoid{Amplitude: trackingAmplitude * dc, Frequency: frequency}}
	}
	discard, steps := int64(n.Steps(settleMs)), int64(n.Steps(settleMs+ms))
	counts := make([]*analysis.PopulationCounts, trials)
	err := l.each(ctx, trials, func(ctx context.Context, k int) error {
		trial := clone(n)
		trial.Trial = uint32(k)
		counts[k] = analysis.NewPopulationCounts(sizes(n), n.Dt, max(1, n.Steps(responseBinMs)))
		return l.run(ctx, trial, c, steps, func(*dynamics.Model) []sim.Recorder {
			return []sim.Recorder{spikesTo(counts[k].Add)}
		})
	})
	if err != nil {
		return Tracking{}, err
	}
	return modulation(counts, discard, steps, frequency), nil
}

// modulation is the Fourier component of the rate at the frequency, over the
// whole periods after discard. The input is a sine, so a rate in phase with it
// has the argument -pi/2.
func modulation(counts []*analysis.PopulationCounts, discard, steps int64, frequency float64) Tracking {
	var re, im, total float64
	bins := 0
	for _, c := range counts {
		all := c.Counts(0, steps)
		first := int(math.Round(float64(discard) * c.StepMs() / c.BinMs()))
		period := 1000 / frequency / c.BinMs()
		last := first + int(math.Floor(float64(len(all)-first)/period)*period)
		for b := first; b < last; b++ {
			t := (float64(b) + 0.5) * c.BinMs() / 1000
			re += float64(all[b]) * math.Cos(2*math.Pi*frequency*t)
			im += float64(all[b]) * math.Sin(2*math.Pi*frequency*t)
			total += float64(all[b])
			bins++
		}
	}
	if total == 0 {
		return Tracking{frequency, Number(math.NaN()), Number(math.NaN())}
	}
	// The rate is mean (1 + m sin(w t - phase)).
	phase := math.Atan2(-re, im)
	return Tracking{
		FrequencyHz: frequency, LagMs: Number(phase / (2 * math.Pi * frequency) * 1000),
		Gain: Number(2 * math.Hypot(re, im) / total / trackingAmplitude),
	}
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
