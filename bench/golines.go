package bench

import (
	"bufio"
	"fmt"
	"io"
	"runtime"
	"strings"
)

// WriteGo writes a report as Go benchmarks do, for benchstat: one line a
// repetition, whose ns/op is the wall time of the simulation. The format is that of
// golang.org/design/14313-benchmark-format.
func (r *Report) WriteGo(to io.Writer) error {
	w := bufio.NewWriter(to)
	fmt.Fprintf(w, "goos: %s\ngoarch: %s\npkg: einet\n", runtime.GOOS, r.Machine.Arch)
	if r.Machine.CPU != "" {
		fmt.Fprintf(w, "cpu: %s\n", r.Machine.CPU)
	}
	fmt.Fprintf(w, "einet: %s\n", r.Machine.Einet)
	built := map[string]bool{}
	for i := range r.Results {
		x := &r.Results[i]
		network := fmt.Sprintf("network=%s/N=%d", goName(x.Network), x.Neurons)
		for _, set := range x.Set {
			network += "/set=" + goName(set)
		}
		if x.Connectivity != "" {
			network += "/connectivity=" + goName(x.Connectivity)
		}
		if !built[network] {
			built[network] = true
			for _, t := range x.Build {
				fmt.Fprintf(w, "BenchmarkBuild/%s 1 %d ns/op %.5g ns/synapse\n", network, t.Nanoseconds(), float64(t.Nanoseconds())/float64(max(1, x.Synapses)))
			}
		}
		name := fmt.Sprintf("BenchmarkSimulate/%s/ms=%g/engine=%s", network, x.ModelMs, x.Engine)
		if x.Threads > 0 {
			name += fmt.Sprintf("/threads=%d", x.Threads)
		}
		if onDevices(x.Engine) {
			name += "/device=" + goName(x.Device)
		}
		for _, t := range x.Simulate {
			one := Result{Subject: x.Subject, Steps: x.Steps, ModelMs: x.ModelMs, Deliveries: x.Deliveries, Simulate: Times{t}}
			one.Derive()
			fmt.Fprintf(w, "%s 1 %d ns/op %.5g real-time-factor %.5g ns/neuron-step %.5g ns/event\n",
				name, t.Nanoseconds(), one.Derived.RealTimeFactor, one.Derived.PerNeuronStep, one.Derived.PerEvent)
		}
	}
	return w.Flush()
}

// goName is a part of a benchmark's name: no white space, and nothing that would
// begin another part.
func goName(s string) string {
	return strings.Map(func(c rune) rune {
		if c <= ' ' || strings.ContainsRune("/=", c) {
			return '_'
		}
		return c
	}, s)
}
