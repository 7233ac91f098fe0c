package language

import (
	"slices"

	"einet/network"
)

// plasticity reads the rule of a projection's long-term plasticity, which is one.
func (d *decoder) plasticity(n *node, path string, to *network.Plasticity) {
	f := d.fields(path, n.place, n)
	rules, before, there := network.Keys("plasticity", ""), len(d.faults), 0
	for i := range rules {
		f.knows(rules[i].Name)
		if f.n.index(rules[i].Name) >= 0 {
			there++
		}
	}
	if f.done(); n.kind != mapping || there == 0 && len(d.faults) > before { // which is told
		return
	}
	if there != 1 {
		d.fault(n, path, network.MustPlasticity)
		return
	}
	f.keys(to, slices.DeleteFunc(slices.Clone(rules), func(k network.Key) bool { return f.n.index(k.Name) < 0 }))
}
