package sonata

import (
	"slices"
	"strings"
)

// A parameter is one of NEST's.
type parameter struct {
	name  string
	value float64 // NEST's default
	own   bool    // each node may have its own value
	is    string  // what einet calls it, of those that are written down as they are
	unit  string  // of a model's parameter
}

// A template is one of NEST's neurons and what it is here.
type template struct {
	nest, neuron string
	synapse      string // the shape of all its synapses
	parameters   []parameter
	// must are parameters that only have one value here, with what is said of another.
	must []fixed
}

// A fixed parameter must have one value.
type fixed struct {
	name  string
	value float64
	why   string
}

// Defaults are those of NEST 3's documentation of each model.
// Potentials are in mV, times in ms, capacitances in pF, conductances in nS and currents in pA, as einet's.
var templates = slices.Concat(
	[]template{
		{nest: "iaf_psc_exp", neuron: "lif", synapse: "exponential", parameters: currents("tau_syn_ex", "tau_syn_in"),
			must: []fixed{{"delta", 0, "must be 0: einet's neurons fire at the threshold"}}},
		{nest: "iaf_psc_alpha", neuron: "lif", synapse: "alpha", parameters: currents("tau_syn_ex", "tau_syn_in"), must: []fixed{{"V_min", negativeInfinity, noFloor}}},
		{nest: "iaf_psc_delta", neuron: "lif", synapse: "delta", parameters: currents(),
			must: []fixed{{"V_min", negativeInfinity, noFloor}, {"refractory_input", 0, "must be false: what arrives in a refractory neuron is lost"}}},
		{nest: "iaf_cond_exp", neuron: "lif_cond", synapse: "exponential", parameters: conductances},
		{nest: "iaf_cond_alpha", neuron: "lif_cond", synapse: "alpha", parameters: conductances},
	},
	adaptive("adex", "aeif_psc_exp", "exponential"), adaptive("adex", "aeif_psc_alpha", "alpha"), adaptive("adex", "aeif_psc_delta", "delta"),
	adaptive("adex_cond", "aeif_cond_exp", "exponential"), adaptive("adex_cond", "aeif_cond_alpha", "alpha"),
)

const (
	noEscape         = "must be 0: einet's neurons fire at the threshold"
	noFloor          = "must be left out: einet's potentials have no lower bound"
	negativeInfinity = -1.7976931348623157e308
)

// currents are the parameters of NEST's iaf_psc models; those of time constants are of synapses.
func currents(taus ...string) []parameter {
	all := []parameter{
		{name: "tau_m", value: 10, is: "tau_m"}, {name: "C_m", value: 250, is: "C_m"}, {name: "E_L", value: -70, is: "E_L"},
		{name: "V_th", value: -55, own: true, is: "V_th"}, {name: "V_reset", value: -70, is: "V_reset"}, {name: "t_ref", value: 2, is: "t_ref"},
		{name: "V_m", value: -70, own: true, is: "V0"}, {name: "I_e", own: true},
	}
	for _, tau := range taus {
		all = append(all, parameter{name: tau, value: 2})
	}
	return all
}

var conductances = []parameter{
	{name: "C_m", value: 250, is: "C_m"}, {name: "g_L", value: 16.6667, is: "g_L"}, {name: "E_L", value: -70, is: "E_L"},
	{name: "E_ex", value: 0, is: "E_ex"}, {name: "E_in", value: -85, is: "E_in"},
	{name: "V_th", value: -55, own: true, is: "V_th"}, {name: "V_reset", value: -60, is: "V_reset"}, {name: "t_ref", value: 2, is: "t_ref"},
	{name: "V_m", value: -70, own: true, is: "V0"}, {name: "I_e", own: true},
	{name: "tau_syn_ex", value: 0.2}, {name: "tau_syn_in", value: 2}, {name: "g_ex", own: true}, {name: "g_in", own: true},
}

// adaptive is a template of NEST's aeif models.
func adaptive(neuron, nest, synapse string) []template {
	all := []parameter{
		{"C_m", 281, true, "C_m", "pF"}, {"g_L", 30, true, "g_L", "nS"}, {"E_L", -70.6, true, "E_L", "mV"}, {"V_th", -50.4, true, "V_T", "mV"},
		{"Delta_T", 2, true, "Delta_T", "mV"}, {"tau_w", 144, true, "tau_w", "ms"}, {"a", 4, true, "a", "nS"}, {"b", 80.5, true, "b", "pA"},
		{"V_reset", -60, true, "V_reset", "mV"}, {"V_peak", 0, true, "V_peak", "mV"}, {"t_ref", 0, true, "t_ref", "ms"},
		{name: "V_m", value: -70.6, own: true}, {name: "w", own: true}, {name: "I_e", own: true},
	}
	if neuron == "adex_cond" {
		all = append(all, parameter{"E_ex", 0, true, "E_ex", "mV"}, parameter{"E_in", -85, true, "E_in", "mV"},
			parameter{name: "g_ex", own: true}, parameter{name: "g_in", own: true})
	} else if synapse != "delta" {
		all = append(all, parameter{name: "I_syn_ex", own: true}, parameter{name: "I_syn_in", own: true})
	}
	if synapse != "delta" {
		all = append(all, parameter{name: "tau_syn_ex", value: 0.2}, parameter{name: "tau_syn_in", value: 2})
	}
	return []template{{nest: nest, neuron: neuron, synapse: synapse, parameters: all}}
}

// idle are parameters that act on plasticity alone, on the accuracy of NEST's solver, or on nothing.
var idle = []string{"rho", "beta_Ca", "tau_Ca", "Ca", "tau_minus", "tau_minus_triplet", "gsl_error_tol", "frozen", "model", "element_type"}

// templateOf finds a template by its name in SONATA, "nest:iaf_psc_exp".
func templateOf(name string) *template {
	nest, ok := strings.CutPrefix(name, "nest:")
	i := slices.IndexFunc(templates, func(t template) bool { return t.nest == nest })
	if !ok || i < 0 {
		return nil
	}
	return &templates[i]
}

// templateNames are those that are read.
func templateNames() string {
	var all []string
	for _, t := range templates {
		all = append(all, "nest:"+t.nest)
	}
	return strings.Join(all, ", ")
}

// parameter finds one by its name.
func (t *template) parameter(name string) *parameter {
	if i := slices.IndexFunc(t.parameters, func(p parameter) bool { return p.name == name }); i >= 0 {
		return &t.parameters[i]
	}
	return nil
}

// names are those of all its parameters.
func (t *template) names() (all []string) {
	for _, p := range t.parameters {
		all = append(all, p.name)
	}
	return all
}
