package language

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"einet/fault"
	"einet/network"
)

// positions reads where the neurons of a population are.
func (d *decoder) positions(n *node, path string) network.Positions {
	p := network.Positions{}
	if n.kind != mapping || len(n.entries) != 1 {
		d.fault(n, path, network.MustPositions)
		return network.Positions{Layout: network.Unread}
	}
	f := d.fields(path, n.place, n)
	for _, layout := range []network.Layout{network.Grid, network.Ring, network.RandomPlaces} {
		f.knows(string(layout))
		if n.entries[0].key != string(layout) {
			continue
		}
		of := n.entries[0].value
		before := len(d.faults)
		g := d.fields(fault.Path(path, string(layout)), of.place, of)
		keys := network.Keys(string(layout), "")
		p.Layout = layout
		if layout == network.Ring {
			p.Extent, p.Periodic = []float64{g.lengthOf(&keys[0])}, true
		} else {
			g.keys(&p, keys)
		}
		g.done()
		if len(d.faults) > before { // which are told
			return network.Positions{Layout: network.Unread}
		}
		return p
	}
	f.done()
	return network.Positions{Layout: network.Unread}
}

// lengths reads a list of numbers.
func (d *decoder) lengths(n *node, path, allowed string) (all []float64) {
	if n.kind != sequence {
		d.fault(n, path, allowed)
	}
	for i, item := range n.items {
		at := path
		if len(n.items) > 1 {
			at = fault.Path(path, strconv.Itoa(i))
		}
		all = append(all, d.number(item, at, allowed))
	}
	return all
}

// kernelOf reads a function of distance and its value at 0.
func (d *decoder) kernelOf(n *node, path string, shape network.KernelShape, peak bool, unit, allowed string) (network.Kernel, float64) {
	f := d.fields(path, n.place, n)
	defer f.done()
	keys := network.Keys(string(shape), "")
	k := network.Kernel{Shape: shape, Size: f.lengthOf(&keys[0])}
	if !peak {
		return k, 0
	}
	defer func(outer string) { d.unit = outer }(d.unit)
	d.unit = unit
	return k, f.number("peak", allowed)
}

// lengthOf reads a key that is needed, a length or speed.
func (f *fields) lengthOf(k *network.Key) float64 {
	defer func(outer string) { f.d.unit = outer }(f.d.unit)
	f.d.unit = k.Unit
	n := f.need(k.Name, k.Bound.Allowed)
	x := f.d.number(n, fault.Path(f.path, k.Name), k.Bound.Allowed)
	if n != nil && x <= 0 { // 0 would mean that there is none
		f.d.fault(n, fault.Path(f.path, k.Name), k.Bound.Allowed)
		return math.NaN()
	}
	return x
}

// byDistance reads what may be a number, a distribution or go by distance, as the key says.
func (d *decoder) byDistance(n *node, path string, k *network.Key, p *network.Projection) {
	shape := network.Uniformly
	if n.kind == mapping {
		for _, of := range network.Kernels {
			if n.index(string(of.Shape)) >= 0 && slices.Contains(strings.Split(k.Of, "|"), string(of.Shape)) {
				shape = of.Shape
			}
		}
	}
	travels := k.Name == "delay" && n.kind == mapping && n.index("distance") >= 0
	if (shape != network.Uniformly || travels) && len(n.entries) > 1 {
		d.fault(n, path, "must be one of these, not "+fault.Listing(n.keys()))
		unread(p, k)
		return
	}
	kernel := func(peak bool, unit, allowed string) (network.Kernel, float64) {
		e := n.entries[0]
		return d.kernelOf(e.value, fault.Path(path, e.key), shape, peak, unit, allowed)
	}
	switch {
	case k.Name == "near" && shape == network.Uniformly:
		d.fault(n, path, k.Bound.Allowed)
	case k.Name == "near":
		p.Near, _ = kernel(false, "", "")
	case k.Name == "p" && shape != network.Uniformly:
		p.Near, p.P = kernel(true, "", "must be a probability from 0 to 1")
	case k.Name == "p":
		if n.kind == mapping {
			d.fault(n, path, k.Bound.Allowed+d.meantIn(n, k))
			unread(p, k)
			return
		}
		p.P = d.number(n, path, "must be a probability from 0 to 1")
	case k.Name == "weight" && shape != network.Uniformly:
		peak := 0.0
		p.WeightBy, peak = kernel(true, k.Unit, network.MustNumber)
		p.Weight = network.Number(peak)
	case k.Name == "weight" && n.kind == mapping && !isDrawn(n):
		d.fault(n, path, network.MustWeight+d.meantIn(n, k))
		unread(p, k)
	case k.Name == "weight":
		p.Weight = d.dist(n, path, network.MustDist)
	case travels:
		d.travel(n.entries[0], path, p)
	default:
		p.Delay = d.dist(n, path, allowed(k))
	}
}

// travel reads the delay of a spike that travels.
func (d *decoder) travel(e entry, path string, p *network.Projection) {
	f := d.fields(fault.Path(path, e.key), e.value.place, e.value)
	defer f.done()
	keys := network.Keys("distance", "")
	p.Speed = f.lengthOf(&keys[0])
	p.Delay = network.Number(d.dt)
	d.unit = keys[1].Unit
	p.Delay.A = f.numberOr(keys[1].Name, d.dt, network.MustTime)
}

// isDrawn tells whether a mapping has a distribution, or what belongs into one.
func isDrawn(n *node) bool {
	return slices.ContainsFunc(n.entries, func(e entry) bool {
		return slices.Contains([]string{string(network.Uniform), string(network.Normal), string(network.LogNormal), "mean", "sd", "low", "high", "outside", redrawn}, e.key)
	})
}

// meantIn says which function of distance a key may have been meant for.
func (d *decoder) meantIn(n *node, k *network.Key) string {
	for _, e := range n.entries {
		if meant := fault.DidYouMean(e.key, strings.Split(strings.Trim(k.Of, "|"), "|")); meant != "" {
			return meant
		}
	}
	return ""
}

// writePositions is where neurons are.
func writePositions(p *network.Positions) string {
	if p.Layout == network.Ring {
		return fmt.Sprintf("{ring: {circumference: %s}}", fault.Exact(p.Extent[0]))
	}
	return fmt.Sprintf("{%s: %s}", p.Layout, writeMapping(p, network.Keys(string(p.Layout), "")))
}

// writeByDistance is what byDistance reads.
func writeByDistance(k *network.Key, p *network.Projection) string {
	kernel := func(of network.Kernel, peak ...float64) string {
		f := fieldsOut{}
		f.add(network.Keys(string(of.Shape), "")[0].Name, fault.Exact(of.Size))
		for _, x := range peak {
			f.add("peak", fault.Exact(x))
		}
		return fmt.Sprintf("{%s: {%s}}", of.Shape, f)
	}
	switch {
	case k.Name == "near":
		return kernel(p.Near)
	case k.Name == "p" && p.Near.Falls():
		return kernel(p.Near, p.P)
	case k.Name == "p":
		return fault.Exact(p.P)
	case k.Name == "weight" && p.WeightBy.Falls():
		return kernel(p.WeightBy, p.Weight.A)
	case k.Name == "weight":
		return writeDist(p.Weight)
	case p.Speed != 0:
		return fmt.Sprintf("{distance: {speed: %s, offset: %s}}", fault.Exact(p.Speed), fault.Exact(p.Delay.A))
	}
	return writeDist(p.Delay)
}
