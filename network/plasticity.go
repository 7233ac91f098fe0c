package network

// A Plasticity is how the weights of a projection's synapses change with the spikes of both their ends. At most one of its rules
// is not zero; the zero Plasticity is none. docs/equations.md has what they compute.
type Plasticity struct {
	STDP    STDP
	Vogels  Vogels
	Triplet Triplet
}

// WeightBounds are those between which a rule keeps weights, in the unit of the projection's weight and of its sign.
type WeightBounds struct {
	Min, Max float64 // w_min, 0 if left out, and w_max, which is not 0 and at least as large
	Nearest  bool    // pairing: a spike makes its trace 1, instead of raising it by 1
}

// STDP is plasticity that depends on the times of pairs of spikes. Additive where Mu is 0 (Song, Miller & Abbott, Nat. Neurosci. 3:919,
// 2000), multiplicative where it is 1, and between them Gütig, Aharonov, Rotter & Sompolinsky's (J. Neurosci. 23:3697, 2003).
type STDP struct {
	APlus, AMinus     float64 // changes at no distance in time, as parts of w_max; 0 to 1
	TauPlus, TauMinus float64 // [ms]
	Mu                float64 // 0 to 1
	WeightBounds
}

// Vogels is the inhibitory plasticity of Vogels, Sprekeler, Zenke, Clopath & Gerstner (Science 334:1569, 2011).
type Vogels struct {
	Eta    float64 // learning rate, in the unit of the weight, positive, at most w_max
	Tau    float64 // time constant of both traces [ms]
	Target float64 // rate rho_0 of the targets [Hz]
	WeightBounds
}

// Triplet is Pfister & Gerstner's rule (J. Neurosci. 26:9673, 2006). Amplitudes are parts of w_max, 0 to 1.
type Triplet struct {
	A2Plus, A3Plus, A2Minus, A3Minus float64
	TauPlus, TauX, TauMinus, TauY    float64 // of r_1, r_2, o_1 and o_2 [ms]
	WeightBounds
}

// Is tells whether there is any.
func (p *Plasticity) Is() bool { return *p != Plasticity{} }

// Bounds are those of the rule that there is.
func (p *Plasticity) Bounds() WeightBounds {
	switch {
	case p.STDP != STDP{}:
		return p.STDP.WeightBounds
	case p.Vogels != Vogels{}:
		return p.Vogels.WeightBounds
	}
	return p.Triplet.WeightBounds
}
