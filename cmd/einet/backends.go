package main

import (
	"context"
	"errors"
	"fmt"

	"einet/bench"
	"einet/connectome"
	"einet/cpu"
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

// onCPU is the cpu engine with that many threads (0: all).
func onCPU(threads int) sim.Backend {
	return sim.Backend{
		Name: "cpu", Device: processor(threads),
		Open: func(_ context.Context, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
			return cpu.New(m, c, threads), nil
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

// engines are some of the engines of this machine, with what they share.
type engines struct {
	list    []sim.Backend
	devices []gpu.Device // those of the gpu engines in list
	open    []*gpu.Context
	noGPU   error // why there is no gpu engine although one was asked for
}

// Close frees the devices.
func (e *engines) Close() {
	for _, g := range e.open {
		g.Close()
	}
}

// engines are the named engines of this machine, the gpu engine once for every
// OpenGL device. Devices that do not open while others do are told of.
func (t *terminal) engines(names []string) (*engines, error) {
	e := &engines{}
	for _, name := range names {
		switch name {
		case "reference":
			e.list = append(e.list, reference())
			continue
		case "cpu":
			e.list = append(e.list, onCPU(0))
			continue
		}
		if err := t.addDevices(e); err != nil {
			e.Close()
			return nil, err
		}
	}
	return e, nil
}

func (t *terminal) addDevices(e *engines) error {
	devices, err := t.gl.devices()
	switch {
	case len(devices) == 0:
		e.noGPU = err
		return nil
	case err != nil:
		t.warnDevices(err)
	}
	for _, d := range devices {
		g, err := t.gl.open(fmt.Sprint(d.Index))
		if err != nil {
			return machine(errors.New(oneLine(err)))
		}
		e.open = append(e.open, g)
		e.devices = append(e.devices, d)
		e.list = append(e.list, onDevice(g))
	}
	return nil
}

// backends are the named engines of this machine, the gpu engine once for every
// OpenGL device, and a function that closes what they share.
func backends(names []string) (list []sim.Backend, closeAll func(), err error) {
	e, err := onStandardError().engines(names)
	if err != nil {
		return nil, func() {}, err
	}
	return e.list, e.Close, nil
}
