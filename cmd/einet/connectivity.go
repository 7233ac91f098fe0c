package main

import (
	"context"
	"errors"
	"fmt"

	"einet/connectome"
	"einet/dynamics"
)

// procedural is true where synapses are not stored but drawn again for each spike.
func (c *runCmd) procedural() bool { return c.Connectivity == "procedural" }

// chooseRedrawing is resolve for procedural connectivity, which the gpu engine has none of. The memory
// that counts is that of the neurons.
func (r *simulation) chooseRedrawing(m *dynamics.Model) (*chosen, error) {
	if r.flags.Engine == "gpu" || r.flags.Device != "" {
		return nil, usage(errors.New("--connectivity procedural: the gpu engine stores its synapses: must be --engine cpu or reference"))
	}
	if err := connectome.Redrawable(r.net); err != nil {
		return nil, usage(fmt.Errorf("--connectivity procedural: %w", err))
	}
	if have, ok := availableMemory(); ok && m.StateBytes() > have {
		return nil, machine(fmt.Errorf("%s: the state of %d neurons needs %s of memory, %s are available: use fewer neurons (--scale)",
			r.net.Name, r.net.Neurons(), inBytes(m.StateBytes()), inBytes(have)))
	}
	name := r.flags.Engine
	if name == "auto" {
		name = "cpu"
	}
	return &chosen{name: name, threads: r.flags.Threads}, nil
}

// connect builds the synapses, or what draws them.
func (r *simulation) connect(ctx context.Context) (*connectome.Connectome, error) {
	if r.flags.procedural() {
		return connectome.Procedural(ctx, r.net, r.flags.Threads)
	}
	return connectome.Build(ctx, r.net, r.flags.Threads)
}
