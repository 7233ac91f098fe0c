package network

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"einet/fault"
)

const (
	MaxPoissonInputs = 16
	maxPoissonMean   = 500 // counts of a step, of a Poisson source's neuron too
)

// population checks all but the size.
func (c *checker) population(path string, p *Population) {
	keys := p.Keys()
	if keys == nil {
		c.fault(path+".neuron", fault.Clip(strconv.Quote(string(p.Neuron))), mustNeuron+fault.DidYouMean(string(p.Neuron), Kinds))
		return
	}
	c.keys(path, p, keys)
	if p.Model != nil {
		c.withModel(path, p)
	}
	if p.Neuron == SpikeSource {
		c.spikes(path, p)
	}
	c.ofNodes(path, p)
}

// reset holds V_reset below every threshold.
func (c *checker) reset(path string, p *Population) {
	thresholds := checker{dt: c.dt}
	if c.number(path, p.VReset) && thresholds.dist("", p.VTh) {
		low, _ := p.VTh.perNeuron()
		low = min(low, p.VTh.Mean()) // which gives V its grid
		c.want(!(p.VReset >= low), path, p.VReset, "must be below V_th ("+fault.Number(low)+")")
	}
}

// perNeuron encloses all that is drawn per neuron: a normal variable of 32 bits is within 6.4
// standard deviations, and within 7.4 where a thousandth of them is left.
func (d Dist) perNeuron() (lo, hi float64) {
	deviations := 7.0
	if d.Redraw {
		deviations = 8
	}
	lo, hi = d.within(deviations)
	if d.Kind == Normal || d.Kind == LogNormal { // all may be beyond one bound
		lo, hi = min(lo, d.High), max(hi, d.Low)
	}
	return lo, hi
}

// synapticState checks g at the start, of a conductance its sign too.
func (c *checker) synapticState(path string, p *Population, g Dist) {
	c.dist(path, g)
	conductance := p.Neuron == LIFCond
	if p.Model != nil {
		excitatory, inhibitory := p.Model.Conductances()
		conductance = excitatory || inhibitory
	}
	if low, _ := g.perNeuron(); conductance {
		c.want(!(low < 0), path, low, "must not be negative: a conductance; a distribution may have a bound, low: 0")
	}
}

// poisson checks Poisson inputs of neurons of a population; one that is alone stands at the path without a number.
func (c *checker) poisson(path string, inputs []PoissonInput, p *Population) {
	c.want(len(inputs) <= MaxPoissonInputs, path, len(inputs), fmt.Sprintf("must be at most %d", MaxPoissonInputs))
	for i := range inputs {
		in, at := &inputs[i], path
		if len(inputs) > 1 {
			at = fault.Path(at, strconv.Itoa(i))
		}
		c.keys(at, in, Keys("poisson", ""))
		c.synapse(at, p, in.Shape())
		c.receives(at, p, in.Receptor, in.Synapse, in.Weight)
	}
}

func (c *checker) poissonRate(path string, in *PoissonInput) {
	if c.want(!(in.Rate < 0) && in.Rate <= MaxMagnitude, path, in.Rate, mustRate) {
		c.want(!(in.Rate*c.dt/1000 > maxPoissonMean), path, in.Rate,
			"must be at most "+fault.Number(1000*maxPoissonMean/c.dt)+" Hz, 500 spikes in a step; more is white_noise")
	}
}

// mustBeNoDelta is of conductances.
const mustBeNoDelta = "must be exponential, alpha or biexponential: a conductance can't be a delta"

// synapse checks a shape and its time constants at a target.
func (c *checker) synapse(path string, to *Population, shape Shape) {
	name := string(shape.Synapse)
	if shape.Synapse != Biexponential {
		c.want(shape.TauRise == 0, path+".tau_rise", shape.TauRise, "must be left out: only biexponential synapses have it")
	}
	switch shape.Synapse {
	case Exponential, Alpha:
		c.positive(path+".tau_syn", shape.TauSyn)
	case Biexponential:
		if c.positive(path+".tau_syn", shape.TauSyn) && c.positive(path+".tau_rise", shape.TauRise) {
			c.want(shape.TauRise < shape.TauSyn, path+".tau_rise", shape.TauRise, "must be below tau_syn, "+fault.Number(shape.TauSyn)+" ms; of one time constant are alpha synapses")
		}
	case Delta:
		c.want(shape.TauSyn == 0, path+".tau_syn", shape.TauSyn, MustHaveNone)
		c.want(to == nil || to.Neuron != LIFCond, path+".synapse", name, mustBeNoDelta)
	default:
		c.fault(path+".synapse", fault.Clip(strconv.Quote(name)), mustSynapse+fault.DidYouMean(name, Shapes))
	}
}

// rate checks the rate of a Poisson source.
func (c *checker) rate(path string, p *Population) {
	c.input(path, p.Rate)
	lo, hi := p.Rate.Bounds()
	if lo < 0 {
		c.fault(path, fault.Number(lo), "must not become negative")
	}
	c.want(!(hi*c.dt/1000 > maxPoissonMean), path, hi,
		"must be at most "+fault.Number(1000*maxPoissonMean/c.dt)+" Hz, 500 spikes in a step; more is white_noise of the targets")
}

func (c *checker) spikes(path string, p *Population) {
	s := &p.Spikes
	at := func(key string, i int) string {
		switch {
		case s.SONATA:
			return path + ".sonata"
		case s.File.Path != "":
			return path + ".file"
		}
		return fault.Path(fault.Path(path, key), strconv.Itoa(i))
	}
	if !c.want(len(s.Times) == len(s.Neuron), path+".neurons", len(s.Neuron),
		fmt.Sprintf("must be as many as times, %d", len(s.Times))) {
		return
	}
	c.want(s.Early == "" || slices.Contains(EarlySpikes, s.Early), path+".early", s.Early, mustBeOneOf(EarlySpikes))
	if early, first := s.early(c.dt); early > 0 && s.Early == "" {
		c.fault(at("times", first), fault.Number(s.Times[first]), MustNotBeEarly(c.dt, len(s.Times), early))
		return
	}
	late := func(t float64) bool { return !math.IsNaN(c.dt) && !(math.Round(t/c.dt) <= MaxSteps) }
	absent := func(n int) bool { return n < 0 || n >= p.Size }
	if i := slices.IndexFunc(s.Times, late); i >= 0 {
		c.fault(at("times", i), fault.Number(s.Times[i]), "must be at most 2^30 steps of dt, "+fault.Number(MaxSteps*c.dt)+" ms")
		c.more(countIf(s.Times[i+1:], late))
	}
	if i := slices.IndexFunc(s.Neuron, absent); i >= 0 && p.Size >= 1 {
		c.fault(at("neurons", i), strconv.Itoa(s.Neuron[i]), fmt.Sprintf("must be a whole number from 0 to %d, the population's last neuron", p.Size-1))
		c.more(countIf(s.Neuron[i+1:], absent))
	}
	c.want(len(s.Times) <= MaxSamples || s.File.Path != "" || s.SONATA, path+".times", len(s.Times),
		fmt.Sprintf("must be at most %d; more may stand in a file", MaxSamples))
}

// MustNotBeEarly is what is allowed in the place of spikes in front of the first step.
func MustNotBeEarly(dt float64, spikes, early int) string {
	return fmt.Sprintf("must be at least one step of dt, %s ms; of %d spikes %d are earlier: early: drop leaves them out, early: first moves them to the first step",
		fault.Number(dt), spikes, early)
}

// early counts the spikes in front of the first step, and finds the first of them.
func (s *SpikeTrain) early(dt float64) (count, first int) {
	for i, t := range s.Times {
		if math.Round(t/dt) < 1 {
			if count++; count == 1 {
				first = i
			}
		}
	}
	return count, first
}

// dist checks the numbers of a distribution.
func (c *checker) dist(path string, d Dist) bool {
	before := len(c.faults)
	switch d.Kind {
	case Constant, "":
		c.number(path, d.A)
	case Uniform:
		path := fault.Path(path, string(Uniform))
		if c.number(fault.Path(path, "0"), d.A) && c.number(fault.Path(path, "1"), d.B) {
			c.want(d.A <= d.B, fault.Path(path, "1"), d.B, "must be at least "+fault.Number(d.A)+", the low end")
		}
	case Normal, LogNormal:
		path := fault.Path(path, string(d.Kind))
		c.number(fault.Path(path, "mean"), d.A)
		c.want(d.B >= 0 && d.B <= MaxMagnitude, fault.Path(path, "sd"), d.B, mustSpread)
		c.want(!math.IsNaN(d.Low) && !(d.Low > d.High), fault.Path(path, "low"), d.Low, "must be at most high")
		c.want(d.Kind == Normal || d.A != 0, fault.Path(path, "mean"), d.A, "must not be 0")
		if len(c.faults) == before {
			c.mass(path, d, d.Low, d.High)
		}
	case OfNodes:
		c.number(fault.Path(path, string(OfNodes)), d.Low)
		c.number(fault.Path(path, string(OfNodes)), d.High)
	default:
		c.fault(path, string(d.Kind), MustDist)
	}
	return len(c.faults) == before
}

// mass holds a distribution that is drawn again outside its bounds to what may lie between
// them.
func (c *checker) mass(path string, d Dist, lo, hi float64) bool {
	if !d.Redraw {
		return true
	}
	mass := d.mass(lo, hi)
	return c.want(mass >= leastMass, path, fault.Number(lo)+" to "+fault.Number(hi),
		fmt.Sprintf("must hold at least 1/1000 of the distribution, for what is outside is drawn again; it holds %.2g", mass))
}

func (c *checker) rates(n *Network) {
	for _, r := range n.Scale.Rates {
		path := fault.Path("scale.rates", r.Population)
		if n.Population(r.Population) < 0 {
			names := make([]string, len(n.Populations))
			for i, p := range n.Populations {
				names[i] = p.Name
			}
			c.fault(path, fault.Clip(strconv.Quote(r.Population)), "must be the name of a population: "+fault.Listing(names)+fault.DidYouMean(r.Population, names))
		}
		c.want(r.Hz >= 0 && r.Hz <= MaxMagnitude, path, r.Hz, mustRate)
	}
	if len(n.Scale.Rates) == 0 {
		return
	}
	for _, p := range n.Projections {
		known := slices.ContainsFunc(n.Scale.Rates, func(r Rate) bool { return r.Population == p.From })
		if n.Population(p.From) >= 0 && !c.want(known, "scale.rates", p.From, "must be among them: a population with projections") {
			break
		}
		if !c.want(!p.Plasticity.Is(), "scale.rates", p.Name, "must have no plasticity, with which its weights change; leave rates out") {
			break
		}
		if !c.want(!p.ShortTerm.Is(), "scale.rates", p.Name, "must have no short_term, with which its mean weight depends on the rate; leave rates out") {
			break
		}
	}
	for _, p := range n.Populations {
		if !c.want(p.Neuron != LIFCond && p.Model == nil, "scale.rates", p.Name, "must not be of "+string(p.Neuron)+": its mean input depends on its potential; leave rates out") {
			break
		}
	}
}
