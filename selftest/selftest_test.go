package selftest

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/engines"
	"einet/gpu"
	"einet/network/presets"
)

// A fault of a device is in the report: spikes that differ from the reference's fail it, a network that is too large does not.
func TestFaultsAreReported(t *testing.T) {
	c, err := gpu.Open("")
	if err != nil {
		require.NotEqual(t, "1", os.Getenv("EINET_REQUIRE_GL"), err)
		t.Skip(err)
	}
	defer c.Close()
	p := &engines.Place{Kind: engines.GPU, Context: c, GL: c.Device()}
	for _, k := range []struct {
		change      func(b *built, s *state)
		failed, ran string
	}{
		{func(*built, *state) {}, "", ""},
		{func(b *built, _ *state) { b.want = "another" }, "the spikes differ from the reference's", ""},
		{func(_ *built, _ *state) { p.GL.Limits.MaxStorageBlock = 100 }, "", "one buffer holds at most"},
	} {
		s := &state{o: Options{Quick: true, Tell: func(string) {}}, r: &Report{}}
		w := works(true)[0]
		require.NoError(t, s.try(t.Context(), w))
		b := builtFor(t, w)
		b.want = s.r.Runs[0].Digest
		s.r.Runs = nil
		k.change(b, s)
		require.NoError(t, s.run(t.Context(), b, p))
		require.Equal(t, k.failed != "", len(s.r.Failed) > 0, s.r.Failed)
		require.Contains(t, strings.Join(s.r.Failed, ""), k.failed)
		require.Contains(t, s.r.Runs[0].Fault, k.ran)
	}
}

func builtFor(t *testing.T, w Work) *built {
	t.Helper()
	b := &built{Work: w}
	net, err := presets.Load(w.Network, w.options())
	require.NoError(t, err)
	b.net, b.steps = net, int64(net.Steps(w.ms))
	b.model, err = engines.Stored.Model(net, 0)
	require.NoError(t, err)
	b.syn, err = engines.Stored.Build(t.Context(), net, 1)
	require.NoError(t, err)
	return b
}

// A device whose memory is nearly full still gives the reference's spikes; here as if there were 64 MB.
func TestMemoryNearFull(t *testing.T) {
	c, err := gpu.Open("")
	if err != nil {
		require.NotEqual(t, "1", os.Getenv("EINET_REQUIRE_GL"), err)
		t.Skip(err)
	}
	defer c.Close()
	p := &engines.Place{Kind: engines.GPU, Context: c, GL: c.Device()}
	p.GL.Limits.FreeBytes = 64 << 20
	s := &state{o: Options{Quick: true, Tell: func(string) {}}, r: &Report{}}
	w := works(true)[0]
	require.NoError(t, s.try(t.Context(), w))
	b := builtFor(t, w)
	b.want = s.r.Runs[0].Digest
	s.full(t.Context(), b, p)
	require.Empty(t, s.r.Failed)
	require.InDelta(t, 0.9*(64<<20), s.r.Full[0].Filled, 4)
	require.True(t, s.r.Full[0].Equal)
}

// Every preset is tried, quickly and at length.
func TestAllPresets(t *testing.T) {
	for _, quick := range []bool{true, false} {
		tried := map[string]bool{}
		for _, w := range works(quick) {
			tried[w.Network] = true
		}
		for _, name := range presets.Names() {
			require.True(t, tried[name], name)
		}
	}
}
