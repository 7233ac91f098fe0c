package sim

import (
	"slices"

	"einet/network"
	"einet/rng"
)

// Neurons lists the neurons of a part of the network that a record of it means, as indices in the population, in the
// order in which they are named; a sample is in the order of the part.
func Neurons(net *network.Network, part *network.Part, of *network.Neurons) []int {
	ids := make([]int, 0, of.Count())
	for i := range of.First {
		ids = append(ids, i)
	}
	for _, s := range of.Listed {
		for i := s.From; i <= s.To; i += s.Every {
			ids = append(ids, i)
		}
	}
	if of.Sample > 0 {
		ids = append(ids, sample(rng.Key{Seed: net.Seed, Stream: rng.Stream(rng.Recorded, uint32(part.Population), 0)}, of.Sample, part.Size)...)
	}
	for k, i := range ids {
		ids[k] = part.At(i)
	}
	return ids
}

// sample is k of n numbers, ascending, each k of them as likely as any other (Floyd's choice, Bentley & Floyd 1987).
func sample(key rng.Key, k, n int) []int {
	taken := make(map[int]bool, k)
	var words [4]uint32
	for m := range k {
		if m%4 == 0 {
			words[0], words[1], words[2], words[3] = rng.Philox(key, uint32(m/4), 0, 0, 0)
		}
		t := n - k + m
		x := int(uint64(words[m%4]) * uint64(t+1) >> 32)
		if taken[x] {
			x = t
		}
		taken[x] = true
	}
	ids := make([]int, 0, k)
	for x := range taken {
		ids = append(ids, x)
	}
	slices.Sort(ids)
	return ids
}
