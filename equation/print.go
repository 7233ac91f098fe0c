package equation

import (
	"strconv"
	"strings"
)

// How strongly operators bind.
const (
	loosest = iota
	byOr
	byAnd
	byNot
	byComparison
	bySum
	byProduct
	bySign
	byPower
	tightest
)

var operators = [...]struct {
	text string
	rank int
}{
	Plus: {" + ", bySum}, Minus: {" - ", bySum}, Times: {"*", byProduct}, Over: {"/", byProduct}, Power: {"^", byPower}, Negative: {"-", bySign},
	Less: {" < ", byComparison}, LessEqual: {" <= ", byComparison}, Greater: {" > ", byComparison}, GreaterEqual: {" >= ", byComparison},
	And: {" and ", byAnd}, Or: {" or ", byOr}, Not: {"not ", byNot},
}

// String is the expression as Parse reads it, with few more brackets than it needs.
func (e *Expr) String() string {
	var b strings.Builder
	e.write(&b, loosest)
	return b.String()
}

// write writes what stands where operators must bind at least as strongly as that.
func (e *Expr) write(b *strings.Builder, rank int) {
	if own := e.rank(); own < rank {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	switch e.Kind {
	case Number:
		b.WriteString(e.number())
	case Name:
		b.WriteString(e.Name)
	case Call:
		b.WriteString(e.Name + "(")
		for i, x := range e.Args {
			if i > 0 {
				b.WriteString(", ")
			}
			x.write(b, loosest)
		}
		b.WriteByte(')')
	case Negative, Not:
		op := operators[e.Kind]
		b.WriteString(op.text)
		e.Args[0].write(b, op.rank)
	default:
		op := operators[e.Kind]
		left, right := op.rank, op.rank+1
		if e.Kind == Power || op.rank == byComparison {
			left++
		}
		if e.Kind == Over && e.Args[1].Kind == Number {
			right = tightest // x/(2 ms), so that nobody reads it as (x/2) ms
		}
		e.Args[0].write(b, left)
		b.WriteString(op.text)
		e.Args[1].write(b, right)
	}
}

// rank is that of the operator which an expression is of.
func (e *Expr) rank() int {
	switch {
	case e.Kind == Number && e.Value < 0:
		return bySign
	case e.Kind == Number && e.Unit != Plain && e.Name == "":
		if e.Unit.name() == "" {
			return byProduct
		}
		return byPower // in brackets only where a power is taken of it
	case e.Kind <= Call:
		return tightest
	}
	return operators[e.Kind].rank
}

// number writes a Number. A quantity that Parse made has a unit with a name.
func (e *Expr) number() string {
	if e.Name != "" {
		return e.Name
	}
	text := strconv.FormatFloat(e.Value, 'g', -1, 64)
	if name := e.Unit.name(); name != "" {
		return text + " " + name
	}
	return Quantity(e.Value, e.Unit)
}
