package cpu

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/cpuref"
	"einet/enginetest"
	"einet/network/language"
	"einet/network/presets"
	"einet/sim"
)

// Windows follow each other through batches of any length, and none takes a mail of which others may still deliver spikes: those of
// windows that ended less than the smallest delay before it began.
func TestWindows(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for _, minDelay := range []int{1, 2, 8} {
		w := windows{minDelay: minDelay}
		var all []window
		for step := int64(0); step < 3000; {
			steps := 1 + rnd.IntN(3*minDelay)
			w.begin(step, steps)
			for i := range len(w.before) {
				require.Contains(t, all, w.at(i), "it is one of those before")
			}
			for i := len(w.before); w.at(i).steps > 0; i++ {
				x := w.at(i)
				require.Equal(t, step, x.n)
				require.LessOrEqual(t, x.steps, minDelay)
				require.LessOrEqual(t, x.mail, minDelay+1)
				for _, o := range all[max(0, len(all)-2*minDelay-2):] {
					if o.last() > x.n-int64(minDelay) {
						require.NotEqual(t, o.mail, x.mail, "%v, %v", o, x)
						require.True(t, i > len(w.before) || slices.Contains(w.before, o), "its spikes are still to be delivered")
					}
				}
				all = append(all, x)
				step = x.last()
			}
		}
	}
}

// A run in pieces of any length gives the same spikes, whatever the delays.
func TestPieces(t *testing.T) {
	for _, delay := range []string{"0.1", "0.8", "{uniform: [0.8, 2]}"} {
		net, err := presets.Load("vogels2005cuba", language.Options{Scale: 0.2, Set: []string{
			"projections.*.delay=" + delay, "projections.I_to_E.delay=1.1"}})
		require.NoError(t, err)
		m, c := enginetest.Build(t, net)
		const steps = 1200
		want := sim.NewDigest()
		require.NoError(t, sim.Run(t.Context(), cpuref.New(m, c), steps, nil, want))
		require.NotZero(t, want.Count())
		for threads := 1; threads <= 3; threads++ {
			t.Run(fmt.Sprintf("%s/%d", delay, threads), func(t *testing.T) {
				e, d, rnd := eager(t, m, c, threads, best()), sim.NewDigest(), rand.New(rand.NewPCG(1, uint64(threads)))
				for e.Step() < steps {
					require.NoError(t, e.Advance(t.Context(), int(min(steps-e.Step(), 1+int64(rnd.IntN(20))))))
					spikes, err := e.Spikes(nil)
					require.NoError(t, err)
					require.NoError(t, d.Spikes(e.Step(), spikes))
				}
				require.Equal(t, want.String(), d.String())
			})
		}
	}
}
