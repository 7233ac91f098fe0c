package theory

import (
	"fmt"
	"math"
	"math/cmplx"

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
	w, x := s.balanceEquations()
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

// balanceEquations are W [mV/Hz] and -X [mV].
func (s *System) balanceEquations() (w *mat.Dense, minusX *mat.VecDense) {
	n := len(s.Populations)
	w, minusX = mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
	for i := range s.Populations {
		minusX.SetVec(i, -s.Populations[i].Input)
		for _, c := range s.Populations[i].Sources {
			mean := c.InDegree * c.Charge / 1000
			if c.From == External {
				minusX.SetVec(i, minusX.AtVec(i)-mean*c.Rate)
			} else {
				w.Set(i, c.From, w.At(i, c.From)+mean)
			}
		}
	}
	return w, minusX
}

// Modulation is how the rates of the balance limit follow external input that is
// modulated sinusoidally: the amplitudes [Hz] that make recurrent input, filtered by its
// synapses and late by its delays, cancel an input X e^(i w t), w = 2 pi hz,
//
//	sum_j W_ij h_ij(w) r_j + X_i = 0,   h = e^(-i w delay) / (1 + i w tau_syn)
//
// with the square of the denominator for an alpha synapse. A rate leads its input where
// its argument is above 0: recurrent input comes late, and the rate makes up for it.
// At 0 Hz it is Balance's Rates; nil where there is not exactly one solution.
func (s *System) Modulation(hz float64) []complex128 {
	n := len(s.Populations)
	_, minusX := s.balanceEquations()
	// As real equations for the real parts, then the imaginary ones.
	a, x := mat.NewDense(2*n, 2*n, nil), mat.NewVecDense(2*n, nil)
	add := func(i, j int, by float64) { a.Set(i, j, a.At(i, j)+by) }
	for i := range s.Populations {
		x.SetVec(i, minusX.AtVec(i))
		for _, c := range s.Populations[i].Sources {
			if c.From == External {
				continue
			}
			w := complex(c.InDegree*c.Charge/1000, 0) * c.filter(hz)
			add(i, c.From, real(w))
			add(n+i, n+c.From, real(w))
			add(i, n+c.From, -imag(w))
			add(n+i, c.From, imag(w))
		}
	}
	var lu mat.LU
	if lu.Factorize(a); !(lu.Cond() < singular) {
		return nil
	}
	var parts mat.VecDense
	if err := lu.SolveVecTo(&parts, false, x); err != nil {
		panic(err) // the shapes are right, and the condition was checked
	}
	var amplitudes []complex128
	for i := range n {
		amplitudes = append(amplitudes, complex(parts.AtVec(i), parts.AtVec(n+i)))
	}
	return amplitudes
}

// filter is what becomes of a modulation on its way from the source's rate to the
// current, over what becomes of a constant rate.
func (c *Source) filter(hz float64) complex128 {
	w := 2 * math.Pi * hz / 1000
	once := 1 / (complex(1, w*c.TauSyn) * complex(1, w*c.TauRise))
	return cmplx.Rect(1, -w*c.Delay) * once
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

// Verdict says in words whether a balanced state exists.
func (b Balance) Verdict() string {
	failed := ""
	for _, k := range b.Conditions {
		if !k.Holds && failed == "" {
			failed = fmt.Sprintf("%s does not hold (%.4g and %.4g)", k.Name, k.Left, k.Right)
		}
	}
	switch {
	case b.Holds && len(b.Conditions) > 0:
		return fmt.Sprintf("a balanced state exists: X_E/X_I = %.4g > W_EI/W_II = %.4g > W_EE/W_IE = %.4g",
			b.Conditions[0].Left, b.Conditions[0].Right, b.Conditions[1].Right)
	case b.Holds:
		return "the balance equations have a solution with all rates above 0"
	case b.Rates == nil && failed != "":
		return "not balanced: " + failed + ", and the balance equations are singular: no rates cancel the external input"
	case b.Rates == nil:
		return "not balanced: the balance equations are singular, there is no one set of rates that cancels the external input"
	case failed != "":
		return "not balanced: " + failed
	}
	return "not balanced: a rate of the solution is not above 0"
}
