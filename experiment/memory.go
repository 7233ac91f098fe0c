package experiment

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"einet/host"
)

// errScarce is the error of a run that ends because memory does.
var errScarce = errors.New("memory runs out")

// memoryKept is what is left when a run ends for want of memory, for what is written then; of little memory it is a quarter.
const memoryKept = 64 << 20

// memoryEvery is the time from one look at memory to the next.
const memoryEvery = time.Second

// A memoryWatch ends a run before a limit or the system ends its process, for which there is no last word. What a network needs was
// looked at before; this is for other programs, and limits that are lowered.
type memoryWatch struct {
	left func() (int64, bool)

	mu     sync.Mutex
	kept   int64
	begun  bool
	looked time.Time
}

func newMemoryWatch() *memoryWatch { return &memoryWatch{left: host.MemoryToTheEnd} }

// look is errScarce, with what is left, where that is too little.
func (w *memoryWatch) look() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begun && time.Since(w.looked) < memoryEvery {
		return nil
	}
	left, known := w.left()
	if !w.begun {
		w.begun, w.kept = true, min(memoryKept, left/4)
	}
	if known && left < w.kept {
		debug.FreeOSMemory() // some of it may be garbage
		left, known = w.left()
	}
	w.looked = time.Now()
	if known && left < w.kept {
		return fmt.Errorf("%w: %s are left to this process", errScarce, host.Bytes(left))
	}
	return nil
}

// why is a run's error, or that memory runs out where its context was ended for that.
func why(until context.Context, err error) error {
	if scarce := context.Cause(until); errors.Is(err, context.Canceled) && errors.Is(scarce, errScarce) {
		return scarce
	}
	return err
}
