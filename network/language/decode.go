package language

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"einet/fault"
	"einet/network"
	"einet/network/sonata"
	"einet/table"
)

// What each kind of field allows, in the words of an error.
const (
	mustText     = "must be a word or text"
	mustHaveSize = network.MustSize + ", how many neurons there are"
	mustSeed     = "must be a whole number from 0 to 4294967295"
	mustPair     = "must be [low, high]"
	mustMoments  = "must be [mean, sd] or {mean, sd, low, high, outside}, the last three if wanted"
	mustRedraw   = "to draw again is said as " + exampleMoments
	mustOutside  = "must be clip, so that what is beyond a bound becomes the bound, or redraw, so that it is drawn again"
	mustBool     = "must be true or false"
	mustInput    = "must be a number of magnitude at most 1e9, a time course {step, pulse, ramp, sinusoid or samples: ...}, or a list of these"
)

const maxConstants = 1024

const exampleMoments = "{normal: {mean: 1, sd: 0.2, low: 0, outside: redraw}}"

// A decoder gives nodes their types and collects what is wrong. A number that
// it can't read is NaN, so that later checks can leave it alone.
type decoder struct {
	faults   []fault.Error
	meant    []fault.Error // not told: keys that are missing because another is misspelt
	scope    *scope
	unit     string // of the numbers of the key at hand, as its table has it
	units    []unitUse
	dt       float64           // of the network, NaN where it is at fault
	duration float64           // of a run [ms], likewise
	hdf5     table.OpenTree    // may be nil
	measure  *measure          // of quantities whose unit a model decides; else nil
	broken   map[string]bool   // models that could not be read
	written  map[string]string // where what is known by a path was written, if that is elsewhere

	populations map[string]*network.Population // by name, those that have neurons

	circuit *sonata.Circuit               // what the network's SONATA files hold; nil where there are none
	values  map[string]*network.NodeValue // that the nodes of the population at hand have
}

func (d *decoder) fault(n *node, path, allowed string) {
	d.faults = append(d.faults, fault.Error{Place: n.place, Path: path, Value: n.String(), Allowed: strings.TrimSpace(allowed)})
}

// fields reads the keys of one mapping. What the code asks for is what the
// language has: done reports every key that nobody asked for.
type fields struct {
	d     *decoder
	path  string
	place fault.Place // where a missing key is reported
	n     *node
	asked []string
}

// fields opens a mapping, which reports itself when it is not one; then every
// field reads as its zero or default, without further faults.
func (d *decoder) fields(path string, place fault.Place, n *node) *fields {
	if n.kind != mapping {
		d.faults = append(d.faults, fault.Error{Place: place, Path: path, Value: n.String(), Allowed: network.MustMap})
	}
	return &fields{d: d, path: path, place: place, n: n}
}

// get is the value of a key, or nil where it is absent or null.
func (f *fields) get(key string) *node {
	f.knows(key)
	if i := f.n.index(key); i >= 0 && f.n.entries[i].value.kind != null {
		return f.n.entries[i].value
	}
	return nil
}

// knows notes keys that the language has here, for done to name.
func (f *fields) knows(keys ...string) {
	for _, key := range keys {
		if !slices.Contains(f.asked, key) {
			f.asked = append(f.asked, key)
		}
	}
}

// ignore leaves the keys that nobody asked for alone, where it is not known which there may be.
func (f *fields) ignore() { f.knows(f.n.keys()...) }

// need is get for a key that must be there.
func (f *fields) need(key, allowed string) *node {
	n := f.get(key)
	if n == nil && f.n.kind == mapping {
		f.d.faults = append(f.d.faults, fault.Error{Place: f.place, Path: fault.Path(f.path, key), Value: "missing", Allowed: allowed})
	}
	return n
}

// done reports the keys that the language doesn't have.
func (f *fields) done() {
	for _, e := range f.n.entries {
		if slices.Contains(f.asked, e.key) {
			continue
		}
		allowed := "allowed are " + fault.Listing(f.asked)
		if others := havingKey(f.path, e.key); others != "" {
			allowed = "only " + others + " has it; " + allowed
		} else if guess := fault.Meant(e.key, f.asked); guess != "" {
			allowed = "did you mean " + guess + "? " + allowed
			f.d.isMeant(fault.Path(f.path, guess))
		}
		f.d.faults = append(f.d.faults, fault.Error{Place: e.place, Path: fault.Path(f.path, e.key), Value: "unknown key", Allowed: allowed})
	}
}

// isMeant takes back that the key at a path is missing: it is there under a wrong name, which is told.
func (d *decoder) isMeant(path string) {
	is := func(f fault.Error) bool { return f.Path == path && f.Value == "missing" }
	if i := slices.IndexFunc(d.faults, is); i >= 0 {
		d.meant = append(d.meant, d.faults[i])
		d.faults = slices.Delete(d.faults, i, i+1)
	}
}

func (f *fields) number(key, allowed string) float64 {
	return f.d.number(f.need(key, allowed), fault.Path(f.path, key), allowed)
}

func (f *fields) numberOr(key string, otherwise float64, allowed string) float64 {
	if n := f.get(key); n != nil {
		return f.d.number(n, fault.Path(f.path, key), allowed)
	}
	return otherwise
}

func (f *fields) whole(key, allowed string) int {
	return f.d.whole(f.need(key, allowed), fault.Path(f.path, key), allowed)
}

func (f *fields) wordOr(key, otherwise, allowed string) string {
	if n := f.get(key); n != nil {
		return f.d.word(n, fault.Path(f.path, key), allowed)
	}
	return otherwise
}

// noComma finds a key in what should be one value.
var noComma = regexp.MustCompile(`^\S.*?\s([A-Za-z_]\w*):(?:\s|$)`)

// number reads a scalar in decimal notation; nil, which need has reported, and
// what is no finite number read as NaN.
func (d *decoder) number(n *node, path, allowed string) float64 {
	if n == nil {
		return math.NaN()
	}
	x, why := d.value(n, path)
	if why != "" {
		d.fault(n, path, allowed+why)
		return math.NaN()
	}
	return x
}

// value is the number that a scalar means, an expression perhaps and with a unit. The
// text, where there is no such number, follows what is allowed; it is a blank where no
// more need be said.
func (d *decoder) value(n *node, path string) (x float64, why string) {
	if d.measure != nil {
		return d.measured(n)
	}
	if n.kind != scalar {
		return math.NaN(), " "
	}
	if x, ok := parseDecimal(n.text); ok {
		return x, ""
	}
	text, unit := cutUnit(n.text)
	x, wrong := d.scope.evaluate(&node{kind: scalar, text: text})
	if wrong != "" {
		if m := noComma.FindStringSubmatch(n.text); m != nil && !n.quoted {
			return math.NaN(), ": a comma is missing in front of " + fault.Clip(m[1])
		}
		if none := d.noUnit(n.text); none != "" {
			return math.NaN(), none
		}
		if unit == "" && !strings.ContainsAny(text, "+-*/^()") && len(d.scope.constant) == 0 {
			return math.NaN(), " " // not meant as an expression
		}
		return math.NaN(), ": " + wrong
	}
	if unit != "" {
		if x, wrong = d.inUnit(x, n, path, unit); wrong != "" {
			return math.NaN(), ": " + wrong
		}
	}
	return x, ""
}

// isDecimal tells whether a text is a number as it stands.
func isDecimal(text string) bool {
	_, ok := parseDecimal(text)
	return ok
}

// parseDecimal reads a finite number in decimal notation.
func parseDecimal(text string) (float64, bool) {
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return math.NaN(), false
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN(), false
	}
	return x, true
}

// whole reads a number without a fraction that fits an int on every machine
// that einet knows; what is none reads as 0.
func (d *decoder) whole(n *node, path, allowed string) int {
	if n == nil {
		return 0
	}
	x, why := d.value(n, path)
	if r := math.Round(x); why == "" && !isDecimal(n.text) && math.Abs(x-r) <= 1e-9*math.Abs(x) {
		x = r // but for the rounding of an expression
	}
	if why == "" && !isDecimal(n.text) && x != math.Trunc(x) {
		why = ": is " + fault.Number(x)
	}
	if why != "" || x != math.Trunc(x) || math.Abs(x) > 1<<53 {
		d.fault(n, path, allowed+why)
		return 0
	}
	return int(x)
}

func (d *decoder) word(n *node, path, allowed string) string {
	if n == nil {
		return ""
	}
	if n.kind != scalar {
		d.fault(n, path, allowed)
	}
	return n.text
}

// havingKey names the neuron models, or the rules, that have a key which another of the
// population or projection at a path lacks, or is empty.
func havingKey(path, name string) string {
	of, _, deep := strings.Cut(path, ".")
	if !deep || strings.Count(path, ".") != 1 {
		return ""
	}
	var have []string
	for _, o := range network.Mappings() {
		if of == o.Name+"s" && o.By != "" && o.Has(name) {
			have = append(have, o.Value)
		}
	}
	return strings.Join(have, " or ")
}
