package theory

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"einet/network"
)

// ErrNotCovered is the error of FromNetwork for a network that this theory
// has no equations for.
var ErrNotCovered = errors.New("mean-field theory does not cover this network")

// FromNetwork gives the mean-field equations of a valid network. Weights enter by
// their mean and standard deviation; delays do not matter to a stationary state. It
// fails with ErrNotCovered where there are no equations for a part of the network.
//
// Populations of the System are those of the network that have a membrane
// potential, in order: Poisson sources become external trains.
func FromNetwork(net *network.Network) (*System, error) {
	s, at := &System{}, make([]int, len(net.Populations))
	for i := range net.Populations {
		p := &net.Populations[i]
		at[i] = External
		if p.Neuron.IsSource() {
			if _, ok := p.Rate.Constant(); !ok || p.Neuron != network.Poisson {
				return nil, fmt.Errorf("%w: populations.%s: its rate is not constant, the theory is that of stationary states", ErrNotCovered, p.Name)
			}
			continue
		}
		q, err := fromPopulation(p)
		if err != nil {
			return nil, err
		}
		at[i] = len(s.Populations)
		s.Populations = append(s.Populations, q)
	}
	for _, g := range net.Groups {
		if g.HasInput() {
			return nil, fmt.Errorf("%w: groups.%s: has input of its own, the theory is that of populations of equal neurons: make the group a population of its own", ErrNotCovered, g.FullName())
		}
	}
	for i := range net.Projections {
		p := &net.Projections[i]
		if p.Grouped() {
			return nil, fmt.Errorf("%w: projections.%s: is of groups, the theory is that of populations of equal neurons: make the groups populations of their own", ErrNotCovered, p.Name)
		}
		source, err := fromProjection(net, i)
		if err != nil {
			return nil, err
		}
		from, to := net.Population(p.From), &s.Populations[at[net.Population(p.To)]]
		if source.From = at[from]; source.From == External {
			source.Rate, _ = net.Populations[from].Rate.Constant()
		}
		to.Sources = append(to.Sources, source)
	}
	return s, nil
}

func fromPopulation(p *network.Population) (Population, error) {
	q := Population{Name: p.Name}
	if p.Neuron != network.LIF {
		return q, fmt.Errorf("%w: populations.%s.neuron: is %s, the theory is that of %s", ErrNotCovered, p.Name, p.Neuron, network.LIF)
	}
	input, ok := p.Input.Constant()
	if !ok {
		return q, fmt.Errorf("%w: populations.%s.input: varies in time, the theory is that of stationary states", ErrNotCovered, p.Name)
	}
	if !p.VTh.IsNumber() {
		return q, fmt.Errorf("%w: populations.%s.V_th: differs between neurons, the theory is that of equal ones", ErrNotCovered, p.Name)
	}
	r := resistance(p)
	q.Neuron = LIF{TauM: p.TauM, EL: p.EL, VTh: p.VTh.Mean(), VReset: p.VReset, TRef: p.TRef}
	bias, spread := p.Bias.Moments()
	q.Input, q.InputSD = r*(input+bias), r*spread
	for _, in := range p.PoissonInput {
		q.Sources = append(q.Sources, Source{
			From: External, Rate: in.Rate, InDegree: 1, TauSyn: in.TauSyn, TauRise: in.Shape().Rise(),
			Charge: charge(p, in.Shape(), in.Weight),
		})
	}
	if p.WhiteNoise > 0 { // a free potential of variance sd^2 is Power/(2 tau_m)
		q.Noise = append(q.Noise, Noise{Power: 2 * p.TauM * square(p.WhiteNoise)})
	}
	if u := p.OUNoise; u.SD > 0 {
		q.Noise = append(q.Noise, Noise{Power: 2 * u.Tau * square(r*u.SD), Tau: u.Tau})
	}
	return q, nil
}

// fromProjection is a projection as a Source, without where it comes from.
func fromProjection(net *network.Network, i int) (Source, error) {
	p := &net.Projections[i]
	if p.ShortTerm.Is() {
		return Source{}, fmt.Errorf("%w: projections.%s.short_term: weights follow the rate, the theory is that of constant ones", ErrNotCovered, p.Name)
	}
	if p.Plasticity.Is() {
		return Source{}, fmt.Errorf("%w: projections.%s.plasticity: weights change, the theory is that of constant ones", ErrNotCovered, p.Name)
	}
	post := &net.Populations[net.Population(p.To)]
	weight, spread := p.Weight.WeightMoments()
	c := Source{
		TauSyn: p.TauSyn, TauRise: p.Shape().Rise(), Delay: p.Delay.Mean(), Charge: charge(post, p.Shape(), weight),
		Spread: math.Abs(charge(post, p.Shape(), spread)),
	}
	var ok bool
	c.InDegree, _ = net.MeanSynapses(i)
	if p.ByDistance() {
		return c, fmt.Errorf("%w: projections.%s goes by distance, which leaves no mean field", ErrNotCovered, p.Name)
	}
	if c.InDegreeVar, c.RateVarFactor, ok = net.InDegreeVariance(i); !ok {
		return c, fmt.Errorf("%w: projections.%s.rule: %s leaves no mean field", ErrNotCovered, p.Name, p.Rule)
	}
	return c, nil
}

// resistance is what makes mV of a population's currents.
func resistance(p *network.Population) float64 {
	if p.CM > 0 {
		return p.TauM / p.CM
	}
	return 1
}

// charge is the integral of R*I of one spike at a synapse of that weight [mV ms].
func charge(p *network.Population, shape network.Shape, weight float64) float64 {
	if shape.Synapse == network.Delta {
		return weight * p.TauM
	}
	return resistance(p) * weight * shape.Area()
}

// WithInput is the network with its constant external input multiplied by a
// factor. The rest, and input that is not constant, is shared with net.
func WithInput(net *network.Network, factor float64) *network.Network {
	scaled := *net
	scaled.Populations = slices.Clone(net.Populations)
	for i := range scaled.Populations {
		p := &scaled.Populations[i]
		if input, ok := p.Input.Constant(); ok {
			p.Input = network.Input{network.DC(factor * input)}
		}
	}
	return &scaled
}
