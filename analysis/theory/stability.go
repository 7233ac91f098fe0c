package theory

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/cmplx"
)

// A Stability says whether the stationary state of a network stays.
type Stability struct {
	Unstable int     // modes of the linearised equations that grow; each oscillation is two
	Hz       float64 // about the frequency of one that grows, or else of the one that is nearest to it; 0 without oscillation
}

// ErrStiff is the error of Stability where a population's noise is too small for its equations: neurons are clocks, whose response has a
// resonance at each multiple of their rate.
var ErrStiff = errors.New("theory: the noise is too small for the response of neurons")

// Stability is that of the state that Solve finds of equal neurons, as Brunel (2000) has it for delta synapses: rates perturbed at a frequency w return, through delays and synapses, as A(w) times themselves,
//
//	A_ij = sum over projections of K e^(-iw delay) (q h R_mean,i + q^2/tau_m R_variance,i)
//
// with h the filter of the synapse and R the Response of neurons. Modes grow where det(1 - A) has zeros of positive growth, and as many
// as it winds around 0 while w goes from 0 to infinity (Nyquist). Of synapses that are not delta the threshold and the reset
// are moved as in Rate (Schuecker, Diesmann & Helias, Phys. Rev. E 92, 052119, 2015), and the modulation of the variance is left out.
func (s *System) Stability(ctx context.Context) (Stability, error) {
	states, err := s.solveRates(ctx, Correction{Colour: true})
	if err != nil {
		return Stability{}, err
	}
	n := nyquist{s: s, states: states, least: math.Inf(1)}
	hz := lowestHz
	first, err := n.determinant(hz)
	if err != nil {
		return Stability{}, err
	}
	total, last, highest := 0.0, first, n.highest()
	for hz < highest {
		if err := ctx.Err(); err != nil {
			return Stability{}, err
		}
		next := min(hz*(1+fineShare), hz+highest/coarseParts)
		turned, at, err := n.turn(hz, last, next, deepest)
		if err != nil {
			return Stability{}, err
		}
		total, last, hz = total+turned, at, next
	}
	// At frequency 0 det is real. At infinity it is 1, and near it at the last frequency: what is left of the turn is a principal argument.
	atRest := 0.0
	if real(first) < 0 {
		atRest = math.Copysign(math.Pi, cmplx.Phase(first))
	}
	total += cmplx.Phase(first) - atRest - cmplx.Phase(last)
	found := Stability{Unstable: max(0, int(math.Round(-total/math.Pi))), Hz: n.nearest}
	if found.Unstable > 0 {
		found.Hz = n.growing
	}
	return found, nil
}

// Frequencies between which det(1 - A) is followed [Hz], by steps of a share of the frequency or parts of the highest, halved until det turns
// little in each. The highest is delayTurns over the smallest delay: what a delay brings back late by more turns is little.
const (
	lowestHz                  = 0.5
	leastHighest, mostHighest = 300.0, 5000.0
	delayTurns                = 1.25
	fineShare, coarseParts    = 0.08, 60
	deepest                   = 12
	mostTaken                 = 2000
	mostTurn                  = 0.8 // rad
)

func (n *nyquist) highest() float64 {
	least := math.Inf(1)
	for i := range n.s.Populations {
		for _, c := range n.s.Populations[i].Sources {
			if c.From != External && c.Delay > 0 {
				least = min(least, c.Delay)
			}
		}
	}
	return min(max(1000*delayTurns/least, leastHighest), mostHighest)
}

// A nyquist follows det(1 - A) along the frequencies.
type nyquist struct {
	s              *System
	states         []State
	nearest, least float64 // where it is nearest to 0, and how near
	growing, below float64 // where it passes the negative numbers farthest from 0, and that number

	taken  int // frequencies
	asked  asked
	answer Response
}

// asked is what a response is of.
type asked struct {
	neuron          LIF
	mean, sigma, hz float64
}

// turn is by how much the argument of det changes from one frequency to another.
func (n *nyquist) turn(hz float64, det complex128, to float64, depth int) (turned float64, end complex128, err error) {
	end, err = n.determinant(to)
	if err != nil {
		return 0, 0, err
	}
	turned = cmplx.Phase(end / det)
	if math.Abs(turned) < mostTurn || depth == 0 {
		if imag(det) < 0 != (imag(end) < 0) && real(end) < n.below {
			n.growing, n.below = to, real(end)
		}
		return turned, end, nil
	}
	middle := (hz + to) / 2
	first, between, err := n.turn(hz, det, middle, depth-1)
	if err != nil {
		return 0, 0, err
	}
	second, end, err := n.turn(middle, between, to, depth-1)
	return first + second, end, err
}

// determinant is det(1 - A) at a frequency.
func (n *nyquist) determinant(hz float64) (complex128, error) {
	size := len(n.s.Populations)
	m := make([][]complex128, size)
	for i := range m {
		m[i] = make([]complex128, size)
		m[i][i] = 1
		p, d := &n.s.Populations[i], n.states[i].Drive
		r, ok := n.response(i, hz, d)
		if !ok {
			return 0, fmt.Errorf("%w: %s", ErrStiff, p.Name)
		}
		for _, c := range p.Sources {
			if c.From == External {
				continue
			}
			back := complex(c.InDegree*c.Charge/1000, 0) * c.filter(hz) * r.Mean
			if c.TauSyn == 0 {
				delayed := cmplx.Rect(1, -2*math.Pi*hz/1000*c.Delay)
				back += complex(c.InDegree*(square(c.Charge)+square(c.Spread))/p.Neuron.TauM/1000, 0) * delayed * r.Variance
			}
			m[i][c.From] -= back
		}
	}
	det := determinant(m)
	if n.taken++; n.taken > mostTaken || cmplx.IsNaN(det) || cmplx.IsInf(det) {
		return 0, ErrStiff
	}
	if size := cmplx.Abs(det); size < n.least {
		n.least, n.nearest = size, hz
	}
	return det, nil
}

// response is that of population i; that of equal neurons under equal input is taken once.
func (n *nyquist) response(i int, hz float64, d Drive) (r Response, ok bool) {
	neuron := n.s.Populations[i].Neuron.moved(d)
	of := asked{neuron, d.Mean, d.Sigma, hz}
	if i > 0 && of == n.asked {
		return n.answer, true
	}
	if r, ok = neuron.Response(d.Mean, d.Sigma, hz); ok {
		n.asked, n.answer = of, r
	}
	return r, ok
}

// moved is the neuron whose rate under white noise is that under the drive's.
func (n LIF) moved(d Drive) LIF {
	shift := n.colourShift(d.Mean, d.Sigma, d.TauSyn) * d.Sigma
	n.VTh += shift
	n.VReset += shift
	return n
}

// determinant is that of a small matrix, by elimination, which it spoils.
func determinant(m [][]complex128) complex128 {
	det := complex(1, 0)
	for k := range m {
		pivot := k
		for i := k + 1; i < len(m); i++ {
			if cmplx.Abs(m[i][k]) > cmplx.Abs(m[pivot][k]) {
				pivot = i
			}
		}
		if m[pivot][k] == 0 {
			return 0
		}
		if pivot != k {
			m[k], m[pivot] = m[pivot], m[k]
			det = -det
		}
		det *= m[k][k]
		for i := k + 1; i < len(m); i++ {
			factor := m[i][k] / m[k][k]
			for j := k; j < len(m); j++ {
				m[i][j] -= factor * m[k][j]
			}
		}
	}
	return det
}

// ExternalOverThreshold is the mean external input of population i over what takes its potential to the threshold: Brunel's eta.
func (s *System) ExternalOverThreshold(i int) float64 {
	p := &s.Populations[i]
	mean := p.Input
	for _, c := range p.Sources {
		if c.From == External {
			mean += c.InDegree * c.Charge * c.Rate / 1000
		}
	}
	return mean / (p.Neuron.VTh - p.Neuron.EL)
}

// RecurrentBalance is the mean input of population i from the network, over the sum of its excitation and inhibition, where all
// populations fire at one rate: 1 for excitation alone, -1 for inhibition alone, 0 where they balance; NaN without either.
func (s *System) RecurrentBalance(i int) float64 {
	net, all := 0.0, 0.0
	for _, c := range s.Populations[i].Sources {
		if c.From != External {
			net += c.InDegree * c.Charge
			all += c.InDegree * math.Abs(c.Charge)
		}
	}
	return net / all
}
