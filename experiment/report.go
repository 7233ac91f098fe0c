package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"einet/record"
	"einet/report"
)

// ReportFile is the page of a run, or of several.
const ReportFile = "report.html"

// verdictFile is the report of einet validate, in a folder beside that of a run.
const verdictFile, verdictSuffix = "report.json", "-validate"

// Report writes the page of the runs in some folders to a file, or that of the replicas in one, whole or not at all. What the runs' files lack or have wrong is an
// error that names them; that the page can't be written is a WriteError.
func Report(ctx context.Context, dirs []string, path, version string) error {
	var runs []*report.Run
	write := func(w io.Writer) error { return report.Write(ctx, w, runs, version) }
	if len(dirs) == 1 {
		r, err := readTrialsReport(dirs[0])
		if err != nil {
			return err
		}
		if r != nil {
			dirs, write = nil, func(w io.Writer) error { return report.WriteTrials(ctx, w, r, version) }
		}
	}
	for _, dir := range dirs {
		r, err := readReport(ctx, dir, len(dirs))
		if err != nil {
			return err
		}
		runs = append(runs, r)
	}
	var wrong error
	err := record.WriteFile(path, func(w io.Writer) error {
		noted := &notedWriter{Writer: w}
		err := write(noted)
		if noted.err == nil {
			wrong = err // with what was read
		}
		return err
	})
	if err != nil && wrong == nil {
		return &WriteError{err}
	}
	return err
}

// A notedWriter keeps its first error.
type notedWriter struct {
	io.Writer
	err error
}

func (w *notedWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// readReport reads what the run in dir left, to be reported beside others.
func readReport(ctx context.Context, dir string, runs int) (*report.Run, error) {
	r := &report.Run{Folder: filepath.Base(filepath.Clean(dir))}
	path := filepath.Join(dir, SummaryFile)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	r.Made = info.ModTime()
	var s Summary
	if r.Summary, err = readSummary(path, &s); err != nil {
		return nil, err
	}
	if err := readDescription(r, dir, func(name string) bool { _, ok := s.Populations[name]; return ok }); err != nil {
		return nil, err
	}
	whole, start := r.Network.Duration, 0.0
	rows := report.Rows(r.Network.Neurons(), s.Spikes, runs)
	if r.Data, err = readRun(ctx, dir, filesOf{}, Excerpt{FromMs: &start, ToMs: &whole}, rows, nil); err != nil {
		return nil, err
	}
	r.Figures = readFigures(dir, FigureNames)
	r.Verdict = readVerdict(filepath.Clean(dir)+verdictSuffix, s.Network)
	return r, nil
}

// readDescription reads the network of a folder, each of whose populations its summary has.
func readDescription(r *report.Run, dir string, summarised func(population string) bool) (err error) {
	path := filepath.Join(dir, NetworkFile)
	if r.YAML, err = os.ReadFile(path); err != nil {
		return err
	}
	if r.Network, err = readNetwork(path); err != nil {
		return err
	}
	for _, p := range r.Network.Populations {
		if !summarised(p.Name) {
			return fmt.Errorf("%s: populations has no %s, which %s has", filepath.Join(dir, SummaryFile), p.Name, NetworkFile)
		}
	}
	return nil
}

// readTrialsReport reads what the replicas in dir left; nil where there is a run.
func readTrialsReport(dir string) (*report.Run, error) {
	var probe struct{ Trials []json.RawMessage }
	var s ReplicasSummary
	r := &report.Run{Folder: filepath.Base(filepath.Clean(dir))}
	path := filepath.Join(dir, SummaryFile)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	r.Made = info.ModTime()
	if _, err := readSummary(path, &probe); err != nil || len(probe.Trials) == 0 {
		return nil, err
	}
	if r.Summary, err = readSummary(path, &s); err != nil {
		return nil, err
	}
	if err := readDescription(r, dir, func(name string) bool { _, ok := s.Populations[name]; return ok }); err != nil {
		return nil, err
	}
	r.Figures = readFigures(dir, []string{psthName})
	return r, nil
}

// readFigures reads those that are in a folder.
func readFigures(dir string, names []string) (figures []report.Figure) {
	for _, name := range names {
		f := report.Figure{Name: name}
		f.PNG, _ = os.ReadFile(filepath.Join(dir, name+".png")) // those that are not there are left out
		f.SVG, _ = os.ReadFile(filepath.Join(dir, name+".svg"))
		if f.PNG != nil || f.SVG != nil {
			figures = append(figures, f)
		}
	}
	return figures
}

// readVerdict reads what einet validate said of a network of that name, nil where it was not asked. A file that can't be read is
// told on the page: the run has no part in it.
func readVerdict(dir, network string) *report.Verdict {
	text, err := os.ReadFile(filepath.Join(dir, verdictFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	v := &report.Verdict{}
	if err == nil {
		v, err = report.ReadVerdict(text)
	}
	switch {
	case err != nil:
		v = &report.Verdict{Fault: err.Error()}
	case v.Network != network:
		return nil
	}
	v.Folder = filepath.Base(dir)
	return v
}
