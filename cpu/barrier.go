package cpu

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A barrier holds workers until all parties have come. It may be used again at
// once. Waiting is busy at first, for a window takes microseconds and waking a
// thread as long; then the processor is given up.
type barrier struct {
	parties int32
	spins   int // looks before a worker sleeps; 0 where there are fewer processors than parties

	arrived  atomic.Int32
	_        [60]byte // what waiters look at has a cache line of its own
	phase    atomic.Uint32
	_        [60]byte
	sleepers atomic.Int32
	mu       sync.Mutex
	woken    sync.Cond
}

// spinsBeforeSleep takes about 20 us.
const spinsBeforeSleep = 1 << 14

func (b *barrier) init() { b.woken.L = &b.mu }

// set prepares a barrier that nobody waits at.
func (b *barrier) set(parties int) {
	b.parties, b.spins = int32(parties), 0
	if parties <= runtime.GOMAXPROCS(0) {
		b.spins = spinsBeforeSleep
	}
}

// wait returns when all parties have called it. What they wrote before, each
// sees after.
func (b *barrier) wait() {
	if b.parties == 1 {
		return
	}
	// Once this worker is counted, the others may go on and set the barrier anew.
	phase, parties, spins := b.phase.Load(), b.parties, b.spins
	if b.arrived.Add(1) == parties {
		b.arrived.Store(0)
		b.phase.Add(1)
		if b.sleepers.Load() > 0 {
			b.mu.Lock()
			b.woken.Broadcast()
			b.mu.Unlock()
		}
		return
	}
	for range spins {
		if b.phase.Load() != phase {
			return
		}
	}
	b.sleep(phase)
}

// sleep counts the sleeper before it looks again, and the last to arrive moves
// the phase before it looks for sleepers: one of them sees the other.
func (b *barrier) sleep(phase uint32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sleepers.Add(1)
	defer b.sleepers.Add(-1)
	for b.phase.Load() == phase {
		b.woken.Wait()
	}
}
