package sim

import (
	"context"
	"math"
	"time"
)

// A Recorder takes what a run produces, while it runs: beside the engine, in a goroutine that all recorders of the run share.
type Recorder interface {
	// Spikes receives the spikes of the steps up to and including step, all of
	// them and each once, sorted by step and then neuron. The slice is only
	// valid during the call.
	Spikes(step int64, spikes []Spike) error
	// Next is the first step after the given one at which the recorder wants to
	// Sample the state; Never if there is none. It depends on nothing else, for it is asked long before.
	Next(step int64) int64
	// Reads is what Sample is to see; it is the same throughout a run.
	Reads() []Selection
	// Sample takes the state after a step that Next named. The spikes up to there have come before.
	Sample(o *Observation) error
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
// every spike up to where the engine stopped. A recorder's error ends it too.
func Run(ctx context.Context, e Engine, last int64, progress func(step int64, spikes int64), recorders ...Recorder) error {
	_, err := Timed(ctx, e, last, progress, recorders...)
	return err
}

// Times are the wall times of a run. Engine and Waiting make up all of it, and Recorders go on beside.
type Times struct {
	Engine    time.Duration // that the engine took, reading its state included
	Recorders time.Duration // that the recorders took
	Waiting   time.Duration // that the engine waited for them, and the run at its end
}

// Add adds the times of a run that goes on.
func (t *Times) Add(further Times) {
	t.Engine += further.Engine
	t.Recorders += further.Recorders
	t.Waiting += further.Waiting
}

// Timed is Run, with the times that it took.
func Timed(ctx context.Context, e Engine, last int64, progress func(step int64, spikes int64), recorders ...Recorder) (Times, error) {
	start := time.Now()
	w := watch(e, recorders)
	err := w.run(ctx, last, progress)
	if failed := w.close(); failed != nil {
		err = failed
	}
	t := Times{Recorders: w.recording.took, Waiting: w.waited}
	t.Engine = time.Since(start) - t.Waiting
	return t, err
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

// Reads is nothing.
func (SpikeSink) Reads() []Selection { return nil }

// Sample does nothing.
func (SpikeSink) Sample(*Observation) error { return nil }
