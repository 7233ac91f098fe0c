package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"einet/experiment"
	"einet/plot"
	"einet/record"
)

// plotCmd draws the figures of earlier runs again.
type plotCmd struct {
	Dirs []string `arg:"" name:"dir" help:"The folder of a run. Of several, one figure is drawn: their rasters side by side."`
	excerptFlags
	Groups []string `placeholder:"NAME,..." help:"What the figure of groups shows, in this order: populations, groups (E.stimulated), divisions (E.clusters) and parts of these (E.clusters.7); otherwise all groups."`
	Trial  *uint32  `placeholder:"N" help:"Of replicas: the figures of this trial, whose names end in it; otherwise the rates over trials (psth) are drawn again."`
	Seed   *uint32  `placeholder:"N" help:"Of replicas of several seeds: that of the trial; otherwise the first."`
	Out    string   `placeholder:"DIR" help:"Where the figure goes; otherwise the folder of the run, or for several the one that holds the first."`

	replicas bool
}

// Run draws them. What cannot be read is the input's fault, what cannot be
// written the machine's.
func (c *plotCmd) Run(ctx context.Context, t *terminal) error {
	of := experiment.SpikesFile
	if c.replicas = len(c.Dirs) == 1 && holdsReplicas(c.Dirs[0]) != ""; c.replicas {
		of = experiment.SummaryFile
	} else if c.Trial != nil || c.Seed != nil {
		return usage(errors.New("--trial and --seed: are of the folder of replicas, and of one"))
	}
	if err := holdRuns(c.Dirs, c.replicas, of); err != nil {
		return err
	}
	w, err := c.excerpt()
	if err != nil {
		return err
	}
	out, err := placeOf(c.Out, c.Dirs)
	if err != nil {
		return err
	}
	files, err := experiment.OpenSet(record.Look(out), out, t.log.Warn)
	if err != nil {
		return err
	}
	defer files.Abort()
	figures, err := c.draw(ctx, files.Path(""), w)
	if err == nil {
		err = ctx.Err()
	}
	var unwritten *experiment.WriteError
	switch {
	case errors.As(err, &unwritten) || errors.Is(err, context.Canceled):
		return err
	case err != nil:
		return usage(err)
	case len(figures) == 0:
		return usage(fmt.Errorf("%s: the run is too short for figures", c.Dirs[0]))
	}
	if out, err = experiment.Commit(files, figures, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "%s: %s\n", out, strings.Join(figures, ", "))
	return err
}

// draw draws the figures of the one run, or of several together.
func (c *plotCmd) draw(ctx context.Context, out string, w experiment.Excerpt) ([]string, error) {
	if len(c.Dirs) > 1 && len(c.Groups) > 0 {
		return nil, errors.New("--groups: is of one run, not of several side by side")
	}
	if c.replicas {
		return experiment.DrawReplicas(ctx, c.Dirs[0], out, w, experiment.Chosen{Trial: c.Trial, Seed: c.Seed}, c.Groups...)
	}
	if len(c.Dirs) == 1 {
		return experiment.Draw(ctx, c.Dirs[0], out, w, c.Groups...)
	}
	var runs []plot.Titled
	for _, dir := range c.Dirs {
		data, err := experiment.ReadRun(ctx, dir, w)
		if err != nil {
			return nil, err
		}
		if data.Sample == nil {
			return nil, fmt.Errorf("%s: holds no spikes to draw", dir)
		}
		runs = append(runs, plot.Titled{Title: filepath.Base(filepath.Clean(dir)), Data: data})
	}
	f, err := plot.Rasters(runs)
	if err != nil {
		return nil, err
	}
	return experiment.WriteFigure(out, f)
}
