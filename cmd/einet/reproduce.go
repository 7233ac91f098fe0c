package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"einet/network"
	"einet/network/presets"
	"einet/validate"
)

// reproduceCmd measures what is published of the presets.
type reproduceCmd struct {
	Presets []string `arg:"" optional:"" name:"preset" help:"Presets (see einet list); otherwise all. All of them take a few minutes and 2 GB, most of both for potjans2014."`
	Threads int      `placeholder:"N" help:"Threads; otherwise one for each processor."`
	JSON    bool     `help:"Print JSON, and nothing else."`
	Quiet   bool     `short:"q" help:"Print no progress."`
}

// Run prints the figures as a table in Markdown, each with its verdict.
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
	lab := &validate.Lab{Backend: onCPU(c.Threads), Progress: p.add}
	var all []validate.Reproduction
	for _, x := range chosen {
		net, err := presets.Load(x.Preset, network.Options{Set: x.Set, Scale: 1})
		if err != nil {
			return err
		}
		if _, err := new(connectivityFlag).estimate(net, "cpu", c.Threads); err != nil {
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
	rows := [][]string{{"network", "figure", "published", "measured", "allowed", "verdict", "published by"}, nil}
	for _, r := range all {
		name, figure, figures := r.Preset, string(r.Quantity), "-"
		if r.Condition != "" {
			name += ", " + r.Condition
		}
		if r.Population != "" {
			figure += " of " + r.Population
		}
		if r.Unit != "" {
			figure += " [" + r.Unit + "]"
		}
		if r.Published != nil {
			figures = fmt.Sprintf("%.4g", *r.Published)
		}
		rows = append(rows, []string{name, figure, figures, shown(r.Measured, significant(r.Measured)), fmt.Sprintf("%.3g to %.3g", r.Lo, r.Hi), string(r.Verdict), r.Source})
	}
	return markdown(out, rows)
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
