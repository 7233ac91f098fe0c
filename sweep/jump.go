package sweep

import (
	"context"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"
)

// halvings of the distance between two points narrow down where theory has a jump between them.
const halvings = 4

// jump finds where between two neighbouring points a prediction passes a boundary at which it jumps, by networks in between: of all such
// neighbours at once. It is nil of boundaries at which predictions are smooth.
func (w *work) jump(ctx context.Context, b boundary) func(from, to [2]int) float64 {
	if !b.sudden {
		return nil
	}
	found := map[[2][2]int]float64{}
	var mu sync.Mutex
	var g errgroup.Group
	g.SetLimit(w.processors())
	for _, pair := range w.neighbours() {
		above, known := w.side(b, pair[0])
		other, too := w.side(b, pair[1])
		if !known || !too || above == other {
			continue
		}
		g.Go(func() error {
			part := w.narrowed(ctx, b, pair, above)
			mu.Lock()
			defer mu.Unlock()
			found[pair], found[[2][2]int{pair[1], pair[0]}] = part, 1-part
			return nil
		})
	}
	_ = g.Wait()
	return func(from, to [2]int) float64 {
		if part, ok := found[[2][2]int{from, to}]; ok {
			return part
		}
		return 0.5
	}
}

// neighbours are the pairs of places along one or two axes that differ by one along an axis.
func (w *work) neighbours() (pairs [][2][2]int) {
	wide, high := len(w.plan.Axes[0].Values), 1
	if len(w.plan.Axes) > 1 {
		high = len(w.plan.Axes[1].Values)
	}
	for i := range wide {
		for k := range high {
			if i+1 < wide {
				pairs = append(pairs, [2][2]int{{i, k}, {i + 1, k}})
			}
			if k+1 < high {
				pairs = append(pairs, [2][2]int{{i, k}, {i, k + 1}})
			}
		}
	}
	return pairs
}

// side tells whether a place is above the boundary; known is false where theory says nothing.
func (w *work) side(b boundary, at [2]int) (above, known bool) {
	point := at[0]
	if len(w.plan.Axes) > 1 {
		point = at[0]*len(w.plan.Axes[1].Values) + at[1]
	}
	v := predictedBy(b.column, w.theory[point], w.drawn()[0])
	return v > b.level, v == v
}

// narrowed is where between two places, of which the first is on a side of the boundary, that is.
func (w *work) narrowed(ctx context.Context, b boundary, pair [2][2]int, above bool) float64 {
	lo, hi := 0.0, 1.0
	for range halvings {
		middle := (lo + hi) / 2
		set, ok := w.between(pair, middle)
		if !ok || ctx.Err() != nil {
			break
		}
		net, err := w.plan.load(set, nil)
		if err != nil {
			break // such as a delay that is no multiple of dt
		}
		p, err := predicted(ctx, net)
		v := predictedBy(b.column, p, w.drawn()[0])
		if err != nil || v != v {
			break
		}
		if v > b.level == above {
			lo = middle
		} else {
			hi = middle
		}
	}
	return (lo + hi) / 2
}

// between are assignments for a place between two, a part of the way from the first; ok is false where values are no numbers.
func (w *work) between(pair [2][2]int, part float64) (set []string, ok bool) {
	for i, a := range w.plan.Axes {
		numbers, unit, isNumber := a.Numbers()
		if !isNumber {
			return nil, false
		}
		text := strconv.FormatFloat(a.along(numbers[pair[0][i]], numbers[pair[1][i]], part), 'g', -1, 64)
		if unit != "" {
			text += " " + unit
		}
		set = append(set, a.Path+"="+text)
	}
	return set, true
}
