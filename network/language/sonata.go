package language

import (
	"path/filepath"
	"slices"
	"strings"

	"einet/fault"
	"einet/network"
	"einet/network/sonata"
	"einet/table"
)

// ofSONATA is the description of a SONATA configuration, with what stands in its files; any other text as it is.
func ofSONATA(text []byte, file string, opts Options) ([]byte, *sonata.Circuit, []fault.Error) {
	if !sonata.IsConfig(text) {
		return text, nil, nil
	}
	circuit, faults := sonata.Read(text, file, opts.HDF5)
	if len(faults) > 0 {
		return text, nil, faults
	}
	return circuit.Text, circuit, nil
}

// traced gives faults of a description that was made of SONATA's files the places there: the user has not seen the description.
func traced(faults []fault.Error, circuit *sonata.Circuit, file string) []fault.Error {
	if circuit == nil {
		return faults
	}
	for i := range faults {
		f := &faults[i]
		if f.Source != file || f.Line == 0 {
			continue // a flag
		}
		f.Place = fault.Place{Source: file}
		if name, ok := strings.CutPrefix(f.Path, "populations."); ok {
			name, _, _ = strings.Cut(name, ".")
			if origin := circuit.Origin(name); origin != "" {
				f.Place = fault.Place{Source: origin}
			}
		}
	}
	return faults
}

// sonata reads the files of the SONATA network that the description refers to, unless it was made of them.
func (d *decoder) sonata(at *node, n *network.Network) {
	file := &n.SONATA.File
	if file.Path == "" || at == nil {
		return
	}
	refuse := func(says string) {
		d.faults = append(d.faults, fault.Error{Place: at.place, Path: "sonata.file", Value: file.Path, Allowed: says})
	}
	if d.circuit == nil {
		path := file.Path
		if !filepath.IsAbs(path) && at.place.Line > 0 {
			path = filepath.Join(filepath.Dir(at.place.Source), path)
		}
		if absolute, err := filepath.Abs(path); err == nil {
			path = absolute
		}
		const mostBytes = 1 << 26
		f, wrong := table.Open(path, mostBytes)
		if wrong != nil {
			refuse(wrong.Says)
			return
		}
		defer f.Close()
		text, wrong := f.Bytes()
		if wrong == nil && !sonata.IsConfig(text) {
			wrong = &table.Fault{Says: "must be a configuration of SONATA"}
		}
		if wrong != nil {
			refuse(wrong.Says)
			return
		}
		circuit, faults := sonata.Read(text, path, d.hdf5)
		if len(faults) > 0 {
			d.faults = append(d.faults, faults...)
			return
		}
		file.Path, d.circuit = path, circuit
	}
	if file.SHA256 != "" && file.SHA256 != d.circuit.SHA256 {
		refuse("has changed, or a file that it names: their SHA-256 is " + d.circuit.SHA256 + ", not " + file.SHA256)
	}
	file.SHA256, n.SONATA.Notes, n.SONATA.Reports = d.circuit.SHA256, d.circuit.Notes, d.circuit.Reports
}

// ofSONATA reports keys that must not stand beside sonata, and what the network's SONATA files don't have.
func (f *fields) ofSONATA(what, name string, others ...string) {
	f.knows(others...)
	f.onlyOfFiles("must be left out beside sonata", others...)
	c := f.d.circuit
	has := false
	if c != nil {
		_, spikes := c.Spikes[name]
		_, edges := c.Edges[name]
		has = what == "spikes" && spikes || what == "synapses" && edges
	}
	ofFiles := func(e fault.Error) bool { return strings.HasPrefix(e.Path, "sonata") }
	if n := f.get("sonata"); !has && n != nil && !slices.ContainsFunc(f.d.faults, ofFiles) {
		f.d.fault(n, fault.Path(f.path, "sonata"), "the network's SONATA files have no "+what+" of that name")
	}
}

// perNode reads what each neuron of the population at hand has of its own.
func (d *decoder) perNode(n *node, path string) network.Dist {
	v := d.values[n.text]
	if n.kind != scalar || v == nil {
		var names []string
		for name := range d.values {
			names = append(names, name)
		}
		slices.Sort(names)
		allowed := "the nodes of no SONATA network have values of their own here"
		if len(names) > 0 {
			allowed = "must be what these nodes have of their own in the network's SONATA files: " + fault.Listing(names)
		}
		d.fault(n, path, allowed)
		return network.Number(0)
	}
	return network.PerNode(v)
}
