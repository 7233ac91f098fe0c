package main

import (
	"cmp"
	"slices"

	"einet/bench"
	"einet/host"
	"einet/plot"
)

// benchFigures are the figures that results allow: sizes (time against neurons), threads
// (speed-up against threads).
func benchFigures(results []bench.Result) ([]plot.Figure, error) {
	var figures []plot.Figure
	if list := growths(results); len(list) > 0 {
		f, err := plot.Growths(list)
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	if lines := speedUps(results); len(lines) > 0 {
		f, err := plot.Threads(lines)
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	return figures, nil
}

// growths are the networks that were measured at several sizes, with the engines that were.
// Measurements that were cut short are left out: a network begins unlike it goes on.
func growths(results []bench.Result) []plot.Growth {
	var list []plot.Growth
	for i := range results {
		r := &results[i]
		if r.Steps < r.Asked {
			continue
		}
		k := slices.IndexFunc(list, func(g plot.Growth) bool { return g.Network == caseName(r) })
		if k < 0 {
			k, list = len(list), append(list, plot.Growth{Network: caseName(r)})
		}
		l := slices.IndexFunc(list[k].Lines, func(l plot.Line) bool { return l.Engine == r.Label() })
		if l < 0 {
			l, list[k].Lines = len(list[k].Lines), append(list[k].Lines, plot.Line{Engine: r.Label()})
		}
		line := &list[k].Lines[l]
		at, measured := slices.BinarySearch(line.X, float64(r.Neurons))
		if !measured {
			line.X, line.Y = slices.Insert(line.X, at, float64(r.Neurons)), slices.Insert(line.Y, at, r.Derived.RealTimeFactor)
		}
	}
	for k := range list {
		list[k].Lines = slices.DeleteFunc(list[k].Lines, func(l plot.Line) bool { return len(l.X) < 2 })
	}
	return slices.DeleteFunc(list, func(g plot.Growth) bool { return len(g.Lines) == 0 })
}

// speedUps are the networks that the cpu engine simulated on one thread and on more, none of
// them cut short.
func speedUps(results []bench.Result) []plot.Line {
	type measured struct {
		line *plot.Line
		one  float64
	}
	var lines []measured
	sorted := slices.Clone(results)
	slices.SortStableFunc(sorted, func(a, b bench.Result) int { return cmp.Compare(a.Threads, b.Threads) })
	for i := range sorted {
		r := &sorted[i]
		if r.Steps < r.Asked {
			continue
		}
		name := caseName(r) + ", N " + host.Spaced(int64(r.Neurons))
		switch k := slices.IndexFunc(lines, func(m measured) bool { return m.line.Engine == name }); {
		case r.Threads == 1 && k < 0:
			lines = append(lines, measured{&plot.Line{Engine: name, X: []float64{1}, Y: []float64{1}}, r.Derived.RealTimeFactor})
		case r.Threads > 1 && k >= 0:
			l := lines[k].line
			l.X, l.Y = append(l.X, float64(r.Threads)), append(l.Y, lines[k].one/r.Derived.RealTimeFactor)
		}
	}
	var list []plot.Line
	for _, m := range lines {
		if len(m.line.X) > 1 {
			list = append(list, *m.line)
		}
	}
	return list
}
