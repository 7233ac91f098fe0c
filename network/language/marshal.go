package language

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"einet/equation"
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
	keys := network.Keys("network", "")
	for i := range keys {
		k := &keys[i]
		if k.At != nil && k.Is != network.AMapping && k.Is != network.GroupsBy {
			fmt.Fprintf(&b, "%s: %s%s\n", k.Name, writeField(k, k.At(n)), unitComment(k))
		}
	}
	if n.SONATA.File.Path != "" {
		fmt.Fprintf(&b, "sonata: %s\n", writeMapping(&n.SONATA, network.Keys("sonata", "")))
	}
	b.WriteString("\n# exponents: what follows a factor s on the sizes, as s^weight and so on\n")
	fmt.Fprintf(&b, "scale: %s\n", writeMapping(&n.Scale, network.Keys("scale", "")))
	fmt.Fprintf(&b, "\nrecord: %s\n", writeMapping(&n.Record, network.Keys("record", "")))
	if len(n.Models) > 0 {
		b.WriteString("\nmodels:\n")
	}
	for i := range n.Models {
		writeModel(&b, &n.Models[i])
	}
	b.WriteString("\n# size in neurons; times in ms; potentials in mV; currents as R*I in mV or, with C_m [pF], in pA; rates in Hz;\n" +
		"# of inputs the times in ms, frequency in Hz, phase in degrees\npopulations:\n")
	for _, p := range n.Populations {
		fmt.Fprintf(&b, "  %s: %s\n", p.Name, writeMapping(&p, p.Keys()))
	}
	writeGroups(&b, n)
	if len(n.Projections) == 0 {
		return []byte(b.String()), nil
	}
	b.WriteString("\n# weight in mV, in pA where the target has C_m, in nS of lif_cond; delay, tau_syn in ms\nprojections:\n")
	for _, p := range n.Projections {
		fmt.Fprintf(&b, "  %s: %s\n", p.Name, writeMapping(&p, network.Keys("projection", string(p.Rule))))
	}
	return []byte(b.String()), nil
}

func unitComment(k *network.Key) string {
	if k.Unit == "" {
		return ""
	}
	return " # " + k.Unit
}

// fieldsOut are the entries of a mapping, written in a line.
type fieldsOut []string

func (f *fieldsOut) add(key, value string) { *f = append(*f, key+": "+value) }
func (f fieldsOut) String() string         { return strings.Join(f, ", ") }

// writeEdges writes synapses in rows, or in columns where they have delays and no weights.
func writeEdges(e *network.Edges) string {
	if e.Delay != nil && e.Weight == nil {
		f := fieldsOut{}
		f.add("source", list(e.Source))
		f.add("target", list(e.Target))
		f.add("delay", list(e.Delay))
		return "{" + f.String() + "}"
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
	return "[" + strings.Join(rows, ", ") + "]"
}

func writeDist(d network.Dist) string { return writeDistIn(d, equation.Plain) }

// writeDistIn is a distribution of numbers with a unit.
func writeDistIn(d network.Dist, unit equation.Dimension) string {
	exact := func(x float64) string { return equation.Quantity(x, unit) }
	switch d.Kind {
	case network.Uniform:
		return fmt.Sprintf("{uniform: [%s, %s]}", exact(d.A), exact(d.B))
	case network.Normal, network.LogNormal:
		f := fieldsOut{}
		f.add("mean", exact(d.A))
		f.add("sd", exact(d.B))
		if !math.IsInf(d.Low, 0) {
			f.add("low", exact(d.Low))
		}
		if !math.IsInf(d.High, 0) {
			f.add("high", exact(d.High))
		}
		if d.Redraw {
			f.add("outside", redrawn)
		}
		return fmt.Sprintf("{%s: {%s}}", d.Kind, f)
	case network.OfNodes:
		return "{nodes: " + d.Nodes.Name + "}"
	case network.Constant, "":
	}
	return exact(d.A)
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

func writeComponent(part network.Component) string {
	if d, ok := part.(network.DC); ok {
		return fault.Exact(float64(d))
	}
	course, of := network.CourseOf(part)
	text := ""
	if s, ok := of.(*network.Samples); ok {
		text = writeSamples(s)
	} else {
		text = writeMapping(of, network.Keys(course.Name, ""))
	}
	return "{" + course.Name + ": " + text + "}"
}

func writeSamples(s *network.Samples) string {
	when := "every: " + fault.Exact(s.Every)
	if s.Times != nil {
		when = "times: " + list(s.Times)
	}
	return fmt.Sprintf("{%s, values: %s}", when, list(s.Values))
}

func list[T int | uint32 | float64](numbers []T) string {
	text := []byte{'['}
	for i, x := range numbers {
		if i > 0 {
			text = append(text, ", "...)
		}
		text = strconv.AppendFloat(text, float64(x), 'g', -1, 64)
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
