package analysis

import "einet/sim"

// A Regroup gives the spikes of a network the ids that they would have if groups of its neurons were consecutive populations, so that
// all that this package measures of populations it measures of groups. A neuron may be in several groups, or in none.
type Regroup struct {
	sizes []int
	from  []uint32 // [neuron] where its places begin in ids, and one more
	ids   []uint32
}

// NewRegroup is of groups by the global ids of their neurons, among so many neurons.
func NewRegroup(neurons int, groups [][]int) *Regroup {
	r := &Regroup{from: make([]uint32, neurons+1)}
	for _, g := range groups {
		r.sizes = append(r.sizes, len(g))
		for _, id := range g {
			r.from[id+1]++
		}
	}
	for k := range neurons {
		r.from[k+1] += r.from[k]
	}
	r.ids = make([]uint32, r.from[neurons])
	next, place := append([]uint32(nil), r.from...), uint32(0)
	for _, g := range groups {
		for _, id := range g {
			r.ids[next[id]] = place
			next[id]++
			place++
		}
	}
	return r
}

// Sizes are those of the groups.
func (r *Regroup) Sizes() []int { return r.sizes }

// Append appends spikes, of which ids are global, with their ids among the groups, once for each group of the neuron.
func (r *Regroup) Append(dst, spikes []sim.Spike) []sim.Spike {
	for _, s := range spikes {
		for _, id := range r.ids[r.from[s.Neuron]:r.from[s.Neuron+1]] {
			dst = append(dst, sim.Spike{Step: s.Step, Neuron: id})
		}
	}
	return dst
}
