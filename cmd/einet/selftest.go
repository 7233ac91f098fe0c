package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"einet/experiment"
	"einet/host"
	"einet/record"
	"einet/selftest"
)

// The files of einet selftest.
const (
	selftestFile = "selftest.json"
	selftestPage = "selftest.md"
)

// selftestCmd tries all that the engines do.
type selftestCmd struct {
	Device string `placeholder:"D" help:"Only this OpenGL device: a number or part of a name, as einet devices lists them. Otherwise all, software too."`
	Quick  bool   `help:"Small networks: two minutes on a software device. Otherwise the networks are as published, and some larger."`
	JSON   bool   `help:"Print the report as JSON instead of a page."`
	Out    string `placeholder:"DIR" help:"Write selftest.json and the page, selftest.md, there too: to send to who develops einet."`
	Force  bool   `help:"Replace an earlier report in that folder."`
	Quiet  bool   `short:"q" help:"Print no progress."`

	seen record.Folder
}

func (*selftestCmd) wants() wish { return anyDevice }

// Run tries it, and fails where spikes differ or a probe does.
func (c *selftestCmd) Run(ctx context.Context, t *terminal) error {
	if c.Force && c.Out == "" {
		return usage(errors.New("--force: only says something of --out"))
	}
	if c.Out != "" {
		c.seen = record.Look(c.Out)
		if err := experiment.Vacant(c.Out, []string{selftestPage, selftestFile}, "self-test", c.Force); err != nil {
			return err
		}
	}
	tell := func(what string) {
		if !c.Quiet {
			fmt.Fprintln(t.err, "einet:", what)
		}
	}
	r, err := selftest.Test(ctx, selftest.Options{
		OpenGL: t.gl, Device: c.Device, Quick: c.Quick, Version: versionString(), Command: commandLine(t.args), Tell: tell,
	})
	if err != nil {
		return engineFault(err)
	}
	var unwritten error
	if c.Out != "" {
		unwritten = c.write(t, r)
	}
	page := func(w io.Writer) error { return printSelftest(w, r) }
	if c.JSON {
		page = r.WriteJSON
	}
	if err := cmp.Or(page(t.out), unwritten); err != nil {
		return err
	}
	var failed []error
	for _, f := range r.Failed {
		failed = append(failed, &statusError{exitCheckFailed, errors.New(f)})
	}
	return errors.Join(failed...)
}

// write writes both files, or none.
func (c *selftestCmd) write(t *terminal, r *selftest.Report) error {
	s, err := experiment.OpenSet(c.seen, c.Out, t.log.Warn)
	if err != nil {
		return err
	}
	defer s.Abort()
	page := func(w io.Writer) error { return printSelftest(w, r) }
	if err := errors.Join(record.WriteFile(s.Path(selftestPage), page), record.WriteFile(s.Path(selftestFile), r.WriteJSON)); err != nil {
		return machine(err)
	}
	_, err = experiment.Commit(s, []string{selftestPage, selftestFile}, nil)
	return err
}

// printSelftest prints the report as one page.
func printSelftest(w io.Writer, r *selftest.Report) error {
	fmt.Fprintf(w, "`%s`: einet %s on %s, %d threads, %s; load averages before it %s; %.0f s\n\n",
		r.Command, r.Machine.Einet, r.Machine.CPU, r.Machine.Threads, r.Machine.SIMD, r.Machine.Load, r.Seconds)
	devices := [][]string{{"device", "driver", "memory", "free", "arithmetic", "kernels", "probes s"}, nil}
	for _, d := range r.Devices {
		kind := d.Vendor + "; OpenGL " + d.Version + "; " + d.Platform
		if d.Software {
			kind += "; software"
		}
		devices = append(devices, []string{d.Renderer, kind, bytesOrNone(d.Limits.MemoryBytes), bytesOrNone(d.Limits.FreeBytes),
			cmp.Or(d.Arithmetic, "exact"), cmp.Or(d.Kernels, "exact"), fmt.Sprintf("%.2f", d.ProbeSeconds)})
	}
	runs := [][]string{{"network", "N", "synapses", "model ms", "engine", "on", "s", "spikes", "digest", "is"}, nil}
	for _, x := range r.Runs {
		is := "equal"
		switch {
		case x.Fault != "":
			is = x.Fault
		case !x.Equal:
			is = "DIFFERS"
		}
		runs = append(runs, []string{workName(x.Work), fmt.Sprint(x.Neurons), host.Count(x.Synapses), fmt.Sprintf("%g", x.ModelMs), x.Engine, firstWords(x.Device),
			fmt.Sprintf("%.3g", x.Seconds), fmt.Sprint(x.Spikes), x.Digest[:min(8, len(x.Digest))], is})
	}
	replicas := [][]string{{"replicas of", "on", "trials", "equal", "s", "fault"}, nil}
	for _, x := range r.Replicas {
		replicas = append(replicas, []string{workName(x.Work), firstWords(x.Device), fmt.Sprint(x.Trials), fmt.Sprint(x.Equal), fmt.Sprintf("%.3f", x.Seconds), cmp.Or(x.Fault, "-")})
	}
	counted := [][]string{{"counters of", "kernels", "on", "windows", "batches", "dispatches", "waits", "update us / dispatch", "ns / neuron-step", "deliver us / dispatch", "ns / event", "idle", "with sums", "adds / event", "resident us / window", "gave up", "fault"}, nil}
	for i := range r.Counted {
		x := &r.Counted[i].Counters
		counted = append(counted, []string{workName(r.Counted[i].Work), r.Counted[i].Form, firstWords(r.Counted[i].Device), fmt.Sprint(x.Windows), fmt.Sprint(x.Batches), fmt.Sprint(x.Dispatches), fmt.Sprint(x.Waits),
			over(x.Update.Nanoseconds(), 1000*x.Updates, "%.1f"), over(x.Update.Nanoseconds(), ofWindows(x, x.NeuronSteps), "%.3g"),
			over(x.Deliver.Nanoseconds(), 1000*x.Delivers, "%.1f"), over(x.Deliver.Nanoseconds(), ofWindows(x, x.Events), "%.3g"), over(100*x.Idle, x.Shares, "%.0f %%"),
			over(100*x.Summed, x.Windows, "%.0f %%"), over(x.Atomics, x.Events, "%.3g"), over(x.Resident.Nanoseconds(), 1000*x.ResidentWindows, "%.3g"), yesOrNot(x.GaveUp), cmp.Or(r.Counted[i].Fault, "-")})
	}
	full := [][]string{{"memory near full on", "free", "filled", "spikes", "fault"}, nil}
	for _, x := range r.Full {
		full = append(full, []string{firstWords(x.Device), host.Bytes(x.FreeBytes), host.Bytes(x.Filled), map[bool]string{true: "equal", false: "-"}[x.Equal], cmp.Or(x.Fault, "-")})
	}
	for _, table := range [][][]string{devices, runs, replicas, counted, full} {
		if len(table) == 2 {
			continue
		}
		if err := markdown(w, table); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	verdict := "passed: every engine gives the reference's spikes"
	if len(r.Failed) > 0 {
		verdict = fmt.Sprintf("FAILED, %d: %s", len(r.Failed), strings.Join(r.Failed, "; "))
	}
	_, err := fmt.Fprintln(w, verdict)
	return err
}

func workName(w selftest.Work) string {
	name := w.Network
	if w.Scale != 1 {
		name += fmt.Sprintf(" x %g", w.Scale)
	}
	if w.Connectivity != "stored" {
		name += ", " + w.Connectivity
	}
	return name
}

// firstWords are what a device is told from others by, in a table.
func firstWords(device string) string {
	short, _, _ := strings.Cut(device, " (")
	return short
}

func yesOrNot(x bool) string {
	if x {
		return "yes"
	}
	return "-"
}

func bytesOrNone(n int64) string {
	if n == 0 {
		return "-"
	}
	return host.Bytes(n)
}
