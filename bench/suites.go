package bench

// A Spec is a preset to measure: at that many neurons (0: its own), with that
// changed, for so much model time [ms].
type Spec struct {
	Preset  string
	Neurons int
	Set     []string
	Ms      float64
}

// FixedInDegree is what to set of a network so that at other sizes it keeps its
// in-degrees and weights.
const FixedInDegree = "scale={p: -1}"

// Standard is what a machine shows itself by within two minutes: an update-bound
// network and one that is bound by delivery, each at sizes from the caches to
// memory and at fixed in-degree; one with Poisson input; and one with drawn
// weights and delays.
func Standard() []Spec {
	fixed := []string{FixedInDegree}
	return []Spec{
		{Preset: "vogels2005cuba", Neurons: 4000, Ms: 2000},
		{Preset: "vogels2005cuba", Neurons: 40_000, Ms: 500},
		{Preset: "vogels2005cuba", Neurons: 400_000, Ms: 100},
		{Preset: "ei", Neurons: 10_000, Set: fixed, Ms: 500},
		{Preset: "ei", Neurons: 20_000, Set: fixed, Ms: 500},
		{Preset: "ei", Neurons: 40_000, Set: fixed, Ms: 500},
		{Preset: "brunel2000exp", Ms: 300},
		{Preset: "potjans2014", Neurons: 7717, Ms: 500},
	}
}

// Published is what runs of other simulators are measured on: docs/performance.md lays them beside. The smallest delay of one of
// them is 0.8 ms.
func Published() []Spec {
	later := []string{"projections.*.delay=0.8"}
	return []Spec{
		{Preset: "vs96", Ms: 1000},
		{Preset: "vogels2005cuba", Neurons: 4000, Ms: 10_000},
		{Preset: "vogels2005cuba", Neurons: 4000, Set: later, Ms: 10_000},
		{Preset: "vogels2005cuba", Neurons: 40_000, Ms: 1000},
		{Preset: "vogels2005cuba", Neurons: 40_000, Set: later, Ms: 1000},
		{Preset: "vogels2005cuba", Neurons: 400_000, Ms: 500},
		{Preset: "vogels2005cuba", Neurons: 400_000, Set: later, Ms: 500},
		{Preset: "ei", Ms: 1000},
		{Preset: "brunel2000exp", Ms: 1000},
		{Preset: "potjans2014", Ms: 1100},
	}
}

// Peers is what other simulators are measured on: docs/performance.md lays them
// beside.
func Peers() []Spec {
	return []Spec{
		{Preset: "vogels2005cuba", Neurons: 4000, Ms: 10_000},
		{Preset: "vogels2005cuba", Neurons: 40_000, Ms: 1000},
		{Preset: "vogels2005cuba", Neurons: 400_000, Ms: 500},
		{Preset: "brunel2000exp", Ms: 1000},
		{Preset: "ei", Ms: 1000},
		{Preset: "potjans2014", Ms: 1000},
	}
}

// Plastic is one network without plasticity and with it, of 2.6 million synapses E to E or 640 000 I to E: what a plastic event costs beside a
// static one is in the differences of the first from the others. E fire with 6 Hz and I with 14.
func Plastic() []Spec {
	alike := []string{"scale={}", "projections.*.p=0.04", "projections.*.delay=1.5", "projections.E_to_E.weight=1.25", "projections.E_to_I.weight=2",
		"projections.I_to_*.weight=-5", "populations.E.input=20", "populations.I.input=13"}
	with := func(set string) Spec {
		return Spec{Preset: "ei", Set: append(alike[:len(alike):len(alike)], set), Ms: 1000}
	}
	return []Spec{
		{Preset: "ei", Set: alike, Ms: 1000},
		with("projections.E_to_E.plasticity={stdp:{A_plus:1e-4,A_minus:1.05e-4,tau_plus:20,tau_minus:20,w_max:2.5}}"),
		with("projections.E_to_E.plasticity={triplet:{A2_plus:1e-4,A3_plus:1e-4,A2_minus:1e-4,A3_minus:1e-5,tau_plus:16.8,tau_x:101,tau_minus:33.7,tau_y:125,w_max:2.5}}"),
		with("projections.I_to_E.plasticity={vogels2011:{eta:1e-3,tau:20,target:6 Hz,w_max:-20}}"),
	}
}
