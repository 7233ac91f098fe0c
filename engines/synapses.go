package engines

import (
	"context"
	"fmt"
	"math"

	"einet/connectome"
	"einet/dynamics"
	"einet/gpu"
	"einet/host"
	"einet/network"
)

// Synapses says what becomes of a network's synapses.
type Synapses string

const (
	Stored     Synapses = "stored"
	Procedural Synapses = "procedural" // drawn again whenever their neuron fires
	// Unchosen are stored synapses: where there is no choice.
	Unchosen Synapses = ""
)

// Chosen is what Unchosen stands for, or the choice.
func (s Synapses) Chosen() Synapses {
	if s == Unchosen {
		return Stored
	}
	return s
}

// An InputError is the fault of who asked, not of the machine.
type InputError struct{ Err error }

func (e *InputError) Error() string { return e.Err.Error() }

func (e *InputError) Unwrap() error { return e.Err }

// Build builds the synapses, or what draws them.
func (s Synapses) Build(ctx context.Context, net *network.Network, workers int) (*connectome.Connectome, error) {
	if s == Procedural {
		return connectome.Procedural(ctx, net, workers)
	}
	return connectome.Build(ctx, net, workers)
}

// Size is the expected number of a network's synapses, and the bytes that they are stored in. It is an InputError where they
// can't be drawn again and are to be.
func (s Synapses) Size(net *network.Network) (n, bytes int64, err error) {
	n, bytes = connectome.Estimate(net)
	if s != Procedural {
		return n, bytes, nil
	}
	if err := connectome.Redrawable(net); err != nil {
		return 0, 0, &InputError{fmt.Errorf("--connectivity procedural: %s: %w", net.Name, err)}
	}
	return n, 0, nil
}

// Holds is an error unless the machine takes a network's synapses and state, and as many bytes more.
func (s Synapses) Holds(m *dynamics.Model, more int64) error {
	synapses, bytes, err := s.Size(m.Network)
	if err != nil {
		return err
	}
	need := float64(bytes) + float64(m.StateBytes()) + float64(more)
	have, ok := host.AvailableMemory()
	if !ok || need <= float64(have) {
		host.CollectWithin(have)
		return nil
	}
	net, remedy := m.Network, " or fewer synapses"
	switch {
	case s == Procedural:
		remedy = ""
	case s.advisable(net):
		remedy = ", fewer synapses or --connectivity procedural"
	}
	if ring := m.ArrivingBytes(); float64(ring) > need/2 {
		remedy = fmt.Sprintf(" or a smaller largest delay (now %d steps), for input on its way takes %s", m.MaxDelay, host.Bytes(ring))
	}
	return fmt.Errorf("%s: %s neurons and %s synapses need %s of memory, %s are available: use fewer neurons (--scale)%s",
		net.Name, host.Count(int64(net.Neurons())), host.Count(synapses), host.Bytes(int64(min(need, math.MaxInt64/2))), host.Bytes(have), remedy)
}

// advisable is true where synapses are stored and need not be.
func (s Synapses) advisable(net *network.Network) bool {
	return s == Stored && connectome.Redrawable(net) == nil
}

// Fits is an error unless the place, and the host beside it, take a network, and the host as many bytes more.
func (p *Place) Fits(m *dynamics.Model, s Synapses, more int64) error {
	if !p.OnDevices {
		if s != Procedural {
			more += p.Copied(m.Network, p.Threads)
		}
		return s.Holds(m, more)
	}
	_, bytes, err := s.Size(m.Network)
	if err != nil {
		return err
	}
	have, known := host.AvailableMemory()
	if known {
		have = max(1, have-more)
	}
	err = gpu.Fits(p.GL, m, bytes, have)
	switch {
	case err != nil && s.advisable(m.Network) && gpu.Fits(p.GL, m, 0, have) == nil:
		err = fmt.Errorf("%w (or --connectivity procedural)", err)
	case err == nil && s == Procedural:
		err = gpu.FitsDraws(p.GL, m.Network)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", m.Network.Name, err)
	}
	return nil
}

// Model is that of a network which this machine holds, with as many bytes more.
func (s Synapses) Model(net *network.Network, more int64) (*dynamics.Model, error) {
	m, err := dynamics.New(net)
	if err != nil {
		return nil, &InputError{err}
	}
	return m, s.Holds(m, more)
}
