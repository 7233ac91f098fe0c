package selftest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/engines"
	"einet/gpu"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
	"einet/sim"
)

// A Work is a preset at a scale, and what is tried with it.
type Work struct {
	Network      string  `json:"network"`
	Scale        float64 `json:"scale"`
	Connectivity string  `json:"connectivity"`

	ms       float64
	trials   int  // simulated together, too
	counted  bool // with counters, too
	nearFull bool // on a device whose memory is nearly full, too
}

// works are all presets and what else there is to try. Quick ones are what software devices do in a minute.
func works(quick bool) []Work {
	stored, drawn := string(engines.Stored), string(engines.Procedural)
	if quick {
		return []Work{
			{Network: "vs96", Scale: 1, Connectivity: stored, ms: 50, trials: 2, counted: true, nearFull: true},
			{Network: "ei", Scale: 0.2, Connectivity: stored, ms: 50, counted: true},
			{Network: "ei", Scale: 0.2, Connectivity: drawn, ms: 20},
			{Network: "tian2020", Scale: 0.3, Connectivity: stored, ms: 100},
			{Network: "vogels2005cuba", Scale: 1, Connectivity: stored, ms: 20},
			{Network: "vogels2005coba", Scale: 1, Connectivity: stored, ms: 20},
			{Network: "brainpy1m", Scale: 1, Connectivity: drawn, ms: 20},
			{Network: "brunel2000", Scale: 0.1, Connectivity: stored, ms: 20},
			{Network: "brunel2000exp", Scale: 0.1, Connectivity: stored, ms: 20},
			{Network: "cobahh", Scale: 0.1, Connectivity: stored, ms: 20},
			{Network: "zerlaut2018", Scale: 0.1, Connectivity: stored, ms: 30},
			{Network: "izhikevich2003", Scale: 0.3, Connectivity: stored, ms: 50},
			{Network: "tum2000", Scale: 1, Connectivity: stored, ms: 50},
			{Network: "mongillo2008", Scale: 0.1, Connectivity: stored, ms: 30},
			{Network: "vogels2011", Scale: 0.1, Connectivity: stored, ms: 50},
			{Network: "song2000", Scale: 1, Connectivity: stored, ms: 50},
			{Network: "laing2001", Scale: 1, Connectivity: stored, ms: 250},
			{Network: "rosenbaum2017", Scale: 0.1, Connectivity: stored, ms: 30},
			{Network: "litwinkumar2012", Scale: 0.2, Connectivity: stored, ms: 30},
			{Network: "potjans2014", Scale: 0.05, Connectivity: stored, ms: 30, counted: true},
		}
	}
	return []Work{
		{Network: "vs96", Scale: 1, Connectivity: stored, ms: 500, trials: 32, counted: true, nearFull: true},
		{Network: "ei", Scale: 1, Connectivity: stored, ms: 500, counted: true},
		{Network: "ei", Scale: 1, Connectivity: drawn, ms: 200, counted: true},
		{Network: "tian2020", Scale: 1, Connectivity: stored, ms: 500},
		{Network: "vogels2005cuba", Scale: 1, Connectivity: stored, ms: 500, trials: 32, counted: true},
		{Network: "vogels2005cuba", Scale: 100, Connectivity: stored, ms: 100, counted: true},
		{Network: "vogels2005coba", Scale: 1, Connectivity: stored, ms: 500},
		{Network: "brainpy1m", Scale: 25, Connectivity: drawn, ms: 50, counted: true},
		{Network: "brunel2000", Scale: 1, Connectivity: stored, ms: 200, counted: true},
		{Network: "brunel2000exp", Scale: 1, Connectivity: stored, ms: 200},
		{Network: "cobahh", Scale: 1, Connectivity: stored, ms: 100, counted: true},
		{Network: "zerlaut2018", Scale: 1, Connectivity: stored, ms: 200},
		{Network: "izhikevich2003", Scale: 1, Connectivity: stored, ms: 500},
		{Network: "tum2000", Scale: 1, Connectivity: stored, ms: 500},
		{Network: "mongillo2008", Scale: 1, Connectivity: stored, ms: 200},
		{Network: "vogels2011", Scale: 1, Connectivity: stored, ms: 200, counted: true},
		{Network: "song2000", Scale: 1, Connectivity: stored, ms: 1000},
		{Network: "laing2001", Scale: 1, Connectivity: stored, ms: 500},
		{Network: "rosenbaum2017", Scale: 1, Connectivity: stored, ms: 200},
		{Network: "litwinkumar2012", Scale: 1, Connectivity: stored, ms: 200, counted: true},
		{Network: "potjans2014", Scale: 1, Connectivity: stored, ms: 200, counted: true},
	}
}

// repetitions of a run that is timed: the shortest counts.
const repetitions = 3

// A built work is a network that is ready to be simulated.
type built struct {
	Work
	net   *network.Network
	model *dynamics.Model
	syn   *connectome.Connectome
	steps int64
	want  string // the reference's digest
}

// name is what a work is called.
func (w Work) name() string { return fmt.Sprintf("%s x %g, %s", w.Network, w.Scale, w.Connectivity) }

// try tries all of a work. The error is the context's, or of einet itself; a network that the machine has no memory for is left
// out.
func (s *state) try(ctx context.Context, w Work) error {
	s.o.Tell(w.name())
	b := &built{Work: w}
	var err error
	if b.net, err = presets.Load(w.Network, w.options()); err != nil {
		return err
	}
	b.steps = int64(b.net.Steps(w.ms))
	synapses := engines.Synapses(w.Connectivity)
	if b.model, err = synapses.Model(b.net, 0); err != nil {
		s.r.Runs = append(s.r.Runs, Run{Work: w, Engine: engines.Reference.Name, Fault: engines.OneLine(err)})
		return nil
	}
	if b.syn, err = synapses.Build(ctx, b.net, 0); err != nil {
		return err
	}
	processors := []*engines.Place{engines.OnProcessor(engines.Reference, 0), engines.OnProcessor(engines.CPU, 0)}
	for _, p := range append(processors, s.devices()...) {
		if err := s.run(ctx, b, p); err != nil {
			return err
		}
	}
	for _, p := range s.devices() {
		if b.trials > 0 {
			s.replicas(ctx, b, p)
		}
		if b.counted {
			s.count(ctx, b, p)
		}
		if b.nearFull && !p.GL.Software && p.GL.Limits.Free() > 0 {
			s.full(ctx, b, p)
		}
	}
	return ctx.Err()
}

// run simulates on one engine. The error is the context's.
func (s *state) run(ctx context.Context, b *built, p *engines.Place) error {
	n, _, _ := engines.Synapses(b.Connectivity).Size(b.net)
	r := Run{Work: b.Work, Neurons: b.net.Neurons(), Synapses: n, ModelMs: sim.InMs(b.steps, b.net.Dt), Engine: p.Name, Device: p.Device()}
	times := repetitions
	if s.o.Quick || p.Kind == engines.Reference {
		times = 1
	}
	for k := range times {
		d, took, err := simulate(ctx, b, p)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r.Fault = s.fault(p, b.name(), err)
			break
		}
		if b.want == "" {
			b.want = d.String()
		}
		r.Spikes, r.Digest, r.Equal = d.Count(), d.String(), d.String() == b.want
		if k == 0 || took.Seconds() < r.Seconds {
			r.Seconds = took.Seconds()
		}
		if !r.Equal {
			s.fail("%s on %s: the spikes differ from the reference's", b.name(), p.Device())
			break
		}
	}
	s.r.Runs = append(s.r.Runs, r)
	return nil
}

// simulate simulates on a new engine; making it is not timed.
func simulate(ctx context.Context, b *built, p *engines.Place) (*sim.Digest, time.Duration, error) {
	if err := p.Fits(b.model, engines.Synapses(b.Connectivity), 0); err != nil {
		return nil, 0, err
	}
	e, err := p.Open(ctx, b.model, b.syn)
	if err != nil {
		return nil, 0, err
	}
	d := sim.NewDigest()
	start := time.Now()
	err = sim.Run(ctx, e, b.steps, nil, d)
	return d, time.Since(start), errors.Join(err, e.Close())
}

// replicas simulates several trials together.
func (s *state) replicas(ctx context.Context, b *built, p *engines.Place) {
	r := Replicas{Work: b.Work, Device: p.Device(), Trials: b.trials}
	if err := simulateReplicas(ctx, b, p, &r); err != nil && ctx.Err() == nil {
		r.Fault = s.fault(p, b.name()+", replicas", err)
	} else if r.Equal < r.Trials {
		s.fail("%s, replicas on %s: the spikes of %d of %d differ from the reference's", b.name(), p.Device(), r.Trials-r.Equal, r.Trials)
	}
	s.r.Replicas = append(s.r.Replicas, r)
}

func simulateReplicas(ctx context.Context, b *built, p *engines.Place, r *Replicas) error {
	var models []*dynamics.Model
	for k := range b.trials {
		trial := *b.net
		trial.Trial += uint32(k)
		m, err := dynamics.New(&trial)
		if err != nil {
			return err
		}
		models = append(models, m)
	}
	all, err := gpu.NewReplicas(ctx, p.Context, models, b.syn)
	if err != nil {
		return err
	}
	defer all.Close()
	start := time.Now()
	if err := all.Advance(ctx, int(b.steps)); err != nil {
		return err
	}
	for k, m := range models {
		spikes, err := all.Spikes(k, nil)
		if err != nil {
			return err
		}
		if k == 0 {
			r.Seconds = time.Since(start).Seconds()
		}
		got, want := sim.NewDigest(), sim.NewDigest()
		if err := errors.Join(got.Spikes(b.steps, spikes), sim.Run(ctx, cpuref.New(m, b.syn), b.steps, nil, want)); err != nil {
			return err
		}
		if got.String() == want.String() {
			r.Equal++
		}
	}
	return nil
}

// countedSteps are simulated for counters: counts do not scatter.
const countedSteps = 1000

// count counts what a device is asked for by each form of the kernels, whose spikes must be the same.
func (s *state) count(ctx context.Context, b *built, p *engines.Place) {
	want := ""
	for _, f := range gpu.Forms(ctx, p.Context, b.model, b.syn) {
		r := Counted{Work: b.Work, Form: f.Name, Device: p.Device(), Software: p.GL.Software}
		var digest string
		var err error
		if r.Counters, digest, err = counters(ctx, b, p, f.Options); err != nil && ctx.Err() == nil {
			r.Fault = s.fault(p, b.name()+", counters, "+f.Name, err)
		}
		if want == "" {
			want = digest
		}
		if err == nil && digest != want {
			r.Fault = "the spikes differ from those of the first form"
			s.fail("%s, %s on %s: %s", b.name(), f.Name, p.Device(), r.Fault)
		}
		s.r.Counted = append(s.r.Counted, r)
	}
}

func counters(ctx context.Context, b *built, p *engines.Place, o gpu.Options) (c gpu.Counters, digest string, err error) {
	e, err := gpu.NewWith(ctx, p.Context, b.model, b.syn, o)
	if err != nil {
		return c, "", err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	if err := e.Count(b.syn); err != nil {
		return c, "", err
	}
	d := sim.NewDigest()
	if err := sim.Run(ctx, e, min(b.steps, countedSteps), nil, d); err != nil {
		return c, "", err
	}
	c, err = e.Counters()
	return c, d.String(), err
}

// filledPart is the part of the free memory that is filled.
const filledPart = 0.9

// full simulates on a device whose memory is nearly full.
func (s *state) full(ctx context.Context, b *built, p *engines.Place) {
	r := Full{Device: p.Device(), FreeBytes: p.GL.Limits.Free()}
	free, filled, err := gpu.Fill(p.Context, int64(filledPart*float64(r.FreeBytes)))
	r.Filled = filled
	if err == nil {
		var d *sim.Digest
		if d, _, err = simulate(ctx, b, p); err == nil {
			r.Equal = d.String() == b.want
		}
	}
	free()
	switch {
	case err != nil:
		r.Fault = s.fault(p, "memory near full", err)
	case !r.Equal:
		s.fail("memory near full on %s: the spikes of %s differ from the reference's", p.Device(), b.name())
	}
	s.r.Full = append(s.r.Full, r)
}

func (w Work) options() language.Options { return language.Options{Scale: w.Scale} }
