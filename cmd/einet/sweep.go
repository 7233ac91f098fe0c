package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"einet/experiment"
	"einet/network"
	"einet/network/language"
	"einet/sweep"
)

// sweepCmd simulates a network at every combination of some values.
type sweepCmd struct {
	networkFlags
	Vary     []string `sep:"none" required:"" placeholder:"PATH=VALUES" help:"A value of the network that varies: a constant's name or a path as of --set, and lo:hi:n (n equal steps), log:lo:hi:n (equal factors) or a list: g=3:8:16, projections.*.delay=0.5,1,2. Repeatable: every combination is simulated. The first is the x axis of the figure, the second its y axis."`
	Seeds    int      `default:"1" placeholder:"N" help:"Simulate each point with N seeds, from --seed (or the network's) on."`
	Duration *span    `placeholder:"TIME" help:"Model time of each run; otherwise what the network states."`
	Discard  span     `placeholder:"TIME" help:"Leave this first part of each run out of the statistics."`
	synapsesFlag
	Engine      string `enum:"${engines}" default:"cpu" help:"What simulates: ${enum}. With cpu and reference as many runs as there are threads go on side by side, each in one; on a GPU one after another."`
	Device      string `placeholder:"D" help:"OpenGL device of the gpu engine: a number or part of a name, as einet devices lists them."`
	threadsFlag `set:"of= of all runs together"`
	outFlag     `set:"out=the results go; otherwise results/NAME-sweep. A sweep that was stopped goes on there, and more values or seeds are added to it"`
	forceFlag   `set:"force=sweep in that folder, of another network or by another version of einet."`
	NoPlots     bool   `help:"Draw no figure."`
	Slurm       int    `placeholder:"N" help:"Simulate nothing, and write the script of a job array of N tasks for a cluster with Slurm."`
	Part        string `placeholder:"K/N" help:"Simulate the K-th of N parts of the runs, and write no table: for machines that share the folder."`
	Collect     bool   `help:"Simulate nothing, and write table, arrays and figure of the runs that are in the folder."`
	jsonFlag    `set:"json=what came of the sweep (sweep.json) on standard output"`
	quietFlag   `set:"and= and no table"`
}

// Run simulates what is missing and prints what came of it.
func (c *sweepCmd) Run(ctx context.Context, t *terminal) error {
	w := t.watch(c.Quiet)
	plan, err := c.plan(ctx, w.Mention)
	if err != nil {
		return err
	}
	o, err := c.options(t)
	if err != nil {
		return err
	}
	if c.Slurm != 0 {
		return c.script(t, plan, o)
	}
	o.Say = func(line string) {
		if w.Mention != nil { // nil where it is to be quiet
			w.Mention(line)
		}
	}
	var failed []error
	var mu sync.Mutex
	o.Failed = func(err error) {
		mu.Lock()
		defer mu.Unlock()
		failed = append(failed, err)
	}
	o.Progress = func(n int) (one func(error), end func()) {
		counter := newCounter(t, c.Quiet, n)
		return func(error) { counter.add() }, counter.done
	}
	for _, r := range plan.Runs {
		if r.Err != nil {
			failed = append(failed, r.Err)
		}
	}
	out, err := sweep.Do(ctx, plan, o)
	if out == nil {
		return engineFault(err)
	}
	if errors.Is(err, experiment.ErrInterrupted) {
		w.Say(fmt.Sprintf("interrupted: %d of %d runs are complete in %s; the same command goes on there", out.Complete, out.Runs, out.Dir))
	}
	return errors.Join(c.print(t, plan, out), engineFault(err), c.failures(failed, len(plan.Runs)), c.lacking(out))
}

// manyRuns take a while until all their networks are made.
const manyRuns = 2000

// plan is what the flags ask for. Of many runs it mentions first how many they are.
func (c *sweepCmd) plan(ctx context.Context, mention func(line string)) (*sweep.Plan, error) {
	var axes []sweep.Axis
	runs := c.Seeds
	for _, text := range c.Vary {
		a, err := sweep.ParseAxis(text)
		if err != nil {
			return nil, usage(err)
		}
		if c.Duration != nil && a.Path == "duration" || c.Trial != nil && a.Path == "trial" {
			return nil, usage(fmt.Errorf("--vary %s: --%s would replace it: leave one out", text, a.Path))
		}
		axes = append(axes, a)
		runs = min(runs*len(a.Values), math.MaxInt32)
	}
	base, err := c.load(ctx, c.Duration)
	if err != nil {
		return nil, err
	}
	if c.Duration != nil && base.Steps(base.Duration) < 1 {
		return nil, usage(fmt.Errorf("--duration %v: must be at least dt (%g ms)", *c.Duration, base.Dt))
	}
	load := func(set []string, seed *uint32) (*network.Network, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		opts := c.opts
		opts.Set = slices.Concat(opts.Set, set)
		if seed != nil {
			opts.Seed = seed
		}
		net, err := language.Load(bytes.NewReader(c.text), c.file, opts)
		if err != nil {
			return nil, err
		}
		if _, err := onGrid("--discard", c.Discard, net); err != nil {
			return nil, err
		}
		if c.Discard.ms > 0 && c.Discard.ms >= net.Duration {
			return nil, fmt.Errorf("--discard %v: must be shorter than the run, %g ms", c.Discard, net.Duration)
		}
		return net, nil
	}
	if runs > manyRuns && runs <= sweep.MostRuns && mention != nil {
		mention(fmt.Sprintf("%d runs: making their networks", runs))
	}
	plan, err := sweep.NewPlan(load, axes, c.Seeds, c.Discard.ms, versionString())
	if ctx.Err() != nil {
		return nil, context.Canceled
	}
	if err != nil {
		return nil, usage(err)
	}
	return plan, nil
}

var partForm = regexp.MustCompile(`^(\d{1,6})/(\d{1,6})$`)

func (c *sweepCmd) options(t *terminal) (sweep.Options, error) {
	o := sweep.Options{
		OpenGL: t.gl, Out: c.Out, Replace: c.Force, Command: commandLine(t.args), Collect: c.Collect, NoFigure: c.NoPlots,
	}
	if c.Threads < 0 || c.Threads > mostThreads {
		return o, usage(fmt.Errorf("--threads %d: must be from 1 to %d, or 0 for one each processor", c.Threads, mostThreads))
	}
	if c.Part != "" {
		m := partForm.FindStringSubmatch(c.Part)
		if m != nil {
			o.Part, _ = strconv.Atoi(m[1])
			o.Parts, _ = strconv.Atoi(m[2])
		}
		if m == nil || o.Part < 1 || o.Part > o.Parts {
			return o, usage(fmt.Errorf("--part %s: must be K/N with K from 1 to N", c.Part))
		}
	}
	if n := len(slices.DeleteFunc([]bool{c.Slurm != 0, c.Part != "", c.Collect}, func(asked bool) bool { return !asked })); n > 1 {
		return o, usage(errors.New("--slurm, --part and --collect: only one of them at a time"))
	}
	if c.Force && (c.Part != "" || c.Collect) {
		return o, usage(errors.New("--force: would remove what other parts have simulated: leave it out"))
	}
	var err error
	flags := engineFlags{synapsesFlag: c.synapsesFlag, Engine: c.Engine, Device: c.Device, threadsFlag: c.threadsFlag}
	o.Choice, err = flags.whole()
	return o, err
}

// script writes the job array. Its tasks get the command as it was given, but for what is of the script alone.
func (c *sweepCmd) script(t *terminal, plan *sweep.Plan, o sweep.Options) error {
	if c.Network == standardInput {
		return usage(errors.New("--slurm: a task can't read the network from standard input: give a file"))
	}
	path, err := sweep.Script(plan, o, c.Slurm, commandLine(withoutFlag(t.args, "--slurm")))
	if err != nil {
		return err
	}
	if c.Quiet {
		return nil
	}
	_, err = fmt.Fprintf(t.out, "%s: %d runs in %d tasks; it says how to submit it\n", path, len(plan.Runs), c.Slurm)
	return err
}

// withoutFlag leaves out a flag with its value, and --force.
func withoutFlag(args []string, flag string) (rest []string) {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == flag:
			i++
		case args[i] == "--force" || strings.HasPrefix(args[i], flag+"="):
		default:
			rest = append(rest, args[i])
		}
	}
	return rest
}

// failures are the runs of which there is no result, each a line.
func (c *sweepCmd) failures(failed []error, runs int) error {
	if len(failed) == 0 {
		return nil
	}
	status := exitStatus(failed[0])
	for _, err := range failed {
		status = max(status, exitStatus(err))
	}
	var list []error
	for _, err := range failed {
		list = append(list, faults(err)...)
	}
	return &statusError{status, errors.Join(append(list, fmt.Errorf("%d of %d runs failed", len(failed), runs))...)}
}

// lacking is an error of --collect where runs are missing.
func (c *sweepCmd) lacking(out *sweep.Outcome) error {
	if missing := out.Runs - out.Complete - len(out.Failed); c.Collect && missing > 0 {
		return &statusError{exitCheckFailed, fmt.Errorf("%d of %d runs are missing in %s", missing, out.Runs, out.Dir)}
	}
	return nil
}

func (c *sweepCmd) print(t *terminal, plan *sweep.Plan, out *sweep.Outcome) error {
	if c.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		return e.Encode(out)
	}
	if c.Quiet || out.Interrupt {
		return nil
	}
	var axes []string
	for _, a := range plan.Axes {
		axes = append(axes, fmt.Sprintf("%s %s to %s (%d)", a.Name, a.Values[0], a.Values[len(a.Values)-1], len(a.Values)))
	}
	fmt.Fprintf(t.out, "sweep    %s: %s; %d seeds\n", plan.Base.Name, strings.Join(axes, ", "), len(plan.Seeds))
	fmt.Fprintf(t.out, "runs     %d of %d complete, %d simulated now in %.3g s (%d side by side; %d connectomes built in %.3g s)\n",
		out.Complete, out.Runs, out.Simulated, out.WallS, out.Parallel, out.Built, out.BuildS)
	if out.Theory != "" {
		fmt.Fprintf(t.out, "theory   none: %s\n", out.Theory)
	}
	if out.NoFigure != "" {
		fmt.Fprintf(t.out, "figure   none: %s\n", out.NoFigure)
	}
	files := append(slices.Clone(out.Files), sweep.PlanFile)
	_, err := fmt.Fprintf(t.out, "files    %s: %s\n", filepath.Clean(out.Dir), strings.Join(files, ", "))
	return err
}

func (c *sweepCmd) wants() wish { return (&engineFlags{Engine: c.Engine}).wants() }
