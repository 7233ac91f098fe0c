package ranks

import (
	"errors"
	"fmt"
	"math"

	"einet/dynamics"
	"einet/sim"
)

// A message is words that one rank tells all. What is read beyond its end is zero, and noted.
type message struct {
	words []uint32
	short bool
}

func (m *message) word() (w uint32) {
	if len(m.words) == 0 {
		m.short = true
		return 0
	}
	w, m.words = m.words[0], m.words[1:]
	return w
}

func (m *message) int() int { return int(int32(m.word())) }

// take is the next n words.
func (m *message) take(n int) (words []uint32) {
	if n < 0 || n > len(m.words) {
		m.short = true
		return nil
	}
	words, m.words = m.words[:n], m.words[n:]
	return words
}

func appendInts(words []uint32, numbers ...int) []uint32 {
	for _, n := range numbers {
		words = append(words, uint32(int32(n)))
	}
	return words
}

func appendFloats(words []uint32, values []float32) []uint32 {
	for _, x := range values {
		words = append(words, math.Float32bits(x))
	}
	return words
}

// floats are words as numbers.
func floats(words []uint32, dst []float32) {
	for i, w := range words {
		dst[i] = math.Float32frombits(w)
	}
}

func appendSpikes(words []uint32, spikes []sim.Spike) []uint32 {
	for _, s := range spikes {
		words = append(words, s.Step, s.Neuron)
	}
	return words
}

func (m *message) spikes(n int, dst []sim.Spike) []sim.Spike {
	words := m.take(2 * n)
	for i := 0; i+1 < len(words); i += 2 {
		dst = append(dst, sim.Spike{Step: words[i], Neuron: words[i+1]})
	}
	return dst
}

func appendText(words []uint32, text string) []uint32 {
	words = append(words, uint32(len(text)))
	for i := 0; i < len(text); i += 4 {
		w := uint32(0)
		for k := 0; k < 4 && i+k < len(text); k++ {
			w |= uint32(text[i+k]) << (8 * k)
		}
		words = append(words, w)
	}
	return words
}

func (m *message) text() string {
	n := m.int()
	words := m.take((n + 3) / 4)
	text := make([]byte, 0, 4*len(words))
	for _, w := range words {
		text = append(text, byte(w), byte(w>>8), byte(w>>16), byte(w>>24))
	}
	return string(text[:min(max(n, 0), len(text))])
}

// An answer is an error, or none, and words.
func appendAnswer(words []uint32, err error, result []uint32) []uint32 {
	text := ""
	if err != nil {
		text = err.Error()
	}
	return append(appendText(words, text), result...)
}

func (m *message) answer() ([]uint32, error) {
	if text := m.text(); text != "" {
		return nil, errors.New(text)
	}
	if m.short {
		return nil, errShort
	}
	return m.words, nil
}

var errShort = errors.New("what a rank told is cut off")

// appendReleases appends the states of projections with short-term plasticity.
func appendReleases(words []uint32, states [][]dynamics.Release) []uint32 {
	for _, of := range states {
		words = append(words, uint32(len(of)))
		for _, r := range of {
			words = append(words, r.Facilitated, r.Depleted, r.Last)
		}
	}
	return words
}

// releases reads what appendReleases wrote of so many projections.
func (m *message) releases(projections int) ([][]dynamics.Release, error) {
	states := make([][]dynamics.Release, projections)
	for k := range states {
		n := m.int()
		words := m.take(3 * n)
		for i := 0; i+2 < len(words); i += 3 {
			states[k] = append(states[k], dynamics.Release{Facilitated: words[i], Depleted: words[i+1], Last: words[i+2]})
		}
	}
	if m.short {
		return nil, fmt.Errorf("states of short-term plasticity: %w", errShort)
	}
	return states, nil
}
