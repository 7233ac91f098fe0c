package equation_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"einet/equation"
	"einet/table/readertest"
)

func parse(t require.TestingT, text string) *equation.Expr {
	e, err := equation.Parse(text)
	require.NoError(t, err, text)
	return e
}

// of is what some names measure.
func of(name string) (equation.Dimension, bool) {
	d, ok := map[string]equation.Dimension{
		"V": equation.Millivolt, "E_L": equation.Millivolt, "Delta_T": equation.Millivolt, "w": equation.Picoampere, "I": equation.Picoampere,
		"g": equation.Nanosiemens, "C": equation.Picofarad, "tau": equation.Millisecond, "m": equation.Plain, "x": equation.Plain,
	}[name]
	return d, ok
}

func TestPrinted(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"a+b*c", "a + b*c"}, {"(a+b)*c", "(a + b)*c"}, {"a-(b-c)", "a - (b - c)"}, {"(a-b)-c", "a - b - c"}, {"a/(b*c)", "a/(b*c)"}, {"a/b*c", "a/b*c"},
		{"-a^2", "-a^2"}, {"(-a)^2", "(-a)^2"}, {"(a*b)**3", "(a*b)^3"}, {"--a", "--a"}, {"a - -b", "a - -b"}, {"-(a + b)", "-(a + b)"}, {"-a*b", "-a*b"}, {"a*-b", "a*-b"}, {"+a", "a"},
		{"140 mV", "140 mV"}, {"0.1 V", "100 mV"}, {"0.04/mV", "0.04/mV"}, {"1 mV", "1 mV"}, {"2 ms*V", "2 ms*V"}, {"m", "m"}, {"2 m", "2e+06 um"}, {"1 uF/cm^2", "1e+06 pF/cm^2"}, {"(3 mV)^2", "(3 mV)^2"},
		{"5 Mohm", "0.005 Gohm"}, {"5 Hz", "0.005 kHz"}, {"3µV", "0.003 mV"}, {"1e-3 mM", "0.001 mM"}, {".5", "0.5"}, {"5.", "5"}, {"1e3", "1000"}, {"1e25", "1e+25"},
		{"a<b and not (c>=d or a>1)", "a < b and not (c >= d or a > 1)"}, {"not a<b", "not a < b"}, {"not(not(a<b))", "not not a < b"}, {"(a<b) or (a>b and b<c)", "a < b or a > b and b < c"},
		{"if(a<b,min(a , b),exprel(-x))", "if(a < b, min(a, b), exprel(-x))"},
	} {
		e, err := equation.Parse(row.text)
		require.NoError(t, err, row.text)
		require.Equal(t, row.want, e.String(), row.text)
		require.True(t, e.Equal(parse(t, e.String())), row.text)
	}
}

// What is wrong with a text, and where.
func TestSlips(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"", "column 1: it ends too soon"},
		{"a +", "column 4: it ends too soon"},
		{"(a + b", "column 1: the ) of this ( is missing; within { } an expression with a comma needs quotes"},
		{"exp(a", "column 4: the ) of this ( is missing; within { } an expression with a comma needs quotes"},
		{"a)", "column 2: this ) closes nothing"},
		{"a, b", "column 2: a comma stands only between the values of a function; within { } an expression with a comma needs quotes"},
		{"a b", "column 3: unexpected b: an operator is missing in front of it, or a value"},
		{"2 b", "column 3: there is no unit b, or an operator is missing in front of it; units are V, A, S, F, s, m, M, ohm and Hz with a prefix, as mV, and cm"},
		{"a == b", "column 3: numbers are not compared for equality: there are <, <=, > and >="},
		{"a = b", "column 3: numbers are not compared for equality: there are <, <=, > and >="},
		{"a < b < c", "column 7: one comparison at a time: join them by and"},
		{"a && b", "column 3: write and in the place of &&"},
		{"!a", "column 1: write not in the place of !"},
		{"V' + a", "column 2: a derivative stands only at the left of its equation, as the key V'"},
		{"a^2.5", "column 3: an exponent must be a whole number from 2 to 8; there are also exp, log and sqrt"},
		{"a^b", "column 3: an exponent must be a whole number from 2 to 8; there are also exp, log and sqrt"},
		{"a^9", "column 3: an exponent must be a whole number from 2 to 8; there are also exp, log and sqrt"},
		{"a^2^3", "column 4: one power at a time: put ( ) around the first"},
		{"3 mV^2", "column 5: is it the number or the unit whose power is meant? Put ( ) around the number with its unit, or * between them"},
		{"sin(a)", "column 1: no function is called sin; there are abs, exp, exprel, floor, if, log, max, min, sqrt, tanh; did you mean min?"},
		{"eexp(a)", "column 1: no function is called eexp; there are abs, exp, exprel, floor, if, log, max, min, sqrt, tanh; did you mean exp?"},
		{"exp a", "column 1: exp is a function: exp(x)"},
		{"if(a < b, c)", "column 1: if takes 3 values, not 2: if(condition, x, y)"},
		{"max(a)", "column 1: max takes 2 values, not 1: max(x, y)"},
		{"1e999", "column 1: 1e999 is beyond the numbers that there are"},
		{"µV*µ + $", "column 8: unexpected $: an operator is missing in front of it, or a value"},
		{strings.Repeat("(", 60) + "a", "column 51: nested deeper than 50"},
		{strings.Repeat("-", 60) + "a", "column 51: nested deeper than 50"},
		{strings.Repeat("a+", 1000) + "a", "column 2001: an expression has at most 2000 characters, this has 2001"},
	} {
		_, err := equation.Parse(row.text)
		require.EqualError(t, err, row.want, row.text)
	}
}

func TestDimensions(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"V", "mV"}, {"g*(E_L - V)", "pA"}, {"(g*(E_L - V) + g*Delta_T*exp((V - E_L)/Delta_T) - w + I)/C", "mV/ms"}, {"C/g", "ms"}, {"1/tau", "1/ms"}, {"1/(tau*V)", "1/(mV*ms)"},
		{"g/mV", "nS/mV"}, {"0.04/mV", "1/mV"}, {"sqrt(V^2)", "mV"}, {"sqrt(2)", "a plain number"}, {"min(V, 0)", "mV"}, {"if(V > 0, 0, V)", "mV"}, {"0 + V", "mV"}, {"V - -0", "mV"}, {"0", "a plain number"},
		{"if(V > E_L and not m < 1, w, I)", "pA"}, {"C/cm^2", "pF/um^2"}, {"1/g", "1/nS"}, {"5 Mohm*w", "mV"}, {"3 Hz*tau", "a plain number"}, {"tau^2", "ms^2"}, {"mM*mV^2/ms", "mV^2*mM/ms"}, {"0*tau", "ms"},
	} {
		d, err := equation.Check(parse(t, row.text), of)
		require.NoError(t, err, row.text)
		require.Equal(t, row.want, d.String(), row.text)
		if d != equation.Plain {
			again, err := equation.Check(parse(t, d.String()), of)
			require.NoError(t, err)
			require.Equal(t, d, again)
			value, err := equation.Parse(equation.Quantity(-2.5, d))
			require.NoError(t, err, d)
			again, err = equation.Check(value, of)
			require.NoError(t, err)
			require.Equal(t, d, again)
			require.Equal(t, -2.5, equation.Value(value, nil))
		}
	}
	for _, row := range []struct{ text, want string }{
		{"V + w", "column 3: V is mV and w is pA: of + must be of one unit"},
		{"1 + (g*V - tau)", "column 10: g*V is pA and tau is ms: of - must be of one unit"},
		{"exp(V)", "column 5: V is mV: exp is of a plain number; divide it by a quantity of its unit"},
		{"tanh(2*tau/C)", "column 11: 2*tau/C is 1/nS: tanh is of a plain number; divide it by a quantity of its unit"},
		{"sqrt(tau)", "column 1: tau is ms, which has no square root"},
		{"min(V, tau)", "column 1: V is mV and tau is ms: of the two of min must be of one unit"},
		{"if(V, 1, 2)", "column 4: V is a number where something true or false must stand, such as V >= V_th"},
		{"if(V > tau, 1, 2)", "column 6: V is mV and tau is ms: of > must be of one unit"},
		{"1 + (V > 0)", "column 8: V > 0 is true or false where a number must stand; if(condition, x, y) makes one of it"},
		{"V*q", "column 3: there is no q"},
		{"V > 0", "column 3: V > 0 is true or false where a number must stand; if(condition, x, y) makes one of it"},
		{"((tau^8)^8)", "column 9: its unit has exponents beyond 32"},
		{"V + 1", "column 3: V is mV and 1 is a plain number: of + must be of one unit"},
	} {
		_, err := equation.Check(parse(t, row.text), of)
		require.EqualError(t, err, row.want, row.text)
	}
	require.NoError(t, equation.CheckIs(parse(t, "0"), equation.Millivolt, of))
	require.EqualError(t, equation.CheckIs(parse(t, "V/C"), equation.Millivolt, of), "column 2: V/C is mV/pF, and must be mV")
	require.NoError(t, equation.CheckTruth(parse(t, "V > 0 or not x < 1"), of))
	require.EqualError(t, equation.CheckTruth(parse(t, "V > 0 or x"), of), "column 10: x is a number where something true or false must stand, such as V >= V_th")
}

func TestUnits(t *testing.T) {
	for name, want := range map[string]float64{
		"mV": 1, "V": 1e3, "uV": 1e-3, "µV": 1e-3, "ms": 1, "s": 1e3, "us": 1e-3, "pA": 1, "nA": 1e3, "A": 1e12, "nS": 1, "uS": 1e3, "mS": 1e6, "pF": 1, "nF": 1e3, "uF": 1e6,
		"um": 1, "mm": 1e3, "m": 1e6, "cm": 1e4, "mM": 1, "uM": 1e-3, "M": 1e3, "Gohm": 1, "Mohm": 1e-3, "Hz": 1e-3, "kHz": 1, "fF": 1e-3,
	} {
		x, _, ok := equation.Unit(name)
		require.True(t, ok, name)
		require.Equal(t, want, x, name)
	}
	_, _, ok := equation.Unit("mX")
	require.False(t, ok)
	// pA = nS mV and nS = pF/ms
	require.Equal(t, equation.Picoampere, equation.Nanosiemens.Times(equation.Millivolt))
	require.Equal(t, equation.Nanosiemens, equation.Picofarad.Over(equation.Millisecond))
}

func TestValues(t *testing.T) {
	lookup := func(name string) float64 { return map[string]float64{"V": -60, "x": 0.5, "tau": 20}[name] }
	for text, want := range map[string]float64{
		"V + 2*x": -59, "(V + 1)/4": -14.75, "x^3": 0.125, "-x^2": -0.25, "min(V, x)": -60, "max(V, x)": 0.5, "abs(V)": 60, "floor(-x)": -1, "sqrt(x/8)": 0.25,
		"exp(0)": 1, "log(exp(1))": 1, "exprel(0)": 1, "exprel(x)": math.Expm1(0.5) / 0.5, "tanh(x)": math.Tanh(0.5), "tanh(-x)": -math.Tanh(0.5), "tanh(1000)": 1, "tanh(0)": 0,
		"if(V > 0 or x < 1, 2, 3)": 2, "if(not (V <= 0 and x >= 0.5), 2, 3)": 3, "0.1 V": 100, "1/(2 ms)": 0.5,
	} {
		require.InDelta(t, want, equation.Value(parse(t, text), lookup), 1e-15*math.Abs(want), text)
	}
}

// A linear expression is a x + b at any x; the slope of others is not told.
func TestLinear(t *testing.T) {
	for _, text := range []string{
		"(E_L - V)/tau", "-V", "V", "3 + tau", "(V + V/2)*x - tau*(E_L - V)*x", "if(x > 0, V/tau, -(E_L - V))", "x*(2*V - (V - 1))", "-(-(V))", "if(x > 0, 1, V)",
	} {
		e := parse(t, text)
		a, b, ok := equation.Linear(e, "V")
		require.True(t, ok, text)
		require.False(t, a.Has("V"), text)
		require.False(t, b.Has("V"), text)
		for _, x := range []float64{-1, 0.5} {
			for _, v := range []float64{-60, 0, 3} {
				lookup := func(name string) float64 { return map[string]float64{"V": v, "x": x, "tau": 20, "E_L": -70}[name] }
				require.InDelta(t, equation.Value(e, lookup), equation.Value(a, lookup)*v+equation.Value(b, lookup), 1e-9, text)
			}
		}
	}
	for _, text := range []string{"V^2", "V*V", "x/V", "exp(V/mV)", "min(V, x)", "if(V > 0, 1, 2)", "V*(V + 1)", "abs(V)"} {
		_, _, ok := equation.Linear(parse(t, text), "V")
		require.False(t, ok, text)
	}
}

func TestPutAndSize(t *testing.T) {
	e := parse(t, "a + b*a")
	put := e.Put(func(name string) *equation.Expr {
		if name == "a" {
			return parse(t, "x - y")
		}
		return nil
	})
	require.Equal(t, "x - y + b*(x - y)", put.String())
	require.Equal(t, "a + b*a", e.String())
	one := func(string) int { return 1 }
	require.Equal(t, 5, e.Size(one))
	require.Equal(t, 9, put.Size(one))
	require.Equal(t, 1+3+1+1+3, e.Size(func(name string) int { return 1 + 2*strings.Count(name, "a") }))
}

// draw is any tree of the language.
func draw(t *rapid.T, depth int) *equation.Expr {
	kinds := []equation.Kind{equation.Number, equation.Name}
	if depth > 0 {
		kinds = append(kinds, equation.Call, equation.Plus, equation.Minus, equation.Times, equation.Over, equation.Power, equation.Negative)
	}
	e := &equation.Expr{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	next := func() *equation.Expr { return draw(t, depth-1) }
	switch e.Kind {
	case equation.Number:
		e.Value = rapid.Float64Range(0, 1e300).Draw(t, "value")
		e.Unit = rapid.SampledFrom([]equation.Dimension{{}, equation.Millivolt, equation.Picofarad, equation.Micrometre, equation.Millimolar}).Draw(t, "unit")
	case equation.Name:
		e.Name = rapid.SampledFrom([]string{"V", "m", "g_L", "ifx", "s", "andy"}).Draw(t, "name")
	case equation.Call:
		e.Name = rapid.SampledFrom(equation.Functions).Draw(t, "function")
		switch e.Name {
		case "if":
			e.Args = []*equation.Expr{drawTruth(t, depth-1), next(), next()}
		case "min", "max":
			e.Args = []*equation.Expr{next(), next()}
		default:
			e.Args = []*equation.Expr{next()}
		}
	case equation.Negative:
		e.Args = []*equation.Expr{next()}
	case equation.Power:
		e.Args = []*equation.Expr{next(), {Kind: equation.Number, Value: float64(rapid.IntRange(2, 8).Draw(t, "power"))}}
	default:
		e.Args = []*equation.Expr{next(), next()}
	}
	return e
}

func drawTruth(t *rapid.T, depth int) *equation.Expr {
	kinds := []equation.Kind{equation.Less, equation.LessEqual, equation.Greater, equation.GreaterEqual}
	if depth > 0 {
		kinds = append(kinds, equation.And, equation.Or, equation.Not)
	}
	e := &equation.Expr{Kind: rapid.SampledFrom(kinds).Draw(t, "truth")}
	next := func() *equation.Expr { return draw(t, 1) }
	if e.Kind >= equation.And {
		next = func() *equation.Expr { return drawTruth(t, depth-1) }
	}
	e.Args = []*equation.Expr{next()}
	if e.Kind != equation.Not {
		e.Args = append(e.Args, next())
	}
	return e
}

// Any expression is written so that it reads back the same, and no bracket of it can go.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := draw(t, 4)
		text := e.String()
		if len(text) > equation.MaxLength {
			t.Skip("longer than a text may be")
		}
		require.True(t, e.Equal(parse(t, text)), text)
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"(g_L*(E_L - V) + I)/C_m", "if(V >= 3 mV and not x < 1, -2^3, exp(1e-3))", "((((", "1e", "µV**", "a'"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		readertest.Bounded(t, len(text), func() {
			e, err := equation.Parse(text)
			if err != nil {
				require.IsType(t, &equation.Error{}, err)
				return
			}
			_, _ = equation.Check(e, of)
			_, _, _ = equation.Linear(e, "V")
			_ = equation.Value(e, func(string) float64 { return 1 })
			if printed := e.String(); len([]rune(printed)) <= equation.MaxLength {
				require.True(t, e.Equal(parse(t, printed)), "%s: %s", text, printed)
			}
		})
	})
}
