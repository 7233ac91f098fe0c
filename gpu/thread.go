//go:build cgo && !nogl

package gpu

// #include <pthread.h>
// #include <stdint.h>
// static uintptr_t self(void) { return (uintptr_t)pthread_self(); }
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
)

// A thread runs functions on one operating-system thread, for libraries that
// keep their state by thread.
type thread struct {
	calls   chan func()
	dead    chan struct{}
	id      uintptr
	stopped bool // touched on the thread only
}

func newThread() *thread {
	t := &thread{calls: make(chan func()), dead: make(chan struct{})}
	ready := make(chan struct{})
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		defer close(t.dead)
		t.id = uintptr(C.self())
		close(ready)
		for !t.stopped {
			(<-t.calls)()
		}
	}()
	<-ready
	return t
}

// do runs f on the thread and returns its error. Called on the thread itself it
// just calls f. A panic in f continues in the caller.
func (t *thread) do(f func() error) error {
	select {
	case <-t.dead:
		return ErrClosed
	default:
	}
	if uintptr(C.self()) == t.id {
		return f()
	}
	var (
		// stays so where f ends its goroutine, as testing's FailNow does
		err      = errors.New("gpu: the function ended the context's goroutine")
		panicked string
		done     = make(chan struct{})
	)
	run := func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				panicked = fmt.Sprintf("%v\n\non the GL thread:\n%s", p, debug.Stack())
			}
		}()
		err = f()
	}
	select {
	case t.calls <- run:
	case <-t.dead:
		return ErrClosed
	}
	<-done
	if panicked != "" {
		panic(panicked)
	}
	return err
}
