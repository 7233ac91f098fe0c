package network

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"einet/equation"
	"einet/libm"
)

// Warnings are one line each for what is allowed but hardly meant.
func (n *Network) Warnings() []string {
	var list []string
	if n.silent() {
		list = append(list, "no neuron can ever fire: in every population E_L + input is at or below V_th, and V0 is below V_th")
	}
	return slices.Concat(n.SONATA.Notes, list, n.given(), n.unbounded(), n.tooFast(), n.tooSlow(), n.tooManySpikes())
}

// given tells of given spikes that share a step, of those in front of the first step, which are left out or
// moved as the network says, and of spikes that are all after the run.
func (n *Network) given() []string {
	var list []string
	for i := range n.Populations {
		p := &n.Populations[i]
		if early, _ := p.Spikes.early(n.Dt); early > 0 {
			what := "left out"
			if p.Spikes.Early == FirstEarly {
				what = "moved to it"
			}
			list = append(list, fmt.Sprintf("populations.%s: of %d spikes %d are in front of the first step and %s (early: %s)",
				p.Name, len(p.Spikes.Times), early, what, p.Spikes.Early))
		}
		times := p.Spikes.Times
		late := countIf(times, func(t float64) bool { return t > n.Duration+n.Dt/2 })
		switch {
		case late > 0 && late == len(times):
			list = append(list, fmt.Sprintf("populations.%s: all %d spikes are after the run's %g ms, the first at %g ms", p.Name, late, n.Duration, slices.Min(times)))
		case late > 0:
			list = append(list, fmt.Sprintf("populations.%s: %d of %d spikes are after the run's %g ms, the last at %g ms", p.Name, late, len(times), n.Duration, slices.Max(times)))
		case p.Spikes.Unstated && InSeconds(times, n.Duration):
			list = append(list, fmt.Sprintf("populations.%s: all %d spikes are in the first %.3g ms of the run's %g ms: if the file's times are in seconds, time_unit: s says so",
				p.Name, len(times), slices.Max(times), n.Duration))
		}
		if shared := p.Spikes.shared(n.Dt); shared > 0 {
			list = append(list, fmt.Sprintf("populations.%s: %d of %d spikes fall into the step of an earlier one of their neuron: they arrive together; a smaller dt tells them apart",
				p.Name, shared, len(p.Spikes.Times)))
		}
	}
	return list
}

// shared is how many spikes round to the same step as another of their neuron that has been counted.
func (s *SpikeTrain) shared(dt float64) int {
	train := make([]uint64, 0, len(s.Times))
	for i, neuron := range s.Neuron {
		if step, ok := s.Step(i, dt); ok {
			train = append(train, uint64(step)<<32|uint64(neuron))
		}
	}
	slices.Sort(train)
	return len(train) - len(slices.Compact(train))
}

// silent tells whether no neuron can ever fire: every membrane potential starts below threshold
// and relaxes towards E_L and what the constant input adds, which is at or below it at all times.
func (n *Network) silent() bool {
	for _, p := range n.Populations {
		if p.mayFire() {
			return false
		}
	}
	return !slices.ContainsFunc(n.Groups, func(g Group) bool { return g.HasInput() })
}

// unbounded warns of time constants of models, parameters tau... in ms, that are drawn at 0 or below: what they are of grows without bound.
func (n *Network) unbounded() []string {
	var list []string
	for i := range n.Populations {
		p := &n.Populations[i]
		if p.Model == nil {
			continue
		}
		for _, q := range p.Model.Parameters {
			if q.Unit != equation.Millisecond || !strings.HasPrefix(q.Name, "tau") {
				continue
			}
			lo, hi := q.Value.perNeuron()
			expected := float64(p.Size) // that are at 0 or below
			if hi > 0 {
				expected *= q.Value.cdfWithin(q.Value.Low, q.Value.High, 0)
			}
			if lo <= 0 && expected > seldom {
				list = append(list, fmt.Sprintf("populations.%s.parameters.%s: about %.3g of %d neurons draw 0 ms or less: with such a time constant a state runs away; "+
					"a distribution may have a bound, low: %g", p.Name, q.Name, expected, p.Size, n.Dt))
			}
		}
	}
	if more := len(list) - mostAlike; more > 0 {
		list = append(list[:mostAlike], fmt.Sprintf("%d more time constants are drawn at 0 ms or less", more))
	}
	return list
}

// seldom is an expected number of neurons that is not warned of.
const seldom = 0.001

// mostAlike is how many warnings of one kind are listed.
const mostAlike = 4

// tooFast warns of time constants that dt does not resolve.
func (n *Network) tooFast() []string {
	var list []string
	warn := func(path string, tau float64, what string) {
		if what != "" {
			list = append(list, fmt.Sprintf("%s: %g ms: dt is %g ms: %s", path, tau, n.Dt, what))
		}
	}
	for i := range n.Populations {
		p := &n.Populations[i]
		for _, in := range n.Received(i) {
			warn(in.Path+".tau_syn", in.TauSyn, p.unresolved(in.Shape(), in.Weight, n.Dt))
		}
		for _, of := range n.Noises(i) {
			if of.OU.SD > 0 {
				warn(of.Path+".ou_noise.tau", of.OU.Tau, lostNoise(n.Dt/of.OU.Tau))
			}
		}
	}
	for i := range n.Projections {
		p := &n.Projections[i]
		to := &n.Populations[n.Population(p.To)]
		warn("projections."+p.Name+".tau_syn", p.TauSyn, to.unresolved(p.Shape(), p.meanWeight(), n.Dt))
	}
	if more := len(list) - mostAlike; more > 0 {
		list = append(list[:mostAlike], fmt.Sprintf("%d more time constants are as short", more))
	}
	return list
}

// Errors that are not warned of.
const (
	smallCharge = 0.01 // of a spike
	smallNoise  = 0.02 // of its standard deviation
)

// unresolved says what a step of dt does to a synapse of that shape and weight; "" where
// that is little. A step of lif is exact and only rounded, to the grid of V; one of lif_cond takes
// the conductance in its middle for all of it.
func (p *Population) unresolved(shape Shape, weight, dt float64) string {
	if shape.Synapse == Delta || weight == 0 || p.Model != nil {
		return ""
	}
	if p.Neuron == LIFCond {
		if off := shape.midpointCharge(dt) - 1; math.Abs(off) > smallCharge {
			more := "more"
			if off < 0 {
				more = "less"
			}
			return fmt.Sprintf("a spike brings %.2g %% %s charge than in continuous time: use a smaller dt", 100*math.Abs(off), more)
		}
		return ""
	}
	if shape.TauSyn >= dt {
		return ""
	}
	adds := math.Abs(weight) * shape.Area() / p.TauM // to V [mV], about
	if p.CM > 0 {
		adds *= p.TauM / p.CM
	}
	return fmt.Sprintf("the course of the current within a step is lost, and V follows what a spike adds to it to %.2g %%", 100*followed*p.Resolution()/adds)
}

// followed is how closely V follows the exact solution, in steps of its resolution.
const followed = 3

// tooSlow warns of populations whose V moves too little in a time step for its resolution: by less than two units of
// resolution over more than a hundredth of the way from reset to threshold, or by less than one unit at the threshold, where
// a constant input drives V to little more than the threshold.
func (n *Network) tooSlow() []string {
	var list []string
	for i := range n.Populations {
		p := &n.Populations[i]
		if p.Neuron.IsSource() || p.Model != nil {
			continue
		}
		tau := p.TauM
		if p.Neuron == LIFCond {
			tau = p.CM / p.GL
		}
		step := p.Resolution()
		slow := 2*step*tau/n.Dt > 0.01*(p.VTh.Mean()-p.VReset)
		if above, constant := p.aboveThreshold(); constant && above > 0 {
			// Far from E_L the numbers of single precision are farther apart than that.
			step = max(step, libm.PowerOfTwo(math.Abs(p.VTh.Mean()-p.EL))*0x1p-24)
			slow = slow || above < step*tau/n.Dt
		}
		if way := p.VTh.Mean() - p.VReset; slow && way > step { // else there is no network of it
			list = append(list, fmt.Sprintf("populations.%s: dt is %g ms: V moves by less than two steps of its resolution, %.2g mV, in a step "+
				"where it is within %.2g mV of what it tends to: a spike from there is off by some steps, or does not come", p.Name, n.Dt, step, 2*step*tau/n.Dt))
		}
	}
	if more := len(list) - mostAlike; more > 0 {
		list = append(list[:mostAlike], fmt.Sprintf("%d more populations are as slow", more))
	}
	return list
}

// midpointCharge is the sum of a conductance in the middles of steps of dt, over its
// integral.
func (s Shape) midpointCharge(dt float64) float64 {
	q := dt / s.TauSyn
	middle, rest := math.Exp(-q/2), -math.Expm1(-q) // rest: 1 - e^-q
	decays := q * middle / rest
	switch s.Synapse {
	case Alpha:
		return q * q * middle * (math.Exp(-q)/(rest*rest) + 0.5/rest)
	case Biexponential:
		rises := Shape{Synapse: Exponential, TauSyn: s.TauRise}.midpointCharge(dt)
		return (decays*s.TauSyn - rises*s.TauRise) / (s.TauSyn - s.TauRise)
	case Exponential, Delta:
	}
	return decays
}

// lostNoise says what is missing of the fluctuations of V that an Ornstein-Uhlenbeck current of
// 1/q steps correlation time causes: what it does within a step V does not see, which leaves
// (1 - e^-2q)/2q of the variance where the membrane is slow.
func lostNoise(q float64) string {
	if lost := 1 - math.Sqrt(-math.Expm1(-2*q)/(2*q)); lost > smallNoise {
		return fmt.Sprintf("the fluctuations of V are %.2g %% smaller than in continuous time: use a smaller dt, or white_noise", 100*lost)
	}
	return ""
}

// mayFire tells whether something besides the network's own spikes may bring a neuron
// to threshold.
func (p *Population) mayFire() bool {
	zero := func(d Dist) bool { return d.IsNumber() && d.Mean() == 0 }
	if p.Neuron.IsSource() || p.Model != nil || len(p.PoissonInput) > 0 || p.WhiteNoise > 0 || p.OUNoise != (OUNoise{}) || !zero(p.G0Ex) || !zero(p.G0In) {
		return true
	}
	above, _ := p.aboveThreshold()
	return above > 0 || !p.startsBelow()
}

// aboveThreshold is by how much [mV] the external input alone may drive V above the lowest threshold, and
// whether it is the same at all times for all neurons.
func (p *Population) aboveThreshold() (above float64, constant bool) {
	least, most := p.Input.Bounds()
	_, bias := p.Bias.perNeuron()
	threshold, _ := p.VTh.perNeuron()
	constant = least == most && p.Bias.IsNumber() && p.VTh.IsNumber()
	most += bias
	switch {
	case p.Neuron == LIFCond:
		most /= p.GL
	case p.CM > 0:
		most *= p.TauM / p.CM
	}
	return p.EL + most - threshold, constant
}

// startsBelow tells whether every initial potential is below threshold.
func (p *Population) startsBelow() bool {
	_, highest := p.V0.perNeuron()
	threshold, _ := p.VTh.perNeuron()
	if p.V0.Kind == Uniform && p.V0.A < p.V0.B {
		return highest <= threshold // B itself is not drawn
	}
	return highest < threshold
}
