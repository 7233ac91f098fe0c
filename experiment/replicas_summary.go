package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"gonum.org/v1/gonum/stat"

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
	AtOnce     int     `json:"at_once"` // simulated side by side
	Seed       uint32  `json:"seed"`
	DtMs       float64 `json:"dt_ms"`
	DurationMs float64 `json:"duration_ms"` // of the longest replica
	DiscardMs  float64 `json:"discard_ms"`

	Interrupted bool   `json:"interrupted,omitempty"` // it ended before its time
	Stopped     string `json:"stopped,omitempty"`     // and why, if not by a signal

	Neurons        int     `json:"neurons"`      // of a replica
	Synapses       int64   `json:"synapses"`     // of procedural connectivity the expected number
	Connectivity   string  `json:"connectivity"` // stored or procedural
	BuildS         float64 `json:"build_s"`
	SimulateS      float64 `json:"simulate_s"`       // all replicas
	RealTimeFactor float64 `json:"real_time_factor"` // simulate_s over the model time of all replicas

	FinishS float64 `json:"finish_s"` // statistics and files after the simulation

	WeightRoundingError float64 `json:"weight_rounding_error"`
	PeakRSSMB           float64 `json:"peak_rss_mb"`

	Trials      []TrialSummary        `json:"trials"`
	Populations map[string]OverTrials `json:"populations"`
	Order       []string              `json:"-"` // of the populations
	Dir         string                `json:"-"` // folder of the files

	Warnings []string `json:"warnings"` // of the network, and of the first replica's results

	Version string `json:"version"`
	Command string `json:"command"`
}

// A TrialSummary is what one replica gave.
type TrialSummary struct {
	Trial       uint32                       `json:"trial"`
	Spikes      int64                        `json:"spikes"`
	Digest      string                       `json:"digest"` // of a run with this --trial
	File        string                       `json:"file"`
	DurationMs  float64                      `json:"duration_ms"`
	Interrupted bool                         `json:"interrupted,omitempty"` // shorter than others, and not in the statistics over trials
	Populations map[string]TrialOfPopulation `json:"populations"`
}

// A TrialOfPopulation is the statistics of a population in one replica after discard_ms.
type TrialOfPopulation struct {
	RateHz *float64 `json:"rate_hz"`
	CVISI  *float64 `json:"cv_isi"` // mean over neurons with at least 5 intervals
}

// OverTrials is a population's statistics over the replicas that are not interrupted; sd is that of a sample.
type OverTrials struct {
	Size   int     `json:"size"`
	RateHz Moments `json:"rate_hz"`
	CVISI  Moments `json:"cv_isi"`
}

// Moments are null where there are too few numbers.
type Moments struct {
	Mean *float64 `json:"mean"`
	SD   *float64 `json:"sd"`
}

// MomentsOf those that are there.
func MomentsOf(values []*float64) Moments {
	var x []float64
	for _, v := range values {
		if v != nil {
			x = append(x, *v)
		}
	}
	m := Moments{Mean: Number(stat.Mean(x, nil))}
	if len(x) > 1 {
		m.SD = Number(stat.StdDev(x, nil))
	}
	return m
}

func (e *ensemble) summarise(built time.Duration, stopped error) *ReplicasSummary {
	s := &ReplicasSummary{
		Network: e.net.Name, Preset: e.o.Preset, Engine: e.on.Name, Device: e.on.Device(),
		Replicas: len(e.replicas), AtOnce: e.atOnce, Seed: e.net.Seed, DtMs: e.net.Dt,
		DurationMs: sim.InMs(e.steps, e.net.Dt), DiscardMs: sim.InMs(e.discard, e.net.Dt),
		Neurons: e.net.Neurons(), Synapses: e.connectome.Synapses(), Connectivity: string(e.o.Synapses.Chosen()),
		BuildS: built.Seconds(), SimulateS: e.took.Seconds(),
		WeightRoundingError: e.model.WeightRounding(), PeakRSSMB: host.PeakMB(),
		Populations: map[string]OverTrials{},
		Warnings:    append([]string{}, e.warnings...),
		Version:     e.o.Version, Command: e.o.Command,
	}
	s.Interrupted = stopped != nil
	if s.Interrupted && !errors.Is(stopped, context.Canceled) {
		s.Stopped = engines.OneLine(stopped)
	}
	for _, p := range e.net.Populations {
		s.Order = append(s.Order, p.Name)
	}
	total := 0.0
	rates, cvs := make([][]*float64, len(s.Order)), make([][]*float64, len(s.Order))
	for _, r := range e.replicas {
		t := TrialSummary{
			Trial: r.trial, Spikes: r.digest.Count(), Digest: r.digest.String(), File: r.file,
			DurationMs: sim.InMs(r.steps, e.net.Dt), Interrupted: r.steps < e.steps, Populations: map[string]TrialOfPopulation{},
		}
		total += t.DurationMs
		for i, p := range r.statistics.Populations(max(r.steps, e.discard)) {
			one := TrialOfPopulation{Number(p.Rate), Number(p.CV)}
			t.Populations[s.Order[i]] = one
			if !t.Interrupted {
				rates[i], cvs[i] = append(rates[i], one.RateHz), append(cvs[i], one.CVISI)
			}
		}
		s.Trials = append(s.Trials, t)
	}
	s.RealTimeFactor = s.SimulateS / (total / 1000)
	for i, name := range s.Order {
		s.Populations[name] = OverTrials{e.net.Populations[i].Size, MomentsOf(rates[i]), MomentsOf(cvs[i])}
	}
	return s
}

// JSON writes the summary as summary.json has it.
func (s *ReplicasSummary) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(s)
}

func (s *ReplicasSummary) write(path string) error { return record.WriteFile(path, s.JSON) }
