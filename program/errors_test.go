package program_test

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/program"
)

// A function is what a builder makes of numbers, what it should be, and how far it may be off. docs/models.md has the
// same table.
type function struct {
	name       string
	operations int     // on numbers of any size, but for constants and changes of type
	ulp        float64 // the largest error
	from, to   float64 // of |x|
	domain     domain
	build      func(b *program.Builder, x, y program.Value) program.Value
	truth      func(x, y float64) float64
	wrong, by  float64 // a constant that must not be off by this
}

type domain int

const (
	positive domain = iota
	signed          // x of both signs
	pairs           // and a random y
)

type value = program.Value

const tiny, largest = 0x1p-100, math.MaxFloat32

var lowest = float64(float32(-69.3))

func power(n int) (func(b *program.Builder, x, _ value) value, func(x, _ float64) float64) {
	return func(b *program.Builder, x, _ value) value { return b.Power(x, n) }, func(x, _ float64) float64 { return math.Pow(x, float64(n)) }
}

var functions = []function{
	{"exp(x)", 23, 1, 0x1p-27, 100, signed, func(b *program.Builder, x, _ value) value { return b.Exp(x) },
		func(x, _ float64) float64 { return math.Exp(max(lowest, min(x, 88))) }, 0x1.fffffcp-2, 0x1p-20},
	{"exprel(x) = (e^x - 1)/x", 46, 2.6, 0x1p-27, largest, signed, func(b *program.Builder, x, _ value) value { return b.Exprel(x) },
		func(x, _ float64) float64 { return math.Expm1(min(x, 88)) / min(x, 88) }, 0x1.fffffcp-2, 0x1p-19},
	{"log(x)", 29, 1.3, tiny, largest, positive, func(b *program.Builder, x, _ value) value { return b.Log(x) },
		func(x, _ float64) float64 { return math.Log(x) }, -0x1.fffffap-2, 0x1p-20},
	{"sqrt(x)", 18, 0.9, tiny, largest, positive, func(b *program.Builder, x, _ value) value { return b.Sqrt(x) },
		func(x, _ float64) float64 { return math.Sqrt(x) }, 0x1.0d23c8p+1, 0x1p-10},
	{"tanh(x)", 43, 2.4, tiny, largest, signed, func(b *program.Builder, x, _ value) value { return b.Tanh(x) },
		func(x, _ float64) float64 { return math.Tanh(x) }, 0x1.fffffcp-2, 0x1p-19},
	{"floor(x)", 9, 0, tiny, largest, signed, func(b *program.Builder, x, _ value) value { return b.Floor(x) },
		func(x, _ float64) float64 { return math.Floor(x) }, 1, 0x1p-20},
	{"x/y", 18, 2, tiny, largest, pairs, func(b *program.Builder, x, y value) value { return b.Div(x, y) },
		func(x, y float64) float64 { return x / y }, 0x1.0b8098p+2, 0x1p-10},
	{"1/x", 17, 1.1, tiny, largest, signed, func(b *program.Builder, x, _ value) value { return b.Div(b.Number(1), x) },
		func(x, _ float64) float64 { return 1 / x }, 0x1.0b8098p+2, 0x1p-10},
	{"x/c, by a constant", 2, 1.5, tiny, largest, signed, func(b *program.Builder, x, _ value) value { return b.DivBy(x, 3) },
		func(x, _ float64) float64 { return x / 3 }, 1. / 3, 0x1p-22},
	powerOf(2, 2, 0.5), powerOf(3, 4, 1.5), powerOf(8, 6, 5.5),
}

func powerOf(n, operations int, ulp float64) function {
	f := function{name: fmt.Sprintf("x^%d", n), operations: operations, ulp: ulp, from: math.Exp2(-100 / float64(n)), to: largest, domain: signed}
	f.build, f.truth = power(n)
	return f
}

// program is the function alone: state 0 becomes it of state 0 and own 0.
func (f *function) program() *program.Program {
	b := program.NewBuilder()
	x, y := b.NewState(program.Float, program.GrainOfFlushed), b.NewOwn(program.Float, program.GrainOfFlushed)
	b.Become(x, f.build(b, x, y))
	return b.Program(b.Equal(b.Number(0), b.Number(0)))
}

// count is how many operations of p are more than constants and changes of type, but for the one that tells of firing.
func count(p *program.Program) int {
	n := -1
	for _, i := range p.Code {
		if !i.Op.Reads() && i.Op != program.Bits && i.Op != program.AsFloat {
			n++
		}
	}
	return n
}

// run is f's value, of bits.
func run(p *program.Program, n *program.Neuron, x, y float32) float32 {
	n.States[0], n.Owns[0] = math.Float32bits(x), math.Float32bits(y)
	p.Run(n)
	return math.Float32frombits(n.States[0])
}

// An extreme is where the error is largest.
type extreme struct {
	ulp  float64
	x, y float32
	got  float32
}

func (e extreme) String() string {
	return fmt.Sprintf("%.3f ulp at %g, %g: %g", e.ulp, e.x, e.y, e.got)
}

// off is by how many units in the last place of the truth a result is off. What is below 2^-100 may be 0, and what
// rounds to infinity must be.
func off(got float32, want float64) float64 {
	switch rounded := math.Abs(float64(float32(want))); {
	case rounded > math.MaxFloat32 || math.Abs(want) < 0x1p-101:
		if float32(want) == got || math.Abs(want) < 0x1p-101 && got == 0 {
			return 0
		}
		return math.Inf(1)
	case rounded <= 0x1.00001p-100 && got == 0:
		return 0
	case rounded == math.MaxFloat32 && math.IsInf(float64(got), 0):
		return 1
	}
	_, e := math.Frexp(want)
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(e-24, -149))
}

// worst is the largest error over every stride-th float of the domain, of every parts-th piece from the given one on.
func (f *function) worst(p *program.Program, stride, part, parts uint32) (w extreme) {
	n := &program.Neuron{States: make([]uint32, 1), Owns: make([]uint32, 1)}
	random := uint64(part)
	from, to := math.Float32bits(float32(f.from)), math.Float32bits(float32(f.to))
	for bits := from + part*stride; bits <= to; bits += parts * stride {
		x, y := math.Float32frombits(bits), float32(0)
		for _, x := range []float32{x, -x} {
			if f.domain == pairs {
				random = random*6364136223846793005 + 1442695040888963407
				y = math.Float32frombits(0x0e000000 + uint32(random>>32)%(0x7f800000-0x0e000000)) // 2^-99 and more
			}
			got := run(p, n, x, y)
			if e := off(got, f.truth(float64(x), float64(y))); !(e <= w.ulp) {
				w = extreme{e, x, y, got}
			}
			if f.domain == positive {
				break
			}
		}
	}
	return w
}

// A prime, so that in some octaves together all digits occur.
const stride = 30_011

func TestErrors(t *testing.T) {
	for _, f := range functions {
		t.Run(f.name, func(t *testing.T) {
			p := f.program()
			w := f.worst(p, stride, 0, 1)
			t.Log(w, count(p), "operations")
			require.LessOrEqual(t, w.ulp, f.ulp)
			require.Equal(t, f.operations, count(p))
		})
	}
}

// The page says the same.
func TestErrorsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/models.md")
	require.NoError(t, err)
	for _, f := range functions {
		require.Contains(t, string(page), fmt.Sprintf("| %s | %d | %g |", f.name, f.operations, f.ulp))
	}
}

// The control: with a digit that is wrong each is off by more.
func TestErrorsOfWrongDigits(t *testing.T) {
	for _, f := range functions {
		p, found := f.program(), 0
		for k, c := range p.Constants {
			if c == math.Float32bits(float32(f.wrong)) && f.wrong != 0 {
				p.Constants[k] = math.Float32bits(float32(f.wrong * (1 + f.by)))
				found++
			}
		}
		if f.wrong != 0 {
			require.Equal(t, 1, found, f.name)
			require.Greater(t, f.worst(p, stride, 0, 1).ulp, f.ulp, f.name)
		}
	}
}

var inf, nan = math.Inf(1), math.NaN()

// Outside of their domains, too, functions give what docs/models.md says.
func TestFunctionsAtTheirEdges(t *testing.T) {
	for _, c := range []struct {
		name       string
		x, y, want float64
	}{
		{"exp(", 0, 0, 1}, {"exp(", -inf, 0, math.Exp(lowest)}, {"exp(", -1000, 0, math.Exp(lowest)}, {"exp(", inf, 0, math.Exp(88)}, {"exp(", nan, 0, math.Exp(88)},
		{"exprel", 0, 0, 1}, {"exprel", math.Copysign(0, -1), 0, 1}, {"exprel", -inf, 0, 0}, {"exprel", -1000, 0, 1e-3}, {"exprel", 1000, 0, math.Exp(88) / 88},
		{"exprel", tiny, 0, 1}, {"exprel", -tiny, 0, 1}, {"exprel", nan, 0, math.Exp(88) / 88},
		{"log", 1, 0, 0}, {"log", 0, 0, -inf}, {"log", -1, 0, -inf}, {"log", -inf, 0, -inf}, {"log", nan, 0, -inf}, {"log", inf, 0, 128 * math.Ln2},
		{"sqrt", 0, 0, 0}, {"sqrt", math.Copysign(0, -1), 0, 0}, {"sqrt", 1, 0, 1}, {"sqrt", -1, 0, -inf}, {"sqrt", -inf, 0, -inf}, {"sqrt", nan, 0, nan}, {"sqrt", inf, 0, nan},
		{"tanh", 0, 0, 0}, {"tanh", tiny, 0, tiny}, {"tanh", inf, 0, 1}, {"tanh", -inf, 0, -1}, {"tanh", 20, 0, 1}, {"tanh", -9.1, 0, -1}, {"tanh", nan, 0, 1},
		{"floor", 0, 0, 0}, {"floor", -tiny, 0, -1}, {"floor", 0x1.fffffep22, 0, 0x1.fffffcp22}, {"floor", -0x1.fffffep22, 0, -0x1p23}, {"floor", inf, 0, inf},
		{"floor", -largest, 0, -largest}, {"floor", nan, 0, nan},
		{"x/y", 1, 0, inf}, {"x/y", -tiny, 0, -inf}, {"x/y", 0, 0, nan}, {"x/y", 0, 2, 0}, {"x/y", 1, inf, 0}, {"x/y", largest, largest, 1}, {"x/y", largest, -0.5, -inf},
		{"x/y", tiny, tiny, 1}, {"x/y", tiny, 4, 0}, {"x/y", inf, 2, inf}, {"x/y", inf, inf, nan}, {"x/y", 1, nan, 0}, {"x/y", nan, 1, nan}, {"x/y", 1, largest, 0},
		{"x/y", 0x1p127, 0x1p127, 1}, {"x/y", 0x1p127, -0x1p-100, -inf}, {"1/x", 0, 0, inf}, {"1/x", 0x1p99, 0, 0x1p-99},
	} {
		at := slices.IndexFunc(functions, func(f function) bool { return strings.HasPrefix(f.name, c.name) })
		p := functions[at].program()
		n := &program.Neuron{States: make([]uint32, 1), Owns: make([]uint32, 1)}
		got := run(p, n, float32(c.x), float32(c.y))
		if math.IsNaN(c.want) {
			require.True(t, got != got, "%v: %g", c, got)
		} else {
			require.LessOrEqual(t, off(got, c.want), functions[at].ulp, "%v: %g", c, got)
		}
		folded := fold(&functions[at], c.x, c.y)
		if math.IsNaN(c.x) || math.IsInf(c.x, 0) || math.IsInf(c.y, 0) || math.IsNaN(c.y) || math.IsNaN(c.want) {
			continue // which no constant is
		}
		require.LessOrEqual(t, off(folded, c.want), 0.51, "%v folded: %g", c, folded)
	}
}

// fold is the function of constants.
func fold(f *function, x, y float64) float32 {
	b := program.NewBuilder()
	s := b.NewState(program.Float, program.GrainOfFlushed)
	b.Become(s, f.build(b, b.Number(x), b.Number(y)))
	n := &program.Neuron{States: make([]uint32, 1)}
	b.Program(b.Equal(s, s)).Run(n)
	return math.Float32frombits(n.States[0])
}

// A hyperbolic tangent is not above 1, and no root below 0.
func TestFunctionsKeepTheirRanges(t *testing.T) {
	n := &program.Neuron{States: make([]uint32, 1), Owns: make([]uint32, 1)}
	for _, f := range functions {
		if f.name != "tanh(x)" && f.name != "sqrt(x)" {
			continue
		}
		p := f.program()
		for bits := uint32(0); bits < 0x7f800000; bits += 100_003 {
			x := math.Float32frombits(bits)
			y := run(p, n, x, 0)
			require.False(t, f.name == "tanh(x)" && y > 1 || y < 0, "%s %g: %g", f.name, x, y)
		}
	}
}
