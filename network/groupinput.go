package network

import "strconv"

// A Received is a Poisson input of a population's neurons, or of those of a group of it.
type Received struct {
	*PoissonInput
	Part Part   // who receives it
	Path string // where it stands in the network
}

// Received are the Poisson inputs of population i and behind them those of its groups, in the order in which they are numbered.
func (n *Network) Received(i int) (all []Received) {
	p := &n.Populations[i]
	add := func(inputs []PoissonInput, name, path string) {
		part, _ := n.Part(name)
		for k := range inputs {
			all = append(all, Received{&inputs[k], part, path + ".poisson." + strconv.Itoa(k)})
		}
	}
	add(p.PoissonInput, p.Name, "populations."+p.Name)
	for k := range n.Groups {
		if g := &n.Groups[k]; g.Population == p.Name {
			add(g.PoissonInput, g.FullName(), "groups."+g.FullName())
		}
	}
	return all
}

// A NoiseOf is the noise of a population, or of a group.
type NoiseOf struct {
	Part    Part // who receives it
	OfGroup bool
	Path    string
	White   float64 // standard deviation of the free membrane potential [mV]
	OU      OUNoise
}

// Noises are what population i and its groups have of noise, in their order.
func (n *Network) Noises(i int) (all []NoiseOf) {
	p := &n.Populations[i]
	add := func(name, path string, group bool, white float64, ou OUNoise) {
		if white != 0 || ou != (OUNoise{}) {
			part, _ := n.Part(name)
			all = append(all, NoiseOf{part, group, path, white, ou})
		}
	}
	add(p.Name, "populations."+p.Name, false, p.WhiteNoise, p.OUNoise)
	for k := range n.Groups {
		if g := &n.Groups[k]; g.Population == p.Name {
			add(g.FullName(), "groups."+g.FullName(), true, g.WhiteNoise, g.OUNoise)
		}
	}
	return all
}

// HasInput tells whether the group's neurons receive something besides what their population does.
func (g *Group) HasInput() bool { return len(g.inputKeys()) > 0 }

// inputKeys are those of what its neurons receive.
func (g *Group) inputKeys() (keys []string) {
	for _, k := range []struct {
		name string
		has  bool
	}{
		{"input", len(g.Input) > 0}, {"bias", g.Bias != (Dist{}) && g.Bias != Number(0)}, {"poisson", len(g.PoissonInput) > 0},
		{"white_noise", g.WhiteNoise != 0}, {"ou_noise", g.OUNoise != OUNoise{}},
	} {
		if k.has {
			keys = append(keys, k.name)
		}
	}
	return keys
}

// whiteOf points at the white noise of a population or of a group.
func whiteOf(of any) any {
	if p, ok := of.(*Population); ok {
		return &p.WhiteNoise
	}
	return &of.(*Group).WhiteNoise
}
