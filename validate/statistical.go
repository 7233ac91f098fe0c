package validate

import (
	"context"
	"fmt"
	"math"
	"slices"

	"einet/network"
)

// A Verdict is what a comparison or a claim comes to.
type Verdict string

// The verdicts. An Inconclusive comparison could not have noticed anything.
const (
	Pass         Verdict = "pass"
	Fail         Verdict = "fail"
	Inconclusive Verdict = "inconclusive"
	NotClaimed   Verdict = "not claimed"
)

// Statistical is the comparison of a run with other seeds of the same network.
type Statistical struct {
	Candidate  string     `json:"candidate"` // what was compared
	Seeds      int        `json:"seeds"`
	DurationMs float64    `json:"duration_ms"`
	DiscardMs  float64    `json:"discard_ms"`
	Comparison Comparison `json:"comparison"`
	Controls   []Control  `json:"controls"`
	Verdict    Verdict    `json:"verdict"`
	Summary    string     `json:"summary"`
}

// A Comparison holds a run against the seeds. It is consistent when the largest
// of its distances, each over the median of the seeds' own, is within the
// largest that a seed has to the others, and each mean rate within the band. By
// construction one seed in about seeds + 1 is not.
type Comparison struct {
	Consistent bool       `json:"consistent"`
	Statistic  Number     `json:"statistic"` // infinite where the run lacks what the seeds have
	Band       Number     `json:"band"`      // the largest of the seeds, each left out of the others
	Distances  []Measured `json:"distances"`
	Rates      []Measured `json:"rates_hz"`
}

// Measured is a number with what it is held to.
type Measured struct {
	Population string `json:"population"`
	Name       string `json:"name"`
	Value      Number `json:"value"`
	Median     Number `json:"median"` // of the seeds; for a rate, their mean
	Band       Number `json:"band"`   // the largest of the seeds; for a rate, half the width
}

// A Control is a change of the network that a sound comparison must notice.
type Control struct {
	Name      string `json:"name"`
	ToldApart bool   `json:"told_apart"`
	Statistic Number `json:"statistic"`
	Reason    string `json:"reason"` // what gave it away

	kind string
}

// ensemble is the seeds with the distances that they have among themselves.
type ensemble struct {
	net     *network.Network
	prints  []fingerprint
	median  [][]float64 // [population][distance] of a seed to the others, NaN where one has none
	largest [][]float64
	band    float64
}

// A controlChange is a variant of a network that is not it.
type controlChange struct {
	kind, name string
	change     func(*network.Network)
}

func controls() []controlChange {
	var list []controlChange
	for _, steps := range []int{1, 2, 5} {
		list = append(list, controlChange{"delay", fmt.Sprintf("delays + %d steps", steps), func(n *network.Network) {
			for i := range n.Projections {
				n.Projections[i].Delay = n.Projections[i].Delay.Plus(float64(steps) * n.Dt)
			}
		}})
	}
	for _, percent := range []int{5, 10, 20} {
		list = append(list, controlChange{"weight", fmt.Sprintf("weights + %d %%", percent), func(n *network.Network) {
			for i := range n.Projections {
				n.Projections[i].Weight = n.Projections[i].Weight.Times(1 + float64(percent)/100)
			}
		}})
	}
	return list
}

// MinSeeds is the fewest seeds whose spread is taken for that of all.
const MinSeeds = 10

// SimulationsOf is how many simulations RunStatistical takes.
func SimulationsOf(seeds int, candidate bool) int {
	n := seeds + len(controls())
	if candidate {
		n++
	}
	return n
}

// RunStatistical compares a run with seeds of the network. Where against is nil
// the run is one more seed; otherwise it is the statistics of spikes from
// elsewhere, of the same duration. The controls are always run beside.
func (l *Lab) RunStatistical(ctx context.Context, net *network.Network, seeds int, steps, discard int64, against *Spikes) (*Statistical, error) {
	var nets []*network.Network
	other := func(change func(*network.Network)) {
		n := clone(net)
		n.Seed += uint32(len(nets)) + 1
		if change != nil {
			change(n)
		}
		nets = append(nets, n)
	}
	for range seeds {
		other(nil)
	}
	changes := controls()
	for _, c := range changes {
		other(c.change)
	}
	if against == nil {
		nets = append(nets, net)
	}
	prints, err := l.fingerprints(ctx, nets, steps, discard)
	if err != nil {
		return nil, err
	}
	e := newEnsemble(net, prints[:seeds])
	s := &Statistical{
		Candidate: fmt.Sprintf("seed %d on %s", net.Seed, l.Backend.Name), Seeds: seeds,
		DurationMs: float64(steps) * net.Dt, DiscardMs: float64(discard) * net.Dt,
	}
	candidate := prints[len(prints)-1]
	if against != nil {
		s.Candidate, candidate = against.Name, against.print(net, steps, discard)
	}
	s.Comparison = e.compare(candidate)
	for i, c := range changes {
		s.Controls = append(s.Controls, e.control(c, prints[seeds+i]))
	}
	s.judge()
	return s, nil
}

func newEnsemble(net *network.Network, prints []fingerprint) *ensemble {
	e := &ensemble{net: net, prints: prints}
	own := make([][][]float64, len(prints)) // [seed][population][distance]
	for i := range prints {
		own[i] = e.distances(prints[i], i)
	}
	for p := range net.Populations {
		var median, largest []float64
		for k := range distances {
			var values []float64
			for i := range own {
				values = append(values, own[i][p][k])
			}
			slices.Sort(values)
			if math.IsNaN(values[0]) { // which sorts first
				values = values[:1]
			}
			median = append(median, values[len(values)/2])
			largest = append(largest, values[len(values)-1])
		}
		e.median, e.largest = append(e.median, median), append(e.largest, largest)
	}
	for i := range own {
		statistic, _ := e.statistic(own[i])
		e.band = max(e.band, statistic)
	}
	return e
}

// distances are a run's, for each population, to the seeds except one (-1:
// none).
func (e *ensemble) distances(x fingerprint, except int) [][]float64 {
	var all [][]float64
	for p := range x.populations {
		var pool []*populationPrint
		for i := range e.prints {
			if i != except {
				pool = append(pool, &e.prints[i].populations[p])
			}
		}
		var list []float64
		for _, d := range distances {
			list = append(list, d.between(&x.populations[p], pool))
		}
		all = append(all, list)
	}
	return all
}

// rounding is the most that sums leave of a distance that is 0.
const rounding = 1e-12

// statistic is the largest distance over the seeds' median, and its name. A
// distance that some seed lacks (NaN) does not count; one that only the run
// lacks is infinite.
func (e *ensemble) statistic(d [][]float64) (largest float64, name string) {
	for p := range d {
		for k, x := range d[p] {
			unit := e.median[p][k]
			if unit < rounding { // most seeds are alike
				unit = e.largest[p][k]
			}
			ratio := x / unit
			switch {
			case math.IsNaN(unit):
				continue
			case math.IsNaN(x):
				ratio = math.Inf(1)
			case x < rounding:
				ratio = 0
			}
			if ratio > largest {
				largest, name = ratio, e.net.Populations[p].Name+": "+distances[k].name
			}
		}
	}
	return largest, name
}

func (e *ensemble) compare(x fingerprint) Comparison {
	d := e.distances(x, -1)
	statistic, _ := e.statistic(d)
	c := Comparison{Band: Number(e.band), Statistic: Number(statistic), Consistent: statistic <= e.band}
	for p := range d {
		name := e.net.Populations[p].Name
		for k, value := range d[p] {
			c.Distances = append(c.Distances, Measured{name, distances[k].name, Number(value), Number(e.median[p][k]), Number(e.largest[p][k])})
		}
		mean, half := e.rateBand(p)
		rate := x.populations[p].rate
		c.Rates = append(c.Rates, Measured{name, "mean rate [Hz]", Number(rate), Number(mean), Number(half)})
		c.Consistent = c.Consistent && math.Abs(rate-mean) <= half
	}
	return c
}

// rateBand is the seeds' mean rate and three standard deviations of the
// difference of another from it.
func (e *ensemble) rateBand(p int) (mean, half float64) {
	n := float64(len(e.prints))
	sum, squares := 0.0, 0.0
	for i := range e.prints {
		sum += e.prints[i].populations[p].rate
	}
	mean = sum / n
	for i := range e.prints {
		squares += (e.prints[i].populations[p].rate - mean) * (e.prints[i].populations[p].rate - mean)
	}
	return mean, 3 * math.Sqrt(squares/(n-1)) * math.Sqrt(1+1/n)
}

func (e *ensemble) control(c controlChange, x fingerprint) Control {
	comparison := e.compare(x)
	r := Control{Name: c.name, kind: c.kind, ToldApart: !comparison.Consistent, Statistic: comparison.Statistic}
	for _, m := range comparison.Rates {
		if math.Abs(float64(m.Value-m.Median)) > float64(m.Band) {
			r.Reason = fmt.Sprintf("%s: rate %.3g Hz, outside %.3g +- %.2g", m.Population, m.Value, m.Median, m.Band)
		}
	}
	if comparison.Statistic > comparison.Band {
		_, r.Reason = e.statistic(e.distances(x, -1))
	}
	return r
}

// judge turns comparison and controls into a verdict: a comparison that no
// control could disturb proves nothing.
func (s *Statistical) judge() {
	var seen []string
	for _, kind := range []string{"weight", "delay"} {
		if name := s.smallest(kind); name != "" {
			seen = append(seen, name)
		}
	}
	switch {
	case !s.Comparison.Consistent:
		s.Verdict, s.Summary = Fail, fmt.Sprintf("not consistent with other seeds (about one seed in %d is not)", s.Seeds+1)
	case len(seen) == 0:
		s.Verdict, s.Summary = Inconclusive, "inconclusive: too short to notice any of the changes it was tried with"
	case len(seen) == 1:
		s.Verdict, s.Summary = Pass, fmt.Sprintf("consistent; would have seen %s", seen[0])
	default:
		s.Verdict, s.Summary = Pass, fmt.Sprintf("consistent; would have seen %s, %s", seen[0], seen[1])
	}
}

// smallest is the smallest control of a kind that is told apart like all larger
// ones: a single one may be by chance, as a seed may. "" if there is none.
func (s *Statistical) smallest(kind string) (name string) {
	for _, c := range slices.Backward(s.Controls) {
		switch {
		case c.kind != kind:
		case !c.ToldApart:
			return name
		default:
			name = c.Name
		}
	}
	return name
}
