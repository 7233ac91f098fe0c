package equation

import (
	"math"

	"einet/libm"
)

// Value is what a number comes to, in einet's units, in float64: the same on every machine. lookup gives the names' values.
func Value(e *Expr, lookup func(name string) float64) float64 {
	arg := func(i int) float64 { return Value(e.Args[i], lookup) }
	switch e.Kind {
	case Number:
		return e.Value
	case Name:
		return lookup(e.Name)
	case Plus:
		return arg(0) + arg(1)
	case Minus:
		return arg(0) - arg(1)
	case Times:
		return float64(arg(0) * arg(1))
	case Over:
		return arg(0) / arg(1)
	case Negative:
		return -arg(0)
	case Power:
		x, product := arg(0), 1.0
		for range int(e.Args[1].Value) {
			product = float64(product * x)
		}
		return product
	case Call:
		return call(e, lookup)
	}
	return math.NaN() // true or false
}

// Truth tells whether a condition holds.
func Truth(e *Expr, lookup func(name string) float64) bool {
	truth := func(i int) bool { return Truth(e.Args[i], lookup) }
	arg := func(i int) float64 { return Value(e.Args[i], lookup) }
	switch e.Kind {
	case And:
		return truth(0) && truth(1)
	case Or:
		return truth(0) || truth(1)
	case Not:
		return !truth(0)
	case Less:
		return arg(0) < arg(1)
	case LessEqual:
		return arg(0) <= arg(1)
	case Greater:
		return arg(0) > arg(1)
	case GreaterEqual:
		return arg(0) >= arg(1)
	}
	return false // a number
}

func call(e *Expr, lookup func(name string) float64) float64 {
	if e.Name == "if" {
		if Truth(e.Args[0], lookup) {
			return Value(e.Args[1], lookup)
		}
		return Value(e.Args[2], lookup)
	}
	x := Value(e.Args[0], lookup)
	switch e.Name {
	case "min":
		return min(x, Value(e.Args[1], lookup))
	case "max":
		return max(x, Value(e.Args[1], lookup))
	case "abs":
		return math.Abs(x)
	case "floor":
		return math.Floor(x)
	case "sqrt":
		return math.Sqrt(x)
	case "exp":
		return libm.Exp(x)
	case "log":
		return libm.Log(x)
	case "tanh":
		// of |x|, so that tanh(-x) is -tanh(x)
		f := libm.Expm1(-2 * math.Abs(x))
		return math.Copysign(f/(f+2), x)
	case "exprel":
		return Exprel(x)
	}
	return math.NaN() // no function
}

// Exprel is (e^x - 1)/x, which is 1 at 0.
func Exprel(x float64) float64 {
	if x == 0 {
		return 1
	}
	return libm.Expm1(x) / x
}
