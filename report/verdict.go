package report

import (
	"encoding/json"
	"fmt"
	"math"
)

// A Verdict is what the page shows of the report of einet validate.
type Verdict struct {
	Network string `json:"network"`
	Exact   *struct {
		Equal      bool    `json:"equal"`
		DurationMs float64 `json:"duration_ms"`
		Engines    []struct {
			Name string `json:"engine"`
		} `json:"engines"`
	} `json:"exact"`
	Statistical *struct {
		Verdict string `json:"verdict"`
		Summary string `json:"summary"`
	} `json:"statistical"`
	Claims *struct {
		List []Claim `json:"claims"`
	} `json:"source"`
	LeftOut []string `json:"left_out"`
	Pass    bool     `json:"pass"`
	Version string   `json:"version"`
	Command string   `json:"command"`

	Folder string `json:"-"` // where it was found
	Fault  string `json:"-"` // why it could not be read
}

// A Claim is what a network's source says, and what was measured.
type Claim struct {
	Name     string   `json:"claim"`
	Measured *float64 `json:"measured"`
	Unit     string   `json:"unit"`
	Bound    string   `json:"bound"`
	Verdict  string   `json:"verdict"`
	Note     string   `json:"note"`
}

// ReadVerdict reads a report.json of einet validate.
func ReadVerdict(text []byte) (*Verdict, error) {
	var v Verdict
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("report.json: %w", err)
	}
	return &v, nil
}

// Value is what was measured, with its unit.
func (c Claim) Value() string {
	if c.Measured == nil || math.IsNaN(*c.Measured) {
		return "–"
	}
	text := minus(fmt.Sprintf("%.3g", *c.Measured))
	if c.Unit != "" {
		text += " " + c.Unit
	}
	return text
}

// Engines says whether all gave the same.
func (v *Verdict) Engines() string {
	if v.Exact == nil {
		return ""
	}
	if v.Exact.Equal {
		return fmt.Sprintf("pass: %d engines, the same spikes and the same final state over %s", len(v.Exact.Engines), milliseconds(v.Exact.DurationMs))
	}
	return "fail: the engines differ"
}
