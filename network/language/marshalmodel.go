package language

import (
	"strings"

	"einet/equation"
	"einet/network"
)

// asPrinted gives the parts of all expressions the places that they have in what Marshal writes.
func asPrinted(n *network.Network) {
	printed := map[*equation.Expr]*equation.Expr{}
	reset := func(e **equation.Expr) {
		if *e == nil {
			return
		}
		if printed[*e] == nil {
			again, err := equation.Parse((*e).String())
			if err != nil { // longer than an expression may be, where it was written with fewer blanks
				again = *e
			}
			printed[*e], printed[again] = again, again
		}
		*e = printed[*e]
	}
	of := func(m *network.NeuronModel) {
		for i := range m.Definitions {
			reset(&m.Definitions[i].Expr)
		}
		for i := range m.States {
			reset(&m.States[i].Start)
			reset(&m.States[i].Derivative)
		}
		reset(&m.Spike)
		for i := range m.Reset {
			reset(&m.Reset[i].Expr)
		}
	}
	for i := range n.Models {
		of(&n.Models[i])
	}
	for i := range n.Populations {
		if m := n.Populations[i].Model; m != nil {
			of(m)
		}
	}
}

// writeModel is a model in lines.
func writeModel(b *strings.Builder, m *network.NeuronModel) {
	b.WriteString("  " + m.Name + ":\n")
	line := func(key, value string) { b.WriteString("    " + key + ": " + value + "\n") }
	for _, k := range network.Keys("model", "") {
		switch k.Name {
		case "parameters":
			line(k.Name, writeParameters(m.Parameters))
		case "receptors":
			if len(m.Receptors) > 0 {
				line(k.Name, "["+strings.Join(m.Receptors, ", ")+"]")
			}
		case "definitions":
			f := fieldsOut{}
			for _, d := range m.Definitions {
				f.add(d.Name, plain(d.Expr.String()))
			}
			writeBlock(b, k.Name, f)
		case "state":
			line(k.Name, writeStarts(m.States))
		case "equations":
			f := fieldsOut{}
			for _, s := range m.States {
				f.add(s.Name+"'", plain(s.Derivative.String()))
			}
			writeBlock(b, k.Name, f)
		case "spike":
			line(k.Name, m.Spike.String())
		case "reset":
			f := fieldsOut{}
			for _, r := range m.Reset {
				f.add(r.State, inBraces(r.Expr.String()))
			}
			if len(f) > 0 {
				line(k.Name, "{"+f.String()+"}")
			}
		default:
			line(k.Name, writeField(&k, k.At(m)))
		}
	}
}

// writeBlock writes entries in a line each, if there are some.
func writeBlock(b *strings.Builder, key string, f fieldsOut) {
	if len(f) == 0 {
		return
	}
	b.WriteString("    " + key + ":\n")
	for _, e := range f {
		b.WriteString("      " + e + "\n")
	}
}

// inBraces is an expression within { }.
func inBraces(text string) string {
	if strings.Contains(text, ",") {
		return quote(text)
	}
	return plain(text)
}

func writeParameters(all []network.ModelParameter) string {
	f := fieldsOut{}
	for _, p := range all {
		f.add(p.Name, writeDistIn(p.Value, p.Unit))
	}
	return "{" + f.String() + "}"
}

func writeStarts(all []network.ModelState) string {
	f := fieldsOut{}
	for _, s := range all {
		if s.Start != nil {
			f.add(s.Name, inBraces(s.Start.String()))
		} else {
			f.add(s.Name, writeDistIn(s.StartDist, s.Unit))
		}
	}
	return "{" + f.String() + "}"
}
