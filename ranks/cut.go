package ranks

import (
	"math"

	"einet/connectome"
	"einet/network"
)

// What a neuron counts besides its synapses when work is divided: about as much as its update takes of what synapses do at some Hz.
const perNeuron = 400

// block is how many neurons of a population begin at a place where it can be cut: as many as random words are drawn for at once.
const block = 64

// Cut divides the neurons of a network, in the order of their ids, into n ranges of about equal work: a neuron counts as many synapses as
// reach it on average, and 400 more. It returns what each rank has of each population, [rank][population]; of sources nothing. Where
// there are fewer blocks of 64 neurons than ranks, some ranks have none.
func Cut(net *network.Network, n int) [][]connectome.Range {
	work := make([]int64, len(net.Populations)) // of a neuron
	total := int64(0)
	for i := range net.Populations {
		if p := &net.Populations[i]; !p.Neuron.IsSource() {
			work[i] = perNeuron + inDegree(net, i)
			total += work[i] * int64(p.Size)
		}
	}
	cut := make([][]connectome.Range, n)
	for r := range cut {
		cut[r] = make([]connectome.Range, len(net.Populations))
	}
	before := int64(0)
	for i := range net.Populations {
		size := net.Populations[i].Size
		if work[i] == 0 {
			continue
		}
		for first := 0; first < size; first += block {
			end := min(first+block, size)
			all := work[i] * int64(end-first)
			middle := float64(before+all/2) / float64(total) * float64(n)
			own := &cut[min(int(middle), n-1)][i]
			if own.Size() == 0 {
				own.First = first
			}
			own.End = end
			before += all
		}
	}
	return cut
}

// inDegree is how many synapses a neuron of population i has, on average.
func inDegree(net *network.Network, i int) int64 {
	sum := 0.0
	for k := range net.Projections {
		if net.Projections[k].To == net.Populations[i].Name {
			_, all := net.MeanSynapses(k)
			sum += all
		}
	}
	return int64(math.Round(min(sum/float64(net.Populations[i].Size), 1<<20)))
}
