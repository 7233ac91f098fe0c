package dynamics

import (
	"math"
	"slices"

	"einet/libm"
	"einet/network"
	"einet/rng"
)

// A PoissonInput is Poisson spikes that each neuron of a population, or of a group of it, receives by
// itself.
type PoissonInput struct {
	Receptor   int
	Weight     int32    // in units of the receptor's Scale
	Thresholds []uint32 // a word that is at least as large as k of them means k spikes

	part network.Part
}

// IsOfGroup tells whether some neurons of the population don't receive it.
func (in *PoissonInput) IsOfGroup() bool { return !in.part.IsAll() }

// Receives tells of each neuron of the population whether it receives Poisson input k.
func (p *Population) Receives(k int) []bool {
	who, part := make([]bool, p.Size), p.Poisson[k].part
	for i := range part.Size {
		if n := part.At(i); p.has(n) {
			who[n-p.Offset] = true
		}
	}
	return who
}

// Noise is the Gaussian noise of a population. Draw 0 of its key is for the white
// noise, draw 1 for the Ornstein-Uhlenbeck current. The zero Noise is none.
type Noise struct {
	Key   rng.Key
	White float32 // a_w: what a standard normal adds to V in a step [mV]
	MUU   float32 // change of the Ornstein-Uhlenbeck current u over a step relative to u, without noise
	PVU   float32 // what u at the start of a step adds to V; of others than LIF the decay of u over half a step
	Kick  float32 // a_u: what a standard normal adds to u
	Grid  float32 // B_u: (u + B_u) - B_u puts u on its grid

	sd float64 // of u; the largest, where neurons differ

	// Where groups have noise neurons differ: of each the standard deviation of the free V [mV] and of u, and a_w and a_u. Else nil.
	whiteSDs, ouSDs []float64
	whites, kicks   []float32
}

// HasWhite tells whether there is white noise.
func (n *Noise) HasWhite() bool { return n.White != 0 }

// HasOU tells whether there is an Ornstein-Uhlenbeck current.
func (n *Noise) HasOU() bool { return n.sd != 0 }

// WhiteOf is a_w of a neuron, and KickOf a_u.
func (n *Noise) WhiteOf(neuron int) float32 {
	if n.whites != nil {
		return n.whites[neuron]
	}
	return n.White
}

func (n *Noise) KickOf(neuron int) float32 {
	if n.kicks != nil {
		return n.kicks[neuron]
	}
	return n.Kick
}

// cut leaves of what neurons have of their own those of neurons first, first+1, ..., so many.
func (n *Noise) cut(first, size int) {
	for _, of := range []*[]float64{&n.whiteSDs, &n.ouSDs} {
		if *of != nil {
			*of = (*of)[first : first+size]
		}
	}
	for _, of := range []*[]float32{&n.whites, &n.kicks} {
		if *of != nil {
			*of = (*of)[first : first+size]
		}
	}
}

// newNoise is that of population i and of its groups, whose variances add up.
func newNoise(net *network.Network, i int, m *Membrane) Noise {
	p, dt := &net.Populations[i], net.Dt
	// The standard deviation of what a step adds to a process with that time
	// constant and that stationary standard deviation.
	step := func(sd, tau float64) float32 { return float32(sd * math.Sqrt(-libm.Expm1(-2*dt/tau))) }
	of := net.Noises(i)
	n := Noise{whiteSDs: spreads(of, p.Size, func(of *network.NoiseOf) float64 { return of.White }), ouSDs: spreads(of, p.Size, func(of *network.NoiseOf) float64 { return of.OU.SD })}
	white, ou := p.WhiteNoise, p.OUNoise
	if n.whiteSDs != nil {
		white = slices.Max(n.whiteSDs)
		for _, sd := range n.whiteSDs {
			n.whites = append(n.whites, flushed(step(sd, m.TauM)))
		}
	}
	for k := range of {
		if of[k].OU.SD != 0 {
			ou.Tau = of[k].OU.Tau
		}
	}
	if n.ouSDs != nil {
		ou.SD = slices.Max(n.ouSDs)
		for _, sd := range n.ouSDs {
			n.kicks = append(n.kicks, flushed(step(sd, ou.Tau)))
		}
	}
	if white != 0 {
		n.White = step(white, m.TauM)
	}
	if ou.SD != 0 {
		n.sd, n.Kick, n.Grid = ou.SD, step(ou.SD, ou.Tau), float32(libm.PowerOfTwo(ou.SD))
		n.MUU, n.PVU = float32(libm.Expm1(-dt/ou.Tau)), float32(decaying(m, ou.Tau, dt))
		if p.Neuron != network.LIF {
			n.PVU = float32(libm.Exp(-dt / (2 * ou.Tau)))
		}
	}
	return n
}

// spreads is the standard deviation of a noise of each neuron, or nil where all have the population's.
func spreads(of []network.NoiseOf, size int, sd func(*network.NoiseOf) float64) []float64 {
	var variances []float64
	grouped := false
	for k := range of {
		if x := sd(&of[k]); x != 0 {
			if variances == nil {
				variances = make([]float64, size)
			}
			grouped = grouped || of[k].OfGroup
			for i := range of[k].Part.Size {
				variances[of[k].Part.At(i)] += float64(x * x)
			}
		}
	}
	if !grouped {
		return nil
	}
	for i, x := range variances {
		variances[i] = math.Sqrt(x)
	}
	return variances
}

// InitialOU is the Ornstein-Uhlenbeck current of each neuron of population pop at
// step 0, which has its stationary distribution.
func (m *Model) InitialOU(pop int) []float32 {
	p := &m.Populations[pop]
	table, u := rng.NormalTable(), make([]float32, p.Size)
	for i := range u {
		sd := p.Noise.sd
		if p.Noise.ouSDs != nil {
			sd = p.Noise.ouSDs[i]
		}
		z := table.Z(rng.Neuron(p.Noise.Key, uint32(p.Offset+i), 0, 1))
		u[i] = onGrid(float64(sd*float64(z)), p.Noise.Grid)
	}
	return u
}

// check makes sure that no product with noise is subnormal or overflows.
func (n *Noise) check(r *ranges) {
	if n.HasWhite() {
		r.want("the white noise of a step", float64(n.White), smallest, largest)
	}
	if n.HasOU() {
		for _, x := range []float32{n.MUU, n.PVU, n.Kick} {
			r.want("the Ornstein-Uhlenbeck noise of a step", float64(x), smallest, largest)
		}
	}
}
