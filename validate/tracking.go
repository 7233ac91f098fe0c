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

// Tracking is how a population's rate follows a sinusoidal input.
type Tracking struct {
	FrequencyHz float64 `json:"frequency_hz"`
	LagMs       Number  `json:"lag_ms"` // of the rate behind the input
	Gain        Number  `json:"gain"`   // relative modulation of the rate over that of the input
}

// trackingAmplitude is the modulation of the input, relative to its mean.
const trackingAmplitude = 0.2

// track modulates the constant inputs sinusoidally for that many ms after the
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
