package bench

import (
	"context"
	"time"

	"einet/host"
	"einet/sim"
)

// A lap is what the engines share that are measured on one network.
type lap struct {
	subject Subject
	degrees []int64
	options Options
	full    variant
	parts   []variant // see newParts
}

// A run is one engine in a lap.
type run struct {
	*lap
	engine Engine
	result Result
	wanted int64 // steps that were asked for
	times  int   // that the limit allows
}

// fractions are the parts of a measurement at whose ends the digest is taken, so
// that an engine too slow for all of it can be held to the others.
var fractions = []int64{100, 10, 1}

// prepare warms an engine up by a hundredth and a tenth of the steps, and so
// learns how many of them, and how often, the limit allows: all of them as often
// as asked for, all of them less often, a tenth or a hundredth of them once.
func (r *run) prepare(ctx context.Context, steps int64) error {
	r.wanted = steps
	r.result = Result{Subject: r.subject, Engine: r.engine.Name, Device: r.engine.Device, Threads: r.engine.Threads, Asked: steps}
	r.times = r.options.Repetitions
	affordable := max(1, steps/fractions[0])
	for _, part := range fractions {
		n := max(1, steps/part)
		if n > affordable {
			break
		}
		r.result.Steps = n
		if part == 1 {
			break
		}
		took, err := r.once(ctx, r.full, n, &Result{})
		if err != nil {
			return err
		}
		affordable = r.affordable(n, took)
		if all := took * time.Duration(steps) / time.Duration(n); r.options.Limit > 0 && all > 0 {
			r.times = int(min(int64(r.options.Repetitions), max(1, int64(r.options.Limit/all))))
		}
	}
	r.result.ModelMs = float64(r.result.Steps) * r.subject.DtMs
	return nil
}

// affordable is how many steps the limit allows an engine that took so long for n.
func (r *run) affordable(n int64, took time.Duration) int64 {
	if r.options.Limit == 0 {
		return r.wanted
	}
	return int64(float64(n) * float64(r.options.Limit) / float64(max(1, took)))
}

// repeat measures repetition k, unless the limit leaves it out.
func (r *run) repeat(ctx context.Context, k int) error {
	if k >= r.times {
		return nil
	}
	if r.engine.AsRun != nil {
		if err := r.asRun(ctx); err != nil {
			return err
		}
	}
	peak := host.StartPeak()
	took, err := r.once(ctx, r.full, r.result.Steps, &r.result)
	if err != nil {
		return err
	}
	r.result.PeakMB = max(r.result.PeakMB, r.subject.BuildPeakMB, peak())
	r.result.Simulate = append(r.result.Simulate, took)
	r.options.tell("%s, N %d, %s: %.3g s", r.result.Network, r.result.Neurons, r.result.Label(), took.Seconds())
	if r.result.Steps < r.wanted {
		return nil // its parts would take as long again
	}
	times := []*Times{&r.result.Unconnected, &r.result.Undriven}
	for i, part := range r.parts {
		took, err := r.once(ctx, part, r.result.Steps, &Result{})
		if err != nil {
			return err
		}
		*times[i] = append(*times[i], took)
	}
	return nil
}

// once simulates from step 0, fills in what came of it and returns the wall time
// without the loading.
func (r *run) once(ctx context.Context, v variant, steps int64, into *Result) (time.Duration, error) {
	start := time.Now()
	e, err := r.engine.Open(ctx, v.model, v.connectome)
	if err != nil {
		return 0, err
	}
	defer e.Close()
	into.Load = append(into.Load, time.Since(start))
	into.Deliveries = 0
	digest := sim.NewDigest()
	events := sim.SpikeSink(func(_ int64, spikes []sim.Spike) error {
		for _, s := range spikes {
			into.Deliveries += r.degrees[s.Neuron]
		}
		return nil
	})
	var took time.Duration
	var list []Digest
	for _, n := range marks(r.wanted, steps) {
		start = time.Now()
		if err := sim.Run(ctx, e, n, nil, digest, events); err != nil {
			return took, err
		}
		took += time.Since(start)
		list = append(list, Digest{n, digest.Count(), digest.String(), took})
	}
	into.Spikes, into.Digests = digest.Count(), shortest(into.Digests, list)
	return took, nil
}
