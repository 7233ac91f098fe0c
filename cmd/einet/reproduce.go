package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"einet/engines"
	"einet/network/presets"
	"einet/validate"
)

// reproduceCmd measures what publications and other simulators say of the presets.
type reproduceCmd struct {
	Presets     []string `arg:"" optional:"" name:"preset" help:"Presets (see einet list); otherwise all. All of them take a few minutes and 2 GB, most of both for potjans2014."`
	threadsFlag `set:"of="`
	jsonFlag    `set:"json=JSON on standard output"`
	quietFlag   `set:"and="`
}

// Run prints the figures as tables in Markdown, each with its verdict.
func (c *reproduceCmd) Run(ctx context.Context, t *terminal) error {
	if c.Threads < 0 {
		return usage(fmt.Errorf("--threads %d: must be at least 1, or 0 for one each processor", c.Threads))
	}
	for _, name := range c.Presets {
		if !slices.Contains(presets.Names(), name) {
			return usage(fmt.Errorf("%s: no preset; the presets are %s", name, strings.Join(presets.Names(), ", ")))
		}
	}
	var chosen []*validate.Experiment
	total := 0
	for i := range validate.Published {
		if x := &validate.Published[i]; len(c.Presets) == 0 || slices.Contains(c.Presets, x.Preset) {
			chosen, total = append(chosen, x), total+x.Seeds
		}
	}
	p := newCounter(t, c.Quiet || c.JSON, total)
	defer p.done()
	lab := &validate.Lab{Backend: engines.OnProcessor(engines.CPU, c.Threads).Backend(), Progress: p.add}
	var all []validate.Reproduction
	for _, x := range chosen {
		net, err := x.Load()
		if err != nil {
			return err
		}
		if _, err := engines.Unchosen.Model(net, engines.CPU.Copied(net, c.Threads)); err != nil {
			return err
		}
		list, err := lab.Reproduce(ctx, x, net)
		if err != nil {
			return err
		}
		all = append(all, list...)
	}
	p.done()
	if err := c.print(t.out, all); err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(r validate.Reproduction) bool { return r.Verdict != validate.Pass }) {
		return errFailed
	}
	return nil
}

func (c *reproduceCmd) print(out io.Writer, all []validate.Reproduction) error {
	if c.JSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	peers := slices.IndexFunc(all, func(r validate.Reproduction) bool { return r.PeerSeeds > 0 }) >= 0
	if err := markdown(out, publishedRows(all)); err != nil || !peers {
		return err
	}
	if _, err := fmt.Fprint(out, "\nThe same networks in other simulators: einet (the other ± what einet may be off by)\n\n"); err != nil {
		return err
	}
	if err := markdown(out, peerRows(all, ofSpikes)); err != nil {
		return err
	}
	rows := peerRows(all, ofWeights)
	if len(rows) == 2 {
		return nil
	}
	if _, err := fmt.Fprint(out, "\nand their weights at the end, of projections that learn\n\n"); err != nil {
		return err
	}
	return markdown(out, rows)
}

// A peerTable has some quantities of a population or projection side by side.
type peerTable struct {
	of         string
	heads      []string
	quantities []validate.Quantity
}

var (
	ofSpikes = peerTable{"population", []string{"rate [Hz]", "CV of intervals", "count variance/mean", "correlation, 1e-3"},
		[]validate.Quantity{validate.Rate, validate.CV, validate.Dispersion, validate.Correlation}}
	ofWeights = peerTable{"projection", []string{"mean / w_max", "below a tenth", "above nine tenths"},
		[]validate.Quantity{validate.MeanWeight, validate.LowWeights, validate.HighWeights}}
)

// publishedRows are those of the figures of publications, one a figure.
func publishedRows(all []validate.Reproduction) [][]string {
	rows := [][]string{{"network", "figure", "published", "measured", "allowed", "verdict", "published by"}, nil}
	for _, r := range all {
		if r.PeerSeeds > 0 {
			continue
		}
		figure, figures := string(r.Quantity), "-"
		if r.Population != "" {
			figure += " of " + r.Population
		}
		if r.Unit != "" {
			figure += " [" + r.Unit + "]"
		}
		if r.Published != nil {
			figures = fmt.Sprintf("%.4g", *r.Published)
		}
		rows = append(rows, []string{condition(&r), figure, figures, shown(r.Measured, significant(r.Measured)), fmt.Sprintf("%.3g to %.3g", r.Lo, r.Hi), string(r.Verdict), r.Source})
	}
	return rows
}

// peerRows are those of other simulators, one a population or projection.
func peerRows(all []validate.Reproduction, table peerTable) [][]string {
	rows := [][]string{slices.Concat([]string{"network", table.of}, table.heads, []string{"verdict", "other"}), nil}
	for len(all) > 0 {
		first, n := all[0], 1
		for n < len(all) && all[n].Source == first.Source && all[n].Population == first.Population && condition(&all[n]) == condition(&first) {
			n++
		}
		if first.PeerSeeds > 0 && slices.Contains(table.quantities, first.Quantity) {
			row := append([]string{condition(&first), first.Population}, make([]string, len(table.quantities))...)
			failed := []string{}
			for _, r := range all[:n] {
				row[2+slices.Index(table.quantities, r.Quantity)] = besidePeer(&r)
				if r.Verdict != validate.Pass {
					failed = append(failed, string(r.Quantity))
				}
			}
			verdict := string(validate.Pass)
			if len(failed) > 0 {
				verdict = string(validate.Fail) + ": " + strings.Join(failed, ", ")
			}
			rows = append(rows, append(row, verdict, first.Source+", "+seeds(first.PeerSeeds)))
		}
		all = all[n:]
	}
	return rows
}

func seeds(n int) string {
	if n == 1 {
		return "1 seed"
	}
	return fmt.Sprintf("%d seeds", n)
}

// besidePeer is a measured value (the peer's, and what it may be off by).
func besidePeer(r *validate.Reproduction) string {
	factor := 1.0
	if r.Quantity == validate.Correlation {
		factor = 1000
	}
	half := factor * (r.Hi - r.Lo) / 2
	decimals := min(max(1-int(math.Floor(math.Log10(max(half, 1e-9)))), 0), 5)
	if r.Measured == nil {
		return fmt.Sprintf("- (%.*f ± %.*f)", decimals, factor**r.Published, decimals, half)
	}
	return fmt.Sprintf("%.*f (%.*f ± %.*f)", decimals, factor**r.Measured, decimals, factor**r.Published, decimals, half)
}

// condition is the network of a figure with its condition, if it has one.
func condition(r *validate.Reproduction) string {
	if r.Condition == "" {
		return r.Preset
	}
	return r.Preset + ", " + r.Condition
}

// significant is how many decimals give four digits of x.
func significant(x *float64) int {
	if x == nil || *x == 0 {
		return 0
	}
	return min(max(0, 3-int(math.Floor(math.Log10(math.Abs(*x))))), 4)
}

// markdown writes rows as a table, whose second row is nil and becomes the rule below the
// first. Cells are padded, so that it also reads well as plain text.
func markdown(out io.Writer, rows [][]string) error {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, w := range width {
			if row == nil {
				line.WriteString("|" + strings.Repeat("-", w+2))
				continue
			}
			fmt.Fprintf(&line, "| %-*s ", w, row[i])
		}
		if _, err := fmt.Fprintln(out, line.String()+"|"); err != nil {
			return err
		}
	}
	return nil
}
