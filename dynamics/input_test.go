package dynamics_test

import (
	"math"
	"testing"

	"einet/dynamics"
	"einet/network"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// driven is the model of one with another input.
func driven(t require.TestingT, in ...network.Component) *dynamics.Model {
	net := one(1, 15, 6, 0)
	net.Populations[0].Input = in
	require.NoError(t, net.Validate())
	return model(t, net)
}

// Each component at the steps around which it changes, dt = 0.1 ms.
func TestComponents(t *testing.T) {
	for _, row := range []struct {
		part network.Component
		want map[int64]float64
	}{
		{network.DC(-3), map[int64]float64{0: -3, 1: -3, 1 << 40: -3}},
		{network.Step{At: 0.3, By: 2}, map[int64]float64{0: 0, 2: 0, 3: 2, 1 << 40: 2}},
		{network.Step{At: 0, By: 2}, map[int64]float64{0: 2}},
		{network.Pulse{At: 0.3, Duration: 0.2, Amplitude: 2}, map[int64]float64{2: 0, 3: 2, 4: 2, 5: 0, 1 << 40: 0}},
		{network.Ramp{At: 0.3, Duration: 0.4, By: 2}, map[int64]float64{0: 0, 3: 0, 4: 0.5, 6: 1.5, 7: 2, 1 << 40: 2}},
		{network.Sinusoid{Amplitude: 2, Frequency: 2500}, map[int64]float64{0: 0, 1: 2, 2: 0, 3: -2, 4_000_001: 2}},
		{network.Sinusoid{Amplitude: 2, Frequency: 2500, Phase: 90 - 720}, map[int64]float64{0: 2, 1: 0, 2: -2}},
		{network.Sinusoid{Amplitude: 2, Frequency: 1250, Phase: -90}, map[int64]float64{0: -2, 1: -math.Sqrt2, 4: 2}},
		{network.Samples{Every: 0.2, Values: []float64{4, 5, 6}}, map[int64]float64{0: 4, 1: 4, 2: 5, 3: 5, 4: 6, 1 << 40: 6}},
		{network.Samples{Times: []float64{0.1, 0.4}, Values: []float64{4, 5}}, map[int64]float64{0: 0, 1: 4, 3: 4, 4: 5, 1 << 40: 5}},
	} {
		m := driven(t, row.part)
		for n, want := range row.want {
			require.InDelta(t, want, m.Input(0, n), 1e-12, "%#v at step %d", row.part, n)
		}
	}
}

func TestComponentsAddUp(t *testing.T) {
	require.Zero(t, driven(t).Input(0, 0))
	m := driven(t, network.DC(60), network.Step{At: 0.3, By: 5}, network.DC(1), network.Step{At: 0.4, By: -2})
	require.Equal(t, []float64{61, 66, 64}, []float64{m.Input(0, 2), m.Input(0, 3), m.Input(0, 4)})
}

// A sinusoid is as good after a day as at the start: 20 Hz repeats after 500
// steps.
func TestSinusoidKeepsItsPhase(t *testing.T) {
	m := driven(t, network.Sinusoid{Amplitude: 1, Frequency: 20, Phase: 30})
	for n := range int64(500) {
		require.InDelta(t, math.Sin(2*math.Pi*(float64(n)/500+1./12)), m.Input(0, n), 1e-14)
		require.InDelta(t, m.Input(0, n), m.Input(0, n+500*1_728_000), 1e-8)
	}
}

// The drive is the input in the exact solution, wherever an engine asks for it.
func TestDrive(t *testing.T) {
	parts := []network.Component{network.DC(12), network.Step{At: 1, By: 7}, network.Sinusoid{Amplitude: 3, Frequency: 50}}
	varying, steady := driven(t, parts...), driven(t, parts[0])
	rapid.Check(t, func(t *rapid.T) {
		for _, m := range []*dynamics.Model{varying, steady} {
			first := rapid.Int64Range(0, 1<<31).Draw(t, "first")
			drive, again := make([]float32, 20), make([]float32, 1)
			m.Drive(0, first, drive)
			for i, c := range drive {
				n := first + int64(i)
				m.Drive(0, n, again)
				require.Equal(t, again[0], c)
				require.InDelta(t, -math.Expm1(-0.1/15)*m.Input(0, n), c, 0x1.02p-20, "within half a step of the grid of V")
			}
		}
	})
	require.Zero(t, testing.AllocsPerRun(10, func() { varying.Drive(0, 5, make([]float32, 1)[:1]) }))
}

// Pinned: the drive of a sinusoid has the same bits on every machine.
func TestDriveBits(t *testing.T) {
	drive := make([]float32, 4)
	driven(t, network.Sinusoid{Amplitude: 6, Frequency: 37, Phase: 10}).Drive(0, 123_456, drive)
	bits := []uint32{}
	for _, c := range drive {
		bits = append(bits, math.Float32bits(c))
	}
	require.Equal(t, []uint32{0xbd15dfb1, 0xbd145405, 0xbd12b253, 0xbd10fe96}, bits, "%#x", bits)
}

func TestInputOutOfRange(t *testing.T) {
	net := one(10, 15, 6, 0.5)
	net.Populations[0].Input = network.Input{network.DC(1e12), network.Sinusoid{Amplitude: 2e11, Frequency: 1}}
	_, err := dynamics.New(net)
	require.ErrorContains(t, err, "populations.A: a potential or input: 1.2e+12 is outside")
}
