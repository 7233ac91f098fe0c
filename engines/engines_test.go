package engines

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/gpu"
	"einet/network/language"
	"einet/network/presets"
	"einet/sim"
)

// What an engine keeps of the synapses beside the connectome counts.
func TestMemoryOfCopies(t *testing.T) {
	net, err := presets.Load("ei", language.Options{Scale: 0.1})
	require.NoError(t, err)
	m, err := Stored.Model(net, CPU.Copied(net, 1))
	require.NoError(t, err)
	require.Positive(t, CPU.Copied(net, 1))
	require.Zero(t, GPU.Copied(net, 1))
	require.ErrorContains(t, Stored.Holds(m, 1<<60), "--connectivity procedural")
	require.ErrorContains(t, Unchosen.Holds(m, 1<<60), "use fewer neurons (--scale) or fewer synapses")
}

// Engines that share a connectome are as many side by side as there are threads, and have these together.
func TestSideBySide(t *testing.T) {
	net, err := presets.Load("vs96", language.Options{})
	require.NoError(t, err)
	m, err := Stored.Model(net, 0)
	require.NoError(t, err)
	for _, c := range []struct{ threads, n, workers, each int }{{4, 2, 2, 2}, {3, 2, 2, 1}, {1, 5, 1, 1}, {4, 9, 4, 1}} {
		workers, place := OnProcessor(CPU, c.threads).Side(c.n, m, Stored)
		require.Equal(t, c.workers, workers)
		require.Equal(t, c.each, place.Threads)
	}
	device := &Place{Kind: GPU}
	workers, place := device.Side(7, m, Stored)
	require.Equal(t, 1, workers)
	require.Same(t, device, place)
}

// Each kind opens at its places by its name, and gives the same spikes.
func TestPlacesOfAllKinds(t *testing.T) {
	net, err := presets.Load("vs96", language.Options{Scale: 0.5})
	require.NoError(t, err)
	for _, s := range []Synapses{Stored, Procedural} {
		m, err := s.Model(net, 0)
		require.NoError(t, err)
		c, err := s.Build(t.Context(), net, 1)
		require.NoError(t, err)
		digests := map[string]bool{}
		for _, k := range All {
			require.Same(t, k, Named(k.Name))
			p, err := InProcess.Choose(Choice{Engine: k.Name, Threads: 1, Synapses: s}, m, func(message string, args ...any) { t.Log(append([]any{message}, args...)...) })
			if k.OnDevices && err != nil && os.Getenv("EINET_REQUIRE_GL") != "1" {
				require.ErrorIs(t, err, gpu.ErrUnavailable)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, k.Name, p.Name)
			require.NotEmpty(t, p.Device())
			e, err := p.Open(t.Context(), m, c)
			require.NoError(t, err)
			d := sim.NewDigest()
			require.NoError(t, sim.Run(t.Context(), e, 300, nil, d))
			digests[d.String()] = true
			require.NoError(t, e.Close())
			require.NoError(t, p.Close())
		}
		require.Len(t, digests, 1)
	}
	require.Nil(t, Named("none"))
	m, err := Stored.Model(net, 0)
	require.NoError(t, err)
	_, err = InProcess.Choose(Choice{Engine: "none"}, m, nil)
	var input *InputError
	require.ErrorAs(t, err, &input)
}
