//go:build goexperiment.simd && amd64

package cpu

//lint:file-ignore U1000 what only learn_amd64.s reads and writes looks unused

import (
	"math/bits"

	"einet/dynamics"
)

// mostLearning is the number of synapses that are taken at once.
const mostLearning = 512

// A learning is what the routines below read and write, of synapses of a row, each of 16 at once. docs/performance.md has why. It is
// for rules in which a target's spike raises ω by what does not depend on ω, so that the spikes may come in any order.
type learning struct {
	targets *uint16
	delays  *uint16 // codes, or nil
	latest  *latest
	steps   *uint32
	slows   *uint32 // or nil
	source0 *uint32 // the first two tables of the decay of x
	source1 *uint32
	target0 *uint32 // and of y
	target1 *uint32
	omegas  *uint32
	weights *int32
	n       int
	level   int

	lo, shift            uint32 // the first target, and log2 of the spikes that are kept of each
	delay, until, step   uint32
	last, fast           uint32 // of the source
	plus, plus3          uint32
	minus, alpha, signed uint32 // signed: lanes where y above alpha raises ω
	low, weight, sign    uint32
	top                  uint32 // the last entry of second tables that is looked up, which is 0

	far      [mostLearning]uint32 // delays
	changes  [mostLearning]uint32 // by the source's spike
	sums     [mostLearning]uint32 // of the changes by targets' spikes
	up, late [mostLearning / lanes]uint16
	numbers  [mostLearning + lanes]uint32 // of synapses whose targets have spiked
	rings    [mostLearning + lanes]uint32 // where the spikes of these targets are
	found    [mostLearning + lanes]uint32 // steps of spikes
	later    []laterWeight
}

//go:noescape
func learnTargets(a *learning)

//go:noescape
func learnFinish(a *learning)

// shortTop is where second tables end that fit two vectors.
const shortTop = 2*lanes - 1

// vectors tells whether the routines can do a rule.
func vectors(p *dynamics.Plasticity) bool {
	return p.Mu == 0 && p.Source[1][255] == 0 && p.Target[1][255] == 0
}

// visitAVX512 is visitScalar by these routines.
func visitAVX512(v *visit, begin, end int) {
	p := v.plastic.Plasticity
	if end-begin < 4 || !vectors(p) {
		visitScalar(v, begin, end)
		return
	}
	a := v.scratch
	a.latest, a.steps, a.slows = &v.spikes.latest[0], &v.spikes.steps[0], nil
	if v.spikes.slows != nil {
		a.slows = &v.spikes.slows[0]
	}
	a.source0, a.source1, a.target0, a.target1 = &p.Source[0][0], &p.Source[1][0], &p.Target[0][0], &p.Target[1][0]
	a.lo, a.shift, a.delay, a.until, a.step = v.lo, uint32(bits.TrailingZeros(uint(v.spikes.kept))), uint32(v.Delay), v.until, v.step
	a.last, a.fast, a.plus, a.plus3, a.low = v.Last, v.Fast, p.Plus, p.Plus3, p.Low
	a.minus, a.alpha, a.signed, a.top = 0, p.Alpha, 0, 255
	if v.fires {
		a.minus = p.MinusAt(v.slow)
	}
	if p.Rule == dynamics.Vogels {
		a.signed = 0xffff
	}
	if p.Source[1][shortTop] == 0 && p.Target[1][shortTop] == 0 {
		a.top = shortTop
	}
	a.weight, a.sign = uint32(v.MaxWeight), 0
	if v.MaxWeight < 0 {
		a.weight, a.sign = -a.weight, 1<<32-1
	}
	for at := begin; at < end; at += mostLearning {
		n := min(end-at, mostLearning)
		a.targets, a.omegas, a.weights, a.n = &v.targets[at], &v.omegas[at], &v.brings[at-begin], n
		if a.delays = nil; v.delays != nil {
			a.delays = &v.delays[at]
		}
		learnTargets(a)
		v.finish(at, n, v.brings[at-begin:])
	}
}

// A laterWeight is of a synapse whose target has fired so late that its spike is not there yet.
type laterWeight struct {
	at    int
	omega uint32
}

// finish changes the weights. A synapse whose target's latest spike is not there before the step goes by itself.
func (v *visit) finish(at, n int, brings []int32) {
	a := v.scratch
	late := a.later[:0]
	for k, set := range a.late[:(n+lanes-1)/lanes] {
		for ; set != 0; set &= set - 1 {
			i := lanes*k + bits.TrailingZeros16(set)
			late = append(late, laterWeight{i, v.synapse(at + i)})
		}
	}
	a.later = late
	learnFinish(a)
	for _, l := range late {
		v.omegas[at+l.at] = l.omega
		brings[l.at] = v.Weigh(l.omega)
	}
}
