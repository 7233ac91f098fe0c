package table

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// recordedNeuron is the array of einet's spikes.npz that says whose spikes it holds.
const recordedNeuron = "recorded_neuron"

// einet finds the populations and the step of a spikes.npz of einet's, none in other files.
func (f *File) einet() (own []SpikePopulation, dtMs float64, fault *Fault) {
	if f.Format != Npz {
		return nil, 0, nil
	}
	z, err := zip.NewReader(f.file, f.size)
	if err != nil {
		return nil, 0, nil // Read says so
	}
	if _, err := z.Open("population_names.npy"); err != nil {
		return nil, 0, nil
	}
	names, ok := memberTexts(z, "population_names")
	first, firsts := memberNumbers(z, "population_first", len(names))
	dt, steps := memberNumbers(z, "dt_ms", 1)
	if !ok || !firsts || !steps || !(dt[0] > 0) {
		return nil, 0, f.fault(0, "its arrays population_names, population_first and dt_ms are not those of einet's spikes.npz")
	}
	var recorded []float64
	if _, err := z.Open("population_recorded.npy"); err == nil {
		if recorded, ok = memberNumbers(z, "population_recorded", len(names)); !ok || slices.ContainsFunc(recorded, func(n float64) bool { return !isWhole(n) || n < 0 || n > math.MaxInt32 }) {
			return nil, 0, f.fault(0, "its array population_recorded is not that of einet's spikes.npz")
		}
	}
	for i, name := range names {
		if !isWhole(first[i]) || i == 0 && first[i] != 0 || i > 0 && first[i] <= first[i-1] {
			return nil, 0, f.fault(0, fmt.Sprintf("array population_first: %g at %d: must ascend from 0", first[i], i))
		}
		own = append(own, SpikePopulation{Name: name, First: int64(first[i])})
		if recorded != nil {
			own[i].Partly, own[i].Recorded = true, int64(recorded[i])
		}
	}
	if _, err := z.Open(recordedNeuron + ".npy"); err == nil && recorded != nil {
		return own, dt[0], f.chosen(z, own)
	}
	return own, dt[0], nil
}

// chosen reads which neurons the spikes are of, where they are not the first of each population.
func (f *File) chosen(z *zip.Reader, own []SpikePopulation) *Fault {
	all := 0
	for _, p := range own {
		all += int(p.Recorded)
	}
	ids, done, ok := memberElements(z, recordedNeuron, all)
	if !ok {
		return f.fault(0, "its array recorded_neuron is not that of einet's spikes.npz")
	}
	defer done()
	for i := range own {
		p, last := &own[i], -1.0
		count := p.Recorded
		p.Recorded = 0
		for range count {
			id, err := ids()
			if err != nil || !(id > last) {
				return f.fault(0, "its array recorded_neuron is not that of einet's spikes.npz")
			}
			if last = id; id == float64(p.First+p.Recorded) {
				p.Recorded++
			}
		}
		p.Chosen = p.Recorded < count
	}
	return nil
}

// memberElements reads an array of count numbers one after the other, until done is called.
func memberElements(z *zip.Reader, name string, count int) (next func() (float64, error), done func() error, ok bool) {
	m, err := z.Open(name + ".npy")
	if err != nil {
		return nil, nil, false
	}
	from := bufio.NewReader(m)
	a, ok := readNpyHeader(from)
	if !ok || a.names != nil || a.rowSize() == 0 || a.count() != int64(count) {
		m.Close()
		return nil, nil, false
	}
	return elementsOf(a.descr[0], from), m.Close, true
}

// memberNumbers reads an array of so many numbers.
func memberNumbers(z *zip.Reader, name string, count int) ([]float64, bool) {
	next, done, ok := memberElements(z, name, count)
	if !ok {
		return nil, false
	}
	defer done()
	numbers := make([]float64, count)
	var err error
	for i := range numbers {
		if numbers[i], err = next(); err != nil {
			return nil, false
		}
	}
	return numbers, true
}

// count is the number of elements.
func (a *array) count() int64 {
	n := int64(1)
	for _, d := range a.dims {
		n *= d
	}
	return n
}

// memberTexts reads an array of fixed-width unicode.
func memberTexts(z *zip.Reader, name string) ([]string, bool) {
	m, err := z.Open(name + ".npy")
	if err != nil {
		return nil, false
	}
	defer m.Close()
	from := bufio.NewReader(m)
	a, ok := readNpyHeader(from)
	if !ok || len(a.dims) != 1 || a.dims[0] > maxPopulations {
		return nil, false
	}
	digits, unicode := strings.CutPrefix(a.descr[0], "<U")
	width, err := strconv.Atoi(digits)
	if !unicode || err != nil || width < 1 || width > 4096 {
		return nil, false
	}
	cell := make([]byte, 4*width)
	var texts []string
	for range a.dims[0] {
		if _, err := io.ReadFull(from, cell); err != nil {
			return nil, false
		}
		var b strings.Builder
		for at := 0; at < len(cell); at += 4 {
			if c := binary.LittleEndian.Uint32(cell[at:]); c != 0 {
				b.WriteRune(rune(min(c, math.MaxInt32)))
			}
		}
		texts = append(texts, b.String())
	}
	return texts, true
}
