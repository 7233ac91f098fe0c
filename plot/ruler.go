package plot

import (
	"math"

	"gonum.org/v1/plot"
)

// A Ruler is an axis of values that were chosen: numbers, at their places, or words, at equal distances.
type Ruler struct {
	Label  string
	Values []float64 // ascending or descending; where there are Words, not read
	Words  []string
	Log    bool
}

// Len is the number of values.
func (r *Ruler) Len() int { return max(len(r.Values), len(r.Words)) }

// place is where value i stands.
func (r *Ruler) place(i int) float64 {
	switch {
	case r.Words != nil:
		return float64(i)
	case r.Log:
		return math.Log10(r.Values[i])
	}
	return r.Values[i]
}

// edges are those of the cells around the values, in the middle between them; ascending, for values that descend too.
func (r *Ruler) edges() []float64 {
	n := r.Len()
	at := func(i int) float64 { return r.place(r.index(i)) }
	edges := make([]float64, n+1)
	for i := 1; i < n; i++ {
		edges[i] = (at(i-1) + at(i)) / 2
	}
	first, last := 0.5, 0.5 // of a value alone
	if n > 1 {
		first, last = edges[1]-at(0), at(n-1)-edges[n-1]
	}
	edges[0], edges[n] = at(0)-first, at(n-1)+last
	return edges
}

// index is the value that stands at place i from the left.
func (r *Ruler) index(i int) int {
	if n := r.Len(); n > 1 && r.place(n-1) < r.place(0) {
		return n - 1 - i
	}
	return i
}

// mostWords are told below or beside an axis.
const mostWords = 8

// Ticks marks values of the ruler, or round numbers.
func (r *Ruler) Ticks(lo, hi float64) []plot.Tick {
	if r.Words == nil && !r.Log {
		return ticks(4).Ticks(lo, hi)
	}
	var marks []plot.Tick
	if r.Words != nil {
		every := (len(r.Words) + mostWords - 1) / mostWords
		for i := 0; i < len(r.Words); i += every {
			marks = append(marks, plot.Tick{Value: float64(i), Label: short(r.Words[i], axisLetters)})
		}
		return marks
	}
	return logTicks(lo, hi)
}

// logTicks marks 1, 2 and 5 times powers of ten between two logarithms, or the powers alone where these are many.
func logTicks(lo, hi float64) []plot.Tick {
	var marks []plot.Tick
	for power := math.Floor(lo); power <= math.Ceil(hi); power++ {
		for _, m := range []float64{1, 2, 5} {
			at := power + math.Log10(m)
			if at < lo-1e-9 || at > hi+1e-9 || m > 1 && hi-lo > 1.6 {
				continue
			}
			marks = append(marks, plot.Tick{Value: min(max(at, lo), hi), Label: number(m * math.Pow(10, power))})
		}
	}
	return marks
}
