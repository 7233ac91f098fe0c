package network

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
)

const (
	mustFile    = "must be the path of a CSV or .npy file"
	maxListFile = 1 << 32 // bytes
)

// table reads the numbers of the file that a mapping names, in so many columns. A
// path is relative to the file in which it stands, or to the current folder for a flag.
// Where the mapping says what the file's checksum is, it must be that.
func (f *fields) table(least, most int, columns string) (t table, file File) {
	n := f.need("file", mustFile)
	sum := f.wordOr("sha256", "", mustText)
	if n == nil {
		return t, file
	}
	at := dotted(f.path, "file")
	if n.kind != scalar || n.text == "" {
		f.d.fault(n, at, mustFile)
		return t, file
	}
	path := n.text
	if !filepath.IsAbs(path) && n.place.Line > 0 {
		path = filepath.Join(filepath.Dir(n.place.Source), path)
	}
	refuse := func(allowed string) (table, File) {
		f.d.faults = append(f.d.faults, FieldError{n.place, at, path, allowed})
		return table{}, File{}
	}
	data, err := readFile(path, maxListFile)
	if err != nil {
		return refuse(err.Error())
	}
	hash := sha256.Sum256(data)
	file = File{Path: path, SHA256: fmt.Sprintf("%x", hash)}
	if sum != "" && sum != file.SHA256 {
		return refuse(fmt.Sprintf("has changed: its SHA-256 is %s, not %s", file.SHA256, sum))
	}
	read := readCSV
	if bytes.HasPrefix(data, []byte(npyMagic)) {
		read = readNpy
	}
	t, line, allowed := read(data)
	if allowed == "" && (t.columns < least || t.columns > most) {
		allowed = fmt.Sprintf("must have the columns %s, not %d", columns, t.columns)
	}
	if allowed != "" {
		if line > 0 {
			path += ":" + strconv.Itoa(line)
		}
		return refuse(allowed)
	}
	if absolute, err := filepath.Abs(file.Path); err == nil {
		file.Path = absolute
	}
	return t, file
}

// spikes reads when the neurons of a source fire.
func (f *fields) spikes() SpikeTrain {
	if !f.has("file") {
		s := SpikeTrain{Times: f.numbers("times", "must be a list of times in ms; or file, the path of a CSV or .npy file of times and neurons")}
		for i, x := range f.numbers("neurons", "must be a list of neurons, from 0") {
			s.Neuron = append(s.Neuron, f.index(x, "neurons", i))
		}
		return s
	}
	t, file := f.table(2, 2, "time [ms], neuron")
	s := SpikeTrain{File: file}
	for i := 0; i+1 < len(t.cells); i += 2 {
		s.Times = append(s.Times, t.cells[i])
		s.Neuron = append(s.Neuron, f.index(t.cells[i+1], "file", i/2))
	}
	return s
}

// index is a number as the index of a neuron, -1 for what can be none.
func (f *fields) index(x float64, key string, i int) int {
	if x != math.Trunc(x) || x < 0 || x >= maxNeurons {
		return -1
	}
	return int(x)
}

// edges reads the synapses of a list.
func (f *fields) edges() Edges {
	t, file := f.table(2, 4, "source, target and, if wanted, weight and delay [ms]")
	e := Edges{File: file}
	rows := 0
	if t.columns > 0 {
		rows = len(t.cells) / t.columns
	}
	at := func(i int) uint32 {
		x := t.cells[i]
		if x != math.Trunc(x) || x < 0 || x > math.MaxUint32 {
			return math.MaxUint32 // which no population has
		}
		return uint32(x)
	}
	for r := range rows {
		i := r * t.columns
		e.Source, e.Target = append(e.Source, at(i)), append(e.Target, at(i+1))
		if t.columns > 2 {
			e.Weight = append(e.Weight, t.cells[i+2])
		}
		if t.columns > 3 {
			e.Delay = append(e.Delay, t.cells[i+3])
		}
	}
	return e
}
