package sim_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"runtime"
	"testing"
	"time"

	"einet/cpuref"
	"einet/enginetest"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

func TestDigest(t *testing.T) {
	d := sim.NewDigest()
	require.NoError(t, d.Spikes(2, []sim.Spike{{Step: 1, Neuron: 2}, {Step: 2, Neuron: 0x01020304}}))
	require.NoError(t, d.Spikes(3, nil))
	want := sha256.Sum256([]byte{1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 4, 3, 2, 1})
	require.Equal(t, hex.EncodeToString(want[:]), d.String())
	require.EqualValues(t, 2, d.Count())
	require.Equal(t, d.String(), d.String(), "asking does not change it")
}

// A watcher notes what it is told.
type watcher struct {
	every   int64
	sampled []int64
	steps   []int64
	spikes  []sim.Spike
	fail    error
}

func (w *watcher) Spikes(step int64, s []sim.Spike) error {
	w.steps = append(w.steps, step)
	w.spikes = append(w.spikes, s...)
	return w.fail
}
func (w *watcher) Next(step int64) int64  { return (step/w.every + 1) * w.every }
func (w *watcher) Reads() []sim.Selection { return nil }
func (w *watcher) Sample(o *sim.Observation) error {
	w.sampled = append(w.sampled, o.Step)
	return nil
}

func engine(t *testing.T) sim.Engine {
	m, c := enginetest.Build(t, enginetest.Networks()[0])
	return cpuref.New(m, c)
}

// However the run is cut by recorders, they see every spike once and in order,
// and sampling changes nothing.
func TestRunHandsOutEverySpikeOnce(t *testing.T) {
	e := engine(t)
	require.NoError(t, e.Advance(t.Context(), 500))
	want, err := e.Spikes(nil)
	require.NoError(t, err)

	a, b := &watcher{every: 7}, &watcher{every: 50}
	progressed := int64(0)
	require.NoError(t, sim.Run(t.Context(), engine(t), 500, func(step, _ int64) {
		require.Greater(t, step, progressed)
		progressed = step
	}, a, b))
	require.Equal(t, want, a.spikes)
	require.Equal(t, want, b.spikes)
	require.EqualValues(t, 500, progressed)
	require.Len(t, a.sampled, 500/7)
	require.Equal(t, []int64{50, 100, 150, 200, 250, 300, 350, 400, 450, 500}, b.sampled)
}

// A slow engine hands over what it did after every stretch, also the last.
type slow struct{ sim.Engine }

func (e slow) Advance(ctx context.Context, steps int) error {
	time.Sleep(5 * time.Millisecond)
	return e.Engine.Advance(ctx, steps)
}

// An engine that can't follow.
type unfollowed struct{ sim.Engine }

func (unfollowed) Follow([]sim.Followed) error { return errors.New("gone") }
func (unfollowed) Followed() []float32         { return nil }

// Where a run ends before its engine does a step more, the recorders hear of the step that it is at, and of no earlier one.
func TestRecordersDontGoBack(t *testing.T) {
	m, c := enginetest.Build(t, enginetest.Networks()[0])
	e, w := cpuref.New(m, c), &watcher{every: 1000}
	require.NoError(t, e.Advance(t.Context(), 40))
	require.ErrorContains(t, sim.Run(t.Context(), unfollowed{e}, 100, nil, w, sim.NewTrace(m, 0, []int{0}, 40, 100)), "gone")
	require.Equal(t, []int64{40}, w.steps)
}

func TestRecordersKnowHowFarItGot(t *testing.T) {
	w := &watcher{every: 50}
	require.NoError(t, sim.Run(t.Context(), slow{engine(t)}, 100, nil, w))
	require.EqualValues(t, 100, w.steps[len(w.steps)-1])
	require.IsNonDecreasing(t, w.steps)
}

// advances counts how often an engine that follows is called, and hidden is an engine that does not.
type (
	advances struct {
		sim.Follower
		n int
	}
	hidden struct{ sim.Engine }
)

func (e *advances) Advance(ctx context.Context, steps int) error {
	e.n++
	return e.Follower.Advance(ctx, steps)
}

// Traces and samples of few neurons are the same where the engine follows them and where it is stopped for them; and it
// is stopped for the samples of all neurons only.
func TestFollowedStateIsThatOfStops(t *testing.T) {
	m, c := enginetest.Build(t, enginetest.Networks()[0])
	watch := func(e sim.Engine, samples func(step int64, v, net []float32)) *sim.Trace {
		trace := sim.NewTrace(m, 0, []int{2, 0}, 100, 300)
		require.NoError(t, sim.Run(t.Context(), e, 400, nil, trace, sim.NewStateSampler(m, 0, 50),
			sim.NewSampler(m, sim.Selection{Neurons: []int{1}}, 3, func(step int64, x *sim.NeuronState) error {
				samples(step, x.V(), x.Net())
				return nil
			})))
		return trace
	}
	type row struct {
		step int64
		v, g float32
	}
	var want, got []row
	stops := watch(hidden{cpuref.New(m, c)}, func(step int64, v, net []float32) { want = append(want, row{step, v[0], net[0]}) })
	e := &advances{Follower: cpuref.New(m, c)}
	follows := watch(e, func(step int64, v, net []float32) { got = append(got, row{step, v[0], net[0]}) })
	require.Len(t, stops.Step, 200)
	require.Equal(t, []any{stops.Step, stops.V, stops.Exc, stops.Inh, stops.Ext}, []any{follows.Step, follows.V, follows.Exc, follows.Inh, follows.Ext})
	require.Len(t, want, 400/3)
	require.Equal(t, want, got)
	require.Less(t, e.n, 40)
}

// Recorders that are slower than the engine get everything, and make it wait.
func TestSlowRecorders(t *testing.T) {
	w := &watcher{every: 50}
	times, err := sim.Timed(t.Context(), slow{engine(t)}, 200, nil, w, sim.SpikeSink(func(int64, []sim.Spike) error {
		time.Sleep(20 * time.Millisecond)
		return nil
	}))
	require.NoError(t, err)
	require.Equal(t, []int64{50, 100, 150, 200}, w.sampled)
	require.EqualValues(t, 200, w.steps[len(w.steps)-1])
	require.Positive(t, times.Waiting)
	require.Positive(t, times.Engine)
	require.GreaterOrEqual(t, times.Recorders, 20*time.Millisecond)
}

// What a recorder says ends the run, and so does one that ends its goroutine.
func TestRecordersEndTheRun(t *testing.T) {
	full, e := errors.New("disk full"), engine(t)
	err := sim.Run(t.Context(), slow{e}, 1e9, nil, sim.SpikeSink(func(step int64, _ []sim.Spike) error {
		if step > 100 {
			return full
		}
		return nil
	}))
	require.ErrorIs(t, err, full)
	require.Error(t, sim.Run(t.Context(), engine(t), 100, nil, sim.SpikeSink(func(int64, []sim.Spike) error {
		runtime.Goexit()
		return nil
	})))
}

func TestRunStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	e, w := engine(t), &watcher{every: 10}
	err := sim.Run(ctx, e, 1e9, func(step, _ int64) {
		if step >= 100 {
			cancel()
		}
	}, w)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, e.Step(), w.steps[len(w.steps)-1], "the recorders know how far it got")

	full := errors.New("disk full")
	require.ErrorIs(t, sim.Run(t.Context(), engine(t), 100, nil, &watcher{every: 10, fail: full}), full)
}

// A free membrane: V follows I (1 - e^(-t/tau)), and the trace and the pooled
// state say so. Rounding to the grid of V, 2^-18 mV here, is at most half of
// that for the drive and for V in each step, and tau/dt = 200 steps add up.
func TestSamplersOnAFreeMembrane(t *testing.T) {
	net := &network.Network{
		Name: "free", Dt: 0.1, Duration: 100,
		Populations: []network.Population{{
			Name: "A", Size: 4, Neuron: network.LIF, TauM: 20, EL: -70, VTh: network.Number(-50), VReset: -70,
			V0: network.Dist{Kind: network.Constant, A: -70}, Input: network.Input{network.DC(10)},
		}},
	}
	m, c := enginetest.Build(t, net)
	trace, state := sim.NewTrace(m, 0, []int{0, 1}, 100, 1000), sim.NewStateSampler(m, 900, 25)
	require.NoError(t, sim.Run(t.Context(), cpuref.New(m, c), 1000, nil, trace, state))
	require.Len(t, trace.Step, 900)
	for i, step := range trace.Step {
		require.EqualValues(t, 101+i, step)
		want := -70 + 10*(1-math.Exp(-float64(step)*0.1/20))
		require.InDelta(t, want, trace.V[1][i], 200*0x1p-18)
		require.Equal(t, float32(10), trace.Ext[0][i])
	}
	require.Equal(t, []int64{925, 950, 975, 1000}, state.Steps)
	p := state.Populations[0]
	require.InDelta(t, 10, p.Net.Mean(), 1e-9)
	require.Zero(t, p.Net.SD())
	total, peak := int64(0), 0
	for k, n := range p.Counts {
		total += n
		if n > p.Counts[peak] {
			peak = k
		}
	}
	require.EqualValues(t, 4*4, total)
	require.InDelta(t, -60.1, p.Edges[peak], 0.4)
}

// Between inputs the current of a spike decays with tau_syn, and its effect on
// V is the closed form of Rotter & Diesmann; to the grid
// of V as above; a delay one step longer is seen.
func TestPostsynapticPotential(t *testing.T) {
	at := func(delay float64) []float32 {
		zero := network.Dist{Kind: network.Constant}
		source := network.Population{
			Name: "S", Size: 1, Neuron: network.LIF, TauM: 10, VTh: network.Number(1), VReset: 0, TRef: 50, Input: network.Input{network.DC(1000)}, V0: zero,
		}
		target := network.Population{Name: "T", Size: 1, Neuron: network.LIF, TauM: 15, VTh: network.Number(20), VReset: 0, V0: zero}
		net := &network.Network{
			Name: "psp", Dt: 0.1, Populations: []network.Population{source, target},
			Projections: []network.Projection{{
				Name: "ST", From: "S", To: "T", Rule: network.FixedProbability, P: 1, Weight: network.Number(2), Delay: network.Number(delay), Synapse: network.Exponential, Autapses: true, TauSyn: 6,
			}},
		}
		m, c := enginetest.Build(t, net)
		trace := sim.NewTrace(m, 1, []int{0}, 0, 400)
		d := sim.NewDigest()
		require.NoError(t, sim.Run(t.Context(), cpuref.New(m, c), 400, nil, trace, d))
		require.EqualValues(t, 1, d.Count(), "the source fires once, in step 1")
		return trace.V[0]
	}
	psp := func(ms float64) float64 { // 2 mV jump at 0
		return 2 * 6 / (6. - 15) * (math.Exp(-ms/6) - math.Exp(-ms/15)) * 1
	}
	v, late := at(1.5), at(1.6)
	differs := false
	for i, x := range v {
		want := psp(max(0, float64(i+1)*0.1-0.1-1.5))
		require.InDelta(t, want, x, 150*0x1p-18, "step %d", i+1)
		differs = differs || math.Abs(float64(late[i])-want) > 2e-3
	}
	require.True(t, differs)
}

// Sources that fire like clocks: the mean input is the external input plus
// rate K w tau, to the rounding of the grid. What the currents are on the grid, just
// behind their jumps, is 2.5 % more at tau = 20 dt.
func TestMeanInputIsThatOfContinuousTime(t *testing.T) {
	const sources, weight, tau, periodMs = 40, 0.5, 2, 5.1
	zero := network.Dist{Kind: network.Constant}
	net := &network.Network{
		Name: "clocks", Dt: 0.1,
		Populations: []network.Population{
			{Name: "S", Size: sources, Neuron: network.LIF, TauM: 10, VTh: network.Number(1), TRef: 5, Input: network.Input{network.DC(1000)}, V0: zero},
			{Name: "T", Size: 1, Neuron: network.LIF, TauM: 15, VTh: network.Number(1e6), V0: zero, Input: network.Input{network.DC(60)}},
		},
		Projections: []network.Projection{
			{Name: "exc", From: "S", To: "T", Rule: network.FixedProbability, P: 1, Weight: network.Number(weight), Delay: network.Number(0.1), Synapse: network.Exponential, Autapses: true, TauSyn: tau},
			{Name: "inh", From: "S", To: "T", Rule: network.FixedProbability, P: 1, Weight: network.Number(-weight), Delay: network.Number(0.3), Synapse: network.Exponential, Autapses: true, TauSyn: 3 * tau},
		},
	}
	m, c := enginetest.Build(t, net)
	// Whole periods, and each step of them, so that no phase counts more.
	state, trace := sim.NewStateSampler(m, 10*51, 1), sim.NewTrace(m, 1, []int{0}, 10*51, 30*51)
	require.NoError(t, sim.Run(t.Context(), cpuref.New(m, c), 30*51, nil, state, trace))
	p, want := &state.Populations[1], sources/periodMs*weight*tau
	require.InEpsilon(t, 60+want, p.Excitatory.Mean(), 1e-5)
	require.InEpsilon(t, -3*want, p.Inhibitory.Mean(), 1e-5)
	require.InDelta(t, 60-2*want, p.Net.Mean(), 1e-3)

	onGrid := 0.0
	for _, g := range trace.Exc[0] {
		onGrid += float64(g) / float64(len(trace.Exc[0]))
	}
	require.InEpsilon(t, want*1.025, onGrid, 1e-3, "control")
}
