package main

import (
	"context"
	"errors"
	"fmt"

	"einet/connectome"
	"einet/dynamics"
	"einet/engines"
	"einet/gpu"
)

// synapsesFlag says what becomes of synapses.
type synapsesFlag struct {
	Connectivity string `enum:"stored,procedural" default:"stored" help:"What becomes of the synapses: stored, or procedural: drawn again whenever their neuron fires, which takes longer and next to no memory, and gives the same spikes. Procedural is for the rules fixed_probability, fixed_outdegree, all_to_all and one_to_one."`
}

func (f *synapsesFlag) synapses() engines.Synapses { return engines.Synapses(f.Connectivity) }

// engineFlags choose what simulates.
type engineFlags struct {
	synapsesFlag
	Engine      string `enum:"auto,${engines}" default:"auto" help:"What simulates: ${enum}. auto is gpu where there is a hardware device and the network is not so small that cpu is sooner, else cpu."`
	Device      string `placeholder:"D" help:"OpenGL device of the gpu engine: a number or part of a name, as einet devices lists them. Of einet run also several numbers (0,1,2), each of which is a rank (docs/scaling.md)."`
	Resident    int    `placeholder:"G" help:"The gpu engine takes several windows (stretches of the smallest delay) in one dispatch, by G work groups that must be on the device at once, which is made sure of: an experiment for networks whose windows take no longer than a dispatch does to start. Otherwise each kernel of a window is a dispatch."`
	threadsFlag `set:"of= that build the network and, in the cpu engine, simulate it"`
}

// choice is what the flags mean.
func (f *engineFlags) choice() (engines.Choice, error) {
	if f.Device != "" && f.Engine != engines.Auto && !engines.Named(f.Engine).OnDevices {
		return engines.Choice{}, usage(fmt.Errorf("--device: only the %s engine has devices", engines.GPU.Name))
	}
	switch {
	case f.Resident < 0:
		return engines.Choice{}, usage(fmt.Errorf("--resident %d: must be a number of work groups, or 0 for a dispatch for each kernel", f.Resident))
	case f.Resident > 0 && f.Engine != engines.Auto && !engines.Named(f.Engine).OnDevices:
		return engines.Choice{}, usage(fmt.Errorf("--resident: only the %s engine has dispatches", engines.GPU.Name))
	}
	return engines.Choice{Engine: f.Engine, Device: f.Device, Forms: gpu.Options{Resident: f.Resident}, Threads: f.Threads, Synapses: f.synapses()}, nil
}

// whole is choice, of what one engine simulates as a whole.
func (f *engineFlags) whole() (engines.Choice, error) {
	c, err := f.choice()
	if err == nil && c.IsDivided() {
		err = usage(fmt.Errorf("--device %s: several devices are ranks of one network, which einet run alone makes: name one", f.Device))
	}
	return c, err
}

// choose makes the place ready that the flags mean on this machine, for a network of that model.
func (f *engineFlags) choose(t *terminal, m *dynamics.Model) (*engines.Place, error) {
	choice, err := f.whole()
	if err != nil {
		return nil, err
	}
	p, err := t.gl.Choose(choice, m, t.log.Warn)
	return p, engineFault(err)
}

// engineFault names the flag to an error of the choice of an engine.
func engineFault(err error) error {
	var none *engines.NoDeviceError
	var wrong *gpu.SelectorError
	switch {
	case errors.As(err, &wrong):
		return usage(fmt.Errorf("--device: %w", err))
	case errors.As(err, &none) && errors.Is(err, gpu.ErrUnavailable):
		return machine(fmt.Errorf("--engine %s: %w; --engine %s needs none", none.Kind.Name, none, engines.CPU.Name))
	case errors.As(err, &none):
		return machine(fmt.Errorf("--engine %s: %w", none.Kind.Name, none))
	}
	return err
}

// places are those of some kinds on this machine. With a NoDeviceError those of the other kinds are there.
func (t *terminal) places(kinds []*engines.Kind) (places []*engines.Place, err error) {
	var none error
	for _, k := range kinds {
		some, err := t.gl.Places(k, t.log.Warn)
		var missing *engines.NoDeviceError
		switch {
		case errors.As(err, &missing):
			none = err
		case err != nil:
			return nil, machine(errors.Join(err, engines.CloseAll(places)))
		}
		places = append(places, some...)
	}
	return places, none
}

// A built network is ready for engines.
type built struct {
	model      *dynamics.Model
	connectome *connectome.Connectome
}

// build builds a network which the machine holds, with as many bytes more.
func build(ctx context.Context, s engines.Synapses, m *dynamics.Model, workers int) (built, error) {
	syn, err := s.Build(ctx, m.Network, workers)
	return built{m, syn}, err
}
