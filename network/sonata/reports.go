package sonata

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"einet/fault"
	"einet/network"
)

// stateOf keeps variables of some nodes of a part.
type stateOf struct {
	key       string // the part, or a group of it
	every     int64  // steps
	variables []string
}

// reportKeys are those of a report that say what it is of, and those that don't matter: its file has its name in the run's folder, and
// points have one section.
var reportKeys = []string{"cells", "node_set", "variable_name", "module", "type", "dt", "start_time", "end_time", "enabled", "unit", "file_name", "sections", "sort_order"}

// takeReports takes reports in the order of their names.
func (r *reader) takeReports(reports object, file string) {
	for _, name := range sorted(reports) {
		keys, ok := reports[name].(object)
		if !ok {
			r.fault(file, 0, "reports."+name, show(reports[name]), "must be an object")
			continue
		}
		if enabled, ok := keys["enabled"].(bool); !ok || enabled {
			r.config.reports = append(r.config.reports, input{name, keys})
		}
	}
}

// readReports reads what is to be kept of the nodes.
func (r *reader) readReports() {
	names := map[string]string{}
	for _, in := range r.config.reports {
		report := network.NodeReport{Name: notInMember.ReplaceAllString(in.name, "_")}
		if other, ok := names[report.Name]; ok {
			r.fault(r.config.simulation, 0, "reports."+in.name, "", "must have another name: of letters, digits and _ that is "+other+"'s, too")
			continue
		}
		names[report.Name] = in.name
		if file, ok := in.keys["file_name"]; ok {
			r.note("%s: reports.%s.file_name: %s: is left alone: the report is report-%s.h5 in the run's folder", r.config.simulation, in.name, show(file), report.Name)
		}
		if r.reportTimes(in, &report) && r.reported(in, &report) {
			r.reports = append(r.reports, report)
		}
	}
}

// reportTimes reads when a report has values, and what it is.
func (r *reader) reportTimes(in input, report *network.NodeReport) bool {
	before, at := len(r.faults), "reports."+in.name
	for key := range in.keys {
		if !slices.Contains(reportKeys, key) {
			r.fault(r.config.simulation, 0, fault.Path(at, key), show(in.keys[key]), "is not known of reports: there are "+fault.Listing(reportKeys))
		}
	}
	for key, values := range map[string][]string{"module": {"membrane_report", "multimeter_report"}, "type": {"compartment"}} {
		if value, ok := in.keys[key]; ok && !slices.Contains(values, fmt.Sprint(value)) {
			r.fault(r.config.simulation, 0, fault.Path(at, key), show(value), "must be "+strings.Join(values, " or ")+": einet reports the states of points")
		}
	}
	stop := r.config.run.tstop
	if math.IsNaN(stop) {
		stop = 1000
	}
	report.End, report.Every = stop, r.dt
	for key, to := range map[string]*float64{"dt": &report.Every, "start_time": &report.Start, "end_time": &report.End} {
		r.number(in.keys, key, r.config.simulation, fault.Path(at, key), to)
	}
	if steps := math.Round(report.Every / r.dt); len(r.faults) == before && !(steps >= 1 && steps < math.MaxInt32 && math.Abs(report.Every/r.dt-steps) < 1e-6) {
		r.fault(r.config.simulation, 0, at+".dt", fault.Number(report.Every), "must be a multiple of run.dt, "+fault.Number(r.dt))
	}
	if len(r.faults) == before && !(report.Start >= 0 && report.End > report.Start) {
		r.fault(r.config.simulation, 0, at+".end_time", fault.Number(report.End), "must be behind start_time, "+fault.Number(report.Start)+", and that not below 0")
	}
	return len(r.faults) == before
}

// reported reads which nodes a report is of, and has einet keep the variable of them.
func (r *reader) reported(in input, report *network.NodeReport) bool {
	var set any = "all"
	at := "reports." + in.name + ".cells"
	for _, key := range []string{"cells", "node_set"} {
		if value, ok := in.keys[key]; ok && value != nil {
			set, at = value, "reports."+in.name+"."+key
			break
		}
	}
	left := mostSets
	match, wrong := r.nodeSet(set, &left)
	if wrong != "" {
		r.fault(r.config.simulation, 0, at, show(set), wrong)
		return false
	}
	name := in.keys["variable_name"]
	if list, ok := name.([]any); ok && len(list) == 1 {
		name = list[0]
	}
	for _, n := range r.nodes {
		for _, p := range n.parts {
			inside := p.inside(match)
			if len(inside) == 0 || p.template == nil {
				continue
			}
			known := p.template.reported()
			k := slices.IndexFunc(known, func(v reportVariable) bool { return slices.Contains(v.names, fmt.Sprint(name)) })
			if k < 0 {
				var names []string
				for _, v := range known {
					names = append(names, v.names...)
				}
				r.fault(r.config.simulation, 0, "reports."+in.name+".variable_name", show(name), fmt.Sprintf("must be what einet has of %s: %s", p.template.nest, fault.Listing(names)))
				return false
			}
			report.Variable, report.Units = known[k].is, known[k].unit
			if unit, ok := in.keys["unit"]; ok && unit != report.Units {
				r.fault(r.config.simulation, 0, "reports."+in.name+".unit", show(unit), "must be "+report.Units)
				return false
			}
			key := p.name
			if len(inside) < len(p.ids) {
				key += "." + p.grouped("report_"+in.name, inside).name
			}
			report.Parts = append(report.Parts, key)
			r.keep(key, int64(math.Round(report.Every/r.dt)), report.Variable)
		}
	}
	if len(report.Parts) == 0 {
		r.fault(r.config.simulation, 0, at, show(set), "must have nodes that are simulated")
	}
	return len(report.Parts) > 0
}

// keep has a variable of a part kept, at least every so many steps.
func (r *reader) keep(key string, every int64, variable string) {
	i := slices.IndexFunc(r.kept, func(s stateOf) bool { return s.key == key })
	if i < 0 {
		r.kept = append(r.kept, stateOf{key, every, []string{variable}})
		return
	}
	s := &r.kept[i]
	for b := every; b != 0; { // the greatest common divisor
		s.every, b = b, s.every%b
	}
	if !slices.Contains(s.variables, variable) {
		s.variables = append(s.variables, variable)
	}
}

// A reportVariable is a state that einet has of nodes, by the names that reports have for it.
type reportVariable struct {
	names    []string
	is, unit string
}

// reported are the states that reports may be of.
func (t *template) reported() []reportVariable {
	all := []reportVariable{{[]string{"V_m", "v", "V"}, "V", "mV"}}
	if strings.HasPrefix(t.nest, "aeif_") {
		all = append(all, reportVariable{[]string{"w"}, "w", "pA"})
	}
	return all
}

// writeRecord writes what is to be kept, if there is something.
func (r *reader) writeRecord(b *strings.Builder) {
	head := "record:\n  state:\n"
	for _, s := range r.kept {
		fmt.Fprintf(b, "%s    %s: {neurons: all, every: %s, variables: [%s]}\n", head, s.key, fault.Exact(float64(s.every)*r.dt), strings.Join(s.variables, ", "))
		head = ""
	}
}
