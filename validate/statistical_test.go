package validate

import (
	"encoding/json"
	"math"
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

// Spikes of another seed pass, and those of a network with stronger weights
// do not.
func TestStatistical(t *testing.T) {
	net := load(t, "ei", 0.1)
	other := clone(net)
	other.Seed = 999
	same := statistical(t, net, statisticalSteps, statisticalDiscard, spikesOf(t, other, statisticalSteps))
	require.Equal(t, Pass, same.Verdict, same.Summary)
	require.Equal(t, "other.npz", same.Candidate)
	require.Contains(t, same.Summary, "would have seen")
	require.Len(t, same.Comparison.Distances, 2*len(distances))
	require.Len(t, same.Comparison.Rates, 2)
	require.Len(t, same.Controls, len(controls()))
	require.LessOrEqual(t, same.Comparison.Statistic, same.Comparison.Band)
	last := same.Controls[len(same.Controls)-1]
	require.True(t, last.ToldApart, "weights + 20 %%")
	require.NotEmpty(t, last.Reason)

	for i := range other.Projections {
		other.Projections[i].Weight = other.Projections[i].Weight.Times(1.2)
	}
	stronger := statistical(t, net, statisticalSteps, statisticalDiscard, spikesOf(t, other, statisticalSteps))
	require.Equal(t, Fail, stronger.Verdict, stronger.Summary)
	require.Equal(t, same.Controls, stronger.Controls, "the same seeds")
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
		require.Equal(t, "seed 1 on reference", s.Candidate)
	}
}

func TestJudge(t *testing.T) {
	control := func(kind, name string, seen bool) Control { return Control{Name: name, kind: kind, ToldApart: seen} }
	for _, k := range []struct {
		name       string
		consistent bool
		controls   []Control
		verdict    Verdict
		summary    string
	}{
		{"all seen", true, []Control{control("delay", "d1", true), control("delay", "d2", true), control("weight", "w5", true)}, Pass, "consistent; would have seen w5, d1"},
		{"the least that is seen", true, []Control{control("delay", "d1", false), control("delay", "d2", true), control("weight", "w5", false), control("weight", "w10", true)}, Pass, "consistent; would have seen w10, d2"},
		{"one kind only", true, []Control{control("delay", "d1", false), control("weight", "w5", true)}, Pass, "consistent; would have seen w5"},
		{"one by chance", true, []Control{control("delay", "d1", true), control("delay", "d2", false), control("weight", "w5", false)}, Inconclusive, "inconclusive: too short to notice any of the changes it was tried with"},
		{"none", true, []Control{control("delay", "d1", false), control("weight", "w5", false)}, Inconclusive, "inconclusive: too short to notice any of the changes it was tried with"},
		{"no controls", true, nil, Inconclusive, "inconclusive: too short to notice any of the changes it was tried with"},
		{"not consistent", false, []Control{control("weight", "w5", true)}, Fail, "not consistent with other seeds (about one seed in 21 is not)"},
		{"not consistent, though nothing is seen", false, nil, Fail, "not consistent with other seeds (about one seed in 21 is not)"},
	} {
		s := &Statistical{Seeds: 20, Comparison: Comparison{Consistent: k.consistent}, Controls: k.controls}
		s.judge()
		require.Equal(t, []any{k.verdict, k.summary}, []any{s.Verdict, s.Summary}, k.name)
	}
}

// prints are seeds whose neurons have rates around a mean, CVs and correlations
// that differ a little.
func prints(rates ...float64) (list []fingerprint) {
	for k, r := range rates {
		x := float64(k) / 100
		list = append(list, fingerprint{[]populationPrint{{
			rate: r, rates: []float64{r - 1, r, r + 1}, cvs: []float64{0.7 + x, 0.8 + x, 0.9}, correlations: []float64{0, x}, dispersion: 1 + x, cv: 0.8,
		}}})
	}
	return list
}

var onePopulation = &network.Network{Populations: []network.Population{{Name: "A"}}}

// The band of the rate in closed form: of 1, 2, 3 the mean is 2 and the sd 1.
func TestRateBand(t *testing.T) {
	e := newEnsemble(onePopulation, prints(1, 2, 3))
	mean, half := e.rateBand(0)
	require.Equal(t, 2.0, mean)
	require.InDelta(t, 3*math.Sqrt(4.0/3), half, 1e-12)
	inside, outside := prints(2 + half - 1e-6)[0], prints(2 + half + 1e-6)[0]
	e.band = math.Inf(1) // only the rate counts
	require.True(t, e.compare(inside).Consistent)
	require.False(t, e.compare(outside).Consistent)
}

// A seed is within the others' band, and the largest distance names itself.
func TestCompare(t *testing.T) {
	seeds := prints(5, 6, 7, 5.5, 6.5)
	e := newEnsemble(onePopulation, seeds)
	require.True(t, e.compare(seeds[1]).Consistent)
	odd := prints(6)[0]
	odd.populations[0].dispersion = 9
	c := e.compare(odd)
	require.False(t, c.Consistent)
	require.Greater(t, c.Statistic, c.Band)
	_, name := e.statistic(e.distances(odd, -1))
	require.Equal(t, "A: count variance/mean", name)
	control := e.control(controlChange{kind: "delay", name: "d"}, odd)
	require.Equal(t, Control{Name: "d", ToldApart: true, Statistic: c.Statistic, Reason: name, kind: "delay"}, control)
	fast := prints(60)[0]
	fast.populations[0].rates, fast.populations[0].cvs, fast.populations[0].correlations = seeds[0].populations[0].rates, seeds[0].populations[0].cvs, seeds[0].populations[0].correlations
	require.Contains(t, e.control(controlChange{}, fast).Reason, "A: rate 60 Hz, outside 6 +-")
}

// What the run lacks tells it apart; what some seed lacks cannot be compared,
// and opens the band for nothing.
func TestDistancesThatDoNotExist(t *testing.T) {
	e := newEnsemble(onePopulation, prints(5, 6, 7, 5.5, 6.5))
	without := prints(6)[0]
	without.populations[0].cvs = nil
	c := e.compare(without)
	require.False(t, c.Consistent)
	require.True(t, math.IsInf(float64(c.Statistic), 1))
	_, name := e.statistic(e.distances(without, -1))
	require.Equal(t, "A: CV, KS", name)
	text, err := json.Marshal(c)
	require.NoError(t, err)
	require.Contains(t, string(text), `"statistic":null`)

	seeds := prints(5, 6, 7, 5.5, 6.5)
	seeds[2].populations[0].cvs = nil
	e = newEnsemble(onePopulation, seeds)
	require.False(t, math.IsInf(e.band, 0))
	require.True(t, e.compare(without).Consistent, "CVs are not compared")
	odd := prints(6)[0]
	odd.populations[0].dispersion = 9
	require.False(t, e.compare(odd).Consistent, "but the rest is")
}

// Where seeds are all alike the least difference tells.
func TestSeedsThatAreAlike(t *testing.T) {
	seeds := prints(5, 5, 5)
	for i := range seeds {
		seeds[i] = seeds[0]
	}
	e := newEnsemble(onePopulation, seeds)
	require.True(t, e.compare(seeds[0]).Consistent)
	odd := prints(5)[0]
	odd.populations[0].correlations = []float64{0, 1e-3}
	require.False(t, e.compare(odd).Consistent)
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
	require.Equal(t, 10+len(controls())+1, SimulationsOf(10, true))
	require.Equal(t, 10+len(controls()), SimulationsOf(10, false))
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
	require.InDelta(t, 1.0/800/0.001, late.print(net, 10, 0).populations[0].rate, 1e-9, "spikes after the end do not count")
}
