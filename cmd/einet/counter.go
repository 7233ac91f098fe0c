package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// A counter shows how many of a number of simulations are done.
type counter struct {
	t      *terminal
	total  int
	mu     sync.Mutex
	n      int
	start  time.Time
	spoken time.Time
	bar    *progressbar.ProgressBar
}

// newCounter begins at none. A quiet counter shows nothing.
func newCounter(t *terminal, quiet bool, total int) *counter {
	c := &counter{t: t, total: total, start: time.Now(), spoken: time.Now()}
	if quiet {
		c.t = nil
		return c
	}
	if t.tty {
		c.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(t.err), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetWidth(20), progressbar.OptionShowCount(), progressbar.OptionSetDescription("simulations"))
	}
	return c
}

// add counts one more. It may be called from several goroutines.
func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	now := time.Now()
	switch {
	case c.t == nil:
	case c.bar != nil:
		_ = c.bar.Add(1) // a terminal that doesn't take it does not stop the run
	case now.Sub(c.spoken) >= progressEvery:
		left := now.Sub(c.start) / time.Duration(c.n) * time.Duration(max(0, c.total-c.n))
		fmt.Fprintf(c.t.err, "einet: %d of %d simulations, about %v left\n", c.n, c.total, left.Round(time.Second))
		c.spoken = now
	}
}

// done clears the bar.
func (c *counter) done() {
	if c.bar != nil {
		_ = c.bar.Clear()
	}
}
