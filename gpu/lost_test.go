//go:build cgo && !nogl

package gpu

import (
	"testing"
	"time"

	"einet/cpuref"
	"einet/enginetest"
	"einet/shaders"
	"einet/sim"

	"github.com/go-gl/gl/v4.3-core/gl"
	"github.com/stretchr/testify/require"
)

// nothing is a kernel that leaves all as it is: what the dispatches of a driver do that drops them.
func nothing(t testing.TB, c *Context) uint32 {
	p, err := Compile(c, shaders.Source{Name: "nothing.comp", Text: "#version 430\nlayout(local_size_x = 64) in;\nvoid main() {}\n", Files: []string{"nothing.comp"}})
	require.NoError(t, err)
	t.Cleanup(p.Delete)
	return p.id
}

// Work that a driver drops is an error, and the spikes until then are those of the reference; the engine goes no further.
func TestDroppedWork(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[1])
	reference := cpuref.New(m, syn)
	require.NoError(t, reference.Advance(t.Context(), 600))
	want, err := reference.Spikes(nil)
	require.NoError(t, err)
	require.NotEmpty(t, want)
	onEach(t, func(t *testing.T, c *Context) {
		none := nothing(t, c)
		for _, kernel := range []string{"update.comp", "deliver.comp"} {
			b := boundsOf(c.Device())
			b.longest = time.Hour // a batch is not cut where the machine is busy
			e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, b)
			require.NoError(t, e.Advance(t.Context(), 600))
			got, err := e.Spikes(nil)
			require.NoError(t, err)
			require.Equal(t, want, got)
			p := map[string]*Program{"update.comp": e.update, "deliver.comp": e.deliver}[kernel]
			whole := p.id
			p.id = none
			require.NoError(t, e.Advance(t.Context(), 600))
			p.id = whole // to be deleted
			for range 2 {
				got, err = e.Spikes(nil)
				require.ErrorIs(t, err, ErrLost, kernel)
				require.ErrorContains(t, err, "of the steps from 601 to 1200 some were not done: its driver dropped the work without a word")
				require.Empty(t, got)
				require.EqualValues(t, 600, e.Step())
				require.ErrorIs(t, e.Advance(t.Context(), 1), ErrLost)
			}
		}
	})
}

// A driver that says too early that work was done is waited for.
func TestFenceThatComesTooEarly(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[0])
	reference := cpuref.New(m, syn)
	require.NoError(t, reference.Advance(t.Context(), 300))
	want, err := reference.Spikes(nil)
	require.NoError(t, err)
	onEach(t, func(t *testing.T, c *Context) {
		e := start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
		early := 0
		var got []sim.Spike
		for e.step < 300 {
			b := e.batches[0]
			n, err := e.queue(b, min(100, 300-int(e.step)))
			require.NoError(t, err)
			require.Positive(t, n)
			require.NoError(t, readStaged(b.back, 0, b.done[:b.windows]))
			if e.checkMarks(b) != nil {
				early++
			}
			b.fence.Delete() // which then counts as reached
			require.NoError(t, e.collect(t.Context(), b))
		}
		got, err = e.Spikes(got)
		require.NoError(t, err)
		require.Equal(t, want, got)
		t.Logf("%d batches were not done when they were looked at", early)
	})
}

// The same of replicas.
func TestDroppedReplicas(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[0])
	onEach(t, func(t *testing.T, c *Context) {
		r := startReplicas(t, c, trials(t, m.Network, 0, 1), syn, mostReplicaSteps)
		require.NoError(t, r.Advance(t.Context(), 100))
		_, err := r.Spikes(0, nil)
		require.NoError(t, err)
		whole := r.program.id
		r.program.id = nothing(t, c)
		require.NoError(t, r.Advance(t.Context(), 8))
		r.program.id = whole
		_, err = r.Spikes(1, nil)
		require.ErrorIs(t, err, ErrLost)
		require.ErrorContains(t, err, "replica 0: the steps from 101 to 108 were not done")
	})
}

// A reset that the driver tells of is an error with its reason.
func TestResetIsTold(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[0])
	onEach(t, func(t *testing.T, c *Context) {
		e := start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
		told := c.status
		defer func() { c.status = told }()
		for status, reason := range map[uint32]string{gl.GUILTY_CONTEXT_RESET_ARB: "for what this program asked of it", gl.INNOCENT_CONTEXT_RESET_ARB: "for what another program asked of it"} {
			require.NoError(t, c.checkReset("nothing"))
			c.status = func() uint32 { return status }
			require.ErrorContains(t, c.checkReset("nothing"), reason)
			c.status = told
		}
		c.status = func() uint32 { return gl.UNKNOWN_CONTEXT_RESET_ARB }
		require.NoError(t, e.Advance(t.Context(), 10))
		_, err := e.Spikes(nil)
		require.ErrorIs(t, err, ErrLost)
		require.ErrorContains(t, err, "its driver reset it, for a reason that it does not tell")
		require.ErrorIs(t, e.Read(sim.V, 0, 0, make([]float32, 1)), ErrLost)
	})
}
