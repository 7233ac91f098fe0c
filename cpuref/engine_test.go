package cpuref_test

import (
	"testing"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/sim"
)

func TestConformance(t *testing.T) {
	enginetest.Run(t, func(_ testing.TB, m *dynamics.Model, c *connectome.Connectome) sim.Engine {
		return cpuref.New(m, c)
	})
}

func TestCloseFreesAll(t *testing.T) {
	enginetest.Frees(t, enginetest.Networks()[:2], nil, func(m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) { return cpuref.New(m, c), nil })
}

func TestWrongStates(t *testing.T) {
	enginetest.WrongStates(t, enginetest.Networks(), func(_ testing.TB, m *dynamics.Model, c *connectome.Connectome) sim.Engine {
		return cpuref.New(m, c)
	})
}

func TestProcedural(t *testing.T) {
	enginetest.RunProcedural(t, enginetest.Procedural(true), func(_ testing.TB, m *dynamics.Model, c *connectome.Connectome) sim.Engine {
		return cpuref.New(m, c)
	})
}

func TestLearns(t *testing.T) {
	enginetest.Learns(t, func(_ testing.TB, m *dynamics.Model, c *connectome.Connectome) sim.Engine {
		return cpuref.New(m, c)
	}, 1<<30, 1<<31, network.MaxRun-100)
	enginetest.WrongAmplitudes(t)
}
