package main

import (
	"context"
	"fmt"
	"math"
	"strings"

	"einet/connectome"
	"einet/cpu"
	"einet/dynamics"
	"einet/gpu"
	"einet/network"
)

// connectivityFlag says what becomes of synapses.
type connectivityFlag struct {
	Connectivity string `enum:"stored,procedural" default:"stored" help:"What becomes of the synapses: stored, or procedural: drawn again whenever their neuron fires, which takes longer and next to no memory, and gives the same spikes. Procedural is for the rules fixed_probability, fixed_outdegree, all_to_all and one_to_one."`
}

// procedural is true where synapses are not stored but drawn again for each spike.
func (c *connectivityFlag) procedural() bool { return c.Connectivity == "procedural" }

// connect builds the synapses, or what draws them.
func (c *connectivityFlag) connect(ctx context.Context, net *network.Network, workers int) (*connectome.Connectome, error) {
	if c.procedural() {
		return connectome.Procedural(ctx, net, workers)
	}
	return connectome.Build(ctx, net, workers)
}

// synapses is the expected number of a network's synapses, and the bytes that they are stored in. It is an
// error where they can't be drawn again and are to be.
func (c *connectivityFlag) synapses(net *network.Network) (n, bytes int64, err error) {
	n, bytes = connectome.Estimate(net)
	if !c.procedural() {
		return n, bytes, nil
	}
	if err := connectome.Redrawable(net); err != nil {
		return 0, 0, usage(fmt.Errorf("--connectivity procedural: %w", err))
	}
	return n, 0, nil
}

// holds is an error unless the machine takes a network's synapses and state, and what the cpu engine
// keeps beside the synapses that are stored.
func (c *connectivityFlag) holds(m *dynamics.Model, engine string) error {
	synapses, bytes, err := c.synapses(m.Network)
	if err != nil {
		return err
	}
	need := float64(bytes) + float64(m.StateBytes())
	if engine == "cpu" && !c.procedural() {
		need += float64(cpu.CopiedBytes(m.Network, 0))
	}
	have, ok := availableMemory()
	if !ok || need <= float64(have) {
		return nil
	}
	net, remedy := m.Network, ""
	switch {
	case c.procedural():
	case connectome.Redrawable(net) == nil:
		remedy = ", a smaller p or --connectivity procedural"
	default:
		remedy = " or fewer synapses"
	}
	return machine(fmt.Errorf("%s: %s neurons and %s synapses need %s of memory, %s are available: use fewer neurons (--scale)%s",
		net.Name, digits(int64(net.Neurons())), digits(synapses), inBytes(int64(min(need, math.MaxInt64/2))), inBytes(have), remedy))
}

// digits is a number without its spaces.
func digits(n int64) string { return strings.ReplaceAll(count(n), " ", "") }

// fits is an error unless a device, and the host beside it, take a network.
func (c *connectivityFlag) fits(d gpu.Device, m *dynamics.Model) error {
	_, bytes, err := c.synapses(m.Network)
	if err != nil {
		return err
	}
	have, _ := availableMemory()
	if err := gpu.Fits(d, m, bytes, have); err != nil {
		return machine(fmt.Errorf("%s: %w", m.Network.Name, err))
	}
	return nil
}

// estimate is the model of a network that can be built here for an engine ("": for none): its
// arithmetic is exact and its memory there is.
func (c *connectivityFlag) estimate(net *network.Network, engine string) (*dynamics.Model, error) {
	m, err := dynamics.New(net)
	if err != nil {
		return nil, usage(err)
	}
	return m, c.holds(m, engine)
}

// build builds a network for no engine in particular, unless it needs more memory than there is.
func (c *connectivityFlag) build(ctx context.Context, net *network.Network, workers int) (built, error) {
	m, err := c.estimate(net, "")
	if err != nil {
		return built{}, err
	}
	syn, err := c.connect(ctx, net, workers)
	return built{m, syn}, err
}
