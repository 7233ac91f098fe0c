package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"einet/engines"
	"einet/experiment"
	"einet/network"
	"einet/record"
	"einet/sim"
	"einet/validate"
)

// validateCmd asks whether a network's spikes are right.
type validateCmd struct {
	networkFlags
	synapsesFlag
	againstFlags
	Discard     *span `placeholder:"TIME" help:"Leave this first part of the seeds' runs out of their statistics; otherwise 300 ms, at most a third."`
	DiscardFile *span `placeholder:"TIME" help:"Leave this first part of the file of --against out; otherwise as much as of the seeds."`
	Statistical bool  `help:"Only compare with other seeds, statistically."`
	Exact       bool  `help:"Only compare the engines, spike for spike."`
	Claims      bool  `help:"Only hold the network to what its source claims, beside the controls in which each claim must fail."`
	Quick       bool  `help:"Within half a minute for ei, saying what is left out."`
	Seeds       int   `placeholder:"N" help:"Seeds that a statistical comparison takes, at least 10; otherwise 20. One run in N + 1 of the same network fails by chance."`
	Workers     int   `placeholder:"N" help:"Simulations at a time; otherwise one for each processor."`
	outFlag     `set:"out=figures and report.json go; otherwise results/NAME-validate"`
	NoPlots     bool `help:"Write no figures and no report."`
	jsonFlag    `set:"json=the report as JSON on standard output"`
	quietFlag   `set:"and="`
}

// A validation is the report of einet validate.
type validation struct {
	Network     string                `json:"network"`
	Exact       *validate.Exact       `json:"exact,omitempty"`
	Statistical *validate.Statistical `json:"statistical,omitempty"`
	Claims      *validate.Claims      `json:"source,omitempty"`
	NotShown    []string              `json:"not_shown,omitempty"` // claims that hold where they must not
	LeftOut     []string              `json:"left_out,omitempty"`
	Notes       []string              `json:"notes,omitempty"`   // on the spikes of --against
	Figures     []string              `json:"figures,omitempty"` // in the folder of the report
	Pass        bool                  `json:"pass"`
	TookS       float64               `json:"took_s"`
	Version     string                `json:"version"`
	Command     string                `json:"command"`

	dir string // of the report, if there is one
}

// Times of the parts [ms].
const (
	exactMs, exactDiscardMs             = 500, 100
	statisticalMs, statisticalDiscardMs = 1500, 300
	quickExactMs, quickStatisticalMs    = 200, 600
)

// errFailed ends a command whose checks did not all hold.
var errFailed = &statusError{exitCheckFailed, errors.New("not everything that is claimed holds")}

// Run validates and prints the report.
func (c *validateCmd) Run(ctx context.Context, t *terminal) error {
	start := time.Now()
	net, err := c.load(ctx, nil)
	if err != nil {
		return err
	}
	if c.Seeds == 0 {
		c.Seeds = 2 * validate.MinSeeds
	}
	if c.Seeds < validate.MinSeeds {
		return usage(fmt.Errorf("--seeds %d: must be at least %d", c.Seeds, validate.MinSeeds))
	}
	if c.Workers < 0 {
		return usage(fmt.Errorf("--workers %d: must be at least 1, or 0 for one each processor", c.Workers))
	}
	if err := c.againstFlags.check(); err != nil {
		return err
	}
	if c.DiscardFile != nil && len(c.Against) == 0 {
		return usage(errors.New("--discard-file: only says something of --against"))
	}
	if c.Discard != nil && c.Exact {
		return usage(errors.New("--discard: only says something of the comparison with seeds, which --exact leaves out"))
	}
	if c.Statistical && c.Exact {
		return usage(errors.New("--statistical and --exact: choose one"))
	}
	if c.Claims && (c.Statistical || c.Exact || len(c.Against) > 0) {
		return usage(errors.New("--claims: alone, without --statistical, --exact and --against"))
	}
	if _, err := c.synapses().Model(net, engines.CPU.Copied(net, 1)); err != nil {
		return err
	}
	spikes, notes, err := c.againstFlags.read(ctx, t, net)
	if err != nil {
		return err
	}
	steps, discard, err := c.compared(net, spikes)
	if err != nil {
		return err
	}
	v := &validation{Network: net.Name, Notes: notes, Version: versionString(), Command: commandLine(t.args)}
	var files *record.Set
	if !c.NoPlots {
		dir := c.Out
		if dir == "" {
			dir = filepath.Join("results", v.Network+"-validate")
		}
		if files, err = experiment.OpenSet(record.Look(dir), dir, t.log.Warn); err != nil {
			return err
		}
		defer files.Abort()
	}
	if err := c.run(ctx, t, net, spikes, steps, discard, v); err != nil {
		return err
	}
	v.judge()
	v.TookS = time.Since(start).Seconds()
	if err := c.report(t, files, net, v); err != nil {
		return err
	}
	if !v.Pass {
		if !v.fails() {
			return &statusError{exitCheckFailed, errors.New("the comparison with seeds noticed none of the changes that it was tried with: the run is too short, or the network silent")}
		}
		return errFailed
	}
	return nil
}

// compared is how many steps the seeds are simulated, and how many of those are discarded. What
// is discarded of the spikes to compare with, if any, is set in them; as many steps of them count.
func (c *validateCmd) compared(net *network.Network, spikes *validate.Spikes) (steps, discard int64, err error) {
	total := int64(net.Steps(statisticalMs))
	if c.Quick {
		total = int64(net.Steps(quickStatisticalMs))
	}
	if spikes != nil {
		total = spikes.Steps
	}
	first := min(total/3, int64(net.Steps(statisticalDiscardMs)))
	counted := total - first
	discard = first
	if c.Discard != nil {
		if discard, err = onGrid("--discard", *c.Discard, net); err != nil {
			return 0, 0, err
		}
	}
	if spikes != nil {
		spikes.Discard = discard
		flag := "--discard"
		if c.DiscardFile != nil {
			flag = "--discard-file"
			if spikes.Discard, err = onGrid(flag, *c.DiscardFile, net); err != nil {
				return 0, 0, err
			}
		}
		if counted = spikes.Steps - spikes.Discard; counted < 1 {
			return 0, 0, usage(fmt.Errorf("%s: must be shorter than the %g ms of %s", flag, float64(spikes.Steps)*net.Dt, spikes.Name))
		}
	}
	return discard + counted, discard, nil
}

// run does the parts that the flags ask for.
func (c *validateCmd) run(ctx context.Context, t *terminal, net *network.Network, spikes *validate.Spikes, steps, discard int64, v *validation) error {
	places, err := t.places(engines.All)
	var none *engines.NoDeviceError
	if err != nil && !errors.As(err, &none) {
		return err
	}
	defer engines.CloseAll(places)
	var list []sim.Backend
	for _, p := range places {
		list = append(list, p.Backend())
	}
	exact, statistical, claims := c.parts(spikes)
	exactSteps, effort := exactMs, validate.Full
	if c.Quick {
		exactSteps, effort = quickExactMs, validate.Quick
	}
	total := 0
	if exact {
		total += len(list)
	}
	if statistical {
		total += validate.SimulationsOf(c.Seeds, spikes == nil)
	}
	if claims {
		total += effort.Simulations(c.preset())
	}
	p := newCounter(t, c.Quiet || c.JSON, total)
	defer p.done()
	lab := &validate.Lab{Backend: engines.OnProcessor(engines.CPU, 1).Backend(), Workers: c.Workers, Connect: c.synapses().Build, Progress: p.add}
	if exact {
		v.Exact, err = lab.RunExact(ctx, net, int64(net.Steps(float64(exactSteps))), int64(net.Steps(exactDiscardMs)), list)
		if err != nil {
			return err
		}
		if len(list) == 2 {
			v.LeftOut = append(v.LeftOut, "the gpu engine: no OpenGL device")
		}
	}
	if statistical {
		v.Statistical, err = lab.RunStatistical(ctx, net, c.Seeds, steps, discard, spikes)
		if err != nil {
			return err
		}
	}
	if claims {
		if v.Claims, err = lab.RunClaims(ctx, net, c.preset(), effort); err != nil {
			return err
		}
		v.LeftOut = append(v.LeftOut, v.Claims.LeftOut...)
	}
	return nil
}

// parts says which parts the flags ask for: all, or the one that is named.
func (c *validateCmd) parts(spikes *validate.Spikes) (exact, statistical, claims bool) {
	switch {
	case c.Exact:
		return true, false, false
	case c.Statistical || spikes != nil:
		return false, true, false
	case c.Claims:
		return false, false, true
	}
	return true, true, true
}

// judge sets Pass where nothing fails, as far as it could be tested, and NotShown.
func (v *validation) judge() {
	v.Pass = v.Exact == nil || v.Exact.Equal
	if s := v.Statistical; s != nil {
		v.Pass = v.Pass && (s.Verdict == validate.Pass || s.Verdict == validate.Partial)
	}
	if v.Claims != nil {
		for _, c := range v.Claims.List {
			v.Pass = v.Pass && c.Verdict != validate.Fail
			if c.Verdict == validate.NotShown {
				v.NotShown = append(v.NotShown, c.Name)
			}
		}
	}
}

// fails tells whether something was found wrong, not only too little noticed.
func (v *validation) fails() bool {
	claims := v.Claims != nil && slices.ContainsFunc(v.Claims.List, func(c validate.Claim) bool { return c.Verdict == validate.Fail })
	return claims || v.Exact != nil && !v.Exact.Equal || v.Statistical != nil && v.Statistical.Verdict == validate.Fail
}

// report prints the report and writes it with its figures, where there are files for it. What can't be written is printed nonetheless.
func (c *validateCmd) report(t *terminal, files *record.Set, net *network.Network, v *validation) (err error) {
	var unwritten error
	if files != nil {
		unwritten = writeReport(files, v, net)
	}
	if c.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		err = e.Encode(v)
	} else {
		err = v.print(t.out)
	}
	return cmp.Or(unwritten, err)
}
