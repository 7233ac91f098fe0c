package network

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"einet/fault"
)

// A Plasticity is how the weights of a projection's synapses change with the spikes of both their ends. At most one of its rules
// is not zero; the zero Plasticity is none. docs/equations.md has what they compute.
type Plasticity struct {
	Weights File // of final weights, from which these start; none: from Projection.Weight
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
func (p *Plasticity) Is() bool {
	return p.STDP != STDP{} || p.Vogels != Vogels{} || p.Triplet != Triplet{}
}

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

// plasticity is a projection's mapping of that name.
var plasticity = Key{Name: "plasticity", Is: AMapping, Of: "plasticity", OmitZero: true, At: at(func(p *Projection) *Plasticity { return &p.Plasticity }),
	About: "long-term plasticity: weights change with the spikes of both ends; not beside short_term"}

// MustPlasticity is said where there is not one rule.
const MustPlasticity = "must be one rule: {stdp: {...}}, {vogels2011: {...}} or {triplet: {...}}"

var (
	aPart  = Bound{Allowed: "must be a part of w_max, from 0 to 1", holds: func(x float64) bool { return x >= 0 && x <= 1 }}
	aPower = Bound{Allowed: "must be from 0, additive, to 1, multiplicative", holds: func(x float64) bool { return x >= 0 && x <= 1 }}
)

// amplitude is a key of how much a rule changes a weight.
func amplitude(name, about string, at func(of any) any) Key {
	return Key{Name: name, Is: ANumber, Bound: aPart, At: at, About: about, Need: true}
}

// timeOfTrace is the key of a trace's time constant.
func timeOfTrace(name, about string, at func(of any) any) Key {
	return Key{Name: name, Is: ANumber, Unit: "ms", Bound: timeConstant, At: at, About: about, Need: true}
}

// A pairing is WeightBounds.Nearest in words.
type pairing bool

func (p *pairing) Say(word string) { *p = word == "nearest" }

// Says is the word.
func (p *pairing) Says() string {
	if *p {
		return "nearest"
	}
	return "all"
}

// boundsOf are the keys that every rule has.
func boundsOf(at func(of any) *WeightBounds) []Key {
	return []Key{
		{Name: "w_max", Is: ANumber, Unit: UnitOfWeights, Bound: anyNumber, At: func(of any) any { return &at(of).Max }, Need: true,
			About: "the weight that none exceeds, of the sign of weight: negative where synapses inhibit"},
		{Name: "w_min", Is: ANumber, Unit: UnitOfWeights, Bound: anyNumber, At: func(of any) any { return &at(of).Min },
			About: "the weight below which none falls, of the same sign; 0 if left out"},
		{Name: "pairing", Is: AWord, Of: "all|nearest", OmitZero: true, At: func(of any) any { return (*pairing)(&at(of).Nearest) },
			About: "all: a spike raises its trace by 1, and is paired with all others; nearest: it makes it 1, and each is paired with the one before; all if left out"},
	}
}

// ofPlasticity are its keys, and those of each rule.
var ofPlasticity = []Mapping{
	{Name: "plasticity", About: "Long-term plasticity: one of the rules, and what weights start from if not from weight.", Keys: []Key{
		{Name: "stdp", Is: AMapping, Of: "stdp", OmitZero: true, At: at(func(x *Plasticity) *STDP { return &x.STDP }), About: "by the times of pairs of spikes"},
		{Name: "vogels2011", Is: AMapping, Of: "vogels2011", OmitZero: true, At: at(func(x *Plasticity) *Vogels { return &x.Vogels }),
			About: "of inhibitory synapses, which brings their targets to a rate"},
		{Name: "triplet", Is: AMapping, Of: "triplet", OmitZero: true, At: at(func(x *Plasticity) *Triplet { return &x.Triplet }), About: "by triplets of spikes"},
		{Name: "weights", Is: AText, OmitZero: true, At: at(func(x *Plasticity) *string { return &x.Weights.Path }),
			About: "a run's final_weights.npz, from whose weights these start, in the place of weight; the path is relative to the network's file"},
		{Name: "sha256", Is: AText, OmitZero: true, At: at(func(x *Plasticity) *string { return &x.Weights.SHA256 }), About: "checksum that the file must have"},
	}},
	{Name: "stdp", About: "Additive (Song, Miller & Abbott 2000) to multiplicative (Gütig et al. 2003) plasticity by the times of spikes: w/w_max grows by A_plus (1 - w/w_max)^mu exp(-t/tau_plus) where the target fires t after the source, and falls by A_minus (w/w_max)^mu exp(-t/tau_minus) where it fired t before.",
		Keys: append([]Key{
			amplitude("A_plus", "largest growth by a pair of spikes, as a part of w_max", at(func(x *STDP) *float64 { return &x.APlus })),
			amplitude("A_minus", "largest fall by a pair of spikes, as a part of w_max", at(func(x *STDP) *float64 { return &x.AMinus })),
			timeOfTrace("tau_plus", "with which the source's spikes are forgotten", at(func(x *STDP) *float64 { return &x.TauPlus })),
			timeOfTrace("tau_minus", "with which the target's spikes are forgotten", at(func(x *STDP) *float64 { return &x.TauMinus })),
			{Name: "mu", Is: ANumber, Bound: aPower, OmitZero: true, At: at(func(x *STDP) *float64 { return &x.Mu }), About: "how changes depend on the weight: 0, also if left out, not at all; 1 in proportion"},
		}, boundsOf(func(of any) *WeightBounds { return &of.(*STDP).WeightBounds })...)},
	{Name: "vogels2011", About: "Inhibitory plasticity (Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011): a pair of spikes at a distance t raises abs(w) by eta exp(-t/tau), in either order, and each of the source's spikes lowers it by eta 2 target tau.",
		Keys: append([]Key{
			{Name: "eta", Is: ANumber, Unit: UnitOfWeights, Bound: Bound{Allowed: "must be a number above 0, at most abs(w_max)", holds: aboveZero.holds}, Need: true,
				At: at(func(x *Vogels) *float64 { return &x.Eta }), About: "learning rate, positive whatever the sign of weight"},
			timeOfTrace("tau", "of both ends' traces", at(func(x *Vogels) *float64 { return &x.Tau })),
			{Name: "target", Is: ANumber, Unit: "Hz", Bound: Bound{Allowed: mustRate, holds: func(x float64) bool { return x >= 0 && x <= MaxMagnitude }}, Need: true,
				At: at(func(x *Vogels) *float64 { return &x.Target }), About: "the rate to which the targets are brought"},
		}, boundsOf(func(of any) *WeightBounds { return &of.(*Vogels).WeightBounds })...)},
	{Name: "triplet", About: "Plasticity by triplets of spikes (Pfister & Gerstner 2006): the target's spike adds r1 (A2_plus + A3_plus o2) to w/w_max, the source's takes o1 (A2_minus + A3_minus r2) from it; r1 and r2 are traces of the source's spikes, o1 and o2 of the target's.",
		Keys: append([]Key{
			amplitude("A2_plus", "growth by a pair of spikes, as a part of w_max", at(func(x *Triplet) *float64 { return &x.A2Plus })),
			amplitude("A3_plus", "growth by a triplet, target, source, target", at(func(x *Triplet) *float64 { return &x.A3Plus })),
			amplitude("A2_minus", "fall by a pair", at(func(x *Triplet) *float64 { return &x.A2Minus })),
			amplitude("A3_minus", "fall by a triplet, source, target, source", at(func(x *Triplet) *float64 { return &x.A3Minus })),
			timeOfTrace("tau_plus", "of r1", at(func(x *Triplet) *float64 { return &x.TauPlus })),
			timeOfTrace("tau_x", "of r2", at(func(x *Triplet) *float64 { return &x.TauX })),
			timeOfTrace("tau_minus", "of o1", at(func(x *Triplet) *float64 { return &x.TauMinus })),
			timeOfTrace("tau_y", "of o2", at(func(x *Triplet) *float64 { return &x.TauY })),
		}, boundsOf(func(of any) *WeightBounds { return &of.(*Triplet).WeightBounds })...)},
}

// Rule is the name of the rule that there is.
func (p *Plasticity) Rule() string {
	switch {
	case p.STDP != STDP{}:
		return "stdp"
	case p.Vogels != Vogels{}:
		return "vogels2011"
	}
	return "triplet"
}

// times is the plasticity of weights that are multiplied by s.
func (p Plasticity) times(s float64) Plasticity {
	for _, b := range []*WeightBounds{&p.STDP.WeightBounds, &p.Vogels.WeightBounds, &p.Triplet.WeightBounds} {
		b.Min, b.Max = b.Min*s, b.Max*s
	}
	p.Vogels.Eta *= s
	return p
}

// maxTrace is where a trace ends.
const maxTrace = 128

// plastic checks what a projection's plasticity must be beside its other fields.
func (c *checker) plastic(path string, p *Projection) {
	if !p.Plasticity.Is() {
		c.want(p.Plasticity.Weights == File{}, path+".plasticity", "0 rules", MustPlasticity)
		return
	}
	at, v := path+".plasticity", &p.Plasticity.Vogels
	rules := 0
	for _, is := range []bool{p.Plasticity.STDP != STDP{}, *v != Vogels{}, p.Plasticity.Triplet != Triplet{}} {
		if is {
			rules++
		}
	}
	if !c.want(rules == 1, at, fmt.Sprint(rules, " rules"), MustPlasticity) {
		return
	}
	c.want(!p.ShortTerm.Is(), at, p.Plasticity.Rule(), "must not stand beside short_term")
	b := p.Plasticity.Bounds()
	at += "." + p.Plasticity.Rule()
	if !c.want(b.Max != 0, at+".w_max", b.Max, "must not be 0: it has the sign of weight") ||
		!c.want(!(b.Min*b.Max < 0), at+".w_min", b.Min, "must be 0 or have the sign of w_max, "+fault.Number(b.Max)) ||
		!c.want(!(math.Abs(b.Min) > math.Abs(b.Max)), at+".w_min", b.Min, "must not be beyond w_max, "+fault.Number(b.Max)) {
		return
	}
	if v.Eta > 0 {
		c.want(!(v.Eta > math.Abs(b.Max)), at+".eta", v.Eta, "must be at most abs(w_max), "+fault.Number(math.Abs(b.Max)))
		c.want(!(2*v.Target/1000*v.Tau > maxTrace), at+".target", v.Target, "must be at most 128/(2 tau), "+fault.Number(maxTrace/2*1000/v.Tau)+" Hz: traces end at 128")
	}
	for _, a := range p.Plasticity.amplitudes() {
		c.want(!(a.is != 0 && math.Abs(a.is/a.of) < leastAmplitude), at+"."+a.key, a.is, a.allowed+fault.Number(leastAmplitude*math.Abs(a.of))+", a unit of weights, which have 2^31 up to w_max")
	}
	c.startsWithin(path, p, b)
}

// leastAmplitude is a unit of weights, as a part of w_max: smaller ones may be rounded to 0.
const leastAmplitude = 0x1p-31

// anAmplitude is how much of something a rule changes a weight by.
type anAmplitude struct {
	key, allowed string
	is, of       float64
}

// amplitudes are those of the rule that there is.
func (p *Plasticity) amplitudes() []anAmplitude {
	const zeroToo = "must be 0 or at least "
	switch s, t := &p.STDP, &p.Triplet; p.Rule() {
	case "stdp":
		return []anAmplitude{{"A_plus", zeroToo, s.APlus, 1}, {"A_minus", zeroToo, s.AMinus, 1}}
	case "vogels2011":
		return []anAmplitude{{"eta", "must be at least ", p.Vogels.Eta, p.Vogels.Max}}
	default:
		return []anAmplitude{{"A2_plus", zeroToo, t.A2Plus, 1}, {"A3_plus", zeroToo, t.A3Plus, 1}, {"A2_minus", zeroToo, t.A2Minus, 1}, {"A3_minus", zeroToo, t.A3Minus, 1}}
	}
}

// startsWithin holds the weights at the start to the bounds of the rule.
func (c *checker) startsWithin(path string, p *Projection, b WeightBounds) {
	lo, hi := min(b.Min, b.Max), max(b.Min, b.Max) // NaN where one is at fault: then none is outside
	outside := func(x float64) bool { return x < lo || x > hi }
	must := "must lie between w_min and w_max of its plasticity, " + fault.Number(b.Min) + " and " + fault.Number(b.Max)
	if len(p.Edges.Weight) > 0 {
		for i, w := range p.Edges.Weight {
			if outside(w) {
				c.fault(p.Edges.place(path), "weight of synapse "+strconv.Itoa(i)+": "+fault.Number(w), must)
				return
			}
		}
		return
	}
	path += ".weight"
	switch d := p.Weight; {
	case p.WeightBy.Falls():
		c.want(!outside(d.A), fault.Path(path, string(p.WeightBy.Shape))+".peak", d.A, must)
		c.want(!(math.Abs(b.Min) > 0), path, string(p.WeightBy.Shape), "must not go by distance to 0 with a w_min of its plasticity that is not 0, "+fault.Number(b.Min))
	case d.IsNumber():
		c.want(!outside(d.Mean()), path, d.Mean(), must)
	default:
		low, high := d.WeightBounds()
		how := ": low and high hold a distribution there"
		if d.Kind == Uniform {
			how = ""
		}
		c.want(!outside(low) && !outside(high), path, fault.Number(low)+" to "+fault.Number(high), must+how)
	}
}

// tooManySpikes warns of traces that may come to their end.
func (n *Network) tooManySpikes() []string {
	var list []string
	for i := range n.Projections {
		p := &n.Projections[i]
		if !p.Plasticity.Is() || p.Plasticity.Bounds().Nearest {
			continue
		}
		r := &p.Plasticity
		type trace struct {
			key string
			tau float64
		}
		for _, end := range []struct {
			population string
			traces     []trace
		}{
			{p.From, []trace{{"tau_plus", r.STDP.TauPlus + r.Triplet.TauPlus}, {"tau_x", r.Triplet.TauX}, {"tau", r.Vogels.Tau}}},
			{p.To, []trace{{"tau_minus", r.STDP.TauMinus + r.Triplet.TauMinus}, {"tau_y", r.Triplet.TauY}, {"tau", r.Vogels.Tau}}},
		} {
			slowest := slices.MaxFunc(end.traces, func(a, b trace) int { return cmp.Compare(a.tau, b.tau) })
			if why := n.Populations[n.Population(end.population)].mayFillTrace(slowest.tau, n.Dt); why != "" {
				list = append(list, fmt.Sprintf("projections.%s.plasticity.%s.%s: %g ms: the trace of %s ends at %d, which %s", p.Name, r.Rule(), slowest.key, slowest.tau, end.population, maxTrace, why))
			}
		}
	}
	if more := len(list) - mostAlike; more > 0 {
		list = append(list[:mostAlike], fmt.Sprintf("%d more traces may end there", more))
	}
	return list
}

// mayFillTrace says how the spikes of a neuron may bring a trace to its end; "" where they hardly do.
func (p *Population) mayFillTrace(tau, dt float64) string {
	switch p.Neuron {
	case Poisson:
		const deviations = 5 // of a sum of spikes weighted by e^-t/tau
		_, rate := p.Rate.Bounds()
		if mean := rate / 1000 * tau; mean+deviations*math.Sqrt(mean/2)+1 > maxTrace {
			return fmt.Sprintf("its rate of %g Hz may bring it to", rate)
		}
	case SpikeSource:
		if p.fillsTrace(tau, dt) {
			return "its spikes bring it to"
		}
	default:
		least, _ := p.RefractorySteps(dt)
		if interval := float64(least+1) * dt; 1/-math.Expm1(-interval/tau) > maxTrace {
			return fmt.Sprintf("a neuron that fires every %g ms, as t_ref lets it, brings it to", interval)
		}
	}
	return ""
}

// fillsTrace tells whether given spikes bring a trace to its end.
func (p *Population) fillsTrace(tau, dt float64) bool {
	train := make([]uint64, 0, len(p.Spikes.Times))
	for i, neuron := range p.Spikes.Neuron {
		if step, ok := p.Spikes.Step(i, dt); ok {
			train = append(train, uint64(neuron)<<32|uint64(step))
		}
	}
	slices.Sort(train)
	trace := 0.0
	for i, spike := range train {
		if i == 0 || spike>>32 != train[i-1]>>32 {
			trace = 0
		} else {
			trace *= math.Exp(-float64(spike-train[i-1]) * dt / tau)
		}
		if trace++; trace > maxTrace {
			return true
		}
	}
	return false
}

// WeightsOfSeed is the path of the first weights from a file that are of the synapses of the network's seed alone, for with another one others are
// drawn; empty where there are none.
func (n *Network) WeightsOfSeed() string {
	for k := range n.Projections {
		p := &n.Projections[k]
		fixed := (p.Rule == AllToAll || p.Rule == OneToOne || p.Rule == List) && p.Delay.IsNumber() && p.Speed == 0
		if p.Plasticity.Weights.Path != "" && !fixed {
			return "projections." + p.Name + ".plasticity.weights"
		}
	}
	return ""
}
