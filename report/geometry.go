package report

import (
	"math"
)

type point struct{ x, y float64 }

func (p point) plus(q point, by float64) point { return point{p.x + q.x*by, p.y + q.y*by} }

func (p point) minus(q point) point { return point{p.x - q.x, p.y - q.y} }

func (p point) length() float64 { return math.Hypot(p.x, p.y) }

func (p point) unit() point {
	n := p.length()
	if n == 0 {
		return point{1, 0}
	}
	return point{p.x / n, p.y / n}
}

func (p point) turned(degrees float64) point {
	s, c := math.Sincos(degrees * math.Pi / 180)
	return point{p.x*c - p.y*s, p.x*s + p.y*c}
}

// bounds are the least rectangle around what is drawn.
type bounds struct{ lo, hi point }

func emptyBounds() bounds {
	return bounds{point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}}
}

func (b *bounds) add(p point, r float64) {
	b.lo = point{min(b.lo.x, p.x-r), min(b.lo.y, p.y-r)}
	b.hi = point{max(b.hi.x, p.x+r), max(b.hi.y, p.y+r)}
}

func (b bounds) meets(c bounds) bool {
	return b.lo.x < c.hi.x && c.lo.x < b.hi.x && b.lo.y < c.hi.y && c.lo.y < b.hi.y
}

func (b bounds) has(p point) bool {
	return b.lo.x < p.x && p.x < b.hi.x && b.lo.y < p.y && p.y < b.hi.y
}

func (b bounds) grown(by float64) bounds {
	return bounds{point{b.lo.x - by, b.lo.y - by}, point{b.hi.x + by, b.hi.y + by}}
}
