// Package sonata reads networks that are written in SONATA's format: configurations, tables of nodes and edges in HDF5, types in CSV,
// and the neurons of NEST that they name. What it makes is a description in the network language, and beside it the
// columns that are too long for one: synapses, spikes and values that nodes have of their own. Its one invariant: what einet can't
// simulate as it is meant is a fault with its file and type, never left out.
package sonata

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"

	"einet/fault"
	"einet/network"
	"einet/table"
)

// A Circuit is a network that was read. Its text is a description in the network language, which refers to the columns
// beside it by the names of its populations and projections.
type Circuit struct {
	Text   []byte
	SHA256 string   // of the bytes of all files that it was read from, in order, in hexadecimal
	Notes  []string // what is to be told of it, a line each

	Nodes  map[string]network.Nodes                 // by population
	Values map[string]map[string]*network.NodeValue // by population and name
	Spikes map[string]network.SpikeTrain            // by population, of sources
	Edges  map[string]network.Edges                 // by projection

	Reports []network.NodeReport // of whose nodes the text keeps the variables

	origin map[string]string // of populations: which type of which file they are
}

// Origin is the file and the type that a population was made of; empty where there is no such population.
func (c *Circuit) Origin(population string) string { return c.origin[population] }

// IsConfig tells whether a text is a configuration of SONATA: a JSON object with its keys, and none of the network language.
func IsConfig(text []byte) bool {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\ufeff")), " \t\r\n")
	if len(text) == 0 || text[0] != '{' {
		return false
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		// Of a damaged one the keys are looked for in the text.
		return bytes.Contains(text, []byte(`"networks"`)) || bytes.Contains(text, []byte(`"network"`)) && bytes.Contains(text, []byte(`"run"`))
	}
	has := func(key string) bool { _, ok := keys[key]; return ok }
	return !has("populations") && (has("networks") || has("network") && (has("run") || has("simulation") || has("inputs") || has("output")))
}

// A reader reads one network.
type reader struct {
	open   table.OpenTree
	sum    []byte // of the files so far
	faults []fault.Error
	notes  []string

	config  config
	nodes   []*nodes // the populations, in order
	edges   []*piece
	dt      float64
	kept    []stateOf
	reports []network.NodeReport
	circuit *Circuit
}

// Read reads the network that a configuration describes: of a circuit, of a simulation, or of both. The paths in it are relative to
// its file. Files of HDF5 are opened with open; nil refuses them.
func Read(text []byte, file string, open table.OpenTree) (*Circuit, []fault.Error) {
	r := &reader{open: open}
	r.readConfig(text, file)
	for _, step := range []func(){r.readNodes, r.readInputs, r.readReports, r.readEdges, r.write} {
		if len(r.faults) > 0 {
			return nil, r.faults
		}
		step()
	}
	if len(r.faults) > 0 {
		return nil, r.faults
	}
	r.circuit.SHA256 = fmt.Sprintf("%x", sha256.Sum256(r.sum))
	r.circuit.Notes, r.circuit.Reports = r.notes, r.reports
	return r.circuit, nil
}

// fault notes what is wrong in a file.
func (r *reader) fault(file string, line int, path, value, allowed string) {
	place := fault.Place{Source: file}
	if line > 0 {
		place.Line, place.Column = line, 1
	}
	r.faults = append(r.faults, fault.Error{Place: place, Path: path, Value: value, Allowed: allowed})
}

func (r *reader) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// mostBytes bounds the files of text; those of HDF5 hold more.
const (
	mostBytes = 1 << 26
	mostTree  = 1 << 36
)

// read is the bytes of a file, nil where that is at fault.
func (r *reader) read(path string, most int64) []byte {
	f, wrong := table.Open(path, most)
	if wrong != nil {
		r.fault(path, 0, "", "", wrong.Says)
		return nil
	}
	defer f.Close()
	text, wrong := f.Bytes()
	if wrong != nil {
		r.fault(path, 0, "", "", wrong.Says)
		return nil
	}
	sum := sha256.Sum256(text)
	r.sum = append(r.sum, sum[:]...)
	return text
}

// tree opens a file of HDF5, nil where that is at fault.
func (r *reader) tree(path string) table.Tree {
	f, wrong := table.Open(path, mostTree)
	if wrong == nil {
		defer f.Close()
		var sum string
		if sum, wrong = f.Sum(); wrong == nil {
			r.sum = append(r.sum, sum...)
			var t table.Tree
			if t, wrong = f.Tree(r.open); wrong == nil {
				return t
			}
		}
	}
	r.fault(path, 0, "", "", wrong.Says)
	return nil
}

// beside is a path as a file names it.
func beside(file, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(filepath.Dir(file), path)
}
