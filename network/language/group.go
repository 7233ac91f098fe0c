package language

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"einet/fault"
	"einet/network"
)

const mustGroup = "must be a range 0..399, {from, to, every}, a list of neurons, or {count: how many equal parts}"

// range of neurons, as 0..399 or from one expression to another.
var asRange = regexp.MustCompile(`^(.*[^.\s])\s*\.\.\s*([^.\s].*)$`)

// groups are the named parts of populations.
func (d *decoder) groups(f *fields, net *network.Network) {
	all := f.get("groups")
	if all == nil {
		return
	}
	const most = network.MaxParts
	count := 0
	for _, of := range d.members("groups", all) {
		path := fault.Path("groups", of.key)
		if of.value.kind != mapping {
			d.faults = append(d.faults, fault.Error{Place: of.value.place, Path: path, Value: of.value.String(), Allowed: "must be a mapping of names to groups: {NAME: 0..399}"})
			continue
		}
		if count += len(of.value.entries); count > most {
			d.fault(all, "groups", "must be at most "+strconv.Itoa(most)+" groups")
			return
		}
		for _, e := range of.value.entries {
			g := d.group(fault.Path(path, e.key), e)
			g.Population, g.Name = of.key, e.key
			net.Groups = append(net.Groups, g)
		}
	}
}

// inputKeys are those of what a group receives.
var inputKeys = []string{"input", "bias", "poisson", "white_noise", "ou_noise"}

// group reads one: its neurons alone, or a mapping that has them among other keys.
func (d *decoder) group(path string, e entry) (g network.Group) {
	switch n := e.value; {
	case n.kind == null:
		d.faults = append(d.faults, fault.Error{Place: e.place, Path: path, Value: "nothing", Allowed: mustGroup})
		g.Neurons = network.FirstOf(1) // as if it were right, so that this is the one fault
	case n.kind != mapping:
		g.Neurons = d.someOf(n, path, mustGroup)
	default:
		f := d.fields(path, e.place, n)
		defer f.done()
		keys := network.Keys("group", "")
		for _, k := range keys {
			f.knows(k.Name)
		}
		if n.index("sample") >= 0 {
			f.instead("sample", mustGroup)
			g.Neurons = network.FirstOf(1)
			return g
		}
		given := func(k network.Key) bool { return slices.Contains(inputKeys, k.Name) }
		f.keys(&g, slices.DeleteFunc(slices.Clone(keys), func(k network.Key) bool { return !given(k) || n.index(k.Name) < 0 }))
		g.Neurons, g.Count = f.chosen(n)
		if g.Bias == network.Number(0) { // as if it were left out
			g.Bias = network.Dist{}
		}
	}
	return g
}

// instead refuses a key that populations have, and says what does the same.
func (f *fields) instead(key, what string) {
	if i := f.n.index(key); i >= 0 {
		f.knows(key)
		f.d.faults = append(f.d.faults, fault.Error{Place: f.n.entries[i].place, Path: fault.Path(f.path, key), Value: "not of a group", Allowed: what})
	}
}

// chosen are the neurons of a group that is a mapping, or the number of its parts.
func (f *fields) chosen(n *node) (some network.Neurons, count int) {
	before := len(f.d.faults)
	neurons, parts := f.get("neurons"), f.get("count")
	span := &node{kind: mapping, place: n.place}
	for _, e := range n.entries {
		if e.key == "from" || e.key == "to" || e.key == "every" {
			span.entries = append(span.entries, e)
		}
	}
	ways := 0
	for _, is := range []bool{neurons != nil, parts != nil, len(span.entries) > 0} {
		if is {
			ways++
		}
	}
	switch {
	case ways != 1:
		f.d.faults = append(f.d.faults, fault.Error{Place: f.place, Path: f.path, Value: [...]string{"no neurons", "", "neurons twice", "neurons twice"}[ways], Allowed: mustGroup})
	case neurons != nil:
		some = f.d.someOf(neurons, fault.Path(f.path, "neurons"), mustGroup)
	case parts != nil:
		if count = f.d.whole(parts, fault.Path(f.path, "count"), network.MustSize); count == 0 && len(f.d.faults) == before {
			f.d.fault(parts, fault.Path(f.path, "count"), network.MustSize)
		}
	default:
		some = network.Neurons{Listed: []network.Span{f.d.span(span, f.path)}}
	}
	if len(f.d.faults) > before { // which is the fault
		return network.FirstOf(1), 0
	}
	return some, count
}

// someOf are the neurons of a group.
func (d *decoder) someOf(n *node, path, allowed string) network.Neurons {
	before := len(d.faults)
	some := d.neurons(n, path)
	if len(d.faults) == before && (some.Sample > 0 || some.First == 0 && len(some.Listed) == 0) {
		d.fault(n, path, allowed)
	}
	if len(d.faults) > before {
		return network.FirstOf(1)
	}
	return some
}

// rangeOf reads a range a..b; ok is false of what is none.
func (d *decoder) rangeOf(n *node, path string) (s network.Span, ok bool) {
	m := asRange.FindStringSubmatch(n.text)
	if n.kind != scalar || m == nil {
		return s, false
	}
	s.Every = 1
	for k, to := range []*int{&s.From, &s.To} {
		end := &node{kind: scalar, text: strings.TrimSpace(m[k+1]), place: n.place}
		before := len(d.faults)
		if *to = d.whole(end, path, mustIndex); *to < 0 && len(d.faults) == before {
			d.fault(end, path, mustIndex)
			*to = 0
		}
	}
	return s, true
}

// writeGroups are the groups, a line each.
func writeGroups(b *strings.Builder, n *network.Network) {
	if len(n.Groups) == 0 {
		return
	}
	b.WriteString("\n# neurons of a population, counted from 0, or how many equal parts it has\ngroups:\n")
	for i := range n.Groups {
		g := &n.Groups[i]
		if i == 0 || n.Groups[i-1].Population != g.Population {
			b.WriteString("  " + g.Population + ":\n")
		}
		b.WriteString("    " + g.Name + ": " + writeGroup(g) + "\n")
	}
}

func writeGroup(g *network.Group) string {
	f := fieldsOut{}
	f.write(g, network.Keys("group", ""))
	if len(f) == 1 && g.Count == 0 {
		return writeNeurons(&g.Neurons)
	}
	return "{" + f.String() + "}"
}

// parted makes two projections of each that has same or different, with the values of these in the place of its own.
func parted(root *node) (changed *node, faults []fault.Error) {
	at := root.index("projections")
	if at < 0 || !slices.ContainsFunc(root.entries[at].value.entries, isParted) {
		return root, nil
	}
	copied := *root
	copied.entries = slices.Clone(root.entries)
	all := *root.entries[at].value
	all.entries = nil
	for _, e := range root.entries[at].value.entries {
		if !isParted(e) {
			all.entries = append(all.entries, e)
			continue
		}
		for _, pairs := range []string{"same", "different"} {
			if i := e.value.index(pairs); i >= 0 {
				path := fault.Path(fault.Path("projections", e.key), pairs)
				all.entries = append(all.entries, entry{e.key + "_" + pairs, e.place, e.value.of(pairs, e.value.entries[i])})
				faults = append(faults, notOfPairs(path, e.value.entries[i])...)
			}
		}
	}
	copied.entries[at].value = &all
	return &copied, faults
}

// isParted tells whether a projection has values of its own for some pairs.
func isParted(e entry) bool { return e.value.index("same") >= 0 || e.value.index("different") >= 0 }

// keysOfPairs are those that same and different may have.
func keysOfPairs() (names []string) {
	for _, k := range network.Keys("pairs", "") {
		names = append(names, k.Name)
	}
	return names
}

// notOfPairs is what is wrong with the keys of same or different.
func notOfPairs(path string, own entry) (faults []fault.Error) {
	allowed := "allowed are " + strings.Join(keysOfPairs(), ", ")
	if own.value.kind != mapping {
		return []fault.Error{{Place: own.value.place, Path: path, Value: own.value.String(), Allowed: network.MustMap + ": " + allowed}}
	}
	for _, e := range own.value.entries {
		if !slices.Contains(keysOfPairs(), e.key) {
			faults = append(faults, fault.Error{Place: e.place, Path: fault.Path(path, e.key), Value: "unknown key", Allowed: allowed})
		}
	}
	return faults
}

// of is the projection for those pairs.
func (n *node) of(pairs string, own entry) *node {
	p := &node{kind: mapping, place: n.place}
	for _, e := range n.entries {
		instead := own.value.index(e.key) >= 0 && slices.Contains(keysOfPairs(), e.key) // of another key it is told that it has none here
		if e.key != "same" && e.key != "different" && !instead {
			p.entries = append(p.entries, e)
		}
	}
	p.entries = append(p.entries, entry{"pairs", own.place, &node{kind: scalar, text: pairs, place: own.place}})
	for _, e := range own.value.entries {
		if slices.Contains(keysOfPairs(), e.key) {
			p.entries = append(p.entries, e)
		}
	}
	return p
}
