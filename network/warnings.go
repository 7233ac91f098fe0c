package network

import (
	"fmt"
	"math"
	"slices"
)

// Warnings are one line each for what is allowed but hardly meant. A network
// in which no neuron can ever fire runs, and is silent: every membrane
// potential starts below threshold and relaxes towards E_L and what the constant
// input adds, which is at or below it at all times.
func (n *Network) Warnings() []string {
	var list []string
	silent := true
	for i := range n.Populations {
		p := &n.Populations[i]
		silent = silent && !p.mayFire()
		if shared := p.Spikes.shared(n.Dt); shared > 0 {
			list = append(list, fmt.Sprintf("populations.%s: %d of %d spikes fall into the step of an earlier one of their neuron: they arrive together; a smaller dt tells them apart",
				p.Name, shared, len(p.Spikes.Times)))
		}
	}
	if !silent {
		return list
	}
	return append(list, "no neuron can ever fire: in every population E_L + input is at or below V_th, and V0 is below V_th")
}

// shared is how many spikes round to the same step as another of their neuron that has been counted.
func (s *SpikeTrain) shared(dt float64) int {
	train := make([]uint64, len(s.Times))
	for i, t := range s.Times {
		train[i] = uint64(math.Round(t/dt))<<32 | uint64(s.Neuron[i])
	}
	slices.Sort(train)
	return len(train) - len(slices.Compact(train))
}

// mayFire tells whether something besides the network's own spikes may bring a neuron
// to threshold.
func (p *Population) mayFire() bool {
	zero := func(d Dist) bool { return d.IsNumber() && d.A == 0 }
	if p.Neuron.IsSource() || len(p.PoissonInput) > 0 || p.WhiteNoise > 0 || p.OUNoise != (OUNoise{}) || !zero(p.G0Ex) || !zero(p.G0In) {
		return true
	}
	_, most := p.Input.Bounds()
	_, bias := p.Bias.within(7)
	most += bias
	switch {
	case p.Neuron == LIFCond:
		most /= p.GL
	case p.CM > 0:
		most *= p.TauM / p.CM
	}
	return p.EL+most > p.VTh.lowest() || !p.startsBelow()
}

// startsBelow tells whether every initial potential is below threshold.
func (p *Population) startsBelow() bool {
	_, highest := p.V0.within(7)
	if p.V0.Kind == Uniform && p.V0.A < p.V0.B {
		return highest <= p.VTh.lowest() // B itself is not drawn
	}
	return highest < p.VTh.lowest()
}
