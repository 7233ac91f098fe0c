package connectome

import "einet/network"

// A Range is consecutive neurons of a population: First to End-1.
type Range struct{ First, End int }

// Size is the number of neurons.
func (r Range) Size() int { return r.End - r.First }

// has tells whether a neuron is one of them.
func (r Range) has(neuron uint32) bool { return neuron-uint32(r.First) < uint32(r.End-r.First) }

// Whole are the neurons of all populations.
func Whole(net *network.Network) []Range {
	all := make([]Range, len(net.Populations))
	for i := range all {
		all[i].End = net.Populations[i].Size
	}
	return all
}
