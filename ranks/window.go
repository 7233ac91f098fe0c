package ranks

import (
	"context"
	"errors"
	"slices"
	"time"

	"einet/sim"
)

// Advance simulates further steps, a window at a time.
func (e *Engine) Advance(ctx context.Context, steps int) error {
	e.followed = e.followed[:0]
	if err := ctx.Err(); err != nil {
		return err
	}
	if e.stopped != nil {
		return e.stopped
	}
	if e.exchange != nil {
		if err := e.tell(ctx, appendInts(nil, opAdvance, steps)); err != nil {
			return err
		}
	}
	return e.advance(ctx, steps)
}

// advance is Advance on each rank.
func (e *Engine) advance(ctx context.Context, steps int) error {
	if e.mayOverlap() {
		err := e.overlap(ctx, steps)
		if err != nil && !errors.Is(err, context.Canceled) {
			e.stopped = err
		}
		return err
	}
	for steps > 0 {
		if e.exchange == nil && ctx.Err() != nil {
			return ctx.Err()
		}
		n := min(steps, e.window)
		halt, err := e.pass(ctx, n)
		if err != nil {
			e.stopped = err
			return err
		}
		if steps -= n; halt && steps > 0 {
			return ctx.Err()
		}
	}
	return nil
}

// pass takes all ranks through a window, and tells whether rank 0 wants no further one.
func (e *Engine) pass(ctx context.Context, steps int) (halt bool, err error) {
	_ = e.each(func(m *member) error { m.advance(steps); return nil }) // errors are looked at by all ranks together
	start := time.Now()
	defer func() { e.exchanging += time.Since(start) }()
	lists, failed, halt, err := e.hear(e.talk(ctx))
	if err != nil {
		return halt, err
	}
	if err := e.take(steps, lists, e.sourcesFired(), failed); err != nil {
		return halt, err
	}
	return halt, e.follow(ctx, steps)
}

// mayOverlap tells whether ranks can exchange the spikes of a window while they are in the next: windows of half the smallest delay allow it. Synapses that
// change need the sources' spikes of a window before the next.
func (e *Engine) mayOverlap() bool {
	return e.exchange != nil && e.window > 1 && e.width == 0 && !e.model.IsPlastic()
}

// overlap is advance where exchanges go on beside windows.
func (e *Engine) overlap(ctx context.Context, steps int) error {
	under := func() (halt bool, err error) { return false, nil } // waits for the exchange that is under way, and takes what it brought
	for steps > 0 {
		n := min(steps, e.window/2)
		_ = e.each(func(m *member) error { m.advance(n); return nil })
		halt, err := under()
		if err != nil {
			return err
		}
		talked, sources := e.talk(ctx), e.sourcesFired()
		under = func() (bool, error) {
			start := time.Now()
			defer func() { e.exchanging += time.Since(start) }()
			lists, failed, halt, err := e.hear(talked)
			if err != nil {
				return halt, err
			}
			return halt, e.take(n, lists, sources, failed)
		}
		if steps -= n; halt && steps > 0 {
			if _, err := under(); err != nil {
				return err
			}
			return ctx.Err()
		}
	}
	_, err := under()
	return err
}

// take makes known what fired on all ranks in the next window, unless one failed.
func (e *Engine) take(steps int, lists [][]sim.Spike, sources []sim.Spike, failed *failure) error {
	e.heard, e.sources = merge(e.heard[:0], lists...), sources
	if failed != nil {
		return e.end(failed)
	}
	e.step += int64(steps)
	e.keep()
	return e.each(func(m *member) error { return m.receive(e.step, e.heard) })
}

// sourcesFired are the spikes of sources in the window that rank 0 has been through.
func (e *Engine) sourcesFired() []sim.Spike {
	if e.members[0].rank != 0 {
		return nil
	}
	return append([]sim.Spike(nil), e.members[0].sources...)
}

// A failure is why a rank got no further than a step.
type failure struct {
	step int64
	err  error
}

// talked is what comes of an exchange: once it is there, of those of this process the error.
type talked struct {
	all  chan [][]uint32
	mine error
	err  error // with all closed
}

// talk begins to tell the other ranks what fired in the window that this one has been through.
func (e *Engine) talk(ctx context.Context) *talked {
	t := &talked{all: make(chan [][]uint32, 1)}
	if e.exchange == nil {
		return t
	}
	m := e.members[0]
	words := []uint32{0}
	if ctx.Err() != nil {
		words[0] = 1
	}
	text, step := "", int64(0)
	if t.mine = m.err; m.err != nil {
		text, step = m.err.Error(), m.engine.Step()
	}
	words = append(appendText(words, text), uint32(step), uint32(len(m.own)))
	words = appendSpikes(words, m.own)
	go func() {
		defer close(t.all)
		all, err := e.exchange.All(ctx, words)
		if t.err = err; err == nil {
			t.all <- all
		}
	}()
	return t
}

// hear is what fired on all ranks in a window, a list each, which of them failed first, and whether rank 0 wants no further window.
func (e *Engine) hear(t *talked) (lists [][]sim.Spike, failed *failure, halt bool, err error) {
	fail := func(step int64, err error) {
		if failed == nil || step < failed.step { // of one step that of the lowest rank, which has the lowest neurons
			failed = &failure{step, err}
		}
	}
	if e.exchange == nil {
		for _, m := range e.members {
			if lists = append(lists, m.own); m.err != nil {
				fail(m.engine.Step(), m.err)
			}
		}
		return lists, failed, false, nil
	}
	all, ok := <-t.all
	if !ok {
		return nil, nil, false, t.err
	}
	for r, words := range all {
		w := message{words: words}
		if w.word() != 0 && r == 0 {
			halt = true
		}
		text, step := w.text(), int64(w.word())
		lists = append(lists, w.spikes(w.int(), nil))
		switch {
		case w.short:
			return nil, nil, halt, &RankError{r, errShort}
		case text != "" && r == e.exchange.Rank():
			fail(step, t.mine)
		case text != "":
			fail(step, &RankError{r, errors.New(text)})
		}
	}
	return lists, failed, halt, nil
}

// merge appends lists that are sorted, and of which each has neurons behind those of the ones before, to dst, sorted.
func merge(dst []sim.Spike, lists ...[]sim.Spike) []sim.Spike {
	for {
		step, some := uint32(0), false
		for _, l := range lists {
			if len(l) > 0 && (!some || l[0].Step < step) {
				step, some = l[0].Step, true
			}
		}
		if !some {
			return dst
		}
		for i, l := range lists {
			n := 0
			for n < len(l) && l[n].Step == step {
				n++
			}
			dst, lists[i] = append(dst, l[:n]...), l[n:]
		}
	}
}

// keep adds the window's spikes to those that Spikes gives, and short-term plasticity takes note of them.
func (e *Engine) keep() {
	if e.members[0].rank != 0 {
		return // nobody asks
	}
	from := len(e.spikes)
	e.spikes = append(e.spikes, e.heard...)
	if len(e.sources) > 0 {
		e.spikes = append(e.spikes, e.sources...)
		slices.SortFunc(e.spikes[from:], compare)
	}
	for _, s := range e.spikes[from:] {
		e.factors = e.releases.Fire(s, e.factors[:0])
	}
}

// end ends the engine at the step before the one that failed.
func (e *Engine) end(f *failure) error {
	e.step = f.step
	late := func(s sim.Spike) bool { return int64(s.Step) > f.step }
	e.heard, e.sources = slices.DeleteFunc(e.heard, late), slices.DeleteFunc(e.sources, late)
	e.keep()
	return f.err
}
