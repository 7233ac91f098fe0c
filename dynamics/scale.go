package dynamics

import (
	"errors"
	"fmt"
	"math"
)

// smallest is the least magnitude that a nonzero coefficient or scale may have.
// States are zero or at least B 2^-24, so that no product of the two is
// subnormal.
const smallest = 0x1p-40

// largest bounds potentials, inputs and scales [mV], so that nothing overflows.
const largest = 0x1p40

// maxRounding is the largest error that fixed point may make in a weight,
// relative to the weight.
const maxRounding = 1e-3

// fixScales chooses each receptor's fixed-point scale: the smallest power of
// two, not below 2^-40, at which the largest input that a neuron can receive in
// one step fits an int32. For fixed_probability that is every source at once.
func (m *Model) fixScales() error {
	var errs []error
	for i := range m.Populations {
		for r := range m.Populations[i].Receptors {
			errs = append(errs, m.fixScale(i, r))
		}
	}
	return errors.Join(errs...)
}

func (m *Model) fixScale(pop, receptor int) error {
	rec := &m.Populations[pop].Receptors[receptor]
	var into []int // projections
	heaviest := 0.0
	for k, p := range m.Projections {
		if p.To == pop && p.Receptor == receptor {
			into = append(into, k)
			heaviest = max(heaviest, math.Abs(m.Network.Projections[k].Weight))
		}
	}
	rec.Grid = powerOfTwo(heaviest)
	for scale := smallest; ; scale *= 2 {
		worst := 0.0
		for _, k := range into {
			units := math.RoundToEven(m.Network.Projections[k].Weight / scale)
			worst += math.Abs(units) * float64(m.Populations[m.Projections[k].From].Size)
		}
		if worst <= math.MaxInt32 {
			rec.Scale = float32(scale)
			break
		}
	}
	var errs []error
	for _, k := range into {
		m.Projections[k].Weight = int32(math.RoundToEven(m.Network.Projections[k].Weight / float64(rec.Scale)))
		if m.rounding(k) > maxRounding {
			errs = append(errs, m.tooLight(k, into, heaviest))
		}
	}
	return errors.Join(errs...)
}

// tooLight says what weight a projection must have at least, given those that
// share its receptor.
func (m *Model) tooLight(projection int, into []int, heaviest float64) error {
	p := &m.Network.Projections[projection]
	scale := float64(m.Populations[m.Projections[projection].To].Receptors[m.Projections[projection].Receptor].Scale)
	why := "the least that fixed point holds"
	switch {
	case scale == smallest:
	case len(into) == 1:
		why = fmt.Sprintf("the least that fixed point holds where all %d sources may fire at once", m.Populations[m.Projections[projection].From].Size)
	default:
		why = fmt.Sprintf("the least that fixed point holds beside the largest weight of its receptor, %g mV", heaviest)
	}
	return fmt.Errorf("projections.%s.weight: %g mV: must be 0 or of at least %.3g mV, %s", p.Name, p.Weight, 1.01*scale/(2*maxRounding), why)
}

// rounding is the error of a projection's weight in fixed point, relative to
// the weight.
func (m *Model) rounding(projection int) float64 {
	w := m.Network.Projections[projection].Weight
	if w == 0 {
		return 0
	}
	p := &m.Projections[projection]
	scale := float64(m.Populations[p.To].Receptors[p.Receptor].Scale)
	return math.Abs(float64(float64(p.Weight)*scale)-w) / math.Abs(w)
}

// WeightRounding is the largest error of a weight in fixed point, relative to
// the mean weight of its projection.
func (m *Model) WeightRounding() float64 {
	worst := 0.0
	for k := range m.Projections {
		worst = max(worst, m.rounding(k))
	}
	return worst
}

// powerOfTwo is the smallest power of two that is at least x, and 1 for x = 0.
func powerOfTwo(x float64) float32 {
	if x == 0 {
		return 1
	}
	f, e := math.Frexp(x) // f in [1/2, 1)
	if f == 0.5 {
		e--
	}
	return float32(math.Ldexp(1, e))
}

// onGrid rounds x to float32 and then to the grid of b.
func onGrid(x float64, b float32) float32 { return (float32(x) + b) - b }
