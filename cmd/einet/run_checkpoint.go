package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"einet/experiment"
)

// checkpointFlags say when a run is kept, and which one goes on.
type checkpointFlags struct {
	CheckpointEvery *time.Duration `placeholder:"TIME" help:"Wall time (90s, 10m, 1h) from one checkpoint to the next, from which a run that is killed goes on; 0: none. Otherwise 10m, or more where they would take over 2 % of the run. A run that is interrupted leaves one, too."`
	CheckpointEnd   bool           `help:"Keep the end of the run as a checkpoint, for --extend."`
	Resume          string         `placeholder:"DIR" help:"Go on with the run of that folder, which was interrupted or killed, from its last checkpoint: to the same spikes, on whatever engine, device and threads. What is run and recorded stands in the checkpoint."`
	Extend          *span          `placeholder:"TIME" help:"Go on for as long behind the end of a complete run, which is named in place of a network: DIR. It must have been run with --checkpoint-end."`
}

// checkpoints puts the flags into options.
func (f *checkpointFlags) checkpoints(o *experiment.Options) error {
	o.CheckpointEnd = f.CheckpointEnd
	switch every := f.CheckpointEvery; {
	case every == nil:
	case *every < 0:
		return usage(fmt.Errorf("--checkpoint-every %v: must be above 0, or 0 for none", *every))
	case *every == 0:
		o.CheckpointEvery = -1
	default:
		o.CheckpointEvery = *every
	}
	return nil
}

// goesOn tells whether an earlier run does.
func (f *checkpointFlags) goesOn() bool { return f.Resume != "" || f.Extend != nil }

// goOn goes on with an earlier run.
func (c *runCmd) goOn(ctx context.Context, t *terminal, o experiment.Options) error {
	if err := c.settled(); err != nil {
		return usage(err)
	}
	o.Watch = t.watch(c.Quiet)
	return c.told(t, nil, func() (*experiment.Summary, error) {
		if c.Resume != "" {
			return experiment.Resume(ctx, c.Resume, o)
		}
		return experiment.Extend(ctx, c.Network, c.Extend.ms, o)
	})
}

// settled refuses what is settled where an earlier run goes on.
func (c *runCmd) settled() error {
	flag := "--resume"
	switch {
	case c.Resume != "" && c.Extend != nil:
		return errors.New("--resume, --extend: one of them")
	case c.Resume != "" && c.Network != "":
		return fmt.Errorf("--resume %s: has its network: leave %s out", c.Resume, c.Network)
	case c.Extend != nil:
		flag = "--extend"
		if c.Network == "" {
			return fmt.Errorf("--extend %v: the folder of the run is missing", *c.Extend)
		}
	}
	x := c.excerptFlags
	for _, given := range []struct {
		name string
		is   bool
	}{
		{"--set", len(c.Set) > 0}, {"--scale", c.Scale != 1}, {"--seed", c.Seed != nil}, {"--trial", c.Trial != nil}, {"--duration", c.Duration != nil},
		{"--discard", c.Discard.ms != 0}, {"--replay", c.Replay != ""}, {"--replicas", c.Replicas != nil}, {"--spikes", len(c.Spikes) > 0},
		{"--from", x.From != nil}, {"--to", x.To != nil}, {"--force", c.Force},
	} {
		if given.is {
			return fmt.Errorf("%s: the run goes on as it began: leave %s out", flag, given.name)
		}
	}
	return nil
}
