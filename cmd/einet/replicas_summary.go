package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"gonum.org/v1/gonum/stat"

	"einet/host"
	"einet/record"
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
	order       []string

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

// momentsOf those that are there.
func momentsOf(values []*float64) Moments {
	var x []float64
	for _, v := range values {
		if v != nil {
			x = append(x, *v)
		}
	}
	m := Moments{Mean: number(stat.Mean(x, nil))}
	if len(x) > 1 {
		m.SD = number(stat.StdDev(x, nil))
	}
	return m
}

func (e *ensemble) summarise(built time.Duration, stopped error) *ReplicasSummary {
	s := &ReplicasSummary{
		Network: e.net.Name, Preset: e.flags.preset(), Engine: e.on.Name, Device: e.on.Device(),
		Replicas: len(e.replicas), AtOnce: e.atOnce, Seed: e.net.Seed, DtMs: e.net.Dt,
		DurationMs: inMs(e.steps, e.net.Dt), DiscardMs: inMs(e.discard, e.net.Dt),
		Neurons: e.net.Neurons(), Synapses: e.built.connectome.Synapses(), Connectivity: e.flags.Connectivity,
		BuildS: built.Seconds(), SimulateS: e.took.Seconds(),
		WeightRoundingError: e.built.model.WeightRounding(), PeakRSSMB: host.PeakMB(),
		Populations: map[string]OverTrials{},
		Warnings:    append([]string{}, e.warnings...),
		Version:     versionString(), Command: commandLine(e.t.args),
	}
	s.Interrupted = stopped != nil
	if s.Interrupted && !errors.Is(stopped, context.Canceled) {
		s.Stopped = oneLine(stopped)
	}
	for _, p := range e.net.Populations {
		s.order = append(s.order, p.Name)
	}
	total := 0.0
	rates, cvs := make([][]*float64, len(s.order)), make([][]*float64, len(s.order))
	for _, r := range e.replicas {
		t := TrialSummary{
			Trial: r.trial, Spikes: r.digest.Count(), Digest: r.digest.String(), File: r.file,
			DurationMs: inMs(r.steps, e.net.Dt), Interrupted: r.steps < e.steps, Populations: map[string]TrialOfPopulation{},
		}
		total += t.DurationMs
		for i, p := range r.statistics.Populations(max(r.steps, e.discard)) {
			one := TrialOfPopulation{number(p.Rate), number(p.CV)}
			t.Populations[s.order[i]] = one
			if !t.Interrupted {
				rates[i], cvs[i] = append(rates[i], one.RateHz), append(cvs[i], one.CVISI)
			}
		}
		s.Trials = append(s.Trials, t)
	}
	s.RealTimeFactor = s.SimulateS / (total / 1000)
	for i, name := range s.order {
		s.Populations[name] = OverTrials{e.net.Populations[i].Size, momentsOf(rates[i]), momentsOf(cvs[i])}
	}
	return s
}

func (s *ReplicasSummary) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(s)
}

func (s *ReplicasSummary) write(path string) error { return record.WriteFile(path, s.json) }

// print writes the summary for people.
func (s *ReplicasSummary) print(out io.Writer, dir string) error {
	fmt.Fprintf(out, "network  %s: %d neurons, %d synapses, seed %d\n", s.Network, s.Neurons, s.Synapses, s.Seed)
	fmt.Fprintf(out, "engine   %s on %s, %d of %d replicas at once\n", s.Engine, s.Device, s.AtOnce, s.Replicas)
	fmt.Fprintf(out, "time     built in %.3g s; %d x %g ms of model time in %.3g s (real-time factor %.3g a replica)\n",
		s.BuildS, s.Replicas, s.DurationMs, s.SimulateS, s.RealTimeFactor)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(first, spikes string, each func(name string) (rate, cv *float64), last string) {
		fmt.Fprintf(w, "%s\t%s\t", first, spikes)
		for _, name := range s.order {
			rate, cv := each(name)
			fmt.Fprintf(w, "%s\t%s\t", shown(rate, 3), shown(cv, 3))
		}
		fmt.Fprintf(w, "%s\t\n", last)
	}
	fmt.Fprint(w, "trial\tspikes\t")
	for _, name := range s.order {
		fmt.Fprintf(w, "%s [Hz]\tCV\t", name)
	}
	fmt.Fprint(w, "digest\t\n")
	spikes := make([]*float64, len(s.Trials))
	for k, t := range s.Trials {
		n := float64(t.Spikes)
		spikes[k] = &n
		row(fmt.Sprint(t.Trial), fmt.Sprint(t.Spikes), func(name string) (rate, cv *float64) {
			return t.Populations[name].RateHz, t.Populations[name].CVISI
		}, t.Digest[:16])
	}
	all := momentsOf(spikes)
	row("mean", shown(all.Mean, 1), func(name string) (rate, cv *float64) {
		return s.Populations[name].RateHz.Mean, s.Populations[name].CVISI.Mean
	}, "")
	row("sd", shown(all.SD, 1), func(name string) (rate, cv *float64) {
		return s.Populations[name].RateHz.SD, s.Populations[name].CVISI.SD
	}, "")
	if err := w.Flush(); err != nil {
		return err
	}
	first, last := s.Trials[0].File, s.Trials[len(s.Trials)-1].File
	if first != last {
		first += " to " + last
	}
	_, err := fmt.Fprintf(out, "files    %s: %s, %s, %s\n", dir, first, networkFile, summaryFile)
	return err
}
