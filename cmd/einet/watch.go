package main

import (
	"fmt"

	"einet/experiment"
	"einet/network"
)

// watch shows on the terminal how a run of a network goes.
func (t *terminal) watch(net *network.Network, quiet bool) experiment.Watch {
	say := func(line string) { fmt.Fprintf(t.err, "einet: %s\n", line) }
	w := experiment.Watch{
		Warn: t.log.Warn, Say: func(line string) { t.told = true; say(line) },
		Progress: func(steps int64) (update func(step, spikes int64), end func()) {
			p := newProgress(t, quiet, net.Dt, steps)
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
