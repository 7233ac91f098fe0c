//go:build cgo && !nogl

package gpu

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"einet/connectome"
)

func (e *Engine) allocateState() error {
	l := &e.layout
	var err error
	words := make([]uint32, 0, l.stateSize)
	if l.extended {
		words = append(words, 0, math.MaxUint32) // no step failed
	}
	for i := range e.model.Populations {
		words = append(words, initialWords(e.model, i)...)
	}
	words = words[:l.stateSize] // sources of plasticity begin with zeros
	if e.states, err = keep(e, "states", len(words), words); err != nil {
		return err
	}
	if e.tables, err = keep(e, "tables", len(l.tables), l.tables); err != nil {
		return err
	}
	if e.arriving, err = keep[int32](e, "arriving input", l.arrivingNumbers(), nil); err != nil {
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
	pages := layoutPages(syn, form{limit, e.layout.sheets, team})
	firsts, most := make([][]uint32, len(pages)), 1
	for i := range pages {
		firsts[i], most = pages[i].firsts(e.model), max(most, len(pages[i].sheets))
	}
	e.deal = newDeal(firsts, team)
	e.resident.defines, e.resident.sheets = bindingsOfPage(e.layout.deliverDefines(e.deal, most), e.firstOfPage), most
	if e.deliver, err = NewProgram(e.c, "deliver.comp", e.resident.defines); err != nil {
		return err
	}
	for i := range pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		page, err := e.uploadPage(&pages[i], firsts[i], onDevice, fmt.Sprintf("page %d: ", i))
		if err != nil {
			return err
		}
		e.pages = append(e.pages, page)
	}
	return e.sumPages(ctx, syn, pages, most)
}

// uploadPage copies a page, and binds its buffers in the order of their bindings.
func (e *Engine) uploadPage(p *page, firsts []uint32, weights *Buffer[int32], label string) ([]binding, error) {
	reaches := p.reaches(e.model, &e.layout)
	pieces := p.pieces(e.model, firsts)
	ofNeurons, noFirsts := keep(e, label+"first pieces", len(firsts), firsts)
	ofRows, noPieces := keep(e, label+"pieces", len(pieces), pieces)
	where, noReaches := keep(e, label+"reaches", len(reaches), reaches)
	if err := errors.Join(noFirsts, noPieces, noReaches); err != nil {
		return nil, err
	}
	at := e.firstOfPage
	bound := []binding{{ofNeurons, at + bindFirsts}, {ofRows, at + bindPieces}, {where, at + bindReaches}, {weights, at + bindWeights}}
	targets := make([]*Buffer[uint16], len(p.sheets))
	for k, n := range p.sheets {
		vectors := (n + vectorHalves - 1) / vectorHalves // which are read whole
		var err error
		if targets[k], err = keep[uint16](e, fmt.Sprintf("%stargets %d", label, k), vectors*vectorHalves, nil); err != nil {
			return nil, err
		}
		bound = append(bound, binding{targets[k], at + bindTargets + k})
	}
	for i := range p.segments {
		s := &p.segments[i]
		if err := targets[s.sheet].Upload(s.target, s.targets()); err != nil {
			return nil, err
		}
	}
	return bound, nil
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
	return e.sumDraws(syn, &l)
}
