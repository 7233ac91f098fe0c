package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"einet/analysis"
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
	SimulateS       float64 `json:"simulate_s"`       // engine_s and waiting_s
	EngineS         float64 `json:"engine_s"`         // the engine, its state read
	RecordersS      float64 `json:"recorders_s"`      // digest, statistics and files, beside the engine
	WaitingS        float64 `json:"waiting_s"`        // of the engine for these, and of the run for the last of them
	RealTimeFactor  float64 `json:"real_time_factor"` // simulate_s over model time
	FinishS         float64 `json:"finish_s"`         // statistics and files after the simulation; figures are not in it

	Spikes              int64   `json:"spikes"`
	Digest              string  `json:"digest"`
	WeightRoundingError float64 `json:"weight_rounding_error"`
	PeakRSSMB           float64 `json:"peak_rss_mb"`

	Populations map[string]PopulationSummary `json:"populations"`
	order       []string
	files       []string // of the run, without its figures

	InhibitionLagMs *float64 `json:"inhibition_lag_ms"` // of inhibition behind excitation in the traced neurons

	Warnings []string `json:"warnings"`

	Version string `json:"version"`
	Command string `json:"command"`
}

// A PopulationSummary is the statistics of one population after discard_ms.
// What could not be measured is null.
type PopulationSummary struct {
	source, delta bool // delta: some of its synapses are

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
	NetOverExc   *float64 `json:"net_over_excitatory"` // mean of |net| over mean excitatory; null without that
	KSUniform    *float64 `json:"ks_uniform"`          // of V between reset and threshold to the uniform distribution
}

// describe fills in what is known before the simulation begins.
func (r *simulation) describe(build time.Duration) {
	c := r.built.connectome
	s := &r.summary
	*s = Summary{
		Network: r.net.Name, Preset: r.flags.preset(), Engine: r.place.Name, Device: r.place.Device(),
		Seed: r.net.Seed, Trial: r.net.Trial, DtMs: r.net.Dt, DiscardMs: inMs(r.discard, r.net.Dt),
		Neurons: r.net.Neurons(), Synapses: c.Synapses(), Connectivity: r.flags.Connectivity, BuildS: build.Seconds(),
		WeightRoundingError: r.built.model.WeightRounding(),
		Populations:         map[string]PopulationSummary{},
		Version:             versionString(), Command: commandLine(r.t.args),
	}
	if s.Synapses > 0 {
		s.BytesPerSynapse = float64(c.Bytes()) / float64(s.Synapses)
	}
	for _, p := range r.net.Populations {
		s.order = append(s.order, p.Name)
	}
}

// finish fills in what the simulation of net gave.
func (s *Summary) finish(net *network.Network, rec *recorders, took time.Duration, stopped error) {
	s.Interrupted = stopped != nil
	if s.Interrupted && !errors.Is(stopped, context.Canceled) {
		s.Stopped = oneLine(stopped)
	}
	step := rec.reached
	s.DurationMs = inMs(step, s.DtMs)
	s.SimulateS = took.Seconds()
	if s.DurationMs > 0 {
		s.RealTimeFactor = s.SimulateS / (s.DurationMs / 1000)
	}
	s.Spikes, s.Digest = rec.digest.Count(), rec.digest.String()
	for i, p := range rec.statistics.Populations(max(step, rec.discard)) {
		population := summarise(p, &net.Populations[i], &rec.state.Populations[i])
		population.SpectrumPeakHz = number(rec.statistics.Counts.PeakHz(i, rec.discard, step))
		population.delta = hasDelta(net, i)
		s.Populations[s.order[i]] = population
	}
	s.InhibitionLagMs = number(inhibitionLag(rec.trace, s.DtMs*float64(rec.trace.Every())))
}

// hasDelta tells whether a population receives spikes through delta synapses.
func hasDelta(net *network.Network, i int) bool {
	p := &net.Populations[i]
	return slices.ContainsFunc(p.PoissonInput, func(in network.PoissonInput) bool { return in.Synapse == network.Delta }) ||
		slices.ContainsFunc(net.Projections, func(q network.Projection) bool { return q.To == p.Name && q.Synapse == network.Delta })
}

// maxLagMs is the largest lag that is looked for.
const maxLagMs = 20

// inhibitionLag is the lag [ms] at which the inhibition of the traced neurons
// follows their excitation best, of samples every [ms].
func inhibitionLag(t *sim.Trace, every float64) float64 {
	lag, _ := analysis.InputCorrelogram(t.Exc, t.Inh, every, int(maxLagMs/every)).Peak()
	return lag
}

// inMs is a number of steps of dt in ms, without what the rounding of a decimal
// fraction leaves behind its last decimal.
func inMs(steps int64, dt float64) float64 {
	ms, _ := strconv.ParseFloat(strconv.FormatFloat(float64(steps)*dt, 'g', 12, 64), 64)
	return ms
}

func summarise(p analysis.PopulationStatistics, of *network.Population, state *sim.PopulationState) PopulationSummary {
	v := analysis.Histogram{Edges: state.Edges, Counts: state.Counts}
	return PopulationSummary{
		source: of.Neuron.IsSource(), Size: p.Size, Spikes: p.Spikes, RateHz: number(p.Rate), CVISI: number(p.CV), CVCount: p.CVOver,
		CV2: number(p.CV2), LV: number(p.LV), Fano: number(p.Fano), Correlation: number(p.Correlation.Value),
		CorrelationError: number(p.Correlation.Error), CorrelationBins: p.Correlation.Bins,
		CountDispersion: number(p.VarianceToMean),
		ExcitatoryMV:    number(state.Excitatory.Mean()), InhibitoryMV: number(state.Inhibitory.Mean()),
		NetMV: number(state.Net.Mean()), NetSDMV: number(state.Net.SD()),
		NetOverExc: number(analysis.NetOverExcitatory(state)),
		KSUniform:  number(analysis.KSUniform(v, of.VReset, of.VTh.Mean())),
	}
}

// number is nil for what JSON cannot hold.
func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func (s *Summary) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(s)
}

func (s *Summary) write(path string) error { return record.WriteFile(path, s.json) }

// print writes the summary for people.
func (s *Summary) print(out io.Writer, dir string, figures []string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	synapses := fmt.Sprintf("%d synapses at %.3f bytes", s.Synapses, s.BytesPerSynapse)
	if s.Connectivity == "procedural" {
		synapses = fmt.Sprintf("about %d synapses, drawn again for each spike", s.Synapses)
	}
	fmt.Fprintf(w, "network\t%s: %d neurons, %s, seed %d\n", s.Network, s.Neurons, synapses, s.Seed)
	fmt.Fprintf(w, "engine\t%s on %s\n", s.Engine, s.Device)
	fmt.Fprintf(w, "time\tbuilt in %.3g s; %g ms of model time in %.3g s (real-time factor %.3g); statistics and files in %.3g s\n",
		s.BuildS, s.DurationMs, s.SimulateS, s.RealTimeFactor, s.FinishS)
	fmt.Fprintf(w, "spikes\t%d, digest %s\n", s.Spikes, s.Digest)
	fmt.Fprintln(w, "spike trains\trate [Hz]\tCV of ISI\tneurons\tCV2\tLV\tFano\tcorrelation")
	for _, name := range s.order {
		p := s.Populations[name]
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", name, shown(p.RateHz, 2), shown(p.CVISI, 3), p.CVCount,
			shown(p.CV2, 3), shown(p.LV, 3), shown(p.Fano, 3), withError(p.Correlation, p.CorrelationError))
	}
	var deltas []string
	header := "inputs [mV]\texcitatory\tinhibitory\tnet\tsd\t|net|/exc\tKS of V to uniform\n"
	for _, name := range s.order {
		p := s.Populations[name]
		if p.source {
			continue
		}
		fmt.Fprint(w, header)
		header = ""
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, shown(p.ExcitatoryMV, 1), shown(p.InhibitoryMV, 1),
			shown(p.NetMV, 1), shown(p.NetSDMV, 1), orNone(shown(p.NetOverExc, 3)), shown(p.KSUniform, 3))
		if p.delta {
			deltas = append(deltas, name)
		}
	}
	if len(deltas) > 0 {
		fmt.Fprintf(w, "\tof %s without delta synapses, which are no current: their spikes move V itself\n", firstOf(deltas))
	}
	fmt.Fprintf(w, "files\t%s: %s\n", dir, strings.Join(slices.Concat(s.files, figures), ", "))
	return w.Flush()
}

func shown(x *float64, decimals int) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprintf("%.*f", decimals, *x)
}

// orNone says of what can't be there that it is not applicable.
func orNone(text string) string {
	if text == "-" {
		return "n/a"
	}
	return text
}

// withError is a value to two digits of its standard error, and that, or ? where it is not known.
func withError(x, e *float64) string {
	switch {
	case x == nil:
		return shown(x, 5)
	case e == nil || *e <= 0:
		return shown(x, 5) + " ± ?"
	}
	decimals := min(max(1-int(math.Floor(math.Log10(*e))), 0), 7)
	return fmt.Sprintf("%.*f ± %.*f", decimals, *x, decimals, *e)
}

// commandLine is the command as a shell takes it.
func commandLine(args []string) string {
	words := []string{"einet"}
	for _, a := range args {
		if a == "" || strings.ContainsAny(a, " \t\n*?[]{}()<>|&;$`\"'\\!#~") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}
