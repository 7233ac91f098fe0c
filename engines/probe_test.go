package engines

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/cpu"
	"einet/cpuref"
	"einet/dynamics"
	"einet/gpu"
	"einet/network"
	"einet/sim"
)

// The networks of the probe fire, all of their populations, and the cpu engine passes: it is the device that is probed.
func TestProbeNetworks(t *testing.T) {
	for _, p := range probes() {
		require.NoError(t, p.net.Validate())
		m, err := dynamics.New(p.net)
		require.NoError(t, err)
		syn, err := p.synapses.Build(t.Context(), p.net, 0)
		require.NoError(t, err)
		want := cpuref.New(m, syn)
		require.NoError(t, want.Advance(t.Context(), probeSteps))
		spikes, err := want.Spikes(nil)
		require.NoError(t, err)
		fired := make([]int, len(m.Populations))
		for _, s := range spikes {
			for i := range m.Populations {
				if q := &m.Populations[i]; int(s.Neuron) >= q.First && int(s.Neuron) < q.First+q.Size {
					fired[i]++
				}
			}
		}
		for i, n := range fired {
			require.Greater(t, n, 20, "%s: %s", p.net.Name, p.net.Populations[i].Name)
		}
		require.NoError(t, compare(t.Context(), cpu.New(m, syn, 1), want, spikes, m))

		// Controls: another spike, another number of them, another state.
		require.ErrorIs(t, sameSpikes(spikes[1:], spikes), gpu.ErrInexact)
		require.ErrorIs(t, sameSpikes(append(spikes[:len(spikes):len(spikes)], sim.Spike{}), spikes), gpu.ErrInexact)
		err = compare(t.Context(), otherState{cpu.New(m, syn, 1)}, want, spikes, m)
		require.ErrorIs(t, err, gpu.ErrInexact)
		require.ErrorContains(t, err, "population E, neuron 0, variable 0 after 50 steps: ")
	}
}

// otherState is an engine of which one current is another.
type otherState struct{ sim.Engine }

func (e otherState) Read(v sim.Variable, pop, first int, dst []float32) error {
	err := e.Engine.Read(v, pop, first, dst)
	if v == sim.Current(0) {
		dst[0] += 0x1p-10
	}
	return err
}

// A device is probed once for each version of its driver; a folder that can't be written, or that there is not, is no fault.
func TestProbeRemembers(t *testing.T) {
	c, err := gpu.Open("")
	if err != nil {
		require.NotEqual(t, "1", os.Getenv("EINET_REQUIRE_GL"), err)
		t.Skip(err)
	}
	defer c.Close()
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	require.NoError(t, Probe(c))
	found, err := filepath.Glob(filepath.Join(dir, "einet", "probed-*"))
	require.NoError(t, err)
	require.Equal(t, []string{cached("probed", c.Device())}, found)
	text, err := os.ReadFile(found[0])
	require.NoError(t, err)
	require.Contains(t, string(text), c.Device().Renderer)
	require.NoError(t, os.WriteFile(found[0], []byte("known"), 0o666))
	require.NoError(t, Probe(c))
	text, err = os.ReadFile(found[0])
	require.NoError(t, err)
	require.Equal(t, "known", string(text), "it is not probed again")
	other := c.Device()
	other.Version += "1"
	require.NotEqual(t, found[0], cached("probed", other))

	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	t.Setenv("XDG_CACHE_HOME", file)
	require.NoError(t, Probe(c))
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "")
	require.Empty(t, cached("probed", c.Device()))
}

// The probe notices a driver that drops work: all that it compares with is of the reference.
func TestProbeOfOtherNetwork(t *testing.T) {
	c, err := gpu.Open("")
	if err != nil {
		require.NotEqual(t, "1", os.Getenv("EINET_REQUIRE_GL"), err)
		t.Skip(err)
	}
	defer c.Close()
	p := probes()[0]
	m, err := dynamics.New(p.net)
	require.NoError(t, err)
	syn, err := Stored.Build(t.Context(), p.net, 0)
	require.NoError(t, err)
	want := cpuref.New(m, syn)
	require.NoError(t, want.Advance(t.Context(), probeSteps))
	spikes, err := want.Spikes(nil)
	require.NoError(t, err)
	other := *p.net
	other.Projections = append([]network.Projection{}, p.net.Projections...)
	other.Projections[0].Delay = network.Number(0.4)
	changed, err := Stored.Build(t.Context(), &other, 0)
	require.NoError(t, err)
	mo, err := dynamics.New(&other)
	require.NoError(t, err)
	e, err := gpu.New(context.Background(), c, mo, changed)
	require.NoError(t, err)
	require.ErrorIs(t, compare(t.Context(), e, want, spikes, m), gpu.ErrInexact, "delays are a step longer")
	require.NoError(t, e.Close())
}

// The networks that are for sums in shared memory have them on every device.
func TestProbesHaveSums(t *testing.T) {
	c, err := gpu.Open("")
	if err != nil {
		require.NotEqual(t, "1", os.Getenv("EINET_REQUIRE_GL"), err)
		t.Skip(err)
	}
	defer c.Close()
	summed := 0
	for _, p := range probes() {
		m, err := dynamics.New(p.net)
		require.NoError(t, err)
		syn, err := p.synapses.Build(t.Context(), p.net, 0)
		require.NoError(t, err)
		e, err := gpu.NewWith(t.Context(), c, m, syn, p.forms)
		require.NoError(t, err)
		require.Equal(t, p.forms.Sums == gpu.SumsAlways, e.HasSums(), p.net.Name)
		require.NoError(t, e.Close())
		if e.HasSums() {
			summed++
		}
	}
	require.Equal(t, 2, summed)
}
