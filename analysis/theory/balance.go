package theory

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// A Balance is the limit of a large network with strong synapses (van Vreeswijk &
// Sompolinsky, Science 274, 1996; Neural Comput. 10, 1998): the rates at which
// each population's mean recurrent input cancels its external input,
//
//	sum_j W_ij rate_j + X_i = 0,   W_ij = sum over projections of InDegree Charge
//
// where X is the external input. Thresholds and leak, which are small beside it, do not enter.
type Balance struct {
	Rates      []float64   // the solution [Hz]; nil where there is not exactly one
	Positive   bool        // all rates are above 0
	Conditions []Condition // for one excitatory and one inhibitory population; nil for others
	Holds      bool        // Positive, and all Conditions hold
}

// A Condition is one of the inequalities of van Vreeswijk & Sompolinsky for a
// balanced state of an excitatory and an inhibitory population to exist and to
// attract: X_E/X_I > W_EI/W_II > W_EE/W_IE, in magnitudes. With both reversed
// the rates are positive too, but perturbations grow.
type Condition struct {
	Name        string // such as X_E/X_I > W_EI/W_II
	Left, Right float64
	Holds       bool
}

// singular is the condition number from which on a matrix of sums of weights is
// singular but for rounding.
const singular = 1e10

// Balance solves the balance equations.
func (s *System) Balance() Balance {
	n := len(s.Populations)
	w, x := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
	for i := range s.Populations {
		x.SetVec(i, -s.Populations[i].Input)
		for _, c := range s.Populations[i].Sources {
			mean := c.InDegree * c.Charge / 1000 // [mV/Hz]
			if c.From == External {
				x.SetVec(i, x.AtVec(i)-mean*c.Rate)
			} else {
				w.Set(i, c.From, w.At(i, c.From)+mean)
			}
		}
	}
	var b Balance
	if excitatory, inhibitory, ok := pair(w); ok {
		b.Conditions = conditions(w, x, excitatory, inhibitory)
	}
	var lu mat.LU
	if lu.Factorize(w); !(lu.Cond() < singular) {
		return b
	}
	var rates mat.VecDense
	if err := lu.SolveVecTo(&rates, false, x); err != nil {
		panic(err) // the shapes are right, and the condition was checked
	}
	b.Rates, b.Positive = rates.RawVector().Data, true
	for _, r := range b.Rates {
		b.Positive = b.Positive && r > 0
	}
	b.Holds = b.Positive
	for _, c := range b.Conditions {
		b.Holds = b.Holds && c.Holds
	}
	return b
}

// pair finds the populations of an E/I network: of two, one whose synapses all
// excite and one whose synapses all inhibit.
func pair(w *mat.Dense) (excitatory, inhibitory int, ok bool) {
	if n, _ := w.Dims(); n != 2 {
		return 0, 0, false
	}
	excites := func(j int) bool { return w.At(0, j) >= 0 && w.At(1, j) >= 0 && w.At(0, j)+w.At(1, j) > 0 }
	inhibits := func(j int) bool { return w.At(0, j) <= 0 && w.At(1, j) <= 0 && w.At(0, j)+w.At(1, j) < 0 }
	switch {
	case excites(0) && inhibits(1):
		return 0, 1, true
	case excites(1) && inhibits(0):
		return 1, 0, true
	}
	return 0, 0, false
}

func conditions(w *mat.Dense, minusX *mat.VecDense, e, i int) []Condition {
	xE, xI := -minusX.AtVec(e), -minusX.AtVec(i)
	ee, ei, ie, ii := w.At(e, e), -w.At(e, i), w.At(i, e), -w.At(i, i)
	// Multiplied out, because what is divided by may be 0; equal up to rounding is not greater.
	greater := func(a, b float64) bool { return a-b > 1e-9*math.Max(math.Abs(a), math.Abs(b)) }
	return []Condition{
		{"X_E/X_I > W_EI/W_II", xE / xI, ei / ii, greater(xE*ii, xI*ei)},
		{"W_EI/W_II > W_EE/W_IE", ei / ii, ee / ie, greater(ei*ie, ii*ee)},
	}
}
