package sonata

import (
	"fmt"
	"slices"
	"strings"

	"einet/fault"
	"einet/network"
)

// A nodeGroup is some nodes of a part: those of a set of nodes, or those that a current is clamped into.
type nodeGroup struct {
	name    string
	neurons []int // in the part, ascending
	clamps  []clamp
}

// Bounds of what sets of nodes become groups.
const (
	mostLooks = 100_000_000 // sets times nodes
	mostSpans = 50_000      // ranges in all groups, which stand in the network's text
)

// nodeSets makes groups of the sets of nodes of the configuration: of each part some, but not all, of whose nodes are in a set.
func (r *reader) nodeSets() {
	looks, spans, groups, unnamed := 0, 0, 0, 0
	for _, n := range r.nodes {
		looks += len(n.ids) * len(r.config.sets)
	}
	if looks > mostLooks {
		r.note("%s: %d sets of so many nodes are not made groups, but for those of current clamps", r.config.setsFile, len(r.config.sets))
		return
	}
	for _, name := range sorted(r.config.sets) {
		left := mostSets
		match, wrong := r.nodeSet(name, &left)
		if wrong != "" {
			continue // told where an input uses it
		}
		for _, n := range r.nodes {
			for _, p := range n.parts {
				inside := p.inside(match)
				if len(inside) == 0 || len(inside) == len(p.ids) {
					continue
				}
				groups, spans = groups+1, spans+strings.Count(ranges(inside), ",")+1
				called := notInMember.ReplaceAllString(strings.TrimPrefix(name, p.name+"."), "_")
				switch {
				case groups > network.MaxParts/2 || spans > mostSpans:
					r.note("%s: %q and later sets are not made groups: they are too many, or consist of too many ranges", r.config.setsFile, name)
					return
				case !network.MemberName.MatchString(called) || called == "size" || p.group(called) != nil:
					unnamed++
				default:
					p.groups = append(p.groups, &nodeGroup{name: called, neurons: inside})
				}
			}
		}
	}
	if unnamed > 0 {
		r.note("%s: %d sets have names that no group may have, or that another has, and are left out", r.config.setsFile, unnamed)
	}
}

// inside are the neurons of a part whose nodes are in a set.
func (p *part) inside(match func(n *nodes, id uint64) bool) (neurons []int) {
	for i, id := range p.ids {
		if match(p.of, id) {
			neurons = append(neurons, i)
		}
	}
	return neurons
}

func (p *part) group(name string) *nodeGroup {
	for _, g := range p.groups {
		if g.name == name {
			return g
		}
	}
	return nil
}

// grouped is the group of those neurons that something of the simulation is of: of a set that is one, or of its own by that name.
func (p *part) grouped(name string, neurons []int) *nodeGroup {
	for _, g := range p.groups {
		if slices.Equal(g.neurons, neurons) {
			return g
		}
	}
	name = notInMember.ReplaceAllString(name, "_")
	name = name[:min(len(name), 56)]
	for k, first := 2, name; p.group(name) != nil; k++ {
		name = fmt.Sprintf("%s_%d", first, k)
	}
	g := &nodeGroup{name: name, neurons: neurons}
	p.groups = append(p.groups, g)
	return g
}

// ranges are neurons as a group has them, ascending.
func ranges(neurons []int) string {
	var spans []string
	for i := 0; i < len(neurons); {
		k := i
		for k+1 < len(neurons) && neurons[k+1] == neurons[k]+1 {
			k++
		}
		if k == i {
			spans = append(spans, fmt.Sprint(neurons[i]))
		} else {
			spans = append(spans, fmt.Sprintf("%d..%d", neurons[i], neurons[k]))
		}
		i = k + 1
	}
	return "[" + strings.Join(spans, ", ") + "]"
}

// writeGroups writes the section of groups, if there are some.
func (r *reader) writeGroups(b *strings.Builder) {
	head := "groups:\n"
	for _, n := range r.nodes {
		for _, p := range n.parts {
			for i, g := range p.groups {
				if i == 0 {
					fmt.Fprintf(b, "%s  %s:\n", head, p.name)
					head = ""
				}
				m := mapping{}
				m.add("neurons", ranges(g.neurons))
				if len(g.clamps) > 0 {
					m.add("input", "["+strings.Join(r.pulses(p, g.clamps), ", ")+"]")
				}
				fmt.Fprintf(b, "    %s: %v\n", g.name, m)
			}
		}
	}
}

// pulses are current clamps as inputs.
func (r *reader) pulses(p *part, clamps []clamp) (all []string) {
	for _, k := range clamps {
		delay := r.onGrid(p, "the delay of a current clamp", k.delay)
		duration := r.onGrid(p, "the duration of a current clamp", k.duration)
		all = append(all, fmt.Sprintf("{pulse: {at: %s, duration: %s, amplitude: %s}}", fault.Exact(delay), fault.Exact(duration), fault.Exact(k.amp)))
	}
	return all
}
