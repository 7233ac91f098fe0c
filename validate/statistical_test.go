package validate

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// The network of the statistical tests, and how long a run of it is: long
// enough for a control of each kind to be told apart.
const (
	statisticalSteps, statisticalDiscard = 8000, 2000
)

// spikesOf simulates a network as another simulator would.
func spikesOf(t *testing.T, net *network.Network, steps int64) *Spikes {
	b, err := new(Lab).build(t.Context(), net, 1)
	require.NoError(t, err)
	s := &Spikes{Name: "other.npz", DtMs: net.Dt, Steps: steps, Sizes: sizes(net)}
	lab := Lab{Backend: backend("other")}
	require.NoError(t, lab.run(t.Context(), net, b.connectome, steps, func(*dynamics.Model) []sim.Recorder {
		return []sim.Recorder{spikesTo(func(list []sim.Spike) { s.Spikes = append(s.Spikes, list...) })}
	}))
	return s
}

func statistical(t *testing.T, net *network.Network, steps, discard int64, against *Spikes) *Statistical {
	t.Helper()
	lab := &Lab{Backend: backend("reference")}
	s, err := lab.RunStatistical(t.Context(), net, MinSeeds, steps, discard, against)
	require.NoError(t, err)
	_, err = json.Marshal(s)
	require.NoError(t, err)
	return s
}

// Spikes of another seed pass, those of a network with stronger weights do not,
// nor do those of a seed backwards.
func TestStatistical(t *testing.T) {
	net := load(t, "ei", 0.1)
	other := clone(net)
	other.Seed = 999
	spikes := spikesOf(t, other, statisticalSteps)
	spikes.Discard = statisticalDiscard
	same := statistical(t, net, statisticalSteps, statisticalDiscard, spikes)
	require.Contains(t, []Verdict{Pass, Partial}, same.Verdict, same.Summary)
	require.Equal(t, "other.npz", same.Candidate)
	require.Regexp(t, `would have seen .*delays.*, reversed in time`, same.Summary)
	require.Len(t, same.Comparison.Statistics, 2*len(statistics))
	require.Len(t, same.Controls, len(controls())+1)
	require.LessOrEqual(t, same.Comparison.Distance, same.Comparison.Farthest)
	require.InDelta(t, 1.0/(MinSeeds+1), same.Comparison.FalseAlarm, 1e-12)
	for _, c := range same.Controls {
		require.Equal(t, ControlRuns, c.Runs, c.Name)
		require.Equal(t, c.Noticed == c.Runs, c.ToldApart, c.Name)
		require.Equal(t, c.ToldApart, c.ToldApart && c.Reason != "", c.Name)
	}

	for i := range other.Projections {
		other.Projections[i].Weight = other.Projections[i].Weight.Times(1.5)
	}
	e, lab := &ensemble{net: net}, &Lab{Backend: backend("reference")}
	e.prints = seedsOf(t, lab, net, MinSeeds, statisticalSteps, statisticalDiscard)
	candidate := spikesOf(t, other, statisticalSteps)
	candidate.Discard = statisticalDiscard
	stronger := e.compare(candidate.print(statisticalSteps - statisticalDiscard))
	require.False(t, stronger.Consistent)
	require.InDelta(t, 1.0/(MinSeeds+1), stronger.P, 1e-12)
	require.NotEmpty(t, stronger.Decided())

	require.True(t, e.compare(spikes.print(statisticalSteps-statisticalDiscard)).Consistent)
	directed := e.compare(backwardsOf(spikes).print(statisticalSteps - statisticalDiscard))
	require.False(t, directed.Consistent)
	require.Regexp(t, `^[EI]: lead over the others, .*, seeds .* \((lower|higher) by .* sd\)$`, directed.Decided()[0].String())
}

// seedsOf are the fingerprints of seeds of a network.
func seedsOf(t *testing.T, lab *Lab, net *network.Network, seeds int, steps, discard int64) []fingerprint {
	var nets []*network.Network
	for k := range seeds {
		n := clone(net)
		n.Seed += uint32(k) + 1
		nets = append(nets, n)
	}
	prints := make([]fingerprint, seeds)
	require.NoError(t, lab.observe(t.Context(), nets, nil, steps, discard, func(i int, a []activity) { prints[i] = printOf(a) }))
	return prints
}

// backwardsOf are the spikes that count, in reverse.
func backwardsOf(s *Spikes) *Spikes {
	r := *s
	r.Spikes = nil
	for _, x := range slices.Backward(s.Spikes) {
		if int64(x.Step) > s.Discard {
			r.Spikes = append(r.Spikes, sim.Spike{Step: uint32(s.Steps + s.Discard + 1 - int64(x.Step)), Neuron: x.Neuron})
		}
	}
	return &r
}

// What reversed takes for a run backwards is that. Windows of 100 ms and bins
// are whole, so that they are the same ones.
func TestReversed(t *testing.T) {
	net := load(t, "ei", 0.1)
	spikes := spikesOf(t, net, 4000)
	spikes.Discard = 1000
	of := func(s *Spikes) []activity {
		o := newObserver(s.Sizes, s.DtMs, s.Discard)
		o.add(s.Spikes)
		return o.activities(s.Steps)
	}
	forwards, want := printOf(of(spikes)), printOf(of(backwardsOf(spikes)))
	got := printOf(reversed(of(spikes)))
	require.InDeltaSlice(t, []float64(want), []float64(got), 1e-9)
	for k := range forwards {
		name := statistics[k%len(statistics)].name
		if strings.HasPrefix(name, "lead") || strings.HasPrefix(name, "skewness") {
			require.InDelta(t, -forwards[k], got[k], 1e-9, name)
			require.Greater(t, math.Abs(got[k]), 1e-4, name)
		} else {
			require.InDelta(t, forwards[k], got[k], 1e-9, name)
		}
	}
}

// Every tenth step a neuron of A fires, two steps later one of B.
func TestActivities(t *testing.T) {
	o := newObserver([]int{2, 1}, 0.1, 100)
	for step := uint32(10); step < 1100; step += 10 {
		o.add([]sim.Spike{{Step: step, Neuron: step / 10 % 2}, {Step: step + 2, Neuron: 2}})
	}
	f := printOf(o.activities(1100))
	at := func(population int, name string) float64 {
		k := slices.IndexFunc(statistics, func(s statistic) bool { return s.name == name })
		require.GreaterOrEqual(t, k, 0, name)
		return f[population*len(statistics)+k]
	}
	require.InDelta(t, 500, at(0, "rate [Hz]"), 10)
	require.InDelta(t, 0, at(1, "CV of intervals"), 1e-6)
	require.InDelta(t, 2, at(0, "geometric mean of intervals [ms]"), 0.1)
	require.InDelta(t, 1, at(1, "geometric mean of intervals [ms]"), 0.06)
	require.InDelta(t, 1, at(1, "geometric sd of intervals"), 1e-6)
	require.True(t, math.IsNaN(at(1, "log of count variance/mean, 10 ms")), "always ten")
	require.InDelta(t, 1.1, at(0, "lead over the others, 0.2 ms"), 0.05)
	require.InDelta(t, -1.1, at(1, "lead over the others, 0.2 ms"), 0.05)
}

// Without spikes from elsewhere one more seed is compared. A run that is too
// short to notice anything does not pass, and a silent one never does.
func TestStatisticalTooShort(t *testing.T) {
	for _, k := range []struct {
		net   *network.Network
		steps int64
	}{{load(t, "ei", 0.1), 1}, {load(t, "ei", 0.1, "populations.*.input=5"), 2000}} {
		s := statistical(t, k.net, k.steps, 0, nil)
		require.Equal(t, Inconclusive, s.Verdict, s.Summary)
		require.Contains(t, s.Summary, "too short")
		require.NotContains(t, s.Summary, "inconclusive", "the verdict stands in front of it")
		require.Equal(t, "seed 1 on reference", s.Candidate)
	}
}

func TestJudge(t *testing.T) {
	control := func(kind, name string, seen bool) Control { return Control{Name: name, Kind: kind, ToldApart: seen} }
	d1, d2, d2not := control(delayKind, "d1", true), control(delayKind, "d2", true), control(delayKind, "d2", false)
	d1not, w5, w5not, w10 := control(delayKind, "d1", false), control(weightKind, "w5", true), control(weightKind, "w5", false), control(weightKind, "w10", true)
	back, backNot := control(timeKind, "reversed", true), control(timeKind, "reversed", false)
	nothing := "noticed none of the changes it was tried with: it is too short, or they change nothing"
	alarm := "farther from the seeds than any of them from the others (false alarms: 1 in 21)"
	for _, k := range []struct {
		name       string
		consistent bool
		controls   []Control
		verdict    Verdict
		summary    string
	}{
		{"all seen", true, []Control{d1, d2, w5, back}, Pass, "consistent; would have seen w5, d1, reversed"},
		{"the least that is seen", true, []Control{d1not, d2, w5not, w10, back}, Pass, "consistent; would have seen w10, d2, reversed"},
		{"no delay", true, []Control{d1not, w5, back}, Partial, "consistent; delays: not tested; would have seen w5, reversed"},
		{"no weight", true, []Control{d1, w5not, back}, Partial, "consistent; weights: not tested; would have seen d1, reversed"},
		{"no direction of time", true, []Control{d1, w5, backNot}, Partial, "consistent; direction of time: not tested; would have seen w5, d1"},
		{"one kind only", true, []Control{d1not, w5, backNot}, Partial, "consistent; delays: not tested, direction of time: not tested; would have seen w5"},
		{"one by chance", true, []Control{d1, d2not, w5not, backNot}, Inconclusive, nothing},
		{"no controls", true, nil, Inconclusive, nothing},
		{"not consistent", false, []Control{w5}, Fail, alarm},
		{"not consistent, though nothing is seen", false, nil, Fail, alarm},
	} {
		s := &Statistical{Seeds: 25, Compared: 20, Comparison: Comparison{Consistent: k.consistent}, Controls: k.controls}
		s.judge()
		require.Equal(t, []any{k.verdict, k.summary}, []any{s.Verdict, s.Summary}, k.name)
	}
}

// A control is told apart when all of its runs are, and names what gave away
// the nearest.
func TestControlTakesAllRuns(t *testing.T) {
	run := func(distance Number, consistent bool) Comparison {
		return Comparison{Distance: distance, Consistent: consistent, Statistics: []Measured{{Population: "A", Name: "x", Value: distance, Mean: 1, SD: 1, Off: distance - 1, Share: 1}}}
	}
	var c Control
	c.add(run(9, false))
	require.False(t, c.ToldApart, "one may be chance")
	c.add(run(5, false))
	require.True(t, c.ToldApart)
	require.Equal(t, "A: x: 5, seeds 1 +- 1 (higher by 4 sd)", c.Reason)
	c.add(run(2, true))
	require.False(t, c.ToldApart)
	require.Equal(t, []any{3, 2, Number(2), ""}, []any{c.Runs, c.Noticed, c.Distance, c.Reason})
}

var onePopulation = &network.Network{Populations: []network.Population{{Name: "A"}}}

// The distance in closed form. Of 1, 2, 3 the mean is 2 and the sd 1, so 5 is 3
// sd off; with the ridge, of a correlation of 1 by itself, sqrt(9/2). Two
// statistics that are the same in others have R = [1 1; 1 1], and R + 1 the
// inverse [2 -1; -1 2]/3: off by a in both, sqrt(2/3) a; apart by a, sqrt(6/3)
// a.
func TestDeparture(t *testing.T) {
	d := departureOf([]fingerprint{{1}, {2}, {3}, {5}}, 3, []int{0})
	require.InDelta(t, math.Sqrt(4.5), d.distance, 1e-12)
	require.Equal(t, part{value: 5, mean: 2, sd: 1, off: 3, share: 1}, d.parts[0])

	others, both := []fingerprint{{1, 1}, {2, 2}, {3, 3}}, []int{0, 1}
	along, across := departureOf(append(others, fingerprint{4, 4}), 3, both), departureOf(append(others, fingerprint{4, 0}), 3, both)
	require.InDelta(t, 2*math.Sqrt(2.0/3), along.distance, 1e-12)
	require.InDelta(t, 2*math.Sqrt(2), across.distance, 1e-12)
	uneven := departureOf(append(others, fingerprint{4, 3}), 3, both)
	require.InDelta(t, math.Sqrt((2*(2*2-1)+1*(2*1-2))/3.0), uneven.distance, 1e-12)
	require.InDelta(t, 1, uneven.parts[0].share+uneven.parts[1].share, 1e-12)
	require.InDelta(t, math.Sqrt(2), departureOf(append(others, fingerprint{4, 0}), 3, both[:1]).distance, 1e-12, "the other isn't compared")
	require.InDelta(t, 0, departureOf(append(others, fingerprint{2, 2}), 3, both).distance, 1e-12)
}

// The farthest of all is not consistent, and one that a seed equals is.
func TestCompare(t *testing.T) {
	e := &ensemble{net: onePopulation, prints: []fingerprint{{5}, {6}, {7}, {5.5}, {6.5}}}
	require.True(t, e.compare(fingerprint{6.2}).Consistent)
	require.True(t, e.compare(fingerprint{7}).Consistent, "as far as a seed")
	c := e.compare(fingerprint{9})
	require.False(t, c.Consistent)
	require.Greater(t, c.Distance, c.Farthest)
	require.InDelta(t, 1.0/6, c.P, 1e-12)
	require.InDelta(t, 1.0/6, c.FalseAlarm, 1e-12)
	require.Equal(t, "A: rate [Hz]: 9, seeds 6 +- 0.79 (higher by 3.79 sd)", c.Decided()[0].String())
	require.Contains(t, e.compare(fingerprint{2}).Decided()[0].String(), "(lower by")
	require.InDelta(t, 3.0/6, e.compare(fingerprint{7}).P, 1e-12, "5 and 7 are as far")
}

// What decided is at least half of the squared distance, largest first, and
// nothing that speaks against it.
func TestDecided(t *testing.T) {
	of := func(shares ...Number) (list []Number) {
		var c Comparison
		for _, s := range shares {
			c.Statistics = append(c.Statistics, Measured{Share: s})
		}
		for _, m := range c.Decided() {
			list = append(list, m.Share)
		}
		return list
	}
	require.Equal(t, []Number{0.3, 0.25}, of(0.25, 0.1, 0.3, 0.1, 0.25))
	require.Equal(t, []Number{1.2}, of(-0.2, 1.2))
	require.Len(t, of(.09, .09, .09, .09, .09, .09, .09, .09, .09, .09, .1), 5)
	require.Empty(t, of(0, 0))
}

// What the run lacks tells it apart, and what only it has; what some seed lacks
// cannot be compared.
func TestStatisticsThatDoNotExist(t *testing.T) {
	nan := math.NaN()
	e := &ensemble{net: onePopulation, prints: []fingerprint{{5, 1}, {6, 1.1}, {7, 0.9}, {5.5, 1.2}, {6.5, 1}}}
	c := e.compare(fingerprint{6, nan})
	require.False(t, c.Consistent)
	require.True(t, math.IsInf(float64(c.Distance), 1))
	require.Equal(t, "A: sd of neurons' rates [Hz]: none, seeds have 1.04 +- 0.11", c.Decided()[0].String())
	text, err := json.Marshal(c)
	require.NoError(t, err)
	require.Contains(t, string(text), `"distance":null`)

	e.prints[2][1] = nan
	require.True(t, e.compare(fingerprint{6, nan}).Consistent, "not compared")
	require.True(t, e.compare(fingerprint{6, 9}).Consistent, "not compared")
	require.False(t, e.compare(fingerprint{60, 9}).Consistent, "but the rest is")

	for i := range e.prints {
		e.prints[i][1] = nan
	}
	require.True(t, e.compare(fingerprint{6, nan}).Consistent, "nobody has it")
	c = e.compare(fingerprint{6, 9})
	require.False(t, c.Consistent)
	require.Equal(t, "A: sd of neurons' rates [Hz]: 9, seeds have none", c.Decided()[0].String())
}

// Where seeds are all alike the least real difference tells, and what rounding
// leaves does not, as in the CVs of clocks.
func TestSeedsThatAreAlike(t *testing.T) {
	e := &ensemble{net: onePopulation, prints: []fingerprint{{5, 1e-12}, {5, 0}, {5, 0}, {5, 3e-12}}}
	require.True(t, e.compare(fingerprint{5, 0}).Consistent)
	require.True(t, e.compare(fingerprint{5, 3e-8}).Consistent)
	require.Zero(t, e.compare(fingerprint{5, 3e-8}).Distance)
	require.False(t, e.compare(fingerprint{5, 1e-3}).Consistent)
	require.False(t, e.compare(fingerprint{5.01, 0}).Consistent)
}

// Where activity dies out in some seeds, a run that goes on is compared with
// those that go on, as are controls, if they are enough.
func TestSeedsOfAnotherKind(t *testing.T) {
	nan := math.NaN()
	var prints []fingerprint
	for k := range 15 {
		prints = append(prints, fingerprint{10 + float64(k%4), 1})
		if k%3 == 0 {
			prints[k] = fingerprint{0, nan}
		}
	}
	run := fingerprint{11, 1}
	e := newEnsemble(onePopulation, prints, prints, run)
	require.Len(t, e.prints, 10)
	require.Len(t, e.reversed, 10)
	require.True(t, e.compare(run).Consistent)
	require.InDelta(t, 1.0/11, e.compare(run).FalseAlarm, 1e-12)
	require.False(t, e.compare(fingerprint{15, 1}).Consistent, "which silent seeds would hide")
	require.True(t, (&ensemble{net: onePopulation, prints: prints}).compare(fingerprint{15, 1}).Consistent)
	c := e.control(weightKind, "w", []fingerprint{{15, 1}, {0, nan}, {15, 1}})
	require.Equal(t, []any{2, 2, true}, []any{c.Runs, c.Noticed, c.ToldApart})

	require.Len(t, newEnsemble(onePopulation, prints, prints, fingerprint{0, nan}).prints, 15, "five are not enough")
	require.Nil(t, newEnsemble(onePopulation, prints[1:3], prints[1:3], run).alike, "nothing left out")
}

func TestControlsChangeTheNetwork(t *testing.T) {
	net := load(t, "ei", 0.1)
	for _, c := range controls() {
		n := clone(net)
		c.change(n)
		require.NotEqual(t, net.Projections, n.Projections, c.name)
		require.NoError(t, n.Validate(), c.name)
	}
	require.Equal(t, load(t, "ei", 0.1), net, "and not the original")
	require.Equal(t, 10+ControlRuns*len(controls())+1, SimulationsOf(10, true))
	require.Equal(t, 10+ControlRuns*len(controls()), SimulationsOf(10, false))
}

func TestAgainstIsChecked(t *testing.T) {
	net := load(t, "ei", 0.1)
	good := &Spikes{Name: "f", DtMs: 0.1, Steps: 1, Sizes: []int{800, 200}}
	require.NoError(t, good.Check(net))
	for want, bad := range map[string]*Spikes{
		"its grid is 0.2 ms":            {Name: "f", DtMs: 0.2, Sizes: []int{800, 200}},
		"it has 1 populations":          {Name: "f", DtMs: 0.1, Sizes: []int{1000}},
		"population I has 201 neurons":  {Name: "f", DtMs: 0.1, Sizes: []int{800, 201}},
		"neither spikes nor a duration": {Name: "f", DtMs: 0.1, Sizes: []int{800, 200}}, // rates that are NaN
	} {
		require.ErrorContains(t, bad.Check(net), want)
	}
	late := &Spikes{Name: "f", DtMs: 0.1, Steps: 10, Sizes: []int{800, 200}, Spikes: []sim.Spike{{Step: 5, Neuron: 1}, {Step: 11, Neuron: 2}}}
	require.InDelta(t, 1.0/800/0.001, late.print(10)[0], 1e-9, "spikes after the end do not count")
	late.Discard = 5
	require.InDelta(t, 0, late.print(5)[0], 1e-9, "nor what is discarded")
	require.InDelta(t, 1.0/800/0.0006, late.print(6)[0], 1e-9)
}
