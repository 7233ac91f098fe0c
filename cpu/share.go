package cpu

import "einet/connectome"

// A share is the part of the network that one worker at a time has to itself:
// neurons and all synapses onto them. So workers need no lock.
type share struct {
	pieces   []piece
	segments []segment
	bitmaps  []bitmap // of dense projections
	bundles  []bundle // of segments with short rows
	drawn    []drawn  // of projections whose synapses are not stored
	plastics []plastic
	mail     []mail // to all shares, of several windows
	factored int    // most projections with short-term plasticity of a population of pieces

	_        [64]byte // others read what is above, and only this share what is below
	due      window   // whose spikes are delivered next
	passed   window   // whose spikes the plastic synapses are taken through next; without steps there is none
	next     int      // the window behind it
	moment   moment   // scratch of update
	cells    scratch
	hits     [maxTiles + 1]uint32
	words    [4][lanes]uint32
	noise    [2][][lanes]float32 // white and Ornstein-Uhlenbeck, of the tiles in the moment
	rows     [maxRows][]uint64   // and of deliver
	planes   planes
	fired    []uint32 // and of deliverDrawn
	factors  []uint32 // of fired, with short-term plasticity
	counts   *counts
	learning *learning // and of plastics
	row      connectome.Row
}

// A piece is the neurons of one population in a share: tiles lo to hi-1.
type piece struct {
	population int
	lo, hi     int
	fired      [][]uint32 // in each step of a window, until it is posted
	followed   []followed
}

// cut divides the neurons into consecutive shares of about equal work. A tile of population i is cost[i] of work.
func cut(populations []population, cost []float64, window, shares int) []share {
	total := 0.0
	for i := range populations {
		total += cost[i] * float64(populations[i].tiles)
	}
	all := make([]share, shares)
	i, lo, before := 0, 0, 0.0 // the next tile, and the cost of those before it
	for k := range all {
		end := total * float64(k+1) / float64(shares)
		for i < len(populations) {
			tiles := populations[i].tiles
			hi := max(lo, min(tiles, lo+int((end-before)/cost[i]+0.5)))
			if k == shares-1 {
				hi = tiles
			}
			if hi > lo {
				all[k].pieces = append(all[k].pieces, piece{population: i, lo: lo, hi: hi, fired: newLists(window)})
				before += cost[i] * float64(hi-lo)
			}
			if lo = hi; hi < tiles {
				break
			}
			i, lo = i+1, 0
		}
	}
	return all
}

// newLists makes n empty lists in cache lines that nobody else writes. No allocation is smaller than a cache line or begins
// within one.
func newLists(n int) [][]uint32 {
	const line = 8 // as many slices fill three lines
	lists := make([][]uint32, n, (n+line-1)/line*line)
	for i := range lists {
		lists[i] = make([]uint32, 0, cacheLine)
	}
	return lists
}
