package engines

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"einet/connectome"
	"einet/cpu"
	"einet/dynamics"
	"einet/gpu"
	"einet/sim"
)

// A rival is the processor beside a device that was einet's own choice. No device takes less than two dispatches for a window, the
// smallest delay; a small network's the processor does sooner.
type rival struct {
	place      *Place        // the processor
	dispatches time.Duration // that two take the device
	now        func() time.Time
}

// Bounds of what a rival is tried with.
const (
	triedFor      = 4 * time.Millisecond
	triedSynapses = 1 << 24 // an engine of more takes longer to make than the answer is worth
	clearly       = 3       // times by which an estimate may be off
)

// takes is how long a window takes the processor, of one thread by an estimate where it was not tried.
func (r *rival) takes(ctx context.Context, m *dynamics.Model, c *connectome.Connectome) (window time.Duration, tried bool, err error) {
	window = cpu.EstimateWindow(m, c)
	if window > clearly*r.dispatches || c.Synapses() > triedSynapses {
		return window, false, nil
	}
	e, err := r.place.open(ctx, r.place, m, c)
	if err != nil {
		return 0, false, err
	}
	window, err = r.try(ctx, e, m.MinDelay, int(max(1, triedFor/16/max(1, window))))
	return window, true, errors.Join(err, e.Close())
}

// try is how long a window takes an engine: the median of stretches of so many, the first of which warms it up.
func (r *rival) try(ctx context.Context, e sim.Engine, steps, windows int) (time.Duration, error) {
	var spikes []sim.Spike
	var took []time.Duration
	for begin := r.now(); len(took) < 2 || r.now().Sub(begin) < triedFor; {
		start := r.now()
		err := e.Advance(ctx, steps*windows)
		if err == nil {
			spikes, err = e.Spikes(spikes[:0])
		}
		if err != nil {
			return 0, err
		}
		took = append(took, r.now().Sub(start))
	}
	took = took[1:]
	slices.Sort(took)
	return took[len(took)/2] / time.Duration(windows), nil
}

// settle makes the place its rival where that is sooner, and says why it did or did not. A network that can't be tried, the
// engine will tell of.
func (p *Place) settle(ctx context.Context, m *dynamics.Model, c *connectome.Connectome) {
	r := p.rival
	if p.rival = nil; r == nil {
		return
	}
	window, tried, err := r.takes(ctx, m, c)
	if err != nil {
		return
	}
	about := "about "
	if tried {
		about = ""
	}
	what := "a step"
	if m.MinDelay > 1 {
		what = fmt.Sprintf("a window of %d steps", m.MinDelay)
	}
	why := fmt.Sprintf("%s takes the %s engine %s%s, two dispatches take %s %s",
		what, r.place.Name, about, inMicroseconds(window), p.GL.Renderer, inMicroseconds(r.dispatches))
	if window >= r.dispatches {
		p.Why = why
		return
	}
	if err := p.Close(); err != nil {
		p.tell("an OpenGL device did not close", "reason", OneLine(err))
	}
	*p = *r.place
	p.Why = why
}

func inMicroseconds(t time.Duration) string { return fmt.Sprintf("%.3g us", t.Seconds()*1e6) }

// Dispatches is how long a device takes for a window of a small network: two dispatches. It is measured once for each device and
// version of driver and kernels, which the user's cache folder remembers; 0 where it can't be.
func Dispatches(ctx context.Context, c *gpu.Context) time.Duration {
	place := cached("dispatches", c.Device())
	if text, err := os.ReadFile(place); err == nil {
		if ns, err := strconv.ParseInt(string(text), 10, 64); err == nil && ns > 0 {
			return time.Duration(ns)
		}
	}
	took, err := measureDispatches(ctx, c)
	if err != nil {
		return 0
	}
	if place != "" && os.MkdirAll(filepath.Dir(place), 0o777) == nil {
		_ = os.WriteFile(place, strconv.AppendInt(nil, int64(took), 10), 0o666)
	}
	return took
}

// measureDispatches is the time of a window, the shortest of some batches of which the first warms the device up.
func measureDispatches(ctx context.Context, c *gpu.Context) (time.Duration, error) {
	const batches, windows = 6, 64
	net := plainProbe()
	if err := net.Validate(); err != nil {
		return 0, err
	}
	m, err := dynamics.New(net)
	if err != nil {
		return 0, err
	}
	syn, err := Stored.Build(ctx, net, 0)
	if err != nil {
		return 0, err
	}
	e, err := gpu.New(ctx, c, m, syn)
	if err != nil {
		return 0, err
	}
	shortest := time.Duration(0)
	for range batches {
		start := time.Now()
		err = errors.Join(err, e.Advance(ctx, windows*m.MinDelay))
		if took := time.Since(start); shortest == 0 || took < shortest {
			shortest = took
		}
	}
	return max(1, shortest/windows), errors.Join(err, e.Close())
}
