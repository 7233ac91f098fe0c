//go:build cgo && !nogl

package gpu

import (
	"fmt"
	"math"

	"einet/sim"
)

// A gatherer picks numbers out of buffers of state, on the device, so that a few neurons of many
// cost no more than they are.
type gatherer struct {
	program  *Program
	places   *Buffer[uint32] // how many, then the places
	gathered *Buffer[uint32]
	host     []uint32
}

// gatherAtOnce is the most that one dispatch picks.
const gatherAtOnce = 1 << 16

// Bindings of gather.comp.
const bindFrom, bindPlaces, bindGathered = 0, 1, 2

// Gather copies a state variable of neurons of a population, after waiting for the device.
func (e *Engine) Gather(v sim.Variable, pop int, neurons []int, dst []float32) error {
	if err := sim.CheckGather(e.model, v, pop, neurons, dst); err != nil {
		return fmt.Errorf("gpu: %w", err)
	}
	p := &e.model.Populations[pop]
	first := e.layout.place(e.model, pop, v)
	words := make([]uint32, len(dst))
	if err := e.gather(e.states, words, func(k int) int { return first + neurons[k] }); err != nil {
		return err
	}
	for i, w := range words {
		dst[i] = math.Float32frombits(w)
		if v == sim.V {
			dst[i] = p.Absolute(dst[i])
		}
	}
	return nil
}

// gather picks words of a buffer: the k-th from a place.
func (e *Engine) gather(from Storage, dst []uint32, place func(k int) int) error {
	for done := 0; done < len(dst); {
		n := min(gatherAtOnce, len(dst)-done)
		if err := e.gatherSome(from, dst[done:][:n], func(k int) int { return place(done + k) }); err != nil {
			return err
		}
		done += n
	}
	return nil
}

func (e *Engine) gatherSome(from Storage, dst []uint32, place func(k int) int) error {
	g := &e.gatherer
	if err := g.make(e, len(dst)); err != nil {
		return err
	}
	g.host = append(g.host[:0], uint32(len(dst)))
	for k := range dst {
		g.host = append(g.host, uint32(place(k)))
	}
	return e.c.Do(func() error {
		if err := g.places.Upload(0, g.host); err != nil {
			return err
		}
		if err := bindAll(binding{from, bindFrom}, binding{g.places, bindPlaces}, binding{g.gathered, bindGathered}); err != nil {
			return err
		}
		if err := g.program.Dispatch(g.program.Groups(len(dst)), 1, 1); err != nil {
			return err
		}
		return g.gathered.Read(0, dst)
	})
}

// make makes what is needed for so many words.
func (g *gatherer) make(e *Engine, n int) (err error) {
	if g.program == nil {
		if g.program, err = NewProgram(e.c, "gather.comp", nil); err != nil {
			return err
		}
	}
	if g.gathered != nil && g.gathered.Len() >= n {
		return nil
	}
	g.delete()
	if g.places, err = NewBuffer[uint32](e.c, "places to gather", 1+n); err != nil {
		return err
	}
	g.gathered, err = NewBuffer[uint32](e.c, "gathered state", n)
	return err
}

// delete frees the buffers.
func (g *gatherer) delete() {
	if g.places != nil {
		g.places.Delete()
	}
	if g.gathered != nil {
		g.gathered.Delete()
	}
	g.places, g.gathered = nil, nil
}
