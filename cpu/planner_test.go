package cpu

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// run plans and learns on a machine where a step takes one worker and all that long, and returns
// the steps of each.
func run(p *planner, batches int, took [2]time.Duration) (steps [2]int) {
	for range batches {
		b := p.next(1 << 20)
		which := min(b.workers-1, 1)
		steps[which] += b.steps
		p.learn(b, 0, time.Duration(b.steps)*took[which])
	}
	return steps
}

// A planner does with one worker or with all what is faster, and hardly anything else; it sees
// when that changes.
func TestPlanner(t *testing.T) {
	const us = time.Microsecond
	newOne := func() *planner { return &planner{window: 1, workers: 2, update: 5000} }
	for _, took := range [][2]time.Duration{{5 * us, 3 * us}, {5 * us, 8 * us}, {5 * us, 2 * us}} {
		p := newOne()
		steps := run(p, 1000, took)
		faster := 0
		if took[1] < took[0] {
			faster = 1
		}
		require.Greater(t, float64(steps[faster]), 0.97*float64(steps[0]+steps[1]), "%v", took)
		require.NotZero(t, steps[1-faster])

		took[1-faster] = took[faster] / 2
		before := run(p, 2*probeEvery, took)
		after := run(p, 1000, took)
		require.NotZero(t, before[faster])
		require.Greater(t, float64(after[1-faster]), 0.97*float64(after[0]+after[1]), "the other way round")
	}

	p := newOne()
	p.update = 2*nsPerWorker - 1
	require.Zero(t, run(p, 100, [2]time.Duration{us, us / 2})[1], "too little for two workers")
	p = newOne()
	p.always = true
	require.Zero(t, run(p, 100, [2]time.Duration{us, 2 * us})[0])
}
