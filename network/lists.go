package network

import (
	"math"
	"strconv"
)

const (
	mustTrain = "must be a list of times in ms; or file, the path of a CSV or .npy file of times and neurons"
	mustEdges = "must be a list of [source, target], [source, target, weight] or [source, target, weight, delay]"
)

// table reads the file that a mapping names.
func (f *fields) table(expect func(rows int), row rowReader) File {
	n := f.need("file", mustFile)
	sum := f.wordOr("sha256", "", mustText)
	if n == nil {
		return File{}
	}
	file, fault := readTable(n, sum, maxListFile, expect, row)
	if fault != nil {
		fault.Path = dotted(f.path, "file")
		f.d.faults = append(f.d.faults, *fault)
	}
	return file
}

// spikes reads when the neurons of a source fire.
func (f *fields) spikes() SpikeTrain {
	var s SpikeTrain
	if f.has("times", "neurons") || !f.has("file") {
		s.Times = f.numbers("times", mustTrain)
		for _, x := range f.numbers("neurons", "must be a list of neurons, from 0") {
			s.Neuron = append(s.Neuron, neuronIndex(x))
		}
		f.knows("file", "sha256")
		if n := f.get("file"); n != nil {
			f.d.fault(n, dotted(f.path, "file"), "must be left out beside times and neurons")
		}
		return s
	}
	f.knows("times", "neurons")
	expect := func(rows int) { s.Times, s.Neuron = make([]float64, 0, rows), make([]int, 0, rows) }
	s.File = f.table(expect, func(cells []float64) string {
		if len(cells) != 2 {
			return "must have the columns time [ms], neuron, not " + strconv.Itoa(len(cells))
		}
		s.Times, s.Neuron = append(s.Times, cells[0]), append(s.Neuron, neuronIndex(cells[1]))
		return ""
	})
	return s
}

// neuronIndex is a number as the index of a neuron, -1 for what can be none.
func neuronIndex(x float64) int {
	if x != math.Trunc(x) || x < 0 || x >= maxNeurons {
		return -1
	}
	return int(x)
}

// edges reads the synapses of a list, from the description itself or from a file.
func (f *fields) edges() Edges {
	var e Edges
	if !f.has("edges") {
		f.knows("edges")
		e.File = f.table(e.expect, e.row)
		return e
	}
	n, path := f.get("edges"), dotted(f.path, "edges")
	for _, key := range []string{"file", "sha256"} {
		if n := f.get(key); n != nil {
			f.d.fault(n, dotted(f.path, key), "must be left out beside edges")
		}
	}
	if n == nil || n.kind != sequence {
		f.d.faults = append(f.d.faults, FieldError{Place: f.place, Path: path, Allowed: mustEdges})
		return e
	}
	for i, item := range n.items {
		at := dotted(path, strconv.Itoa(i))
		before := len(f.d.faults)
		var cells []float64
		for j, cell := range item.items {
			cells = append(cells, f.d.number(cell, dotted(at, strconv.Itoa(j)), "must be a number"))
		}
		if allowed := e.row(cells); allowed != "" && len(f.d.faults) == before {
			f.d.fault(item, at, allowed)
		}
		if len(f.d.faults) > before {
			break
		}
	}
	return e
}

// expect makes room for so many synapses.
func (e *Edges) expect(rows int) {
	e.Source, e.Target = make([]uint32, 0, rows), make([]uint32, 0, rows)
}

// row adds a synapse.
func (e *Edges) row(cells []float64) string {
	columns := 2
	switch {
	case len(e.Source) == 0 && (len(cells) < 2 || len(cells) > 4):
		return "must have the columns source, target and, if wanted, weight and delay [ms], not " + strconv.Itoa(len(cells))
	case len(e.Source) == 0:
		columns = len(cells)
	case e.Delay != nil:
		columns = 4
	case e.Weight != nil:
		columns = 3
	}
	if len(cells) != columns {
		return "must have as many numbers as those before it, " + strconv.Itoa(columns) + ", not " + strconv.Itoa(len(cells))
	}
	e.Source, e.Target = append(e.Source, edgeIndex(cells[0])), append(e.Target, edgeIndex(cells[1]))
	if e.Weight == nil && columns > 2 {
		e.Weight = make([]float64, 0, cap(e.Source))
	}
	if e.Delay == nil && columns > 3 {
		e.Delay = make([]float64, 0, cap(e.Source))
	}
	if columns > 2 {
		e.Weight = append(e.Weight, cells[2])
	}
	if columns > 3 {
		e.Delay = append(e.Delay, cells[3])
	}
	return ""
}

// edgeIndex is a number as the index of a neuron, one that no population has for what
// can be none.
func edgeIndex(x float64) uint32 {
	if x != math.Trunc(x) || x < 0 || x > math.MaxUint32 {
		return math.MaxUint32
	}
	return uint32(x)
}
