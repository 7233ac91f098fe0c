package report

import (
	"fmt"
	"slices"
	"strings"

	"einet/network"
)

// mostListed is the most projections that the page's table has.
const mostListed = 200

// populationTable says what the neurons are.
func populationTable(net *network.Network, run int) table {
	t := table{
		Name:   "population",
		Header: []cell{{Text: "neurons"}, {Text: "model", Words: true}, {Text: "membrane", Words: true}, {Text: "external input", Words: true}},
	}
	for i := range net.Populations {
		p := &net.Populations[i]
		t.Rows = append(t.Rows, row{
			Name: p.Name, Colour: fmt.Sprintf("--r%dp%d", run, i),
			Cells: []cell{{Text: grouped(int64(p.Size))}, {Text: modelOf(p) + placesOf(p), Words: true}, {Text: membrane(p), Words: true}, {Text: unbroken(append(external(p), ofGroups(net, p)...)), Words: true}},
		})
	}
	return t
}

// ofGroups is what groups of a population receive besides.
func ofGroups(net *network.Network, p *network.Population) (parts []string) {
	for _, g := range net.GroupsOf(p.Name) {
		var of []string
		if len(g.Input) > 0 {
			of = append(of, inputText(g.Input, p.CurrentUnit()))
		}
		if g.Bias != (network.Dist{}) && g.Bias != network.Number(0) {
			of = append(of, "bias "+dist(g.Bias, p.CurrentUnit()))
		}
		if of = append(of, random(p, g.PoissonInput, g.WhiteNoise, g.OUNoise)...); len(of) > 0 {
			parts = append(parts, g.Name+": "+strings.Join(of, ", "))
		}
	}
	return parts
}

// placesOf is where a population's neurons are, if they have positions.
func placesOf(p *network.Population) string {
	if p.Positions.Layout == network.Nowhere {
		return ""
	}
	return ", " + p.Positions.String()
}

func modelOf(p *network.Population) string {
	switch {
	case p.Model != nil:
		var states []string
		for _, s := range p.Model.States {
			states = append(states, s.Name)
		}
		return fmt.Sprintf("%s (equations of %s)", p.Neuron, strings.Join(states, ", "))
	case p.Neuron == network.Poisson:
		return "Poisson source"
	case p.Neuron == network.SpikeSource:
		return "given spikes"
	case p.Neuron == network.LIFCond:
		return "LIF, conductances"
	}
	return "LIF, currents"
}

// membrane are the numbers of a population's neurons that are looked for first.
func membrane(p *network.Population) string {
	if p.Neuron.IsSource() {
		if p.Neuron == network.Poisson {
			return inputText(p.Rate, "Hz")
		}
		return grouped(int64(len(p.Spikes.Times))) + " spikes"
	}
	var parts []string
	if p.TauM > 0 {
		parts = append(parts, "τ_m "+short(p.TauM)+" ms")
	}
	if p.Model == nil {
		parts = append(parts, "V_th "+dist(p.VTh, "mV"), "V_reset "+short(p.VReset)+" mV", "E_L "+short(p.EL)+" mV", "t_ref "+short(p.TRef)+" ms")
		return unbroken(parts)
	}
	for _, q := range p.Model.Parameters {
		parts = append(parts, strings.TrimSpace(q.Name+" "+dist(q.Value, q.Unit.String())))
	}
	if len(parts) > 8 {
		parts = append(parts[:8], fmt.Sprintf("and %d more", len(parts)-8))
	}
	return unbroken(parts)
}

// unbroken joins parts so that lines end between them.
func unbroken(parts []string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.Join(parts, ", "), " ", "\u00a0"), ",\u00a0", ", ")
}

// external is what a population receives from outside, part by part.
func external(p *network.Population) (parts []string) {
	if p.Neuron.IsSource() {
		return nil
	}
	unit := p.CurrentUnit()
	if x, ok := p.Input.Constant(); !ok || x != 0 {
		parts = append(parts, inputText(p.Input, unit))
	}
	if !p.Bias.IsNumber() || p.Bias.Mean() != 0 {
		parts = append(parts, "bias "+dist(p.Bias, unit))
	}
	return append(parts, random(p, p.PoissonInput, p.WhiteNoise, p.OUNoise)...)
}

// random is what neurons of a population receive at random.
func random(p *network.Population, poisson []network.PoissonInput, white float64, ou network.OUNoise) (parts []string) {
	for _, in := range poisson {
		parts = append(parts, fmt.Sprintf("Poisson %s × %s", hertz(in.Rate), short(in.Weight)+" "+p.WeightUnit(in.Synapse, in.Receptor)))
	}
	if white > 0 {
		parts = append(parts, "white noise, sd "+short(white)+" mV")
	}
	if ou.SD > 0 {
		parts = append(parts, fmt.Sprintf("OU noise, sd %s %s, τ %s ms", short(ou.SD), p.CurrentUnit(), short(ou.Tau)))
	}
	return parts
}

func hertz(x float64) string {
	if x >= 1000 {
		return short(x/1000) + " kHz"
	}
	return short(x) + " Hz"
}

func inputText(in network.Input, unit string) string {
	if x, ok := in.Constant(); ok {
		return short(x) + " " + unit
	}
	lo, hi := in.Bounds()
	return fmt.Sprintf("%s to %s %s in time", short(lo), short(hi), unit)
}

// dist is a number or a distribution with its unit.
func dist(d network.Dist, unit string) string {
	if unit != "" && unit != "1" {
		unit = " " + unit
	} else {
		unit = ""
	}
	switch {
	case d.IsNumber():
		return short(d.Mean()) + unit
	case d.Kind == network.Uniform:
		return fmt.Sprintf("%s to %s%s", short(d.A), short(d.B), unit)
	}
	return fmt.Sprintf("%s ± %s%s", short(d.A), short(d.B), unit)
}

// A connection is a projection as it is drawn and listed.
type connection struct {
	from, to int     // populations
	inDegree float64 // mean
	weight   float64 // mean
	text     string  // of the weight
	excites  bool
}

// strength is the mean weight times the in-degree.
func (c connection) strength() float64 { return max(c.weight, -c.weight) * c.inDegree }

func connectionOf(net *network.Network, i int) connection {
	p := &net.Projections[i]
	c := connection{from: net.Population(p.From), to: net.Population(p.To), weight: p.Weight.Mean(), excites: p.Excitatory()}
	unit := net.Populations[c.to].WeightUnit(p.Synapse, p.Receptor)
	c.text = dist(p.Weight, unit)
	if p.WeightBy.Falls() {
		c.weight = net.MeanWeight(i)
		c.text = fmt.Sprintf("up to %s by distance (%s)", c.text, p.WeightBy)
	}
	if w := p.Edges.Weight; len(w) > 0 {
		sum := 0.0
		for _, x := range w {
			sum += x
		}
		c.weight = sum / float64(len(w))
		c.text = fmt.Sprintf("%s %s on average (listed)", short(c.weight), unit)
	}
	_, to := net.Ends(i)
	if p.Plasticity.Weights.Path != "" {
		c.text = "of a file"
	}
	c.inDegree, _ = net.MeanSynapses(i)
	c.inDegree -= p.MeanLeftOut(net.Selves(i)) / float64(to.Size)
	return c
}

// projectionTable lists the projections with their weights, in-degrees and delays.
func projectionTable(net *network.Network) table {
	t := table{
		Name: "projection",
		Header: []cell{{Text: "from", Words: true}, {Text: "to", Words: true}, {Text: "sign", Words: true}, {Text: "weight"}, {Text: "in-degree", Title: "mean number of synapses of a target"},
			{Text: "delay"}, {Text: "synapse", Words: true}, {Text: "rule", Words: true}},
	}
	for i := range net.Projections {
		if i == mostListed {
			t.Note = fmt.Sprintf("%d more are in network.yaml.", len(net.Projections)-mostListed)
			break
		}
		p, c := &net.Projections[i], connectionOf(net, i)
		from, to := p.EndNames()
		sign := "+ excites"
		if !c.excites {
			sign = "\u2212 inhibits"
		}
		delay := dist(p.Delay, "ms")
		if d := p.Edges.Delay; len(d) > 0 {
			delay = fmt.Sprintf("%s to %s ms (listed)", short(slices.Min(d)), short(slices.Max(d)))
		} else if p.Speed != 0 {
			delay += fmt.Sprintf(" and distance at %s mm/ms", short(p.Speed))
		}
		synapse := string(p.Synapse)
		if p.TauSyn > 0 {
			synapse += ", τ " + short(p.TauSyn) + " ms"
		}
		if p.Receptor != "" {
			synapse += ", " + p.Receptor
		}
		synapse += shortTermText(&p.ShortTerm) + plasticityText(&p.Plasticity)
		t.Rows = append(t.Rows, row{Name: p.Name, Cells: []cell{
			{Text: from, Words: true}, {Text: to, Words: true}, {Text: sign, Words: true}, {Text: c.text}, {Text: short(c.inDegree)}, {Text: delay},
			{Text: synapse, Words: true}, {Text: ruleText(p), Words: true},
		}})
	}
	return t
}

func shortTermText(s *network.ShortTerm) string {
	if !s.Is() {
		return ""
	}
	text := ", U " + short(s.U)
	for _, x := range []struct {
		name string
		tau  float64
	}{{"rec", s.TauRec}, {"facil", s.TauFacil}} {
		if x.tau > 0 {
			text += fmt.Sprintf(", τ %s %s ms", x.name, short(x.tau))
		}
	}
	return text
}

func plasticityText(p *network.Plasticity) string {
	if !p.Is() {
		return ""
	}
	b := p.Bounds()
	text := fmt.Sprintf(", %s changes weights within %s and %s", p.Rule(), short(b.Min), short(b.Max))
	if p.Weights.Path != "" {
		text += ", from those of " + p.Weights.Path + " on"
	}
	return text
}

func ruleText(p *network.Projection) string {
	text := strings.ReplaceAll(string(p.Rule), "_", " ")
	switch {
	case p.Rule == network.FixedProbability && p.Near.Falls():
		text += fmt.Sprintf(", p up to %s by distance (%s)", short(p.P), p.Near)
	case p.Near.Falls():
		text += fmt.Sprintf(", %s by distance (%s)", grouped(int64(p.N)), p.Near)
	case p.Rule == network.FixedProbability:
		text += ", p " + short(p.P)
	case p.Rule.Counts():
		text += ", " + grouped(int64(p.N))
	case p.Rule == network.List && (p.Edges.File.Path != "" || p.Edges.SONATA):
		text += ", of a file"
	}
	if p.Pairs != network.AllPairs {
		text += ", " + string(p.Pairs) + " parts"
	}
	return text
}
