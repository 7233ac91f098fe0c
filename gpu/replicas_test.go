//go:build cgo && !nogl

package gpu

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
	"einet/sim"
)

// one replica as an engine; the others run beside it.
type one struct {
	*Replicas
	k int
}

func (o one) Spikes(dst []sim.Spike) ([]sim.Spike, error) { return o.Replicas.Spikes(o.k, dst) }
func (o one) Read(v sim.Variable, pop, first int, dst []float32) error {
	return o.Replicas.Read(o.k, v, pop, first, dst)
}
func (o one) Gather(v sim.Variable, pop int, neurons []int, dst []float32) error {
	if err := sim.CheckGather(o.models[o.k], v, pop, neurons, dst); err != nil {
		return err
	}
	for k, i := range neurons {
		if err := o.Read(v, pop, i, dst[k:][:1]); err != nil {
			return err
		}
	}
	return nil
}

// trials are models of trials of a network.
func trials(t testing.TB, net *network.Network, numbers ...uint32) []*dynamics.Model {
	var models []*dynamics.Model
	for _, k := range numbers {
		trial := *net
		trial.Trial = k
		m, err := dynamics.New(&trial)
		require.NoError(t, err)
		models = append(models, m)
	}
	return models
}

func startReplicas(t testing.TB, c *Context, models []*dynamics.Model, syn *connectome.Connectome, most int) *Replicas {
	r, err := newReplicas(context.Background(), c, models, syn, most)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

// A replica among others is the reference engine as far as anyone can tell, in the last
// place as in the first, in dispatches of a few steps and of many.
func TestReplicasConform(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		fitting := slices.DeleteFunc(enginetest.Networks(), func(n *network.Network) bool {
			m, err := dynamics.New(n)
			require.NoError(t, err)
			return fitReplicas(c.Device(), m, 3) != nil
		})
		require.Greater(t, len(fitting), 3)
		for _, most := range []int{3, mostReplicaSteps} {
			enginetest.RunOn(t, dealt(t, c, fitting), func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
				others := trials(t, m.Network, 5, 6)
				models := []*dynamics.Model{others[0], m, others[1]}
				return one{startReplicas(t, c, models, syn, most), 1}
			})
		}
	})
}

// The published networks that fit the shared memory which OpenGL promises: each replica has
// the spikes of its trial, and trials differ.
func TestReplicasAreTrials(t *testing.T) {
	for name, ms := range map[string]float64{"vs96": 100, "vogels2005cuba": 30} {
		net, err := presets.Load(name, language.Options{})
		require.NoError(t, err)
		m, syn := enginetest.Build(t, net)
		numbers := []uint32{0, 1, 7}
		models := trials(t, net, numbers...)
		onEach(t, func(t *testing.T, c *Context) {
			d := c.Device()
			d.Limits.MaxShared = 32768
			require.NoError(t, fitReplicas(d, m, 64))
			r := startReplicas(t, c, models, syn, mostReplicaSteps)
			require.NoError(t, r.Advance(t.Context(), net.Steps(ms)))
			seen := map[string]bool{}
			for k := range numbers {
				want := digest(t, cpuref.New(models[k], syn), int64(net.Steps(ms)))
				got := sim.NewDigest()
				spikes, err := r.Spikes(k, nil)
				require.NoError(t, err)
				require.NoError(t, got.Spikes(r.Step(), spikes))
				require.Equal(t, want.String(), got.String(), "%s, trial %d", name, numbers[k])
				require.NotZero(t, got.Count())
				seen[got.String()] = true
			}
			require.Len(t, seen, len(numbers))
		})
	}
}

// Loops that a driver ends early, as Mesa's software drivers do after 65 535 passes, are an error and not other spikes.
func TestReplicasWhoseLoopsAreCut(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[2]) // so few neurons that the spikes of many steps have room
	const most = 100_000
	onEach(t, func(t *testing.T, c *Context) {
		if !c.Device().Software {
			t.Skip("its loops have no end")
		}
		within := residentInSoftware.passes
		defer func() { residentInSoftware.passes = within }()
		residentInSoftware.passes = 1 << 30
		r, err := newReplicas(t.Context(), c, []*dynamics.Model{m}, syn, most)
		require.NoError(t, err)
		r.span = r.layout.steps
		require.Equal(t, most, r.span)
		require.NoError(t, r.Advance(t.Context(), r.span))
		_, err = r.Spikes(0, nil)
		require.ErrorContains(t, err, "the driver ends loops after some passes")
		require.ErrorIs(t, err, ErrLimit)
		require.NoError(t, r.Close())
		residentInSoftware.passes = within
		r = startReplicas(t, c, []*dynamics.Model{m}, syn, most)
		require.Less(t, r.layout.steps, 2000)
		r.span = r.layout.steps
		require.NoError(t, r.Advance(t.Context(), 2*r.span))
		spikes, err := r.Spikes(0, nil)
		require.NoError(t, err)
		got := sim.NewDigest()
		require.NoError(t, got.Spikes(r.Step(), spikes))
		want := digest(t, cpuref.New(m, syn), r.Step())
		require.Equal(t, want.String(), got.String())
	})
}

func TestReplicasThatDoNotFitSayTheNumber(t *testing.T) {
	small := promised
	small.Limits.MaxShared, small.Limits.MaxInvocations, small.Limits.MaxWorkGroupSize = 32768, 1024, [3]int{1024, 1024, 64}
	for _, k := range []struct {
		name     string
		scale    float64
		replicas int
		want     string
	}{
		{"vogels2005cuba", 1, 64, ""},
		{"vogels2005cuba", 1.1, 64, "input on its way to 4400 neurons takes 35204 bytes"},
		{"ei", 1, 64, "takes 80004 bytes (20000 numbers for each of 1 steps of delay), a work group of small shares 32768"},
		{"vogels2005coba", 1, 64, "not all of vogels2005coba are"},
		{"vs96", 1, 70_000, "70000 replicas, small runs at most 65535 work groups"},
		{"vogels2005cuba", 1, 2000, "the state of 2000 replicas takes 183.1 MiB"},
	} {
		net, err := presets.Load(k.name, language.Options{Scale: k.scale})
		require.NoError(t, err)
		m, err := dynamics.New(net)
		require.NoError(t, err)
		err = fitReplicas(small, m, k.replicas)
		if k.want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, ErrLimit)
		require.ErrorContains(t, err, k.want)
	}
}

// A dispatch grows to the target, at most by doubling, and shrinks at once.
func TestSpanAdapts(t *testing.T) {
	require.Equal(t, 16, adaptSpan(8, 8, time.Microsecond, 1000, spanTarget))
	require.Equal(t, 1000, adaptSpan(900, 900, time.Microsecond, 1000, spanTarget))
	require.Equal(t, 5, adaptSpan(100, 100, time.Second, 1000, spanTarget))
	require.Equal(t, 1, adaptSpan(100, 100, time.Hour, 1000, spanTarget))
}

// fitReplicas is an error wrapping ErrLimit, with the number that is too large, unless a
// work group of device d takes the whole of a network, and d that many of them.
func fitReplicas(d Device, m *dynamics.Model, replicas int) error {
	_, err := layoutReplicas(d, m, replicas, mostReplicaSteps)
	return err
}
