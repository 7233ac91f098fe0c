package dynamics

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"einet/connectome"
	"einet/fault"
	"einet/libm"
	"einet/network"
)

// maxRounding is the largest error that fixed point may make in a weight,
// relative to the mean weight of its projection.
const maxRounding = 1e-3

// maxLoss is what fixed point may lose of weights that are too light for it, as a part of the largest input of
// their receptor. It is told.
const maxLoss = 1e-6

// finerG is the grid of g beside the largest weight. g decays to where a step's loss is half a step of
// its grid, and stays there: with this at 3e-7 of a weight if dt is a thousandth of tau_syn.
const finerG = 0x1p-10

// A load is what one projection or Poisson input can bring to a neuron in one
// step: at most so many times the largest of its weights.
type load struct {
	path    string // of the weight, for errors
	unit    string
	weights []float64
	most    int
	mean    float64 // |weight|
	set     func(units []int32)
	factors bool    // weights are multiplied by factors, and rounded once more
	start   float64 // |weight| at the start, of weights that change
}

// plastic makes the load that of a projection whose weights are parts of w_max, which may come to be any.
func (l *load) plastic(most float64, p *Projection) {
	l.weights, l.start, l.mean, l.factors = []float64{most}, l.mean, math.Abs(most), true
	l.set = func(u []int32) {
		p.MaxWeight, p.Weights = u[0], make([]int32, len(p.Plasticity.Initial))
		for k, omega := range p.Plasticity.Initial {
			p.Weights[k] = Weighted(p.MaxWeight, omega)
		}
	}
}

// heaviest is the largest magnitude of the weights.
func (l *load) heaviest() float64 {
	w := 0.0
	for _, x := range l.weights {
		w = max(w, math.Abs(x))
	}
	return w
}

// units are the weights in fixed point. A conductance is its magnitude.
func (l *load) units(scale float64, magnitude bool) []int32 {
	units := make([]int32, len(l.weights))
	for k, w := range l.weights {
		if magnitude {
			w = math.Abs(w)
		}
		units[k] = int32(math.RoundToEven(w / scale))
	}
	return units
}

// off is the largest error of the weights in fixed point.
func (l *load) off(scale float64) float64 {
	worst := 0.0
	for _, w := range l.weights {
		worst = max(worst, math.Abs(float64(math.RoundToEven(w/scale)*scale)-w))
	}
	if l.factors && l.heaviest() > 0 {
		worst += scale / 2
	}
	return worst
}

// coarse is the error of fixed point relative to the mean of weights that change as they are at the start, where w_max is so far above them that it is
// more than maxRounding; else 0.
func (l *load) coarse(scale float64) float64 {
	if l.start > 0 {
		if off := (scale/2 + l.mean/(2*One)) / l.start; off > maxRounding {
			return off
		}
	}
	return 0
}

// rounding is that error relative to their mean.
func (l *load) rounding(scale float64) float64 {
	if off := l.off(scale); off > 0 {
		return off / l.mean
	}
	return 0
}

// loads are those of a receptor.
func (m *Model) loads(pop, receptor int, codes []connectome.Codes) []load {
	var loads []load
	n, q := &m.Network.Populations[pop], &m.Populations[pop]
	for k, given := range m.Network.Received(pop) {
		if in := &q.Poisson[k]; in.Receptor == receptor {
			loads = append(loads, load{given.Path + ".weight", n.WeightUnit(given.Synapse, given.PoissonInput.Receptor), []float64{given.Weight},
				len(in.Thresholds), math.Abs(given.Weight), func(u []int32) { in.Weight = u[0] }, false, 0})
		}
	}
	for k := range m.Projections {
		if p := &m.Projections[k]; p.To == pop && p.Receptor == receptor {
			from := &m.Network.Projections[k]
			l := load{"projections." + from.Name + ".weight", n.WeightUnit(from.Synapse, from.Receptor), codes[k].Weights,
				m.Network.InDegreeBound(k) * m.Populations[p.From].AtOnce, codes[k].Mean, func(u []int32) { p.Weights = u }, p.ShortTerm != nil, 0}
			if p.Plasticity != nil {
				l.plastic(from.Plasticity.Bounds().Max, p)
			}
			loads = append(loads, l)
		}
	}
	return loads
}

// fixScales chooses each receptor's fixed-point scale: the smallest power of
// two, not below 2^-40, at which the largest input that a neuron can receive in
// one step fits an int32.
func (m *Model) fixScales(codes []connectome.Codes) error {
	var errs []error
	for i := range m.Populations {
		for r := range m.Populations[i].Receptors {
			errs = append(errs, m.fixScale(i, r, m.loads(i, r, codes)))
		}
	}
	return errors.Join(errs...)
}

func (m *Model) fixScale(pop, receptor int, loads []load) error {
	p := &m.Populations[pop]
	rec := &p.Receptors[receptor]
	heaviest := 0.0
	for _, l := range loads {
		heaviest = max(heaviest, l.heaviest())
	}
	largest := libm.PowerOfTwo(heaviest)
	rec.Grid = finerG * float32(largest)
	scale := finestScale(loads)
	rec.Scale = float32(scale)
	var errs []error
	if p.Neuron == network.LIFCond && heaviest > 0 && (largest < smallestCond || largest > 1/smallestCond) {
		errs = append(errs, outOfRange(loads, heaviest))
	}
	most := 0.0 // input in a step
	for _, l := range loads {
		most += l.heaviest() * float64(l.most)
	}
	for _, l := range loads {
		l.set(l.units(scale, p.Conductive(receptor)))
		m.rounding = max(m.rounding, l.rounding(scale))
		if off := l.coarse(scale); off > 0 {
			m.losses = append(m.losses, fmt.Sprintf("%s: %g %s: fixed point is off by up to %.2g %% of it, beside its w_max of %g %s: a smaller w_max has finer weights",
				l.path, l.start, l.unit, 100*off, l.mean, l.unit))
		}
		loss := l.off(scale) * float64(l.most) / most
		switch {
		case l.rounding(scale) <= maxRounding:
		case loss > maxLoss || scale == smallest:
			errs = append(errs, tooLight(&l, loads, heaviest, scale))
		default:
			m.losses = append(m.losses, fmt.Sprintf("%s: %g %s: fixed point is off by up to %.2g %% of it, beside the largest weight of its receptor, %g %s; that is %.1g of the receptor's largest input",
				l.path, l.mean, l.unit, 100*l.rounding(scale), heaviest, l.unit, loss))
		}
	}
	return errors.Join(errs...)
}

func finestScale(loads []load) float64 {
	for scale := smallest; ; scale *= 2 {
		worst := 0.0
		for _, l := range loads {
			worst += math.RoundToEven(l.heaviest()/scale) * float64(l.most)
		}
		if worst <= math.MaxInt32 {
			return scale
		}
	}
}

// outOfRange is that of a conductance's largest weight, beyond which a step's products are not the same on every machine.
func outOfRange(loads []load, heaviest float64) error {
	i := slices.IndexFunc(loads, func(l load) bool { return l.heaviest() == heaviest })
	l := &loads[i]
	k := slices.IndexFunc(l.weights, func(w float64) bool { return math.Abs(w) == heaviest })
	return fault.Error{Path: l.path, Value: fault.Number(l.weights[k]) + " " + l.unit, Allowed: fmt.Sprintf(
		"must be 0 or of %.3g to %.7g %s: the largest of its receptor, in the range in which every machine computes the same", smallestCond, 1/smallestCond, l.unit)}
}

// tooLight says what weight there must be at least, given those that share its
// receptor.
func tooLight(l *load, loads []load, heaviest, scale float64) error {
	why, least := "the least that fixed point holds", 1.01*scale/(2*maxRounding)
	if l.factors {
		least *= 2
	}
	switch {
	case scale == smallest:
	case len(loads) == 1:
		why = fmt.Sprintf("the least that fixed point holds where %d spikes may arrive at once", l.most)
	default:
		why = fmt.Sprintf("the least that fixed point holds beside the largest weight of its receptor, %g %s", heaviest, l.unit)
	}
	return fault.Error{Path: l.path, Value: fmt.Sprintf("%g %s", l.mean, l.unit),
		Allowed: fmt.Sprintf("must be 0 or of at least %.3g %s, %s", least, l.unit, why)}
}

// WeightRounding is the largest error of a weight in fixed point, relative to
// the mean weight of its projection.
func (m *Model) WeightRounding() float64 { return m.rounding }

// Losses says, a line each, which weights are so light beside others of their receptor that fixed
// point loses more than a thousandth of them: together less than a millionth of the receptor's largest input.
func (m *Model) Losses() []string { return m.losses }

// onGrid rounds x to float32 and then to the grid of b.
func onGrid(x float64, b float32) float32 { return (float32(x) + b) - b }
