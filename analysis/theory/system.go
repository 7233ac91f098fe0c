package theory

import "math"

// External as a Source's From is Poisson trains from outside the network.
const External = -1

// A System is a network as mean-field theory sees it: populations of LIF neurons and
// the moments of what connects them.
type System struct {
	Populations []Population
}

// A Population is a number of equal neurons, too many for one to matter.
type Population struct {
	Name    string
	Neuron  LIF
	Input   float64  // constant input R*I [mV]
	Sources []Source // of its synapses
	Noise   []Noise  // besides that of its synapses
	InputSD float64  // standard deviation over neurons of the constant input [mV]
}

// Noise is Gaussian noise of mean zero.
type Noise struct {
	Power float64 // integral of its autocovariance, as that of R*I [mV^2 ms]
	Tau   float64 // correlation time [ms]; 0 for white noise
}

// A Source is where a group of a population's synapses comes from.
type Source struct {
	From     int     // a population, or External
	Rate     float64 // of each external train [Hz]
	InDegree float64 // synapses of a neuron, on average
	Charge   float64 // integral of the current of one spike, with its sign [mV ms]
	Spread   float64 // standard deviation of the charge over synapses [mV ms]
	TauSyn   float64 // synaptic time constant [ms]; 0 for a delta synapse
	TauRise  float64 // time constant of the current's rise [ms]: 0 where it jumps, TauSyn of an alpha function
	Delay    float64 // mean [ms]

	// What makes the mean input differ from neuron to neuron: the variance of
	// the number of synapses, and by how much the variance over source neurons of their
	// rates counts: InDegree for synapses drawn independently, less
	// where no source is drawn twice.
	InDegreeVar, RateVarFactor float64
}

// A Drive is the input that a population's neurons receive.
type Drive struct {
	Excitatory float64 // mean, constant and external input included [mV]
	Inhibitory float64 // mean, negative [mV]
	Mean       float64 // E_L and all input: where the mean free potential is [mV]
	Sigma      float64 // noise in Brunel's convention: sigma^2 = sum K charge^2 rate / tau_m [mV]
	SD         float64 // of a neuron's synaptic current in time [mV]; +Inf with delta synapses
	Quenched   float64 // standard deviation over neurons of their mean input [mV]
	TauSyn     float64 // effective time constant of the noise [ms]
}

// Net is the mean of all input [mV].
func (d Drive) Net() float64 { return d.Excitatory + d.Inhibitory }

// A rates is what the sources of a system do: the mean rate of each population
// [Hz] and its variance over neurons [Hz^2].
type rates struct {
	mean, variance []float64
}

// drive is the input of population i under the given rates, of Poisson trains.
//
// Noises of several time constants act as one with their geometric mean, each
// weighted by its share of sigma^2. That is exact for a single one, and gives no
// shift where part of the noise is white, which makes the density vanish at the threshold. For
// 0.5 and 5 ms together it gives the rate of a simulated neuron to 4 %, where the
// arithmetic mean is 23 % off (docs/theory.md).
func (s *System) drive(i int, r rates) Drive {
	p := &s.Populations[i]
	d := Drive{Excitatory: max(0, p.Input), Inhibitory: min(0, p.Input)}
	noise, current, quenched, weighted := 0.0, 0.0, square(p.InputSD), 0.0
	add := func(power, tau float64) {
		noise += power
		if power > 0 {
			weighted += power * math.Log(tau) // -Inf for delta synapses
			current += power / (2 * tau)      // +Inf for delta synapses
		}
	}
	for _, n := range p.Noise {
		add(n.Power, n.Tau)
	}
	for _, c := range p.Sources {
		rate, variance := c.Rate/1000, 0.0
		if c.From != External {
			rate, variance = r.mean[c.From]/1000, r.variance[c.From]/1e6
		}
		mean := c.InDegree * c.Charge * rate
		d.Excitatory += max(0, mean)
		d.Inhibitory += min(0, mean)
		add(c.InDegree*(square(c.Charge)+square(c.Spread))*rate, c.TauSyn)
		quenched += square(c.Charge)*(c.InDegreeVar*rate*rate+c.RateVarFactor*variance) + square(c.Spread)*c.InDegree*rate*rate
	}
	d.Mean = p.Neuron.EL + d.Net()
	d.Sigma = math.Sqrt(noise / p.Neuron.TauM)
	d.SD = math.Sqrt(current)
	d.Quenched = math.Sqrt(quenched)
	if noise > 0 {
		d.TauSyn = math.Exp(weighted / noise)
	}
	return d
}
