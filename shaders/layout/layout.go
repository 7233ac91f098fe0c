// Package layout declares once what host and kernels tell each other in buffers. shaders/include/layout has it in GLSL,
// printed by go test ./shaders/layout -update. Its one invariant: std430 lays out each struct as Go does, without
// padding, because every field is one word or an array of structs of such. The tag len of an array names the definition
// that is its length. A field with a tag if is there only where that definition is 1.
package layout

import (
	"math"
	"reflect"
)

// None is the place of what there is not.
const None uint32 = math.MaxUint32

// A Model is what a population's neurons are.
type Model uint32

// The models: those from PoissonSource on have no membrane.
const (
	LIF Model = iota
	Programmed
	PoissonSource
	SpikeSource
)

// A Rule is how synapses are drawn.
type Rule uint32

// The rules whose synapses can be drawn again.
const (
	FixedProbability Rule = iota
	FixedOutDegree
	AllToAll
	OneToOne
)

// A PlasticWord is a word of a projection with long-term plasticity, by its place among those of the projection in tables.
type PlasticWord uint32

// What kernels know of a projection with long-term plasticity.
const (
	FirstSource  PlasticWord = iota // global id
	SourcesOf                       // of them
	RowsOf                          // place in rows of the first source's
	SourceTraces                    // place in states of the sources' l, behind which x and x' are
	TargetSpikes                    // place in states of the spikes of targets that are remembered
	SourceSlot                      // its place among those of its source that a spike has traces of
	ArrivingOf                      // place of the first target in a slot
	DelayOf                         // smallest [steps]
	TargetBits                      // of a synapse, below its delay
	MaxWeight                       // w_max in units of the receptor's scale
	RuleOf                          // a dynamics.PlasticRule
	Nearest                         // 1 where a spike makes a trace 1
	Low                             // w_min/w_max
	Plus                            // amplitudes
	Minus
	Plus3
	Minus3
	Alpha
	Power       // 0 for mu = 0, 1 for mu = 1, else place in tables of the powers
	DecaySource // places in tables
	DecayTarget
	DecaySlowSource
	DecaySlowTarget
	WordsOf // how many words there are
)

// A Population is what its neurons have in common.
type Population struct {
	FirstGroup             uint32 // of update's work groups
	First                  uint32 // global id of the first neuron
	Size                   uint32
	Drive                  uint32 // place of the population's row in drives
	State                  uint32 // place in states of V, behind which the other states are, Size words each; of a spike source of how many spikes were
	MVv, VTh, VReset, Grid float32
	Refractory             int32
	Receptors              uint32
	GeneralPopulation      `if:"GENERAL"`
	Receptor               []Receptor `len:"RECEPTORS"`
}

// A GeneralPopulation is the rest of a Population in networks of more than lif neurons with exponential synapses.
type GeneralPopulation struct {
	Model                                         Model
	Program                                       uint32 // which
	Constants                                     uint32 // place in tables of the program's
	FirstNormal, Normals                          uint32 // the first normal number that a neuron needs in a step, and one past the last
	Seed, PoissonStream, NoiseStream, SpikeStream uint32
	FirstBlock                                    uint32 // of Philox, from which on the neurons' words are: 0 but in a part of a network
	Train                                         uint32 // place in tables of where each neuron's steps begin
	ShortTerm                                     uint32 // place in tables of how many of its projections have short-term plasticity, and of five words of each: see release.glsl
	Plastic                                       uint32 // place in tables of how many of its projections have long-term plasticity and of these, and the same of those to it; 0: there are none
	Members                                       uint32 // place in tables of a word of each neuron, whose bit k says that it receives input k; of populations with inputs of groups
	Inputs                                        uint32
	Poisson                                       []PoissonInput `len:"INPUTS"`
}

// A Receptor is one of a population's. That of a programmed one has only its place.
type Receptor struct {
	PVr, PRr, Scale, Grid float32
	Arriving              uint32 // place of the population's first neuron in a slot
}

// A PoissonInput is one of a population's, to one of its receptors.
type PoissonInput struct {
	Receptor   uint32
	Weight     int32
	Thresholds uint32 // place in tables
	Most       uint32 // how many there are
}

// A Source is a population's place in segments.
type Source struct {
	End                    uint32 // one past the global id of its last neuron
	FirstSegment, Segments uint32
}

// A Segment is the synapses from consecutive neurons of one population to a block of targets.
type Segment struct {
	FirstSource uint32 // global id
	Sources     uint32
	Rows        uint32 // place of the first source in rows; one more row than sources
	Arriving    uint32 // place of the block's first neuron in a slot
	Weight      int32  // units of the receptor's scale; of packed synapses the place of code 0 in weights
	Delay       uint32 // steps; of packed synapses that of code 0
	DelayShift  uint32 // of packed synapses, which have weights or delays of their own: the bits below the delay's; else 0
	WeightBits  uint32 // likewise: the lowest bits; the target has those between
}

// A Reach is the rest of a Segment, as deliver reads it: at once.
type Reach struct {
	Arriving uint32
	Weight   int32
	Delay    uint32
	Packing  uint32 // of packed synapses the delay's shift in 8 bits, and in the next 8 bits those of the weight, else 0; above them 1 + the slot of short-term plasticity, or 0
}

// A Piece is a part of a source's row in a segment, within so many words as a work group of deliver reads at once.
type Piece struct {
	First uint32 // place in its sheet of targets, in numbers of 16 bits
	Of    uint32 // the segment, in SHEET_BITS bits below the sheet, and in PIECE_BITS bits how many numbers of 16 bits there are
}

// A Slice is consecutive numbers of a slot, of which a work group has the sums in shared memory, and what adds to them with one delay.
type Slice struct {
	Arriving     uint32 // place of the first in a slot
	Size         uint32
	Delay        uint32 // steps
	First, Lanes uint32 // of accumulate's lanes, or of redraw's shares: each a projection, and as part a chunk of its targets
}

// A Lane is the synapses from consecutive neurons of one population to a slice.
type Lane struct {
	FirstSource uint32 // global id
	Sources     uint32
	Cuts        uint32 // place in cuts of where the first source's part begins; the next cut is where it ends
	Each        uint32 // cuts from one source to the next
	FirstTarget uint32 // of the slice, as targets are numbered in rows
	Weight      int32  // units of the receptor's scale; of packed synapses the place of code 0 in weights
	TargetBits  uint32 // of packed synapses, with those of the weight below; else 0
	WeightBits  uint32
	Sheet       uint32
	Factor      uint32 // 1 + the slot of short-term plasticity, or 0
}

// A ShareOut is the shares of a population's neurons.
type ShareOut struct {
	End           uint32 // one past the global id of its last neuron
	First, Shares uint32
}

// A Share is what one work group draws of a source's synapses: of FixedProbability some chunks, of AllToAll one, of
// FixedOutDegree with multapses SHARE synapses and else everything.
type Share struct{ Draw, Part uint32 }

// A Draw is a projection whose synapses are drawn again, as docs/equations.md has it.
type Draw struct {
	Rule                                    Rule
	FirstSource                             uint32 // global id
	Sources                                 uint32
	Targets                                 uint32 // of the target population
	Arriving                                uint32 // place of its first neuron in a slot
	NoAutapses                              uint32 // 1 where no neuron may have a synapse to itself, and some could
	Synapses                                uint32 // of a source, of FixedOutDegree
	Multapses                               uint32
	Scale                                   float32 // of distances, of FixedProbability
	Team                                    uint32  // invocations that draw a row together, likewise
	Seed, Stream, WeightStream, DelayStream uint32
	Weight                                  int32  // units of the receptor's scale; of drawn weights the place of code 0 in tables
	Delay                                   uint32 // steps; of drawn delays that of code 0
	Weights                                 uint32 // place in tables of the thresholds of codes
	WeightCodes                             uint32 // and how many there are: 0 where weights are alike
	Delays, DelayCodes                      uint32
	Factor                                  uint32 // 1 + the slot of short-term plasticity, or 0
}

// A Window is Steps steps from step Step on. Its first four words are what
// glDispatchComputeIndirect reads to launch deliver.
type Window struct {
	GroupsX uint32 // work groups for the spikes, counted by update
	GroupsY uint32 // for the segments of a source
	GroupsZ uint32 // for the pieces of a row
	Spikes  uint32 // counted by update
	Begin   uint32 // place of the first spike in the ring
	Step    int32  // n, the step before the first
	Steps   int32  // at most the smallest delay
	Drive   uint32 // place of its first step in a population's row of drives
	Follow  uint32 // place in drives of what is noted of neurons after each step; 0: nothing
	Settled uint32 // the step at which all weights that change are up to date, behind the spikes before this window

	Updated   uint32 // step + 1, by update: the host's sign that it was done
	Delivered uint32 // pages of synapses whose deliver, or redraw, was done, where there are spikes
}

// Words are populations as kernels with GENERAL 1 or 0 read them.
func Words(general bool, populations ...Population) []uint32 {
	return appendWords(nil, general, reflect.ValueOf(populations))
}

func appendWords(words []uint32, general bool, v reflect.Value) []uint32 {
	switch v.Kind() {
	case reflect.Float32:
		return append(words, math.Float32bits(float32(v.Float())))
	case reflect.Int32:
		return append(words, uint32(v.Int()))
	case reflect.Slice:
		for i := range v.Len() {
			words = appendWords(words, general, v.Index(i))
		}
		return words
	case reflect.Struct:
		for i := range v.NumField() {
			if general || v.Type().Field(i).Tag.Get("if") == "" {
				words = appendWords(words, general, v.Field(i))
			}
		}
		return words
	}
	return append(words, uint32(v.Uint()))
}
