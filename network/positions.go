package network

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"einet/fault"
	"einet/libm"
)

// A Layout names how the neurons of a population lie in space.
type Layout string

// The layouts.
const (
	Nowhere      Layout = ""       // without positions
	Grid         Layout = "grid"   // equally spaced in rows and columns, and layers
	Ring         Layout = "ring"   // equally spaced on a circle
	RandomPlaces Layout = "random" // uniform in the extent, drawn from the seed
	Unread       Layout = "unread" // they are at fault, which is told
)

// Positions say where the neurons of a population are, in a space of 1 to 3 dimensions: docs/equations.md has the places.
// The zero Positions are none.
type Positions struct {
	Layout                Layout
	Columns, Rows, Layers int       // of a Grid, along x, y and z; 0 without that dimension
	Extent                []float64 // of each dimension [mm]; of a Ring its circumference
	Periodic              bool      // what leaves at an edge comes in at the opposite one; true of a Ring
}

// MaxDimensions is how many a space may have.
const MaxDimensions = 3

// What positions may be, in the words of a fault.
const (
	MustPositions = "must be one of {grid: {columns, rows, extent}}, {ring: {circumference}} and {random: {extent}}"
	mustExtent    = "must be a list of 1 to 3 lengths above 0 and at most 1e9 mm: of x, y and z"
	mustLength    = "must be a length above 0 and at most 1e9 mm"
	mustShare     = "lie in one space: as many dimensions of the same extent, periodic or not"
)

// HasPlaces tells whether neurons lie at the places of a grid or ring.
func (p *Positions) HasPlaces() bool { return p.Layout == Grid || p.Layout == Ring }

// Dimensions is the number of them, 0 of none.
func (p *Positions) Dimensions() int { return len(p.Extent) }

// Places are how many places there are along each dimension for a grid or ring of that many neurons.
func (p *Positions) Places(size int) []int {
	if p.Layout == Ring {
		return []int{size}
	}
	return []int{p.Columns, p.Rows, p.Layers}[:len(p.Extent)]
}

// Place is where place c of n is along an extent [mm].
func Place(c, n int, extent float64) float64 {
	return float64((float64(c)+0.5)*extent) / float64(n)
}

// InOneSpace tells whether distances between two populations have a meaning.
func (p *Positions) InOneSpace(q *Positions) bool {
	return p.Layout != Nowhere && slices.Equal(p.Extent, q.Extent) && p.Periodic == q.Periodic
}

// Apart is the distance along dimension k of two coordinates [mm].
func (p *Positions) Apart(k int, x, y float64) float64 {
	d := math.Abs(x - y)
	if p.Periodic {
		d = min(d, p.Extent[k]-d)
	}
	return d
}

// Norm is the distance that those along the dimensions make [mm].
func Norm(apart []float64) float64 {
	sum := 0.0
	for _, d := range apart {
		sum += float64(d * d)
	}
	return math.Sqrt(sum)
}

// Farthest is the largest distance in the space [mm].
func (p *Positions) Farthest() float64 {
	apart := slices.Clone(p.Extent)
	for k := range apart {
		if p.Periodic {
			apart[k] /= 2
		}
	}
	return Norm(apart)
}

// String is the space in a few words: the places, the extent and whether it is periodic.
func (p *Positions) String() string {
	lengths := make([]string, len(p.Extent))
	for k, x := range p.Extent {
		lengths[k] = fault.Number(x)
	}
	text := strings.Join(lengths, " x ") + " mm"
	switch p.Layout {
	case Ring:
		return "ring of " + text
	case Grid:
		var places []string
		for _, n := range p.Places(0) {
			places = append(places, fmt.Sprint(n))
		}
		text = "grid of " + strings.Join(places, " x ") + " on " + text
	case RandomPlaces:
		text = "random on " + text
	case Nowhere, Unread:
		return "none"
	}
	if p.Periodic {
		text += ", periodic"
	}
	return text
}

// scaled are the positions of a population whose size is multiplied by s, and its size where they decide it: the sides of a
// grid are multiplied by the root of s, and the extent stays.
func (p Positions) scaled(s float64, size int) (Positions, int) {
	if p.Layout != Grid {
		return p, size
	}
	side := s
	switch len(p.Extent) {
	case 2:
		side = math.Sqrt(s)
	case 3:
		side = libm.Exp(libm.Log(s) / 3)
	}
	size = 1
	for _, n := range []*int{&p.Columns, &p.Rows, &p.Layers}[:len(p.Extent)] {
		*n = int(math.Min(math.Max(math.Round(float64(float64(*n)*side)), 1), MaxNeurons+1))
		size = min(size**n, MaxNeurons+1)
	}
	return p, size
}

// positions checks those of a population.
func (c *checker) positions(path string, of *Population) {
	p := &of.Positions
	path = fault.Path(path, string(p.Layout))
	switch p.Layout {
	case Nowhere, Unread:
		return
	case Ring:
		if c.want(len(p.Extent) == 1, path, len(p.Extent), "must have one dimension") {
			c.want(aboveZero.holds(p.Extent[0]), path+".circumference", p.Extent[0], mustLength)
		}
		c.want(p.Periodic, path, "not periodic", "must be periodic")
		return
	case Grid, RandomPlaces:
	default:
		c.fault(path, fault.Clip(string(p.Layout)), MustPositions)
		return
	}
	bad := slices.ContainsFunc(p.Extent, func(x float64) bool { return !aboveZero.holds(x) && !math.IsNaN(x) })
	if len(p.Extent) < 1 || len(p.Extent) > MaxDimensions || bad {
		c.fault(path+".extent", p.extentText(), mustExtent)
		return
	}
	if p.Layout != Grid {
		return
	}
	places := 1
	for k, name := range []string{"columns", "rows", "layers"} {
		n := [...]int{p.Columns, p.Rows, p.Layers}[k]
		if k >= len(p.Extent) {
			if !c.want(n == 0, fault.Path(path, name), n, fmt.Sprintf("must be left out: the extent has %d of 3 dimensions", len(p.Extent))) {
				return
			}
			continue
		}
		if !c.want(n >= 1, fault.Path(path, name), n, MustSize) {
			return
		}
		places = min(places*min(n, MaxNeurons+1), MaxNeurons+1)
	}
	if of.Size >= 1 {
		if places != of.Size {
			c.fault(path, p.placesText()+" places", fmt.Sprintf("must be as many as neurons, %d", of.Size))
		}
	}
}

// isPlaced tells whether there is nothing wrong with a population's positions.
func (of *Population) isPlaced() bool {
	var c checker
	c.positions("", of)
	return len(c.faults) == 0
}

func (p *Positions) extentText() string {
	text := make([]string, len(p.Extent))
	for k, x := range p.Extent {
		text[k] = fault.Number(x)
	}
	return "[" + strings.Join(text, ", ") + "]"
}

func (p *Positions) placesText() string {
	product, text := 1, []string{}
	for _, n := range p.Places(0) {
		product = min(product*n, MaxNeurons+1)
		text = append(text, fmt.Sprint(n))
	}
	if len(text) == 1 {
		return text[0]
	}
	return strings.Join(text, " x ") + " = " + fmt.Sprint(product)
}
