package dynamics

import "math"

// A flow is y' = f(y), with what a spike is and what it does, in float64: the equations that a model's program approximates.
type flow struct {
	f     func(y, dy []float64)
	above func(y []float64) float64 // positive after the threshold was crossed
	reset func(y []float64)         // nil of what makes its own spikes
	held  float64                   // how long the first variable then stays [ms]
}

// spikes integrates by the pair of Dormand & Prince (1980) with error control, and finds crossings by halving the step.
func (w flow) spikes(y []float64, duration float64) (times []float64) {
	const tolerance, least = 1e-9, 1e-9
	t, h := 0.0, 1e-3
	next, middle := make([]float64, len(y)), make([]float64, len(y))
	for t < duration {
		h = min(h, duration-t+least)
		off := w.step(y, h, next)
		if !(off <= tolerance) && h > least {
			h *= max(0.2, 0.9*math.Pow(tolerance/off, 0.2))
			if math.IsNaN(h) {
				h = least
			}
			continue
		}
		if w.above(y) < 0 && w.above(next) >= 0 {
			lo, hi := 0.0, h
			for hi-lo > 1e-8 {
				m := (lo + hi) / 2
				w.step(y, m, middle)
				if !(w.above(middle) < 0) {
					hi = m
				} else {
					lo = m
				}
			}
			w.step(y, hi, middle)
			if math.IsNaN(middle[0]) {
				w.step(y, lo, middle)
			}
			copy(y, middle)
			t += hi
			times = append(times, t)
			if w.reset != nil {
				w.reset(y)
			}
			if rest := min(w.held, duration-t); rest > 0 {
				w.hold(y, rest)
				t += rest
			}
			h = 1e-3
			continue
		}
		t += h
		copy(y, next)
		h *= min(5, 0.9*math.Pow(tolerance/max(off, 1e-30), 0.2))
		h = min(h, 0.5)
	}
	return times
}

// hold integrates with the first variable as it is.
func (w flow) hold(y []float64, duration float64) {
	flow{above: func([]float64) float64 { return -1 }, f: func(y, dy []float64) { w.f(y, dy); dy[0] = 0 }}.spikes(y, duration)
}

var (
	dopriA = [][]float64{
		{}, {1. / 5}, {3. / 40, 9. / 40}, {44. / 45, -56. / 15, 32. / 9}, {19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
		{9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656}, {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84},
	}
	dopriE = []float64{71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40}
)

// step writes y after h, and returns the largest error relative to 1 + |y|.
func (w flow) step(y []float64, h float64, next []float64) float64 {
	k := make([][]float64, 7)
	for s := range k {
		copy(next, y)
		for j, a := range dopriA[s] {
			for i := range next {
				next[i] += h * a * k[j][i]
			}
		}
		k[s] = make([]float64, len(y))
		w.f(next, k[s])
	}
	worst := 0.0
	for i := range y {
		e := 0.0
		for s := range k {
			e += h * dopriE[s] * k[s][i]
		}
		worst = max(worst, math.Abs(e)/(1+math.Abs(y[i])))
		if math.IsNaN(e) {
			return math.Inf(1)
		}
	}
	return worst
}
