package gpu

import (
	"maps"

	"einet/rng"
	"einet/shaders"
)

// fewestDraws is how many words of each neuron a work group of update has room for, at least: of as many steps as they are for,
// so that each of its invocations draws some.
const fewestDraws = 8

// updateDefines are what update.comp is compiled with, for a device that runs so many
// work groups in a row; whether it notes what is followed.
func (l *stateLayout) updateDefines(maxGroups int, follow bool) shaders.Defines {
	d := l.cells.defines()
	d["STATES"] = max(d["STATES"].(int), lifStates+l.receptors)
	maps.Copy(d, shaders.Defines{
		"RECEPTORS": l.receptors, "SLOTS": l.slots, "STRIDE": l.stride, "MAX_GROUPS": maxGroups,
		"GENERAL": l.extended, "INPUTS": max(1, l.inputs), "POISSON": l.inputs > 0, "MEMBERS": l.members, "SOURCES": l.sources, "SIMPLE": l.simple, "NEURONS": l.neurons, "NORMAL": tableNormal,
		"DRAWS": max(fewestDraws, l.draws), "SHARE_WORDS": l.shares, "FOLLOW": follow, "NORMAL_CELLS": len(rng.NormalTable().Slope),
	})
	return l.plasticDefines(l.shortTermDefines(d))
}

// deliverDefines are what deliver.comp is compiled with, for pages of so many sheets.
func (l *stateLayout) deliverDefines(d deal, sheets int) shaders.Defines {
	return l.shortTermDefines(shaders.Defines{
		"SLOTS": l.slots, "STRIDE": l.stride, "TEAM": d.team, "SHEETS": sheets, "PIECE_BITS": pieceBits, "SHEET_BITS": sheetBits,
		"BRANCH": l.parallel,
	})
}
