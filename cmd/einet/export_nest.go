package main

import (
	_ "embed" // in_nest.py
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"einet/experiment"
	"einet/fault"
	"einet/network"
	"einet/network/sonata"
	"einet/record"
)

// The files of a network for NEST, besides synapses.npz and input.npz.
const (
	nestFile      = "in_nest.py"
	nestArrayFile = "parameters.npz"
)

//go:embed in_nest.py
var nestBody string

// scriptNames are the files of a network.
func scriptNames(net *network.Network) []string {
	names := []string{nestFile, synapsesFile, nestArrayFile}
	if len(trainsOf(net)) > 0 {
		names = append(names, inputFile)
	}
	return append(names, experiment.NetworkFile)
}

// What NEST does otherwise than einet, by the beginning of its models' names.
var nestDiffers = []struct{ model, says string }{
	{"iaf_psc", "both solve it exactly within a step, NEST in double precision and einet in single, with V on a grid (docs/equations.md): spikes are the same until one\n" +
		"#   of them falls on the other side of a step, from where on a chaotic network goes another way"},
	{"iaf_cond", "NEST solves it by Runge-Kutta of steps that it chooses, einet by one step that takes the conductances in its middle (second order in dt)"},
	{"aeif", "NEST solves it by Runge-Kutta of steps that it chooses, within which it resets, einet by the model's method in steps of dt: spikes come up to a step apart"},
}

// script writes a Python program that builds the network in NEST, and the arrays that it needs.
func (x *export) script(steps int64) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\"\"\"The network %s of einet in NEST 3, from the arrays beside this file.\n\nSame synapses, weights, delays, thresholds, potentials at the start and", x.net.Name)
	b.WriteString(" random input; needs nest-simulator and numpy.\nUnits are NEST's: mV, ms, pF, pA, nS.")
	b.WriteString("\n\n    python in_nest.py --compare results/NAME/spikes.npz\n\"\"\"\n\nimport argparse\nimport pathlib\n\nimport nest\nimport numpy as np\n\n")
	fmt.Fprintf(&b, "HERE = pathlib.Path(__file__).parent\nDT = %s  # ms\nSTEPS = %d  # of a run\n", fault.Exact(x.net.Dt), steps)
	late := 0
	if slices.ContainsFunc(trainsOf(x.net), func(t train) bool { return t.poisson >= 0 }) || slices.ContainsFunc(x.net.Populations, x.isRepeated) {
		late = 1
	}
	fmt.Fprintf(&b, "LATE = %d  # steps by which all is later in NEST: a generator can't act on the first step, at which Poisson input and parrots' spikes arrive\n\n", late)
	x.populationsOf(&b, late)
	x.projectionsOf(&b)
	b.WriteString("\n")
	b.WriteString(nestBody)
	return errors.Join(x.text(nestFile, b.String()), x.arrays())
}

// populationsOf writes the neurons.
func (x *export) populationsOf(b *strings.Builder, late int) {
	b.WriteString("# Neurons by population: NEST's model, how many, parameters. What neurons have of their own is in parameters.npz (arrays POPULATION_PARAMETER).\n")
	for _, d := range nestDiffers {
		if slices.ContainsFunc(slices.Collect(maps.Values(x.there)), func(n *sonata.Neuron) bool { return strings.HasPrefix(n.Model, d.model) }) {
			fmt.Fprintf(b, "# - %s: %s.\n", d.model, d.says)
		}
	}
	if slices.ContainsFunc(x.net.Populations, func(p network.Population) bool { return p.Neuron == network.LIF && p.CM == 0 }) {
		b.WriteString("# - Without C_m einet's currents and weights are R*I in mV. Here C_m [pF] is as large as tau_m [ms]: so R is 1 Gohm, and a pA is a mV.\n")
	}
	b.WriteString("POPULATIONS = {\n")
	for i, p := range x.net.Populations {
		if p.Neuron.IsSource() {
			model, says := "spike_generator", ""
			if x.isRepeated(p) {
				model, says = "parrot_neuron", "; synapses that change take none of a generator's own"
			}
			fmt.Fprintf(b, "    %q: (%q, %d, {}),  # its spikes are in input.npz%s\n", p.Name, model, p.Size, says)
			continue
		}
		shared := x.sharedParameters(i)
		if late > 0 { // in the first step, before the start
			shared["V_m"] = shared["V_reset"]
		}
		fmt.Fprintf(b, "    %q: (%q, %d, {", p.Name, x.there[i].Model, p.Size)
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(shared)) {
			parts = append(parts, fmt.Sprintf("%q: %s", name, pythonFloat(shared[name])))
		}
		if ports := x.there[i].Ports; ports != nil {
			var taus []string
			for _, tau := range ports {
				taus = append(taus, pythonFloat(tau))
			}
			parts = append(parts, "\"tau_syn\": ["+strings.Join(taus, ", ")+"]")
		}
		fmt.Fprintf(b, "%s}),\n", strings.Join(parts, ", "))
	}
	b.WriteString("}\n\n")
}

// isRepeated tells whether a population is a source whose spikes a neuron of NEST's has to repeat: a generator has no synapses that
// change.
func (x *export) isRepeated(p network.Population) bool {
	plastic := func(q network.Projection) bool { return q.From == p.Name && (q.ShortTerm.Is() || q.Plasticity.Is()) }
	return p.Neuron.IsSource() && slices.ContainsFunc(x.net.Projections, plastic)
}

// pythonFloat is a number with a point, as NEST wants it.
func pythonFloat(x float64) string {
	text := fault.Exact(x)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// projectionsOf writes the synapses and the Poisson inputs.
func (x *export) projectionsOf(b *strings.Builder) {
	port := func(to string, tau float64) int { return x.there[x.net.Population(to)].Port(tau) }
	b.WriteString("# Synapses by projection: from, to, NEST's model with its parameters, receptor_type (0 where the sign of the weight says it). They are in\n" +
		"# synapses.npz.\nPROJECTIONS = {\n")
	for k, p := range x.net.Projections {
		synapse, _ := sonata.SynapseOf(x.net, k)
		parts := []string{fmt.Sprintf("\"synapse_model\": %q", synapse.Model)}
		for _, name := range slices.Sorted(maps.Keys(synapse.Parameters)) {
			parts = append(parts, fmt.Sprintf("%q: %s", name, pythonFloat(synapse.Parameters[name])))
		}
		fmt.Fprintf(b, "    %q: (%q, %q, {%s}, %d),\n", p.Name, p.From, p.To, strings.Join(parts, ", "), port(p.To, p.TauSyn))
	}
	b.WriteString("}\n\n# Poisson inputs: to, weight, rate [Hz], receptor_type, number, to which neurons. The spikes that einet draws are in input.npz; a spike generator for each\n" +
		"# neuron sends them, or, with --own-poisson, NEST's poisson_generator draws others.\nPOISSON = [\n")
	for i := range x.net.Populations {
		name := x.net.Populations[i].Name
		for k, in := range x.net.Received(i) {
			fmt.Fprintf(b, "    (%q, %s, %s, %d, %d, %s),\n", name, pythonFloat(x.built.model.PoissonWeight(i, k)), pythonFloat(in.Rate), port(name, in.TauSyn), k, pythonNeurons(&in.Part))
		}
	}
	b.WriteString("]\n")
}

// pythonNeurons is an iterable of a part's neurons, and None of all of a population.
func pythonNeurons(p *network.Part) string {
	if p.IsAll() {
		return "None"
	}
	var spans []string
	for _, s := range p.Spans() {
		spans = append(spans, fmt.Sprintf("*range(%d, %d, %d)", s.From, s.To+1, s.Every))
	}
	return "[" + strings.Join(spans, ", ") + "]"
}

// arrays writes what neurons have of their own, by NEST's names.
func (x *export) arrays() error {
	s := record.CreateStream(x.files.Path(nestArrayFile))
	defer s.Abort()
	for _, i := range experiment.WithPotential(x.net) {
		own := x.ownParameters(i)
		if own["V_m"] == nil {
			own["V_m"] = slices.Repeat([]float64{x.there[i].Parameters["V_m"]}, x.net.Populations[i].Size)
		}
		for _, name := range slices.Sorted(maps.Keys(own)) {
			s.FixedFloats(x.net.Populations[i].Name+"_"+name, own[name])
		}
	}
	return s.Close()
}
