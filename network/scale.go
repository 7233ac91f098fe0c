package network

import (
	"math"
	"slices"

	"einet/fault"
)

// scaleBy multiplies the sizes by s, which other parameters follow as Scale says.
func (n *Network) scaleBy(s float64) {
	before := *n
	before.Populations = append([]Population(nil), n.Populations...)
	before.Projections = append([]Projection(nil), n.Projections...)
	weight := power(s, n.Scale.Weight)
	for i := range n.Populations {
		p := &n.Populations[i]
		size := math.Round(float64(p.Size) * s)
		p.Size = int(math.Min(math.Max(size, 1), MaxNeurons+1))
		p.Positions, p.Size = p.Positions.scaled(s, p.Size)
		p.Input = p.Input.scaled(power(s, n.Scale.Input))
		p.PoissonInput = scaledPoisson(p.PoissonInput, power(s, n.Scale.PoissonRate), weight)
	}
	n.Groups = slices.Clone(n.Groups)
	for i := range n.Groups {
		g := &n.Groups[i]
		if k := n.Population(g.Population); k >= 0 {
			*g = g.scaled(s, before.Populations[k].Size, n.Populations[k].Size)
		}
		g.Input = g.Input.scaled(power(s, n.Scale.Input))
		g.PoissonInput = scaledPoisson(g.PoissonInput, power(s, n.Scale.PoissonRate), weight)
	}
	for i := range n.Projections {
		p := &n.Projections[i]
		p.Weight, p.Plasticity = p.Weight.Times(weight), p.Plasticity.times(weight)
		pre, post := before.Ends(i)
		_, _, sources := p.partners(&post, &pre)
		p.rescale(s, &n.Scale, sources)
	}
	n.Record = n.Record.scaled(&before, n)
	n.keepMeans(&before)
}

// scaledPoisson are Poisson inputs with other rates and weights.
func scaledPoisson(inputs []PoissonInput, rate, weight float64) []PoissonInput {
	inputs = slices.Clone(inputs)
	for k := range inputs {
		inputs[k].Rate, inputs[k].Weight = inputs[k].Rate*rate, inputs[k].Weight*weight
	}
	return inputs
}

// keepMeans adds a constant input to each population that makes up for what scaling
// changed in its mean synaptic input, at the rates of Scale.Rates.
func (n *Network) keepMeans(before *Network) {
	if len(n.Scale.Rates) == 0 {
		return
	}
	was, is := before.meanInputs(), n.meanInputs()
	for i := range n.Populations {
		if p := &n.Populations[i]; !p.Neuron.IsSource() {
			p.Input = append(append(Input{}, p.Input...), DC(was[i]-is[i]))
		}
	}
}

// meanInputs is the mean synaptic input of each population at the rates of
// Scale.Rates, in the unit of its currents.
func (n *Network) meanInputs() []float64 {
	rate := map[string]float64{}
	for _, r := range n.Scale.Rates {
		rate[r.Population] = r.Hz
	}
	mean := make([]float64, len(n.Populations))
	for i := range n.Populations {
		p := &n.Populations[i]
		for _, in := range n.Received(i) {
			spikes := in.Rate
			if !in.Part.IsAll() {
				spikes *= float64(in.Part.Size) / float64(p.Size)
			}
			mean[i] += float64(spikes * p.meanOfSpike(in.Shape(), in.Weight))
		}
	}
	for k := range n.Projections {
		p := &n.Projections[k]
		i := n.Population(p.To)
		weight := n.MeanWeight(k)
		perTarget, inAll := n.MeanSynapses(k)
		if p.ToGroup != "" {
			perTarget = inAll / float64(n.Populations[i].Size)
		}
		mean[i] += float64(perTarget * rate[p.From] * n.Populations[i].meanOfSpike(p.Shape(), weight))
	}
	return mean
}

// meanOfSpike is the integral of the current of a spike [pA s or mV s].
func (p *Population) meanOfSpike(shape Shape, weight float64) float64 {
	area := shape.Area()
	if shape.Synapse == Delta {
		area = p.TauM
		if p.CM > 0 {
			weight *= p.CM / p.TauM
		}
	}
	return weight * area / 1000
}

// rescale multiplies the sizes by s and what follows them by its power of s.
// Powers are products and square roots only, which are the same on every
// machine. Faults name the flag.
func (n *Network) rescale(s float64) []fault.Error {
	place := fault.Place{Source: "--scale " + fault.Exact(s)}
	switch {
	case s == 0 || s == 1:
		return nil
	case n.SONATA.File.Path != "":
		return []fault.Error{{Place: place, Allowed: "must be 1: the files of a SONATA network have its neurons and synapses one by one"}}
	case !(s > 0 && s <= MaxMagnitude):
		return []fault.Error{{Place: place, Allowed: "must be a factor above 0 and at most 1e9"}}
	}
	n.scaleBy(s)
	faults := n.Faults()
	for i := range faults {
		faults[i].Place = place
	}
	return faults
}

// power is s^exponent for the exponents that a Scaling may have.
func power(s, exponent float64) float64 {
	switch exponent {
	case -1:
		return 1 / s
	case -0.5:
		return 1 / math.Sqrt(s)
	case 0.5:
		return math.Sqrt(s)
	case 1:
		return s
	}
	return 1
}

// Scaled is a copy of the network with all sizes multiplied by s, which other
// parameters follow as Scale says: what --scale does. The error joins a
// fault.Error for every fault of the result.
func (n *Network) Scaled(s float64) (*Network, error) {
	c := *n
	c.Populations = slices.Clone(n.Populations)
	c.Projections = slices.Clone(n.Projections)
	if faults := c.rescale(s); len(faults) > 0 {
		return nil, fault.Join(faults)
	}
	return &c, nil
}
