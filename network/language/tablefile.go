package language

import (
	"math"
	"path/filepath"
	"slices"
	"strings"

	"einet/fault"
	"einet/network"
	"einet/table"
)

const (
	mustFile    = "must be the path of a CSV, .npy, .npz or HDF5 file"
	maxListFile = 1 << 36 // bytes
	// maxSampleBytes is more than maxSamples numbers take in any notation that is
	// no waste.
	maxSampleBytes = 1 << 24
)

// openTable opens the file whose path a node is. The path is relative to the file in which it stands, or to the
// current folder for a flag; what is returned is absolute. The file's checksum must be sum, where that
// is not empty. The fault lacks its path in the network.
func openTable(n *node, sum string, most int64) (*table.File, network.File, *fault.Error) {
	if n.kind != scalar || n.text == "" {
		return nil, network.File{}, &fault.Error{Place: n.place, Value: n.String(), Allowed: mustFile}
	}
	path := n.text
	if !filepath.IsAbs(path) && n.place.Line > 0 {
		path = filepath.Join(filepath.Dir(n.place.Source), path)
	}
	f, wrong := table.Open(path, most)
	if wrong != nil {
		return nil, network.File{}, atNode(n, wrong)
	}
	found := network.File{Path: path}
	if found.SHA256, wrong = f.Sum(); wrong == nil && sum != "" && sum != found.SHA256 {
		wrong = &table.Fault{Path: path, Says: "has changed: its SHA-256 is " + found.SHA256 + ", not " + sum}
	}
	if wrong != nil {
		f.Close()
		return nil, network.File{}, atNode(n, wrong)
	}
	if absolute, err := filepath.Abs(path); err == nil {
		found.Path = absolute
	}
	return f, found, nil
}

// atNode is a file's fault where the network names the file.
func atNode(n *node, wrong *table.Fault) *fault.Error {
	return &fault.Error{Place: n.place, Value: wrong.Where(), Allowed: wrong.Says}
}

// refuse keeps the fault of a file.
func (f *fields) refuse(wrong *fault.Error) {
	wrong.Path = fault.Path(f.path, "file")
	f.d.faults = append(f.d.faults, *wrong)
}

// openFile opens the file that a mapping names, nil where that is at fault.
func (f *fields) openFile() (*table.File, network.File, *node) {
	n := f.need("file", mustFile)
	sum := f.wordOr("sha256", "", mustText)
	if n == nil {
		return nil, network.File{}, nil
	}
	t, file, wrong := openTable(n, sum, maxListFile)
	if wrong != nil {
		f.refuse(wrong)
		return nil, network.File{}, n
	}
	return t, file, n
}

// names reads what the columns of a file are called.
func (d *decoder) names(n *node, path string) []string {
	const allowed = "must be a list of names, one for each column of the file"
	if n.kind != sequence || len(n.items) == 0 {
		d.fault(n, path, allowed)
		return nil
	}
	var names []string
	for _, item := range n.items {
		if item.kind != scalar {
			d.fault(item, path, allowed)
			return nil
		}
		names = append(names, item.text)
	}
	return names
}

// factor is what makes the language's unit of a column's, at the path that decides which units may be. It is NaN where
// the unit is a wrong one, which is reported.
func (d *decoder) factor(n *node, path, unit, column string) float64 {
	if unit == "" {
		return 1
	}
	x, wrong := d.inUnit(1, n, path, unit)
	if wrong != "" {
		d.fault(n, path, "the column "+fault.Clip(column)+": "+wrong)
		return math.NaN()
	}
	return x
}

// msOf is what makes milliseconds of a column of times.
func (d *decoder) msOf(unit string) float64 {
	switch unit {
	case "steps":
		return d.dt
	case "s":
		return 1000
	case "us":
		return 1e-3
	}
	return 1
}

// oneOf reads one of some words.
func (d *decoder) oneOf(n *node, path string, words []string) string {
	if n.kind != scalar || !slices.Contains(words, n.text) {
		d.fault(n, path, "must be one of "+strings.Join(words, ", "))
		return ""
	}
	return n.text
}

// samplesOf reads values, and their times where the file has them, from a file.
func (f *fields) samplesOf(n *node) (times, values []float64) {
	var columns []string
	if named := f.get("columns"); named != nil {
		columns = f.d.names(named, fault.Path(f.path, "columns"))
	}
	file, _, wrong := openTable(n, "", maxSampleBytes)
	if wrong != nil {
		f.refuse(wrong)
		return nil, nil
	}
	defer file.Close()
	timed, ms, factor := false, 1.0, 1.0
	var ofTime, ofValue string
	r := &table.Reader{Kind: table.SampleTable, Names: columns, Most: network.MaxSamples, TooMany: network.MustSamples}
	r.Begin = func(c *table.Columns, _ int) string {
		timed, ms, ofValue = c.Has(table.Time), f.d.msOf(c.Unit(table.Time)), c.Called(table.Value)
		if timed {
			ofTime = c.Called(table.Time)
			r.Most /= 2
		}
		factor = f.d.factor(n, fault.Path(f.path, "file"), c.Unit(table.Value), c.Name(table.Value))
		return ""
	}
	r.Row = func(row *table.Row) string {
		value, wrong := float64(row.Cells[table.Value]*factor), ""
		if timed {
			time := float64(row.Cells[table.Time] * ms)
			if wrong = network.GridFault(time, f.d.dt, 0); wrong == "" && len(times) > 0 && time <= times[len(times)-1] {
				wrong = network.MustBeLater(times[len(times)-1])
			}
			if wrong != "" {
				wrong = ofTime + ": " + fault.Number(time) + ": " + wrong
			}
			times = append(times, time)
		}
		if math.IsNaN(factor) { // which is the fault
			return ""
		}
		if wrong == "" && !(math.Abs(value) <= network.MaxMagnitude) {
			wrong = ofValue + ": " + fault.Number(value) + ": " + network.MustNumber
		}
		values = append(values, value)
		return wrong
	}
	if wrong := file.Read(r); wrong != nil {
		f.refuse(atNode(n, wrong))
	}
	return times, values
}
