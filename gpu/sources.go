package gpu

import (
	"maps"

	"einet/rng"
	"einet/shaders"
)

// updateDefines are what update.comp is compiled with, for a device that runs so many
// work groups in a row.
func (l *stateLayout) updateDefines(maxGroups int) shaders.Defines {
	d := l.cells.defines()
	maps.Copy(d, shaders.Defines{
		"RECEPTORS": l.receptors, "SLOTS": l.slots, "STRIDE": l.stride, "MAX_GROUPS": maxGroups,
		"GENERAL": l.extended, "INPUTS": max(1, l.inputs), "POISSON": l.inputs > 0, "SOURCES": l.sources, "SIMPLE": l.simple, "NEURONS": l.neurons, "NORMAL": tableNormal,
		"NORMAL_CELLS": len(rng.NormalTable().Slope),
	})
	return d
}

// deliverDefines are what deliver.comp is compiled with.
func (l *stateLayout) deliverDefines() shaders.Defines {
	return shaders.Defines{"SLOTS": l.slots, "STRIDE": l.stride}
}
