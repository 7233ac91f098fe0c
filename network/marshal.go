package network

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Marshal writes the network as YAML with every field, the numbers in the
// shortest form that reads back as the same float64. Load gives an identical
// Network. A network that isn't valid is an error, as of Validate.
func (n *Network) Marshal() ([]byte, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\n", quote(n.Name))
	fmt.Fprintf(&b, "description: %s\n", quote(n.Description))
	fmt.Fprintf(&b, "source: %s\n", quote(n.Source))
	fmt.Fprintf(&b, "dt: %s # ms\n", exact(n.Dt))
	fmt.Fprintf(&b, "duration: %s # ms\n", exact(n.Duration))
	fmt.Fprintf(&b, "seed: %d\n", n.Seed)
	fmt.Fprintf(&b, "trial: %d\n", n.Trial)
	b.WriteString("\n# exponents: what follows a factor s on the sizes, as s^weight and so on\n")
	fmt.Fprintf(&b, "scale: {weight: %s, input: %s, p: %s}\n",
		exact(n.Scale.Weight), exact(n.Scale.Input), exact(n.Scale.P))
	b.WriteString("\n# size in neurons; tau_m, t_ref in ms; E_L, V_th, V_reset, V0, input (as R*I) in mV;\n" +
		"# of inputs the times in ms, frequency in Hz, phase in degrees\npopulations:\n")
	for _, p := range n.Populations {
		fmt.Fprintf(&b, "  %s: {%s}\n", p.Name, p.yaml())
	}
	if len(n.Projections) == 0 {
		return []byte(b.String()), nil
	}
	b.WriteString("\n# p in [0, 1]; weight in mV; delay, tau_syn in ms\nprojections:\n")
	for _, p := range n.Projections {
		fmt.Fprintf(&b, "  %s: {%s}\n", p.Name, p.yaml())
	}
	return []byte(b.String()), nil
}

func (p Population) yaml() string {
	return fmt.Sprintf("size: %d, neuron: %s, tau_m: %s, E_L: %s, V_th: %s, V_reset: %s, t_ref: %s, V0: %s, input: %s",
		p.Size, p.Neuron, exact(p.TauM), exact(p.EL), exact(p.VTh), exact(p.VReset), exact(p.TRef), p.V0.yaml(),
		p.Input.yaml())
}

func (p Projection) yaml() string {
	return fmt.Sprintf("from: %s, to: %s, rule: %s, p: %s, weight: %s, delay: %s, tau_syn: %s",
		plain(p.From), plain(p.To), p.Rule, exact(p.P), exact(p.Weight), exact(p.Delay), exact(p.TauSyn))
}

func (d Dist) yaml() string {
	if d.Kind == Uniform {
		return fmt.Sprintf("{uniform: [%s, %s]}", exact(d.A), exact(d.B))
	}
	return exact(d.A)
}

func (in Input) yaml() string {
	if len(in) == 1 {
		return in[0].yaml()
	}
	parts := make([]string, len(in))
	for i, part := range in {
		parts[i] = part.yaml()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (d DC) yaml() string { return exact(float64(d)) }

func (s Step) yaml() string {
	return fmt.Sprintf("{step: {at: %s, by: %s}}", exact(s.At), exact(s.By))
}

func (p Pulse) yaml() string {
	return fmt.Sprintf("{pulse: {at: %s, duration: %s, amplitude: %s}}", exact(p.At), exact(p.Duration), exact(p.Amplitude))
}

func (r Ramp) yaml() string {
	return fmt.Sprintf("{ramp: {at: %s, duration: %s, by: %s}}", exact(r.At), exact(r.Duration), exact(r.By))
}

func (s Sinusoid) yaml() string {
	return fmt.Sprintf("{sinusoid: {amplitude: %s, frequency: %s, phase: %s}}", exact(s.Amplitude), exact(s.Frequency), exact(s.Phase))
}

func (s Samples) yaml() string {
	when := "every: " + exact(s.Every)
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
