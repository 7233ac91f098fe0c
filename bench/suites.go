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
