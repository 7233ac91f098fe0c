package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"einet/experiment"
	"einet/record"
)

// reportCmd writes the page of earlier runs.
type reportCmd struct {
	Dirs []string `arg:"" name:"dir" help:"The folder of a run, or of replicas. Of several runs, one page has their numbers side by side and their spikes below each other, in one view of time."`
	Out  string   `placeholder:"DIR" help:"Where report.html goes; otherwise the folder of the run, or for several the one that holds the first."`
}

// Run writes it. What cannot be read is the input's fault, what cannot be written the machine's.
func (c *reportCmd) Run(ctx context.Context, t *terminal) error {
	if err := holdRuns(c.Dirs, len(c.Dirs) == 1, experiment.SummaryFile); err != nil {
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
	err = experiment.Report(ctx, c.Dirs, files.Path(experiment.ReportFile), versionString())
	if err == nil {
		err = ctx.Err()
	}
	var unwritten *experiment.WriteError
	switch {
	case errors.As(err, &unwritten) || errors.Is(err, context.Canceled):
		return err
	case err != nil:
		return usage(err)
	}
	if out, err = experiment.Commit(files, []string{experiment.ReportFile}, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "%s\n", filepath.Join(out, experiment.ReportFile))
	return err
}

// holdRuns is an error unless each folder holds a run, which has those files.
func holdRuns(dirs []string, replicas bool, files ...string) error {
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err == nil && !info.IsDir() {
			return usage(fmt.Errorf("%s: holds no run: it is a file, must be a folder", dir))
		}
		if found := holdsReplicas(dir); found != "" && !replicas {
			return usage(fmt.Errorf("%s: holds replicas (%s and others), which stand beside no other run: einet report %s writes their page, and einet plot %s with --trial draws one of them", dir, found, dir, dir))
		}
		for _, file := range files {
			_, err := os.Stat(filepath.Join(dir, file))
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return usage(fmt.Errorf("%s: holds no run: there is no %s", dir, file))
			case err != nil:
				return usage(fmt.Errorf("%s: holds no run: %w", dir, err))
			}
		}
	}
	return nil
}

// holdsReplicas names a file of replicas in a folder that holds no run of its own, or is empty.
func holdsReplicas(dir string) string {
	found, _ := filepath.Glob(filepath.Join(dir, "spikes-*.npz"))
	if _, err := os.Stat(filepath.Join(dir, experiment.SpikesFile)); err == nil || len(found) == 0 {
		return ""
	}
	return filepath.Base(found[0])
}

// placeOf is the folder for what is made of runs: the one that is asked for, or that of the run, or what holds the first of several.
func placeOf(asked string, dirs []string) (string, error) {
	out := asked
	if out == "" && len(dirs) == 1 {
		out = dirs[0]
	} else if out == "" {
		out = filepath.Dir(filepath.Clean(dirs[0]))
	}
	if info, err := os.Stat(out); err == nil && !info.IsDir() || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", usage(fmt.Errorf("--out %s: must be a folder", out))
	}
	return out, nil
}
