package language

import (
	"fmt"
	"slices"

	"einet/fault"
	"einet/network"
)

// Slips of the indentation: YAML takes what was to stand within a population for its neighbour.

// keysOf are all that a population or projection may have.
func keysOf(of string) (names []string) {
	for _, o := range network.Mappings() {
		if o.Name == of {
			for _, k := range o.Keys {
				names = append(names, k.Name)
			}
		}
	}
	return names
}

// indented are the populations or projections, unless what belongs to one stands beside it, which is one fault.
func (d *decoder) indented(of string, all []entry, n *node) []entry {
	known := keysOf(of)
	isKey := func(e entry) bool { return slices.Contains(known, e.key) && e.value.kind != mapping }
	i := slices.IndexFunc(all, func(e entry) bool { return e.value.kind == null })
	if i < 0 || i+1 >= len(all) || !isKey(all[i+1]) {
		return all
	}
	var keys []string
	for _, e := range all[i+1:] {
		if isKey(e) {
			keys = append(keys, e.key)
		}
	}
	name := all[i].key
	d.faults = append(d.faults, fault.Error{Place: all[i+1].place, Path: of + "s", Value: fault.Listing(keys), Allowed: fmt.Sprintf(
		"must be indented further than %s, the %s that they are of, or stand behind it in braces: %s: {%s: ...}", name, of, name, keys[0])})
	return nil
}

// outdented tells whether populations is empty and what looks like a population stands beside it, which is a fault.
func (d *decoder) outdented(f *fields) bool {
	i := f.n.index("populations")
	if i < 0 || f.n.entries[i].value.kind != null || i+1 >= len(f.n.entries) {
		return false
	}
	next := f.n.entries[i+1]
	if next.value.kind != mapping || next.value.index("size") < 0 && next.value.index("tau_m") < 0 {
		return false
	}
	f.ignore()
	d.faults = append(d.faults, fault.Error{Place: next.place, Path: "populations", Value: next.key,
		Allowed: "must be indented further than populations, if it is one of them"})
	return true
}
