package network

import (
	"math"
	"slices"
)

// dist reads a number or a mapping of one distribution's name to its
// parameters.
func (f *fields) dist(key string, otherwise float64) Dist {
	if n := f.get(key); n != nil {
		return f.d.dist(n, dotted(f.path, key))
	}
	return Number(otherwise)
}

// distNeeded is dist for a key that must be there.
func (f *fields) distNeeded(key string) Dist {
	if n := f.need(key, mustDist); n != nil {
		return f.d.dist(n, dotted(f.path, key))
	}
	return Number(math.NaN())
}

// delay is distNeeded for a delay.
func (f *fields) delay(key string) Dist {
	if n := f.need(key, mustTime); n != nil && n.kind == mapping {
		return f.d.dist(n, dotted(f.path, key))
	} else if n != nil {
		return Number(f.d.number(n, dotted(f.path, key), mustTime))
	}
	return Number(math.NaN())
}

// What may stand behind outside, of a distribution.
const (
	clipped = "clip"
	redrawn = "redraw"
)

func (d *decoder) dist(n *node, path string) Dist {
	if n.kind != mapping {
		return Number(d.number(n, path, mustDist))
	}
	f := d.fields(path, n.place, n)
	var found []Dist
	for _, kind := range []DistKind{Uniform, Normal, LogNormal} {
		if of := f.get(string(kind)); of != nil {
			at := dotted(path, string(kind))
			if kind == Uniform {
				a, b := d.pair(of, at, mustPair)
				found = append(found, Between(a, b))
				continue
			}
			found = append(found, d.moments(of, at, kind))
		}
	}
	if len(found) != 1 {
		allowed := mustDist
		for _, e := range n.entries {
			if e.key == redrawn {
				allowed += "; " + mustRedraw
			} else if len(found) == 0 {
				allowed += didYouMean(e.key, []string{string(Uniform), string(Normal), string(LogNormal)})
			}
		}
		d.fault(n, path, allowed)
		return Number(math.NaN())
	}
	for _, e := range n.entries {
		if slices.Contains([]string{"mean", "sd", "low", "high", "outside", redrawn}, e.key) {
			d.fault(e.value, dotted(path, e.key), "must stand within the distribution: "+exampleMoments)
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
	return d.number(n.items[0], dotted(path, "0"), mustNumber), d.number(n.items[1], dotted(path, "1"), mustNumber)
}

// moments reads a mean, a standard deviation, bounds and what happens outside them.
func (d *decoder) moments(n *node, path string, kind DistKind) Dist {
	dist := Dist{Kind: kind, Low: math.Inf(-1), High: math.Inf(1)}
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
		d.fault(n.entries[i].value, dotted(path, redrawn), "must be left out: "+mustRedraw)
		defer f.ignore()
	} else {
		defer f.done()
	}
	dist.A, dist.B = f.number("mean", mustNumber), f.number("sd", mustNumber)
	dist.Low = f.numberOr("low", dist.Low, mustNumber)
	dist.High = f.numberOr("high", dist.High, mustNumber)
	outside := f.wordOr("outside", clipped, mustOutside)
	if outside != clipped && outside != redrawn {
		f.d.fault(f.get("outside"), dotted(path, "outside"), mustOutside)
	}
	dist.Redraw = outside == redrawn
	return dist
}

func (f *fields) boolOr(key string, otherwise bool) bool {
	n := f.get(key)
	if n == nil {
		return otherwise
	}
	if n.kind != scalar || n.text != "true" && n.text != "false" {
		f.d.fault(n, dotted(f.path, key), mustBool)
	}
	return n.text == "true"
}
