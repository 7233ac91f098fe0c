package validate

import (
	"encoding/json"
	"math"
	"testing"

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
	require.Contains(t, c.List[2].Name, "not balanced")
	require.Empty(t, c.Responses)
	require.Len(t, c.Intervals, 2)
	require.NotZero(t, c.Intervals[0].Total())
	require.NotEmpty(t, c.Correlations[1])

	c, verdicts = runClaims(t, "vs96", 1, Quick, "populations.*.input=3.2")
	require.Equal(t, Fail, c.List[0].Verdict, "%+v", c.List)
	require.Equal(t, 1, verdicts[Fail])
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

// Every claim of a balanced network is measured, at a size at which it runs at
// once; whether it holds there is not asked.
func TestClaimsOfBalance(t *testing.T) {
	effort := Full
	effort.Trials, effort.StatsMs, effort.TrackingMs = 2, 600, 200
	effort.Frequencies, effort.Scales = []float64{50}, []float64{0.5, 1}
	c, _ := runClaims(t, "ei", 0.1, effort)
	require.Len(t, c.Responses, 2)
	require.NotNil(t, c.Uncoupled)
	require.Len(t, c.Scaling, 2)
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
			require.Equal(t, Fail, x.Verdict, x.Name)
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
