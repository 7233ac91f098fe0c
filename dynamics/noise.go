package dynamics

import (
	"math"

	"einet/libm"
	"einet/network"
	"einet/rng"
)

// A PoissonInput is Poisson spikes that each neuron of a population receives by
// itself.
type PoissonInput struct {
	Receptor   int
	Weight     int32    // in units of the receptor's Scale
	Thresholds []uint32 // a word that is at least as large as k of them means k spikes
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

	sd float64 // of u
}

// HasWhite tells whether there is white noise.
func (n *Noise) HasWhite() bool { return n.White != 0 }

// HasOU tells whether there is an Ornstein-Uhlenbeck current.
func (n *Noise) HasOU() bool { return n.sd != 0 }

func newNoise(p *network.Population, m *Membrane, dt float64) Noise {
	// The standard deviation of what a step adds to a process with that time
	// constant and that stationary standard deviation.
	step := func(sd, tau float64) float32 { return float32(sd * math.Sqrt(-libm.Expm1(-2*dt/tau))) }
	var n Noise
	if p.WhiteNoise != 0 {
		n.White = step(p.WhiteNoise, m.TauM)
	}
	if u := p.OUNoise; u.SD != 0 {
		n.sd, n.Kick, n.Grid = u.SD, step(u.SD, u.Tau), float32(libm.PowerOfTwo(u.SD))
		n.MUU, n.PVU = float32(libm.Expm1(-dt/u.Tau)), float32(decaying(m, u.Tau, dt))
		if p.Neuron != network.LIF {
			n.PVU = float32(libm.Exp(-dt / (2 * u.Tau)))
		}
	}
	return n
}

// InitialOU is the Ornstein-Uhlenbeck current of each neuron of population pop at
// step 0, which has its stationary distribution.
func (m *Model) InitialOU(pop int) []float32 {
	p := &m.Populations[pop]
	table, u := rng.NormalTable(), make([]float32, p.Size)
	for i := range u {
		z := table.Z(rng.Neuron(p.Noise.Key, uint32(p.Offset+i), 0, 1))
		u[i] = onGrid(float64(p.Noise.sd*float64(z)), p.Noise.Grid)
	}
	return u
}
