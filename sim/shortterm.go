package sim

import (
	"slices"
	"sort"

	"einet/dynamics"
)

// A Releaser is an Engine that tells the state of short-term plasticity.
type Releaser interface {
	Engine
	// Releases copies the states of consecutive sources of a projection with short-term plasticity, from index first on, behind all
	// spikes up to the present step.
	Releases(projection, first int, dst []dynamics.Release) error
}

// Releases are the states of short-term plasticity behind some spikes, without an engine.
type Releases struct {
	States     [][]dynamics.Release // [projection][source], as Model.Releases has them
	model      *dynamics.Model
	shortTerms [][]int
	none       bool // has short-term plasticity
}

// NewReleases begins at step 0.
func NewReleases(m *dynamics.Model) *Releases {
	states := m.Releases()
	none := !slices.ContainsFunc(states, func(s []dynamics.Release) bool { return s != nil })
	return &Releases{states, m, m.ShortTerms(), none}
}

// Fire takes a source through its next spike and appends the spike's factors, one for each projection with short-term plasticity from its
// population, in the order of slots.
func (r *Releases) Fire(s Spike, factors []uint32) []uint32 {
	if r.none {
		return factors
	}
	i := populationOf(r.model, s.Neuron)
	for _, k := range r.shortTerms[i] {
		factors = append(factors, r.model.Projections[k].ShortTerm.Fire(&r.States[k][int(s.Neuron)-r.model.Populations[i].First], s.Step))
	}
	return factors
}

// populationOf is that of a global neuron id.
func populationOf(m *dynamics.Model, neuron uint32) int {
	return sort.Search(len(m.Populations), func(i int) bool { return m.Populations[i].First+m.Populations[i].Size > int(neuron) })
}

// CopyReleases makes the states of an engine those that it goes on from, which CheckResume has looked at.
func CopyReleases(dst, src [][]dynamics.Release) {
	for k := range dst {
		if dst[k] != nil {
			copy(dst[k], src[k])
		}
	}
}
