//go:build cgo && !nogl

package gpu

import (
	"errors"
	"time"

	"einet/connectome"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// The kernels that a meter tells apart.
const (
	updating = iota
	delivering
	residing
	metered
)

// A meter counts what an engine does, and has the device time each dispatch. A nil
// meter does nothing.
type meter struct {
	e       *Engine
	byClock bool // dispatches are timed by the host: llvmpipe's timers do not see them
	costs   []cost
	sum     Counters
	began   work // when it was made
	pending map[*batch][]timed
	idle    []*Timer
	took    [metered]time.Duration
	times   [metered]int64

	busy               int64 // work groups with a synapse
	perWindow, perStep int64 // bytes of update for all neurons
	perShare           int64 // bytes that a work group looks up
}

// A timed dispatch is one that was queued.
type timed struct {
	kernel int
	timer  *Timer
}

// Count begins to count, with a timer query for each dispatch; of a software device the
// host waits for each instead. The connectome is that which the engine was made of.
func (e *Engine) Count(syn *connectome.Connectome) error {
	return e.count(syn, e.c.Device().Limits.MaxStorageBlock)
}

// count is Count for pages of at most so many bytes.
func (e *Engine) count(syn *connectome.Connectome, pageBytes int64) error {
	m := &meter{e: e, byClock: e.c.Device().Software, pending: map[*batch][]timed{}}
	drawn, err := isDrawn(syn)
	if err != nil {
		return err
	}
	if m.perShare = shareBytes; drawn {
		m.perShare = drawnShareBytes
		m.costs, m.sum.Serial, m.sum.Turns = drawnCosts(e.model, syn)
	} else {
		m.costs, m.sum.Serial, m.sum.Turns = costs(e.model, layoutPages(static(e.model, syn), form{pageBytes, e.layout.sheets, e.deal.team}), e.deal, e.sums.slice)
	}
	for _, k := range e.layout.plastic {
		addChanged(m.costs, e.model, &syn.Projections[k])
	}
	for i := range e.model.Populations {
		p := &e.model.Populations[i]
		window, step := updateBytes(p)
		m.perWindow, m.perStep = m.perWindow+window*int64(p.Size), m.perStep+step*int64(p.Size)
	}
	return e.c.Do(func() error {
		m.began = e.c.work
		e.meter = m
		return nil
	})
}

// Counters waits for the device and returns what was counted.
func (e *Engine) Counters() (Counters, error) {
	m := e.meter
	if m == nil {
		return Counters{}, errors.New("gpu: Counters: nothing was counted")
	}
	if err := e.wait(); err != nil {
		return Counters{}, err
	}
	s := m.sum
	err := e.c.Do(func() error {
		s.Waits = e.c.work.waits - m.began.waits
		return nil
	})
	s.NeuronSteps = s.Steps * int64(e.layout.neurons)
	s.UpdateBytes = s.Windows*m.perWindow + s.Steps*m.perStep + 4*min(s.Events, s.Steps*m.perStep/4) + spikeBytes*s.Spikes
	s.DeliverBytes += m.perShare * s.Shares
	s.Idle = s.Shares - m.busy
	s.Update, s.Updates = m.took[updating], m.times[updating]
	s.Deliver, s.Delivers = m.took[delivering], m.times[delivering]
	s.Resident, s.GaveUp = m.took[residing], m.e.resident.gaveUp
	return s, err
}

// queueing surrounds the queueing of a batch.
func (m *meter) queueing() (done func()) {
	if m == nil {
		return func() {}
	}
	before := m.e.c.work
	return func() {
		m.sum.Calls += m.e.c.work.calls - before.calls
		m.sum.Dispatches += m.e.c.work.dispatches - before.dispatches
		m.sum.WaitsWithin += m.e.c.work.waits - before.waits
	}
}

// time queues a dispatch of a batch, on the context's thread, and has it timed.
func (m *meter) time(b *batch, kernel int, dispatch func() error) error {
	if m == nil {
		return dispatch()
	}
	if m.byClock {
		gl.Finish()
		start := time.Now()
		err := dispatch()
		gl.Finish()
		m.took[kernel] += time.Since(start)
		m.times[kernel]++
		return err
	}
	var t *Timer
	if n := len(m.idle); n > 0 {
		t, m.idle = m.idle[n-1], m.idle[:n-1]
	} else {
		var err error
		if t, err = m.e.c.NewTimer(); err != nil {
			return err
		}
	}
	m.pending[b] = append(m.pending[b], timed{kernel, t})
	return errors.Join(t.Start(), dispatch(), t.Stop())
}

// collect counts a batch that is done.
func (m *meter) collect(b *batch) error {
	if m == nil {
		return nil
	}
	for _, p := range m.pending[b] {
		took, err := p.timer.Elapsed()
		if err != nil {
			return err
		}
		m.took[p.kernel] += took
		m.times[p.kernel]++
		m.idle = append(m.idle, p.timer)
	}
	m.pending[b] = m.pending[b][:0]
	s := &m.sum
	s.Batches++
	s.Windows += int64(b.windows)
	if b.wasResident {
		s.ResidentWindows += int64(b.windows)
	}
	for k := range b.windows {
		s.Steps += int64(b.host[k].Steps)
	}
	s.Spikes += int64(len(b.spikes))
	s.Atomics += 2 * int64(len(b.spikes))
	for _, spike := range b.spikes {
		n := m.costs[spike.Neuron].changed
		s.Events, s.Atomics, s.DeliverBytes = s.Events+n, s.Atomics+n, s.DeliverBytes+changedBytes*n
	}
	if b.parts > 0 {
		m.collectSummed(b)
		return nil
	}
	s.Shares += int64(len(b.spikes)) * int64(m.e.rowGroups()) * int64(len(m.e.pages))
	for _, spike := range b.spikes {
		c := &m.costs[spike.Neuron]
		s.Events, s.Atomics, s.DeliverBytes = s.Events+c.events, s.Atomics+c.events, s.DeliverBytes+c.bytes
		m.busy += c.busy
	}
	return nil
}

// collectSummed counts what is delivered with sums: of a spike its events, of which nothing but the target is read; each work group looks at
// the window's spikes once for each lane, at two cuts of one of its own, and adds its sums to the slot, at most as many as there are events.
func (m *meter) collectSummed(b *batch) {
	s, sums, left := &m.sum, &m.e.sums, b.spikes // in the order of windows
	for k := range b.windows {
		spikes, steps := int64(b.done[k].Spikes), int64(b.host[k].Steps)
		if spikes == 0 {
			continue
		}
		events := int64(0)
		for _, x := range left[:spikes] {
			c := &m.costs[x.Neuron]
			events, s.DeliverBytes = events+c.events, s.DeliverBytes+c.summed
		}
		left = left[spikes:]
		adds := min(events, int64(sums.sums)*int64(b.parts)*steps)
		s.Summed++
		s.Events, s.SharedAdds, s.Atomics = s.Events+events, s.SharedAdds+events, s.Atomics+adds
		s.DeliverBytes += 8*adds + spikeBytes*spikes*steps*int64(sums.lanes)
	}
}

// delete frees the timers.
func (m *meter) delete() {
	if m == nil {
		return
	}
	for _, list := range m.pending {
		for _, p := range list {
			p.timer.Delete()
		}
	}
	for _, t := range m.idle {
		t.Delete()
	}
	m.pending, m.idle = nil, nil
}
