package gpu

import (
	"cmp"
	"slices"

	"einet/dynamics"
	"einet/sim"
)

// followWords is what update reads of the variables that it notes, as follow.glsl has it, for a place of them in the drives.
func (l *stateLayout) followWords(m *dynamics.Model, list []sim.Followed, place int) []uint32 {
	type entry struct{ group, invocation, state, column int }
	entries := make([]entry, len(list))
	for column, f := range list {
		entries[column] = entry{l.groupsTo[f.Population] + f.Neuron/updateLocal, f.Neuron % updateLocal, stateOf(&m.Populations[f.Population], f.Variable), column}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.group, b.group) })
	const each = 3
	head := 2 + l.groups + 1
	words := make([]uint32, head, head+each*len(list))
	words[0], words[1] = uint32(len(list)), uint32(place+head+each*len(list))
	next := 0
	for group := range l.groups + 1 {
		words[2+group] = uint32(place + head + each*next)
		for next < len(entries) && entries[next].group == group {
			next++
		}
	}
	for _, x := range entries {
		words = append(words, uint32(x.invocation), uint32(x.state), uint32(x.column))
	}
	return words
}
