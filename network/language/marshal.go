package language

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"einet/fault"
	"einet/network"
)

// Marshal writes the network as YAML with every field, the numbers in the
// shortest form that reads back as the same float64. Load gives an identical
// Network. A network that isn't valid is an error, as of Validate.
func Marshal(n *network.Network) ([]byte, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\n", quote(n.Name))
	fmt.Fprintf(&b, "description: %s\n", quote(n.Description))
	fmt.Fprintf(&b, "source: %s\n", quote(n.Source))
	fmt.Fprintf(&b, "dt: %s # ms\n", fault.Exact(n.Dt))
	fmt.Fprintf(&b, "duration: %s # ms\n", fault.Exact(n.Duration))
	fmt.Fprintf(&b, "seed: %d\n", n.Seed)
	fmt.Fprintf(&b, "trial: %d\n", n.Trial)
	b.WriteString("\n# exponents: what follows a factor s on the sizes, as s^weight and so on\n")
	fmt.Fprintf(&b, "scale: {%s}\n", writeScaling(n.Scale))
	fmt.Fprintf(&b, "\nrecord: {%s}\n", writeRecord(n.Record))
	b.WriteString("\n# size in neurons; times in ms; potentials in mV; currents as R*I in mV or, with C_m [pF], in pA; rates in Hz;\n" +
		"# of inputs the times in ms, frequency in Hz, phase in degrees\npopulations:\n")
	for _, p := range n.Populations {
		fmt.Fprintf(&b, "  %s: {%s}\n", p.Name, writePopulation(p))
	}
	if len(n.Projections) == 0 {
		return []byte(b.String()), nil
	}
	b.WriteString("\n# weight in mV, in pA where the target has C_m, in nS of lif_cond; delay, tau_syn in ms\nprojections:\n")
	for _, p := range n.Projections {
		fmt.Fprintf(&b, "  %s: {%s}\n", p.Name, writeProjection(p))
	}
	return []byte(b.String()), nil
}

func writePopulation(p network.Population) string {
	f := fieldsOut{}
	f.add("size", strconv.Itoa(p.Size))
	f.add("neuron", string(p.Neuron))
	switch p.Neuron {
	case network.Poisson:
		f.add("rate", writeInput(p.Rate))
		return f.String()
	case network.SpikeSource:
		if p.Spikes.File.Path != "" {
			f.file(p.Spikes.File)
			f.reading(p.Spikes.As.Columns, p.Spikes.As.Population)
			f.first("first_id", p.Spikes.As.FirstID)
			f.word("time_unit", p.Spikes.As.TimeUnit)
			f.word("early", p.Spikes.Early)
			return f.String()
		}
		f.add("times", list(p.Spikes.Times))
		neurons := make([]float64, len(p.Spikes.Neuron))
		for i, n := range p.Spikes.Neuron {
			neurons[i] = float64(n)
		}
		f.add("neurons", list(neurons))
		f.word("early", p.Spikes.Early)
		return f.String()
	case network.LIFCond:
		f.number("C_m", p.CM)
		f.number("g_L", p.GL)
		f.number("E_ex", p.EEx)
		f.number("E_in", p.EIn)
	case network.LIF:
		f.number("tau_m", p.TauM)
		if p.CM > 0 {
			f.number("C_m", p.CM)
		}
	}
	f.number("E_L", p.EL)
	f.add("V_th", writeDist(p.VTh))
	f.number("V_reset", p.VReset)
	f.number("t_ref", p.TRef)
	f.add("V0", writeDist(p.V0))
	if zero := network.Number(0); p.G0Ex != zero || p.G0In != zero {
		f.add("g0", "{excitatory: "+writeDist(p.G0Ex)+", inhibitory: "+writeDist(p.G0In)+"}")
	}
	f.add("input", writeInput(p.Input))
	if p.Bias != network.Number(0) {
		f.add("bias", writeDist(p.Bias))
	}
	f.noise(&p)
	return f.String()
}

func (f *fieldsOut) noise(p *network.Population) {
	var inputs []string
	for _, in := range p.PoissonInput {
		g := fieldsOut{}
		g.number("rate", in.Rate)
		g.number("weight", in.Weight)
		g.synapse(in.Synapse, in.TauSyn)
		inputs = append(inputs, "{"+g.String()+"}")
	}
	if len(inputs) > 0 {
		f.add("poisson", "["+strings.Join(inputs, ", ")+"]")
	}
	if p.WhiteNoise > 0 {
		f.add("white_noise", "{sd: "+fault.Exact(p.WhiteNoise)+"}")
	}
	if p.OUNoise != (network.OUNoise{}) {
		f.add("ou_noise", "{sd: "+fault.Exact(p.OUNoise.SD)+", tau: "+fault.Exact(p.OUNoise.Tau)+"}")
	}
}

func writeProjection(p network.Projection) string {
	f := fieldsOut{}
	f.add("from", plain(p.From))
	f.add("to", plain(p.To))
	f.add("rule", string(p.Rule))
	switch p.Rule {
	case network.FixedProbability:
		f.number("p", p.P)
	case network.FixedInDegree:
		f.add("indegree", strconv.Itoa(p.N))
	case network.FixedOutDegree:
		f.add("outdegree", strconv.Itoa(p.N))
	case network.FixedTotalNumber:
		f.add("synapses", strconv.Itoa(p.N))
	case network.List:
		f.edges(&p.Edges)
	case network.AllToAll, network.OneToOne:
	}
	if p.Rule.Counts() {
		f.add("multapses", strconv.FormatBool(p.Multapses))
	}
	f.add("autapses", strconv.FormatBool(p.Autapses))
	f.add("weight", writeDist(p.Weight))
	f.add("delay", writeDist(p.Delay))
	f.synapse(p.Synapse, p.TauSyn)
	return f.String()
}

// fieldsOut are the entries of a mapping, written in a line.
type fieldsOut []string

func (f *fieldsOut) add(key, value string)        { *f = append(*f, key+": "+value) }
func (f *fieldsOut) number(key string, x float64) { f.add(key, fault.Exact(x)) }
func (f fieldsOut) String() string                { return strings.Join(f, ", ") }

func (f *fieldsOut) synapse(shape network.Synapse, tau float64) {
	f.add("synapse", string(shape))
	if shape != network.Delta {
		f.number("tau_syn", tau)
	}
}

func (f *fieldsOut) file(file network.File) {
	f.add("file", quote(file.Path))
	f.add("sha256", quote(file.SHA256))
}

// reading writes how a file was read, where it was said.
func (f *fieldsOut) reading(columns []string, population string) {
	if len(columns) > 0 {
		names := make([]string, len(columns))
		for i, c := range columns {
			names[i] = quote(c)
		}
		f.add("columns", "["+strings.Join(names, ", ")+"]")
	}
	if population != "" {
		f.add("population", quote(population))
	}
}

func (f *fieldsOut) first(key string, id *int64) {
	if id != nil {
		f.add(key, strconv.FormatInt(*id, 10))
	}
}

func (f *fieldsOut) word(key, word string) {
	if word != "" {
		f.add(key, word)
	}
}

func (f *fieldsOut) edges(e *network.Edges) {
	if e.File.Path != "" {
		f.file(e.File)
		f.reading(e.As.Columns, e.As.Population)
		f.first("first_source", e.As.FirstSource)
		f.first("first_target", e.As.FirstTarget)
		return
	}
	rows := make([]string, len(e.Source))
	for i := range e.Source {
		cells := []float64{float64(e.Source[i]), float64(e.Target[i])}
		if e.Weight != nil {
			cells = append(cells, e.Weight[i])
		}
		if e.Delay != nil {
			cells = append(cells, e.Delay[i])
		}
		rows[i] = list(cells)
	}
	f.add("edges", "["+strings.Join(rows, ", ")+"]")
}

func writeDist(d network.Dist) string {
	switch d.Kind {
	case network.Uniform:
		return fmt.Sprintf("{uniform: [%s, %s]}", fault.Exact(d.A), fault.Exact(d.B))
	case network.Normal, network.LogNormal:
		f := fieldsOut{}
		f.number("mean", d.A)
		f.number("sd", d.B)
		if !math.IsInf(d.Low, 0) {
			f.number("low", d.Low)
		}
		if !math.IsInf(d.High, 0) {
			f.number("high", d.High)
		}
		if d.Redraw {
			f.add("outside", redrawn)
		}
		return fmt.Sprintf("{%s: {%s}}", d.Kind, f)
	case network.Constant, "":
	}
	return fault.Exact(d.A)
}

func writeScaling(s network.Scaling) string {
	f := fieldsOut{}
	f.number("weight", s.Weight)
	f.number("input", s.Input)
	f.number("p", s.P)
	f.number("indegree", s.Indegree)
	f.number("poisson_rate", s.PoissonRate)
	if s.Rule != "" {
		f.add("rule", string(s.Rule))
	}
	if len(s.Rates) > 0 {
		g := fieldsOut{}
		for _, r := range s.Rates {
			g.number(r.Population, r.Hz)
		}
		f.add("rates", "{"+g.String()+"}")
	}
	return f.String()
}

func writeRecord(r network.Record) string {
	f := fieldsOut{}
	switch {
	case r.Spikes == nil:
		f.add("spikes", "all")
	case len(r.Spikes) == 0:
		f.add("spikes", "none")
	default:
		g := fieldsOut{}
		for _, s := range r.Spikes {
			g.add(s.Population, writeNeurons(&s.Neurons))
		}
		f.add("spikes", "{"+g.String()+"}")
	}
	if len(r.State) > 0 {
		g := fieldsOut{}
		for _, s := range r.State {
			h := fieldsOut{}
			h.add("neurons", writeNeurons(&s.Neurons))
			h.number("every", s.Every)
			h.variables(s.Variables)
			g.add(s.Population, "{"+h.String()+"}")
		}
		f.add("state", "{"+g.String()+"}")
	}
	if len(r.Counted) > 0 {
		f.add("histograms", "{"+histogramsYAML(r.Counted)+"}")
	}
	if r.Averages.Every > 0 {
		f.add("averages", writeAverages(&r.Averages))
	}
	return f.String()
}

func writeAverages(r *network.RecordAverages) string {
	if r.Neurons == nil && r.Variables == nil {
		return fault.Exact(r.Every)
	}
	f := fieldsOut{}
	f.number("every", r.Every)
	if r.Neurons != nil {
		g := fieldsOut{}
		for _, s := range r.Neurons {
			g.add(s.Population, writeNeurons(&s.Neurons))
		}
		f.add("neurons", "{"+g.String()+"}")
	}
	f.variables(r.Variables)
	return "{" + f.String() + "}"
}

func (f *fieldsOut) variables(names []string) {
	if names != nil {
		f.add("variables", "["+strings.Join(names, ", ")+"]")
	}
}

func histogramsYAML(all []network.RecordHistogram) string {
	f := fieldsOut{}
	for len(all) > 0 {
		g, population := fieldsOut{}, all[0].Population
		for ; len(all) > 0 && all[0].Population == population; all = all[1:] {
			h := all[0]
			k := fieldsOut{}
			k.number("low", h.Low)
			k.number("high", h.High)
			k.add("bins", strconv.Itoa(h.Bins))
			k.number("every", h.Every)
			if h.Neurons != nil {
				k.add("neurons", writeNeurons(h.Neurons))
			}
			g.add(h.Variable, "{"+k.String()+"}")
		}
		f.add(population, "{"+g.String()+"}")
	}
	return f.String()
}

func writeInput(in network.Input) string {
	if len(in) == 1 {
		return writeComponent(in[0])
	}
	parts := make([]string, len(in))
	for i, part := range in {
		parts[i] = writeComponent(part)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func writeDC(d network.DC) string { return fault.Exact(float64(d)) }

func writeStep(s network.Step) string {
	return fmt.Sprintf("{step: {at: %s, by: %s}}", fault.Exact(s.At), fault.Exact(s.By))
}

func writePulse(p network.Pulse) string {
	return fmt.Sprintf("{pulse: {at: %s, duration: %s, amplitude: %s}}", fault.Exact(p.At), fault.Exact(p.Duration), fault.Exact(p.Amplitude))
}

func writeRamp(r network.Ramp) string {
	return fmt.Sprintf("{ramp: {at: %s, duration: %s, by: %s}}", fault.Exact(r.At), fault.Exact(r.Duration), fault.Exact(r.By))
}

func writeSinusoid(s network.Sinusoid) string {
	return fmt.Sprintf("{sinusoid: {amplitude: %s, frequency: %s, phase: %s}}", fault.Exact(s.Amplitude), fault.Exact(s.Frequency), fault.Exact(s.Phase))
}

func writeSamples(s network.Samples) string {
	when := "every: " + fault.Exact(s.Every)
	if s.Times != nil {
		when = "times: " + list(s.Times)
	}
	return fmt.Sprintf("{samples: {%s, values: %s}}", when, list(s.Values))
}

func list(numbers []float64) string {
	text := []byte{'['}
	for i, x := range numbers {
		if i > 0 {
			text = append(text, ", "...)
		}
		text = strconv.AppendFloat(text, x, 'g', -1, 64)
	}
	return string(append(text, ']'))
}

// plain writes a population's name as a value; YAML reads some words as null.
func plain(name string) string {
	if strings.EqualFold(name, "null") {
		return quote(name)
	}
	return name
}

// quote writes a text in YAML's double quotes, whose escapes are not Go's.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			b.WriteString(`\U` + hex(r, 8))
		default:
			b.WriteString(`\u` + hex(r, 4))
		}
	}
	b.WriteByte('"')
	return b.String()
}

func hex(r rune, digits int) string {
	s := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", digits-len(s)) + s
}

func writeComponent(c network.Component) string {
	switch c := c.(type) {
	case network.DC:
		return writeDC(c)
	case network.Step:
		return writeStep(c)
	case network.Pulse:
		return writePulse(c)
	case network.Ramp:
		return writeRamp(c)
	case network.Sinusoid:
		return writeSinusoid(c)
	}
	return writeSamples(c.(network.Samples))
}
