package main

import (
	"context"
	"einet/bench"
	"errors"
	"fmt"
	"strings"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/gpu"
	"einet/network"
	"einet/sim"
)

// engineFlags choose what simulates.
type engineFlags struct {
	Engine string `enum:"auto,gpu,reference" default:"auto" help:"What simulates: ${enum}. auto is gpu where there is a hardware device, else reference."`
	Device string `placeholder:"D" help:"OpenGL device of the gpu engine: a number or part of a name, as einet devices lists them."`
}

// An opened engine says what it runs on. Close frees the engine and, where
// there is one, its GL context.
type opened struct {
	sim.Engine
	name    string // gpu or reference
	device  string // renderer, or the processor
	context *gpu.Context
}

func (o *opened) Close() error {
	err := o.Engine.Close()
	if o.context != nil {
		err = errors.Join(err, o.context.Close())
	}
	return err
}

// choose says which engine the flags mean on this machine.
func (f *engineFlags) choose() (string, error) {
	if f.Device != "" && f.Engine == "reference" {
		return "", usage(errors.New("--device: only the gpu engine has devices"))
	}
	if f.Engine != "auto" {
		return f.Engine, nil
	}
	if f.Device != "" {
		return "gpu", nil
	}
	devices, _ := gpu.Devices()
	if len(devices) > 0 && !devices[0].Software {
		return "gpu", nil
	}
	return "reference", nil
}

// start makes an engine at step 0.
func (f *engineFlags) start(ctx context.Context, m *dynamics.Model, c *connectome.Connectome) (*opened, error) {
	name, err := f.choose()
	if err != nil {
		return nil, err
	}
	if name == "reference" {
		return &opened{Engine: cpuref.New(m, c), name: name, device: bench.Processor()}, nil
	}
	g, err := gpu.Open(f.Device)
	if errors.Is(err, gpu.ErrUnavailable) {
		return nil, machine(fmt.Errorf("--engine gpu: %w; --engine reference needs none", err))
	}
	if err != nil {
		return nil, usage(err)
	}
	e, err := gpu.New(ctx, g, m, c)
	if err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return &opened{Engine: e, name: name, device: g.Device().Renderer, context: g}, nil
}

// A built network is ready for engines.
type built struct {
	model      *dynamics.Model
	connectome *connectome.Connectome
}

// estimate is the model of a network that can be built here: its arithmetic is
// exact and its memory there is.
func estimate(net *network.Network) (*dynamics.Model, error) {
	m, err := dynamics.New(net)
	if err != nil {
		return nil, usage(err)
	}
	return m, checkMemory(net, m)
}

// build builds a network, unless it needs more memory than there is.
func build(ctx context.Context, net *network.Network, workers int) (built, error) {
	m, err := estimate(net)
	if err != nil {
		return built{}, err
	}
	c, err := connectome.Build(ctx, net, workers)
	return built{m, c}, err
}

// checkMemory compares what a network's synapses and state need with what the
// machine has.
func checkMemory(net *network.Network, m *dynamics.Model) error {
	synapses, need := connectome.Estimate(net)
	need += m.StateBytes()
	have, ok := availableMemory()
	if !ok || need <= have {
		return nil
	}
	return machine(fmt.Errorf("%s: %s neurons and %s synapses need %s of memory, %s are available: use fewer neurons (--scale) or a smaller p",
		net.Name, strings.ReplaceAll(count(int64(net.Neurons())), " ", ""), strings.ReplaceAll(count(synapses), " ", ""), inBytes(need), inBytes(have)))
}

// inBytes writes a number of bytes with a binary suffix.
func inBytes(n int64) string {
	switch x := float64(n); {
	case x >= 1<<40:
		return fmt.Sprintf("%.1f TiB", x/(1<<40))
	case x >= 1<<30:
		return fmt.Sprintf("%.1f GiB", x/(1<<30))
	case x >= 1<<20:
		return fmt.Sprintf("%.1f MiB", x/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
}
