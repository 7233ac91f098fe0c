package language

import (
	"math"
	"slices"

	"einet/fault"
	"einet/network"
)

// What may stand behind outside, of a distribution.
const (
	clipped = "clip"
	redrawn = "redraw"
)

// dist reads a number, or a mapping of one distribution's name to its parameters.
func (d *decoder) dist(n *node, path, allowed string) network.Dist {
	if n.kind != mapping {
		return network.Number(d.number(n, path, allowed))
	}
	f := d.fields(path, n.place, n)
	if of := f.get(string(network.OfNodes)); of != nil {
		f.done()
		return d.perNode(of, fault.Path(path, string(network.OfNodes)))
	}
	var found []network.Dist
	for _, kind := range []network.DistKind{network.Uniform, network.Normal, network.LogNormal} {
		if of := f.get(string(kind)); of != nil {
			at := fault.Path(path, string(kind))
			if kind == network.Uniform {
				a, b := d.pair(of, at, mustPair)
				found = append(found, network.Between(a, b))
				continue
			}
			found = append(found, d.moments(of, at, kind))
		}
	}
	if len(found) != 1 {
		allowed := network.MustDist
		for _, e := range n.entries {
			if e.key == redrawn {
				allowed += "; " + mustRedraw
			} else if len(found) == 0 {
				allowed += fault.DidYouMean(e.key, []string{string(network.Uniform), string(network.Normal), string(network.LogNormal)})
			}
		}
		d.fault(n, path, allowed)
		return network.Number(math.NaN())
	}
	for _, e := range n.entries {
		if slices.Contains([]string{"mean", "sd", "low", "high", "outside", redrawn}, e.key) {
			d.fault(e.value, fault.Path(path, e.key), "must stand within the distribution: "+exampleMoments)
			return found[0]
		}
	}
	f.done()
	return found[0]
}

// pair reads a list of two numbers.
func (d *decoder) pair(n *node, path, allowed string) (a, b float64) {
	if n.kind != sequence || len(n.items) != 2 {
		d.fault(n, path, allowed)
		return math.NaN(), math.NaN()
	}
	return d.number(n.items[0], fault.Path(path, "0"), network.MustNumber), d.number(n.items[1], fault.Path(path, "1"), network.MustNumber)
}

// moments reads a mean, a standard deviation, bounds and what happens outside them.
func (d *decoder) moments(n *node, path string, kind network.DistKind) network.Dist {
	dist := network.Dist{Kind: kind, Low: math.Inf(-1), High: math.Inf(1)}
	if n.kind != mapping {
		allowed := mustMoments
		if slices.ContainsFunc(n.items, func(item *node) bool { return item.text == redrawn }) {
			allowed += "; " + mustRedraw
		}
		dist.A, dist.B = d.pair(n, path, allowed)
		return dist
	}
	f := d.fields(path, n.place, n)
	if i := n.index(redrawn); i >= 0 {
		d.fault(n.entries[i].value, fault.Path(path, redrawn), "must be left out: "+mustRedraw)
		defer f.ignore()
	} else {
		defer f.done()
	}
	dist.A, dist.B = f.number("mean", network.MustNumber), f.number("sd", network.MustNumber)
	dist.Low = f.numberOr("low", dist.Low, network.MustNumber)
	dist.High = f.numberOr("high", dist.High, network.MustNumber)
	outside := f.wordOr("outside", clipped, mustOutside)
	if outside != clipped && outside != redrawn {
		f.d.fault(f.get("outside"), fault.Path(path, "outside"), mustOutside)
	}
	dist.Redraw = outside == redrawn
	return dist
}
