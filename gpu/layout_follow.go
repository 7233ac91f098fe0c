package gpu

import (
	"cmp"
	"slices"

	"einet/shaders/layout"
	"einet/sim"
)

// followWords is what update reads of the variables that it notes, as follow.glsl has it, for a place of them in the drives.
func (l *stateLayout) followWords(list []sim.Followed, place int) []uint32 {
	type entry struct{ group, invocation, variable, column int }
	entries := make([]entry, len(list))
	for column, f := range list {
		entries[column] = entry{l.groupsTo[f.Population] + f.Neuron/updateLocal, f.Neuron % updateLocal, int(f.Variable), column}
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
		variable := layout.None
		if x.variable >= 0 {
			variable = uint32(x.variable)
		}
		words = append(words, uint32(x.invocation), variable, uint32(x.column))
	}
	return words
}
