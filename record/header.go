package record

import (
	"archive/zip"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"einet/network"
	"einet/sim"
)

// A Population is a range of consecutive global neuron ids.
type Population struct {
	Name  string
	First int // id of its first neuron
	Size  int
}

// Populations lists a network's populations with their global ids.
func Populations(net *network.Network) []Population {
	list := make([]Population, 0, len(net.Populations))
	first := 0
	for _, p := range net.Populations {
		list = append(list, Population{Name: p.Name, First: first, Size: p.Size})
		first += p.Size
	}
	return list
}

// NodesOf is what a SONATA network calls the neurons of each population; nil of other networks.
func NodesOf(net *network.Network) (all []network.Nodes) {
	if net.SONATA.File.Path == "" {
		return nil
	}
	for i := range net.Populations {
		all = append(all, net.Populations[i].Nodes)
	}
	return all
}

// A Header says what a spike file is about.
type Header struct {
	DtMs        float64      // width of the time grid [ms]
	Steps       int64        // steps simulated; spikes have steps 1..Steps
	Populations []Population // consecutive, in the order of the global ids
	Recorded    []Recorded   // of each population, whose spikes are here; nil for all
}

// A Recorded says which neurons of a population have their spikes in a file.
type Recorded struct {
	Count  int      // how many
	Neuron []uint32 // their global ids, ascending; nil for the first Count
}

// Neurons is the number of neurons of all populations.
func (h Header) Neurons() int {
	if len(h.Populations) == 0 {
		return 0
	}
	last := h.Populations[len(h.Populations)-1]
	return last.First + last.Size
}

// maxDt is the longest time step [ms] of the network language.
const maxDt = 1e9

// check says what is wrong with a header, if anything is.
func (h Header) check() error {
	if !(h.DtMs > 0 && h.DtMs <= maxDt) {
		return fmt.Errorf("dt_ms is %g, must be above 0 and at most %g", h.DtMs, float64(maxDt))
	}
	if h.Steps < 0 || h.Steps > 1<<32-1 {
		return fmt.Errorf("duration_steps is %d, must be in 0..%d", h.Steps, int64(1<<32-1))
	}
	if err := checkPopulations(h.Populations); err != nil || h.Recorded == nil {
		return err
	}
	if len(h.Recorded) != len(h.Populations) {
		return fmt.Errorf("population_recorded has %d elements, want %d", len(h.Recorded), len(h.Populations))
	}
	for i, r := range h.Recorded {
		p := h.Populations[i]
		if r.Count < 0 || r.Count > p.Size {
			return fmt.Errorf("population %s: population_recorded is %d, must be in 0..%d", p.Name, r.Count, p.Size)
		}
		if r.Neuron != nil && len(r.Neuron) != r.Count {
			return fmt.Errorf("population %s: population_recorded is %d, recorded_neuron has %d", p.Name, r.Count, len(r.Neuron))
		}
		for k, id := range r.Neuron {
			if int(id) < p.First || int(id) >= p.First+p.Size || k > 0 && id <= r.Neuron[k-1] {
				return fmt.Errorf("population %s: recorded_neuron holds %d, must ascend in %d..%d", p.Name, id, p.First, p.First+p.Size-1)
			}
		}
	}
	return nil
}

// RecordedOf says which neurons a network keeps the spikes of, nil for all.
func RecordedOf(net *network.Network) []Recorded {
	if net.Record.Spikes == nil {
		return nil
	}
	populations, recorded := Populations(net), make([]Recorded, len(net.Populations))
	chosen := make([][]uint32, len(net.Populations)) // by several names of parts, perhaps
	for _, r := range net.Record.Spikes {
		part, _ := net.Part(r.Population)
		i := part.Population
		if part.IsAll() && r.Neurons.First > 0 && chosen[i] == nil && recorded[i].Count < r.Neurons.First {
			recorded[i].Count = r.Neurons.First
			continue
		}
		for _, k := range sim.Neurons(net, &part, &r.Neurons) {
			chosen[i] = append(chosen[i], uint32(populations[i].First+k))
		}
	}
	for i, ids := range chosen {
		if ids == nil {
			continue
		}
		for k := range recorded[i].Count { // the first ones, too
			ids = append(ids, uint32(populations[i].First+k))
		}
		slices.Sort(ids)
		recorded[i] = recordedAs(populations[i], slices.Compact(ids))
	}
	return recorded
}

// recordedAs are neurons of a population by their ids, which ascend.
func recordedAs(p Population, ids []uint32) Recorded {
	for k, id := range ids {
		if int(id) != p.First+k {
			return Recorded{len(ids), ids}
		}
	}
	return Recorded{Count: len(ids)}
}

// Place is the place of a neuron of the population among those recorded, or -1.
func (r *Recorded) Place(p Population, neuron uint32) int {
	if r.Neuron != nil {
		if k, ok := slices.BinarySearch(r.Neuron, neuron); ok {
			return k
		}
		return -1
	}
	if k := int(neuron) - p.First; k < r.Count {
		return k
	}
	return -1
}

// SameRecorded tells whether two files hold the spikes of the same neurons.
func SameRecorded(a, b []Recorded) bool {
	return (a == nil) == (b == nil) && slices.EqualFunc(a, b, func(x, y Recorded) bool {
		return x.Count == y.Count && slices.Equal(x.Neuron, y.Neuron)
	})
}

// AppendRecorded appends to dst the spikes of the neurons that are recorded.
func (h Header) AppendRecorded(dst, spikes []sim.Spike) []sim.Spike {
	for _, s := range spikes {
		if i := h.Population(s.Neuron); h.Recorded[i].Place(h.Populations[i], s.Neuron) >= 0 {
			dst = append(dst, s)
		}
	}
	return dst
}

func checkPopulations(list []Population) error {
	next := 0
	names := map[string]bool{}
	for _, p := range list {
		if p.Name == "" || names[p.Name] || strings.ContainsAny(p.Name, "/\\") || strings.ContainsFunc(p.Name, unicode.IsControl) {
			return fmt.Errorf("population %q: names must differ, not be empty and hold no slash or control character", p.Name)
		}
		if p.Size < 1 || p.Size > 1<<32-next {
			return fmt.Errorf("population %s: size is %d, must be in 1..%d", p.Name, p.Size, 1<<32-next)
		}
		if p.First != next {
			return fmt.Errorf("population %s: first id is %d, must be %d", p.Name, p.First, next)
		}
		names[p.Name] = true
		next += p.Size
	}
	return nil
}

// An order checks a stream of spikes as it passes: strictly ascending in
// (step, neuron), ids below neurons, steps 1..steps.
type order struct {
	neurons uint64
	steps   uint64
	last    uint64 // step << 32 | neuron of the spike before
	any     bool
}

func (o *order) check(spikes []sim.Spike) error {
	for _, s := range spikes {
		at := uint64(s.Step)<<32 | uint64(s.Neuron)
		switch {
		case uint64(s.Neuron) >= o.neurons:
			return fmt.Errorf("spike of neuron %d at step %d: ids must be below %d", s.Neuron, s.Step, o.neurons)
		case s.Step == 0 || uint64(s.Step) > o.steps:
			return fmt.Errorf("spike of neuron %d at step %d: steps must be in 1..%d", s.Neuron, s.Step, o.steps)
		case o.any && at < o.last: // a source may fire several times in a step
			return fmt.Errorf("spike of neuron %d at step %d: not sorted by step and then neuron", s.Neuron, s.Step)
		}
		o.last, o.any = at, true
	}
	return nil
}

func writePopulations(z *zip.Writer, list []Population) error {
	names := make([]string, len(list))
	first, size := make([]int64, len(list)), make([]int64, len(list))
	for i, p := range list {
		names[i], first[i], size[i] = p.Name, int64(p.First), int64(p.Size)
	}
	if err := writeNames(z, "population_names", names); err != nil {
		return err
	}
	if err := writeVector(z, "population_first", first); err != nil {
		return err
	}
	return writeVector(z, "population_size", size)
}

// readPopulations reads what writePopulations writes, and checks it.
func readPopulations(z *zip.Reader) ([]Population, error) {
	names, err := readNames(z, "population_names")
	if err != nil {
		return nil, err
	}
	first, err := readVector[int64](z, "population_first")
	if err != nil {
		return nil, err
	}
	size, err := readVector[int64](z, "population_size")
	if err != nil {
		return nil, err
	}
	if len(names) != len(first) || len(names) != len(size) {
		return nil, fmt.Errorf("population_names, population_first and population_size have %d, %d and %d elements, want as many",
			len(names), len(first), len(size))
	}
	list := make([]Population, len(names))
	for i := range list {
		list[i] = Population{Name: names[i], First: int(first[i]), Size: int(size[i])}
	}
	return list, checkPopulations(list)
}
