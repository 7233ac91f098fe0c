package plot

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// Letters of a name that are shown in a key, beside an axis and above a panel, where a name may have 64, and of all that an
// entry of a key may say.
const (
	keyLetters   = 24
	axisLetters  = 16
	titleLetters = 30
	entryLetters = 80
)

// short is a name; one of more letters than given loses its middle.
func short(name string, letters int) string {
	all := []rune(name)
	if len(all) <= letters {
		return name
	}
	return string(all[:letters/2]) + "\u2026" + string(all[len(all)-(letters-1)/2:])
}

// stem is a name without the number at its end, and that number; -1 where there is none.
func stem(name string) (string, int) {
	s := strings.TrimRight(name, "0123456789")
	if n, err := strconv.Atoi(name[len(s):]); err == nil {
		return s, n
	}
	return name, -1
}

// group is what the names of a group of populations begin with: V1 of V1_E and V1_I.
func group(name string) string {
	g, _, _ := strings.Cut(name, "_")
	return g
}

// inGroups says whether names make groups of neighbours that are worth a label of their own.
func inGroups(populations []Population) bool {
	n := 0
	for i := range populations {
		if begins(populations, i) {
			n++
		}
	}
	return n > 1 && 2*n <= len(populations)
}

// begins says whether population i is the first of a group.
func begins(populations []Population, i int) bool {
	return i == 0 || group(populations[i].Name) != group(populations[i-1].Name)
}

// A rowAxis labels the rows of populations on an axis from 0, each where there is room for its name: all, or
// their groups, or some, in round numbers where names are numbered.
type rowAxis struct {
	populations []Population
	ends        []float64 // of each population's rows
	room        vg.Length // height of the axis
}

// labelHeight is the least distance of labels below each other.
const labelHeight = vg.Length(1.15 * tickSize)

// A stretch of rows has one label in its middle.
type stretch struct {
	name   string
	lo, hi float64
}

func (s stretch) middle() float64 { return (s.lo + s.hi) / 2 }

func (a *rowAxis) Ticks(float64, float64) []plot.Tick {
	var all, groups []stretch
	lo := 0.0
	for i, p := range a.populations {
		all = append(all, stretch{p.Name, lo, a.ends[i]})
		if begins(a.populations, i) {
			groups = append(groups, stretch{group(p.Name), lo, a.ends[i]})
		}
		groups[len(groups)-1].hi = a.ends[i]
		lo = a.ends[i]
	}
	apart := lo // as long as it is not known
	if a.room > 0 {
		apart = float64(labelHeight/a.room) * lo
	}
	at, ok := spread(all, apart, lo)
	if !ok && inGroups(a.populations) {
		all = groups
		at, ok = spread(all, apart, lo)
	}
	if !ok {
		all = thinned(all, apart)
		at, _ = spread(all, apart, lo)
	}
	var marks []plot.Tick
	for i, s := range all {
		marks = append(marks, plot.Tick{Value: at[i], Label: short(s.name, axisLetters)})
	}
	return marks
}

// astray is how far a label may be from its rows, in heights of labels.
const astray = 1.25

// spread places labels between 0 and end: at least apart from one another, and as near as possible to the middles of their rows
// (least squares; pool adjacent violators). ok tells whether each is near enough to see which rows it is of.
func spread(list []stretch, apart, end float64) (at []float64, ok bool) {
	type pool struct {
		mean float64
		n    int
	}
	var pools []pool
	for i, s := range list {
		pools = append(pools, pool{s.middle() - float64(i)*apart, 1})
		for k := len(pools) - 1; k > 0 && pools[k].mean < pools[k-1].mean; k-- {
			a, b := pools[k-1], pools[k]
			pools = append(pools[:k-1], pool{(a.mean*float64(a.n) + b.mean*float64(b.n)) / float64(a.n+b.n), a.n + b.n})
		}
	}
	ok = true
	for _, p := range pools {
		for range p.n {
			i := len(at)
			at = append(at, min(max(p.mean, 0), end-float64(len(list)-1)*apart)+float64(i)*apart)
			ok = ok && math.Abs(at[i]-list[i].middle()) <= astray*apart
		}
	}
	return at, ok
}

// fit tells whether labels are at least apart from one another.
func fit(list []stretch, apart float64) bool {
	for i := range list[1:] {
		if list[i+1].middle()-list[i].middle() < apart {
			return false
		}
	}
	return true
}

// thinned leaves labels that fit: the first of each run of names that differ in their number only, and of the
// others those of round numbers.
func thinned(list []stretch, apart float64) []stretch {
	var kept, round []stretch
	clear := func(s stretch) bool {
		return !slices.ContainsFunc(kept, func(k stretch) bool { return math.Abs(k.middle()-s.middle()) < apart })
	}
	last := ""
	for _, s := range list {
		if name, n := stem(s.name); n < 0 || name != last {
			if last = name; clear(s) {
				kept = append(kept, s)
			}
		}
	}
	for every := 1; every < 1e9; every = next(every) {
		round = round[:0]
		for _, s := range list {
			if _, n := stem(s.name); n >= 0 && n%every == 0 {
				round = append(round, s)
			}
		}
		if len(round) == 0 || fit(round, apart) {
			break
		}
	}
	for _, s := range round {
		if clear(s) {
			kept = append(kept, s)
		}
	}
	slices.SortFunc(kept, func(a, b stretch) int { return int(math.Copysign(1, a.lo-b.lo)) })
	return kept
}

// next is the next of 1, 2, 5, 10, ...
func next(n int) int { return int(round(1.01 * float64(n))) }
