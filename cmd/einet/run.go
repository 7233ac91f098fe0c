package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	"einet/experiment"
	"einet/network"
	"einet/ranks/mpi"
	"einet/record"
	"einet/sim"
)

// runCmd simulates a network.
type runCmd struct {
	Network string `arg:"" optional:"" help:"A preset's name (see einet list), a YAML file, a SONATA configuration (JSON), or - for standard input; none with --resume and --extend."`
	changeFlags
	engineFlags
	Ranks    int    `placeholder:"N" help:"Divide the network among N engines, ranks, which exchange their spikes: the spikes are the same. Of one process, to try it; mpirun -n N einet-mpi run has each in a process of its own, on as many machines as there are (docs/scaling.md), and --device 0,1 each on a device."`
	Duration *span  `placeholder:"TIME" help:"Model time to simulate: 500 (ms), \"500 ms\" or 0.5s; otherwise what the network states."`
	Discard  span   `placeholder:"TIME" help:"Leave this first part of the run out of the rates and the other statistics."`
	Replay   string `placeholder:"FILE" help:"Do to the network what a log of einet view (events.jsonl) says, up to the end of that session unless --duration says otherwise. At that end the digest must be the session's."`
	Replicas *int   `placeholder:"N" help:"Simulate N trials, from --trial (or 0) on, which share the synapses: each gives the spikes of a run with that --trial. The gpu engine runs each in one work group where the network fits one, all at once; cpu and reference as many side by side as there are threads. What the network records is kept of each, and rates over all (psth.npz) with their figure."`
	Seeds    *int   `placeholder:"N" help:"With --replicas: as many trials with each of N seeds, from --seed (or the network's) on, each on synapses of its own. Without --replicas: one trial of each."`
	Align    *span  `placeholder:"TIME" help:"With --replicas: the model time, such as that of a stimulus, which is 0 in the rates over trials and their figure."`
	checkpointFlags
	outFlag   `set:"out=the files go; otherwise results/NAME"`
	forceFlag `set:"force=run in that folder. It stays until the new one is written as a whole; of a new one that is interrupted, what was simulated until then replaces it. Without --force, not even an incomplete run (a folder without summary.json) is replaced."`
	Spikes    []string `enum:"csv,sonata" placeholder:"FORMAT" help:"Write spikes in this format too, beside spikes.npz: csv (spikes.csv), sonata (spikes.h5, HDF5; of a SONATA network always). Repeatable."`
	NoPlots   bool     `help:"Draw no figures and write no report.html."`
	excerptFlags
	jsonFlag  `set:"json=summary.json on standard output"`
	quietFlag `set:"and= and no table"`
	Progress  *span `placeholder:"TIME" help:"Print a line of progress as often; otherwise there is a bar on a terminal, and elsewhere a line every 10 s."`
}

// mostThreads is more than any machine has processors.
const mostThreads = 1 << 14

// Run simulates and prints what came of it.
func (c *runCmd) Run(ctx context.Context, t *terminal) (err error) {
	comm, err := mpi.Open()
	if err != nil {
		return machine(err)
	}
	if comm != nil {
		defer func() { comm.Close(err) }()
	}
	return c.run(ctx, t, comm)
}

// run is Run, of one of several processes where there is a Comm.
func (c *runCmd) run(ctx context.Context, t *terminal, comm *mpi.Comm) error {
	choice, err := c.choice()
	if err != nil {
		return err
	}
	if c.Ranks < 0 || c.Ranks > mostThreads {
		return usage(fmt.Errorf("--ranks %d: must be from 1 to %d", c.Ranks, mostThreads))
	}
	choice.Ranks = c.Ranks
	if comm != nil {
		choice.Exchange = comm
	}
	if c.Threads < 0 || c.Threads > mostThreads {
		return usage(fmt.Errorf("--threads %d: must be from 1 to %d, or 0 for one each processor", c.Threads, mostThreads))
	}
	if c.Progress != nil {
		if c.Progress.ms <= 0 {
			return usage(fmt.Errorf("--progress %v: must be above 0", *c.Progress))
		}
		t.lines = time.Duration(c.Progress.ms * float64(time.Millisecond))
	}
	o := experiment.Options{Choice: choice, OpenGL: t.gl, Out: c.Out, NoFigures: c.NoPlots, Version: versionString()}
	if err := c.checkpoints(&o); err != nil {
		return err
	}
	if comm != nil && comm.Rank() > 0 {
		return engineFault(experiment.Serve(context.WithoutCancel(ctx), o))
	}
	if c.goesOn() {
		return c.goOn(ctx, t, o)
	}
	if c.Network == "" {
		return usage(errors.New("expected \"<network>\" (see einet --help)"))
	}
	return c.begin(ctx, t, o)
}

// begin begins a run.
func (c *runCmd) begin(ctx context.Context, t *terminal, o experiment.Options) error {
	if c.Duration != nil && c.Duration.ms < 0 { // before the grid, which begins at 0
		return usage(fmt.Errorf("--duration %v: must be at least dt, the network's step", *c.Duration))
	}
	var replay *record.Log
	if c.Replay != "" {
		var err error
		if replay, err = record.ReadLog(c.Replay); err != nil {
			return usage(fmt.Errorf("--replay %w", err))
		}
	}
	net, err := c.load(ctx, c.Network, c.Duration)
	if err != nil {
		return err
	}
	if replay != nil && c.Duration == nil && replay.Steps > 0 {
		net.Duration = sim.InMs(replay.Steps, net.Dt)
	}
	if c.Duration != nil && net.Steps(net.Duration) < 1 {
		return usage(fmt.Errorf("--duration %v: must be at least dt (%g ms)", *c.Duration, net.Dt))
	}
	o.Replace, o.Spikes, o.Replay = c.Force, c.Spikes, replay
	o.Preset, o.Command, o.Watch = presetOf(c.Network), commandLine(t.args), t.watch(c.Quiet)
	if o.Excerpt, err = c.excerpt(); err != nil {
		return err
	}
	if _, err := onGrid("--discard", c.Discard, net); err != nil {
		return err
	}
	o.DiscardMs = c.Discard.ms
	if c.Replicas != nil || c.Seeds != nil {
		if o.Choice.IsDivided() {
			return usage(errors.New("--replicas, --seeds: each is a whole network on one engine: leave --ranks, mpirun and all devices but one out"))
		}
		if c.Resident > 0 {
			return usage(errors.New("--resident: says nothing of --replicas and --seeds, which the gpu engine has in a dispatch each or one after another"))
		}
		n, err := c.trials(net, &o)
		if err != nil {
			return err
		}
		defer ignorePipe()()
		s, failed := experiment.Replicas(ctx, net, n, o)
		if s == nil {
			return engineFault(failed)
		}
		return errors.Join(c.printReplicas(t, s), engineFault(failed))
	}
	if c.Align != nil {
		return usage(fmt.Errorf("--align %v: only says something of --replicas and --seeds", *c.Align))
	}
	return c.told(t, replay, func() (*experiment.Summary, error) { return experiment.Run(ctx, net, o) })
}

// ignorePipe lets a reader of what is printed end without the run. It returns what ends that.
func ignorePipe() (end func()) {
	signal.Ignore(syscall.SIGPIPE)
	return func() { signal.Reset(syscall.SIGPIPE) }
}

// told simulates, and prints what came of it.
func (c *runCmd) told(t *terminal, replay *record.Log, simulate func() (*experiment.Summary, error)) error {
	defer ignorePipe()()
	s, failed := simulate()
	if s == nil {
		return engineFault(failed)
	}
	return errors.Join(c.print(t, s), engineFault(failed), replayed(t, c.Quiet, replay, s))
}

// trials is how many there are of each seed, and puts what else is asked of replicas into the options.
func (c *runCmd) trials(net *network.Network, o *experiment.Options) (n int, err error) {
	n = 1
	if c.Replicas != nil {
		n = *c.Replicas
	}
	if c.Seeds != nil {
		if o.Seeds = *c.Seeds; o.Seeds < 1 {
			return 0, usage(fmt.Errorf("--seeds %d: must be at least 1", o.Seeds))
		}
	}
	if c.Align != nil {
		if o.AlignMs = c.Align.ms; !(o.AlignMs >= 0 && o.AlignMs <= net.Duration) {
			return 0, usage(fmt.Errorf("--align %v: must be a time of the run, from 0 to %g ms", *c.Align, net.Duration))
		}
	}
	return n, nil
}

// replayed holds a run that followed a log to its end to the digest of the session.
func replayed(t *terminal, quiet bool, l *record.Log, s *experiment.Summary) error {
	say := func(text string) {
		if !quiet {
			fmt.Fprintln(t.err, "einet: "+text)
		}
	}
	switch {
	case l == nil || s.Interrupted:
	case l.Digest == "":
		say("the log has no end, and so no digest to hold the run to")
	case s.DurationMs != sim.InMs(l.Steps, s.DtMs):
		say(fmt.Sprintf("the session ended at %g ms, so its digest is not compared", sim.InMs(l.Steps, s.DtMs)))
	case s.Digest != l.Digest:
		return &statusError{exitCheckFailed, fmt.Errorf("--replay: the digest is %s, that of the session was %s: another network?", s.Digest, l.Digest)}
	default:
		say("the digest is that of the session")
	}
	return nil
}

func (c *runCmd) print(t *terminal, s *experiment.Summary) error {
	switch {
	case c.JSON:
		return s.JSON(t.out)
	case !c.Quiet && !s.Interrupted:
		return printSummary(t.out, s)
	}
	return nil
}

func (c *runCmd) printReplicas(t *terminal, s *experiment.ReplicasSummary) error {
	switch {
	case c.JSON:
		return s.JSON(t.out)
	case !c.Quiet && !s.Interrupted:
		return printReplicas(t.out, s)
	}
	return nil
}

// excerptFlags choose the part of a run that figures show.
type excerptFlags struct {
	From *span `placeholder:"TIME" help:"Model time at which figures begin; otherwise rasters begin behind what --discard leaves out, and rates at the start."`
	To   *span `placeholder:"TIME" help:"Model time at which figures end; otherwise rasters end 500 ms after they begin, and rates with the run."`
}

func (c *excerptFlags) excerpt() (experiment.Excerpt, error) {
	var x experiment.Excerpt
	if c.From != nil {
		x.FromMs = &c.From.ms
	}
	if c.To != nil {
		x.ToMs = &c.To.ms
	}
	if err := x.Check(); err != nil {
		return x, usage(fmt.Errorf("%s: %w", x, err))
	}
	return x, nil
}
