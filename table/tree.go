package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Tree is an open file of arrays in groups, as HDF5 has them. This package is free of C,
// and HDF5's library is not: who reads such files passes what opens them.
type Tree interface {
	// Members are the names in a group, by its path; an error if that is no group.
	Members(group string) ([]string, error)
	// Numbers are all of a dataset of one dimension, and its attribute units.
	Numbers(dataset string) (values []float64, units string, err error)
	// Text is an attribute of a group or dataset, by its path; an error if it has none.
	Text(object, attribute string) (string, error)
	Close() error
}

// ErrDamaged is wrapped by the errors of a Tree whose file no more can be read of.
var ErrDamaged = errors.New("is damaged")

// An OpenTree opens one.
type OpenTree func(path string) (Tree, error)

// readTree reads the edges of SONATA: /edges/LIST/{source_node_id, target_node_id} and, where there are some,
// /edges/LIST/0/{syn_weight, delay}.
func (f *File) readTree(r *Reader) string {
	if r.Kind != EdgeTable {
		return "looks like HDF5, of which spikes and synapses are read, as SONATA has them"
	}
	if len(r.Names) > 0 {
		return "has names of its own: leave columns out"
	}
	t, fault := f.Tree(r.Tree)
	if fault != nil {
		return fault.Says
	}
	defer t.Close()
	groups, err := t.Members("/edges")
	if errors.Is(err, ErrDamaged) {
		return err.Error()
	} else if err != nil {
		return "has no group /edges: is no file of SONATA's edges"
	}
	list, says := r.pick(groups)
	if says != "" {
		return says
	}
	path := "/edges/" + list
	members, err := t.Members(path)
	if err != nil {
		return path + ": must be a group, a list of synapses"
	}
	if slices.Contains(members, "1") {
		return path + ": has several groups of synapses, must have one, 0"
	}
	var parameters []string
	if slices.Contains(members, "0") {
		if parameters, err = t.Members(path + "/0"); err != nil {
			return path + "/0: must be a group, the parameters of the synapses"
		}
	}
	datasets := []string{"source_node_id", "target_node_id"}
	for _, p := range []string{"syn_weight", "delay"} {
		if slices.Contains(parameters, p) {
			datasets = append(datasets, "0/"+p)
		}
	}
	names, columns, rows := make([]string, len(datasets)), make([]column, len(datasets)), 0
	for i, d := range datasets {
		values, units, err := t.Numbers(path + "/" + d)
		if err != nil {
			return path + ": " + err.Error()
		}
		if i > 0 && len(values) != rows {
			return fmt.Sprintf("%s: %s and %s have %d and %d values, must have as many", path, datasets[0], d, rows, len(values))
		}
		rows, columns[i], names[i] = len(values), valuesOf(values), strings.TrimPrefix(d, "0/")
		if units != "" {
			names[i] += "_" + units
		}
	}
	return r.pour(names, columns, int64(rows), rows)
}

// valuesOf gives values one after the other.
func valuesOf(values []float64) column {
	return func() (float64, error) {
		x := values[0]
		values = values[1:]
		return x, nil
	}
}

// Tree opens the file as one.
func (f *File) Tree(with OpenTree) (Tree, *Fault) {
	if with == nil {
		return nil, f.fault(0, "looks like HDF5, which is not read here")
	}
	t, err := with(f.Path)
	if err != nil {
		return nil, f.fault(0, strings.TrimPrefix(err.Error(), f.Path+": "))
	}
	return t, nil
}

// tree reads the spikes of SONATA: /spikes/POPULATION/{timestamps, node_ids}, or in older files
// /spikes/{timestamps, gids}, whose neurons are numbered from 0 through all populations.
func (s *Spikes) tree(f *File, as *Reading) *Fault {
	t, fault := f.Tree(as.Tree)
	if fault != nil {
		return fault
	}
	defer t.Close()
	groups, err := t.Members("/spikes")
	if errors.Is(err, ErrDamaged) {
		return f.fault(0, err.Error())
	} else if err != nil {
		return f.fault(0, "has no group /spikes: is no spike file of SONATA")
	}
	if len(as.Columns) > 0 {
		return f.fault(0, "has names of its own: leave columns out")
	}
	if slices.Contains(groups, "gids") {
		if says := s.group(t, as, "/spikes", "gids"); says != "" {
			return f.fault(0, says)
		}
	} else {
		for _, name := range groups {
			path := "/spikes/" + name
			members, err := t.Members(path)
			if err != nil {
				return f.fault(0, path+": must be a group, the spikes of a population")
			}
			s.Populations = append(s.Populations, SpikePopulation{Name: name, First: -1, Local: true})
			if len(members) == 0 {
				continue
			}
			before := len(s.Neuron)
			if says := s.group(t, as, path, "node_ids"); says != "" {
				return f.fault(0, says)
			}
			of := len(s.Populations) - 1
			s.Populations[of].Count = len(s.Neuron) - before
			s.Of = append(s.Of, slices.Repeat([]int{of}, s.Populations[of].Count)...)
		}
	}
	if len(s.Neuron) == 0 {
		return f.empty("holds no spikes")
	}
	return nil
}

// group reads the spikes of one group.
func (s *Spikes) group(t Tree, as *Reading, path, ids string) (says string) {
	times, units, err := t.Numbers(path + "/timestamps")
	if err != nil {
		return path + ": " + err.Error()
	}
	neurons, _, err := t.Numbers(path + "/" + ids)
	if err != nil {
		return path + ": " + err.Error()
	}
	if len(neurons) != len(times) {
		return fmt.Sprintf("%s: timestamps and %s have %d and %d values, must have as many", path, ids, len(times), len(neurons))
	}
	stated, ok := timeUnits[strings.ToLower(units)]
	if !ok && units != "" {
		return fmt.Sprintf("%s/timestamps: its units are %q, must be ms or s", path, units)
	}
	clock, says := as.clock(stated, "its attribute units")
	if says != "" {
		return path + ": " + says
	}
	s.Unstated = s.Unstated || stated == "" && as.TimeUnit == ""
	first := int64(0)
	if as.FirstID != nil {
		first = *as.FirstID
	}
	s.First = first
	bad := func(id float64) bool { return !isWhole(id) || id < 0 }
	if i := slices.IndexFunc(neurons, bad); i >= 0 {
		more := 0
		for _, id := range neurons[i+1:] {
			if bad(id) {
				more++
			}
		}
		return fmt.Sprintf("%s/%s: row %d (from 0): %g: must be a whole number, from 0%s", path, ids, i, neurons[i], MoreRows(more, false))
	}
	for i, id := range neurons {
		s.single(times[i])
		s.TimesMs, s.Neuron = append(s.TimesMs, clock.ms(times[i], 0)), append(s.Neuron, int64(id)-first)
	}
	return ""
}
