package network

// Warnings are one line each for what is allowed but hardly meant. A network
// in which no neuron can ever fire runs, and is silent: every membrane
// potential starts below threshold and relaxes towards E_L + input, which is
// at or below it at all times.
func (n *Network) Warnings() []string {
	for _, p := range n.Populations {
		if _, most := p.Input.Bounds(); p.EL+most > p.VTh.Mean() || !p.startsBelow() {
			return nil
		}
	}
	return []string{"no neuron can ever fire: in every population E_L + input is at or below V_th, and V0 is below V_th"}
}

// startsBelow tells whether every initial potential is below threshold.
func (p Population) startsBelow() bool {
	if p.V0.Kind == Uniform && p.V0.A < p.V0.B {
		return p.V0.B <= p.VTh.Mean() // B itself is not drawn
	}
	return p.V0.A < p.VTh.Mean()
}
