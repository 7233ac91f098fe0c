package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"einet/sim"
)

// A Ran is what one run of a user took, from step 0.
type Ran struct {
	Simulate  time.Duration `json:"simulate_ns"`  // what the user waits for: the engine, and waiting for recorders
	Recorders time.Duration `json:"recorders_ns"` // beside it
	Waiting   time.Duration `json:"waiting_ns"`   // of the engine for recorders, and of the run for the last of them
	Finish    time.Duration `json:"finish_ns"`    // statistics and files behind the simulation
	Digest    string        `json:"digest"`
}

// asRun times the engine alone, which nobody watches, and then a run.
func (r *run) asRun(ctx context.Context) error {
	steps := r.result.Steps
	e, err := r.engine.Open(ctx, r.full.model, r.full.connectome)
	if err != nil {
		return err
	}
	start := time.Now()
	if err = e.Advance(ctx, int(steps)); err == nil {
		_, err = e.Spikes(nil) // a device may be behind
	}
	took := time.Since(start)
	if err = errors.Join(err, e.Close()); err != nil {
		return err
	}
	net := *r.full.model.Network
	net.Duration = sim.InMs(steps, net.Dt)
	ran, err := r.engine.AsRun(ctx, &net, r.full.connectome)
	if err != nil {
		return fmt.Errorf("as a run: %w", err)
	}
	r.result.Alone, r.result.Runs = append(r.result.Alone, took), append(r.result.Runs, ran)
	return nil
}

// OverAlone is what runs take in times of what the engine takes alone, by the medians and by the shortest of each; 0 where neither
// was measured.
func (r *Result) OverAlone() (median, shortest float64) {
	if len(r.Alone) == 0 {
		return 0, 0
	}
	runs := r.RunTimes(func(x *Ran) time.Duration { return x.Simulate })
	return float64(runs.Median()) / float64(r.Alone.Median()), float64(runs.Min()) / float64(r.Alone.Min())
}

// RunTimes are one of the times of all runs.
func (r *Result) RunTimes(of func(*Ran) time.Duration) Times {
	var t Times
	for i := range r.Runs {
		t = append(t, of(&r.Runs[i]))
	}
	return t
}
