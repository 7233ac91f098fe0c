package sweep

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"einet/engines"
	"einet/experiment"
	"einet/network/language"
	"einet/record"
)

// The files of a sweep, beside its figure.
const (
	PlanFile   = "sweep.json"
	TableFile  = "sweep.csv"
	ArrayFile  = "sweep.npz"
	ScriptFile = "sweep.sbatch"
	FigureName = "sweep" // .png and .svg

	pointsFolder = "points"
)

// A Record is what sweep.json holds.
type Record struct {
	Network   string   `json:"network"`
	Version   string   `json:"version"` // of einet: results of another are not taken
	Axes      []Axis   `json:"axes"`
	Seeds     []uint32 `json:"seeds"`
	DiscardMs float64  `json:"discard_ms"`
	Base      string   `json:"base"` // the network with no value varied, as YAML: results of another are not taken
	Command   string   `json:"command"`
	*Outcome
}

// An Outcome is what came of a sweep, once it ended. Times are wall times.
type Outcome struct {
	Runs       int      `json:"runs"`     // points times seeds
	Complete   int      `json:"complete"` // of them
	Simulated  int      `json:"simulated"`
	Failed     []string `json:"failed,omitempty"`
	Parallel   int      `json:"parallel"`    // runs side by side
	Built      int      `json:"connectomes"` // that were built for those which were simulated
	BuildS     float64  `json:"build_s"`     // of all of them together
	SimulateS  float64  `json:"simulate_s"`  // of all runs together, each in its thread
	WallS      float64  `json:"wall_s"`
	Files      []string `json:"-"`
	NoFigure   string   `json:"-"` // why there is none
	Dir        string   `json:"-"`
	Interrupt  bool     `json:"interrupted,omitempty"`
	Theory     string   `json:"theory,omitempty"` // why there is none
	Boundaries []string `json:"boundaries,omitempty"`
}

// A result is what the folder has of a run.
type result struct {
	Values  map[string]string  `json:"values"`
	Seed    uint32             `json:"seed"`
	Summary experiment.Summary `json:"summary"`
}

// A store is the folder of a sweep.
type store struct{ dir string }

func (s store) path(name string) string { return filepath.Join(s.dir, name) }
func (s store) point(r *Run) string     { return filepath.Join(s.dir, pointsFolder, r.file) }
func (s store) unfinished(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".tmp")
}
func inputFault(format string, a ...any) error {
	return &engines.InputError{Err: fmt.Errorf(format, a...)}
}

// open makes the folder, or goes on in one that holds the same sweep, or another part of it.
func (s store) open(p *Plan, command string, replace bool) error {
	if info, err := os.Stat(s.dir); err == nil && !info.IsDir() {
		return inputFault("--out %s: is a file, must be a folder", s.dir)
	}
	base, err := language.Marshal(p.Base)
	if err != nil {
		return err
	}
	mine := Record{p.Base.Name, p.Version, p.Axes, p.Seeds, p.DiscardMs, string(base), command, nil}
	earlier, err := s.record()
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil && !replace:
		return inputFault("--out %s: %w: choose another folder, or --force to begin anew", s.dir, err)
	case replace:
		if err := errors.Join(os.RemoveAll(s.path(pointsFolder)), s.remove(TableFile, ArrayFile, ScriptFile), s.removeFigure()); err != nil {
			return err
		}
	default:
		if why := earlier.differs(&mine); why != "" {
			return inputFault("--out %s: holds a sweep %s, and would be mixed with it: choose another folder, or --force to begin anew", s.dir, why)
		}
	}
	if err := os.MkdirAll(s.path(pointsFolder), 0o777); err != nil {
		return fmt.Errorf("--out %s: can't be made: %w", s.dir, err)
	}
	s.clear()
	if err := s.write(&mine); err != nil {
		return fmt.Errorf("--out %s: can't be written: %w", s.dir, err)
	}
	return nil
}

// remove removes files, if they are there.
func (s store) remove(names ...string) error {
	var errs []error
	for _, name := range names {
		if err := os.Remove(s.path(name)); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (s store) removeFigure() error { return s.remove(FigureName+".png", FigureName+".svg") }

// longestWrite is more than it takes to write a result: a file that is unfinished as long is of a process that died.
const longestWrite = time.Minute

// clear removes what processes that died left half written.
func (s store) clear() {
	entries, _ := os.ReadDir(s.path(pointsFolder))
	for _, e := range entries {
		if info, err := e.Info(); err == nil && s.unfinished(e.Name()) && time.Since(info.ModTime()) > longestWrite {
			_ = os.Remove(filepath.Join(s.path(pointsFolder), e.Name()))
		}
	}
}

// differs says what makes the results of two sweeps no parts of one; "" where they are.
func (r *Record) differs(other *Record) string {
	switch {
	case r.Version != other.Version:
		return fmt.Sprintf("by einet %s (this is %s)", r.Version, other.Version)
	case r.DiscardMs != other.DiscardMs:
		return fmt.Sprintf("with --discard %g ms (here %g ms)", r.DiscardMs, other.DiscardMs)
	case r.Base != other.Base:
		return "of another network (" + firstDifference(r.Base, other.Base) + ")"
	}
	return ""
}

// firstDifference is the first line that differs, of both.
func firstDifference(a, b string) string {
	theirs, ours := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(theirs), len(ours)) {
		if theirs[i] != ours[i] {
			return fmt.Sprintf("%q there, %q here", clipped(theirs[i]), clipped(ours[i]))
		}
	}
	return fmt.Sprintf("%d lines there, %d here", len(theirs), len(ours))
}

func clipped(line string) string {
	const most = 100
	line = strings.TrimSpace(line)
	return line[:min(len(line), most)]
}

func (s store) record() (*Record, error) {
	text, err := os.ReadFile(s.path(PlanFile))
	if err != nil {
		return nil, err
	}
	var r Record
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s: is not what a sweep writes there: %w", PlanFile, err)
	}
	return &r, nil
}

func (s store) write(r *Record) error { return writeJSON(s.path(PlanFile), r) }

func writeJSON(path string, v any) error {
	return record.WriteFile(path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(v)
	})
}

// read is the result of a run; nil where there is none, or none that can be read.
func (s store) read(r *Run) *experiment.Summary {
	text, err := os.ReadFile(s.point(r))
	if err != nil || r.file == "" {
		return nil
	}
	var found result
	if json.Unmarshal(text, &found) != nil || found.Seed != r.Seed || found.Summary.Digest == "" {
		return nil
	}
	return &found.Summary
}

// keep writes the result of a run.
func (s store) keep(p *Plan, r *Run, summary *experiment.Summary) error {
	values := map[string]string{}
	for i, a := range p.Axes {
		values[a.Path] = r.Values[i]
	}
	return writeJSON(s.point(r), result{values, r.Seed, *summary})
}
