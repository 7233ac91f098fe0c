package sonata

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"einet/fault"
)

// A config is what the configurations say, with paths resolved.
type config struct {
	file       string // that was named
	circuit    string // where the networks stand
	simulation string // where run and inputs stand; empty where there are none
	name       string

	nodes, edges []tablePair
	components   map[string]string
	run          struct{ tstart, tstop, dt float64 } // NaN where they are not given
	vInit        float64                             // NaN likewise
	inputs       []input
	reports      []input
	sets         map[string]any // of nodes, by name
	setsFile     string
	order        []any // of populations of nodes, by name, where a file of einet's says it
}

// A tablePair is a file of HDF5 with its types; the types may be left out.
type tablePair struct{ file, types string }

// An input is one of the simulation's, or a report.
type input struct {
	name string
	keys map[string]any
}

// object is a JSON object as it is read.
type object = map[string]any

// readConfig reads the configuration and those that it names.
func (r *reader) readConfig(text []byte, file string) {
	c := &r.config
	c.file, c.components, c.sets = file, map[string]string{}, object{}
	c.run.tstart, c.run.tstop, c.run.dt, c.vInit = 0, math.NaN(), math.NaN(), math.NaN()
	c.name = nameOf(file)
	sum := sha(text)
	r.sum = append(r.sum, sum...)
	root := r.parse(text, file)
	if root == nil {
		return
	}
	r.take(root, file, 0)
	if len(r.faults) == 0 && c.circuit == "" {
		r.fault(file, 0, "networks", "missing", "must hold the files of nodes and edges, or network must name the configuration that does")
	}
	if len(r.faults) > 0 || c.setsFile == "" {
		return
	}
	if text := r.read(c.setsFile, mostBytes); text != nil {
		if sets := r.parse(text, c.setsFile); sets != nil {
			c.sets = sets
		}
	}
}

// parse reads a JSON object, nil where it is none.
func (r *reader) parse(text []byte, file string) object {
	var root any
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	err := d.Decode(&root)
	if err == nil && d.More() {
		err = errors.New("must end behind the object")
	}
	if err != nil {
		at := d.InputOffset()
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at = syntax.Offset
		}
		r.fault(file, 1+bytes.Count(text[:min(int(at), len(text))], []byte("\n")), "", "", "must be JSON: "+strings.TrimPrefix(err.Error(), "json: "))
		return nil
	}
	o, ok := root.(object)
	if !ok {
		r.fault(file, 1, "", "", "must be a JSON object")
		return nil
	}
	return o
}

// take takes what one configuration says.
func (r *reader) take(root object, file string, depth int) {
	c := &r.config
	if depth > 2 {
		r.fault(file, 0, "network", "", "must not name configurations that name each other")
		return
	}
	manifest := r.manifest(root, file)
	path := func(value any, at string) string {
		text, ok := value.(string)
		if !ok || text == "" {
			r.fault(file, 0, at, show(value), "must be a path")
			return ""
		}
		return r.expand(text, manifest, file, at)
	}
	if networks, ok := r.member(root, "networks", file); ok {
		c.circuit = file
		c.nodes = append(c.nodes, r.pairs(networks, "nodes", file, path)...)
		c.edges = append(c.edges, r.pairs(networks, "edges", file, path)...)
		if len(c.nodes) == 0 && len(r.faults) == 0 {
			r.fault(file, 0, "networks.nodes", "missing", "must be a list of {nodes_file, node_types_file}")
		}
	}
	if own, ok := r.member(root, "einet", file); ok {
		c.order, _ = own["populations"].([]any)
	}
	if components, ok := r.member(root, "components", file); ok {
		for key, value := range components {
			if text, ok := value.(string); ok {
				c.components[key] = r.expand(text, manifest, file, "components."+key)
			}
		}
	}
	for _, key := range []string{"run", "inputs", "reports"} {
		if _, ok := root[key]; ok {
			c.simulation = file
		}
	}
	if run, ok := r.member(root, "run", file); ok {
		for key, to := range map[string]*float64{"tstart": &c.run.tstart, "tstop": &c.run.tstop, "dt": &c.run.dt} {
			r.number(run, key, file, "run."+key, to)
		}
		if c.run.tstart != 0 && len(r.faults) == 0 {
			r.fault(file, 0, "run.tstart", fault.Number(c.run.tstart), "must be 0 or left out: einet's runs begin there")
		}
	}
	if conditions, ok := r.member(root, "conditions", file); ok {
		r.number(conditions, "v_init", file, "conditions.v_init", &c.vInit)
	}
	if inputs, ok := r.member(root, "inputs", file); ok {
		r.takeInputs(inputs, file, path)
	}
	if reports, ok := r.member(root, "reports", file); ok {
		r.takeReports(reports, file)
	}
	if value, ok := root["node_sets_file"]; ok && value != nil {
		c.setsFile = path(value, "node_sets_file")
	}
	for _, key := range []string{"network", "simulation"} {
		value, ok := root[key]
		if !ok || value == nil || len(r.faults) > 0 {
			continue
		}
		if other := path(value, key); other != "" && other != c.circuit { // which a simulation names, too
			if text := r.read(other, mostBytes); text != nil {
				if inner := r.parse(text, other); inner != nil {
					r.take(inner, other, depth+1)
				}
			}
		}
	}
}

// takeInputs takes inputs in the order of their names, for JSON objects have none.
func (r *reader) takeInputs(inputs object, file string, path func(any, string) string) {
	var names []string
	for name := range inputs {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		at := "inputs." + name
		keys, ok := inputs[name].(object)
		if !ok {
			r.fault(file, 0, at, show(inputs[name]), "must be an object")
			continue
		}
		if value, ok := keys["input_file"]; ok {
			keys["input_file"] = path(value, at+".input_file")
		}
		r.config.inputs = append(r.config.inputs, input{name, keys})
	}
}

// pairs are the files of nodes or edges.
func (r *reader) pairs(networks object, what, file string, path func(any, string) string) (all []tablePair) {
	value, ok := networks[what]
	if !ok || value == nil {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		r.fault(file, 0, "networks."+what, show(value), "must be a list of objects")
		return nil
	}
	for i, item := range list {
		at := fmt.Sprintf("networks.%s.%d", what, i)
		o, ok := item.(object)
		if !ok {
			r.fault(file, 0, at, show(item), "must be an object")
			continue
		}
		if enabled, ok := o["enabled"].(bool); ok && !enabled {
			r.note("%s: %s: is not enabled and left out", file, at)
			continue
		}
		pair := tablePair{file: path(o[what+"_file"], at+"."+what+"_file")}
		key := strings.TrimSuffix(what, "s") + "_types_file"
		if value := o[key]; value != nil && value != "NULL" {
			pair.types = path(value, at+"."+key)
		}
		all = append(all, pair)
	}
	return all
}

// member is an object within one.
func (r *reader) member(root object, key, file string) (object, bool) {
	value, ok := root[key]
	if !ok || value == nil {
		return nil, false
	}
	o, ok := value.(object)
	if !ok {
		r.fault(file, 0, key, show(value), "must be an object")
	}
	return o, ok
}

// number takes a number where the key stands.
func (r *reader) number(o object, key, file, at string, to *float64) {
	value, ok := o[key]
	if !ok || value == nil {
		return
	}
	x, ok := value.(float64)
	if !ok {
		r.fault(file, 0, at, show(value), "must be a number")
		return
	}
	*to = x
}

var variable = regexp.MustCompile(`\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?`)

// manifest are the variables of a configuration, with those that they use put in.
func (r *reader) manifest(root object, file string) map[string]string {
	all := map[string]string{}
	manifest, _ := r.member(root, "manifest", file)
	for key, value := range manifest {
		text, ok := value.(string)
		if !ok {
			r.fault(file, 0, "manifest."+key, show(value), "must be a path")
			continue
		}
		all[strings.Trim(key, "${}")] = text
	}
	for key := range all {
		for range len(all) {
			before := all[key]
			if all[key] = substituted(before, all); all[key] == before {
				break
			}
			if len(all[key]) > 1<<12 {
				break
			}
		}
		if name := variable.FindString(all[key]); name != "" {
			if _, known := all[strings.Trim(name, "${}")]; known {
				r.fault(file, 0, "manifest.$"+key, "", "must not use itself")
				return map[string]string{}
			}
		}
	}
	return all
}

func substituted(text string, variables map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(name string) string {
		if value, ok := variables[strings.Trim(name, "${}")]; ok {
			return value
		}
		return name
	})
}

// expand is a path with its variables put in, relative to the file in which it stands.
func (r *reader) expand(text string, manifest map[string]string, file, at string) string {
	path := substituted(text, manifest)
	if name := variable.FindString(path); name != "" {
		r.fault(file, 0, at, show(text), "the manifest has no "+name)
		return ""
	}
	return beside(file, path)
}

// show is a value of JSON for a fault.
func show(value any) string {
	if value == nil {
		return "missing"
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "?"
	}
	return fault.Clip(string(text))
}

var (
	notInName   = regexp.MustCompile(`[^A-Za-z0-9_.-]`)
	notInMember = regexp.MustCompile(`[^A-Za-z0-9_]`)
	usualNames  = []string{"config", "circuit_config", "simulation_config", "config_circuit", "config_simulation"}
)

// nameOf is the name of a network: that of its folder, where the file has a usual name.
func nameOf(file string) string {
	base := strings.TrimSuffix(filepath.Base(file), ".json")
	if slices.Contains(usualNames, base) {
		if folder, err := filepath.Abs(filepath.Dir(file)); err == nil {
			base = filepath.Base(folder)
		}
	}
	base = strings.TrimLeft(notInName.ReplaceAllString(base, "_"), "_.-")
	if base == "" {
		return "network"
	}
	return base[:min(len(base), 64)]
}
