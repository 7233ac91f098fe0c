package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"einet/network"
	"einet/record"
	"einet/validate"
)

// validateCmd asks whether a network's spikes are right.
type validateCmd struct {
	networkFlags
	connectivityFlag
	Against     string `placeholder:"FILE" help:"Compare the statistics of this spike file with seeds of the network: spikes.npz, CSV, SONATA, or NEST's npz (step, id) and .dat."`
	FirstID     *int64 `placeholder:"N" help:"The number that the file of --against gives to the first neuron; otherwise 1 in NEST's files of times, 0 in others."`
	Statistical bool   `help:"Only compare with other seeds, statistically."`
	Exact       bool   `help:"Only compare the engines, spike for spike."`
	Quick       bool   `help:"Within half a minute for ei, saying what is left out."`
	Seeds       int    `placeholder:"N" help:"Seeds that a statistical comparison takes, at least 10; otherwise 20."`
	Workers     int    `placeholder:"N" help:"Simulations at a time; otherwise one for each processor."`
	Out         string `placeholder:"DIR" help:"Where figures and report.json go; otherwise results/NAME-validate."`
	NoPlots     bool   `help:"Write no figures and no report."`
	JSON        bool   `help:"Print the report as JSON, and nothing else."`
	Quiet       bool   `short:"q" help:"Print no progress."`
}

// A validation is the report of einet validate.
type validation struct {
	Network     string                `json:"network"`
	Exact       *validate.Exact       `json:"exact,omitempty"`
	Statistical *validate.Statistical `json:"statistical,omitempty"`
	Claims      *validate.Claims      `json:"source,omitempty"`
	LeftOut     []string              `json:"left_out,omitempty"`
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
	if c.FirstID != nil && c.Against == "" {
		return usage(errors.New("--first-id: only says something of --against"))
	}
	if c.Statistical && c.Exact {
		return usage(errors.New("--statistical and --exact: choose one"))
	}
	if _, err := c.estimate(net, "cpu", 1); err != nil {
		return err
	}
	spikes, err := c.against(net)
	if err != nil {
		return err
	}
	v := &validation{Network: net.Name, Version: versionString(), Command: commandLine(t.args)}
	if err := c.run(ctx, t, net, spikes, v); err != nil {
		return err
	}
	v.judge()
	v.TookS = time.Since(start).Seconds()
	if err := c.report(t, net, v); err != nil {
		return err
	}
	if !v.Pass {
		return errFailed
	}
	return nil
}

// against reads the spike file to compare with, if one is named.
func (c *validateCmd) against(net *network.Network) (*validate.Spikes, error) {
	if c.Against == "" {
		return nil, nil
	}
	as := record.Reading{DtMs: net.Dt, Populations: record.Populations(net), FirstID: record.AutoID}
	if c.FirstID != nil {
		as.FirstID = *c.FirstID
	}
	f, err := record.ReadAny(c.Against, as)
	if err == nil && f.Recorded != nil {
		err = fmt.Errorf("%s: holds the spikes of some neurons only", c.Against)
	}
	if err != nil {
		return nil, usage(fmt.Errorf("--against %w", named(err)))
	}
	s := &validate.Spikes{Name: c.Against, DtMs: f.DtMs, Steps: f.Steps, Spikes: f.Spikes}
	for _, p := range f.Populations {
		s.Sizes = append(s.Sizes, p.Size)
	}
	if err := s.Check(net); err != nil {
		return nil, usage(fmt.Errorf("--against %w", err))
	}
	return s, nil
}

// named is an error with a file's name before what is wrong with it, and not the operation
// that failed.
func named(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return fmt.Errorf("%s: %w", at.Path, at.Err)
	}
	return err
}

// run does the parts that the flags ask for.
func (c *validateCmd) run(ctx context.Context, t *terminal, net *network.Network, spikes *validate.Spikes, v *validation) error {
	list, closeAll, err := backends([]string{"reference", "cpu", "gpu"})
	if err != nil {
		return err
	}
	defer closeAll()
	exact, statistical, claims := c.parts(spikes)
	steps, discard := statisticalMs, statisticalDiscardMs
	exactSteps, effort := exactMs, validate.Full
	if c.Quick {
		steps, exactSteps, effort = quickStatisticalMs, quickExactMs, validate.Quick
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
	lab := &validate.Lab{Backend: onCPU(1), Workers: c.Workers, Connect: c.connect, Progress: p.add}
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
		n := int64(net.Steps(float64(steps)))
		if spikes != nil {
			n = spikes.Steps
		}
		v.Statistical, err = lab.RunStatistical(ctx, net, c.Seeds, n, min(n/3, int64(net.Steps(float64(discard)))), spikes)
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
	}
	return true, true, true
}

// judge is true when everything that is claimed holds.
func (v *validation) judge() {
	v.Pass = v.Exact == nil || v.Exact.Equal
	if s := v.Statistical; s != nil {
		v.Pass = v.Pass && s.Verdict == validate.Pass
	}
	if v.Claims != nil {
		for _, c := range v.Claims.List {
			v.Pass = v.Pass && c.Verdict != validate.Fail
		}
	}
}

// report prints the report and writes it with its figures.
func (c *validateCmd) report(t *terminal, net *network.Network, v *validation) error {
	if !c.NoPlots {
		dir := c.Out
		if dir == "" {
			dir = filepath.Join("results", v.Network+"-validate")
		}
		if err := writeReport(dir, v, net); err != nil {
			return machine(err)
		}
	}
	if c.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
	return v.print(t.out)
}
