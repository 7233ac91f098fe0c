package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"einet/live"
)

// viewCmd shows a network while it is simulated.
type viewCmd struct {
	networkFlags
	engineFlags
	outFlag `set:"out=what is saved goes; otherwise results/NAME-view. Where that folder is there, another one beside it"`
}

// Run opens the window, in the build that can.
func (c *viewCmd) Run(ctx context.Context, t *terminal) error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return machine(errors.New("view: there is no display (DISPLAY is not set): einet run simulates without one, and draws figures"))
	}
	if !live.Built {
		return machine(fmt.Errorf("view: %w", t.becomeForWindow(ctx)))
	}
	net, err := c.load(ctx, nil)
	if err != nil {
		return err
	}
	if c.Threads < 0 || c.Threads > mostThreads {
		return usage(fmt.Errorf("--threads %d: must be from 1 to %d, or 0 for one each processor", c.Threads, mostThreads))
	}
	choice, err := c.whole()
	if err != nil {
		return err
	}
	err = live.View(ctx, net, live.Options{Choice: choice, OpenGL: t.gl, Tell: t.log.Warn, Out: c.Out})
	if errors.Is(err, live.ErrNoWindow) {
		return machine(fmt.Errorf("view: %w", err))
	}
	return engineFault(err)
}

// becomeForWindow replaces this process by the sibling, which opens windows.
func (t *terminal) becomeForWindow(ctx context.Context) error {
	if _, err := ask(ctx, greet); err != nil {
		return err
	}
	return t.become(ctx, sighting{})
}
