// Package selftest tries all that the engines of a machine do, in one report for whoever has a GPU. Its one invariant: a fault of
// a device is in the report, and the rest is tried nonetheless.
package selftest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"einet/cpu"
	"einet/engines"
	"einet/gpu"
	"einet/host"
)

// Format is the version of the report's JSON.
const Format = 1

// A Report is what came of a self-test.
type Report struct {
	Format   int          `json:"format"`
	Command  string       `json:"command"`
	Quick    bool         `json:"quick"`
	Machine  host.Machine `json:"machine"`
	Devices  []Device     `json:"devices"`
	Runs     []Run        `json:"runs"`
	Replicas []Replicas   `json:"replicas"`
	Counted  []Counted    `json:"counted"`
	Full     []Full       `json:"memory_near_full"`
	Failed   []string     `json:"failed"` // what must not be; empty: passed
	Seconds  float64      `json:"seconds"`
}

// A Device is an OpenGL device and what probes made of it.
type Device struct {
	gpu.Device
	Arithmetic   string  `json:"arithmetic"` // "", or the fault
	Kernels      string  `json:"kernels"`    // likewise
	ProbeSeconds float64 `json:"probe_seconds"`
}

// A Run is one network on one engine.
type Run struct {
	Work
	Neurons  int     `json:"neurons"`
	Synapses int64   `json:"synapses"`
	ModelMs  float64 `json:"model_ms"`
	Engine   string  `json:"engine"`
	Device   string  `json:"device"`
	Seconds  float64 `json:"seconds"` // the shortest of the repetitions
	Spikes   int64   `json:"spikes"`
	Digest   string  `json:"digest"`
	Equal    bool    `json:"equal"` // to the reference
	Fault    string  `json:"fault,omitempty"`
}

// Replicas are trials that a device simulated all at once.
type Replicas struct {
	Work
	Device  string  `json:"device"`
	Trials  int     `json:"trials"`
	Seconds float64 `json:"seconds"`
	Equal   int     `json:"equal"` // trials with the spikes of the reference
	Fault   string  `json:"fault,omitempty"`
}

// A Counted is what a device was asked for by one form of the kernels, and its time in each kernel.
type Counted struct {
	Work
	Form     string       `json:"form"`
	Device   string       `json:"device"`
	Software bool         `json:"software"` // timed by the host
	Counters gpu.Counters `json:"counters"`
	Fault    string       `json:"fault,omitempty"`
}

// A Full is a run on a device whose memory other buffers nearly fill.
type Full struct {
	Device    string `json:"device"`
	FreeBytes int64  `json:"free_bytes"`   // before
	Filled    int64  `json:"filled_bytes"` // by buffers, which were written
	Equal     bool   `json:"equal"`        // the spikes to the reference's
	Fault     string `json:"fault,omitempty"`
}

// Options say what to try.
type Options struct {
	OpenGL  engines.OpenGL
	Device  string // one of the devices; "": all
	Quick   bool   // small networks, for software devices
	Version string // of einet
	Command string
	Tell    func(what string)
}

// Test tries everything. The error is of a machine without the device, or the context's; faults of devices are in the report.
func Test(ctx context.Context, o Options) (*Report, error) {
	start := time.Now()
	s := &state{o: o, r: &Report{Format: Format, Command: o.Command, Quick: o.Quick, Machine: host.Describe(), Failed: []string{}}}
	s.r.Machine.SIMD, s.r.Machine.Einet = cpu.Kernel(), o.Version
	if err := s.open(); err != nil {
		return nil, err
	}
	defer engines.CloseAll(s.places)
	s.probe(ctx)
	for _, w := range works(o.Quick) {
		if err := s.try(ctx, w); err != nil {
			return nil, err
		}
	}
	s.r.Seconds = time.Since(start).Seconds()
	return s.r, ctx.Err()
}

// A state is a self-test under way.
type state struct {
	o      Options
	r      *Report
	places []*engines.Place // devices
	lost   []*engines.Place // of them
}

// open opens the devices.
func (s *state) open() (err error) {
	tell := func(message string, args ...any) { s.o.Tell(fmt.Sprint(append([]any{message, " "}, args...)...)) }
	if s.o.Device == "" {
		s.places, err = s.o.OpenGL.Places(engines.GPU, tell)
		return err
	}
	c, err := s.o.OpenGL.Open(s.o.Device)
	if err != nil {
		var wrong *gpu.SelectorError
		if errors.As(err, &wrong) {
			return err
		}
		return &engines.NoDeviceError{Kind: engines.GPU, Err: err}
	}
	s.places = []*engines.Place{{Kind: engines.GPU, Context: c, GL: c.Device()}}
	return nil
}

// probe probes every device, also those that the cache folder knows.
func (s *state) probe(ctx context.Context) {
	for _, p := range s.places {
		s.o.Tell("probing " + p.GL.Renderer)
		start := time.Now()
		d := Device{Device: p.GL}
		if err := gpu.Probe(p.Context); err != nil {
			d.Arithmetic = engines.OneLine(err)
			s.fail("%s", d.Arithmetic)
		}
		if err := engines.ProbeKernels(ctx, p.Context); err != nil && ctx.Err() == nil {
			d.Kernels = engines.OneLine(err)
			s.fail("%s", d.Kernels)
			s.isLost(p, err)
		}
		d.ProbeSeconds = time.Since(start).Seconds()
		s.r.Devices = append(s.r.Devices, d)
		s.r.Machine.OpenGL = append(s.r.Machine.OpenGL, fmt.Sprintf("%s; %s %s", d.Renderer, d.Vendor, d.Version))
	}
}

// fail notes what must not be.
func (s *state) fail(format string, args ...any) {
	s.r.Failed = append(s.r.Failed, fmt.Sprintf(format, args...))
}

// isLost leaves a device alone that no longer does what it is given.
func (s *state) isLost(p *engines.Place, err error) {
	if errors.Is(err, gpu.ErrLost) && !slices.Contains(s.lost, p) {
		s.lost = append(s.lost, p)
	}
}

// devices are those that are not lost.
func (s *state) devices() []*engines.Place {
	return slices.DeleteFunc(slices.Clone(s.places), func(p *engines.Place) bool { return slices.Contains(s.lost, p) })
}

// fault is what is said of an error of a device, which is a failure unless the device is just too small.
func (s *state) fault(p *engines.Place, what string, err error) string {
	s.isLost(p, err)
	if !errors.Is(err, gpu.ErrLimit) && !errors.Is(err, gpu.ErrMemory) {
		s.fail("%s on %s: %s", what, p.Device(), engines.OneLine(err))
	}
	return engines.OneLine(err)
}

// WriteJSON writes the report.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
