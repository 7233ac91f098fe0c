package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	"einet/analysis"
	"einet/engines"
	"einet/network"
	"einet/record"
	"einet/sim"
)

// A Summary is what summary.json holds of a run. Times are wall times in
// seconds unless their name says otherwise.
type Summary struct {
	Network     string  `json:"network"`
	Preset      string  `json:"preset,omitempty"` // the preset it is or was made from
	Engine      string  `json:"engine"`
	Device      string  `json:"device"`
	EngineWhy   string  `json:"engine_why,omitempty"` // why auto took it, where there was a choice
	Ranks       int     `json:"ranks,omitempty"`      // among which the network is divided
	Seed        uint32  `json:"seed"`
	Trial       uint32  `json:"trial"`
	DtMs        float64 `json:"dt_ms"`
	DurationMs  float64 `json:"duration_ms"`           // simulated
	DiscardMs   float64 `json:"discard_ms"`            // of it not in the statistics
	Interrupted bool    `json:"interrupted,omitempty"` // it ended before its time
	Stopped     string  `json:"stopped,omitempty"`     // and why, if not by a signal

	Neurons         int     `json:"neurons"`
	Synapses        int64   `json:"synapses"`     // of procedural connectivity the expected number
	Connectivity    string  `json:"connectivity"` // stored or procedural
	BytesPerSynapse float64 `json:"bytes_per_synapse"`
	BuildS          float64 `json:"build_s"`
	SimulateS       float64 `json:"simulate_s"`           // engine_s and waiting_s
	EngineS         float64 `json:"engine_s"`             // the engine, its state read
	ExchangeS       float64 `json:"exchange_s,omitempty"` // of engine_s the exchange of spikes between ranks, waiting for the slowest included
	RecordersS      float64 `json:"recorders_s"`          // digest, statistics and files, beside the engine
	WaitingS        float64 `json:"waiting_s"`            // of the engine for these, and of the run for the last of them
	RealTimeFactor  float64 `json:"real_time_factor"`     // simulate_s over model time
	FinishS         float64 `json:"finish_s"`             // statistics and files after the simulation; figures are not in it

	Checkpoints int       `json:"checkpoints,omitempty"`  // written, since the run was last resumed
	CheckpointS float64   `json:"checkpoint_s,omitempty"` // that they took of simulate_s
	ResumedMs   []float64 `json:"resumed_ms,omitempty"`   // model times at which the run was resumed or extended; its other times are of all parts

	Spikes              int64   `json:"spikes"`
	Digest              string  `json:"digest"`
	WeightRoundingError float64 `json:"weight_rounding_error"`
	PeakRSSMB           float64 `json:"peak_rss_mb"`

	WeightsDigest string                    `json:"weights_digest,omitempty"` // of the final weights of all projections with long-term plasticity
	Weights       map[string]WeightsSummary `json:"weights,omitempty"`        // of each

	Populations map[string]PopulationSummary `json:"populations"`
	Order       []string                     `json:"-"` // of the populations
	Groups      map[string]GroupSummary      `json:"groups,omitempty"`
	GroupOrder  []string                     `json:"-"` // without the parts of divisions
	Dir         string                       `json:"-"` // folder of the files
	Files       []string                     `json:"-"` // of the run, without its figures
	Figures     []string                     `json:"-"`
	Report      string                       `json:"-"` // the page of the run, "" where there is none

	InhibitionLagMs *float64 `json:"inhibition_lag_ms"` // of inhibition behind excitation in the traced neurons

	Warnings []string `json:"warnings"`

	Version string `json:"version"`
	Command string `json:"command"`
}

// A PopulationSummary is the statistics of one population after discard_ms.
// What could not be measured is null.
type PopulationSummary struct {
	Source bool `json:"-"` // it has no membrane
	Delta  bool `json:"-"` // some of its synapses are

	InputUnit string `json:"-"` // mV or pA: see network.Population.InputUnit

	Size    int      `json:"size"`
	Spikes  int64    `json:"spikes"`
	RateHz  *float64 `json:"rate_hz"`
	CVISI   *float64 `json:"cv_isi"`         // mean over neurons with at least 5 intervals
	CVCount int      `json:"cv_isi_neurons"` // how many those are
	CV2     *float64 `json:"cv2"`            // mean over the same neurons
	LV      *float64 `json:"lv"`             // likewise

	Fano        *float64 `json:"fano"`                      // of counts in 100 ms, mean over neurons with spikes
	Correlation *float64 `json:"mean_pairwise_correlation"` // of counts in 2 ms, over all pairs of neurons

	CorrelationError *float64 `json:"mean_pairwise_correlation_error"` // standard error
	CorrelationBins  int64    `json:"correlation_bins"`                // counts of each neuron that both are from

	CountDispersion *float64 `json:"count_variance_over_mean"` // of the population's count in 1 ms
	SpectrumPeakHz  *float64 `json:"rate_spectrum_peak_hz"`    // where the power of the population's rate is largest

	ExcitatoryMV *float64 `json:"excitatory_input_mv"` // mean, external input included
	InhibitoryMV *float64 `json:"inhibitory_input_mv"`
	NetMV        *float64 `json:"net_input_mv"`
	NetSDMV      *float64 `json:"net_input_sd_mv"`
	ExcitatoryPA *float64 `json:"excitatory_input_pa,omitempty"` // the same where they are known in pA only
	InhibitoryPA *float64 `json:"inhibitory_input_pa,omitempty"`
	NetPA        *float64 `json:"net_input_pa,omitempty"`
	NetSDPA      *float64 `json:"net_input_sd_pa,omitempty"`
	NetOverExc   *float64 `json:"net_over_excitatory"` // mean of |net| over mean excitatory; null without that
	KSUniform    *float64 `json:"ks_uniform"`          // of V between reset and threshold to the uniform distribution
}

// describe fills in what is known before the simulation begins.
func (r *simulation) describe(build time.Duration) {
	synapses, bytes, number := int64(0), int64(0), 0
	if r.divided != nil {
		synapses, bytes = r.divided.Synapses()
		number = r.divided.Ranks()
	} else {
		synapses, bytes = r.connectome.Synapses(), r.connectome.Bytes()
	}
	s := &r.summary
	*s = Summary{
		Network: r.net.Name, Preset: r.o.Preset, Engine: r.place.Name, Device: r.place.Device(), EngineWhy: r.place.Why,
		Seed: r.net.Seed, Trial: r.net.Trial, DtMs: r.net.Dt, DiscardMs: sim.InMs(r.discard, r.net.Dt),
		Neurons: r.net.Neurons(), Synapses: synapses, Ranks: number, Connectivity: string(r.o.Synapses.Chosen()), BuildS: build.Seconds(),
		WeightRoundingError: r.model.WeightRounding(),
		Populations:         map[string]PopulationSummary{},
		Version:             r.o.Version, Command: r.o.Command,
	}
	if s.Synapses > 0 {
		s.BytesPerSynapse = float64(bytes) / float64(s.Synapses)
	}
	for _, p := range r.net.Populations {
		s.Order = append(s.Order, p.Name)
	}
}

// finish fills in what the simulation of net gave.
func (s *Summary) finish(net *network.Network, rec *recorders, took time.Duration, stopped error) {
	s.Interrupted = stopped != nil
	if s.Interrupted && !errors.Is(stopped, context.Canceled) {
		s.Stopped = engines.OneLine(stopped)
	}
	step := rec.reached
	s.DurationMs = sim.InMs(step, s.DtMs)
	s.SimulateS = took.Seconds()
	if s.DurationMs > 0 {
		s.RealTimeFactor = s.SimulateS / (s.DurationMs / 1000)
	}
	s.Spikes, s.Digest = rec.digest.Count(), rec.digest.String()
	for i, p := range rec.statistics.Populations(max(step, rec.discard)) {
		population := summarise(p, &net.Populations[i], &rec.state.Populations[i])
		population.SpectrumPeakHz = Number(rec.statistics.Counts.PeakHz(i, rec.discard, step))
		population.Delta = net.GetsDelta(i)
		s.Populations[s.Order[i]] = population
	}
	if rec.groups != nil {
		s.Groups, s.GroupOrder = rec.groups.summaries(net, s.Populations, rec.discard, step)
	}
	s.InhibitionLagMs = Number(inhibitionLag(rec.trace, s.DtMs*float64(rec.trace.Every())))
}

// maxLagMs is the largest lag that is looked for.
const maxLagMs = 20

// inhibitionLag is the lag [ms] at which the inhibition of the traced neurons
// follows their excitation best, of samples every [ms].
func inhibitionLag(t *sim.Trace, every float64) float64 {
	lag, _ := analysis.InputCorrelogram(t.Exc, t.Inh, every, int(maxLagMs/every)).Peak()
	return lag
}

func summarise(p analysis.PopulationStatistics, of *network.Population, state *sim.PopulationState) PopulationSummary {
	v := analysis.Histogram{Edges: state.Edges, Counts: state.Counts}
	threshold, reset := 0.0, 0.0
	if !of.Neuron.IsSource() {
		threshold, reset, _ = of.Potentials()
	}
	s := PopulationSummary{
		Source: of.Neuron.IsSource(), Size: p.Size, Spikes: p.Spikes, RateHz: Number(p.Rate), CVISI: Number(p.CV), CVCount: p.CVOver,
		CV2: Number(p.CV2), LV: Number(p.LV), Fano: Number(p.Fano), Correlation: Number(p.Correlation.Value),
		CorrelationError: Number(p.Correlation.Error), CorrelationBins: p.Correlation.Bins,
		CountDispersion: Number(p.VarianceToMean),
		InputUnit:       of.InputUnit(),
		NetOverExc:      Number(analysis.NetOverExcitatory(state)),
		KSUniform:       Number(analysis.KSUniform(v, reset, threshold)),
	}
	for k, x := range []float64{state.Excitatory.Mean(), state.Inhibitory.Mean(), state.Net.Mean(), state.Net.SD()} {
		*s.inputs()[k] = Number(x)
	}
	return s
}

// inputs are the places of the mean excitatory, inhibitory and net input and of the sd of that.
func (s *PopulationSummary) inputs() [4]**float64 {
	if s.InputUnit == "pA" {
		return [4]**float64{&s.ExcitatoryPA, &s.InhibitoryPA, &s.NetPA, &s.NetSDPA}
	}
	return [4]**float64{&s.ExcitatoryMV, &s.InhibitoryMV, &s.NetMV, &s.NetSDMV}
}

// Inputs are the mean excitatory, inhibitory and net input and the sd of that, in InputUnit.
func (s *PopulationSummary) Inputs() (list [4]*float64) {
	for k, x := range s.inputs() {
		list[k] = *x
	}
	return list
}

// Number is nil for what JSON cannot hold.
func Number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// JSON writes the summary as summary.json has it.
func (s *Summary) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(s)
}

func (s *Summary) write(path string) error { return record.WriteFile(path, s.JSON) }

// readSummary reads the summary of an earlier run, and returns its text, too.
func readSummary(path string, s any) (text []byte, err error) {
	if text, err = os.ReadFile(path); err != nil {
		return nil, err
	}
	var kind *json.UnmarshalTypeError
	switch err := json.Unmarshal(text, s); {
	case errors.As(err, &kind) && kind.Field == "":
		return nil, fmt.Errorf("%s: %s: must be the summary of a run", path, kind.Value)
	case errors.As(err, &kind):
		return nil, fmt.Errorf("%s: %s: %s is not what a run writes there", path, kind.Field, kind.Value)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}

// ReadSummary is the summary of the run in a folder.
func ReadSummary(dir string) (*Summary, error) {
	var s Summary
	_, err := readSummary(filepath.Join(dir, SummaryFile), &s)
	return &s, err
}
