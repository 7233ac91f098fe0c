// Package engines is the one list of what simulates: the kinds of engine, the places where each runs on a machine, the
// memory that a network needs there, and how engines are opened. Their names stand here and nowhere else; what differs
// between them is asked of the Kind.
package engines

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"einet/connectome"
	"einet/cpu"
	"einet/cpuref"
	"einet/dynamics"
	"einet/gpu"
	"einet/host"
	"einet/network"
	"einet/ranks"
	"einet/sim"
)

// A Kind is one of einet's engines.
type Kind struct {
	Name string
	Text string // what it is, in a few words
	// OnDevices tells that it runs on OpenGL devices, each of which is a place; others run on the processor.
	OnDevices bool
	// HasThreads tells that it simulates with several threads.
	HasThreads bool
	// KeepsConnectome tells that it reads the connectome as long as it simulates; another has a copy of its own.
	KeepsConnectome bool

	copied func(net *network.Network, threads int) int64 // bytes of stored synapses that it keeps beside the connectome; may be nil
	open   func(ctx context.Context, p *Place, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error)
}

// The kinds.
var (
	Reference = &Kind{
		Name: "reference", Text: "one thread, plain Go", KeepsConnectome: true,
		open: func(_ context.Context, _ *Place, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
			return cpuref.New(m, c), nil
		},
	}
	CPU = &Kind{
		Name: "cpu", Text: "SIMD and threads", HasThreads: true, KeepsConnectome: true,
		copied: cpu.CopiedBytes,
		open: func(_ context.Context, p *Place, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
			return cpu.New(m, c, p.Threads), nil
		},
	}
	GPU = &Kind{
		Name: "gpu", Text: "OpenGL 4.3 compute shaders", OnDevices: true,
		open: func(ctx context.Context, p *Place, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
			return gpu.NewWith(ctx, p.Context, m, c, p.Forms)
		},
	}
)

// All are the kinds, first the one that the others are held to.
var All = []*Kind{Reference, CPU, GPU}

// Auto is the name of the choice between GPU and CPU that einet makes.
const Auto = "auto"

// Named is the kind of that name; nil where there is none.
func Named(name string) *Kind {
	for _, k := range All {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// Copied is how many bytes of stored synapses an engine of so many threads (0: one for each processor) keeps beside the
// connectome.
func (k *Kind) Copied(net *network.Network, threads int) int64 {
	if k.copied == nil {
		return 0
	}
	return k.copied(net, threads)
}

// A Place is where a kind of engine runs: on the processor, or on an open OpenGL device. On a processor any number of
// engines may be open at once, on a device those that it has memory for.
type Place struct {
	*Kind
	Threads int          // of an engine on the processor; 0: one for each processor
	Context *gpu.Context // of the device, which Close closes; nil on the processor
	GL      gpu.Device   // as it was found; the device's own Limits hold
	Forms   gpu.Options  // of the device's kernels
	Parts   []*Place     // of the ranks of this process, where the network is divided: see Divided; else nil
	Why     string       // Auto took this place and not another; "": there was no choice

	exchange ranks.Exchange // with the ranks of other processes, or nil

	tell    Tell   // of Auto's GPU: who hears that CPU takes its place; nil: it must not
	threads int    // of that CPU
	rival   *rival // likewise, until an engine is opened; nil: there is none
}

// OnProcessor is a kind that needs no device.
func OnProcessor(k *Kind, threads int) *Place { return &Place{Kind: k, Threads: threads} }

// Device names what the engine runs on: the processor, or the renderer.
func (p *Place) Device() string {
	if p.Parts != nil {
		return p.devicesOfRanks()
	}
	if p.OnDevices {
		return p.GL.Renderer
	}
	name := host.Processor()
	if !p.HasThreads {
		return name
	}
	name += ", " + cpu.Kernel()
	if p.Threads > 0 {
		name += fmt.Sprintf(", %d used", p.Threads)
	}
	return name
}

// Backend is the place for those who compare engines.
func (p *Place) Backend() sim.Backend {
	return sim.Backend{Name: p.Name, Device: p.Device(), Open: p.Open}
}

// Open makes an engine at step 0. Where the choice of the device was einet's own and it fails, or the processor is sooner, the
// place becomes the processor.
func (p *Place) Open(ctx context.Context, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
	p.settle(ctx, m, c)
	e, err := p.open(ctx, p, m, c)
	if err != nil && p.retreat(ctx, err) {
		e, err = p.open(ctx, p, m, c)
	}
	if err != nil {
		return e, err
	}
	if err := startFrom(e, m, c); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// retreat makes the place the processor where it may.
func (p *Place) retreat(ctx context.Context, why error) bool {
	if p.tell == nil || ctx.Err() != nil {
		return false
	}
	why = errors.Join(why, p.Context.Close())
	p.tell(instead, "device", p.GL.Renderer, "reason", OneLine(why))
	device := p.GL.Renderer
	*p = *OnProcessor(CPU, p.threads)
	p.Why = unfit(device, why)
	return true
}

// Together makes replicas of one network that are simulated all at once, each model a trial; nil where the engines are to be
// opened one by one, of which tell hears if the device could but does not.
func (p *Place) Together(ctx context.Context, models []*dynamics.Model, c *connectome.Connectome, tell Tell) (*gpu.Replicas, error) {
	if !p.OnDevices {
		return nil, nil
	}
	r, err := gpu.NewReplicas(ctx, p.Context, models, c)
	switch {
	case err == nil:
		return r, nil
	case errors.Is(err, gpu.ErrLimit):
		tell("replicas are simulated one after another, not each in a work group", "reason", OneLine(err))
		return nil, nil
	case p.retreat(ctx, err):
		return nil, nil
	}
	return nil, err
}

// Side is how many of n engines that share a connectome are to be simulated side by side, and the place of each: as many as there are
// threads, and memory for their state and copies.
func (p *Place) Side(n int, m *dynamics.Model, s Synapses) (int, *Place) {
	if p.OnDevices {
		return 1, p
	}
	threads := p.Threads
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	workers := min(threads, n)
	if have, ok := host.AvailableMemory(); ok {
		each := m.StateBytes()
		if s != Procedural {
			each += p.Copied(m.Network, 1)
		}
		workers = int(max(1, min(int64(workers), have/max(1, each))))
	}
	return workers, OnProcessor(p.Kind, max(1, threads/workers))
}

// Close frees the device.
func (p *Place) Close() error {
	if p.Parts != nil {
		return CloseAll(p.Parts)
	}
	if p.Context == nil {
		return nil
	}
	return p.Context.Close()
}
