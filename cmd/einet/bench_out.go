package main

import (
	"io"

	"einet/bench"
	"einet/experiment"
	"einet/record"
)

// The files of einet bench, beside its figures.
const (
	benchFile   = "bench.json"
	benchTables = "bench.md"
)

// write writes the report, its tables and figures, all of them or none.
func (c *benchCmd) write(t *terminal, r *bench.Report) error {
	s, err := experiment.OpenSet(c.seen, c.Out, t.log.Warn)
	if err != nil {
		return err
	}
	defer s.Abort()
	var names []string
	tables := func(w io.Writer) error { return printBench(w, r) }
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{{benchTables, tables}, {benchFile, r.Write}} {
		if err := record.WriteFile(s.Path(f.name), f.write); err != nil {
			return machine(err)
		}
		names = append(names, f.name)
	}
	figures, err := benchFigures(r.Results)
	if err != nil {
		return err
	}
	for _, f := range figures {
		for ext, data := range map[string][]byte{".png": f.PNG, ".svg": f.SVG} {
			write := func(w io.Writer) error { _, err := w.Write(data); return err }
			if err := record.WriteFile(s.Path(f.Name+ext), write); err != nil {
				return machine(err)
			}
			names = append([]string{f.Name + ext}, names...) // bench.json is the last
		}
	}
	_, err = experiment.Commit(s, names, []string{"sizes.png", "sizes.svg", "threads.png", "threads.svg"})
	return err
}
