package compare

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/stat"

	"einet/engines"
	"einet/experiment"
	"einet/validate"
)

// Bounds of the seeds that are simulated: fewer leave too few degrees of freedom.
const (
	LeastSeeds = validate.LeastPooled + 1
	MostSeeds  = 1000
)

// simulate simulates other seeds of a's network, as long as a, and makes bands of how they scatter: of one run beside another.
func (r *Result) simulate(ctx context.Context, o Options) error {
	switch {
	case o.Seeds < LeastSeeds || o.Seeds > MostSeeds:
		return inputError("--seeds %d: must be from %d to %d", o.Seeds, LeastSeeds, MostSeeds)
	case r.A.DurationMs != r.B.DurationMs || r.A.DiscardMs != r.B.DiscardMs:
		return inputError("--seeds %d: the runs must be equally long, behind what they discard too, and are %g ms (%g discarded) and %g ms (%g discarded)",
			o.Seeds, r.A.DurationMs, r.A.DiscardMs, r.B.DurationMs, r.B.DiscardMs)
	}
	threads := o.Threads
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	workers := min(threads, o.Seeds)
	summaries := make([]*experiment.Summary, o.Seeds)
	one, end := o.Progress(o.Seeds)
	defer end()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for k := range summaries {
		g.Go(func() (err error) {
			net := *r.A.net
			net.Seed = max(r.A.Seed, r.B.Seed) + 1 + uint32(k)
			choice := engines.Choice{Engine: engines.CPU.Name, Threads: max(1, threads/workers)}
			summaries[k], err = experiment.Measure(ctx, &net, experiment.Options{Choice: choice, DiscardMs: r.A.DiscardMs})
			one()
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	r.Seeds, r.Segments, r.SegmentMs, r.NoBands = o.Seeds, 0, 0, ""
	for i := range r.Statistics {
		r.Statistics[i].among(i%len(statistics), summaries)
	}
	return nil
}

func inputError(format string, args ...any) error {
	return &engines.InputError{Err: fmt.Errorf(format, args...)}
}

// among holds the two runs' values of statistic k to the band in which those of two seeds are.
func (s *Statistic) among(k int, seeds []*experiment.Summary) {
	s.Apart, s.Band, s.Off, s.Missing = nil, nil, false, false
	var values []float64
	for _, summary := range seeds {
		p := summary.Populations[s.Population]
		if v := statistics[k].in(&p); v != nil {
			values = append(values, *v)
		}
	}
	switch {
	case len(values) == len(seeds) && (s.A == nil) != (s.B == nil):
		s.Missing, s.Off = true, true
	case len(values) < len(seeds) || s.A == nil || s.B == nil: // only some have it
	default:
		apart := *s.B - *s.A
		s.Apart = &apart
		s.Band = experiment.Number(validate.Band(*s.A, stat.StdDev(values, nil), 1, 1))
		s.Off = s.Band != nil && math.Abs(apart) > *s.Band
	}
}
