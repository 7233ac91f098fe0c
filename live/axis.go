package live

import (
	"math"
)

// An axis maps values to a stretch of the canvas.
type axis struct {
	low, high float64
	from, to  float32
}

func (a axis) at(v float64) float32 {
	return a.from + float32((v-a.low)/(a.high-a.low))*(a.to-a.from)
}

// held is the same, no further than the ends.
func (a axis) held(v float64) float32 { return a.at(min(max(v, a.low), a.high)) }

// ticks are about that many round numbers on the axis.
func (a axis) ticks(n int) []float64 {
	step := round((a.high - a.low) / float64(n))
	var all []float64
	for k := math.Ceil(a.low/step - 1e-9); k*step <= a.high+1e-9*step; k++ {
		all = append(all, k*step)
	}
	return all
}

// round is the least of 1, 2, 5, 10, ... times a power of ten that is not below x.
func round(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5, 10} {
		if x <= m*power*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// timeAxis is the last moments, with their lines; foot: with numbers and a name.
func (f *frame) timeAxis(r rect, foot bool) axis {
	now := float64(f.scope.step) * f.scope.dt
	a := axis{now - shownMs, now, r.x, r.x + r.w}
	if now < shownMs {
		a.low, a.high = 0, shownMs
	}
	for _, t := range a.ticks(max(3, int(r.w/110))) {
		f.fill(rect{a.at(t), r.y, 1 / f.scale, r.h}, gridColor)
		if foot {
			f.text(a.at(t), r.y+r.h+14, small, dim, middle, decimal(t))
		}
	}
	if foot {
		f.text(r.x+r.w/2, r.y+r.h+29, small, dim, middle, "Model time [ms]")
	}
	return a
}

// valueAxis is one from bottom to top, with lines and numbers.
func (f *frame) valueAxis(r rect, low, high float64) axis {
	a := axis{low, high, r.y + r.h, r.y}
	for _, v := range a.ticks(max(2, int(r.h/30))) {
		f.fill(rect{r.x, a.at(v), r.w, 1 / f.scale}, gridColor)
		f.text(r.x-7, a.at(v)+4, small, dim, right, decimal(v))
	}
	return a
}

func (f *frame) border(r rect) {
	f.fill(rect{r.x, r.y + r.h, r.w, 1 / f.scale}, frameColor)
	f.fill(rect{r.x, r.y, 1 / f.scale, r.h}, frameColor)
}
