package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"einet/host"
)

// A Report is what a file of results holds: bench.json.
type Report struct {
	Format  string       `json:"format"`
	Command string       `json:"command"`
	Machine host.Machine `json:"machine"`
	Limits  *Limits      `json:"limits"` // nil: not measured
	Results []Result     `json:"results"`
}

// Format names the form of a report; another number means that other readers are
// needed.
const Format = "einet-bench-1"

// Write writes the report as JSON.
func (r *Report) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// Read reads what Write wrote, and refuses what can't be one.
func Read(from io.Reader) (*Report, error) {
	var r Report
	if err := json.NewDecoder(from).Decode(&r); err != nil {
		return nil, fmt.Errorf("is no report of einet bench: %w", err)
	}
	if r.Format != Format {
		return nil, fmt.Errorf("format: %q: must be %q, as einet bench --json writes it", r.Format, Format)
	}
	if len(r.Results) == 0 {
		return nil, errors.New("results: none")
	}
	for i := range r.Results {
		x := &r.Results[i]
		if x.Network == "" || x.Neurons < 1 || x.Steps < 1 || len(x.Simulate) == 0 || len(x.Digests) == 0 {
			return nil, fmt.Errorf("results[%d]: network, neurons, steps, simulate_ns or digests: missing", i)
		}
		x.Derive()
	}
	return &r, nil
}
