// Package validate asks whether spikes are right, and answers with numbers: do
// engines agree bit for bit, would another simulator's spikes pass for another
// seed's, does a network do what its source claims. Its one invariant: a verdict
// can fail. Each statistic stands beside the bound or band that it is held to,
// and comparisons stand beside changes of the network that they must notice.
package validate

import (
	"context"
	"runtime"
	"slices"

	"einet/connectome"
	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"golang.org/x/sync/errgroup"
)

// A Lab runs experiments with one kind of engine.
type Lab struct {
	Backend sim.Backend
	Workers int // simulations at a time; 0: one for each processor
	// Connect, if not nil, draws synapses in place of connectome.Build.
	Connect func(ctx context.Context, net *network.Network, workers int) (*connectome.Connectome, error)
	// Progress, if not nil, is told of every simulation that is done. It may be
	// called from several goroutines.
	Progress func()
}

// A built network is shared by the simulations on one connectome.
type built struct {
	net        *network.Network
	connectome *connectome.Connectome
}

// build draws a network's synapses in workers goroutines.
func (l *Lab) build(ctx context.Context, net *network.Network, workers int) (*built, error) {
	connect := connectome.Build
	if l.Connect != nil {
		connect = l.Connect
	}
	c, err := connect(ctx, net, workers)
	return &built{net, c}, err
}

// run simulates net, which differs from the built one in nothing that changes
// its synapses, for a number of steps.
func (l *Lab) run(ctx context.Context, net *network.Network, c *connectome.Connectome, steps int64, recorders func(*dynamics.Model) []sim.Recorder) error {
	return l.runThen(ctx, net, c, steps, recorders, func(sim.Engine) error { return nil })
}

// runThen is run, with a look at the engine behind the last step.
func (l *Lab) runThen(ctx context.Context, net *network.Network, c *connectome.Connectome, steps int64, recorders func(*dynamics.Model) []sim.Recorder, then func(sim.Engine) error) error {
	m, err := dynamics.New(net)
	if err != nil {
		return err
	}
	e, err := l.Backend.Open(ctx, m, c)
	if err != nil {
		return err
	}
	defer e.Close()
	if err := sim.Run(ctx, e, steps, nil, recorders(m)...); err != nil {
		return err
	}
	if err := then(e); err != nil {
		return err
	}
	l.progress()
	return nil
}

// progress tells of a simulation that is done.
func (l *Lab) progress() {
	if l.Progress != nil {
		l.Progress()
	}
}

// each calls do for 0 to n-1, several at a time, until one fails.
func (l *Lab) each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(l.workers())
	for i := range n {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, i)
		})
	}
	return g.Wait()
}

func (l *Lab) workers() int {
	if l.Workers > 0 {
		return l.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// clone is a copy of a network whose populations and projections may be
// changed.
func clone(net *network.Network) *network.Network {
	c := *net
	c.Populations = slices.Clone(net.Populations)
	c.Projections = slices.Clone(net.Projections)
	return &c
}

func sizes(net *network.Network) []int {
	var list []int
	for _, p := range net.Populations {
		list = append(list, p.Size)
	}
	return list
}

func names(net *network.Network) []string {
	var list []string
	for _, p := range net.Populations {
		list = append(list, p.Name)
	}
	return list
}

// spikesTo is a recorder that only passes spikes on.
func spikesTo(add func([]sim.Spike)) sim.Recorder {
	return sim.SpikeSink(func(_ int64, s []sim.Spike) error { add(s); return nil })
}
