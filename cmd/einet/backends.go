package main

import (
	"context"
	"errors"
	"fmt"

	"einet/bench"
	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/gpu"
	"einet/sim"
)

// reference is the engine that all others are held to.
func reference() sim.Backend {
	return sim.Backend{
		Name: "reference", Device: bench.Processor(),
		Open: func(_ context.Context, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
			return cpuref.New(m, c), nil
		},
	}
}

// onDevice is the gpu engine on an open context.
func onDevice(g *gpu.Context) sim.Backend {
	return sim.Backend{
		Name: "gpu", Device: g.Device().Renderer,
		Open: func(ctx context.Context, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
			return gpu.New(ctx, g, m, c)
		},
	}
}

// backends are the named engines of this machine, the gpu engine once for every
// OpenGL device, and a function that closes what they share.
func backends(names []string) (list []sim.Backend, closeAll func(), err error) {
	var open []*gpu.Context
	closeAll = func() {
		for _, g := range open {
			g.Close()
		}
	}
	for _, name := range names {
		if name == "reference" {
			list = append(list, reference())
			continue
		}
		devices, err := gpu.Devices()
		if err != nil && !errors.Is(err, gpu.ErrUnavailable) {
			return nil, closeAll, err
		}
		for _, d := range devices {
			g, err := gpu.Open(fmt.Sprint(d.Index))
			if err != nil {
				return nil, closeAll, err
			}
			open = append(open, g)
			list = append(list, onDevice(g))
		}
	}
	return list, closeAll, nil
}
