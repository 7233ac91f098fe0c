package bench

import (
	"math"

	"einet/sim"
)

// A Digest is that of a run's first steps.
type Digest struct {
	Steps  int64  `json:"steps"`
	Spikes int64  `json:"spikes"`
	Digest string `json:"digest"`
}

// marks is a Recorder of digests: after a hundredth and a tenth of the steps that
// were asked for, and at the end.
type marks struct {
	*sim.Digest
	at   []int64
	list []Digest
}

// newMarks are those of a run of so many of the steps that were asked for.
func newMarks(asked, steps int64) *marks {
	m := &marks{Digest: sim.NewDigest()}
	for _, part := range fractions {
		n := max(1, asked/part)
		if n <= steps && (len(m.at) == 0 || n > m.at[len(m.at)-1]) {
			m.at = append(m.at, n)
		}
	}
	return m
}

// Next is the next of the marks.
func (m *marks) Next(step int64) int64 {
	for _, n := range m.at {
		if n > step {
			return n
		}
	}
	return math.MaxInt64
}

// Sample takes the digest.
func (m *marks) Sample(e sim.Engine) error {
	m.list = append(m.list, Digest{e.Step(), m.Count(), m.String()})
	return nil
}
