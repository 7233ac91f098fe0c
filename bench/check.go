package bench

import (
	"fmt"
	"slices"
)

// Same tells whether two results can be compared: of one network, at
// one size and seed, with synapses that are stored or drawn again.
func (r *Result) Same(o *Result) bool {
	return r.Network == o.Network && r.Connectivity == o.Connectivity && slices.Equal(r.Set, o.Set) && r.Neurons == o.Neurons && r.Seed == o.Seed && r.DtMs == o.DtMs
}

// Differs says where the spikes of two results differ, "" where they agree in all
// digests that both have; compared is how many these are.
func (r *Result) Differs(o *Result) (where string, compared int) {
	if r.Synapses != o.Synapses {
		return fmt.Sprintf("%d and %d synapses", r.Synapses, o.Synapses), 1
	}
	for _, a := range r.Digests {
		for _, b := range o.Digests {
			if a.Steps != b.Steps {
				continue
			}
			compared++
			if a.Digest != b.Digest {
				return fmt.Sprintf("after %d steps %d spikes, digest %.16s, and %d, %.16s", a.Steps, a.Spikes, a.Digest, b.Spikes, b.Digest), compared
			}
		}
	}
	return "", compared
}

// Disagreements holds every result to the first of the same network, and runs to their engine. It returns
// one line for each that has other spikes.
func Disagreements(results []Result) []string {
	var list []string
	for i := range results {
		r := &results[i]
		for _, x := range r.Runs {
			if x.Digest != r.Digest() {
				list = append(list, fmt.Sprintf("%s, N %d: %s: the engine has digest %.16s, a run %.16s", r.Network, r.Neurons, r.Label(), r.Digest(), x.Digest))
				break
			}
		}
		first := slices.IndexFunc(results, func(o Result) bool { return o.Same(r) })
		if first == i {
			continue
		}
		if where, _ := results[first].Differs(r); where != "" {
			list = append(list, fmt.Sprintf("%s, N %d: %s and %s: %s", r.Network, r.Neurons, results[first].Label(), r.Label(), where))
		}
	}
	return list
}
