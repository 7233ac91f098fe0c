package engines

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/gpu"
	"einet/network"
	"einet/sim"
)

// Probe makes sure that a device gives the reference's spikes: its arithmetic each time, and the kernels as its driver compiles
// them once for each device and version of driver and kernels, which the user's cache folder remembers. The error wraps
// gpu.ErrInexact where it does not.
func Probe(c *gpu.Context) error {
	if err := gpu.Probe(c); err != nil {
		return err
	}
	place := cached("probed", c.Device())
	if place != "" {
		if _, err := os.Stat(place); err == nil {
			return nil
		}
	}
	if err := ProbeKernels(context.Background(), c); err != nil {
		return err
	}
	remember(place, c.Device())
	return nil
}

// cached is the file that tells what is known of a device and its driver; "" where there is no folder for it.
func cached(what string, d gpu.Device) string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	key := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %s", d.Vendor, d.Renderer, d.Version, gpu.KernelHash()))
	return filepath.Join(dir, "einet", fmt.Sprintf("%s-%x", what, key[:12]))
}

// remember writes that file. Where it can't be written the device is probed again.
func remember(place string, d gpu.Device) {
	if place == "" || os.MkdirAll(filepath.Dir(place), 0o777) != nil {
		return
	}
	_ = os.WriteFile(place, fmt.Appendf(nil, "%s, OpenGL %s: einet's kernels gave the reference's spikes\n", d.Renderer, d.Version), 0o666)
}

// probeSteps are simulated of each network.
const probeSteps = 50

// ProbeKernels holds the kernels, as a device's driver compiles them, to the reference on small networks that between them have
// every feature: the spikes, and the state after them.
func ProbeKernels(ctx context.Context, c *gpu.Context) error {
	for _, p := range probes() {
		if err := p.check(ctx, c); err != nil {
			return fmt.Errorf("%s: the kernels, on a network for probes (%s): %w", c.Device().Renderer, p.net.Name, err)
		}
	}
	return nil
}

// A probeNetwork is a network that kernels are probed with.
type probeNetwork struct {
	net      *network.Network
	synapses Synapses
	replicas int // that are simulated together, too
	forms    gpu.Options
}

// check simulates on the device and on the reference.
func (p *probeNetwork) check(ctx context.Context, c *gpu.Context) error {
	var models []*dynamics.Model
	var want []sim.Engine
	if err := p.net.Validate(); err != nil {
		return err
	}
	stored, err := Stored.Build(ctx, p.net, 0)
	if err != nil {
		return err
	}
	for k := range max(1, p.replicas) {
		trial := *p.net
		trial.Trial = uint32(k)
		m, err := dynamics.New(&trial)
		if err != nil {
			return err
		}
		models, want = append(models, m), append(want, cpuref.New(m, stored))
		if err := want[k].Advance(ctx, probeSteps); err != nil {
			return err
		}
	}
	spikes := make([][]sim.Spike, len(want))
	for k, e := range want {
		if spikes[k], err = e.Spikes(nil); err != nil {
			return err
		}
	}
	syn, err := p.synapses.Build(ctx, p.net, 0)
	if err != nil {
		return err
	}
	e, err := gpu.NewWith(ctx, c, models[0], syn, p.forms)
	if err != nil {
		return err
	}
	err = errors.Join(compare(ctx, e, want[0], spikes[0], models[0]), e.Close())
	if err != nil || p.replicas == 0 {
		return err
	}
	return p.checkReplicas(ctx, c, models, syn, spikes)
}

// checkReplicas holds replicas to the spikes of the reference, unless the device has no room for them in a work group.
func (p *probeNetwork) checkReplicas(ctx context.Context, c *gpu.Context, models []*dynamics.Model, syn *connectome.Connectome, want [][]sim.Spike) error {
	r, err := gpu.NewReplicas(ctx, c, models, syn)
	switch {
	case errors.Is(err, gpu.ErrLimit):
		return nil
	case err != nil:
		return err
	}
	err = r.Advance(ctx, probeSteps)
	for k := range models {
		got, also := r.Spikes(k, nil)
		if err = errors.Join(err, also); err == nil {
			err = sameSpikes(got, want[k])
		}
	}
	return errors.Join(err, r.Close())
}

// compare simulates and holds spikes and state to the reference's.
func compare(ctx context.Context, e, want sim.Engine, spikes []sim.Spike, m *dynamics.Model) error {
	if err := e.Advance(ctx, probeSteps); err != nil {
		return err
	}
	got, err := e.Spikes(nil)
	if err != nil {
		return err
	}
	if err := sameSpikes(got, spikes); err != nil {
		return err
	}
	for i := range m.Populations {
		x, y := make([]float32, m.Populations[i].Size), make([]float32, m.Populations[i].Size)
		for _, v := range sim.Variables(m, i) {
			if err := errors.Join(e.Read(v, i, 0, x), want.Read(v, i, 0, y)); err != nil {
				return err
			}
			for k := range x {
				if x[k] != y[k] {
					return fmt.Errorf("population %s, neuron %d, variable %d after %d steps: %v, the reference has %v: %w",
						m.Network.Populations[i].Name, k, v, probeSteps, x[k], y[k], gpu.ErrInexact)
				}
			}
		}
	}
	return nil
}

// sameSpikes is an error unless the spikes are those of the reference.
func sameSpikes(got, want []sim.Spike) error {
	if slices.Equal(got, want) {
		return nil
	}
	for k := range min(len(got), len(want)) {
		if got[k] != want[k] {
			return fmt.Errorf("spike %d is of neuron %d in step %d, the reference has neuron %d in step %d: %w",
				k, got[k].Neuron, got[k].Step, want[k].Neuron, want[k].Step, gpu.ErrInexact)
		}
	}
	return fmt.Errorf("%d spikes in %d steps, the reference has %d: %w", len(got), probeSteps, len(want), gpu.ErrInexact)
}
