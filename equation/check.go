package equation

import (
	"fmt"

	"einet/fault"
)

// anything is what the number 0 measures: it fits all.
var anything = Dimension{Voltage: 127}

// Check is what a number measures: of says that of names, and whether there are such. The error is an *Error: sums, comparisons
// and choices need one dimension, functions a plain number.
func Check(e *Expr, of func(name string) (Dimension, bool)) (Dimension, error) {
	c := checker{of: of}
	d := c.number(e)
	if c.wrong != nil {
		return Plain, c.wrong
	}
	if d == anything {
		d = Plain
	}
	return d, nil
}

// CheckIs holds an expression to a dimension.
func CheckIs(e *Expr, want Dimension, of func(name string) (Dimension, bool)) error {
	c := checker{of: of}
	if d := c.number(e); d != want && d != anything {
		c.fail(e, "%s is %s, and must be %s", e, d, want)
	}
	if c.wrong != nil {
		return c.wrong
	}
	return nil
}

// CheckTruth holds an expression to being true or false.
func CheckTruth(e *Expr, of func(name string) (Dimension, bool)) error {
	c := checker{of: of}
	c.truth(e)
	if c.wrong != nil {
		return c.wrong
	}
	return nil
}

type checker struct {
	of    func(name string) (Dimension, bool)
	wrong *Error
}

func (c *checker) fail(e *Expr, format string, args ...any) Dimension {
	if c.wrong == nil {
		for i, x := range args {
			if part, ok := x.(*Expr); ok {
				args[i] = fault.Clip(part.String())
			}
		}
		c.wrong = &Error{e.At, fmt.Sprintf(format, args...)}
	}
	return anything
}

func (c *checker) truth(e *Expr) {
	switch {
	case !e.IsTruth():
		c.fail(e, "%s is a number where something true or false must stand, such as V >= V_th", e)
	case e.Kind == And || e.Kind == Or || e.Kind == Not:
		for _, x := range e.Args {
			c.truth(x)
		}
	default:
		c.same(e, operators[e.Kind].text, e.Args[0], e.Args[1])
	}
}

// same is what two numbers measure that stand on the sides of an operator, or in a function.
func (c *checker) same(e *Expr, what string, x, y *Expr) Dimension {
	d, f := c.number(x), c.number(y)
	switch {
	case d == anything:
		return f
	case f != anything && d != f:
		return c.fail(e, "%s is %s and %s is %s: of%smust be of one unit", x, d, y, f, what)
	}
	return d
}

func (c *checker) number(e *Expr) Dimension {
	if c.wrong != nil {
		return anything
	}
	if e.IsTruth() {
		return c.fail(e, "%s is true or false where a number must stand; if(condition, x, y) makes one of it", e)
	}
	switch e.Kind {
	case Number:
		if e.IsZero() {
			return anything
		}
		return e.Unit
	case Name:
		d, ok := c.of(e.Name)
		if !ok {
			return c.fail(e, "there is no %s", fault.Clip(e.Name))
		}
		return d
	case Call:
		return c.call(e)
	case Negative:
		return c.number(e.Args[0])
	case Plus, Minus:
		return c.same(e, operators[e.Kind].text, e.Args[0], e.Args[1])
	}
	x := c.factor(e.Args[0])
	switch e.Kind {
	case Times:
		x = x.Times(c.factor(e.Args[1]))
	case Over:
		x = x.Over(c.factor(e.Args[1]))
	case Power:
		x = x.Power(int8(e.Args[1].Value))
	}
	if x.tooLarge() && c.wrong == nil {
		return c.fail(e, "its unit has exponents beyond %d", mostExponents)
	}
	return x
}

// factor is what a number measures by which another is multiplied or divided.
func (c *checker) factor(e *Expr) Dimension {
	if d := c.number(e); d != anything {
		return d
	}
	return Plain
}

func (c *checker) call(e *Expr) Dimension {
	switch e.Name {
	case "if":
		c.truth(e.Args[0])
		return c.same(e, " the two of if ", e.Args[1], e.Args[2])
	case "min", "max":
		return c.same(e, " the two of "+e.Name+" ", e.Args[0], e.Args[1])
	case "abs":
		return c.number(e.Args[0])
	case "sqrt":
		d := c.number(e.Args[0])
		if d == anything {
			return d
		}
		root, ok := d.Root()
		if !ok {
			return c.fail(e, "%s is %s, which has no square root", e.Args[0], d)
		}
		return root
	}
	if d := c.factor(e.Args[0]); d != Plain {
		return c.fail(e.Args[0], "%s is %s: %s is of a plain number; divide it by a quantity of its unit", e.Args[0], d, e.Name)
	}
	return Plain
}
