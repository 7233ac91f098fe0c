package validate

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"einet/network"
)

// A Verdict is what a comparison or a claim comes to.
type Verdict string

// The verdicts. An Inconclusive comparison could not have noticed anything, one
// that passes in part only some kinds of change.
const (
	Pass         Verdict = "pass"
	Partial      Verdict = "pass in part"
	Fail         Verdict = "fail"
	Inconclusive Verdict = "inconclusive"
	NotClaimed   Verdict = "not claimed"
)

// Statistical is the comparison of a run with other seeds of the same network.
type Statistical struct {
	Candidate     string     `json:"candidate"` // what was compared
	Seeds         int        `json:"seeds"`
	Compared      int        `json:"seeds_compared"` // those that have the statistics which the run has
	DurationMs    float64    `json:"duration_ms"`    // of the seeds' runs
	DiscardMs     float64    `json:"discard_ms"`     // of the seeds' runs
	FileDiscardMs *float64   `json:"discard_file_ms,omitempty"`
	Comparison    Comparison `json:"comparison"`
	Again         *Again     `json:"again,omitempty"` // where the comparison of a seed fails
	Controls      []Control  `json:"controls"`
	Verdict       Verdict    `json:"verdict"`
	Summary       string     `json:"summary"`
}

// Again is the same comparison of one more seed. A network's own seed fails only if this one does too,
// for the two farthest of seeds + 2 runs are these two once in (seeds + 1)(seeds + 2)/2; spikes from elsewhere can't be had again.
type Again struct {
	Candidate  string     `json:"candidate"`
	Comparison Comparison `json:"comparison"`
}

// A Comparison holds a run against the seeds: how far it is from them (see
// departureOf), and how far each of the seeds is from the others and it. It is
// consistent unless it is the farthest of all. Which of seeds + 1 runs of the
// same network that is, is chance, whatever the statistics' distributions, so
// one run in seeds + 1 fails wrongly (the Monte Carlo test of Barnard, J. R.
// Stat. Soc. B 25 (1963) 294).
type Comparison struct {
	Consistent bool       `json:"consistent"`
	FalseAlarm float64    `json:"false_alarm"` // share of runs of the same network that are not consistent
	P          float64    `json:"p"`           // share of the seeds and the run that are at least as far off
	Distance   Number     `json:"distance"`    // infinite where the run lacks what all seeds have
	Farthest   Number     `json:"farthest_seed"`
	Statistics []Measured `json:"statistics"`
}

// Measured is a statistic of the run beside the seeds'.
type Measured struct {
	Population string `json:"population"`
	Name       string `json:"name"`
	Value      Number `json:"value"`
	Mean       Number `json:"mean"`  // of the seeds
	SD         Number `json:"sd"`    // of the seeds
	Off        Number `json:"off"`   // (value - mean)/sd
	Share      Number `json:"share"` // of the squared distance
}

// String tells both values and the direction.
func (m Measured) String() string {
	name := m.Population + ": " + m.Name
	switch {
	case math.IsNaN(float64(m.Value)):
		return fmt.Sprintf("%s: none, seeds have %.4g +- %.2g", name, m.Mean, m.SD)
	case math.IsNaN(float64(m.Mean)):
		return fmt.Sprintf("%s: %.4g, seeds have none", name, m.Value)
	}
	direction := "higher"
	if m.Off < 0 {
		direction = "lower"
	}
	return fmt.Sprintf("%s: %.4g, seeds %.4g +- %.2g (%s by %.3g sd)", name, m.Value, m.Mean, m.SD, direction, math.Abs(float64(m.Off)))
}

// Decided are the statistics that most of the distance is made of, the largest
// share first: at least half of it, and up to five.
func (c Comparison) Decided() []Measured {
	list := slices.Clone(c.Statistics)
	slices.SortStableFunc(list, func(a, b Measured) int { return cmp.Compare(b.Share, a.Share) })
	sum := 0.0
	for k, m := range list {
		if k == 5 || sum >= 0.5 || m.Share <= 0 {
			return list[:k]
		}
		sum += float64(m.Share)
	}
	return list
}

// A Control is a change of the network, or of its spikes, that a sound
// comparison must notice.
type Control struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Runs      int    `json:"runs"`       // that were compared
	Noticed   int    `json:"noticed"`    // how many of the runs were not consistent
	ToldApart bool   `json:"told_apart"` // all of them, and at least two
	Distance  Number `json:"distance"`   // the smallest of them
	Farthest  Number `json:"farthest_seed"`
	Reason    string `json:"reason"` // what gave that one away
}

// The kinds of controls, as the verdict names them.
const (
	weightKind = "weights"
	delayKind  = "delays"
	timeKind   = "direction of time"
)

// ControlRuns is how many runs, each of another seed, a control takes: one
// alone may be told apart by chance, or not.
const ControlRuns = 3

// A controlChange is a variant of a network that is not it.
type controlChange struct {
	kind, name string
	change     func(*network.Network)
}

func controls() []controlChange {
	var list []controlChange
	for _, steps := range []int{1, 2, 5} {
		list = append(list, controlChange{delayKind, fmt.Sprintf("delays + %d steps", steps), func(n *network.Network) {
			for i := range n.Projections {
				n.Projections[i].Delay = n.Projections[i].Delay.Plus(float64(steps) * n.Dt)
			}
		}})
	}
	for _, percent := range []int{5, 10, 20} {
		list = append(list, controlChange{weightKind, fmt.Sprintf("weights + %d %%", percent), func(n *network.Network) {
			for i := range n.Projections {
				n.Projections[i].Weight = n.Projections[i].Weight.Times(1 + float64(percent)/100)
			}
		}})
	}
	return list
}

// MinSeeds is the fewest seeds whose spread is taken for that of all.
const MinSeeds = 10

// SimulationsOf is how many simulations RunStatistical takes, but for one more where a seed fails.
func SimulationsOf(seeds int, candidate bool) int {
	n := seeds + ControlRuns*len(controls())
	if candidate {
		n++
	}
	return n
}

// RunStatistical compares a run with seeds of the network. Each takes steps steps, of which the first discard don't count.
// Where against is nil the run is one more seed, and if that fails another. Otherwise it is spikes from elsewhere, of which
// the same steps count. The controls are always run beside.
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
		for range ControlRuns {
			other(c.change)
		}
	}
	if against == nil {
		nets = append(nets, net)
	}
	prints, backwards := make([]fingerprint, len(nets)), make([]fingerprint, len(nets))
	unseen := against.Unseen(net)
	err := l.observe(ctx, nets, unseen, steps, discard, func(i int, a []activity) {
		prints[i], backwards[i] = printOf(a), printOf(reversed(a))
	})
	if err != nil {
		return nil, err
	}
	s := &Statistical{
		Candidate: fmt.Sprintf("seed %d on %s", net.Seed, l.Backend.Name), Seeds: seeds,
		DurationMs: float64(steps) * net.Dt, DiscardMs: float64(discard) * net.Dt,
	}
	candidate := prints[len(prints)-1]
	if against != nil {
		ms := float64(against.Discard) * net.Dt
		s.Candidate, s.FileDiscardMs, candidate = against.Name, &ms, against.print(steps-discard)
	}
	e := newEnsemble(net, prints[:seeds], backwards[:seeds], candidate)
	s.Compared = len(e.prints)
	s.Comparison = e.compare(candidate)
	if against == nil && !s.Comparison.Consistent {
		other(nil)
		if err := l.observe(ctx, nets[len(nets)-1:], unseen, steps, discard, func(_ int, a []activity) { candidate = printOf(a) }); err != nil {
			return nil, err
		}
		s.Again = &Again{fmt.Sprintf("seed %d", nets[len(nets)-1].Seed), e.compare(candidate)}
	}
	for i, c := range changes {
		s.Controls = append(s.Controls, e.control(c.kind, c.name, prints[seeds+i*ControlRuns:][:ControlRuns]))
	}
	s.Controls = append(s.Controls, e.backwards())
	s.judge()
	return s, nil
}

// ensemble is the seeds that runs are compared with.
type ensemble struct {
	net      *network.Network
	prints   []fingerprint
	reversed []fingerprint // of the same seeds
	alike    fingerprint   // a run that has the statistics which they have, where other seeds were left out
}

// newEnsemble takes those seeds that have the statistics which a run has, where
// they are enough: of networks whose activity may die out, some seeds are
// silent, and a run that is not is one of the others.
func newEnsemble(net *network.Network, prints, reversed []fingerprint, run fingerprint) *ensemble {
	e := &ensemble{net: net, alike: run}
	for i := range prints {
		if haveTheSame(prints[i], run) {
			e.prints, e.reversed = append(e.prints, prints[i]), append(e.reversed, reversed[i])
		}
	}
	if n := len(e.prints); n < MinSeeds || n == len(prints) {
		return &ensemble{net: net, prints: prints, reversed: reversed}
	}
	return e
}

// haveTheSame tells whether two runs lack the same statistics.
func haveTheSame(a, b fingerprint) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.IsNaN(x) == math.IsNaN(y) })
}

// compare holds a run against the seeds. All are treated alike, the run as one
// of the others of each seed: that makes the false alarms exact.
func (e *ensemble) compare(x fingerprint) Comparison {
	runs := append(slices.Clone(e.prints), x)
	n := len(e.prints)
	compared, alone := e.comparable(x)
	own := departureOf(runs, n, compared)
	if len(alone) > 0 {
		own.distance = math.Inf(1)
		for k := range own.parts {
			own.parts[k].share = 0
			if slices.Contains(alone, k) {
				own.parts[k].share = 1 / float64(len(alone))
			}
		}
	}
	c := Comparison{FalseAlarm: 1 / float64(n+1), Distance: Number(own.distance)}
	asFar := 1
	for i := range e.prints {
		d := departureOf(runs, i, compared).distance
		c.Farthest = max(c.Farthest, Number(d))
		if d >= own.distance-rounding {
			asFar++
		}
	}
	c.P = float64(asFar) / float64(n+1)
	c.Consistent = asFar > 1
	for k, p := range own.parts {
		c.Statistics = append(c.Statistics, Measured{
			Population: e.net.Populations[k/len(statistics)].Name, Name: statistics[k%len(statistics)].name,
			Value: Number(p.value), Mean: Number(p.mean), SD: Number(p.sd), Off: Number(p.off), Share: Number(p.share),
		})
	}
	return c
}

// comparable are the statistics that a run and all seeds have, and those that
// tell it apart: it alone lacks them, or it alone has them. What only some seeds
// have, as where hardly a neuron has the intervals that a CV takes, is neither.
func (e *ensemble) comparable(x fingerprint) (compared, alone []int) {
	for k := range x {
		missing := 0
		for _, print := range e.prints {
			if math.IsNaN(print[k]) {
				missing++
			}
		}
		lacks := math.IsNaN(x[k])
		switch {
		case missing == 0 && !lacks:
			compared = append(compared, k)
		case missing == 0, missing == len(e.prints) && !lacks:
			alone = append(alone, k)
		}
	}
	return compared, alone
}

// control compares the runs of a changed network with the seeds. Where some
// seeds were left out because they are of another kind than the run, so are
// those of its runs that are.
func (e *ensemble) control(kind, name string, prints []fingerprint) Control {
	r := Control{Kind: kind, Name: name}
	for _, x := range prints {
		if e.alike == nil || haveTheSame(x, e.alike) {
			r.add(e.compare(x))
		}
	}
	return r
}

// backwards is the control that needs no further runs: some of the seeds,
// reversed in time, each against the others.
func (e *ensemble) backwards() Control {
	r := Control{Kind: timeKind, Name: "reversed in time"}
	for i := range min(ControlRuns, len(e.prints)) {
		others := &ensemble{net: e.net, prints: slices.Delete(slices.Clone(e.prints), i, i+1)}
		r.add(others.compare(e.reversed[i]))
	}
	return r
}

// add counts one more run of the control.
func (r *Control) add(c Comparison) {
	if !c.Consistent {
		r.Noticed++
	}
	if r.Runs == 0 || c.Distance < r.Distance {
		r.Distance, r.Farthest, r.Reason = c.Distance, c.Farthest, ""
		if decided := c.Decided(); !c.Consistent && len(decided) > 0 {
			r.Reason = decided[0].String()
		}
	}
	r.Runs++
	r.ToldApart = r.Noticed == r.Runs && r.Runs > 1
}

// judge turns comparison and controls into a verdict: a comparison proves
// nothing of a kind of change of which no control could disturb it.
func (s *Statistical) judge() {
	var seen, untested []string
	for _, kind := range []string{weightKind, delayKind, timeKind} {
		if name := s.smallest(kind); name != "" {
			seen = append(seen, name)
		} else {
			untested = append(untested, kind+": not tested")
		}
	}
	not := strings.Join(untested, ", ")
	consistent := "consistent"
	if s.Again != nil && s.Again.Comparison.Consistent {
		consistent = fmt.Sprintf("consistent (%s is the farthest, as 1 in %d is by chance; %s is not)", s.Candidate, s.Compared+1, s.Again.Candidate)
	}
	switch {
	case s.Again != nil && !s.Again.Comparison.Consistent:
		s.Verdict, s.Summary = Fail, fmt.Sprintf("farther from the seeds than any of them from the others, and so is %s (false alarms: 1 in %d)",
			s.Again.Candidate, (s.Compared+1)*(s.Compared+2)/2)
	case !s.Comparison.Consistent && s.Again == nil:
		s.Verdict, s.Summary = Fail, fmt.Sprintf("farther from the seeds than any of them from the others (false alarms: 1 in %d)", s.Compared+1)
	case len(seen) == 0:
		s.Verdict, s.Summary = Inconclusive, "noticed none of the changes it was tried with: it is too short, or they change nothing"
	case len(untested) > 0:
		s.Verdict, s.Summary = Partial, fmt.Sprintf("%s; %s; would have seen %s", consistent, not, strings.Join(seen, ", "))
	default:
		s.Verdict, s.Summary = Pass, consistent+"; would have seen "+strings.Join(seen, ", ")
	}
}

// smallest is the smallest control of a kind that is told apart like all larger
// ones. "" if there is none.
func (s *Statistical) smallest(kind string) (name string) {
	for _, c := range slices.Backward(s.Controls) {
		switch {
		case c.Kind != kind:
		case !c.ToldApart:
			return name
		default:
			name = c.Name
		}
	}
	return name
}
