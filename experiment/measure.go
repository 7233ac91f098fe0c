package experiment

import (
	"context"
	"slices"
	"time"

	"einet/dynamics"
	"einet/host"
	"einet/network"
	"einet/sim"
)

// Measure simulates a network and returns the summary that Run would have written: a sweep has no more of each of its points. It
// leaves no files, so that what the network's record asks for is not kept. An interrupted simulation is an error, and nothing else.
func Measure(ctx context.Context, net *network.Network, o Options) (*Summary, error) {
	r, err := begin(net, o)
	if err != nil {
		return nil, err
	}
	if r.model, err = dynamics.New(net); err != nil {
		return nil, usage(err)
	}
	r.warnings = slices.Concat(net.Warnings(), r.model.Losses())
	start := time.Now()
	if err := r.start(ctx); err != nil {
		return nil, err
	}
	defer r.close()
	r.describe(time.Since(start))
	r.release()
	rec := r.recorders(&outputs{})
	start = time.Now()
	times, stopped := sim.Timed(ctx, r.engine, r.steps, nil, rec.all...)
	if stopped != nil {
		return nil, stop(stopped)
	}
	s := &r.summary
	s.finish(net, rec, time.Since(start), nil)
	s.EngineS, s.RecordersS, s.WaitingS = times.Engine.Seconds(), times.Recorders.Seconds(), times.Waiting.Seconds()
	r.warn(rec.statistics, rec.reached)
	s.PeakRSSMB = host.PeakMB()
	s.Warnings = append([]string{}, r.warnings...)
	return s, nil
}
