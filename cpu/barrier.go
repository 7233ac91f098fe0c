package cpu

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A barrier holds workers until all parties have come. It may be used again at
// once. Each worker raises its own flag and looks at the others': the shortest
// way between two processors.
//
// A waiting worker keeps its processor at first: a window takes microseconds, and waking a thread takes as long. Later it
// gives the processor up.
type barrier struct {
	flags   []flag
	parties int
	spins   int // looks before a worker sleeps; 0 where there are fewer processors than parties

	sleepers atomic.Int32
	mu       sync.Mutex
	woken    sync.Cond
}

// A flag is the number of times that a worker has come, in a cache line of its
// own.
type flag struct {
	phase atomic.Int64
	_     [56]byte
}

// A waiter first looks busySpins times without a break, for 2 to 3 us. Then it lets other goroutines run between its looks,
// for about 100 us. The whole must take far longer than waking a goroutine: workers that slept sooner would only wake each
// other in turns, on one processor.
const (
	busySpins        = 1 << 10
	spinsBeforeSleep = busySpins + 1<<10
)

func newBarrier(workers int) *barrier {
	b := &barrier{flags: make([]flag, workers)}
	b.woken.L = &b.mu
	return b
}

// set prepares for a number of parties, workers 0, 1, ... Worker 0 calls it. Nobody waits at the barrier then, though some may
// not have noticed yet that all have come.
func (b *barrier) set(parties int) {
	b.parties, b.spins = parties, 0
	if parties <= runtime.GOMAXPROCS(0) {
		b.spins = spinsBeforeSleep
	}
	phase := b.flags[0].phase.Load()
	for i := range b.flags[1:parties] {
		b.flags[1+i].phase.Store(phase)
	}
}

// wait returns when all parties have called it. What they wrote before, each
// sees after.
func (b *barrier) wait(worker int) {
	// Once this worker's flag is up, worker 0 may go on and set the barrier anew.
	flags, spins := b.flags[:b.parties], b.spins
	if len(flags) == 1 {
		return
	}
	phase := flags[worker].phase.Add(1)
	if b.sleepers.Load() > 0 {
		b.mu.Lock()
		b.woken.Broadcast()
		b.mu.Unlock()
	}
	for i := range flags {
		for looks := 0; flags[i].phase.Load() < phase; looks++ {
			if looks >= spins {
				b.sleep(&flags[i], phase)
				break
			}
			if looks >= busySpins {
				runtime.Gosched()
			}
		}
	}
}

// sleep counts the sleeper before it looks again, and a worker raises its flag
// before it looks for sleepers: one of them sees the other.
func (b *barrier) sleep(f *flag, phase int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sleepers.Add(1)
	defer b.sleepers.Add(-1)
	for f.phase.Load() < phase {
		b.woken.Wait()
	}
}
