// Package bench measures how fast engines are. Its one invariant: what is
// compared is measured in one run, side by side, on the same network, and every
// engine's digest stands beside its time, so that no speed is bought with other
// spikes.
package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"einet/connectome"
	"einet/dynamics"
	"einet/network"
	"einet/sim"
)

// A Result is the times of one engine on one network: medians over the
// repetitions.
type Result struct {
	Network    string        `json:"network"`
	Neurons    int           `json:"neurons"`
	Synapses   int64         `json:"synapses"`
	Bytes      int64         `json:"synapse_bytes"`
	Build      time.Duration `json:"build_ns"`
	Engine     string        `json:"engine"`
	Device     string        `json:"device"`
	ModelMs    float64       `json:"model_ms"`
	Steps      int64         `json:"steps"`
	Simulate   time.Duration `json:"simulate_ns"` // without loading the engine
	Spread     float64       `json:"spread"`      // (slowest - fastest) / median
	Spikes     int64         `json:"spikes"`
	Deliveries int64         `json:"deliveries"` // synaptic events, from the spikes and their sources' synapses
	Digest     string        `json:"digest"`
}

// RealTimeFactor is wall time over model time.
func (r *Result) RealTimeFactor() float64 { return r.Simulate.Seconds() / (r.ModelMs / 1000) }

// PerNeuronStep is the time for a neuron and step, deliveries included [ns].
func (r *Result) PerNeuronStep() float64 {
	return float64(r.Simulate.Nanoseconds()) / float64(r.Steps) / float64(r.Neurons)
}

// PerDelivery is the time for a synaptic event, updates included [ns].
func (r *Result) PerDelivery() float64 {
	return float64(r.Simulate.Nanoseconds()) / float64(max(1, r.Deliveries))
}

// Network measures engines on one network: builds it once, then simulates
// `steps` steps `repetitions` times with each engine, after one warm-up of a
// tenth of the steps. done is called with each result.
func Network(ctx context.Context, net *network.Network, steps int64, repetitions int, engines []sim.Backend, done func(Result)) error {
	start := time.Now()
	c, err := connectome.Build(ctx, net, 0)
	if err != nil {
		return err
	}
	base := Result{
		Network: net.Name, Neurons: net.Neurons(), Synapses: c.Synapses(), Bytes: c.Bytes(),
		Build: time.Since(start), ModelMs: float64(steps) * net.Dt, Steps: steps,
	}
	m, err := dynamics.New(net)
	if err != nil {
		return err
	}
	degrees := outDegrees(m, c)
	for _, e := range engines {
		r := base
		r.Engine, r.Device = e.Name, e.Device
		if err := r.measure(ctx, e, m, c, repetitions, degrees); err != nil {
			return fmt.Errorf("%s on %s: %w", e.Name, e.Device, err)
		}
		done(r)
	}
	return nil
}

func (r *Result) measure(ctx context.Context, e sim.Backend, m *dynamics.Model, c *connectome.Connectome, repetitions int, degrees []int64) error {
	if _, err := r.once(ctx, e, m, c, max(1, r.Steps/10), degrees); err != nil {
		return err
	}
	var times []time.Duration
	for range repetitions {
		took, err := r.once(ctx, e, m, c, r.Steps, degrees)
		if err != nil {
			return err
		}
		times = append(times, took)
	}
	slices.Sort(times)
	r.Simulate = times[len(times)/2]
	r.Spread = float64(times[len(times)-1]-times[0]) / float64(r.Simulate)
	return nil
}

// once simulates from step 0 and returns the wall time without the loading.
func (r *Result) once(ctx context.Context, e sim.Backend, m *dynamics.Model, c *connectome.Connectome, steps int64, degrees []int64) (time.Duration, error) {
	engine, err := e.Open(ctx, m, c)
	if err != nil {
		return 0, err
	}
	defer engine.Close()
	r.Deliveries = 0
	digest := sim.NewDigest()
	events := sim.SpikeSink(func(_ int64, spikes []sim.Spike) error {
		for _, s := range spikes {
			r.Deliveries += degrees[s.Neuron]
		}
		return nil
	})
	start := time.Now()
	err = sim.Run(ctx, engine, steps, nil, digest, events)
	took := time.Since(start)
	r.Spikes, r.Digest = digest.Count(), digest.String()
	return took, err
}

// outDegrees is the number of synapses of each neuron, by global id.
func outDegrees(m *dynamics.Model, c *connectome.Connectome) []int64 {
	last := m.Populations[len(m.Populations)-1]
	degrees := make([]int64, last.First+last.Size)
	for _, p := range c.Projections {
		for i := range p.Blocks {
			for j := range p.Blocks[i].Sources() {
				degrees[m.Populations[p.From].First+j] += int64(len(p.Blocks[i].Row(j)))
			}
		}
	}
	return degrees
}
