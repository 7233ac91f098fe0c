package theory

import (
	"context"
	"errors"
	"math"
)

// A Correction says what a prediction takes into account beyond white noise
// and equal neurons.
type Correction struct {
	Colour   bool // the synapses' time constants (Fourcaud & Brunel 2002)
	Quenched bool // the differences between the neurons' mean inputs
}

// A State is the stationary state of one population.
type State struct {
	Drive
	Rate   float64 // mean over neurons [Hz]
	RateSD float64 // standard deviation over neurons [Hz], of Poisson input; 0 without Quenched
	CV     float64 // of the intervals of a neuron that gets the mean input, as white noise; NaN if silent
}

// A Prediction is all that the theory says of a system, from coarse to fine.
// States are one for each population.
type Prediction struct {
	Balance         Balance
	White, Coloured []State // equal neurons, white and coloured noise
	Full            []State // both corrections: what a simulation is held against
}

// Predict computes the whole Prediction.
func (s *System) Predict(ctx context.Context) (p Prediction, err error) {
	p.Balance = s.Balance()
	for _, v := range []struct {
		states     *[]State
		correction Correction
	}{
		{&p.White, Correction{}},
		{&p.Coloured, Correction{Colour: true}},
		{&p.Full, Correction{Colour: true, Quenched: true}},
	} {
		if *v.states, err = s.Solve(ctx, v.correction); err != nil {
			return p, err
		}
	}
	return p, nil
}

// ErrNoState is the error of Solve where it finds no stationary state.
var ErrNoState = errors.New("theory: no stationary state found")

// Solve finds the self-consistent stationary rates of all populations: each
// population's rate is Siegert's for the input that all the rates make. Where there
// are several solutions it is one near the balance limit, if that exists, or else
// the one to which rates relax from 1 Hz. A solution need not be stable
// against oscillations. It ends early, with the error of ctx, where that does.
func (s *System) Solve(ctx context.Context, c Correction) ([]State, error) {
	states, err := s.solveRates(ctx, c)
	for i := range states {
		d := states[i].Drive
		if before := max(0, i-1); before < i && s.Populations[i].Neuron == s.Populations[before].Neuron && d == states[before].Drive {
			states[i].CV = states[before].CV // which takes long
			continue
		}
		states[i].CV = s.Populations[i].Neuron.CV(d.Mean, d.Sigma)
	}
	return states, err
}

// solveRates is Solve without the CV, which is NaN.
func (s *System) solveRates(ctx context.Context, c Correction) ([]State, error) {
	x, err := s.solution(ctx, c)
	if err != nil {
		return nil, err
	}
	states := make([]State, len(s.Populations))
	r := unpack(x)
	for i := range states {
		states[i] = State{Drive: s.drive(i, r), Rate: r.mean[i], RateSD: math.Sqrt(r.variance[i]), CV: math.NaN()}
	}
	return states, nil
}

// solution is the solution as relax and descend have it.
func (s *System) solution(ctx context.Context, c Correction) (x []float64, err error) {
	respond := func(x []float64) []float64 { return s.respond(x, c) }
	if b := s.Balance(); b.Holds {
		if x, err := descend(ctx, respond, pack(b.Rates)); err == nil {
			return x, nil
		}
	}
	start := make([]float64, len(s.Populations))
	for i := range start {
		start[i] = 1
	}
	if x, err = relax(ctx, respond, pack(start)); err == nil {
		return x, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	// Relaxation runs away from states that only fast inhibition holds.
	if x, err := descend(ctx, respond, pack(start)); err == nil {
		return x, nil
	}
	return nil, err
}

// pack makes the vector that relax and descend work on: for each population
// the mean of its rate and the variance over neurons, which is 0 here.
func pack(mean []float64) []float64 {
	x := make([]float64, 2*len(mean))
	for i, rate := range mean {
		x[2*i] = rate
	}
	return x
}

// unpack undoes pack.
func unpack(x []float64) rates {
	var r rates
	for i := 0; i < len(x); i += 2 {
		r.mean = append(r.mean, x[i])
		r.variance = append(r.variance, x[i+1])
	}
	return r
}

// respond is the rates with which the populations answer the rates x.
func (s *System) respond(x []float64, c Correction) []float64 {
	r := unpack(x)
	y := make([]float64, len(x))
	for i := range s.Populations {
		y[2*i], y[2*i+1] = s.Populations[i].Neuron.respond(s.drive(i, r), c)
	}
	return y
}

// respond is the mean and the variance over neurons of the rate [Hz, Hz^2] of
// neurons whose mean inputs are spread as a Gaussian of sd Quenched.
func (n LIF) respond(d Drive, c Correction) (mean, variance float64) {
	if !c.Colour {
		d.TauSyn = 0
	}
	if !c.Quenched || d.Quenched == 0 {
		return n.Rate(d.Mean, d.Sigma, d.TauSyn), 0
	}
	// The trapezoidal rule, which on a Gaussian converges exponentially.
	const (
		reach = 6.0 // e^(-18) of the weight is beyond
		step  = 0.25
	)
	total, squares := 0.0, 0.0
	for z := -reach; z <= reach; z += step {
		weight := math.Exp(-z*z/2) * step / math.Sqrt(2*math.Pi)
		rate := n.Rate(d.Mean+z*d.Quenched, d.Sigma, d.TauSyn)
		total += weight * rate
		squares += weight * rate * rate
	}
	return total, max(0, squares-total*total)
}
