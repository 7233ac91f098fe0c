package cpu

import (
	"math"
	"runtime"
	"unsafe"

	"einet/connectome"
	"einet/network"
)

// bitsPadding is the most bytes behind a share's bits of a row.
const bitsPadding = 64

// CopiedBytes is about the most bytes that an engine with a number of threads (0: one for each processor) has of the synapses
// of a valid network, besides the connectome. It copies dense projections as bits, and it bundles short rows, each thread's
// part of a row by itself. Of plastic synapses it has the weights, and of those that differ the targets once more.
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
		case p.Plasticity.Is():
			total += plasticBytes(net, i, e, threads)
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

// plasticBytes is what those of projection i take, with what they share: rows in each thread, the last spikes of targets, and what is yet to come.
func plasticBytes(net *network.Network, i int, e connectome.Estimated, threads int) float64 {
	codes := connectome.NewCodes(net, i)
	each, sources, targets := 4.0, float64(e.Sources), float64(e.Targets)
	if !e.Alike {
		each += 2
	}
	if codes.Delays > 1 {
		each += 2
	}
	parts := float64(threads) + targets/maxBlock
	perRow, perTarget, perSpike := float64(unsafe.Sizeof(row{})+8), float64(unsafe.Sizeof(latest{})), 8.0
	if (net.Projections[i].Plasticity.Triplet != network.Triplet{}) {
		perTarget, perSpike = perTarget+4, perSpike+4
	}
	spikes := max(fewestKept*targets, e.Synapses/synapsesPerKept)
	coming := 4 * (2*float64(codes.FirstDelay+codes.Delays)*(targets+lanes) + maxBlock)
	return each*e.Synapses + perRow*(sources+1)*parts + perTarget*targets + perSpike*spikes + coming
}
