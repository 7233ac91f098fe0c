package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"einet/network"
	"einet/record"
	"einet/table"
	"einet/validate"
)

// againstFlags name spikes from elsewhere and say what their files don't.
type againstFlags struct {
	Against    []string `sep:"none" placeholder:"FILE" help:"Compare the statistics of these spikes with seeds of the network: npz, CSV, SONATA, or NEST's. Repeatable, and 'spikes-*.dat' in quotes, for a run's several files."`
	Columns    []string `placeholder:"NAME" help:"Names of the columns of --against in place of the file's, such as sender,time_ms; ignore leaves one out."`
	FirstID    *int64   `placeholder:"N" help:"The number that --against gives to the first neuron; otherwise 1 of senders (NEST), 0 of others."`
	TimeUnit   string   `placeholder:"UNIT" help:"Unit of the times of --against that state none: ms, s, us or steps; otherwise ms."`
	OffGrid    string   `placeholder:"round" help:"round: take times of --against between the steps to the nearest one; otherwise they are refused."`
	Early      string   `placeholder:"HOW" help:"Spikes of --against in front of the first step: drop leaves them out, first moves them to it; otherwise they are refused."`
	Population string   `placeholder:"NAME" help:"The population of --against whose neurons are numbered through all populations of the network."`
}

// check refuses what no reader knows, and flags that say something of no file.
func (c *againstFlags) check() error {
	for _, f := range []struct {
		name, value string
		allowed     []string
	}{
		{"--columns", strings.Join(c.Columns, ","), nil},
		{"--time-unit", c.TimeUnit, table.TimeUnits},
		{"--off-grid", c.OffGrid, []string{record.Round}},
		{"--early", c.Early, network.EarlySpikes},
		{"--population", c.Population, nil},
	} {
		if err := oneOf(f.name, f.value, f.allowed); err != nil {
			return err
		}
		if f.value != "" && len(c.Against) == 0 {
			return usage(fmt.Errorf("%s: only says something of --against", f.name))
		}
	}
	if c.FirstID != nil && len(c.Against) == 0 {
		return usage(errors.New("--first-id: only says something of --against"))
	}
	return nil
}

func oneOf(flag, value string, allowed []string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	if value == "" || allowed == nil {
		return nil
	}
	return usage(fmt.Errorf("%s %s: must be %s", flag, value, strings.Join(allowed, ", ")))
}

// read reads the spikes to compare with, if there are any, and what is to be said of them.
func (c *againstFlags) read(ctx context.Context, t *terminal, net *network.Network) (*validate.Spikes, []string, error) {
	if len(c.Against) == 0 {
		return nil, nil, nil
	}
	paths, err := several(c.Against)
	if err != nil {
		return nil, nil, usage(fmt.Errorf("--against %w", err))
	}
	t.found = paths
	as := record.Reading{
		Reading:     table.Reading{DtMs: net.Dt, Columns: c.Columns, TimeUnit: c.TimeUnit, FirstID: c.FirstID},
		Populations: record.Populations(net), Of: c.Population, OffGrid: c.OffGrid, Early: c.Early,
	}
	var notes []string
	f, err := until(ctx, func() (f *record.Spikes, err error) {
		f, notes, err = record.ReadAny(paths, as)
		return f, err
	})
	if ctx.Err() != nil {
		return nil, nil, context.Canceled
	}
	name := paths[0]
	if len(paths) > 1 {
		name = fmt.Sprintf("%s and %d other files", name, len(paths)-1)
	}
	if err == nil && partly(f, net) {
		err = fmt.Errorf("%s: holds the spikes of some neurons only", name)
	}
	if err != nil {
		return nil, nil, usage(fmt.Errorf("--against %w", named(err)))
	}
	s := &validate.Spikes{Name: name, DtMs: f.DtMs, Steps: f.Steps, Spikes: f.Spikes}
	for _, p := range f.Populations {
		s.Sizes = append(s.Sizes, p.Size)
	}
	if err := s.Check(net); err != nil {
		return nil, nil, usage(fmt.Errorf("--against %w", err))
	}
	for _, i := range s.Unseen(net) {
		notes = append(notes, fmt.Sprintf("population %s, a source, has no spikes here: neither it nor the seeds' is compared", net.Populations[i].Name))
	}
	return s, notes, nil
}

// partly tells whether the spikes are those of some neurons of a population, other than of none of a source.
func partly(f *record.Spikes, net *network.Network) bool {
	for i, n := range f.Recorded {
		p := &net.Populations[i]
		if n.Count < f.Populations[i].Size && !(n.Count == 0 && p.Neuron.IsSource()) {
			return true
		}
	}
	return false
}

// several are the files that paths and patterns, such as spikes-*.dat, mean.
func several(paths []string) ([]string, error) {
	var all []string
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil || !strings.ContainsAny(path, "*?[") {
			all = append(all, path)
			continue
		}
		matches, err := filepath.Glob(path)
		if err != nil || len(matches) == 0 {
			return nil, fmt.Errorf("%s: no file has such a name", path)
		}
		all = append(all, matches...)
	}
	return all, nil
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
