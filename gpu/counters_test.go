//go:build cgo && !nogl

package gpu

import (
	"math"
	"testing"
	"time"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// What is counted is what the reference's spikes say, counting changes no spike,
// and the host waits for nothing between the windows of a batch.
func TestCounters(t *testing.T) {
	net := enginetest.Networks()[1] // windows of 15 steps
	m, syn := enginetest.Build(t, net)
	const steps = 1000
	want := digest(t, cpuref.New(m, syn), steps)
	onEach(t, func(t *testing.T, c *Context) {
		for k, pageBytes := range []int64{c.Device().Limits.MaxStorageBlock, 1 << 13} {
			e := start(t, c, m, syn, pageBytes)
			_, err := e.Counters()
			require.ErrorContains(t, err, "nothing was counted")
			require.NoError(t, e.count(syn, pageBytes))
			e.meter.byClock = k == 0
			// At once: cut by the time that it takes, windows would be shorter and bytes more.
			require.NoError(t, e.Advance(t.Context(), steps))
			spikes, err := e.Spikes(nil)
			require.NoError(t, err)
			got := sim.NewDigest()
			require.NoError(t, got.Spikes(steps, spikes))
			require.Equal(t, want.String(), got.String())
			s, err := e.Counters()
			require.NoError(t, err)

			require.EqualValues(t, steps, s.Steps)
			require.EqualValues(t, steps*500, s.NeuronSteps)
			require.EqualValues(t, want.Count(), s.Spikes)
			require.Equal(t, s.Windows*int64(1+len(e.pages)), s.Dispatches)
			require.Zero(t, s.WaitsWithin)
			require.Equal(t, s.Batches, s.Waits, "a batch is waited for once, and what the host reads lies there then")
			require.NoError(t, e.Read(sim.V, 0, 0, make([]float32, 1)))
			after, err := e.Counters()
			require.NoError(t, err)
			require.Equal(t, s.Waits+1, after.Waits, "control: another wait is counted")
			require.Equal(t, s.Windows, s.Updates)
			require.Equal(t, s.Dispatches-s.Windows, s.Delivers)
			require.Positive(t, s.Update)
			require.Positive(t, s.Deliver)
			require.InDelta(t, 0.1*500, float64(s.Events)/float64(s.Spikes), 2, "p N synapses a spike")
			require.Equal(t, s.Events+2*s.Spikes, s.Atomics)
			require.Less(t, s.Idle, s.Shares)
			// V, g of two receptors and the clamp a window of 15 steps; two numbers that arrive a step, and
			// rarely anything to clear.
			require.InDelta(t, 32./15+8+0.2, float64(s.UpdateBytes)/float64(s.NeuronSteps), 0.7)
			require.InDelta(t, 10, float64(s.DeliverBytes)/float64(s.Events), 25)
		}
	})
}

// A window takes seven calls of OpenGL: its number is bound, and for each kernel the program, a dispatch and a barrier. A further page takes its
// buffers and a dispatch. What else a batch takes does not grow with its windows. Where a device has too few bindings for both kernels
// at once, they bind theirs anew.
func TestCallsOfAWindow(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[0])
	onEach(t, func(t *testing.T, c *Context) {
		calls := func(pageBytes int64, bindings, resident int) (window, batch, pages int64) {
			b := boundsOf(c.Device())
			b.resident = residentBounds{groups: resident, windows: 512, looks: 1 << 11}
			b.bindings, b.sheets, b.longest = bindings, 1, time.Hour
			e := startWithin(t, c, m, syn, pageBytes, b)
			queued := func(windows int) int64 {
				before := c.work.calls
				n, err := e.queue(e.batches[0], windows*e.layout.window)
				require.NoError(t, err)
				require.Equal(t, windows*e.layout.window, n)
				took := c.work.calls - before
				require.NoError(t, e.collect(t.Context(), e.batches[0]))
				return took
			}
			queued(1) // programs are in use as they will be
			few, many := queued(2), queued(10)
			return (many - few) / 8, few - (many-few)/4, int64(len(e.pages))
		}
		all := c.Device().Limits.MaxStorageBlock
		window, batch, _ := calls(all, 13, 1)
		require.Zero(t, window, "windows that are one dispatch")
		require.Less(t, batch, int64(50))
		window, batch, pages := calls(all, 12, 0)
		require.EqualValues(t, 1, pages)
		require.EqualValues(t, 7, window)
		require.Less(t, batch, int64(40))
		window, _, pages = calls(1<<13, 12, 0)
		require.Greater(t, pages, int64(1))
		require.Equal(t, 7+5+6*(pages-1), window)
		window, _, _ = calls(all, 11, 0)
		require.EqualValues(t, 7+5+4, window, "control")
	})
}

// BenchmarkWindow is the time that the host takes to queue a window, whose dispatches do nothing.
func BenchmarkWindow(b *testing.B) {
	m, syn := enginetest.Build(b, enginetest.Networks()[0])
	c, err := Open("")
	require.NoError(b, err)
	b.Cleanup(func() { c.Close() })
	e := startWithin(b, c, m, syn, c.Device().Limits.MaxStorageBlock, boundsOf(c.Device()))
	e.layout.row = 1
	whole := e.update.id
	e.update.id = nothing(b, c)
	require.NoError(b, c.Do(func() error {
		if err := e.bindBatch(e.batches[0]); err != nil {
			return err
		}
		for b.Loop() {
			if err := e.dispatch(e.batches[0], 0); err != nil {
				return err
			}
		}
		return nil
	}))
	e.update.id = whole // to be deleted
}

// What is counted of synapses that are drawn again is the mean of those that are stored.
func TestCountersOfDrawnSynapses(t *testing.T) {
	net := toMany("few", withProbability(0.02), withOutDegree(2500, true), withOutDegree(30, false), withRule(network.AllToAll), withProbability(0))
	m, err := dynamics.New(net)
	require.NoError(t, err)
	drawn, err := connectome.Procedural(t.Context(), net, 0)
	require.NoError(t, err)
	onEach(t, func(t *testing.T, c *Context) {
		e := start(t, c, m, drawn, c.Device().Limits.MaxStorageBlock)
		require.NoError(t, e.Count(drawn))
		few, err := e.meter.costs[0], e.Advance(t.Context(), 100)
		require.NoError(t, err)
		s, err := e.Counters()
		require.NoError(t, err)
		require.Equal(t, 2*s.Windows, s.Dispatches)
		require.EqualValues(t, math.Round(0.02*manyTargets)+2500+30+manyTargets, few.events)
		require.EqualValues(t, 2+3+1+3, few.busy, "two of three chunks in a share, and the third; 1024 synapses; all; chunks")
		require.Equal(t, 4*16, s.Serial, "a chunk of all to all")
	})
	sure := toMany("few", withProbability(1))
	m, err = dynamics.New(sure)
	require.NoError(t, err)
	drawn, err = connectome.Procedural(t.Context(), sure, 0)
	require.NoError(t, err)
	_, serial, _ := drawnCosts(m, drawn)
	require.Equal(t, 4*16, serial)

	// Counts of a network that fires, beside those of its stored synapses.
	net = enginetest.Networks()[1]
	m, stored := enginetest.Build(t, net)
	drawn, err = connectome.Procedural(t.Context(), net, 0)
	require.NoError(t, err)
	onEach(t, func(t *testing.T, c *Context) {
		var events []int64
		for _, syn := range []*connectome.Connectome{stored, drawn} {
			e := start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
			require.NoError(t, e.Count(syn))
			require.NoError(t, e.Advance(t.Context(), 1000))
			s, err := e.Counters()
			require.NoError(t, err)
			require.NotZero(t, s.Spikes)
			events = append(events, s.Events)
		}
		require.InEpsilon(t, events[0], events[1], 0.05)
	})
}

// A host that waits in the middle of a batch is seen.
func TestCountersSeeAHostThatWaits(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[1])
	onEach(t, func(t *testing.T, c *Context) {
		e := start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
		require.NoError(t, e.Count(syn))
		require.NoError(t, c.Do(func() error {
			defer e.meter.queueing()()
			return e.states.Read(0, make([]uint32, 1))
		}))
		s, err := e.Counters()
		require.NoError(t, err)
		require.EqualValues(t, 1, s.WaitsWithin)
	})
}

// The widest row there can be, a source that reaches a whole block, is shared by so
// many work groups that no invocation takes more than four turns, beside rows as narrow as any; and a neuron that fires in every step is as
// many spikes.
func TestDeliverSharesWideRowsAndActiveNeurons(t *testing.T) {
	const wide = 1 << 16
	one, many := enginetest.Networks()[3].Populations[0], enginetest.Networks()[3].Populations[0]
	one.Name, one.Size, many.Name, many.Size = "one", 1, "many", wide
	one.Input = network.Input{network.DC(1e4)} // over its threshold in every step
	many.Input = network.Input{network.DC(1)}
	few := many
	few.Name, few.Size = "few", 70
	projection := network.Projection{
		From: "one", To: "many", Rule: network.AllToAll, Weight: network.Number(0.1), Delay: network.Number(1),
		Synapse: network.Exponential, TauSyn: 5, Autapses: true,
	}
	toFew := projection
	projection.Name, toFew.Name, toFew.From, toFew.To = "wide", "narrow", "many", "few"
	toFew.Rule, toFew.P = network.FixedProbability, 0.02
	m, syn := enginetest.Build(t, &network.Network{
		Name: "wide", Dt: 0.1, Duration: 10, Populations: []network.Population{one, many, few}, Projections: []network.Projection{projection, toFew},
	})
	team := teamFor(syn)
	require.LessOrEqual(t, team, 2, "most rows have a synapse or two")
	pages := layoutPages(syn, form{1 << 27, 1, team})
	require.Len(t, pages, 1)
	_, serial, turns := costs(m, pages, deal{team, 1}, 0)
	require.Equal(t, []int{wide / deliverLocal, wide / deliverLocal / 8}, []int{serial, turns}, "control: one work group for a row")
	want := digest(t, cpuref.New(m, syn), 50)
	onEach(t, func(t *testing.T, c *Context) {
		e := start(t, c, m, syn, 1<<27)
		require.Equal(t, wide/(deliverLocal*8*mostTurns), e.deal.groups)
		require.NoError(t, e.Count(syn))
		require.Equal(t, want.String(), digest(t, e, 50).String())
		s, err := e.Counters()
		require.NoError(t, err)
		require.Equal(t, []int{8 * mostTurns, mostTurns}, []int{s.Serial, s.Turns})
		require.GreaterOrEqual(t, s.Shares-s.Idle, int64(50*e.deal.groups), "50 spikes of one neuron")
	})
}
