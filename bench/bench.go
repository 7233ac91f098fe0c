// Package bench measures how fast engines are, and what the machine could do.
// Its one invariant: what is compared is measured in one run, side by side, on
// the same network, and every engine's digest stands beside its time, so that no
// speed is bought with other spikes.
package bench

import (
	"context"
	"fmt"
	"time"

	"einet/connectome"
	"einet/dynamics"
	"einet/host"
	"einet/network"
	"einet/sim"
)

// An Engine is what simulates, with the threads that it computes on: 0 where that
// is its own affair.
type Engine struct {
	sim.Backend
	Threads int
	// AsRun simulates as a user's run does, recorders and files included; nil: that is not measured.
	AsRun func(ctx context.Context, net *network.Network, c *connectome.Connectome) (Ran, error)
}

// A Case is a network to simulate for that many steps. Set is what was changed of
// the preset.
type Case struct {
	Network      *network.Network
	Set          []string
	Connectivity string // Procedural, or "" where synapses are stored
	Steps        int64
}

// Procedural is the connectivity of synapses that are not stored but drawn again for each spike.
const Procedural = "procedural"

// Result is one of the case without what is measured, to find it in a report.
func (c *Case) Result() Result {
	return Result{Subject: c.subject()}
}

func (c *Case) subject() Subject {
	return Subject{
		Network: c.Network.Name, Set: c.Set, Connectivity: c.Connectivity, Seed: c.Network.Seed, DtMs: c.Network.Dt, Neurons: c.Network.Neurons(),
	}
}

// Options say how to measure.
type Options struct {
	Repetitions int
	Limit       time.Duration // that an engine may take of a network, see run.prepare; 0: none
	Parts       bool          // measure the parts of a step too
	Workers     int           // goroutines that build; 0: one for each processor
	Progress    func(what string)
}

// Measure builds a network and simulates it with each engine in turn, repeatedly,
// so that what else the machine does meets all of them. Every repetition starts
// from step 0 with a new engine.
func Measure(ctx context.Context, c Case, engines []Engine, o Options) ([]Result, error) {
	s, syn, err := build(ctx, &c, o)
	if err != nil {
		return nil, err
	}
	m, err := dynamics.New(c.Network)
	if err != nil {
		return nil, err
	}
	s.Draws = draws(m)
	l := lap{subject: s, degrees: OutDegrees(m, syn), options: o, full: variant{m, syn}}
	if o.Parts {
		if l.parts, err = newParts(m, syn); err != nil {
			return nil, err
		}
	}
	runs := make([]run, len(engines))
	for i, e := range engines {
		runs[i] = run{lap: &l, engine: e}
		if err := runs[i].prepare(ctx, c.Steps); err != nil {
			return nil, fmt.Errorf("%s on %s: %w", e.Name, e.Device, err)
		}
	}
	for k := range o.Repetitions {
		for i := range runs {
			if err := runs[i].repeat(ctx, k); err != nil {
				return nil, fmt.Errorf("%s on %s: %w", runs[i].engine.Name, runs[i].engine.Device, err)
			}
		}
	}
	results := make([]Result, len(runs))
	for i := range runs {
		results[i] = runs[i].result
		results[i].Derive()
	}
	return results, nil
}

// build builds the network, several times where that is quick, for its time is
// measured too.
func build(ctx context.Context, c *Case, o Options) (Subject, *connectome.Connectome, error) {
	s := c.subject()
	s.RestMB = host.ResidentMB()
	var syn *connectome.Connectome
	connect := connectome.Build
	if c.Connectivity == Procedural {
		connect = connectome.Procedural
	}
	total := time.Duration(0)
	for k := 0; k < o.Repetitions && (k == 0 || total < time.Second); k++ {
		syn = nil
		peak := host.StartPeak()
		start := time.Now()
		var err error
		if syn, err = connect(ctx, c.Network, o.Workers); err != nil {
			return s, nil, err
		}
		took := time.Since(start)
		s.Build = append(s.Build, took)
		total += took
		s.BuildPeakMB = max(s.BuildPeakMB, peak())
	}
	s.Synapses, s.SynapseBytes = syn.Synapses(), syn.Bytes()
	o.tell("%s, N %d: built in %.3g s", s.Network, s.Neurons, s.Build.Median().Seconds())
	return s, syn, nil
}

func (o *Options) tell(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(fmt.Sprintf(format, args...))
	}
}
