package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"einet/bench"
	"einet/connectome"
	"einet/engines"
	"einet/experiment"
	"einet/network"
)

// runOn is einet run at a place, as --as-run measures it; nil where that is not asked for.
func (c *benchCmd) runOn(t *terminal, p *engines.Place) func(context.Context, *network.Network, *connectome.Connectome) (bench.Ran, error) {
	if !c.AsRun {
		return nil
	}
	choice := engines.Choice{Engine: p.Name, Threads: p.Threads, Synapses: c.synapses()}
	if p.OnDevices {
		choice.Device = fmt.Sprint(p.GL.Index)
	}
	return func(ctx context.Context, net *network.Network, syn *connectome.Connectome) (r bench.Ran, err error) {
		dir, err := os.MkdirTemp("", "einet-bench-")
		if err != nil {
			return r, machine(err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		s, err := experiment.Run(ctx, net, experiment.Options{Choice: choice, OpenGL: t.gl, Connectome: syn, Out: filepath.Join(dir, "run"), NoFigures: true})
		if err != nil {
			return r, err
		}
		span := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
		return bench.Ran{Simulate: span(s.SimulateS), Recorders: span(s.RecordersS), Waiting: span(s.WaitingS), Finish: span(s.FinishS), Digest: s.Digest}, nil
	}
}

// printRuns prints what runs took beside the engine alone, if they were measured.
func printRuns(out io.Writer, results []bench.Result) error {
	rows := [][]string{{"network", "N", "engine", "model s", "engine alone s", "as run s", "run / engine", "of the shortest", "recorders s", "waiting s", "files s", "digest"}, nil}
	for i := range results {
		r := &results[i]
		if len(r.Runs) == 0 {
			continue
		}
		median := func(of func(*bench.Ran) time.Duration) string {
			return fmt.Sprintf("%.4f", r.RunTimes(of).Median().Seconds())
		}
		over, shortest := r.OverAlone()
		rows = append(rows, []string{
			caseName(r), fmt.Sprint(r.Neurons), r.Label(), modelTime(r), fmt.Sprintf("%.4f", r.Alone.Median().Seconds()),
			median(func(x *bench.Ran) time.Duration { return x.Simulate }), fmt.Sprintf("%.2f", over), fmt.Sprintf("%.2f", shortest),
			median(func(x *bench.Ran) time.Duration { return x.Recorders }), median(func(x *bench.Ran) time.Duration { return x.Waiting }),
			median(func(x *bench.Ran) time.Duration { return x.Finish }), fmt.Sprintf("%.8s", r.Runs[0].Digest),
		})
	}
	if len(rows) == 2 {
		return nil
	}
	fmt.Fprint(out, "\n**As a user runs it.** `einet run` with its recorders and files (without figures) in turn with the engine that nobody watches, medians, and the ratio of the shortest too, which what else the machine does disturbs least. "+
		"Recorders work beside the engine; waiting is of the engine for them and of the run for the last of them, and is in the time of the run. Files are closed behind it.\n\n")
	return markdown(out, rows)
}
