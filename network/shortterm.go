package network

// A ShortTerm is how the weights of a projection's synapses depress and facilitate with the spikes of their source (Tsodyks,
// Uziel & Markram, J. Neurosci. 20:RC50, 2000; Mongillo, Barak & Tsodyks, Science 319:1543, 2008): a spike raises u and takes
// the part u of the resources x, and has the projection's weight times u x. The zero ShortTerm is none.
type ShortTerm struct {
	U        float64 // part of 1 - u by which a spike raises u, above 0 and at most 1
	TauRec   float64 // time constant with which x recovers to 1 [ms]; 0: at once
	TauFacil float64 // time constant with which u decays to URest [ms]; 0: at once
	URest    float64 // what u decays to, from 0 to below 1
}

// Is tells whether there is any.
func (s *ShortTerm) Is() bool { return *s != ShortTerm{} }

// shortTerm is a projection's mapping of that name.
var shortTerm = Key{Name: "short_term", Is: AMapping, Of: "short_term", OmitZero: true, At: at(func(p *Projection) *ShortTerm { return &p.ShortTerm }),
	About: "short-term plasticity: weights depress and facilitate with the source's spikes"}

// ofShortTerm are its keys.
var ofShortTerm = Mapping{Name: "short_term", About: "Short-term plasticity (Tsodyks, Uziel & Markram 2000): a spike raises u by U (1 - u) and takes u of the resources x; it has the weight times u x.",
	Keys: []Key{
		{Name: "U", Is: ANumber, Bound: Bound{Allowed: "must be above 0 and at most 1", holds: func(x float64) bool { return x > 0 && x <= 1 }},
			At: at(func(x *ShortTerm) *float64 { return &x.U }), About: "how much of what u lacks to 1 a spike adds", Need: true},
		{Name: "tau_rec", Is: ANumber, Unit: "ms", Bound: tauOrNone, At: at(func(x *ShortTerm) *float64 { return &x.TauRec }),
			About: "time constant with which x recovers to 1; 0 is no depression", Need: true},
		{Name: "tau_facil", Is: ANumber, Unit: "ms", Bound: tauOrNone, At: at(func(x *ShortTerm) *float64 { return &x.TauFacil }),
			About: "time constant with which u decays to u_rest; 0, also if left out, is no facilitation"},
		{Name: "u_rest", Is: ANumber, Bound: Bound{Allowed: "must be at least 0 and below 1", holds: func(x float64) bool { return x >= 0 && x < 1 }}, OmitZero: true,
			At: at(func(x *ShortTerm) *float64 { return &x.URest }), About: "what u decays to, 0 if left out; U in the model of Mongillo, Barak & Tsodyks (2008)"},
	}}

var tauOrNone = Bound{Allowed: "must be a time constant, or 0 for none", holds: func(x float64) bool { return x >= 0 && x <= MaxMagnitude }}
