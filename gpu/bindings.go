package gpu

import (
	"fmt"

	"einet/shaders"
)

// Binding points, as in the shaders. The first three are common to all
// kernels.
const (
	bindWindows, bindRing, bindArriving = 0, 1, 2

	bindPopulations, bindStates, bindDrives, bindTables = 3, 4, 5, 6 // update

	bindNow = 0 // a uniform block
)

// Those of a page, from that of its first buffer on.
const (
	bindFirsts, bindPieces, bindReaches, bindWeights, bindTargets = 0, 1, 2, 3, 4 // deliver; of several sheets those behind, too
	bindSources, bindShares, bindDraws, bindCodes                 = 0, 1, 2, 3    // redraw

	ofPage = 5
)

// firstOfPage is the binding of the first buffer of a page: behind those of update where a device has so many, so that all are
// bound once a batch.
func firstOfPage(bindings int) int {
	if bindings < bindTables+1+ofPage {
		return bindArriving + 1
	}
	return bindTables + 1
}

// bindingsOfPage defines the bindings of a page.
func bindingsOfPage(d shaders.Defines, first int) shaders.Defines {
	for k := range ofPage {
		d[fmt.Sprintf("PAGE_%d", k)] = first + k
	}
	return d
}
