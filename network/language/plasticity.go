package language

import (
	"slices"

	"einet/fault"
	"einet/network"
)

// maxWeightsFile is the largest file of weights [bytes].
const maxWeightsFile = 1 << 38

// plasticity reads the rule of a projection's long-term plasticity, which is one, and the file that its weights start from.
func (d *decoder) plasticity(n *node, path string, to *network.Plasticity) {
	f := d.fields(path, n.place, n)
	keys, before, there := network.Keys("plasticity", ""), len(d.faults), 0
	isRule := func(k network.Key) bool { return k.Is == network.AMapping }
	for i := range keys {
		f.knows(keys[i].Name)
		if isRule(keys[i]) && f.n.index(keys[i].Name) >= 0 {
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
	f.keys(to, slices.DeleteFunc(slices.Clone(keys), func(k network.Key) bool { return !isRule(k) || f.n.index(k.Name) < 0 }))
	sum := f.wordOr("sha256", "", mustText)
	file := f.get("weights")
	if file == nil {
		f.onlyOfFiles("must be left out: there is no file of weights", "sha256")
		return
	}
	open, found, wrong := openTable(file, sum, maxWeightsFile)
	if wrong != nil {
		wrong.Path = fault.Path(path, "weights")
		d.faults = append(d.faults, *wrong)
		return
	}
	open.Close()
	to.Weights = found
}
