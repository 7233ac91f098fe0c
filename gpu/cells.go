package gpu

import (
	"fmt"
	"slices"
	"strings"

	"einet/dynamics"
	"einet/program"
	"einet/shaders"
)

// cells are the programs of a network's neurons. Those whose code is the same but for constants are one, and the constants are in tables:
// kernels depend on what is computed and not on parameters, so that drivers find them compiled.
type cells struct {
	programs []*program.Program
	of       []int // [population] its program; -1 where it has none
}

func newCells(m *dynamics.Model) cells {
	var c cells
	for i := range m.Populations {
		cell := m.Populations[i].Cell
		if cell == nil {
			c.of = append(c.of, -1)
			continue
		}
		k := slices.IndexFunc(c.programs, cell.Program.SameCode)
		if k < 0 {
			k = len(c.programs)
			c.programs = append(c.programs, cell.Program)
		}
		c.of = append(c.of, k)
	}
	return c
}

// defines are the sizes of what the functions of programs take.
func (c *cells) defines() shaders.Defines {
	states, owns, normals := 1, 1, 0
	for _, p := range c.programs {
		states, owns, normals = max(states, len(p.States)), max(owns, len(p.Owns)), max(normals, p.Normals)
	}
	return shaders.Defines{"PROGRAMS": len(c.programs), "STATES": states, "OWNS": owns, "NORMALS": normals, "FAILS": c.fail()}
}

// fail tells whether a step of some program can fail.
func (c *cells) fail() bool {
	return slices.ContainsFunc(c.programs, func(p *program.Program) bool { return p.Fails != program.None })
}

// The file that kernels include.
const programsFile = "programs.glsl"

// printed is the programs in GLSL: load_cell, step_cell and store_cell for the number of one.
func (c *cells) printed() shaders.Include {
	var w strings.Builder
	w.WriteString("// Printed from the programs of a network's neurons.\n")
	if len(c.programs) == 0 {
		return shaders.Include{Name: programsFile, Text: w.String()}
	}
	for k, p := range c.programs {
		printLoad(&w, k, p)
	}
	printSteps(&w, c.programs)
	for k, p := range c.programs {
		printStore(&w, k, p)
	}
	printChoice(&w, "void", "load_cell", "uint at, uint size, inout uint s[STATES], inout uint own[OWNS]", "load_%d(at, size, s, own)", len(c.programs))
	printChoice(&w, "void", "store_cell", "uint at, uint size, uint s[STATES]", "store_%d(at, size, s)", len(c.programs))
	return shaders.Include{Name: programsFile, Text: w.String()}
}

// printedSteps is step_cell alone.
func (c *cells) printedSteps() shaders.Include {
	var w strings.Builder
	w.WriteString("// Printed from programs.\n")
	printSteps(&w, c.programs)
	return shaders.Include{Name: programsFile, Text: w.String()}
}

// printChoice prints a function that calls one of n by its number.
func printChoice(w *strings.Builder, result, name, parameters, call string, n int) {
	fmt.Fprintf(w, "\n%s %s(uint which, %s) {\n", result, name, parameters)
	give := ""
	if result != "void" {
		give = "return "
	}
	for k := range n - 1 {
		fmt.Fprintf(w, "    if (which == %du) {\n        %s%s;\n", k, give, fmt.Sprintf(call, k))
		if give == "" {
			w.WriteString("        return;\n")
		}
		w.WriteString("    }\n")
	}
	fmt.Fprintf(w, "    %s%s;\n}\n", give, fmt.Sprintf(call, n-1))
}

// placeOf is that of the k-th word of a neuron.
func placeOf(k int) string {
	switch k {
	case 0:
		return "states[at]"
	case 1:
		return "states[at + size]"
	}
	return fmt.Sprintf("states[at + %du * size]", k)
}

// changes tells whether a step changes a state.
func changes(p *program.Program, state int) bool {
	i := p.Code[p.Next[state]]
	return i.Op != program.State || int(i.A) != state
}

func printLoad(w *strings.Builder, k int, p *program.Program) {
	fmt.Fprintf(w, "\nvoid load_%d(uint at, uint size, inout uint s[STATES], inout uint own[OWNS]) {\n", k)
	for s := range p.States {
		fmt.Fprintf(w, "    s[%d] = %s;\n", s, placeOf(s))
	}
	for o := range p.Owns {
		fmt.Fprintf(w, "    own[%d] = %s;\n", o, placeOf(len(p.States)+o))
	}
	w.WriteString("}\n")
}

func printStore(w *strings.Builder, k int, p *program.Program) {
	fmt.Fprintf(w, "\nvoid store_%d(uint at, uint size, uint s[STATES]) {\n", k)
	for s := range p.States {
		if changes(p, s) {
			fmt.Fprintf(w, "    %s = s[%d];\n", placeOf(s), s)
		}
	}
	w.WriteString("}\n")
}

// stepParameters are what a step reads of a neuron, and its states. Words are bits of floats and ints.
const (
	stepParameters = "uint constants, inout uint s[STATES], uint own[OWNS], float drive, int clock, int counted[RECEPTORS], float normal[NORMALS + 1], out bool fails"
	stepArguments  = "constants, s, own, drive, clock, counted, normal, fails"
)

// printSteps prints each program as a function, which says whether the neuron fires, and step_cell.
func printSteps(w *strings.Builder, programs []*program.Program) {
	for k, p := range programs {
		printStep(w, k, p)
	}
	printChoice(w, "bool", "step_cell", stepParameters, "step_%d("+stepArguments+")", len(programs))
}

func printStep(w *strings.Builder, k int, p *program.Program) {
	fmt.Fprintf(w, "\nbool step_%d(%s) {\n", k, stepParameters)
	for v, i := range p.Code {
		fmt.Fprintf(w, "    %s v%d = %s;\n", typeNames[i.Type], v, expression(p, i))
	}
	for s, v := range p.Next {
		if changes(p, s) {
			fmt.Fprintf(w, "    s[%d] = %s;\n", s, word(p.States[s], v))
		}
	}
	fails := "false"
	if p.Fails != program.None {
		fails = fmt.Sprint("v", p.Fails)
	}
	fmt.Fprintf(w, "    fails = %s;\n    return v%d;\n}\n", fails, p.Fires)
}

// typeNames are the types in GLSL. What is precise is neither fused nor rearranged: Mesa takes x < z && y < z for max(x, y) < z where truths
// aren't, which is another thing where x or y is no number.
var typeNames = [...]string{program.Float: "precise float", program.Int: "int", program.Truth: "precise bool"}

// word is the bits of a value.
func word(t program.Type, v program.Value) string {
	if t == program.Float {
		return fmt.Sprintf("floatBitsToUint(v%d)", v)
	}
	return fmt.Sprintf("uint(v%d)", v)
}

// valueOf is the value of a word.
func valueOf(t program.Type, word string) string {
	if t == program.Float {
		return "uintBitsToFloat(" + word + ")"
	}
	return "int(" + word + ")"
}

// expression is what an instruction computes. Signs are changed by bits, for a compiler may take -x for 0 - x; a minimum is a choice, as
// package program says it, for min(x, y) of a zero or of no number is one or the other.
func expression(p *program.Program, i program.Instruction) string {
	switch i.Op {
	case program.Constant:
		return valueOf(i.Type, fmt.Sprintf("tables[constants + %du]", i.A))
	case program.State:
		return valueOf(i.Type, fmt.Sprintf("s[%d]", i.A))
	case program.Own:
		return valueOf(i.Type, fmt.Sprintf("own[%d]", i.A))
	case program.Drive:
		return "drive"
	case program.Now:
		return "clock"
	case program.Arriving:
		return fmt.Sprintf("as_float(counted[%d])", i.A)
	case program.Normal:
		return fmt.Sprintf("normal[%d]", i.A)
	case program.ShiftLeft:
		return fmt.Sprintf("v%d << %d", i.A, i.B)
	case program.ShiftRight:
		return fmt.Sprintf("v%d >> %d", i.A, i.B)
	case program.ShiftDown:
		return fmt.Sprintf("int(uint(v%d) >> %du)", i.A, i.B)
	}
	var values []any
	for _, v := range i.Operands() {
		values = append(values, fmt.Sprint("v", v))
	}
	return fmt.Sprintf(expressions[i.Op], values...)
}

// expressions are the operations on values.
var expressions = [...]string{
	program.Add: "%s + %s", program.Sub: "%s - %s", program.Mul: "%s * %s",
	program.Neg: "uintBitsToFloat(floatBitsToUint(%s) ^ 0x80000000u)", program.Abs: "uintBitsToFloat(floatBitsToUint(%s) & 0x7fffffffu)",
	program.Min: "%[1]s < %[2]s ? %[1]s : %[2]s", program.Max: "%[1]s > %[2]s ? %[1]s : %[2]s",
	program.Flush: "abs(%[1]s) < uintBitsToFloat(0x0d800000u) ? 0.0 : %[1]s",
	program.Less:  "%s < %s", program.LessEqual: "%s <= %s", program.Equal: "%s == %s",
	program.IntLess: "%s < %s", program.IntEqual: "%s == %s",
	program.And: "%s && %s", program.Or: "%s || %s", program.Not: "!%s", program.Select: "%s ? %s : %s",
	program.IntAdd: "%s + %s", program.IntSub: "%s - %s", program.IntAnd: "%s & %s", program.IntOr: "%s | %s", program.IntXor: "%s ^ %s",
	program.Truncate: "int(%s)", program.Convert: "float(%s)", program.Bits: "floatBitsToInt(%s)", program.AsFloat: "intBitsToFloat(%s)",
}
