//go:build cgo && !nogl

package gpu

import (
	"context"
	"errors"
	"slices"

	"einet/connectome"
	"einet/shaders/layout"
	"einet/sim"
)

// A summing is the kernel that has sums in shared memory, accumulate or redraw, and what it works on. It takes the place of deliver in batches
// of many events; which these are only changes how fast they are done.
type summing struct {
	program *Program    // nil: the network is none for it
	pages   [][]binding // as those of deliver
	slices  []int       // work groups of each
	slice   int         // most targets of one
	sums    int         // most of a step
	lanes   int         // of all slices
	events  []float64   // [population] of a spike, in the mean
	parts   int         // of the spikes in the next batch; 0: deliver takes them
}

// HasSums tells whether the engine may have sums in shared memory.
func (e *Engine) HasSums() bool { return e.sums.program != nil }

// Bindings of a page with sums, from that of its first buffer on; weights and targets are deliver's.
const bindSlices, bindLanes, bindCuts = 0, 1, 2

// sumPages uploads what accumulate needs beside the pages, where it may pay and there is room.
func (e *Engine) sumPages(ctx context.Context, syn *connectome.Connectome, pages []page, sheets int) error {
	b, l := e.bounds.sums, &e.layout
	if !b.mayPay(syn) {
		return nil
	}
	slice, team, ok := sliceFor(e.model, syn, b, e.c.Device().Limits.MaxShared)
	if !ok || ctx.Err() != nil {
		return ctx.Err()
	}
	s := layoutSums(e.model, l, pages, slice, team)
	for i := range s.pages {
		p := &s.pages[i]
		cut, noSlices := keep(e, "slices", len(p.slices), p.slices)
		lanes, noLanes := keep(e, "lanes", len(p.lanes), p.lanes)
		cuts, noCuts := keep(e, "cuts", len(p.cuts), p.cuts)
		if err := errors.Join(noSlices, noLanes, noCuts); err != nil {
			return e.withoutSums(err)
		}
		at := e.firstOfPage
		e.sums.pages = append(e.sums.pages, append([]binding{{cut, at + bindSlices}, {lanes, at + bindLanes}, {cuts, at + bindCuts}}, e.pages[i][bindWeights:]...))
	}
	program, err := NewProgram(e.c, "accumulate.comp", bindingsOfPage(l.accumulateDefines(&s, sheets), e.firstOfPage))
	if err != nil {
		return err
	}
	e.sum(program, &s, syn)
	return nil
}

// sumDraws does so for synapses that are drawn again.
func (e *Engine) sumDraws(syn *connectome.Connectome, a *drawLayout) error {
	if !e.bounds.sums.mayPay(syn) {
		return nil
	}
	s, ok := layoutDrawnSums(e.model, &e.layout, syn, e.c.Device().Limits.MaxShared)
	if !ok {
		return nil
	}
	p, at := &s.pages[0], e.firstOfPage
	cut, noSlices := keep(e, "slices", len(p.slices), p.slices)
	shares, noShares := keep(e, "shares of slices", len(p.shares), p.shares)
	if err := errors.Join(noSlices, noShares); err != nil {
		return e.withoutSums(err)
	}
	program, err := NewProgram(e.c, "redraw.comp", bindingsOfPage(a.sumDefines(&e.layout), at))
	if err != nil {
		return err
	}
	e.sums.pages = [][]binding{append([]binding{{cut, at + bindSlices}, {shares, at + bindShares}}, e.pages[0][bindDraws:]...)}
	e.sum(program, &s, syn)
	return nil
}

// withoutSums is no error where there is no room for what sums need.
func (e *Engine) withoutSums(err error) error {
	e.sums = summing{}
	if errors.Is(err, ErrMemory) || errors.Is(err, ErrLimit) {
		return nil
	}
	return err
}

// sum makes the kernel ready.
func (e *Engine) sum(program *Program, s *sumLayout, syn *connectome.Connectome) {
	e.sums.program, e.sums.slice, e.sums.sums, e.sums.events = program, s.slice, s.sums(), make([]float64, len(e.model.Populations))
	for i := range s.pages {
		e.sums.lanes += len(s.pages[i].lanes) + len(s.pages[i].shares)
		e.sums.slices = append(e.sums.slices, len(s.pages[i].slices))
		if n := len(s.pages[i].slices); n > e.c.Device().Limits.MaxWorkGroupCount[0] {
			e.sums.program = nil
		}
	}
	for k := range syn.Projections {
		q := &syn.Projections[k]
		e.sums.events[q.From] += float64(q.Synapses()) / float64(e.model.Populations[q.From].Size)
	}
	e.sums.choose(&e.layout, e.bounds.sums, 0)
}

// choose chooses who delivers the next batch, by the events of a step.
func (s *summing) choose(l *stateLayout, b sumBounds, events float64) {
	if s.program != nil {
		s.parts = partsFor(b, events, s.sums, slices.Max(s.slices)*l.window)
	}
}

// see chooses by the spikes of a batch of so many steps.
func (s *summing) see(e *Engine, spikes []sim.Spike, steps int) {
	if s.program == nil || steps == 0 {
		return
	}
	events := 0.
	for _, x := range spikes {
		i := len(s.events) - 1
		for int(x.Neuron) < e.model.Populations[i].First {
			i--
		}
		events += s.events[i]
	}
	s.choose(&e.layout, e.bounds.sums, events/float64(steps))
}

// pagesOf is what deliver, or what stands for it, works on in a batch.
func (e *Engine) pagesOf(b *batch) [][]binding {
	if b.parts > 0 {
		return e.sums.pages
	}
	return e.pages
}

// launchPage queues the delivery of the spikes of window k through page i, with a barrier of those bits behind.
func (e *Engine) launchPage(b *batch, k, i int, bits uint32) error {
	if b.parts > 0 {
		return e.sums.program.launch(e.sums.slices[i], b.parts, int(b.host[k].Steps), bits)
	}
	return e.deliver.launchIndirect(k*size[layout.Window](), bits)
}
