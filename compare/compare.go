// Package compare holds two runs side by side, from their files: networks, digests, the first spike that differs, and statistics with the
// bands in which those of two runs of one network lie.
//
// Its one invariant: it says that two runs have the same spikes only where every spike is the same, and that they are alike only where
// there was something that could have told them apart.
package compare

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"einet/engines"
	"einet/experiment"
	"einet/network"
	"einet/plot"
	"einet/record"
)

// A Verdict is what two runs are to each other.
type Verdict string

// The verdicts.
const (
	Same         Verdict = "the same spikes"
	OtherWeights Verdict = "the same spikes, other weights" // of long-term plasticity, at the end
	Alike        Verdict = "alike"                          // other spikes, and no statistic tells the runs apart
	Differ       Verdict = "differ"                         // some statistic does
	Unsure       Verdict = "other spikes"                   // and no statistic of which it is known how far it scatters
)

// A Run is one of the two.
type Run struct {
	Dir        string  `json:"dir"`
	Network    string  `json:"network"`
	Engine     string  `json:"engine"`
	Version    string  `json:"version"`
	Digest     string  `json:"digest"`
	Seed       uint32  `json:"seed"`
	Trial      uint32  `json:"trial"`
	DtMs       float64 `json:"dt_ms"`
	DurationMs float64 `json:"duration_ms"`
	DiscardMs  float64 `json:"discard_ms"`
	Spikes     int64   `json:"spikes"`

	WeightsDigest string `json:"weights_digest,omitempty"` // of the final weights of long-term plasticity

	net *network.Network
}

// A Result is what a comparison found.
type Result struct {
	A           Run          `json:"a"`
	B           Run          `json:"b"`
	Verdict     Verdict      `json:"verdict"`
	Why         string       `json:"why"`
	Networks    []Key        `json:"network_differences"` // none: the same network, seed and trial included
	First       *First       `json:"first_difference"`    // null where no spike differs, or grids or populations do
	Statistics  []Statistic  `json:"statistics"`
	Segments    int          `json:"segments"`        // of each run, whose scatter makes the bands
	SegmentMs   float64      `json:"segment_ms"`      // their length
	Seeds       int          `json:"seeds,omitempty"` // of network a, whose scatter makes the bands instead
	NoBands     string       `json:"no_bands,omitempty"`
	Figure      *plot.Figure `json:"-"`
	SameForMs   float64      `json:"same_for_ms"` // model time for which both have the same spikes
	Uncompared  string       `json:"spikes_not_compared,omitempty"`
	recordedAll bool
}

// Options say how two runs are compared.
type Options struct {
	Seeds    int // of a's network that are simulated, so that their scatter makes the bands; 0: none
	Threads  int // that simulate; 0: one for each processor
	Progress func(n int) (one, end func())
}

// Runs compares the runs in two folders. What their files lack or have wrong is an InputError.
func Runs(ctx context.Context, a, b string, o Options) (*Result, error) {
	r := &Result{}
	var err error
	for _, side := range []struct {
		dir string
		to  *Run
	}{{a, &r.A}, {b, &r.B}} {
		if *side.to, err = open(side.dir); err != nil {
			return nil, &engines.InputError{Err: err}
		}
	}
	if r.Networks, err = Networks(r.A.net, r.B.net); err != nil {
		return nil, err
	}
	if err := r.compareSpikes(ctx); err != nil {
		return nil, &engines.InputError{Err: err}
	}
	if err := r.consistent(); err != nil {
		return nil, &engines.InputError{Err: err}
	}
	if err := r.compareStatistics(ctx); err != nil {
		return nil, &engines.InputError{Err: err}
	}
	if o.Seeds > 0 {
		if err := r.simulate(ctx, o); err != nil {
			return nil, err
		}
	}
	r.judge()
	return r, nil
}

func open(dir string) (Run, error) {
	s, err := experiment.ReadSummary(dir)
	if err != nil {
		return Run{}, err
	}
	net, err := experiment.ReadNetwork(dir)
	if err != nil {
		return Run{}, err
	}
	return Run{
		Dir: dir, Network: s.Network, Engine: s.Engine, Version: s.Version, Digest: s.Digest, Seed: s.Seed, Trial: s.Trial,
		DtMs: s.DtMs, DurationMs: s.DurationMs, DiscardMs: s.DiscardMs, Spikes: s.Spikes,
		WeightsDigest: s.WeightsDigest, net: net,
	}, nil
}

// judge turns what was found into a verdict.
func (r *Result) judge() {
	off, compared := 0, 0
	for _, s := range r.Statistics {
		if s.Band != nil || s.Missing {
			compared++
		}
		if s.Off {
			off++
		}
	}
	same := r.A.Digest == r.B.Digest && r.A.Digest != ""
	shorter := min(r.A.DurationMs, r.B.DurationMs)
	switch {
	case same && r.A.DurationMs == r.B.DurationMs && r.A.DtMs == r.B.DtMs && r.otherWeights():
		r.Verdict, r.Why = OtherWeights, "one digest of spikes, two of weights"
	case same && r.A.DurationMs == r.B.DurationMs && r.A.DtMs == r.B.DtMs:
		r.Verdict, r.Why = Same, "one digest"
	case r.Uncompared == "" && r.recordedAll && r.First == nil && r.A.DurationMs != r.B.DurationMs:
		r.Verdict, r.Why = Same, fmt.Sprintf("for the %g ms that both have", shorter)
	case off > 0:
		r.Verdict, r.Why = Differ, fmt.Sprintf("%d of %d statistics are farther apart than two runs of one network", off, compared)
	case compared == 0:
		r.Verdict, r.Why = Unsure, r.NoBands
	default:
		r.Verdict, r.Why = Alike, fmt.Sprintf("no statistic of %d is farther apart than those of two runs of one network", compared)
	}
}

// otherWeights tells whether both runs have final weights, and these differ.
func (r *Result) otherWeights() bool {
	return r.A.WeightsDigest != "" && r.B.WeightsDigest != "" && r.A.WeightsDigest != r.B.WeightsDigest
}

// A First is the first spike that one run has and the other has not.
type First struct {
	Step       uint32  `json:"step"`
	TimeMs     float64 `json:"time_ms"`
	Neuron     uint32  `json:"neuron"` // global id
	Population string  `json:"population"`
	Index      int     `json:"index"`  // of the neuron in its population
	In         string  `json:"in"`     // a or b
	Before     int64   `json:"before"` // spikes that both have, before it
}

// compareSpikes finds the first spike that differs.
func (r *Result) compareSpikes(ctx context.Context) error {
	var readers [2]*record.SpikeReader
	for i, dir := range []string{r.A.Dir, r.B.Dir} {
		reader, err := record.OpenSpikes(filepath.Join(dir, experiment.SpikesFile))
		if err != nil {
			return err
		}
		defer reader.Close()
		readers[i] = reader
	}
	a, b := readers[0], readers[1]
	r.recordedAll = a.Recorded == nil && b.Recorded == nil
	switch {
	case a.DtMs != b.DtMs:
		r.Uncompared = fmt.Sprintf("the grids are %g and %g ms", a.DtMs, b.DtMs)
		return nil
	case !samePopulations(a.Populations, b.Populations):
		r.Uncompared = "the populations differ"
		return nil
	case !record.SameRecorded(a.Recorded, b.Recorded):
		r.Uncompared = "the files hold the spikes of other neurons"
		return nil
	}
	last := uint32(min(a.Steps, b.Steps))
	x, y := &stream{SpikeReader: a}, &stream{SpikeReader: b}
	for before := int64(0); ; before++ {
		if before%(1<<16) == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		s, more, err := x.next(last)
		if err != nil {
			return err
		}
		t, others, err := y.next(last)
		if err != nil {
			return err
		}
		if !more && !others {
			r.SameForMs = float64(last) * a.DtMs
			return nil
		}
		if more && others && s == t {
			continue
		}
		in := "a"
		if !more || others && (t.Step < s.Step || t.Step == s.Step && t.Neuron < s.Neuron) {
			in, s = "b", t
		}
		p := a.Populations[a.Population(s.Neuron)]
		r.First = &First{s.Step, float64(s.Step) * a.DtMs, s.Neuron, p.Name, int(s.Neuron) - p.First, in, before}
		r.SameForMs = float64(s.Step-1) * a.DtMs
		return nil
	}
}

// consistent is an error where digests and spikes contradict each other, as where a file was copied over another run's.
func (r *Result) consistent() error {
	whole := r.Uncompared == "" && r.recordedAll && r.A.DurationMs == r.B.DurationMs && r.A.Digest != "" && r.B.Digest != ""
	if one := r.A.Digest == r.B.Digest; whole && one != (r.First == nil) {
		said := "other digests, but the same spikes"
		if one {
			said = "one digest, but other spikes"
		}
		return fmt.Errorf("%s and %s: have %s: a %s is not that of the %s beside it", r.A.Dir, r.B.Dir, said, experiment.SpikesFile, experiment.SummaryFile)
	}
	return nil
}

func samePopulations(a, b []record.Population) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Draw draws rasters and rates of both side by side.
func (r *Result) Draw(ctx context.Context, x experiment.Excerpt) error {
	var both []plot.Titled
	for i, run := range []*Run{&r.A, &r.B} {
		data, err := experiment.ReadRun(ctx, run.Dir, x)
		if err != nil {
			return err
		}
		if data.Sample == nil {
			return errNoSpikes
		}
		both = append(both, plot.Titled{Title: "ab"[i:i+1] + ": " + filepath.Base(filepath.Clean(run.Dir)), Data: data})
	}
	f, err := plot.Rasters(both)
	f.Name = "compare"
	r.Figure = &f
	return err
}

var errNoSpikes = errors.New("a run kept no spikes to draw")

// NoSpikes tells whether an error of Draw is that there are none to draw.
func NoSpikes(err error) bool { return errors.Is(err, errNoSpikes) }

// eof ends a stream.
func eof(err error) bool { return errors.Is(err, io.EOF) }
