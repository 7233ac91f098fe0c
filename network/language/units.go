package language

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"einet/fault"
	"einet/network"
)

// A unit is a name after a number: what it measures, and the factor to what the
// language has without one.
type unit struct {
	of     string
	factor float64
}

var units = map[string]unit{
	"ms": {"time", 1}, "s": {"time", 1000}, "us": {"time", 1e-3},
	"mV": {"voltage", 1}, "V": {"voltage", 1000}, "uV": {"voltage", 1e-3},
	"pA": {"current", 1}, "nA": {"current", 1000},
	"nS": {"conductance", 1}, "uS": {"conductance", 1000},
	"pF": {"capacitance", 1}, "nF": {"capacitance", 1000},
	"Hz": {"frequency", 1}, "kHz": {"frequency", 1000},
	"deg": {"angle", 1},
	"mm":  {"length", 1}, "um": {"length", 1e-3}, "m": {"length", 1000},
	"mm/ms": {"speed", 1}, "m/s": {"speed", 1},
}

// unitNames are all of them in the order in which they are told.
var unitNames = []string{"ms", "s", "us", "mV", "V", "uV", "pA", "nA", "nS", "uS", "pF", "nF", "Hz", "kHz", "deg", "mm", "um", "m", "mm/ms", "m/s"}

// without names the unit that a quantity has where none is given.
var without = map[string]string{
	"time": "ms", "voltage": "mV", "current": "pA", "conductance": "nS", "capacitance": "pF", "frequency": "Hz", "angle": "deg",
	"length": "mm", "speed": "mm/ms",
}

// quantities are what numbers measure whose unit is written so in the table of keys. Weights, and
// currents that are R*I where the population has no C_m, depend on the population.
func quantities(unit string) (all []string) {
	if unit == network.AsWeights {
		unit = network.UnitOfWeights
	}
	for _, word := range strings.FieldsFunc(unit, func(r rune) bool { return r == ' ' || r == ',' }) {
		if u, ok := units[word]; ok {
			all = append(all, u.of)
		}
	}
	return all
}

// unitOf is the unit of what a key holds: in a rate an amplitude is one too.
func (d *decoder) unitOf(k *network.Key) string {
	if d.unit == "Hz" && k.Unit == network.UnitOfCurrents {
		return d.unit
	}
	return k.Unit
}

var withUnit = regexp.MustCompile(`^(.*[0-9A-Za-z_.)])\s+(m?m/m?s|[A-Za-z]+)$|^(.*[0-9.)])(m?m/m?s|[A-Za-z]+)$`)

// cutUnit splits a text into a number or expression and the unit behind it.
func cutUnit(text string) (rest, name string) {
	m := withUnit.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return text, ""
	}
	rest, name = m[1]+m[3], m[2]+m[4]
	if _, ok := units[name]; !ok {
		return text, ""
	}
	return rest, name
}

// withWord is a number and a word behind it, which may be meant as a unit.
var withWord = regexp.MustCompile(`^[-+0-9.eE()*/ ]*[0-9)][.]?\s*([A-Za-zµμΩ%°]+)$`)

// noUnit says that a number has a word behind it which is no unit, and which there are where it stands; "" of other texts.
func (d *decoder) noUnit(text string) string {
	m := withWord.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil || isDecimal(strings.TrimSpace(text)) || slices.Contains(d.scope.constant, m[1]) {
		return ""
	}
	var there []string
	for _, name := range unitNames {
		if slices.Contains(quantities(d.unit), units[name].of) {
			there = append(there, name)
		}
	}
	if len(there) == 0 {
		return ": has no unit, not " + m[1]
	}
	return ": there is no unit " + m[1] + "; there are " + fault.Listing(there)
}

// ParseTime reads a time as the language has it, in ms: a decimal number, alone or with a unit
// of time behind it (500, 500 ms, 0.5 s). It is false for what is none, an expression too.
func ParseTime(text string) (ms float64, ok bool) {
	text, name := cutUnit(strings.TrimSpace(text))
	if name == "" {
		name = "ms"
	}
	x, ok := parseDecimal(text)
	if !ok || units[name].of != "time" {
		return math.NaN(), false
	}
	// 15 digits are what any decimal fraction keeps of a product's rounding
	ms, err := strconv.ParseFloat(strconv.FormatFloat(x*units[name].factor, 'g', 15, 64), 64)
	return ms, err == nil
}

// A unitUse is a unit that was given where the population decides which is right.
type unitUse struct {
	node *node
	path string
	of   string // what the unit measures
}

// inUnit converts a number from its unit, or says what is wrong with that.
func (d *decoder) inUnit(x float64, n *node, path, name string) (value float64, wrong string) {
	u, allowed := units[name], quantities(d.unit)
	if !slices.Contains(allowed, u.of) {
		if len(allowed) == 0 {
			return x, "has no unit, not " + name
		}
		names := make([]string, len(allowed))
		for i, q := range allowed {
			names[i] = without[q]
		}
		return x, "its unit must be " + strings.Join(names, " or ") + " or a multiple of it, not " + name
	}
	if len(allowed) > 1 {
		d.units = append(d.units, unitUse{n, path, u.of})
	}
	return float64(x * u.factor), ""
}

// checkUnits holds the units of weights and currents to their populations.
func (d *decoder) checkUnits(net *network.Network) {
	for _, use := range d.units {
		want := unitAt(net, use.path)
		if want != "" && want != without[use.of] {
			d.fault(use.node, use.path, "its unit must be "+want+", that of the population's neurons")
		}
	}
}

// unitAt is the unit of the weight or current at a path, or "" where that is not
// known.
func unitAt(n *network.Network, path string) string {
	segments := strings.Split(path, ".")
	if len(segments) < 3 {
		return ""
	}
	var group *network.Group
	if segments[0] == "groups" { // as of their population
		group = n.Group(segments[1], segments[2])
		segments = slices.Delete(segments, 2, 3)
		if len(segments) < 3 {
			return ""
		}
	}
	shape, name, receptor := network.Exponential, segments[1], ""
	if segments[0] == "projections" {
		i := slices.IndexFunc(n.Projections, func(p network.Projection) bool { return p.Name == name })
		if i < 0 {
			return ""
		}
		shape, name, receptor = n.Projections[i].Synapse, n.Projections[i].To, n.Projections[i].Receptor
	}
	i := n.Population(name)
	if i < 0 {
		return ""
	}
	p := &n.Populations[i]
	m := p.Model
	if p.Keys() == nil || m != nil && !m.HasUnits() {
		return ""
	}
	switch segments[2] {
	case "input", "bias", "ou_noise":
		if m != nil && !m.Uses(network.CurrentSymbol) { // which is the fault
			return ""
		}
		return p.CurrentUnit()
	case "poisson":
		inputs := p.PoissonInput
		if group != nil {
			inputs = group.PoissonInput
		}
		k, err := strconv.Atoi(segments[3])
		if err != nil || k >= len(inputs) {
			k = 0
		}
		if k < len(inputs) {
			shape, receptor = inputs[k].Synapse, inputs[k].Receptor
		}
	}
	unit := p.WeightUnit(shape, receptor)
	if m != nil && (receptor != "" && !slices.Contains(m.Receptors, receptor) || shape != network.Delta && unit != "nS" && !m.Uses(network.CurrentSymbol)) { // likewise
		return ""
	}
	return unit
}
