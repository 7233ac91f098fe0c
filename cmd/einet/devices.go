package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"einet/connectome"
	"einet/dynamics"
	"einet/engines"
	"einet/gpu"
	"einet/host"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
)

// devicesCmd shows what can simulate here.
type devicesCmd struct{}

// Run prints them.
func (devicesCmd) Run(ctx context.Context, t *terminal) error {
	memory, known := host.AvailableMemory()
	available := "an unknown amount of memory"
	if known {
		available = host.Bytes(memory)
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "engine %s\t%s, %s available\n", engines.CPU.Name, engines.OnProcessor(engines.CPU, 0).Device(), available)
	fmt.Fprintf(w, "engine %s\tthe same, %s\n", engines.Reference.Name, engines.Reference.Text)
	devices, err := t.gl.Devices()
	if t.gl.Lacks != nil {
		if why := t.gl.Lacks(devices); why != "" {
			t.log.Warn(why)
		}
	}
	if len(devices) == 0 {
		fmt.Fprintf(w, "engine %s\tunavailable: %s\n", engines.GPU.Name, engines.OneLine(err))
		return w.Flush()
	}
	if err != nil {
		engines.TellOfDevices(t.log.Warn, err)
	}
	for _, d := range devices {
		if err := ctx.Err(); err != nil {
			return err
		}
		show(w, d, memory)
	}
	return w.Flush()
}

func show(w *tabwriter.Writer, d gpu.Device, hosts int64) {
	kind := "hardware"
	if d.Software {
		kind = "software: computes on the CPU"
	}
	l := d.Limits
	fmt.Fprintf(w, "\nengine %s, --device %d\t%s (%s)\n", engines.GPU.Name, d.Index, d.Renderer, kind)
	fmt.Fprintf(w, "  driver\t%s; OpenGL %s; through %s\n", d.Vendor, d.Version, d.Platform)
	memory := "not told by the driver"
	if l.MemoryBytes > 0 && l.FreeBytes > 0 {
		memory = fmt.Sprintf("%s, %s free", host.Bytes(l.MemoryBytes), host.Bytes(l.FreeBytes))
	} else if l.Free() > 0 {
		memory = host.Bytes(l.Free())
	} else if d.Software {
		memory = "the host's"
	}
	fmt.Fprintf(w, "  memory\t%s\n", memory)
	fmt.Fprintf(w, "  storage blocks\t%d of %s\n", l.MaxStorageBlocks, host.Bytes(l.MaxStorageBlock))
	fmt.Fprintf(w, "  work groups\t%d x %d x %d of %d invocations, %s shared\n",
		l.MaxWorkGroupCount[0], l.MaxWorkGroupCount[1], l.MaxWorkGroupCount[2], l.MaxInvocations, host.Bytes(int64(l.MaxShared)))
	for _, kind := range []struct{ name, set string }{{"largest ei (p 0.25)", ""}, {"largest ei at in-degree 1000", "p"}} {
		n, why := largest(d, hosts, kind.set != "")
		fmt.Fprintf(w, "  %s\t%s; beyond: %v\n", kind.name, n, why)
	}
}

// largest finds the largest network ei, to two digits, that fits a device, at
// its probability or at an in-degree of 1000, and what stops the next.
func largest(d gpu.Device, hosts int64, sparse bool) (string, error) {
	try := func(neurons int) (synapses int64, err error) {
		net, err := sized(neurons, sparse)
		if err != nil {
			return 0, err
		}
		m, err := dynamics.New(net)
		if err != nil {
			return 0, err
		}
		synapses, bytes := connectome.Estimate(net)
		return synapses, gpu.Fits(d, m, bytes, hosts)
	}
	best, text := 0, "none"
	var why error
	for step := 1_000_000_000; step >= 1000; step /= 10 {
		for best+step < 100*step || best == 0 {
			synapses, err := try(best + step)
			if err != nil {
				why = err
				break
			}
			best += step
			text = fmt.Sprintf("%s neurons, %s synapses", host.Spaced(int64(best)), host.Spaced(synapses))
		}
	}
	return text, why
}

// sized is the network ei with a number of neurons; if sparse, with an in-degree of 1000 and unscaled weights and inputs.
func sized(neurons int, sparse bool) (*network.Network, error) {
	opts := language.Options{Scale: float64(neurons) / 10_000}
	if sparse {
		opts.Set = []string{fmt.Sprintf("projections.*.p=%g", min(1, 1000/float64(neurons))), "scale={}"}
	}
	return presets.Load(presets.Default, opts)
}
