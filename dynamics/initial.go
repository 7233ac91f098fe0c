package dynamics

import (
	"einet/libm"
	"einet/network"
	"einet/rng"
)

// initial is how the values that neurons have of their own are drawn.
type initial struct {
	v, threshold, bias   network.Dist
	gEx, gIn             network.Dist
	vKey, thKey, biasKey rng.Key
	gKey                 rng.Key
	groups               []groupBias // besides bias
}

func newInitial(net *network.Network, i int) initial {
	key := func(p rng.Purpose, trial uint32) rng.Key {
		return rng.Key{Seed: net.Seed, Stream: rng.Stream(p, uint32(i), trial)}
	}
	p := &net.Populations[i]
	return initial{
		v: p.V0, threshold: p.VTh, bias: p.Bias, gEx: p.G0Ex, gIn: p.G0In,
		vKey: key(rng.InitialV, net.Trial), gKey: key(rng.InitialG, net.Trial),
		thKey: key(rng.Thresholds, 0), biasKey: key(rng.Biases, 0),
	}
}

// InitialV is the membrane potential of each neuron of population pop at step 0
// [mV], relative to E_L.
func (m *Model) InitialV(pop int) []float32 {
	p := &m.Populations[pop]
	return p.draw(p.state.v, p.state.vKey, 0, -p.EL, 1, p.GridV)
}

// InitialG is the state g of receptor r of each neuron of population pop at step
// 0, or nil where all are zero. An Alpha's y is zero.
func (m *Model) InitialG(pop, r int) []float32 {
	p := &m.Populations[pop]
	d := p.state.gIn
	if p.Receptors[r].Excitatory {
		d = p.state.gEx
	}
	if p.Receptors[r].Synapse == network.Delta || d.IsNumber() && d.Mean() == 0 {
		return nil
	}
	return p.draw(d, p.state.gKey, uint32(r), 0, 1, p.Receptors[r].Grid)
}

// HasThresholds tells whether the neurons have thresholds of their own.
func (p *Population) HasThresholds() bool {
	return !p.Neuron.IsSource() && !p.state.threshold.IsNumber()
}

// Thresholds is the threshold of each neuron of population pop [mV], relative to
// E_L, or nil where all have VTh.
func (m *Model) Thresholds(pop int) []float32 {
	p := &m.Populations[pop]
	if !p.HasThresholds() {
		return nil
	}
	return p.draw(p.state.threshold, p.state.thKey, 0, -p.EL, 1, p.GridV)
}

// HasBiases tells whether the neurons have inputs of their own.
func (p *Population) HasBiases() bool {
	return !p.Neuron.IsSource() && (!(p.state.bias.IsNumber() && p.state.bias.Mean() == 0) || len(p.state.groups) > 0)
}

// Biases is what the neurons' own inputs add where the drive does, or nil where
// there are none.
func (m *Model) Biases(pop int) []float32 {
	p := &m.Populations[pop]
	if !p.HasBiases() {
		return nil
	}
	if len(p.state.groups) == 0 {
		return p.draw(p.state.bias, p.state.biasKey, 0, 0, p.scale, 0)
	}
	sums, values := make([]float64, p.Size), make([]float32, p.Size)
	sample := newSample(p.state.bias)
	for i := range sums {
		n := p.Offset + i
		sums[i] = sample(n, rng.Neuron(p.state.biasKey, uint32(n), 0, 0))
	}
	for g := range p.state.groups {
		of := &p.state.groups[g]
		sample := newSample(of.bias)
		for k := range of.part.Size {
			if n := of.part.At(k); p.has(n) {
				sums[n-p.Offset] += sample(k, rng.Neuron(p.state.biasKey, uint32(n), 0, of.draw))
			}
		}
	}
	for i, x := range sums {
		values[i] = flushed(float32(x * p.scale))
	}
	return values
}

// draw is (x + offset) factor for each neuron, on a grid (0: none), x drawn at
// step 0.
func (p *Population) draw(d network.Dist, key rng.Key, draw uint32, offset, factor float64, grid float32) []float32 {
	values, sample := make([]float32, p.Size), newSample(d)
	for i := range values {
		n := p.Offset + i
		x := float64((sample(n, rng.Neuron(key, uint32(n), 0, draw)) + offset) * factor)
		if grid == 0 {
			values[i] = float32(x)
			continue
		}
		values[i] = onGrid(x, grid)
	}
	return values
}

// newSample is the value of a neuron, of nodes that have it or of a distribution for its word.
func newSample(d network.Dist) func(i int, w uint32) float64 {
	if d.Kind == network.OfNodes {
		return func(i int, _ uint32) float64 { return d.Nodes.Each[i] }
	}
	sample := newDraw(d)
	return func(_ int, w uint32) float64 { return sample(w) }
}

// newDraw is the value of a distribution for each word.
func newDraw(d network.Dist) func(w uint32) float64 {
	switch {
	case d.IsNumber():
		x := d.Mean()
		return func(uint32) float64 { return x }
	case d.Kind == network.Uniform:
		return func(w uint32) float64 { return rng.Uniform(w, d.A, d.B) }
	case d.Kind == network.Normal:
		quantile := newQuantile(d)
		return func(w uint32) float64 { return min(max(d.A+float64(d.B*quantile(w)), d.Low), d.High) }
	case d.A < 0:
		minus := newDraw(d.Negated())
		return func(w uint32) float64 { return -minus(w) }
	}
	quantile := newQuantile(d)
	_, mu, sigma := d.LogNormalOf()
	return func(w uint32) float64 {
		return min(max(libm.Exp(mu+float64(sigma*quantile(w))), d.Low), d.High)
	}
}

// newQuantile is the standard normal number of each word that a Normal, or a LogNormal of
// positive mean, is made of: where it is drawn again outside its bounds, only of what lies
// between them.
func newQuantile(d network.Dist) func(w uint32) float64 {
	below, mass := 0.0, 1.0
	if d.Redraw {
		below = d.CDF(d.Low)
		mass = d.CDF(d.High) - below
	}
	return func(w uint32) float64 {
		return libm.NormalQuantile(below + float64(mass*float64((float64(w)+0.5)*0x1p-32)))
	}
}
