package language

import (
	"strconv"

	"einet/fault"
	"einet/network"
)

const (
	mustTimes  = "must be a list of times in ms"
	mustValues = "must be a list of numbers of magnitude at most 1e9"
	mustEvery  = "must be the time in ms from each value to the next"
)

// components reads a component or a list of components.
func (d *decoder) components(n *node, path string) network.Input {
	switch {
	case n.kind != sequence:
		return network.Input{d.component(n, path)}
	case len(n.items) == 1: // as the checker calls it
		return network.Input{d.component(n.items[0], path)}
	}
	var in network.Input
	for i, item := range n.items {
		in = append(in, d.component(item, fault.Path(path, strconv.Itoa(i))))
	}
	return in
}

// component reads a number or a mapping of one time course's name to its
// parameters. A faulty one is read as a DC, so that those behind it keep their
// numbers.
func (d *decoder) component(n *node, path string) network.Component {
	if n.kind != mapping {
		return network.DC(d.number(n, path, mustInput))
	}
	f := d.fields(path, n.place, n)
	defer f.done()
	var found []network.Component
	for _, course := range network.Courses {
		if n := f.get(course.Name); n != nil {
			g := d.fields(fault.Path(path, course.Name), n.place, n)
			if course.Name == "samples" {
				found = append(found, g.samples())
			} else {
				of := course.New()
				g.keys(of, network.Keys(course.Name, ""))
				found = append(found, course.Value(of))
			}
			g.done()
		}
	}
	switch {
	case len(found) == 1:
		return found[0]
	case len(found) > 1:
		d.fault(n, path, "must be one time course; several make a list, [{...}, {...}]")
	case len(n.entries) == 0 || f.has(f.asked...):
		d.fault(n, path, mustInput)
	} // what else stands there is unknown, which done reports
	return network.DC(0)
}

// samples reads values, with their times or at regular ones, from the
// description itself or from a file.
func (f *fields) samples() network.Component {
	if file := f.get("file"); file != nil {
		return f.sampled(file)
	}
	before := len(f.d.faults)
	var s network.Samples
	if n := f.get("columns"); n != nil {
		f.d.fault(n, fault.Path(f.path, "columns"), "must be left out: only a file has columns")
	}
	if f.has("times") {
		s.Times = f.numbers("times", "ms", mustTimes)
	} else {
		f.knows("times")
		s.Every = f.time("every", mustEvery)
	}
	s.Values = f.numbers("values", f.d.unit, mustValues)
	if len(f.d.faults) > before {
		return network.DC(0)
	}
	return s
}

// sampled reads values from a file. With them the file has their times, or the
// description says how far they are apart.
func (f *fields) sampled(file *node) network.Component {
	before := len(f.d.faults)
	times, values := f.samplesOf(file)
	if len(f.d.faults) > before {
		f.get("every")
		return network.DC(0)
	}
	if times == nil {
		return network.Samples{Every: f.time("every", mustEvery+", which the file doesn't say"), Values: values}
	}
	if n := f.get("every"); n != nil {
		f.d.fault(n, fault.Path(f.path, "every"), "must be left out: the file has a column of times")
	}
	return network.Samples{Times: times, Values: values}
}

// more counts the items behind the first bad one that are bad too, and says in its fault how many there are.
func (d *decoder) more(rest []*node, read func(item *node)) {
	faults, units := len(d.faults), len(d.units)
	count := 0
	for _, item := range rest {
		read(item)
		if len(d.faults) > faults {
			d.faults = d.faults[:faults]
			count++
		}
	}
	d.units = d.units[:units]
	d.faults[faults-1].Allowed += fault.AndMore(count)
}

// has tells whether any of the keys is there.
func (f *fields) has(keys ...string) bool {
	for _, key := range keys {
		if f.n.index(key) >= 0 {
			return true
		}
	}
	return false
}

// time reads one [ms].
func (f *fields) time(key, allowed string) float64 {
	defer func(outer string) { f.d.unit = outer }(f.d.unit)
	f.d.unit = "ms"
	return f.number(key, allowed)
}

// numbers reads a list of numbers of that unit, up to the first that is none.
func (f *fields) numbers(key, unit, allowed string) []float64 {
	defer func(outer string) { f.d.unit = outer }(f.d.unit)
	f.d.unit = unit
	n, path := f.need(key, allowed), fault.Path(f.path, key)
	if n == nil {
		return nil
	}
	if n.kind != sequence {
		f.d.fault(n, path, allowed)
		return nil
	}
	var numbers []float64
	for i, item := range n.items {
		before := len(f.d.faults)
		x := f.d.number(item, fault.Path(path, strconv.Itoa(i)), "must be a number")
		if len(f.d.faults) > before {
			f.d.more(n.items[i+1:], func(item *node) { f.d.number(item, path, "") })
			break
		}
		numbers = append(numbers, x)
	}
	return numbers
}
