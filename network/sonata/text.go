package sonata

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"einet/fault"
	"einet/network"
)

// A mapping is one of YAML in a line.
type mapping []string

func (m *mapping) add(key, value string)            { *m = append(*m, key+": "+value) }
func (m *mapping) number(key string, value float64) { m.add(key, fault.Exact(value)) }
func (m mapping) String() string                    { return "{" + strings.Join(m, ", ") + "}" }

// write writes the description and what it refers to.
func (r *reader) write() {
	c := &Circuit{Nodes: map[string]network.Nodes{}, Values: map[string]map[string]*network.NodeValue{},
		Spikes: map[string]network.SpikeTrain{}, Edges: map[string]network.Edges{}, origin: map[string]string{}}
	r.circuit = c
	file := r.config.file
	if absolute, err := filepath.Abs(file); err == nil {
		file = absolute
	}
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\nsonata: {file: %s}\ndt: %s\n", quoted(r.config.name), quoted(file), fault.Exact(r.dt))
	if stop := r.config.run.tstop; !math.IsNaN(stop) {
		fmt.Fprintf(&b, "duration: %s\n", fault.Exact(stop))
	}
	b.WriteString("populations:\n")
	for _, n := range r.nodes {
		for _, p := range n.parts {
			if c.origin[p.name] = r.origin(p); p.template == nil {
				c.Spikes[p.name] = p.train
				fmt.Fprintf(&b, "  %s: {size: %d, neuron: spikes, sonata: true}\n", p.name, len(p.ids))
			} else {
				fmt.Fprintf(&b, "  %s: %v\n", p.name, r.neuron(p, c))
			}
			c.Nodes[p.name] = network.Nodes{Population: n.name, IDs: p.ids}
		}
	}
	r.writeGroups(&b)
	if len(r.edges) > 0 {
		b.WriteString("projections:\n")
	}
	for _, p := range r.edges {
		fmt.Fprintf(&b, "  %s: %v\n", p.name, projection(p, c))
	}
	r.writeRecord(&b)
	c.Text = []byte(b.String())
}

// quoted is a text in YAML's double quotes. Paths hold no control characters that are to be read.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(s) + `"`
}

// neuron is the description of a part that is simulated.
func (r *reader) neuron(p *part, c *Circuit) mapping {
	t, m, values := p.template, mapping{}, map[string]*network.NodeValue{}
	m.add("size", fmt.Sprint(len(p.ids)))
	m.add("neuron", t.neuron)
	value := func(name, unit string) string {
		own := p.own[name]
		if x, ok := same(own); ok {
			p.shared[name], own = x, nil
		}
		if own == nil {
			return strings.TrimSpace(fault.Exact(p.shared[name]) + " " + unit)
		}
		values[name] = network.NewNodeValue(name, own)
		return "{nodes: " + name + "}"
	}
	parameters := mapping{}
	for _, q := range t.parameters {
		if q.is == "" {
			continue
		}
		if q.name == "t_ref" {
			p.shared[q.name] = r.onGrid(p, q.name, p.shared[q.name])
		}
		if text := value(q.name, q.unit); q.unit == "" {
			m.add(q.is, text)
		} else {
			parameters.add(q.is, text)
		}
	}
	if len(parameters) > 0 {
		m.add("parameters", parameters.String())
		m.add("state", mapping{"V: " + value("V_m", "mV"), "w: " + value("w", "pA")}.String())
	}
	r.input(p, &m, values)
	initialSynapses(p, &m, value)
	if len(values) > 0 {
		c.Values[p.name] = values
	}
	return m
}

// onGrid is a time as whole steps, as NEST has it.
func (r *reader) onGrid(p *part, name string, ms float64) float64 {
	steps := math.Round(ms / r.dt)
	if math.Abs(ms/r.dt-steps) > 1e-6 {
		r.note("populations.%s: %s %g ms is no multiple of dt, %g ms, and rounded to the nearest", p.name, name, ms, r.dt)
	}
	return float64(steps * r.dt)
}

// input is the constant current and the clamps. What nodes have of their own is the type's, and a bias besides.
func (r *reader) input(p *part, m *mapping, values map[string]*network.NodeValue) {
	constant, own := p.shared["I_e"], p.own["I_e"]
	if x, ok := same(own); ok {
		constant, own = x, nil
	}
	if own != nil {
		biases := make([]float64, len(own))
		for i, x := range own {
			biases[i] = x - constant
		}
		values["I_e"] = network.NewNodeValue("I_e", biases)
		m.add("bias", "{nodes: I_e}")
	}
	all := []string{fault.Exact(constant)}
	all = append(all, r.pulses(p, p.clamps)...)
	if len(all) == 1 {
		m.add("input", all[0])
		return
	}
	m.add("input", "["+strings.Join(all, ", ")+"]")
}

// initialSynapses is the synaptic state at the start, where nodes or types have one.
func initialSynapses(p *part, m *mapping, value func(name, unit string) string) {
	g0 := mapping{}
	for _, names := range [][2]string{{"I_syn_ex", "I_syn_in"}, {"g_ex", "g_in"}} {
		for k, name := range names {
			if p.own[name] != nil || p.shared[name] != 0 {
				g0.add([]string{"excitatory", "inhibitory"}[k], value(name, ""))
			}
		}
	}
	if len(g0) > 0 {
		m.add("g0", g0.String())
	}
}

// projection is the description of a piece.
func projection(p *piece, c *Circuit) mapping {
	m := mapping{}
	m.add("from", p.from.name)
	m.add("to", p.to.name)
	m.add("rule", "list")
	m.add("sonata", "true")
	e := network.Edges{Source: p.source, Target: p.target, Weight: p.weight, Delay: p.delay, SONATA: true}
	sign := 1.0
	if len(p.weight) > 0 {
		for _, w := range p.weight {
			if w < 0 {
				sign = -1
			}
		}
	}
	if w, ok := same(p.weight); ok {
		e.Weight = nil
		m.number("weight", w)
	}
	if d, ok := same(p.delay); ok {
		e.Delay = nil
		m.number("delay", d)
	}
	c.Edges[p.name] = e
	t := p.to.template
	m.add("synapse", t.synapse)
	if t.synapse != "delta" {
		tau := "tau_syn_ex"
		if sign < 0 {
			tau = "tau_syn_in"
		}
		m.number("tau_syn", p.to.shared[tau])
	}
	if p.shortTerm != "" {
		m.add("short_term", p.shortTerm)
	}
	return m
}
