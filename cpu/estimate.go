package cpu

import (
	"math"
	"runtime"

	"einet/connectome"
	"einet/network"
)

// bitsPadding is the most bytes behind a share's bits of a row.
const bitsPadding = 64

// CopiedBytes is about the most bytes that an engine with a number of threads (0: one for each processor) has of the synapses
// of a valid network, besides the connectome. It copies dense projections as bits, and it bundles short rows, each thread's
// part of a row by itself.
func CopiedBytes(net *network.Network, threads int) int64 {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	total, k := 0.0, best()
	short := map[string][]float64{} // by source population
	for i := range net.Projections {
		p, e := &net.Projections[i], connectome.EstimateProjection(net, i)
		pairs := float64(e.Sources) * float64(e.Targets)
		switch multapses := p.MayRepeat(); {
		case !e.Alike:
		case k.count != nil && !multapses && e.Synapses >= pairs*k.densest(p.ShortTerm.Is()):
			total += float64(e.Sources) * (float64(e.Targets)/8 + float64(threads)*bitsPadding)
		case e.Synapses < shortRow*float64(e.Sources)*float64(threads+1): // shares are not all alike
			short[p.From] = append(short[p.From], 2*(e.Synapses+float64(e.Sources)*float64(threads))+4*float64(e.Sources))
		}
	}
	for _, bytes := range short {
		if len(bytes) > 1 {
			for _, b := range bytes {
				total += b
			}
		}
	}
	return int64(min(total, math.MaxInt64/2))
}
