package engines

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/dynamics"
	"einet/gpu"
	"einet/network/language"
	"einet/network/presets"
	"einet/sim"
)

// slow is an engine that takes so long for a step, by a clock that nothing else moves.
type slow struct {
	sim.Engine
	clock *time.Time
	step  time.Duration
	fails error
	steps int
}

func (e *slow) Advance(_ context.Context, steps int) error {
	*e.clock = e.clock.Add(time.Duration(steps) * e.step)
	e.steps += steps
	return e.fails
}

func (e *slow) Spikes(dst []sim.Spike) ([]sim.Spike, error) { return dst, nil }

func (e *slow) Close() error { return nil }

// kindOf is a kind whose engines these are.
func kindOf(name string, e *slow, opened *int) *Kind {
	return &Kind{Name: name, OnDevices: name == "gpu", open: func(context.Context, *Place, *dynamics.Model, *connectome.Connectome) (sim.Engine, error) {
		*opened++
		return e, nil
	}}
}

// The processor takes the place of a device where its window is shorter than two dispatches, and only there.
func TestRival(t *testing.T) {
	const us = time.Microsecond
	load := func(delay string) (*dynamics.Model, *connectome.Connectome) {
		net, err := presets.Load("vs96", language.Options{Set: []string{"projections.*.delay=" + delay}})
		require.NoError(t, err)
		m, err := dynamics.New(net)
		require.NoError(t, err)
		c, err := Stored.Build(t.Context(), net, 1)
		require.NoError(t, err)
		return m, c
	}
	for _, k := range []struct {
		delay            string
		step, dispatches time.Duration
		fails            error
		engine, why      string
	}{
		{"0.1", 3 * us, 8 * us, nil, "cpu", "a step takes the cpu engine 3 us, two dispatches take H1 8 us"},
		{"0.1", 9 * us, 8 * us, nil, "gpu", "a step takes the cpu engine 9 us, two dispatches take H1 8 us"},
		{"0.5", 3 * us, 8 * us, nil, "gpu", "a window of 5 steps takes the cpu engine 15 us, two dispatches take H1 8 us"},
		{"0.1", 3 * us, 1, nil, "gpu", "a step takes the cpu engine about 0.3 us, two dispatches take H1 0.001 us"},
		{"0.1", 3 * us, 8 * us, errors.New("broken"), "gpu", ""},
	} {
		m, c := load(k.delay)
		clock := time.Unix(0, 0)
		onProcessor, onDevice := &slow{clock: &clock, step: k.step, fails: k.fails}, &slow{clock: &clock, step: us}
		opened := 0
		p := &Place{Kind: kindOf("gpu", onDevice, &opened), GL: gpu.Device{Renderer: "H1"}, tell: func(string, ...any) {}}
		p.rival = &rival{place: &Place{Kind: kindOf("cpu", onProcessor, &opened)}, dispatches: k.dispatches, now: func() time.Time { return clock }}
		e, err := p.Open(t.Context(), m, c)
		require.NoError(t, err)
		require.Equal(t, k.engine, p.Name)
		if k.dispatches == 1 {
			require.Regexp(t, `^a step takes the cpu engine about [0-9.]+ us, two dispatches take H1 0.001 us$`, p.Why)
			require.Equal(t, 1, opened, "an estimate is enough")
		} else {
			require.Equal(t, k.why, p.Why)
			require.Equal(t, 2, opened)
			require.Less(t, clock.Sub(time.Unix(0, 0)), 50*time.Millisecond)
		}
		require.Equal(t, k.engine == "cpu", e == sim.Engine(onProcessor))
		require.Zero(t, onDevice.steps)

		opened, why := 0, p.Why // replicas open it again
		_, err = p.Open(t.Context(), m, c)
		require.NoError(t, err)
		require.Equal(t, k.engine, p.Name)
		require.Equal(t, why, p.Why)
		require.LessOrEqual(t, opened, 1)
	}
}

// What two dispatches take is remembered, and measured anew where what is remembered is nothing.
func TestDispatches(t *testing.T) {
	c, err := gpu.Open("")
	if err != nil {
		require.NotEqual(t, "1", os.Getenv("EINET_REQUIRE_GL"), err)
		t.Skip(err)
	}
	defer c.Close()
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	first := Dispatches(t.Context(), c)
	require.Positive(t, first)
	require.Equal(t, first, Dispatches(t.Context(), c))
	found, err := filepath.Glob(filepath.Join(dir, "einet", "dispatches-*"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.NoError(t, os.WriteFile(found[0], []byte("8000"), 0o666))
	require.Equal(t, 8*time.Microsecond, Dispatches(t.Context(), c))
	for _, bad := range []string{"", "-5", "soon"} {
		require.NoError(t, os.WriteFile(found[0], []byte(bad), 0o666))
		require.Positive(t, Dispatches(t.Context(), c))
	}
}
