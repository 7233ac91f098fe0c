package bench

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"einet/engines"
)

// Times are wall times of repetitions [ns].
type Times []time.Duration

// Median is the middle one, or the mean of the middle two; 0 of none.
func (t Times) Median() time.Duration {
	if len(t) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t))
	return (sorted[(len(t)-1)/2] + sorted[len(t)/2]) / 2
}

// Min is the shortest; 0 of none.
func (t Times) Min() time.Duration {
	if len(t) == 0 {
		return 0
	}
	return slices.Min(t)
}

// Spread is (longest - shortest) / median; 0 of none.
func (t Times) Spread() float64 {
	if t.Median() == 0 {
		return 0
	}
	return float64(slices.Max(t)-slices.Min(t)) / float64(t.Median())
}

// A Subject is a network and its building. MB are 10^6 bytes.
type Subject struct {
	Network      string   `json:"network"`
	Set          []string `json:"set,omitempty"`          // what was changed of it
	Connectivity string   `json:"connectivity,omitempty"` // of Procedural the number of synapses is the expected one
	Seed         uint32   `json:"seed"`
	DtMs         float64  `json:"dt_ms"`
	Neurons      int      `json:"neurons"`
	Draws        int64    `json:"poisson_draws_per_step"`
	Synapses     int64    `json:"synapses"`
	SynapseBytes int64    `json:"synapse_bytes"`
	Build        Times    `json:"build_ns"`
	RestMB       float64  `json:"rest_mb"`       // resident before the network was built; 0: unknown
	BuildPeakMB  float64  `json:"build_peak_mb"` // largest resident size while it was built; 0: unknown
}

// A Result is what one engine took for one network, each repetition from step 0.
type Result struct {
	Subject
	Engine  string `json:"engine"`
	Device  string `json:"device"`
	Threads int    `json:"threads,omitempty"` // of the cpu engine

	Asked      int64    `json:"asked_steps"` // what was to be simulated
	Steps      int64    `json:"steps"`       // and what the limit allowed
	ModelMs    float64  `json:"model_ms"`
	Load       Times    `json:"load_ns"`     // making the engine: its copies of state and synapses, its programs
	Simulate   Times    `json:"simulate_ns"` // without loading
	Spikes     int64    `json:"spikes"`
	Deliveries int64    `json:"deliveries"` // synaptic events: the spikes' synapses
	Digests    []Digest `json:"digests"`
	PeakMB     float64  `json:"peak_mb"` // largest resident size, building included; 0: unknown

	Alone Times `json:"alone_ns,omitempty"` // the engine, which nobody watches, in turn with
	Runs  []Ran `json:"runs,omitempty"`     // what a user runs

	// Parts, see newParts.
	Unconnected Times `json:"without_synapses_ns,omitempty"`
	Undriven    Times `json:"without_synapses_and_poisson_ns,omitempty"`

	Derived Derived `json:"derived"`
}

// Derived is what follows from a Result. The parts are from the fastest
// repetitions, since what disturbs a measurement only adds to it; they are null
// where they were not measured.
type Derived struct {
	MedianS        float64 `json:"simulate_median_s"`
	MinS           float64 `json:"simulate_min_s"`
	Spread         float64 `json:"simulate_spread"` // (longest - shortest) / median
	RealTimeFactor float64 `json:"real_time_factor"`

	PerNeuronStep float64 `json:"all_per_neuron_step_ns"` // the whole time, deliveries included
	PerEvent      float64 `json:"all_per_event_ns"`       // the whole time, updates included

	Update   *float64 `json:"update_per_neuron_step_ns"` // without synapses and Poisson input
	Draw     *float64 `json:"poisson_per_draw_ns"`       // what Poisson input adds
	Delivery *float64 `json:"delivery_per_event_ns"`     // what synapses add
}

// Derive fills in what follows from the times.
func (r *Result) Derive() {
	d := Derived{MedianS: r.Simulate.Median().Seconds(), MinS: r.Simulate.Min().Seconds(), Spread: r.Simulate.Spread()}
	d.RealTimeFactor = d.MedianS / (r.ModelMs / 1000)
	updates := float64(r.Steps) * float64(r.Neurons)
	d.PerNeuronStep = d.MedianS * 1e9 / updates
	if r.Deliveries > 0 {
		d.PerEvent = d.MedianS * 1e9 / float64(r.Deliveries)
	}
	if len(r.Unconnected) > 0 {
		update := r.Unconnected
		if len(r.Undriven) > 0 {
			update = r.Undriven
			d.Draw = per(r.Unconnected.Min()-r.Undriven.Min(), float64(r.Steps)*float64(r.Draws))
		}
		d.Update = per(update.Min(), updates)
		d.Delivery = per(r.Simulate.Min()-r.Unconnected.Min(), float64(r.Deliveries))
	}
	r.Derived = d
}

// per is a time over a number [ns]; nil where noise left nothing of it.
func per(t time.Duration, n float64) *float64 {
	if t <= 0 || n == 0 {
		return nil
	}
	x := float64(t.Nanoseconds()) / n
	return &x
}

// Label names the engine among others of a table: gpu engines by the first word
// of their device, cpu engines by their threads.
func (r *Result) Label() string {
	switch {
	case onDevices(r.Engine):
		word, _, _ := strings.Cut(r.Device, " ")
		return r.Engine + " " + word
	case r.Threads == 1:
		return r.Engine + ", 1 thread"
	case r.Threads > 1:
		return fmt.Sprintf("%s, %d threads", r.Engine, r.Threads)
	}
	return r.Engine
}

// Digest is that of all steps.
func (r *Result) Digest() string {
	if len(r.Digests) == 0 {
		return ""
	}
	return r.Digests[len(r.Digests)-1].Digest
}

// onDevices tells whether the engine of that name runs on OpenGL devices; one of another version may be unknown.
func onDevices(name string) bool {
	k := engines.Named(name)
	return k != nil && k.OnDevices
}
