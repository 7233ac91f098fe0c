package network

import "fmt"

// Warnings are one line each for what is allowed but hardly meant. A network
// in which no neuron can ever fire runs, and is silent: every membrane
// potential starts below threshold and relaxes towards E_L and what the constant
// input adds, which is at or below it at all times. Given spikes in front of the first step are
// left out or moved, as the network says.
func (n *Network) Warnings() []string {
	var warnings []string
	for _, p := range n.Populations {
		early, _ := p.Spikes.early(n.Dt)
		if early == 0 || p.Neuron != SpikeSource {
			continue
		}
		what := "left out"
		if p.Spikes.Early == FirstEarly {
			what = "moved to it"
		}
		warnings = append(warnings, fmt.Sprintf("populations.%s: of %d spikes %d are in front of the first step and %s (early: %s)",
			p.Name, len(p.Spikes.Times), early, what, p.Spikes.Early))
	}
	for _, p := range n.Populations {
		if p.mayFire() {
			return warnings
		}
	}
	return append(warnings, "no neuron can ever fire: in every population E_L + input is at or below V_th, and V0 is below V_th")
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
