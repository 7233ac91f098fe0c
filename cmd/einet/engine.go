package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"einet/bench"
	"einet/connectome"
	"einet/cpu"
	"einet/cpuref"
	"einet/dynamics"
	"einet/gpu"
	"einet/sim"
)

// engineFlags choose what simulates.
type engineFlags struct {
	connectivityFlag
	Engine  string `enum:"auto,gpu,cpu,reference" default:"auto" help:"What simulates: ${enum}. auto is gpu where there is a hardware device, else cpu."`
	Device  string `placeholder:"D" help:"OpenGL device of the gpu engine: a number or part of a name, as einet devices lists them."`
	Threads int    `placeholder:"N" help:"Threads that build the network and, in the cpu engine, simulate it; otherwise one for each processor."`
}

// A chosen engine is ready for a network: its device is open, its arithmetic is
// exact and there is memory for the network.
type chosen struct {
	name    string          // gpu, cpu or reference
	threads int             // of cpu
	context *gpu.Context    // of gpu
	retreat func(why error) // of auto's gpu: tells that the cpu engine takes over; nil: it must not
}

// Close frees the device.
func (c *chosen) Close() error {
	if c.context == nil {
		return nil
	}
	return c.context.Close()
}

// resolve chooses the engine that the flags mean on this machine for a network
// of that model. With no model, memory is not looked at.
func (f *engineFlags) resolve(t *terminal, m *dynamics.Model) (*chosen, error) {
	if m != nil {
		if _, _, err := f.synapses(m.Network); err != nil {
			return nil, err
		}
	}
	name, err := f.pick(t)
	if err != nil {
		return nil, err
	}
	if name != "gpu" {
		return f.onProcessor(name, m)
	}
	if !f.auto() {
		return f.open(t, m, nil)
	}
	devices, _ := t.gl.devices()
	retreat := func(why error) {
		t.log.Warn("not the gpu engine but the cpu engine simulates", "device", devices[0].Renderer, "reason", oneLine(why))
	}
	c, err := f.open(t, m, &devices[0])
	if err != nil {
		retreat(err)
		return f.onProcessor("cpu", m)
	}
	c.retreat, c.threads = retreat, f.Threads
	return c, nil
}

// onProcessor chooses the engine cpu or reference.
func (f *engineFlags) onProcessor(name string, m *dynamics.Model) (*chosen, error) {
	c := &chosen{name: name, threads: f.Threads}
	if m == nil {
		return c, nil
	}
	return c, f.holds(m, f.kept(name, m.Network, f.Threads))
}

// auto is true where the choice between the engines is einet's.
func (f *engineFlags) auto() bool { return f.Engine == "auto" && f.Device == "" }

// pick is the name of the engine that the flags mean.
func (f *engineFlags) pick(t *terminal) (string, error) {
	if f.Device != "" && (f.Engine == "cpu" || f.Engine == "reference") {
		return "", usage(errors.New("--device: only the gpu engine has devices"))
	}
	if f.Engine != "auto" {
		return f.Engine, nil
	}
	if f.Device != "" {
		return "gpu", nil
	}
	devices, err := t.gl.hardware()
	if len(devices) > 0 {
		return "gpu", nil
	}
	if err != nil && !errors.Is(err, gpu.ErrUnavailable) {
		t.warnDevices(err)
	}
	return "cpu", nil
}

// warnDevices tells of devices that did not open while others did.
func (t *terminal) warnDevices(err error) {
	t.log.Warn("some OpenGL devices did not open", "reason", oneLine(err))
}

// open opens the device that the flags name, which must be fit for a network of
// that model. Where the caller knows it from a list, it is given too.
func (f *engineFlags) open(t *terminal, m *dynamics.Model, known *gpu.Device) (*chosen, error) {
	g, err := t.gl.open(f.Device)
	var wrong *gpu.SelectorError
	switch {
	case errors.As(err, &wrong):
		return nil, usage(fmt.Errorf("--device: %w", err))
	case errors.Is(err, gpu.ErrUnavailable):
		return nil, machine(fmt.Errorf("--engine gpu: %s; --engine cpu needs none", oneLine(err)))
	case err != nil:
		return nil, machine(fmt.Errorf("--engine gpu: %s", oneLine(err)))
	}
	device := g.Device()
	if known != nil {
		device = *known
	}
	if err := t.gl.probe(g); err != nil {
		return nil, machine(errors.Join(err, g.Close()))
	}
	if m != nil {
		if err := f.fits(device, m); err != nil {
			return nil, errors.Join(err, g.Close())
		}
	}
	return &chosen{name: "gpu", context: g}, nil
}

// An opened engine says what it runs on. Close frees the engine and, where
// there is one, its GL context.
type opened struct {
	sim.Engine
	name    string // gpu, cpu or reference
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

// start makes an engine at step 0, which takes over the device.
func (c *chosen) start(ctx context.Context, m *dynamics.Model, syn *connectome.Connectome) (*opened, error) {
	switch c.name {
	case "reference":
		return &opened{Engine: cpuref.New(m, syn), name: c.name, device: bench.Processor()}, nil
	case "cpu":
		return onProcessor(m, syn, c.threads), nil
	}
	e, err := gpu.New(ctx, c.context, m, syn)
	if err == nil {
		return &opened{Engine: e, name: c.name, device: c.context.Device().Renderer, context: c.context}, nil
	}
	err = errors.Join(err, c.context.Close())
	if c.retreat == nil || ctx.Err() != nil {
		return nil, err
	}
	c.retreat(err)
	return onProcessor(m, syn, c.threads), nil
}

func onProcessor(m *dynamics.Model, syn *connectome.Connectome, threads int) *opened {
	return &opened{Engine: cpu.New(m, syn, threads), name: "cpu", device: processor(threads)}
}

// processor is what the cpu engine runs on with that many threads (0: all).
func processor(threads int) string {
	device := bench.Processor() + ", " + cpu.Kernel()
	if threads > 0 {
		device += fmt.Sprintf(", %d used", threads)
	}
	return device
}

// choose says which engine the flags mean on this machine.
func (f *engineFlags) choose() (string, error) { return f.pick(onStandardError()) }

// start makes an engine at step 0 for a network that is built.
func (f *engineFlags) start(ctx context.Context, m *dynamics.Model, syn *connectome.Connectome) (*opened, error) {
	c, err := f.resolve(onStandardError(), nil)
	if err != nil {
		return nil, err
	}
	return c.start(ctx, m, syn)
}

// onStandardError is a terminal for those who have none at hand.
func onStandardError() *terminal {
	return &terminal{err: os.Stderr, log: logger(os.Stderr, false), gl: thisMachine()}
}

// A built network is ready for engines.
type built struct {
	model      *dynamics.Model
	connectome *connectome.Connectome
}

// inBytes writes a number of bytes with a binary suffix.
func inBytes(n int64) string {
	x, suffix := float64(n)/(1<<10), "KiB"
	for _, larger := range []string{"MiB", "GiB", "TiB", "PiB"} {
		if x >= 1<<10 {
			x, suffix = x/(1<<10), larger
		}
	}
	return fmt.Sprintf("%.1f %s", x, suffix)
}

// oneLine joins the causes of an error in one line.
func oneLine(err error) string {
	return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ")
}
