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
