package cpu

// A share is the part of the network that one worker at a time has to itself:
// neurons and all synapses onto them. So workers need no lock.
type share struct {
	pieces   []piece
	segments []segment
	bitmaps  []bitmap // of dense projections

	hits   [maxTiles + 1]uint32 // scratch of update
	rows   [maxRows][]uint64    // and of deliverBits
	planes planes
}

// A piece is the neurons of one population in a share: tiles lo to hi-1.
type piece struct {
	population int
	lo, hi     int
	// fired holds the neurons, as indices in the population and ascending, that
	// fired in each step of a window. There are two, for a worker may begin a
	// window while others still deliver the one before.
	fired [2][][]uint32
}

// cut divides the neurons into consecutive shares of about equal work, of which
// each tile of population i makes cost[i].
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
			hi := min(tiles, lo+int((end-before)/cost[i]+0.5))
			if k == shares-1 {
				hi = tiles
			}
			if hi > lo {
				all[k].pieces = append(all[k].pieces, newPiece(i, lo, hi, window))
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

func newPiece(population, lo, hi, window int) piece {
	p := piece{population: population, lo: lo, hi: hi}
	for parity := range p.fired {
		p.fired[parity] = make([][]uint32, window)
	}
	return p
}
