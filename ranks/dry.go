package ranks

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"time"

	"einet/dynamics"
	"einet/sim"
)

// A Dry is one rank of several as it was measured alone, the others' spikes being made up.
type Dry struct {
	Ranks, Rank  int
	Neurons      int // of the rank
	All          int // of the network
	Synapses     int64
	SynapseBytes int64         // with the rows of all sources
	StateBytes   int64         // of the rank's neurons, with input on its way
	Build        time.Duration // of the synapses and the engine
	Windows      int           // that were measured
	WindowSteps  int
	Window       time.Duration // a window of the rank: update, delivery, and the receipt of spikes; the shortest of some stretches
	Told         float64       // bytes that all ranks tell each other in a window, at the rate
	Fired        float64       // spikes of a neuron of the rank in a second of model time [Hz]
}

// stretches are how often a dry run measures.
const stretches = 5

// DryRun simulates one of n ranks of a network for so many windows, and half as many before that are not measured. Every neuron of other ranks
// fires at random hz times in a second; the rank's own spikes stand for themselves to nobody.
func DryRun(ctx context.Context, m *dynamics.Model, n, rank, windows int, hz float64, b Build) (*Dry, error) {
	e := newEngine(m, n)
	start := time.Now()
	if err := e.open(ctx, rank, b); err != nil {
		return nil, err
	}
	r := e.members[0]
	defer func() { _ = e.closeMembers() }()
	if r.engine == nil {
		return nil, errors.New("the rank has no neurons: use fewer ranks")
	}
	d := &Dry{Ranks: n, Rank: rank, All: m.Network.Neurons(), Synapses: e.synapses, SynapseBytes: e.bytes, StateBytes: r.model.StateBytes(), Build: time.Since(start), WindowSteps: e.window}
	per := hz * m.Network.Dt / 1000 // spikes of a neuron in a step
	for i := range r.model.Populations {
		if p := &r.model.Populations[i]; !p.IsSource() {
			d.Neurons += p.Size
		}
	}
	for i := range m.Populations {
		if p := &m.Populations[i]; !p.IsSource() {
			d.Told += 8 * per * float64(e.window) * float64(p.Size)
		}
	}
	random := rand.New(rand.NewPCG(1, uint64(rank)))
	var spikes []sim.Spike
	runtime.GC() // what building left must not be cleared away while windows are timed
	pass := func(windows int) (time.Duration, error) {
		took := time.Duration(0)
		for range windows {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			step := r.engine.Step()
			spikes = madeUp(spikes[:0], r.model, random, step, e.window, per)
			start := time.Now()
			r.advance(e.window)
			if r.err != nil {
				return 0, r.err
			}
			if err := r.engine.Receive(step+int64(e.window), spikes); err != nil {
				return 0, err
			}
			took += time.Since(start)
			d.Fired += float64(len(r.own))
		}
		return took / time.Duration(windows), nil
	}
	each := max(1, windows/stretches)
	if _, err := pass(max(1, windows/2)); err != nil {
		return nil, err
	}
	d.Fired = 0
	for range stretches {
		took, err := pass(each)
		if err != nil {
			return nil, err
		}
		if d.Window == 0 || took < d.Window {
			d.Window = took
		}
		d.Windows += each
	}
	d.Fired /= float64(d.Neurons) * float64(d.Windows*e.window) * m.Network.Dt / 1000
	return d, nil
}

// madeUp appends spikes of a part's relays in the steps behind step, each of which a neuron fires in with that probability.
func madeUp(dst []sim.Spike, m *dynamics.Model, random *rand.Rand, step int64, steps int, probability float64) []sim.Spike {
	if !(probability > 0) {
		return dst
	}
	skip := 1 / math.Log1p(-min(probability, 0.5))
	for k := range steps {
		for i := range m.Populations {
			p := &m.Populations[i]
			if !p.Relays {
				continue
			}
			for at := math.Log(1-random.Float64()) * skip; at < float64(p.Size); at += 1 + math.Floor(math.Log(1-random.Float64())*skip) {
				dst = append(dst, sim.Spike{Step: uint32(step) + uint32(k) + 1, Neuron: uint32(p.First) + uint32(at)})
			}
		}
	}
	return dst
}

// A Link is what connects machines.
type Link struct {
	Latency   time.Duration // of a message
	Bandwidth float64       // bytes in a second, of each rank
}

// Exchange is how long all of n ranks take to tell each other that many bytes altogether, as a gather in rounds does it (Thakur, Rabenseifner
// and Gropp, Int. J. High Perform. Comput. Appl. 19:49, 2005): a message a round, in which what a rank has got so far doubles.
func (l Link) Exchange(n int, bytes float64) time.Duration {
	if n < 2 {
		return 0
	}
	rounds := math.Ceil(math.Log2(float64(n)))
	return time.Duration(rounds*float64(l.Latency) + bytes*float64(n-1)/float64(n)/l.Bandwidth*1e9)
}
