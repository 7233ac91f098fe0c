//go:build cgo && !nogl

package gpu

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"einet/connectome"
	"einet/shaders"
)

// Binding points, as in the shaders. The first three are common to all
// kernels.
const (
	bindWindows, bindRing, bindArriving = 0, 1, 2

	bindPopulations, bindPotentials, bindStates, bindDrives, bindTables = 3, 4, 5, 6, 7 // update

	bindNow = 0 // a uniform block
)

// Those of a page, from that of its first buffer on.
const (
	bindFirsts, bindPieces, bindSegments, bindTargets, bindWeights = 0, 1, 2, 3, 4 // deliver
	bindSources, bindShares, bindDraws, bindCodes                  = 0, 1, 2, 3    // redraw

	ofPage = 5
)

// firstOfPage is the binding of the first buffer of a page: behind those of update where a device has so many, so that all are
// bound once a batch.
func firstOfPage(bindings int) int {
	if bindings < bindTables+1+ofPage {
		return bindArriving + 1
	}
	return bindTables + 1
}

// bindingsOfPage defines the bindings of a page.
func bindingsOfPage(d shaders.Defines, first int) shaders.Defines {
	for k := range ofPage {
		d[fmt.Sprintf("PAGE_%d", k)] = first + k
	}
	return d
}

func (e *Engine) allocateState() error {
	l := &e.layout
	var err error
	if e.potentials, err = keep[float32](e, "membrane potentials", l.neurons, nil); err != nil {
		return err
	}
	if e.states, err = keep[float32](e, "states", l.stateSize, nil); err != nil {
		return err
	}
	for i := range e.model.Populations {
		if err := e.uploadState(i); err != nil {
			return err
		}
	}
	if e.tables, err = keep(e, "tables", len(l.tables), l.tables); err != nil {
		return err
	}
	if e.arriving, err = keep[int32](e, "arriving input", l.slots*l.stride, nil); err != nil {
		return err
	}
	if e.populations, err = keep(e, "populations", len(l.table), l.table); err != nil {
		return err
	}
	// A uniform range begins at a multiple of the device's alignment.
	e.nowStride = max(16, e.c.Device().Limits.UniformAlign)
	numbers := make([]byte, l.windows*e.nowStride)
	for k := range l.windows {
		binary.NativeEndian.PutUint32(numbers[k*e.nowStride:], uint32(k))
	}
	e.now, err = keep(e, "window numbers", len(numbers), numbers)
	return err
}

// uploadState gives the neurons of a population what they begin with.
func (e *Engine) uploadState(i int) error {
	m, s := e.model, &e.layout.states[i]
	if m.Populations[i].IsSource() {
		return nil
	}
	if err := e.potentials.Upload(m.Populations[i].First, m.InitialV(i)); err != nil {
		return err
	}
	put := func(at int, values func() []float32) error {
		if at < 0 {
			return nil
		}
		x := values()
		if x == nil {
			return nil
		}
		return e.states.Upload(at, x)
	}
	for r := range s.g {
		if err := put(s.g[r], func() []float32 { return m.InitialG(i, r) }); err != nil {
			return err
		}
	}
	return errors.Join(
		put(s.threshold, func() []float32 { return m.Thresholds(i) }),
		put(s.bias, func() []float32 { return m.Biases(i) }),
		put(s.ou, func() []float32 { return m.InitialOU(i) }),
	)
}

// uploadPages copies the synapses to the device in pages whose buffers take at
// most limit bytes, segment by segment, without a second copy of them in the
// host's memory.
func (e *Engine) uploadPages(ctx context.Context, syn *connectome.Connectome, limit int64) error {
	weights := newWeightTables(e.model)
	onDevice, err := keep(e, "weights", len(weights.all), weights.all)
	if err != nil {
		return err
	}
	team := teamFor(syn)
	pages := layoutPages(syn, limit, team)
	firsts := make([][]uint32, len(pages))
	for i := range pages {
		firsts[i] = pages[i].firsts(e.model)
	}
	e.deal = newDeal(firsts, team)
	if e.deliver, err = NewProgram(e.c, "deliver.comp", bindingsOfPage(e.layout.deliverDefines(e.deal), e.firstOfPage)); err != nil {
		return err
	}
	for i := range pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		page, err := e.uploadPage(&pages[i], firsts[i], fmt.Sprintf("page %d: ", i))
		if err != nil {
			return err
		}
		e.pages = append(e.pages, append(page, binding{onDevice, e.firstOfPage + bindWeights}))
	}
	return nil
}

func (e *Engine) uploadPage(p *page, firsts []uint32, label string) ([]binding, error) {
	_, segments, _ := p.tables(e.model, &e.layout)
	pieces := p.pieces(e.model, firsts)
	ofNeurons, noFirsts := keep(e, label+"first pieces", len(firsts), firsts)
	ofRows, noPieces := keep(e, label+"pieces", len(pieces), pieces)
	where, noSegments := keep(e, label+"segments", len(segments), segments)
	vectors := (p.targets + vectorHalves - 1) / vectorHalves // which are read whole
	targets, noTargets := keep[uint16](e, label+"targets", vectors*vectorHalves, nil)
	if err := errors.Join(noFirsts, noPieces, noSegments, noTargets); err != nil {
		return nil, err
	}
	for i := range p.segments {
		if err := targets.Upload(p.segments[i].target, p.segments[i].targets()); err != nil {
			return nil, err
		}
	}
	at := e.firstOfPage
	return []binding{{ofNeurons, at + bindFirsts}, {ofRows, at + bindPieces}, {where, at + bindSegments}, {targets, at + bindTargets}}, nil
}

// uploadDraws makes deliver draw the synapses again, which are stored nowhere.
func (e *Engine) uploadDraws(_ context.Context, syn *connectome.Connectome, _ int64) error {
	l, err := layoutDraws(e.c.Device(), e.model, syn, &e.layout)
	if err != nil {
		return err
	}
	if e.deliver, err = NewProgram(e.c, "redraw.comp", bindingsOfPage(l.defines(&e.layout), e.firstOfPage)); err != nil {
		return err
	}
	sources, noSources := keep(e, "sources", len(l.sources), l.sources)
	shares, noShares := keep(e, "shares", len(l.shares), l.shares)
	draws, noDraws := keep(e, "draws", len(l.draws), l.draws)
	codes, noCodes := keep(e, "codes", len(l.tables), l.tables)
	if err := errors.Join(noSources, noShares, noDraws, noCodes); err != nil {
		return err
	}
	at := e.firstOfPage
	page := []binding{{sources, at + bindSources}, {shares, at + bindShares}, {draws, at + bindDraws}, {codes, at + bindCodes}}
	e.pages, e.deal.groups = [][]binding{page}, l.most
	return nil
}
