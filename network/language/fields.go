package language

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"einet/fault"
	"einet/network"
)

// keys reads the fields of what a mapping describes, as the table of its keys says.
func (f *fields) keys(of any, keys []network.Key) {
	for i := range keys {
		if keys[i].At != nil && !keys[i].ReadApart {
			f.key(of, &keys[i])
		}
	}
}

// apart reads the keys of these names, which keys leaves to those who call it.
func (f *fields) apart(of any, keys []network.Key, names ...string) {
	for i := range keys {
		if slices.Contains(names, keys[i].Name) {
			f.key(of, &keys[i])
		}
	}
}

// key reads one field, or sets it to its default.
func (f *fields) key(of any, k *network.Key) {
	to, presence := k.At(of), k.Presence(of)
	if presence == network.Unwanted && f.n.index(k.Name) < 0 { // nor is it told that it is allowed
		setDefault(of, to, k)
		return
	}
	n := f.get(k.Name)
	switch {
	case n == nil && presence == network.Needed && f.n.kind == mapping:
		f.d.faults = append(f.d.faults, fault.Error{Place: f.place, Path: fault.Path(f.path, k.Name), Value: "missing", Allowed: missing(k)})
		unread(to, k)
	case n == nil && presence == network.Needed:
		unread(to, k)
	case n == nil:
		setDefault(of, to, k)
	case presence == network.Unwanted:
		f.d.fault(n, fault.Path(f.path, k.Name), cmp.Or(k.Unwanted, network.MustHaveNone))
	default:
		f.d.field(n, fault.Path(f.path, k.Name), k, to)
	}
}

// allowed is what may stand behind a key, and missing what is said where it is not there.
func allowed(k *network.Key) string {
	switch {
	case k.Bound.Allowed != "":
		return k.Bound.Allowed
	case k.Is == network.ADist:
		return network.MustDist
	case k.Is == network.SomeNeurons:
		return mustNeurons
	}
	return mustText
}

func missing(k *network.Key) string {
	if k.Bound.Missing != "" {
		return k.Bound.Missing
	}
	return allowed(k)
}

// unread marks a field that could not be read. The fault is known, and checks leave it alone.
func unread(to any, k *network.Key) {
	switch x := to.(type) {
	case *network.Projection:
		switch k.Name {
		case "p":
			x.P = math.NaN()
		case "weight":
			x.Weight = network.Number(math.NaN())
		case "delay":
			x.Delay = network.Number(math.NaN())
		}
	case *float64:
		*x = math.NaN()
	case *network.Dist:
		*x = network.Number(math.NaN())
	}
}

// setDefault gives a field its default. Where the table has none, the field stays as it is.
func setDefault(of, to any, k *network.Key) {
	switch x := to.(type) {
	case *network.Input:
		*x = network.Input{network.DC(0)}
	case *network.Projection:
		switch k.Name {
		case "weight":
			x.Weight = network.Number(0)
		case "delay":
			x.Delay = network.Number(0)
		}
	case *network.Dist:
		*x = network.Number(0)
		if rest, ok := k.Default.(func(*network.Population) float64); ok {
			*x = network.Number(rest(of.(*network.Population)))
		}
	default:
		if k.Default != nil {
			reflect.ValueOf(to).Elem().Set(reflect.ValueOf(k.Default))
		}
	}
	if k.Is == network.AMapping {
		for _, inner := range network.Keys(k.Of, "") {
			setDefault(to, inner.At(to), &inner)
		}
	}
}

// field reads a value into a field, by what the field is.
func (d *decoder) field(n *node, path string, k *network.Key, to any) {
	defer func(outer string) { d.unit = outer }(d.unit)
	d.unit = d.unitOf(k)
	switch x := to.(type) {
	case *float64:
		*x = d.number(n, path, allowed(k))
	case *int:
		*x = d.whole(n, path, allowed(k))
	case *uint32:
		*x = d.uint32(n, path, allowed(k))
	case *bool:
		*x = d.bool(n, path)
	case *network.Dist:
		*x = d.dist(n, path, allowed(k))
	case *network.Input:
		*x = d.components(n, path)
	case *network.Positions:
		*x = d.positions(n, path)
	case *network.Plasticity:
		d.plasticity(n, path, x)
	case *network.Projection:
		d.byDistance(n, path, k, x)
	case *[]float64:
		*x = d.lengths(n, path, allowed(k))
	case *network.Neurons:
		*x = d.neurons(n, path)
	case **network.Neurons:
		some := d.neurons(n, path)
		*x = &some
	case **int64:
		first := int64(d.whole(n, path, allowed(k)))
		*x = &first
	case *[]string:
		if k.Is == network.Names {
			*x = d.names(n, path)
			return
		}
		*x = d.variables(n, path, strings.Split(k.Of, "|"))
	case *string:
		if k.Is == network.AWord {
			*x = d.oneOf(n, path, strings.Split(k.Of, "|"))
		} else {
			*x = d.word(n, path, allowed(k))
		}
	case interface{ Say(string) }:
		if k.Is == network.AWord {
			x.Say(d.oneOf(n, path, strings.Split(k.Of, "|")))
			return
		}
		x.Say(d.word(n, path, allowed(k)))
	case *[]network.PoissonInput:
		*x = d.poisson(n, path)
	case *[]network.Rate:
		for _, e := range d.members(path, n) {
			*x = append(*x, network.Rate{Population: e.key, Hz: d.number(e.value, fault.Path(path, e.key), allowed(k))})
		}
	case *[]network.RecordNeurons:
		*x = d.neuronsBy(n, path, k.Is == network.NeuronsBy)
	case *[]network.RecordHistogram:
		for _, e := range d.members(path, n) {
			*x = append(*x, d.histograms(e.key, d.fields(fault.Path(path, e.key), e.place, e.value))...)
		}
	case *network.RecordAverages:
		if n.kind != mapping {
			x.Every = d.number(n, path, allowed(k))
			return
		}
		f := d.fields(path, n.place, n)
		f.knows("every", "variables")
		f.keys(x, network.Keys(k.Of, ""))
		f.done()
	default:
		if word := reflect.ValueOf(to).Elem(); word.Kind() == reflect.String {
			word.SetString(d.word(n, path, allowed(k)))
			return
		}
		if k.Is == network.AMap {
			d.byOwner(n, path, network.Keys(k.Of, ""), reflect.ValueOf(to).Elem())
			return
		}
		d.mapping(path, n.place, n, to, network.Keys(k.Of, ""))
	}
}

// mapping reads a mapping whose keys are all in a table.
func (d *decoder) mapping(path string, place fault.Place, n *node, of any, keys []network.Key) {
	f := d.fields(path, place, n)
	f.keys(of, keys)
	f.done()
}

// owner is the field that names what one of a slice is of.
func owner(all reflect.Value) string {
	if _, ok := all.Type().Elem().FieldByName("Projection"); ok {
		return "Projection"
	}
	return "Population"
}

// byOwner reads a mapping of populations or projections into a slice of what has their name.
func (d *decoder) byOwner(n *node, path string, keys []network.Key, all reflect.Value) {
	for _, e := range d.members(path, n) {
		one := reflect.New(all.Type().Elem())
		one.Elem().FieldByName(owner(all)).SetString(e.key)
		d.mapping(fault.Path(path, e.key), e.place, e.value, one.Interface(), keys)
		all.Set(reflect.Append(all, one.Elem()))
	}
}

// poisson reads one Poisson input or a list of them.
func (d *decoder) poisson(n *node, path string) []network.PoissonInput {
	items := n.items
	if n.kind != sequence {
		items = []*node{n}
	}
	all := slices.Grow([]network.PoissonInput(nil), len(items))[:len(items)]
	for i, item := range items {
		at := path
		if len(items) > 1 {
			at = fault.Path(path, strconv.Itoa(i))
		}
		d.mapping(at, item.place, item, &all[i], network.Keys("poisson", ""))
	}
	return all
}

// uint32 reads a whole number that an uint32 holds.
func (d *decoder) uint32(n *node, path, allowed string) uint32 {
	before := len(d.faults)
	x := d.whole(n, path, allowed)
	if len(d.faults) == before && (x < 0 || x > math.MaxUint32) {
		d.fault(n, path, allowed)
		return 0
	}
	return uint32(x)
}

func (d *decoder) bool(n *node, path string) bool {
	if n.kind != scalar || n.text != "true" && n.text != "false" {
		d.fault(n, path, mustBool)
	}
	return n.text == "true"
}

// write is the entries of what a mapping describes, in the order of its keys.
func (f *fieldsOut) write(of any, keys []network.Key) {
	for i := range keys {
		k := &keys[i]
		if k.At == nil || k.OmitZero && k.IsDefault(of) || k.Presence(of) == network.Unwanted {
			continue
		}
		f.add(k.Name, writeField(k, k.At(of)))
	}
}

// writeMapping is what a mapping describes, in braces.
func writeMapping(of any, keys []network.Key) string {
	f := fieldsOut{}
	f.write(of, keys)
	return "{" + f.String() + "}"
}

// writeField is the value of a field.
func writeField(k *network.Key, field any) string {
	switch x := field.(type) {
	case *float64:
		return fault.Exact(*x)
	case *string:
		switch k.Is {
		case network.AText:
			return quote(*x)
		case network.AName:
			return plain(*x)
		}
		return *x
	case interface{ Says() string }:
		return plain(x.Says())
	case **int64:
		return strconv.FormatInt(**x, 10)
	case *[]float64:
		return list(*x)
	case *[]int:
		return list(*x)
	case *network.Edges:
		return writeEdges(x)
	case *network.Positions:
		return writePositions(x)
	case *network.Projection:
		return writeByDistance(k, x)
	case *network.Dist:
		return writeDist(*x)
	case *network.Input:
		return writeInput(*x)
	case *network.Neurons:
		return writeNeurons(x)
	case **network.Neurons:
		return writeNeurons(*x)
	case *[]string:
		words := slices.Clone(*x)
		for i := range words {
			if k.Is == network.Names {
				words[i] = quote(words[i])
			}
		}
		return "[" + strings.Join(words, ", ") + "]"
	case *[]network.PoissonInput:
		items := make([]string, len(*x))
		for i := range *x {
			items[i] = writeMapping(&(*x)[i], network.Keys(k.Of, ""))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case *[]network.ModelParameter:
		return writeParameters(*x)
	case *[]network.ModelState:
		return writeStarts(*x)
	case *[]network.Rate:
		f := fieldsOut{}
		for _, r := range *x {
			f.add(r.Population, fault.Exact(r.Hz))
		}
		return "{" + f.String() + "}"
	case *[]network.RecordNeurons:
		return writeNeuronsBy(*x, k.Is == network.NeuronsBy)
	case *[]network.RecordHistogram:
		return writeHistograms(*x)
	case *network.RecordAverages:
		if x.Neurons == nil && x.Variables == nil {
			return fault.Exact(x.Every)
		}
	}
	if keys := network.Keys(k.Of, ""); keys != nil {
		if k.Is == network.AMap {
			return writeByOwner(reflect.ValueOf(field).Elem(), keys)
		}
		return writeMapping(field, keys)
	}
	return fmt.Sprint(reflect.ValueOf(field).Elem()) // a whole number, a word, true or false
}

// writeNeuronsBy is some neurons of each population that is named; without names all or none of all, where that may be said.
func writeNeuronsBy(all []network.RecordNeurons, words bool) string {
	switch {
	case words && all == nil:
		return "all"
	case words && len(all) == 0:
		return "none"
	}
	f := fieldsOut{}
	for i := range all {
		f.add(all[i].Population, writeNeurons(&all[i].Neurons))
	}
	return "{" + f.String() + "}"
}

// writeByOwner is a slice of what has a population or projection, by that.
func writeByOwner(all reflect.Value, keys []network.Key) string {
	f := fieldsOut{}
	for i := range all.Len() {
		f.add(all.Index(i).FieldByName(owner(all)).String(), writeMapping(all.Index(i).Addr().Interface(), keys))
	}
	return "{" + f.String() + "}"
}

// writeHistograms is those of each population by their variables.
func writeHistograms(all []network.RecordHistogram) string {
	f := fieldsOut{}
	for len(all) > 0 {
		g, population := fieldsOut{}, all[0].Population
		n := slices.IndexFunc(all, func(h network.RecordHistogram) bool { return h.Population != population })
		if n < 0 {
			n = len(all)
		}
		for i := range all[:n] {
			g.add(all[i].Variable, writeMapping(&all[i], network.Keys("histogram", "")))
		}
		f.add(population, "{"+g.String()+"}")
		all = all[n:]
	}
	return "{" + f.String() + "}"
}
