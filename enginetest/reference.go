package enginetest

import (
	"cmp"
	"context"
	"fmt"
	"testing"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/network"
	"einet/network/language"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// remembered are the results of the reference engine in this process, by the network as text. Many kernels, numbers of threads and drivers
// are held to the same.
var remembered = map[string]any{}

// once makes what belongs to a network and a name when it is asked for first.
func once[T any](t testing.TB, n *network.Network, name string, make func() T) T {
	t.Helper()
	text, err := language.Marshal(n)
	require.NoError(t, err)
	key := fmt.Sprintf("%s of trial %d of\n%s", name, n.Trial, text)
	made, is := remembered[key]
	if !is {
		made = make()
		remembered[key] = made
	}
	return made.(T)
}

// A history is what a reference engine did, of every step that was asked for.
type history struct {
	m      *dynamics.Model
	open   func() *cpuref.Engine
	engine *cpuref.Engine // the newest
	last   int64          // the furthest that one came to
	spikes []sim.Spike    // all up to there
	known  map[question]any
}

// A question is about a variable of a population, or something of a projection, at a step.
type question struct {
	step    int64
	of      any
	ordinal int
}

// at has an engine at a step, a new one if the newest is further.
func (h *history) at(step int64) (*cpuref.Engine, error) {
	if h.engine == nil || h.engine.Step() > step {
		h.engine = h.open()
	}
	err := h.engine.Advance(context.Background(), int(step-h.engine.Step()))
	spikes, also := h.engine.Spikes(nil)
	for _, s := range spikes {
		if int64(s.Step) > h.last {
			h.spikes = append(h.spikes, s)
		}
	}
	h.last = max(h.last, h.engine.Step())
	return h.engine, cmp.Or(err, also)
}

// A reference is the reference engine, as far as others are held to it. It simulates only what its history doesn't know.
type reference struct {
	*history
	step int64
	next int // the place of its next spike among all
}

// newReference is the reference engine of a network.
func newReference(t testing.TB, m *dynamics.Model, c *connectome.Connectome) *reference {
	t.Helper()
	return newReferenceOf(t, m, "as it is", func() *cpuref.Engine { return cpuref.New(m, c) })
}

// newReferenceOf is the one of a network of which something else than Advance is asked, as the name tells.
func newReferenceOf(t testing.TB, m *dynamics.Model, name string, open func() *cpuref.Engine) *reference {
	t.Helper()
	return &reference{history: once(t, m.Network, name, func() *history { return &history{m: m, open: open, known: map[question]any{}} })}
}

// answer is what an engine says at the present step.
func answer[T any](r *reference, of any, ordinal int, ask func(e *cpuref.Engine) (T, error)) (T, error) {
	q := question{r.step, of, ordinal}
	if x, is := r.known[q]; is {
		return x.(T), nil
	}
	var x T
	e, err := r.at(r.step)
	if err != nil {
		return x, err
	}
	if x, err = ask(e); err == nil {
		r.known[q] = x
	}
	return x, err
}

func (r *reference) Step() int64  { return r.step }
func (r *reference) Close() error { return nil }

func (r *reference) Advance(_ context.Context, steps int) error {
	r.step += int64(steps)
	if r.step <= r.last {
		return nil
	}
	_, err := r.at(r.step)
	return err
}

func (r *reference) Spikes(dst []sim.Spike) ([]sim.Spike, error) {
	for ; r.next < len(r.spikes) && int64(r.spikes[r.next].Step) <= r.step; r.next++ {
		dst = append(dst, r.spikes[r.next])
	}
	return dst, nil
}

func (r *reference) Read(v sim.Variable, population, first int, dst []float32) error {
	all, err := answer(r, v, population, func(e *cpuref.Engine) ([]float32, error) {
		all := make([]float32, r.m.Populations[population].Size)
		return all, e.Read(v, population, 0, all)
	})
	copy(dst, all[min(first, len(all)):])
	return err
}

func (r *reference) Gather(v sim.Variable, population int, neurons []int, dst []float32) error {
	e, err := r.at(r.step)
	return cmp.Or(err, e.Gather(v, population, neurons, dst))
}

func (r *reference) Releases(projection, first int, dst []dynamics.Release) error {
	all, err := answer(r, "releases", projection, func(e *cpuref.Engine) ([]dynamics.Release, error) {
		all := make([]dynamics.Release, r.m.Populations[r.m.Projections[projection].From].Size)
		return all, e.Releases(projection, 0, all)
	})
	copy(dst, all[min(first, len(all)):])
	return err
}

func (r *reference) Weights(projection int, dst []uint32) ([]uint32, error) {
	all, err := answer(r, "weights", projection, func(e *cpuref.Engine) ([]uint32, error) { return e.Weights(projection, nil) })
	return append(dst, all...), err
}

func (r *reference) GatherWeights(projection int, synapses []int64, dst []uint32) error {
	e, err := r.at(r.step)
	return cmp.Or(err, e.GatherWeights(projection, synapses, dst))
}
