package validate

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"einet/analysis/theory"
	"einet/network"

	"github.com/stretchr/testify/require"
)

func runClaims(t *testing.T, preset string, scale float64, effort Effort, set ...string) (*Claims, map[Verdict]int) {
	t.Helper()
	lab := &Lab{Backend: backend("reference")}
	simulations := 0
	lab.Workers, lab.Progress = 1, func() { simulations++ }
	c, err := lab.RunClaims(t.Context(), load(t, preset, scale, set...), preset, effort)
	require.NoError(t, err)
	require.Equal(t, effort.Simulations(preset), simulations, "the progress bar ends where it should")
	_, err = json.Marshal(c)
	require.NoError(t, err)
	verdicts := map[Verdict]int{}
	for _, x := range c.List {
		verdicts[x.Verdict]++
	}
	return c, verdicts
}

// vs96 is told truthfully: a set of clocks, and no longer the same ones with
// another input.
func TestClaimsOfClocks(t *testing.T) {
	c, verdicts := runClaims(t, "vs96", 1, Quick)
	require.Equal(t, map[Verdict]int{Pass: 3}, verdicts, "%+v", c.List)
	requireControls(t, c)
	require.Contains(t, c.List[2].Name, "not balanced")
	require.Empty(t, c.Responses)
	require.Len(t, c.Intervals, 2)
	require.NotZero(t, c.Intervals[0].Total())
	require.NotEmpty(t, c.Correlations[1])

	c, verdicts = runClaims(t, "vs96", 1, Quick, "populations.*.input=3.2")
	require.Equal(t, Fail, c.List[0].Verdict, "%+v", c.List)
	require.Equal(t, 1, verdicts[Fail])
}

// requireControls wants a control of every claim, and each to fail as it must.
func requireControls(t *testing.T, c *Claims) {
	t.Helper()
	for _, x := range c.List {
		require.NotEmpty(t, x.Controls, x.Name)
		for _, k := range x.Controls {
			require.True(t, k.Fails, "%s: %+v", x.Name, k)
			require.True(t, k.Measured != nil || k.Note != "", "%s: %s says why it has no value", x.Name, k.Name)
		}
	}
}

// verdictsOf are the verdicts of claims that begin with a word each.
func verdictsOf(t *testing.T, c *Claims, names ...string) (list []Verdict) {
	t.Helper()
	for _, name := range names {
		at := slices.IndexFunc(c.List, func(x Claim) bool { return strings.HasPrefix(x.Name, name) })
		require.GreaterOrEqual(t, at, 0, name)
		list = append(list, c.List[at].Verdict)
	}
	return list
}

// Of an unknown network nothing is claimed.
func TestNothingIsClaimed(t *testing.T) {
	require.Equal(t, unknown, kindOf("mine.yaml"))
	lab := &Lab{Backend: backend("reference")}
	c, err := lab.RunClaims(t.Context(), load(t, "ei", 0.1), "", Effort{StatsMs: 1500})
	require.NoError(t, err)
	require.Len(t, c.List, 3)
	for _, x := range c.List {
		require.Equal(t, NotClaimed, x.Verdict)
		require.NotNil(t, x.Measured, x.Name)
	}
}

// small is the effort for a network of a size at which it runs at once.
func small() Effort {
	effort := Full
	effort.Trials, effort.StatsMs, effort.TrackingMs = 2, 600, 200
	effort.Frequencies, effort.Scales = []float64{50}, []float64{1, 2, 4}
	return effort
}

// Every claim of a balanced network is measured and fails in its controls; whether it
// holds at this size is asked of what does not depend on it.
func TestClaimsOfBalance(t *testing.T) {
	c, _ := runClaims(t, "ei", 0.1, small())
	requireControls(t, c)
	require.Equal(t, []Verdict{Pass, Pass, Pass, Pass, Pass, Pass, Pass, Pass}, verdictsOf(t, c, "irregular", "fires on", "potentials", "the cancellation",
		"fast response to the input x 2: time to half", "at the slope", "synchronous", "chaos"), "%+v", c.List)
	require.Len(t, c.Responses, 2)
	require.NotNil(t, c.Uncoupled)
	require.Len(t, c.Scaling, 3)
	require.Less(t, c.Scaling[0].Neurons, c.Scaling[1].Neurons)
	require.Len(t, c.Tracking, 1)
	require.Empty(t, c.LeftOut)
	require.Len(t, c.Responses[0].TimeMs, len(c.Responses[0].RateHz))
	require.Greater(t, c.Uncoupled.After, 5*c.Responses[0].After, "without inhibition cells fire faster")
	names := map[string]bool{}
	for _, x := range c.List {
		require.False(t, names[x.Name], "twice: %s", x.Name)
		names[x.Name] = true
		require.NotEqual(t, NotClaimed, x.Verdict)
	}
}

// Without coupling no claim passes: what holds all the same is not shown. The inputs become
// those of ei at full size.
func TestClaimsWithoutCoupling(t *testing.T) {
	effort := small()
	effort.StatsMs, effort.Factors, effort.Scales = 300, []float64{2}, []float64{1, 2}
	c, verdicts := runClaims(t, "ei", 0.1, effort, "projections.*.weight=0", "populations.E.input=190", "populations.I.input=126")
	require.Zero(t, verdicts[Pass], "%+v", c.List)
	require.Equal(t, []Verdict{NotShown, NotShown, NotShown, NotShown}, verdictsOf(t, c, "potentials",
		"fast response to the input x 2: time to half", "which gives way", "which leaves"), "%+v", c.List)
	require.Equal(t, []Verdict{Fail, Fail, Fail, Fail, Fail, Fail, Fail, Fail}, verdictsOf(t, c, "irregular", "excitation", "fires on",
		"the cancellation", "at the slope", "synchronous", "tracks", "chaos"), "%+v", c.List)
}

// Inhibition that comes late synchronizes the network, and its start gives way to nothing.
func TestClaimsOfSynchrony(t *testing.T) {
	effort := small()
	effort.Frequencies, effort.Scales = nil, nil
	c, _ := runClaims(t, "ei", 0.1, effort, "projections.*.delay=2.1")
	require.Equal(t, []Verdict{Fail, Fail}, verdictsOf(t, c, "excitation", "which gives way"), "%+v", c.List)
}

// Half of E's inhibition is too little for a balanced state, half of all inhibition is not.
func TestUnbalanced(t *testing.T) {
	net := load(t, "ei", 0.1)
	for _, k := range []struct {
		net   *network.Network
		holds bool
	}{{net, true}, {load(t, "ei", 0.1, "projections.I_to_*.weight=-3.1"), true}, {unbalanced(net), false}} {
		s, err := theory.FromNetwork(k.net)
		require.NoError(t, err)
		require.Equal(t, k.holds, s.Balance().Holds)
	}
	require.Equal(t, net.Projections[3], unbalanced(net).Projections[3], "I_to_I")
	require.Equal(t, net.Projections[2].Weight.Mean()/2, unbalanced(net).Projections[2].Weight.Mean())
}

// Cells at a constant input have no other.
func TestConstantly(t *testing.T) {
	net := load(t, "brunel2000", 0.1)
	net.Populations[1].CM = 250
	n := constantly(net, []float64{7, 8})
	require.Empty(t, n.Projections)
	for i, want := range []float64{7, 8 * 250 / net.Populations[1].TauM} {
		in, ok := n.Populations[i].Input.Constant()
		require.True(t, ok)
		require.InDelta(t, want, in, 1e-9)
		require.Nil(t, n.Populations[i].PoissonInput)
	}
	require.NotEmpty(t, net.Populations[0].PoissonInput, "the network's own stays")
}

// A network that falls silent fails, and its report can be written.
func TestClaimsOfSilence(t *testing.T) {
	effort := Full
	effort.Trials, effort.StatsMs, effort.Frequencies, effort.Scales = 1, 300, []float64{50}, nil
	lab := &Lab{Backend: backend("reference")}
	c, err := lab.RunClaims(t.Context(), load(t, "ei", 0.05, "populations.*.input=5"), "ei", effort)
	require.NoError(t, err)
	_, err = json.Marshal(c)
	require.NoError(t, err)
	for _, x := range c.List {
		if x.Measured == nil {
			require.NotEqual(t, Pass, x.Verdict, x.Name)
		}
	}
	require.Nil(t, c.List[0].Measured, "CV")
	require.Contains(t, c.LeftOut, "how the cancellation scales with N")
}

func TestBounds(t *testing.T) {
	for _, k := range []struct {
		x, lo, hi float64
		bound     string
		verdict   Verdict
	}{
		{1, 0, 2, "0 to 2", Pass}, {0, 0, 2, "0 to 2", Pass}, {2, 0, 2, "0 to 2", Pass},
		{2.1, 0, 2, "0 to 2", Fail}, {-0.1, 0, 2, "0 to 2", Fail},
		{3, 3, inf, "at least 3", Pass}, {2, 3, inf, "at least 3", Fail},
		{3, -inf, 3, "at most 3", Pass}, {4, -inf, 3, "at most 3", Fail},
		{math.NaN(), 0, 2, "0 to 2", Fail}, {math.NaN(), 3, inf, "at least 3", Fail},
		{inf, 3, inf, "at least 3", Pass}, {1, -inf, inf, "none", NotClaimed},
	} {
		c := &claims{}
		c.add("x", k.x, "", k.lo, k.hi, "")
		require.Equal(t, []any{k.bound, k.verdict}, []any{c.List[0].Bound, c.List[0].Verdict}, "%v", k)
	}
}

// A claim that holds in a control is not shown, but for what the control lacks; one
// without what it presumes neither; and neither saves one that fails.
func TestControlsDecide(t *testing.T) {
	for _, k := range []struct {
		name     string
		x        float64
		controls []control
		verdict  Verdict
	}{
		{"both fail", 1, []control{{x: 3}, {x: math.NaN()}}, Pass},
		{"one holds", 1, []control{{x: 3}, {x: 2}}, NotShown},
		{"it lacks what is presumed", 1, []control{{x: 2, lacks: true}}, Pass},
		{"the claim fails", 4, []control{{x: 1}}, Fail},
	} {
		c := &claims{}
		x := c.add("x", k.x, "", 0, 2, "", k.controls...)
		require.Equal(t, k.verdict, x.Verdict, k.name)
		require.Len(t, x.Controls, len(k.controls))
	}
	c := &claims{}
	for x, verdict := range map[float64]Verdict{1: NotShown, 3: Fail, math.NaN(): NotShown} {
		claim := c.add("x", x, "", 0, 2, "")
		claim.lacks("why")
		require.Equal(t, verdict, claim.Verdict)
		require.Equal(t, "why", claim.Note)
	}
	x := c.add("without a balanced state", 1, "", math.NaN(), math.NaN(), "")
	require.Equal(t, []any{Fail, "there is none"}, []any{x.Verdict, x.Bound})
}
