package sim

import (
	"context"
	"math"
	"time"
)

// A Recorder takes what a run produces, while it runs.
type Recorder interface {
	// Spikes receives the spikes of the steps up to and including step, all of
	// them and each once, sorted by step and then neuron. The slice is only
	// valid during the call.
	Spikes(step int64, spikes []Spike) error
	// Next is the first step after the given one at which the recorder wants to
	// Sample the engine's state; Never if there is none.
	Next(step int64) int64
	// Sample reads the engine's state, which is that of a step Next named.
	Sample(e Engine) error
}

// Never is a step that no run reaches.
const Never = int64(math.MaxInt64)

// Bounds of the model time that is simulated between two looks at the spikes,
// and the wall time it should take: long enough for an engine to work undisturbed,
// short enough to stop soon and to show progress.
const (
	firstStretch  = 16
	longStretch   = 1 << 14
	stretchTarget = 60 * time.Millisecond
)

// Run advances an engine to step last, handing spikes and samples to the
// recorders and calling progress (which may be nil) now and then. If ctx is
// cancelled it stops early with ctx's error, and with the engine's where that fails, after the recorders have seen
// every spike up to where the engine stopped.
func Run(ctx context.Context, e Engine, last int64, progress func(step int64, spikes int64), recorders ...Recorder) error {
	var buf []Spike
	var total int64
	stretch := int64(firstStretch)
	for e.Step() < last {
		next := min(last, e.Step()+stretch)
		for _, r := range recorders {
			next = min(next, r.Next(e.Step()))
		}
		asked, start := next-e.Step(), time.Now()
		stopped := e.Advance(ctx, int(asked))
		var err error
		if buf, err = e.Spikes(buf[:0]); stopped == nil {
			stopped = err
		}
		total += int64(len(buf))
		for _, r := range recorders {
			if err := r.Spikes(e.Step(), buf); err != nil {
				return err
			}
		}
		if stopped != nil {
			return stopped
		}
		for _, r := range recorders {
			if r.Next(next-1) == next {
				if err := r.Sample(e); err != nil {
					return err
				}
			}
		}
		if progress != nil {
			progress(next, total)
		}
		stretch = adapt(stretch, asked, time.Since(start))
	}
	return nil
}

// adapt doubles or halves the stretch where asked steps took far from the
// target time.
func adapt(stretch, asked int64, took time.Duration) int64 {
	perStep := took / time.Duration(asked)
	switch whole := perStep * time.Duration(stretch); {
	case whole < stretchTarget/2:
		return min(2*stretch, longStretch)
	case whole > 2*stretchTarget:
		return max(stretch/2, 1)
	}
	return stretch
}

// A SpikeSink is a Recorder that only takes spikes.
type SpikeSink func(step int64, spikes []Spike) error

// Spikes calls the function.
func (f SpikeSink) Spikes(step int64, spikes []Spike) error { return f(step, spikes) }

// Next asks for no samples.
func (SpikeSink) Next(int64) int64 { return Never }

// Sample does nothing.
func (SpikeSink) Sample(Engine) error { return nil }
