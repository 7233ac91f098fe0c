package equation

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"einet/fault"
)

// What an expression may be at most.
const (
	MaxLength  = 2000 // characters
	maxNesting = 50   // of brackets and signs
)

// Error is the column, and what is wrong there.
func (e *Error) Error() string { return fmt.Sprintf("column %d: %s", e.At+1, e.Wrong) }

// Parse reads an expression. The error is an *Error.
func Parse(text string) (*Expr, error) {
	if n := utf8.RuneCountInString(text); n > MaxLength {
		return nil, &Error{MaxLength, fmt.Sprintf("an expression has at most %d characters, this has %d", MaxLength, n)}
	}
	p := &parser{text: []rune(text)}
	p.next()
	e := p.either()
	if p.wrong == nil && p.token != "" {
		p.unexpected()
	}
	if p.wrong != nil {
		return nil, p.wrong
	}
	return e, nil
}

// A parser reads from left to right, once. What is wrong first stays.
type parser struct {
	text  []rune
	from  int // what is still to be read
	token string
	at    int // where the token is
	depth int
	wrong *Error
}

// next reads a token; it is empty at the end.
func (p *parser) next() {
	for p.from < len(p.text) && unicode.IsSpace(p.text[p.from]) {
		p.from++
	}
	p.at = p.from
	p.from += tokenLength(p.text[p.from:])
	p.token = string(p.text[p.at:p.from])
}

func tokenLength(s []rune) int {
	span := func(from int, of func(r rune) bool) int {
		for from < len(s) && of(s[from]) {
			from++
		}
		return from
	}
	switch {
	case len(s) == 0:
		return 0
	case isLetter(s[0]):
		return span(0, func(r rune) bool { return isLetter(r) || isDigit(r) })
	case isDigit(s[0]) || s[0] == '.' && len(s) > 1 && isDigit(s[1]):
		n := span(0, isDigit)
		if n < len(s) && s[n] == '.' {
			n = span(n+1, isDigit)
		}
		if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
			m := n + 1
			if m < len(s) && (s[m] == '+' || s[m] == '-') {
				m++
			}
			if end := span(m, isDigit); end > m {
				return end
			}
		}
		return n
	case len(s) > 1 && slices.Contains([]string{"<=", ">=", "==", "!=", "**", "&&", "||"}, string(s[:2])):
		return 2
	}
	return 1
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isLetter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == 'µ' || r == 'μ'
}

func (p *parser) fail(at int, format string, args ...any) *Expr {
	if p.wrong == nil {
		p.wrong = &Error{at, fmt.Sprintf(format, args...)}
	}
	p.from, p.token = len(p.text), ""
	return &Expr{}
}

// meant are what others write in the place of einet's words.
var meant = map[string]string{"&&": "and", "||": "or", "!": "not", "&": "and", "|": "or", "?": "if(condition, x, y)"}

func (p *parser) unexpected() *Expr {
	t := p.token
	switch {
	case t == "":
		return p.fail(p.at, "it ends too soon")
	case t == ",":
		return p.fail(p.at, "a comma stands only between the values of a function; within { } an expression with a comma needs quotes")
	case t == ")":
		return p.fail(p.at, "this ) closes nothing")
	case t == "=" || t == "==" || t == "!=":
		return p.fail(p.at, "numbers are not compared for equality: there are <, <=, > and >=")
	case t == "'":
		return p.fail(p.at, "a derivative stands only at the left of its equation, as the key V'")
	case meant[t] != "":
		return p.fail(p.at, "write %s in the place of %s", meant[t], t)
	}
	return p.fail(p.at, "unexpected %s: an operator is missing in front of it, or a value", fault.Clip(t))
}

// operation reads what one-sided or two-sided operators of one rank make of operands.
func (p *parser) chain(of map[string]Kind, operand func() *Expr) *Expr {
	x := operand()
	for {
		kind, ok := of[p.token]
		if !ok {
			return x
		}
		at := p.at
		p.next()
		x = &Expr{Kind: kind, Args: []*Expr{x, operand()}, At: at}
	}
}

var (
	ors         = map[string]Kind{"or": Or}
	ands        = map[string]Kind{"and": And}
	comparisons = map[string]Kind{"<": Less, "<=": LessEqual, ">": Greater, ">=": GreaterEqual}
	sums        = map[string]Kind{"+": Plus, "-": Minus}
	products    = map[string]Kind{"*": Times, "/": Over}
)

func (p *parser) either() *Expr { return p.chain(ors, p.both) }
func (p *parser) both() *Expr   { return p.chain(ands, p.not) }

func (p *parser) not() *Expr {
	if p.token != "not" {
		return p.comparison()
	}
	defer p.deeper()()
	at := p.at
	p.next()
	return &Expr{Kind: Not, Args: []*Expr{p.not()}, At: at}
}

func (p *parser) comparison() *Expr {
	x := p.sum()
	kind, ok := comparisons[p.token]
	if !ok {
		return x
	}
	at := p.at
	p.next()
	x = &Expr{Kind: kind, Args: []*Expr{x, p.sum()}, At: at}
	if _, again := comparisons[p.token]; again {
		return p.fail(p.at, "one comparison at a time: join them by and")
	}
	return x
}

func (p *parser) sum() *Expr     { return p.chain(sums, p.product) }
func (p *parser) product() *Expr { return p.chain(products, p.signed) }

// deeper goes one level down; what it returns comes up again.
func (p *parser) deeper() func() {
	if p.depth++; p.depth > maxNesting {
		p.fail(p.at, "nested deeper than %d", maxNesting)
	}
	return func() { p.depth-- }
}

func (p *parser) signed() *Expr {
	at := p.at
	switch p.token {
	case "-":
		defer p.deeper()()
		p.next()
		return &Expr{Kind: Negative, Args: []*Expr{p.signed()}, At: at}
	case "+":
		defer p.deeper()()
		p.next()
		return p.signed()
	}
	quantity := len(p.token) > 0 && !isLetter(p.text[p.at]) && p.token != "("
	x := p.atom()
	if p.token != "^" && p.token != "**" {
		return x
	}
	at = p.at
	if quantity && x.Unit != Plain {
		return p.fail(at, "is it the number or the unit whose power is meant? Put ( ) around the number with its unit, or * between them")
	}
	p.next()
	exponent := p.token
	if n, err := strconv.Atoi(exponent); err != nil || n < 2 || n > 8 {
		return p.fail(p.at, "an exponent must be a whole number from 2 to 8; there are also exp, log and sqrt")
	}
	power := &Expr{Kind: Number, Value: float64(exponent[len(exponent)-1] - '0'), At: p.at}
	p.next()
	if p.token == "^" || p.token == "**" {
		return p.fail(p.at, "one power at a time: put ( ) around the first")
	}
	return &Expr{Kind: Power, Args: []*Expr{x, power}, At: at}
}

func (p *parser) atom() *Expr {
	at, t := p.at, p.token
	switch {
	case t == "(":
		defer p.deeper()()
		p.next()
		x := p.either()
		if p.token != ")" {
			return p.missing(at)
		}
		p.next()
		return x
	case t == "" || t == "and" || t == "or" || t == "not":
		return p.unexpected()
	case isDigit(p.text[at]) || p.text[at] == '.' && len(t) > 1:
		return p.number()
	case isLetter(p.text[at]):
		p.next()
		if p.token == "(" {
			return p.call(t, at)
		}
		if arguments(t) > 0 {
			return p.fail(at, "%s is a function: %s", t, usage(t))
		}
		if IsUnit(t) {
			u := units[t]
			return &Expr{Kind: Number, Value: u.factor, Unit: u.of, Name: t, At: at}
		}
		return &Expr{Kind: Name, Name: t, At: at}
	}
	return p.unexpected()
}

// missing says that a bracket is not closed.
func (p *parser) missing(opened int) *Expr {
	if p.wrong == nil && p.token != "" && p.token != "," {
		return p.unexpected()
	}
	return p.fail(opened, "the ) of this ( is missing; within { } an expression with a comma needs quotes")
}

// number reads a number and the unit behind it.
func (p *parser) number() *Expr {
	at, t := p.at, p.token
	value, err := strconv.ParseFloat(t, 64)
	if err != nil || math.IsInf(value, 0) {
		return p.fail(at, "%s is beyond the numbers that there are", fault.Clip(t))
	}
	p.next()
	e := &Expr{Kind: Number, Value: value, At: at}
	if p.token == "" || !isLetter(p.text[p.at]) || p.token == "and" || p.token == "or" {
		return e
	}
	u, ok := units[p.token]
	if !ok {
		return p.fail(p.at, "there is no unit %s, or an operator is missing in front of it; units are V, A, S, F, s, m, M, ohm and Hz with a prefix, as mV, and cm", fault.Clip(p.token))
	}
	p.next()
	e.Value, e.Unit = float64(value*u.factor), u.of
	return e
}

// usage shows how a function is called.
func usage(function string) string {
	switch arguments(function) {
	case 3:
		return function + "(condition, x, y)"
	case 2:
		return function + "(x, y)"
	}
	return function + "(x)"
}

func (p *parser) call(name string, at int) *Expr {
	n := arguments(name)
	if n == 0 {
		return p.fail(at, "no function is called %s; there are %s%s", fault.Clip(name), strings.Join(Functions, ", "), fault.DidYouMean(name, Functions))
	}
	defer p.deeper()()
	opened := p.at
	e := &Expr{Kind: Call, Name: name, At: at}
	for p.next(); ; p.next() {
		e.Args = append(e.Args, p.either())
		if p.token != "," {
			break
		}
	}
	if p.token != ")" {
		return p.missing(opened)
	}
	p.next()
	if len(e.Args) != n {
		return p.fail(at, "%s takes %d values, not %d: %s", name, n, len(e.Args), usage(name))
	}
	return e
}
