package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"einet/bench"
	"einet/host"
)

// print prints the report in the form that the flags ask for.
func (c *benchCmd) print(t *terminal, r, other *bench.Report) error {
	switch c.Format {
	case "json":
		return r.Write(t.out)
	case "go":
		return r.WriteGo(t.out)
	}
	err := printBench(t.out, r)
	if other != nil {
		err = errors.Join(err, printAgainst(t.out, r, other, c.Against))
	}
	return err
}

// printBench prints the report as Markdown: machine, networks, times, parts and
// limits.
func printBench(out io.Writer, r *bench.Report) error {
	fmt.Fprintf(out, "`%s`\n\n", r.Command)
	printMachine(out, &r.Machine)
	fmt.Fprint(out, "\n**Networks.** Memory is the largest resident size while it was built, less that before.\n\n")
	err := markdown(out, networkRows(r.Results))
	fmt.Fprint(out, "\n**Times.** Wall time of the simulation alone, every spike recorded: the median and the shortest of the repetitions, spread (longest - shortest)/median. "+
		"Loading is what it takes to make the engine once the network is built. A model time with * is what --limit left of it. Speed is relative to the first engine, over the longest stretch from the start that both simulated. "+
		"Memory: building, loading and simulating, less that before. The digest is of all spikes.\n\n")
	err = errors.Join(err, markdown(out, timeRows(r.Results)), printRuns(out, r.Results))
	if slices.ContainsFunc(r.Results, func(x bench.Result) bool { return len(x.Runs) > 0 }) {
		return err // parts were not asked for
	}
	fmt.Fprint(out, "\n**Costs [ns].** \"All\" divides the whole time by one thing, so that the two columns are two views of the same time. The parts are differences of separate measurements, from the fastest repetitions: "+
		"update is the network without synapses, Poisson input and spikes; draw is what the Poisson input adds; delivery is what spikes and synapses add, over the synaptic events.\n\n")
	err = errors.Join(err, markdown(out, costRows(r.Results)))
	if r.Limits != nil {
		fmt.Fprint(out, "\n**Limits of the machine.** Bandwidth counts the bytes that the program reads and writes (copy b = a; triad a = b + s c; float32), working sets are of one thread. "+
			"Increments are x[i] += w (int32) at random places of a block, one after another.\n\n")
		err = errors.Join(err, markdown(out, bandwidthRows(r)))
		fmt.Fprintln(out)
		err = errors.Join(err, markdown(out, incrementRows(r.Limits)))
	}
	return err
}

func printMachine(out io.Writer, m *host.Machine) {
	unknown := func(s string, known bool) string {
		if !known {
			return "unknown"
		}
		return s
	}
	var caches []string
	for _, k := range m.Caches {
		caches = append(caches, fmt.Sprintf("L%d %s %s", k.Level, strings.ToLower(k.Type), host.Bytes(k.Bytes)))
	}
	fmt.Fprintf(out, "- processor: %s; cores %s, threads %d; caches %s; memory %s\n", unknown(m.CPU, m.CPU != ""), unknown(fmt.Sprint(m.Cores), m.Cores > 0),
		m.Threads, unknown(strings.Join(caches, ", "), len(caches) > 0), unknown(host.Bytes(m.Memory), m.Memory > 0))
	fmt.Fprintf(out, "- system: %s, %s; %s; einet %s, cpu engine with %s\n", m.System, m.Arch, m.Go, m.Einet, m.SIMD)
	for _, d := range m.OpenGL {
		fmt.Fprintf(out, "- OpenGL: %s\n", d)
	}
	if m.Load != "" {
		fmt.Fprintf(out, "- load averages before: %s (what else ran disturbs the times)\n", m.Load)
	}
}

// sameNetwork tells whether a result is of the same network as the one before.
func sameNetwork(results []bench.Result, i int) bool { return i > 0 && results[i].Same(&results[i-1]) }

// caseName is a network's name with what was changed of it.
func caseName(r *bench.Result) string {
	name := append([]string{r.Network}, r.Set...)
	if r.Connectivity != "" {
		name = append(name, r.Connectivity)
	}
	return strings.Join(name, " ")
}

func networkRows(results []bench.Result) [][]string {
	rows := [][]string{{"network", "N", "synapses", "in-degree", "bytes/synapse", "build s", "build MB", "model s", "rate Hz"}, nil}
	for i := range results {
		r := &results[i]
		if sameNetwork(results, i) {
			continue
		}
		for k := i + 1; k < len(results) && sameNetwork(results, k); k++ {
			if results[k].Steps > r.Steps {
				r = &results[k] // one that was not cut short
			}
		}
		rows = append(rows, []string{
			caseName(r), fmt.Sprint(r.Neurons), host.Spaced(r.Synapses), fmt.Sprintf("%.0f", float64(r.Synapses)/float64(r.Neurons)),
			fmt.Sprintf("%.3f", float64(r.SynapseBytes)/float64(max(1, r.Synapses))), fmt.Sprintf("%.3f", r.Build.Median().Seconds()),
			grown(r.BuildPeakMB, r.RestMB), fmt.Sprintf("%g", r.ModelMs/1000), fmt.Sprintf("%.2f", float64(r.Spikes)/float64(r.Neurons)/r.ModelMs*1000),
		})
	}
	return rows
}

// grown is by how much memory grew [MB].
func grown(peak, rest float64) string {
	if peak == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.0f", max(0, peak-rest))
}

func timeRows(results []bench.Result) [][]string {
	rows := [][]string{{"network", "N", "engine", "model s", "load s", "simulate s", "shortest", "spread", "of", "real-time factor", "speed", "memory MB", "digest"}, nil}
	var first *bench.Result
	for i := range results {
		r := &results[i]
		if !sameNetwork(results, i) {
			first = r
		}
		rows = append(rows, []string{
			r.Network, fmt.Sprint(r.Neurons), r.Label(), modelTime(r), fmt.Sprintf("%.3f", r.Load.Median().Seconds()),
			fmt.Sprintf("%.4f", r.Derived.MedianS), fmt.Sprintf("%.4f", r.Derived.MinS), fmt.Sprintf("%.0f %%", 100*r.Derived.Spread), fmt.Sprint(len(r.Simulate)),
			fmt.Sprintf("%.3g", r.Derived.RealTimeFactor), speed(r, first), grown(r.PeakMB, r.RestMB), fmt.Sprintf("%.8s", r.Digest()),
		})
	}
	return rows
}

// modelTime is what was simulated [s], marked where it is less than was asked for.
func modelTime(r *bench.Result) string {
	s := fmt.Sprintf("%g", r.ModelMs/1000)
	if r.Steps < r.Asked {
		s += " *"
	}
	return s
}

// speed is how many times faster r simulated than o.
func speed(r, o *bench.Result) string {
	x, ok := r.Speed(o)
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%.3g", x)
}

func costRows(results []bench.Result) [][]string {
	rows := [][]string{{"network", "N", "engine", "all / neuron-step", "all / event", "update / neuron-step", "draw", "delivery / event"}, nil}
	number := func(x *float64) string {
		if x == nil {
			return "-"
		}
		return fmt.Sprintf("%.3g", *x)
	}
	for i := range results {
		r := &results[i]
		d := &r.Derived
		rows = append(rows, []string{
			r.Network, fmt.Sprint(r.Neurons), r.Label(), number(&d.PerNeuronStep), number(&d.PerEvent), number(d.Update), number(d.Draw), number(d.Delivery),
		})
	}
	return rows
}

func bandwidthRows(r *bench.Report) [][]string {
	all := fmt.Sprintf("%d threads", r.Limits.Threads)
	rows := [][]string{{"working set", "copy GB/s, 1 thread", "copy, " + all, "triad, 1 thread", "triad, " + all}, nil}
	for _, b := range r.Limits.Bandwidth {
		row := []string{host.Bytes(b.Bytes)}
		for _, x := range []float64{b.Copy, b.CopyAll, b.Triad, b.TriadAll} {
			row = append(row, fmt.Sprintf("%.3g", x))
		}
		rows = append(rows, row)
	}
	return rows
}

func incrementRows(l *bench.Limits) [][]string {
	rows := [][]string{{"block", "ns/increment, 1 thread", fmt.Sprintf("each of %d threads", l.Threads)}, nil}
	for _, b := range l.Increments {
		all := "-"
		if b.All > 0 {
			all = fmt.Sprintf("%.3g", b.All)
		}
		rows = append(rows, []string{host.Bytes(b.Bytes), fmt.Sprintf("%.3g", b.One), all})
	}
	return rows
}
