//go:build cgo && !nogl

package gpu

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A Fence is a place in the device's queue of work.
type Fence struct {
	c    *Context
	sync uintptr
}

// Fence marks the end of the work queued so far and has the driver start on it.
func (c *Context) Fence() (*Fence, error) {
	f := &Fence{c: c}
	return f, c.Do(func() error {
		f.sync = gl.FenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
		gl.Flush()
		c.work.calls += 2
		return c.check("placing a fence")
	})
}

// Wait returns when the device has reached the fence, or with ctx's error. It
// frees the fence once reached; another Wait then returns at once. Between short waits
// other goroutines have their turn on the context's thread.
func (f *Fence) Wait(ctx context.Context) error {
	const turn = 20 * time.Millisecond
	for {
		if done, err := f.poll(turn); done || err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// Done tells, without waiting, whether the device has reached the fence.
func (f *Fence) Done() (bool, error) { return f.poll(0) }

func (f *Fence) poll(timeout time.Duration) (done bool, err error) {
	err = f.c.Do(func() error {
		if f.sync == 0 {
			done = true
			return nil
		}
		switch status := gl.ClientWaitSync(f.sync, gl.SYNC_FLUSH_COMMANDS_BIT, uint64(timeout)); status {
		case gl.ALREADY_SIGNALED, gl.CONDITION_SATISFIED:
			done = true
			f.delete()
			f.c.work.waits++
			return f.c.check("the work before a fence")
		case gl.TIMEOUT_EXPIRED:
			return nil
		default:
			if err := f.c.check("waiting for a fence"); err != nil {
				return err
			}
			return fmt.Errorf("gpu: waiting for a fence: status %#x", status)
		}
	})
	return done, err
}

// behind looks for the signs that work before a fence was done, of which there has been word. Where there are none the word may have come too early: then
// more is queued and waited for, and they are looked for once more. Only what is still not done was dropped. (glFinish would not do: that of zink, Mesa 22.3, returns
// at once where all that there is was flushed.)
func (c *Context) behind(look func() error) error {
	err := look()
	if !errors.Is(err, ErrLost) {
		return err
	}
	if c.Do(c.queueMore) != nil {
		return err
	}
	return look()
}

// queueMore queues a copy and waits for it, on the context's thread.
func (c *Context) queueMore() error {
	r, err := c.back()
	if err != nil {
		return err
	}
	if err := r.copy(r.numbers, 0, backBytes+4, 4); err != nil {
		return err
	}
	fence, err := c.Fence()
	if err != nil {
		return err
	}
	defer fence.Delete()
	return fence.Wait(context.Background())
}

func (f *Fence) delete() {
	gl.DeleteSync(f.sync)
	f.sync = 0
}

// Delete frees the fence, reached or not. Deleting twice is fine.
func (f *Fence) Delete() {
	_ = f.c.Do(func() error {
		if f.sync != 0 {
			f.delete()
		}
		return nil
	})
}
