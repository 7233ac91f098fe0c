package theory

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

const (
	tolerance = 1e-10 // of rates, relative
	mostSteps = 200
	runaway   = 1e6 // rates [Hz] beyond which no solution is sought
)

func unsolved(x []float64, size float64) error {
	return fmt.Errorf("%w: still %.2g of the rates off at %.4g Hz", ErrNoState, size, unpack(x).mean)
}

// relax solves f(x) = x for x >= 0 by following dx/dt = f(x) - x with implicit
// steps that grow as it comes near (pseudo-transient continuation, Kelley &
// Keyes, SIAM J. Numer. Anal. 35, 1998): it goes where the dynamics go and
// ends as Newton's method.
func relax(ctx context.Context, f func([]float64) []float64, x []float64) ([]float64, error) {
	step := 0.01 // in units of the time in which rates relax without recurrence
	r, size := residual(f, x)
	for range mostSteps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if size < tolerance {
			return x, nil
		}
		next, ok := implicit(f, x, r, step)
		if !ok {
			break
		}
		if slices.Max(unpack(next).mean) > runaway {
			return nil, fmt.Errorf("%w: rates grow without bound", ErrNoState)
		}
		rn, sn := residual(f, next)
		if !(sn < 4*size) { // too far
			if step /= 4; step < 1e-9 {
				break
			}
			continue
		}
		step = min(step*1.2*min(max(size/sn, 0.5), 4), 1e12)
		x, r, size = next, rn, sn
	}
	return nil, unsolved(x, size)
}

// descend solves f(x) = x for x >= 0 by Newton's method, each step shortened
// until it lessens the residual. It finds unstable solutions too.
func descend(ctx context.Context, f func([]float64) []float64, x []float64) ([]float64, error) {
	r, size := residual(f, x)
	for range mostSteps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if size < tolerance {
			return x, nil
		}
		full, ok := implicit(f, x, r, math.Inf(1))
		if !ok {
			break
		}
		step, next, lessened := 1.0, make([]float64, len(x)), false
		for ; step > 1e-6 && !lessened; step /= 2 {
			for i := range next {
				next[i] = x[i] + step*(full[i]-x[i])
			}
			rn, sn := residual(f, next)
			if lessened = norm(rn, x) < norm(r, x)*(1-1e-4*step); lessened {
				r, size = rn, sn
			}
		}
		if !lessened {
			break
		}
		x = next
	}
	return nil, unsolved(x, size)
}

// norm is the length of a residual r whose elements are measured in units of x.
func norm(r, x []float64) float64 {
	sum := 0.0
	for i := range r {
		sum += square(r[i] / (1e-3 + x[i]))
	}
	return math.Sqrt(sum)
}

// residual is f(x) - x, and its largest element relative to x.
func residual(f func([]float64) []float64, x []float64) (r []float64, size float64) {
	r = f(x)
	for i := range r {
		r[i] -= x[i]
		size = max(size, math.Abs(r[i])/(1e-3+math.Abs(x[i])))
	}
	return r, size
}

// implicit is the next x after a step of linearly implicit Euler: d with
// (1/step - dr/dx) d = r is added.
func implicit(f func([]float64) []float64, x, r []float64, step float64) ([]float64, bool) {
	n := len(x)
	a, b := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
	moved := make([]float64, n)
	for j := range n {
		copy(moved, x)
		h := 1e-6 * (1e-2 + math.Abs(x[j]))
		moved[j] += h
		rj, _ := residual(f, moved)
		for i := range n {
			a.Set(i, j, -(rj[i]-r[i])/h)
		}
		a.Set(j, j, a.At(j, j)+1/step)
		b.SetVec(j, r[j])
	}
	var d mat.VecDense
	if err := d.SolveVec(a, b); err != nil {
		var condition mat.Condition
		if !errors.As(err, &condition) || math.IsInf(float64(condition), 1) {
			return nil, false
		}
	}
	next := make([]float64, n)
	for i := range next {
		next[i] = max(0, x[i]+d.AtVec(i))
	}
	return next, true
}
