package language

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"einet/fault"
	"einet/libm"
	"einet/network"
)

// A scope is what the expressions of a description may name: its constants, and the
// sizes of its populations as NAME.size. Constants may use each other.
type scope struct {
	nodes    map[string]*node // what the names stand for
	constant []string         // the constants' names, in file order
	known    map[string]evaluated
	open     []string // being evaluated
}

type evaluated struct {
	value float64
	wrong string
}

const (
	maxExpression = 1000 // characters
	maxNesting    = 50
	maxChain      = 100 // names, each defined by the next
)

func newScope(root *node) *scope {
	s := &scope{nodes: map[string]*node{}, known: map[string]evaluated{"pi": {value: math.Pi}}}
	child := func(n *node, key string) *node {
		if i := n.index(key); i >= 0 {
			return n.entries[i].value
		}
		return &node{}
	}
	for _, e := range child(root, "populations").entries {
		if size := child(e.value, "size"); size.kind == scalar {
			s.nodes[e.key+".size"] = size
		}
	}
	for _, e := range child(root, "constants").entries {
		s.nodes[e.key], s.constant = e.value, append(s.constant, e.key)
	}
	return s
}

// lookup is the value of a name; the text says what is wrong with it.
func (s *scope) lookup(name string) (value float64, wrong string) {
	if v, ok := s.known[name]; ok {
		return v.value, v.wrong
	}
	n := s.nodes[name]
	switch {
	case n == nil:
		return 0, s.unknown(name)
	case slices.Contains(s.open, name):
		return 0, fault.Clip(name) + " is defined by itself"
	case len(s.open) >= maxChain:
		return 0, fmt.Sprintf("more than %d names, each defined by the next", maxChain)
	}
	s.open = append(s.open, name)
	value, wrong = s.quantity(n)
	s.open = s.open[:len(s.open)-1]
	s.known[name] = evaluated{value, wrong}
	return value, wrong
}

// quantity is the number that a scalar means, with its unit's factor: what a constant
// measures shows where it is used.
func (s *scope) quantity(n *node) (value float64, wrong string) {
	text, name := cutUnit(n.text)
	if n.kind != scalar || name == "" {
		return s.evaluate(n)
	}
	value, wrong = s.evaluate(&node{kind: scalar, text: text})
	return float64(value * units[name].factor), wrong
}

func (s *scope) unknown(name string) string {
	if guess := fault.Closest(name, slices.Sorted(maps.Keys(s.nodes))); guess != "" {
		return fmt.Sprintf("no constant is called %s; did you mean %s?", fault.Clip(name), guess)
	}
	if len(s.constant) > 0 {
		return fmt.Sprintf("no constant is called %s; there are %s", fault.Clip(name), fault.Listing(s.constant))
	}
	return "no constant is called " + fault.Clip(name)
}

// evaluate is the number that a scalar means, without a unit.
func (s *scope) evaluate(n *node) (value float64, wrong string) {
	if n.kind != scalar {
		return 0, "not a number"
	}
	if x, ok := parseDecimal(n.text); ok {
		return x, ""
	}
	if len(n.text) > maxExpression {
		return 0, fmt.Sprintf("an expression has at most %d characters", maxExpression)
	}
	p := &expression{text: n.text, scope: s}
	p.next()
	value = p.sum()
	if p.wrong == "" && p.token != "" {
		p.wrong = "unexpected " + fault.Clip(p.token)
		if withWord.MatchString(n.text) && !slices.Contains(s.constant, p.token) {
			p.wrong = "there is no unit " + fault.Clip(p.token) + "; there are " + fault.Listing(unitNames)
		}
	}
	if p.wrong == "" && (math.IsNaN(value) || math.IsInf(value, 0)) {
		p.wrong = "not a finite number"
	}
	return value, p.wrong
}

// An expression is a sum of products of powers, read once from left to right. What
// is wrong first stays.
type expression struct {
	text  string // still to read
	token string // read last; empty at the end
	scope *scope
	depth int
	wrong string
}

var tokenPattern = regexp.MustCompile(`^\s*(\*\*|[-+*/^(),]|[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+\.|[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z]+)?|\S)`)

func (p *expression) next() {
	m := tokenPattern.FindStringSubmatch(p.text)
	if m == nil {
		p.token = ""
		return
	}
	p.token, p.text = m[1], p.text[len(m[0]):]
}

func (p *expression) fail(format string, args ...any) float64 {
	if p.wrong == "" {
		p.wrong = fmt.Sprintf(format, args...)
	}
	p.text, p.token = "", ""
	return math.NaN()
}

func (p *expression) sum() float64 {
	x := p.product()
	for p.token == "+" || p.token == "-" {
		op := p.token
		p.next()
		if y := p.product(); op == "+" {
			x += y
		} else {
			x -= y
		}
	}
	return x
}

func (p *expression) product() float64 {
	x := p.signed()
	for p.token == "*" || p.token == "/" {
		op := p.token
		p.next()
		if y := p.signed(); op == "*" {
			x = float64(x * y)
		} else {
			x /= y
		}
	}
	return x
}

func (p *expression) signed() float64 {
	if p.depth++; p.depth > maxNesting {
		return p.fail("nested too deeply")
	}
	defer func() { p.depth-- }()
	switch p.token {
	case "-":
		p.next()
		return -p.signed()
	case "+":
		p.next()
		return p.signed()
	}
	x := p.atom()
	if p.token == "^" || p.token == "**" {
		p.next()
		return powerOf(x, p.signed())
	}
	return x
}

// powerOf is x^y: by products for whole y, else by the logarithm.
func powerOf(x, y float64) float64 {
	if y == math.Trunc(y) && math.Abs(y) <= 64 {
		z := 1.0
		for range int(math.Abs(y)) {
			z = float64(z * x)
		}
		if y < 0 {
			return 1 / z
		}
		return z
	}
	if y == 0.5 {
		return math.Sqrt(x)
	}
	return libm.Exp(float64(y * libm.Log(x)))
}

func (p *expression) atom() float64 {
	t := p.token
	switch {
	case t == "":
		return p.fail("it ends too soon")
	case t == "(":
		p.next()
		x := p.sum()
		if p.token != ")" {
			return p.fail("a ) is missing")
		}
		p.next()
		return x
	case t[0] >= '0' && t[0] <= '9' || t[0] == '.' && len(t) > 1:
		p.next()
		x, err := strconv.ParseFloat(t, 64)
		if err != nil {
			return p.fail("%s is no number", fault.Clip(t))
		}
		return x
	case network.MemberName.MatchString(strings.SplitN(t, ".", 2)[0]) || t[0] == '_':
		p.next()
		if p.token == "(" {
			return p.call(t)
		}
		x, wrong := p.scope.lookup(t)
		if wrong != "" {
			return p.fail("%s", wrong)
		}
		return x
	}
	return p.fail("unexpected %s", fault.Clip(t))
}

// functions are those of expressions, by the number of their arguments.
var functions = map[string]func(x []float64) (float64, bool){
	"sqrt":  one(math.Sqrt),
	"exp":   one(libm.Exp),
	"expm1": one(libm.Expm1),
	"log":   one(libm.Log),
	"log1p": one(libm.Log1p),
	"round": one(math.Round),
	"floor": one(math.Floor),
	"ceil":  one(math.Ceil),
	"abs":   one(math.Abs),
	"min":   two(math.Min),
	"max":   two(math.Max),
}

func one(f func(float64) float64) func([]float64) (float64, bool) {
	return func(x []float64) (float64, bool) {
		if len(x) != 1 {
			return 0, false
		}
		return f(x[0]), true
	}
}

func two(f func(x, y float64) float64) func([]float64) (float64, bool) {
	return func(x []float64) (float64, bool) {
		if len(x) != 2 {
			return 0, false
		}
		return f(x[0], x[1]), true
	}
}

func (p *expression) call(name string) float64 {
	f := functions[name]
	if f == nil {
		return p.fail("no function is called %s; there are abs, ceil, exp, expm1, floor, log, log1p, max, min, round, sqrt", fault.Clip(name))
	}
	var args []float64
	for p.next(); ; p.next() {
		args = append(args, p.sum())
		if p.token != "," {
			break
		}
	}
	if p.token != ")" {
		return p.fail("a ) is missing; within { } an expression with a comma needs quotes")
	}
	p.next()
	x, ok := f(args)
	if !ok {
		return p.fail("%s takes another number of values than %d", name, len(args))
	}
	return x
}
