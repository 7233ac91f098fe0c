package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"einet/engines"
	"einet/host"
	"einet/record"
	"einet/sim"
)

// A ReplicasSummary is what summary.json holds of a run of replicas. Times are wall times in
// seconds unless their name says otherwise.
type ReplicasSummary struct {
	Network    string  `json:"network"`
	Preset     string  `json:"preset,omitempty"`
	Engine     string  `json:"engine"`
	Device     string  `json:"device"`
	Replicas   int     `json:"replicas"`
	Seeds      int     `json:"seeds"`   // of the replicas: as many connectomes
	AtOnce     int     `json:"at_once"` // simulated side by side
	Seed       uint32  `json:"seed"`    // the first
	DtMs       float64 `json:"dt_ms"`
	DurationMs float64 `json:"duration_ms"` // of the longest replica
	DiscardMs  float64 `json:"discard_ms"`

	Interrupted bool   `json:"interrupted,omitempty"` // it ended before its time
	Stopped     string `json:"stopped,omitempty"`     // and why, if not by a signal

	Neurons        int     `json:"neurons"`      // of a replica
	Synapses       int64   `json:"synapses"`     // likewise, the mean over seeds; of procedural connectivity the expected number
	Connectivity   string  `json:"connectivity"` // stored or procedural
	BuildS         float64 `json:"build_s"`
	SimulateS      float64 `json:"simulate_s"`       // all replicas
	RealTimeFactor float64 `json:"real_time_factor"` // simulate_s over the model time of all replicas

	FinishS float64 `json:"finish_s"` // statistics and files after the simulation

	WeightRoundingError float64 `json:"weight_rounding_error"`
	PeakRSSMB           float64 `json:"peak_rss_mb"`

	Trials      []TrialSummary             `json:"trials"`
	Populations map[string]OverTrials      `json:"populations"`
	Groups      map[string]GroupOverTrials `json:"groups,omitempty"`
	Order       []string                   `json:"-"` // of the populations
	Dir         string                     `json:"-"` // folder of the files
	Files       []string                   `json:"-"` // besides those of each trial

	AlignMs float64 `json:"align_ms,omitempty"` // time 0 of psth.npz

	Warnings []string `json:"warnings"` // of the network, and of the first replica's results

	Version string `json:"version"`
	Command string `json:"command"`
}

// A TrialSummary is what one replica gave.
type TrialSummary struct {
	Seed   uint32 `json:"seed"`
	Trial  uint32 `json:"trial"`
	Spikes int64  `json:"spikes"`
	Digest string `json:"digest"` // of a run with this --seed and --trial
	File   string `json:"file"`   // of its spikes

	WeightsDigest string                    `json:"weights_digest,omitempty"` // as of a run
	Weights       map[string]WeightsSummary `json:"weights,omitempty"`

	Files       []string                     `json:"files"` // all of its files
	DurationMs  float64                      `json:"duration_ms"`
	Interrupted bool                         `json:"interrupted,omitempty"` // shorter than others, and not in the statistics over trials
	Populations map[string]TrialOfPopulation `json:"populations"`
	Groups      map[string]TrialOfGroup      `json:"groups,omitempty"`
}

// A TrialOfPopulation is the statistics of a population's spikes in one replica after discard_ms, as those of a run.
type TrialOfPopulation struct {
	RateHz          *float64 `json:"rate_hz"`
	CVISI           *float64 `json:"cv_isi"` // mean over neurons with at least 5 intervals
	CV2             *float64 `json:"cv2"`
	LV              *float64 `json:"lv"`
	Fano            *float64 `json:"fano"`
	Correlation     *float64 `json:"mean_pairwise_correlation"`
	CountDispersion *float64 `json:"count_variance_over_mean"`
	SpectrumPeakHz  *float64 `json:"rate_spectrum_peak_hz"`
}

// OverTrials is a population's statistics over the replicas that are not interrupted.
type OverTrials struct {
	Size            int     `json:"size"`
	RateHz          Moments `json:"rate_hz"`
	CVISI           Moments `json:"cv_isi"`
	CV2             Moments `json:"cv2"`
	LV              Moments `json:"lv"`
	Fano            Moments `json:"fano"`
	Correlation     Moments `json:"mean_pairwise_correlation"`
	CountDispersion Moments `json:"count_variance_over_mean"`
	SpectrumPeakHz  Moments `json:"rate_spectrum_peak_hz"`
}

// Moments are null where there are too few numbers. SD is that of a sample. CI95 is the interval which holds the mean of all trials
// with 95 % confidence, by Student's t; where there are several seeds, of whose trials one is no more like the next than their synapses
// make them, it is that of the seeds' means.
type Moments struct {
	Mean *float64    `json:"mean"`
	SD   *float64    `json:"sd"`
	CI95 *[2]float64 `json:"ci95"`
}

// MomentsOf those numbers that are there, of each seed.
func MomentsOf(bySeed [][]*float64) Moments {
	var all, means []float64
	for _, values := range bySeed {
		var x []float64
		for _, v := range values {
			if v != nil {
				x = append(x, *v)
			}
		}
		all = append(all, x...)
		if len(x) > 0 {
			means = append(means, stat.Mean(x, nil))
		}
	}
	m := Moments{Mean: Number(stat.Mean(all, nil))}
	if len(all) > 1 {
		m.SD = Number(stat.StdDev(all, nil))
	}
	if len(bySeed) == 1 {
		means = all
	}
	if n := float64(len(means)); n > 1 {
		mean, sd := stat.MeanStdDev(means, nil)
		half := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975) * sd / math.Sqrt(n)
		m.CI95 = &[2]float64{mean - half, mean + half}
	}
	return m
}

// perTrial are the statistics that are told of each trial and over all.
var perTrial = []struct {
	of   func(*TrialOfPopulation) **float64
	over func(*OverTrials) *Moments
}{
	{func(t *TrialOfPopulation) **float64 { return &t.RateHz }, func(o *OverTrials) *Moments { return &o.RateHz }},
	{func(t *TrialOfPopulation) **float64 { return &t.CVISI }, func(o *OverTrials) *Moments { return &o.CVISI }},
	{func(t *TrialOfPopulation) **float64 { return &t.CV2 }, func(o *OverTrials) *Moments { return &o.CV2 }},
	{func(t *TrialOfPopulation) **float64 { return &t.LV }, func(o *OverTrials) *Moments { return &o.LV }},
	{func(t *TrialOfPopulation) **float64 { return &t.Fano }, func(o *OverTrials) *Moments { return &o.Fano }},
	{func(t *TrialOfPopulation) **float64 { return &t.Correlation }, func(o *OverTrials) *Moments { return &o.Correlation }},
	{func(t *TrialOfPopulation) **float64 { return &t.CountDispersion }, func(o *OverTrials) *Moments { return &o.CountDispersion }},
	{func(t *TrialOfPopulation) **float64 { return &t.SpectrumPeakHz }, func(o *OverTrials) *Moments { return &o.SpectrumPeakHz }},
}

func (e *ensemble) summarise(stopped error) *ReplicasSummary {
	s := &ReplicasSummary{
		Network: e.net.Name, Preset: e.o.Preset, Engine: e.on.Name, Device: e.on.Device(),
		Replicas: len(e.replicas), Seeds: e.seeds, AtOnce: e.atOnce, Seed: e.net.Seed, DtMs: e.net.Dt,
		DurationMs: sim.InMs(e.steps, e.net.Dt), DiscardMs: sim.InMs(e.discard, e.net.Dt),
		Neurons: e.net.Neurons(), Synapses: e.synapses, Connectivity: string(e.o.Synapses.Chosen()),
		BuildS: e.built.Seconds(), SimulateS: e.took.Seconds(),
		WeightRoundingError: e.model.WeightRounding(), PeakRSSMB: host.PeakMB(),
		Populations: map[string]OverTrials{}, AlignMs: e.o.AlignMs,
		Warnings: append([]string{}, e.warnings...),
		Version:  e.o.Version, Command: e.o.Command,
	}
	s.Interrupted = stopped != nil
	if s.Interrupted && !errors.Is(stopped, context.Canceled) {
		s.Stopped = engines.OneLine(stopped)
	}
	for _, p := range e.net.Populations {
		s.Order = append(s.Order, p.Name)
	}
	total := 0.0
	for _, r := range e.replicas {
		t := e.summariseTrial(r)
		total += t.DurationMs
		s.Trials = append(s.Trials, t)
	}
	s.RealTimeFactor = s.SimulateS / (total / 1000)
	moments := func(of func(t *TrialSummary) *float64) Moments {
		bySeed := make([][]*float64, e.seeds)
		for k := range s.Trials {
			if t := &s.Trials[k]; !t.Interrupted {
				bySeed[t.Seed-e.net.Seed] = append(bySeed[t.Seed-e.net.Seed], of(t))
			}
		}
		return MomentsOf(bySeed)
	}
	for i, name := range s.Order {
		over := OverTrials{Size: e.net.Populations[i].Size}
		for _, statistic := range perTrial {
			*statistic.over(&over) = moments(func(t *TrialSummary) *float64 {
				of := t.Populations[name]
				return *statistic.of(&of)
			})
		}
		s.Populations[name] = over
	}
	s.Groups = overGroups(e.net, moments)
	return s
}

func (e *ensemble) summariseTrial(r *replica) TrialSummary {
	t := TrialSummary{
		Seed: r.net.Seed, Trial: r.net.Trial, Spikes: r.digest.Count(), Digest: r.digest.String(), File: r.named(SpikesFile), Files: r.names,
		WeightsDigest: r.summary.WeightsDigest, Weights: r.summary.Weights,
		DurationMs: sim.InMs(r.reached, e.net.Dt), Interrupted: r.reached < e.steps, Populations: map[string]TrialOfPopulation{},
	}
	step := max(r.reached, e.discard)
	for i, p := range r.statistics.Populations(step) {
		t.Populations[e.net.Populations[i].Name] = TrialOfPopulation{
			RateHz: Number(p.Rate), CVISI: Number(p.CV), CV2: Number(p.CV2), LV: Number(p.LV), Fano: Number(p.Fano),
			Correlation: Number(p.Correlation.Value), CountDispersion: Number(p.VarianceToMean),
			SpectrumPeakHz: Number(r.statistics.Counts.PeakHz(i, e.discard, r.reached)),
		}
	}
	t.Groups = r.groups.ofTrial(e.net, t.Populations, e.discard, r.reached)
	return t
}

// JSON writes the summary as summary.json has it.
func (s *ReplicasSummary) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(s)
}

func (s *ReplicasSummary) write(path string) error { return record.WriteFile(path, s.JSON) }
