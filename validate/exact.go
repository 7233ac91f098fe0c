package validate

import (
	"context"
	"fmt"

	"einet/analysis"
	"einet/connectome"
	"einet/dynamics"
	"einet/network"
	"einet/sim"
)

// Exact is the comparison of engines on one network and seed.
type Exact struct {
	DurationMs float64       `json:"duration_ms"`
	DiscardMs  float64       `json:"discard_ms"` // not in the statistics
	Engines    []EngineRun   `json:"engines"`    // the first is the one that the others must equal
	Equal      bool          `json:"equal"`
	Difference []*Difference `json:"differences,omitempty"`
}

// EngineRun is what one engine gave.
type EngineRun struct {
	Name        string                          `json:"engine"`
	Device      string                          `json:"device"`
	Digest      string                          `json:"digest"`
	State       string                          `json:"state_digest"`             // of every variable of every neuron at the end
	Weights     string                          `json:"weights_digest,omitempty"` // of long-term plasticity at the end
	Spikes      int64                           `json:"spikes"`
	Statistics  []analysis.PopulationStatistics `json:"-"`
	Populations []Measures                      `json:"populations"`
}

// Measures are an engine's statistics of one population, null where there are
// none.
type Measures struct {
	Name        string   `json:"population"`
	RateHz      *float64 `json:"rate_hz"`
	CV          *float64 `json:"cv_isi"`
	Fano        *float64 `json:"fano"`
	Correlation *float64 `json:"mean_pairwise_correlation"`

	CorrelationError *float64 `json:"mean_pairwise_correlation_error"` // standard error
}

// RunExact simulates a number of steps of the network on every backend. Where spikes, the final state or the final weights differ from the first
// backend's, it finds out where that begins. The lab's own backend has no part in it.
func (l *Lab) RunExact(ctx context.Context, net *network.Network, steps, discard int64, backends []sim.Backend) (*Exact, error) {
	b, err := l.build(ctx, net, 0)
	if err != nil {
		return nil, err
	}
	r := &Exact{DurationMs: float64(steps) * net.Dt, DiscardMs: float64(discard) * net.Dt, Equal: true}
	for _, backend := range backends {
		run, err := exactRun(ctx, b, steps, discard, backend)
		if err != nil {
			return nil, fmt.Errorf("%s on %s: %w", backend.Name, backend.Device, err)
		}
		l.progress()
		r.Engines = append(r.Engines, run)
		if run.Digest != r.Engines[0].Digest || run.State != r.Engines[0].State || run.Weights != r.Engines[0].Weights {
			r.Equal = false
			d, err := findDifference(ctx, b, steps, backends[0], backend)
			if err != nil {
				return nil, err
			}
			r.Difference = append(r.Difference, d)
		}
	}
	return r, nil
}

// Held says what engines must have the same.
func (x *Exact) Held() string {
	if len(x.Engines) > 0 && x.Engines[0].Weights != "" {
		return "the same spikes, final state and final weights"
	}
	return "the same spikes and the same final state"
}

func exactRun(ctx context.Context, b *built, steps, discard int64, backend sim.Backend) (EngineRun, error) {
	digest := sim.NewDigest()
	statistics := analysis.NewStatistics(sizes(b.net), b.net.Dt, discard)
	lab, state := Lab{Backend: backend}, &stateDigest{at: steps}
	weights := ""
	err := lab.runThen(ctx, b.net, b.connectome, steps, func(m *dynamics.Model) []sim.Recorder {
		state.model = m
		return []sim.Recorder{digest, spikesTo(statistics.Add), state}
	}, func(e sim.Engine) (err error) {
		if w, weighs := e.(sim.Weigher); weighs {
			weights, err = sim.WeightsDigest(state.model, w)
		}
		return err
	})
	run := EngineRun{
		Name: backend.Name, Device: backend.Device, Digest: digest.String(), State: state.sum, Weights: weights, Spikes: digest.Count(),
		Statistics: statistics.Populations(steps),
	}
	for i, p := range run.Statistics {
		run.Populations = append(run.Populations, Measures{
			Name: b.net.Populations[i].Name, RateHz: number(p.Rate), CV: number(p.CV),
			Fano: number(p.Fano), Correlation: number(p.Correlation.Value),
			CorrelationError: number(p.Correlation.Error),
		})
	}
	return run, err
}

// A Difference is where an engine departs from the reference.
type Difference struct {
	Engine string `json:"engine"`
	Device string `json:"device"`
	// The first spike that only one of them has; Step 0 if their spikes agree.
	Step       int64  `json:"step"`
	Neuron     int    `json:"neuron"` // global id
	Population string `json:"population"`
	Index      int    `json:"index"`    // in the population
	FiredIn    string `json:"fired_in"` // the engine that has the spike
	// The first step after which the state of some neuron differs, and that
	// neuron; -1 where no state differs up to Step.
	StateStep   int64  `json:"state_step"`
	StateNeuron int    `json:"state_neuron"`
	State       []Pair `json:"state"` // of StateNeuron after StateStep, or of Neuron after Step
	// The first synapse whose weight differs up to there; null if none does.
	Weight *WeightDifference `json:"weight,omitempty"`
}

// A WeightDifference is a weight of long-term plasticity that two engines have otherwise, in units of 2^-31 of w_max.
type WeightDifference struct {
	Step       int64  `json:"step"` // the first after which some weight differs
	Projection string `json:"projection"`
	Synapse    int    `json:"synapse"` // by source, target, delay and weight at the start
	Reference  uint32 `json:"reference"`
	Engine     uint32 `json:"engine"`
}

// A Pair is a state variable in both engines.
type Pair struct {
	Variable  string  `json:"variable"` // V, or the current of a receptor, in mV
	Reference float32 `json:"reference"`
	Engine    float32 `json:"engine"`
}

// lockstep is two engines on the same network.
type lockstep struct {
	model             *dynamics.Model
	reference, engine sim.Engine
}

func openLockstep(ctx context.Context, net *network.Network, c *connectome.Connectome, reference, backend sim.Backend) (*lockstep, error) {
	m, err := dynamics.New(net)
	if err != nil {
		return nil, err
	}
	l := &lockstep{model: m}
	if l.reference, err = reference.Open(ctx, m, c); err != nil {
		return nil, err
	}
	if l.engine, err = backend.Open(ctx, m, c); err != nil {
		l.reference.Close()
		return nil, err
	}
	return l, nil
}

func (l *lockstep) close() {
	l.reference.Close()
	l.engine.Close()
}

// advance takes both further and returns the first spike in which they differ.
func (l *lockstep) advance(ctx context.Context, steps int) (spike sim.Spike, inReference, differs bool, err error) {
	var spikes [2][]sim.Spike
	for i, e := range []sim.Engine{l.reference, l.engine} {
		if err := e.Advance(ctx, steps); err != nil {
			return spike, false, false, err
		}
		if spikes[i], err = e.Spikes(nil); err != nil {
			return spike, false, false, err
		}
	}
	spike, inReference, differs = firstDifference(spikes[0], spikes[1])
	return spike, inReference, differs, nil
}

// firstDifference finds the first spike of two sorted lists that only one has.
func firstDifference(a, b []sim.Spike) (spike sim.Spike, inFirst, differs bool) {
	before := func(x, y sim.Spike) bool {
		return x.Step < y.Step || x.Step == y.Step && x.Neuron < y.Neuron
	}
	for i := 0; ; i++ {
		switch {
		case i == len(a) && i == len(b):
			return spike, false, false
		case i == len(b), i < len(a) && before(a[i], b[i]):
			return a[i], true, true
		case i == len(a), before(b[i], a[i]):
			return b[i], false, true
		}
	}
}
