package table

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A name is what a column of some role may be called, and the unit that it implies.
type name struct {
	role Role
	unit string
	list []string
}

func called(role Role, unit string, names string) name {
	return name{role, unit, strings.Fields(names)}
}

// What columns are called: by einet, PyNN, NEST 2 and 3, SONATA, bmtk, Brian 2, neo and Elephant.
var (
	timeNames   = called(Time, "", "time times t timestamp timestamps spike_time spike_times")
	stepNames   = called(Time, "steps", "step steps timestep timesteps")
	msName      = called(Time, "ms", "ms")
	offsetNames = called(Offset, "ms", "time_offset time_offsets offset offsets")
	neuronNames = called(Neuron, "", "neuron neurons neuron_id neuron_ids neuron_index id ids i cell cells cell_id cell_ids "+
		"cell_index node node_id node_ids sender senders gid gids unit_id train spiketrain")
	populationNames = called(Population, "", "population populations pop")
	sourceNames     = called(Source, "", "source sources src source_id source_ids source_index source_neuron source_node_id source_node_ids "+
		"pre pre_id pre_index presynaptic presynaptic_id presynaptic_index presynaptic_neuron i i_pre")
	targetNames = called(Target, "", "target targets tgt target_id target_ids target_index target_neuron target_node_id target_node_ids "+
		"post post_id post_index postsynaptic postsynaptic_id postsynaptic_index postsynaptic_neuron j j_post")
	weightNames = called(Weight, "", "weight weights w syn_weight synaptic_weight")
	delayNames  = called(Delay, "", "delay delays syn_delay synaptic_delay")
	valueNames  = called(Value, "", "value values current currents amplitude amplitudes amplitude_values input stimulus drive i i_ext i_e")
	rateNames   = called(Value, "Hz", "rate rates rate_values")
	sampleTimes = called(Time, "", "amplitude_times rate_times")
	// The index of pandas, and what numbers the rows of other programs.
	ignoredNames = called(Ignored, "", "ignore unnamed_0")
	edgeNumbers  = called(Ignored, "", "edge_id edge_type_id edge_group_id edge_group_index synapse_id port target_thread sizeof")
)

// The kinds of tables.
var (
	SpikeTable = &Kind{
		rows: "spikes", order: [][]Role{{Time, Neuron}}, what: "the columns time [ms], neuron", needs: []Role{Time, Neuron},
		names: []name{timeNames, stepNames, msName, offsetNames, neuronNames, populationNames, ignoredNames},
	}
	EdgeTable = &Kind{
		rows:  "synapses",
		order: [][]Role{{Source, Target}, {Source, Target, Weight}, {Source, Target, Weight, Delay}},
		what:  "the columns source, target and, if wanted, weight and delay [ms]", needs: []Role{Source, Target},
		names: []name{sourceNames, targetNames, weightNames, delayNames, ignoredNames, edgeNumbers},
	}
	SampleTable = &Kind{
		rows: "values", order: [][]Role{{Value}, {Time, Value}}, what: "one column of values, or one of times [ms] and one of values", needs: []Role{Value},
		names: []name{timeNames, stepNames, msName, sampleTimes, valueNames, rateNames, ignoredNames},
	}
)

// unitNames are the units that a name may end in, by what the column measures.
var (
	timeUnits = map[string]string{
		"ms": "ms", "msec": "ms", "millisecond": "ms", "milliseconds": "ms",
		"s": "s", "sec": "s", "second": "s", "seconds": "s",
		"us": "us", "usec": "us", "microsecond": "us", "microseconds": "us", "step": "steps", "steps": "steps",
	}
	unitNames = map[Role]map[string]string{
		Time: timeUnits, Delay: timeUnits, Offset: {"ms": "ms"},
		Weight: {"mv": "mV", "v": "V", "uv": "uV", "pa": "pA", "na": "nA", "ns": "nS", "us": "uS"},
		Value:  {"mv": "mV", "v": "V", "uv": "uV", "pa": "pA", "na": "nA", "hz": "Hz", "khz": "kHz"},
	}
)

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// plain is a name without what spelling may differ in: "Time [ms]" is time_ms.
func plain(name string) string {
	name = strings.NewReplacer("µ", "u", "μ", "u").Replace(strings.ToLower(name))
	return strings.Trim(notInName.ReplaceAllString(name, "_"), "_")
}

// known finds the role of a name and its unit.
func (k *Kind) known(called string) (Role, string, bool) {
	called = plain(called)
	find := func(s string) (Role, string, bool) {
		for _, n := range k.names {
			if slices.Contains(n.list, s) {
				return n.role, n.unit, true
			}
		}
		return 0, "", false
	}
	if role, unit, ok := find(called); ok {
		return role, unit, true
	}
	cut := strings.LastIndexByte(called, '_')
	if cut < 0 {
		return 0, "", false
	}
	role, implied, ok := find(called[:cut])
	unit := unitNames[role][called[cut+1:]]
	if !ok || unit == "" || implied != "" && strings.TrimPrefix(unit, "k") != implied {
		return 0, "", false
	}
	return role, unit, true
}

// list is what columns may be called, for a fault: the first two of each role.
func (k *Kind) list() string {
	var all []string
	for _, n := range k.names {
		if n.role != Ignored && n.role != Offset {
			all = append(all, n.list[0])
		}
	}
	return strings.Join(slices.Compact(all), ", ")
}

// columns gives each column its role by its name.
func (k *Kind) columns(names []string) (*Columns, string) {
	c := &Columns{}
	for i, called := range names {
		role, unit, ok := k.known(called)
		if i == 0 && called == "" {
			role, ok = Ignored, true // the index of pandas
		}
		if !ok {
			return nil, fmt.Sprintf("no column of %s is called %s; there are %s and others, with units as in time_ms; the option columns gives other names, and ignore leaves one out",
				k.rows, quoted(called), k.list())
		}
		c.at = append(c.at, role)
		if role == Ignored {
			continue
		}
		if c.has[role] {
			return nil, fmt.Sprintf("the columns %s and %s contradict each other; the option columns gives other names, and ignore leaves one out", quoted(c.names[role]), quoted(called))
		}
		c.has[role], c.names[role], c.units[role] = true, called, unit
	}
	for _, role := range k.needs {
		if !c.has[role] {
			return nil, fmt.Sprintf("the columns are %s: must have %s", strings.Join(names, ", "), k.what)
		}
	}
	if c.has[Offset] && c.units[Time] != "steps" {
		c.units[Time] = "steps" // as in NEST's events, whose names don't say so
		if c.names[Time] != "times" {
			return nil, fmt.Sprintf("the column %s must stand beside times in steps, time_step", quoted(c.names[Offset]))
		}
	}
	return c, ""
}

// same tells whether two headings say the same.
func (c *Columns) same(d *Columns) bool { return slices.Equal(c.at, d.at) && c.units == d.units }

// quoted is a text of a file for a fault, in one line and cut short.
func quoted(s string) string {
	const longest = 60
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "..."
	}
	return fmt.Sprintf("%q", s)
}
