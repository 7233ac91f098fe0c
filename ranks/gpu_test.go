package ranks_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"einet/connectome"
	"einet/cpu"
	"einet/dynamics"
	"einet/enginetest"
	"einet/gpu"
	"einet/ranks"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// onDevices makes engines whose ranks take the machine's OpenGL devices by turns, and the last the processor.
func onDevices(t *testing.T, n int) enginetest.Factory {
	devices, err := gpu.Devices()
	if len(devices) == 0 {
		if os.Getenv("EINET_REQUIRE_GL") == "1" {
			require.NoError(t, err)
		}
		t.Skip("no OpenGL device: ", err)
	}
	return func(t testing.TB, m *dynamics.Model, _ *connectome.Connectome) sim.Engine {
		b := building(m.Network)
		b.Open = func(ctx context.Context, rank int, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
			if rank == len(devices) {
				return cpu.New(m, c, 1), nil
			}
			on, err := gpu.Open(fmt.Sprint(devices[rank%len(devices)].Index))
			if err != nil {
				return nil, err
			}
			e, err := gpu.New(ctx, on, m, c)
			if err != nil {
				return nil, err
			}
			t.Cleanup(func() { on.Close() })
			return e, nil
		}
		e, err := ranks.New(t.Context(), m, n, b)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, e.Close()) })
		return e
	}
}

// Several devices, of different drivers, are the reference engine.
func TestConformanceOfDevices(t *testing.T) {
	enginetest.RunOn(t, divisible(), onDevices(t, 3))
}

// A device that would leave the weights of its ranks as they are refuses.
func TestLearningOnDevicesIsRefused(t *testing.T) {
	onDevices(t, 1) // skips where there is none
	n := enginetest.Learning()[0]
	m, _ := enginetest.Build(t, n)
	b := building(n)
	b.Open = func(ctx context.Context, _ int, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
		on, err := gpu.Open("")
		require.NoError(t, err)
		t.Cleanup(func() { on.Close() })
		return gpu.New(ctx, on, m, c)
	}
	_, err := ranks.New(t.Context(), m, 2, b)
	require.ErrorIs(t, err, gpu.ErrLimit)
	require.ErrorContains(t, err, "what relays fire changes no weights")
}
