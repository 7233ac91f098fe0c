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
		return 0, 0, usage(fmt.Errorf("--connectivity procedural: %s: %w", net.Name, err))
	}
	return n, 0, nil
}

// kept is the bytes that an engine of so many threads keeps of the synapses beside the connectome.
func (c *connectivityFlag) kept(engine string, net *network.Network, threads int) int64 {
	if engine != "cpu" || c.procedural() {
		return 0
	}
	return cpu.CopiedBytes(net, threads)
}

// holds is an error unless the machine takes a network's synapses and state, and the bytes kept
// beside.
func (c *connectivityFlag) holds(m *dynamics.Model, kept int64) error {
	synapses, bytes, err := c.synapses(m.Network)
	if err != nil {
		return err
	}
	need := float64(bytes) + float64(m.StateBytes()) + float64(kept)
	have, ok := availableMemory()
	if !ok || need <= float64(have) {
		collectWithin(have)
		return nil
	}
	net, remedy := m.Network, " or fewer synapses"
	switch {
	case c.procedural():
		remedy = ""
	case c.advisable(net):
		remedy = ", fewer synapses or --connectivity procedural"
	}
	if float64(m.ArrivingBytes()) > need/2 {
		remedy = fmt.Sprintf(" or a smaller largest delay (now %d steps), for input on its way takes %s", m.MaxDelay, inBytes(m.ArrivingBytes()))
	}
	return machine(fmt.Errorf("%s: %s neurons and %s synapses need %s of memory, %s are available: use fewer neurons (--scale)%s",
		net.Name, digits(int64(net.Neurons())), digits(synapses), inBytes(int64(min(need, math.MaxInt64/2))), inBytes(have), remedy))
}

// advisable is true where synapses are stored and need not be.
func (c *connectivityFlag) advisable(net *network.Network) bool {
	return c.Connectivity == "stored" && connectome.Redrawable(net) == nil // "": the command has no such flag
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
	err = gpu.Fits(d, m, bytes, have)
	switch {
	case err != nil && c.advisable(m.Network) && gpu.Fits(d, m, 0, have) == nil:
		err = fmt.Errorf("%w (or --connectivity procedural)", err)
	case err == nil && c.procedural():
		err = gpu.FitsDraws(d, m.Network)
	}
	if err != nil {
		return machine(fmt.Errorf("%s: %w", m.Network.Name, err))
	}
	return nil
}

// estimate is the model of a network that can be built here for an engine ("": for none): its
// arithmetic is exact and its memory there is.
func (c *connectivityFlag) estimate(net *network.Network, engine string, threads int) (*dynamics.Model, error) {
	m, err := dynamics.New(net)
	if err != nil {
		return nil, usage(err)
	}
	return m, c.holds(m, c.kept(engine, net, threads))
}

// build builds a network for an engine, or none, unless it needs more memory than there is.
func (c *connectivityFlag) build(ctx context.Context, net *network.Network, engine string, workers int) (built, error) {
	m, err := c.estimate(net, engine, workers)
	if err != nil {
		return built{}, err
	}
	syn, err := c.connect(ctx, net, workers)
	return built{m, syn}, err
}
