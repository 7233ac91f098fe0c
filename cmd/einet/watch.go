package main

import (
	"fmt"

	"einet/experiment"
)

// watch shows on the terminal how a run goes.
func (t *terminal) watch(quiet bool) experiment.Watch {
	say := func(line string) { fmt.Fprintf(t.err, "einet: %s\n", line) }
	w := experiment.Watch{
		Warn: t.log.Warn, Say: func(line string) { t.told = true; say(line) },
		Progress: func(dt float64, first, last int64) (update func(step, spikes int64), end func()) {
			p := newProgress(t, quiet, dt, first, last)
			return p.update, p.done
		},
		Trials: func(n int) (one, end func()) {
			c := newCounter(t, quiet, n)
			return c.add, c.done
		},
	}
	if !quiet {
		w.WarnOfResults = func(message string) { t.log.Warn(message) }
		w.Mention = say
	}
	return w
}
