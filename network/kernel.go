package network

import (
	"fmt"

	"einet/fault"
	"einet/libm"
)

// A KernelShape names a function of distance.
type KernelShape string

// The shapes: all are 1 at the distance 0.
const (
	Uniformly KernelShape = ""            // 1 everywhere
	Bell      KernelShape = "gaussian"    // e^(-(d/sigma)^2/2)
	Decay     KernelShape = "exponential" // e^(-d/lambda)
	Disc      KernelShape = "disc"        // 1 up to the radius, 0 beyond
)

// A Kernel says how something falls with distance. The zero Kernel is 1 everywhere.
type Kernel struct {
	Shape KernelShape
	Size  float64 // sigma, lambda or radius [mm]
}

// Kernels are the shapes, in the order in which they are told, with what a description calls their sizes.
var Kernels = []struct {
	Shape KernelShape
	Size  string
}{{Bell, "sigma"}, {Decay, "lambda"}, {Disc, "radius"}}

// Falls tells whether there is anything to do with distance.
func (k Kernel) Falls() bool { return k.Shape != Uniformly }

// At is the kernel at a distance [mm].
func (k Kernel) At(d float64) float64 {
	switch k.Shape {
	case Bell:
		q := d / k.Size
		return libm.Exp(-float64(q*q) / 2)
	case Decay:
		return libm.Exp(-d / k.Size)
	case Disc:
		if d > k.Size {
			return 0
		}
	case Uniformly:
	}
	return 1
}

// String is the kernel as a description has it.
func (k Kernel) String() string {
	for _, of := range Kernels {
		if of.Shape == k.Shape {
			return fmt.Sprintf("%s, %s %s mm", k.Shape, of.Size, fault.Number(k.Size))
		}
	}
	return "the same everywhere"
}

// What may stand where something goes by distance, in the words of a fault.
const (
	MustChance = "must be a probability from 0 to 1, or {gaussian: {sigma, peak}}, {exponential: {lambda, peak}} or {disc: {radius, peak}}, by distance"
	MustWeight = MustDist + "; or by distance {gaussian: {sigma, peak}}, {exponential: {lambda, peak}} or {disc: {radius, peak}}"
	MustDelay  = MustTime + ", a distribution, or {distance: {speed, offset}}"
	MustNear   = "must be {gaussian: {sigma}}: of the offsets, along each dimension"
	mustSpeed  = "must be a speed above 0 and at most 1e9 mm/ms"
	mustPeak   = "must be a probability from 0 to 1"
)

// size checks that of a kernel which is at a path.
func (c *checker) size(path string, k Kernel) bool {
	for _, of := range Kernels {
		if of.Shape == k.Shape {
			return c.want(aboveZero.holds(k.Size), fault.Path(fault.Path(path, string(k.Shape)), of.Size), k.Size, mustLength)
		}
	}
	return false
}

// chance checks the probability of a projection.
func (c *checker) chance(path string, p *Projection) {
	if p.Near.Falls() {
		path = fault.Path(path, string(p.Near.Shape)) + ".peak"
	}
	c.want(p.P >= 0 && p.P <= 1, path, p.P, mustPeak)
}

// near checks by what the neurons of a degree are chosen; among are those to choose from, nil where at fault.
func (c *checker) near(path string, p *Projection, among *Population) {
	if !p.Near.Falls() {
		return
	}
	if !c.want(p.Near.Shape == Bell, path, string(p.Near.Shape), MustNear) {
		return
	}
	c.want(p.Multapses, path[:len(path)-len("near")]+"multapses", "false", "must be true where neurons are chosen by distance")
	if among == nil || !aboveZero.holds(p.Near.Size) || among.Positions.Layout == Nowhere || among.Positions.Layout == Unread {
		return // which is told elsewhere
	}
	at := &among.Positions
	if !at.HasPlaces() {
		c.fault(path, "populations."+among.Name, "must have its neurons on a grid or ring, to choose the nearest")
		return
	}
	path += ".gaussian.sigma"
	own := 1.0 // probability of choosing the place that one is at
	for k, n := range at.Places(among.Size) {
		if L := at.Extent[k]; !(L > 0) || n < 1 {
			return
		} else if !at.Periodic && !c.want(p.Near.Size <= L, path, p.Near.Size, "must be at most the extent where there are edges, "+fault.Number(L)+" mm") {
			return
		}
		own *= atCenter(at.Extent[k]/float64(n)/2, at.Extent[k], p.Near.Size, at.Periodic)
	}
	if p.From == p.To && !p.Autapses {
		c.want(1-own >= leastMass, path, p.Near.Size, "must reach other neurons, where autapses are left out")
	}
}

// atCenter is the probability of an offset below half [mm] to either side along an extent.
func atCenter(half, extent, sigma float64, periodic bool) float64 {
	sum := 0.0
	for i := range images(extent, sigma, periodic) {
		at := float64(i) * extent
		p := libm.NormalCDF((at+half)/sigma) - libm.NormalCDF((at-half)/sigma)
		if i > 0 {
			p *= 2
		}
		sum += p
	}
	return min(sum, 1)
}

// mostImages of a periodic space are counted in a sum: with so many a Gaussian is flat.
const mostImages = 16

// images is how many periods away a Gaussian matters, and itself.
func images(extent, sigma float64, periodic bool) int {
	if !periodic {
		return 1
	}
	return 2 + int(min(8*sigma/extent, mostImages))
}

// ByDistance tells whether any of a projection's synapses goes by distance: which there are, their weights or delays.
func (p *Projection) ByDistance() bool {
	return p.Near.Falls() || p.WeightBy.Falls() || p.Speed != 0
}

// distance checks that distances are known where they are needed.
func (c *checker) distance(path string, p *Projection, pre, post *Population) {
	if !p.ByDistance() {
		return
	}
	switch {
	case p.WeightBy.Falls() && p.Edges.Weight != nil:
		c.fault(path+".weight", "by distance", "must be left out: the list has weights")
		return
	case p.Speed != 0 && p.Edges.Delay != nil:
		c.fault(path+".delay", "by distance", "must be left out: the list has delays")
		return
	}
	rule := path + ".p"
	if p.Rule.Counts() {
		rule = path + ".near"
	}
	places := []string{}
	if p.Near.Falls() && c.size(rule, p.Near) {
		places = append(places, rule)
	}
	if p.WeightBy.Falls() && c.size(path+".weight", p.WeightBy) {
		places = append(places, path+".weight")
	}
	if p.Speed != 0 && c.want(p.Speed > 0 && p.Speed <= MaxMagnitude, path+".delay.distance.speed", p.Speed, mustSpeed) {
		places = append(places, path+".delay")
	}
	if pre == nil || len(places) == 0 {
		return
	}
	for _, q := range []*Population{pre, post} {
		if q.Positions.Layout == Unread || !q.isPlaced() { // which is told
			return
		}
		if q.Positions.Layout == Nowhere {
			c.fault(places[0], "populations."+q.Name, "must have positions, for this goes by distance")
			return
		}
	}
	if !pre.Positions.InOneSpace(&post.Positions) {
		c.fault(places[0], pre.Positions.String()+"; "+post.Positions.String(), "the populations must "+mustShare)
	}
}

// delayByDistance checks a delay's offset.
func (c *checker) delayByDistance(path string, p *Projection, n *Network) {
	before := len(c.faults)
	c.grid(path+".distance.offset", p.Delay.A, 1)
	if len(c.faults) > before || n.Population(p.From) < 0 || !(p.Speed > 0) {
		return
	}
	first, last := n.DelaySteps(p)
	c.delaySpan(path, "", first, last, "use a larger speed")
}
