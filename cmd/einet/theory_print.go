package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// print writes the prediction for people: rates, inputs, the verdict on balance.
func (s *TheorySummary) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := "rate [Hz]\tno noise\tbalance limit\twhite noise\t+ colour\t+ in-degrees\tCV\t"
	if s.Simulated != nil {
		head += "simulated\ttheory off by\tCV\t"
	}
	fmt.Fprintln(w, head)
	for _, name := range s.order {
		p := s.Populations[name]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t", name, shown(p.NoiselessHz, 2), shown(p.BalanceHz, 2), shown(p.WhiteHz, 2),
			shown(p.ColouredHz, 2), shown(p.RateHz, 2), shown(p.CV, 2))
		if s.Simulated != nil {
			fmt.Fprintf(w, "%s\t%s\t%s\t", shown(p.SimulatedHz, 2), percent(p.Deviation), shown(p.SimulatedCV, 2))
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	if err := s.printInput(out); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s: %s\n", s.Network, s.Balance.Verdict)
	for _, line := range s.regimes() {
		fmt.Fprintln(out, line)
	}
	if s.Simulated != nil {
		fmt.Fprintf(out, "simulated: %g ms after %g ms, engine %s\n", s.Simulated.DurationMs, s.Simulated.SettleMs, s.Simulated.Engine)
	}
	return s.printSweep(out)
}

func (s *TheorySummary) printInput(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "input [mV]\texc + ext\tinhibitory\tnet\tthreshold\tsd in time\tsd over neurons\t")
	for _, name := range s.order {
		p := s.Populations[name]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", name, shown(p.ExcitatoryMV, 2), shown(p.InhibitoryMV, 2), shown(p.NetMV, 2),
			shown(p.ThresholdMV, 2), shown(p.SDMV, 2), shown(p.QuenchedMV, 2))
	}
	return w.Flush()
}

// regular is the CV below which firing is that of clocks.
const regular = 0.2

// regimes says what makes each population fire, one line for each answer.
func (s *TheorySummary) regimes() []string {
	names := map[string][]string{}
	for _, name := range s.order {
		p := s.Populations[name]
		why := "mean input below threshold, fires on fluctuations"
		if *p.NetMV > *p.ThresholdMV {
			why = "mean input above threshold, fires on it"
			if p.CV != nil && *p.CV < regular {
				why = "mean input above threshold, fires regularly, like a clock"
			}
		}
		names[why] = append(names[why], name)
	}
	var lines []string
	for _, why := range slices.Sorted(maps.Keys(names)) {
		lines = append(lines, strings.Join(names[why], ", ")+": "+why)
	}
	return lines
}

func percent(x *float64) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprintf("%+.1f %%", 100**x)
}

func (s *TheorySummary) printSweep(out io.Writer) error {
	if s.Sweep == nil {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "\nexternal input\t")
	for _, name := range s.order {
		fmt.Fprintf(w, "%s theory\tsimulated\t\t", name)
	}
	fmt.Fprintln(w)
	for _, p := range s.Sweep {
		fmt.Fprintf(w, "x %g\t", p.Factor)
		for i := range s.order {
			fmt.Fprintf(w, "%.2f\t%.2f\t%s\t", p.TheoryHz[i], p.SimulatedHz[i], percent(deviation(p.TheoryHz[i], p.SimulatedHz[i])))
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "%s\n", strings.Join(s.Figures, ", "))
	return err
}
