//go:build cgo && !nogl

package gpu

import (
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A Timer measures how long the device itself works on what is queued between
// Start and Stop. One Timer of a Context runs at a time.
type Timer struct {
	c     *Context
	query uint32
}

// NewTimer makes a timer.
func (c *Context) NewTimer() (*Timer, error) {
	t := &Timer{c: c}
	return t, c.Do(func() error {
		gl.GenQueries(1, &t.query)
		return c.check("making a timer")
	})
}

// Start begins the measurement with whatever is queued next.
func (t *Timer) Start() error {
	return t.c.Do(func() error {
		gl.BeginQuery(gl.TIME_ELAPSED, t.query)
		return t.c.check("starting a timer")
	})
}

// Stop ends it. It does not wait for the device.
func (t *Timer) Stop() error {
	return t.c.Do(func() error {
		gl.EndQuery(gl.TIME_ELAPSED)
		return t.c.check("stopping a timer")
	})
}

// Elapsed waits until the work is done and returns the device's time for it.
func (t *Timer) Elapsed() (time.Duration, error) {
	var ns uint64
	err := t.c.Do(func() error {
		gl.GetQueryObjectui64v(t.query, gl.QUERY_RESULT, &ns)
		return t.c.check("reading a timer")
	})
	return time.Duration(ns), err
}

// Delete frees the timer. Deleting twice is fine.
func (t *Timer) Delete() {
	_ = t.c.Do(func() error {
		gl.DeleteQueries(1, &t.query)
		t.query = 0
		return nil
	})
}

// A clock tells how long a device worked on what is queued between start and stop, beside any Timer. Of a software device, whose
// queries don't see dispatches, it is the time since start: at most that.
type clock struct {
	c       *Context
	queries [2]uint32
	began   time.Time
}

func newClock(c *Context) (*clock, error) {
	k := &clock{c: c}
	if c.device.Software {
		return k, nil
	}
	return k, c.Do(func() error {
		gl.GenQueries(2, &k.queries[0])
		return c.check("making a clock")
	})
}

// start and stop are called on the context's thread.
func (k *clock) start() { k.stamp(0); k.began = time.Now() }

func (k *clock) stop() { k.stamp(1) }

func (k *clock) stamp(i int) {
	if k.queries[i] != 0 {
		gl.QueryCounter(k.queries[i], gl.TIMESTAMP)
		k.c.work.calls++
	}
}

// took is the time, once the work is done.
func (k *clock) took() (took time.Duration, err error) {
	if k.queries[0] == 0 {
		return time.Since(k.began), nil
	}
	err = k.c.Do(func() error {
		var at [2]uint64
		for i, q := range k.queries {
			gl.GetQueryObjectui64v(q, gl.QUERY_RESULT, &at[i])
		}
		took = time.Duration(at[1] - at[0])
		return k.c.check("reading a clock")
	})
	return took, err
}

func (k *clock) delete() {
	_ = k.c.Do(func() error {
		gl.DeleteQueries(2, &k.queries[0]) // silently ignores 0
		k.queries = [2]uint32{}
		return nil
	})
}
