package equation

import (
	"strconv"
	"strings"
)

// A Dimension is the exponents of mV, ms and pA, of um and of mM. The zero Dimension is a plain number's.
// It is coherent: pA = nS mV, nS = pF/ms.
type Dimension struct{ Voltage, Time, Current, Length, Concentration int8 }

// The dimensions that have a name.
var (
	Plain         = Dimension{}
	Millivolt     = Dimension{Voltage: 1}
	Millisecond   = Dimension{Time: 1}
	Picoampere    = Dimension{Current: 1}
	Nanosiemens   = Dimension{Current: 1, Voltage: -1}
	Picofarad     = Dimension{Current: 1, Time: 1, Voltage: -1}
	Micrometre    = Dimension{Length: 1}
	Millimolar    = Dimension{Concentration: 1}
	gigaohm       = Dimension{Current: -1, Voltage: 1}
	kilohertz     = Dimension{Time: -1}
	mostExponents = int8(32)
)

// named are the units that einet computes in.
var named = []struct {
	name string
	of   Dimension
}{
	{"mV", Millivolt}, {"ms", Millisecond}, {"pA", Picoampere}, {"nS", Nanosiemens}, {"pF", Picofarad}, {"um", Micrometre}, {"mM", Millimolar},
	{"Gohm", gigaohm}, {"kHz", kilohertz},
}

// symbols are the units that take a prefix, with the power of ten that makes einet's unit of them.
var symbols = []struct {
	name  string
	power int
	of    Dimension
}{
	{"V", 3, Millivolt}, {"s", 3, Millisecond}, {"A", 12, Picoampere}, {"S", 9, Nanosiemens}, {"F", 12, Picofarad},
	{"m", 6, Micrometre}, {"M", 3, Millimolar}, {"ohm", -9, gigaohm}, {"Hz", -3, kilohertz},
}

var prefixes = []struct {
	name  string
	power int
}{
	{"f", -15}, {"p", -12}, {"n", -9}, {"u", -6}, {"µ", -6}, {"μ", -6}, {"m", -3}, {"k", 3}, {"M", 6}, {"G", 9},
}

// A unit is a factor to einet's own, and what it measures.
type unit struct {
	factor float64
	of     Dimension
}

var units = func() map[string]unit {
	all := map[string]unit{"cm": {1e4, Micrometre}}
	for _, s := range symbols {
		all[s.name] = unit{tenTo(s.power), s.of}
		for _, p := range prefixes {
			all[p.name+s.name] = unit{tenTo(p.power + s.power), s.of}
		}
	}
	return all
}()

// tenTo is 10^n, correctly rounded.
func tenTo(n int) float64 {
	x, err := strconv.ParseFloat("1e"+strconv.Itoa(n), 64)
	if err != nil {
		panic(err) // a power of ten
	}
	return x
}

// Unit is what a unit is of einet's own, and what it measures. There are V, A, S, F, s, m, M (mol/l), ohm and Hz with the
// prefixes f, p, n, u or µ, m, k, M and G, and cm.
func Unit(name string) (factor float64, of Dimension, ok bool) {
	u, ok := units[name]
	return u.factor, u.of, ok
}

// IsUnit tells whether a word that stands alone is a unit. One letter is not: V, m and s may be names, and are units only behind a number.
func IsUnit(name string) bool {
	_, ok := units[name]
	return ok && len(name) > 1
}

// exponents are those of mV, ms, pA, um and mM.
func (d Dimension) exponents() [5]int8 {
	return [5]int8{d.Voltage, d.Time, d.Current, d.Length, d.Concentration}
}

func ofExponents(x [5]int8) Dimension { return Dimension{x[0], x[1], x[2], x[3], x[4]} }

// Times is the dimension of a product.
func (d Dimension) Times(e Dimension) Dimension { return d.plus(e, 1) }

// Over is the dimension of a quotient.
func (d Dimension) Over(e Dimension) Dimension { return d.plus(e, -1) }

// Power is the dimension of the n-th power.
func (d Dimension) Power(n int8) Dimension { return Plain.plus(d, n) }

// plus is d with n times the exponents of e. Exponents that are too large stay so, for tooLarge to find.
func (d Dimension) plus(e Dimension, n int8) Dimension {
	x, y := d.exponents(), e.exponents()
	for i := range x {
		x[i] = int8(max(-128, min(127, int(x[i])+int(n)*int(y[i]))))
	}
	return ofExponents(x)
}

func (d Dimension) tooLarge() bool {
	for _, x := range d.exponents() {
		if x > mostExponents || x < -mostExponents {
			return true
		}
	}
	return false
}

// Root is the dimension of the square root; it has none where an exponent is odd.
func (d Dimension) Root() (root Dimension, ok bool) {
	x := d.exponents()
	for i := range x {
		if x[i]%2 != 0 {
			return d, false
		}
		x[i] /= 2
	}
	return ofExponents(x), true
}

// String is the dimension in einet's units, as it may stand in an equation: mV, 1/ms, nS/mV. That of a plain number is "a plain number".
func (d Dimension) String() string {
	if d == Plain {
		return "a plain number"
	}
	above, below := d.factors()
	switch {
	case below == "":
		return above
	case strings.Contains(below, "*"):
		below = "(" + below + ")"
	}
	if above == "" {
		above = "1"
	}
	return above + "/" + below
}

// factors are the units above and below the line, with as few of them as there may be.
func (d Dimension) factors() (above, below string) {
	base := [5]string{"mV", "ms", "pA", "um", "mM"}
	cost := func(x [5]int8) (sum int) {
		for _, n := range x {
			sum += max(int(n), -int(n))
		}
		return sum
	}
	rest, least := d.exponents(), cost(d.exponents())
	for _, u := range named[3:5] { // nS and pF
		if r := d.Over(u.of).exponents(); 1+cost(r) < least {
			rest, least, above, below = r, 1+cost(r), u.name, ""
		}
		if r := d.Times(u.of).exponents(); 1+cost(r) < least {
			rest, least, above, below = r, 1+cost(r), "", u.name
		}
	}
	join := func(to *string, name string, n int8) {
		if n <= 0 {
			return
		}
		if *to != "" {
			*to += "*"
		}
		*to += name
		if n > 1 {
			*to += "^" + strconv.Itoa(int(n))
		}
	}
	for i, n := range rest {
		join(&above, base[i], n)
		join(&below, base[i], -n)
	}
	return above, below
}

// name is that of einet's unit of the dimension, if it has one.
func (d Dimension) name() string {
	for _, u := range named {
		if u.of == d {
			return u.name
		}
	}
	return ""
}

// Quantity writes a number with its unit, as Parse reads it.
func Quantity(x float64, of Dimension) string {
	text := strconv.FormatFloat(x, 'g', -1, 64)
	if of == Plain {
		return text
	}
	above, below := of.factors()
	unit := of.String()
	if below == "" || above != "" {
		if strings.ContainsAny(above, "*^") { // a number has one unit; the others multiply
			return text + "*" + unit
		}
		return text + " " + unit
	}
	return text + strings.TrimPrefix(unit, "1")
}
