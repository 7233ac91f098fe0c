package experiment

import (
	"path/filepath"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"einet/record"
	"einet/sim"
)

// unsaved is an engine at step 7 that hands out no state.
type unsaved struct{ sim.Engine }

func (unsaved) Step() int64 { return 7 }

// saving is one that does.
type saving struct{ sim.Saver }

func (saving) Step() int64 { return 7 }

// A checkpoint that is due and can't be written is told of once, whatever the reason.
func TestMissingCheckpointsAreTold(t *testing.T) {
	for _, c := range []struct {
		engine sim.Engine
		why    string
	}{
		{unsaved{}, "the engine can't go on from one"},
		{saving{}, "the engine is at step 7, and what is recorded at step 5"},
	} {
		files, err := record.NewSet(record.Look(filepath.Join(t.TempDir(), "run")))
		require.NoError(t, err)
		var told []any
		r := &simulation{engine: c.engine, files: files, o: Options{Watch: Watch{Warn: func(message string, args ...any) {
			told = append(append(told, message), args...)
		}}}}
		for range 3 {
			r.save(&recorders{reached: 5}, &outputs{}, sim.Times{})
		}
		require.Equal(t, []any{"no checkpoint could be written", "reason", c.why}, told)
		require.False(t, r.saved.there)
		require.NotZero(t, r.saved.last, "the next is due later")
		files.Abort()
	}
}

// Replicas say once that they have no checkpoints, unless none were asked for.
func TestReplicasTellOfNoCheckpoints(t *testing.T) {
	told := make(chan string, 2)
	tell := func(every time.Duration) {
		e := &ensemble{simulation: &simulation{o: Options{CheckpointEvery: every, Watch: Watch{Warn: func(message string, _ ...any) { told <- message }}}}}
		e.tellOfNoCheckpoints(time.Millisecond)
	}
	tell(-1)
	select {
	case said := <-told:
		t.Fatal(said)
	case <-time.After(50 * time.Millisecond):
	}
	tell(0)
	require.Contains(t, <-told, "replicas have no checkpoints")
	require.Empty(t, told)
}

// set is a time on a clock that was set forward by so many seconds: what it shows jumps, and what it has counted since the start does not.
func set(t time.Time, seconds int64) time.Time {
	*(*uint64)(unsafe.Pointer(&t)) += uint64(seconds) << 30 // the seconds of what it shows
	return t
}

// Checkpoints come as often as they are to, however the clock is set meanwhile.
func TestCheckpointsWhenTheClockJumps(t *testing.T) {
	const years = 10 * 365 * 86_400
	start := time.Now()
	require.Equal(t, years*time.Second, set(start, years).Round(0).Sub(start.Round(0)), "the clock jumps")
	for _, jump := range []int64{0, years, -years, 3600, -3600} {
		passed := time.Duration(0)
		r := &simulation{saved: saved{last: start, clock: func() time.Time { return set(start.Add(passed), jump) }}}
		require.False(t, r.due(), "%d s", jump)
		passed = checkpointEvery - 1
		require.False(t, r.due(), "%d s", jump)
		passed = checkpointEvery
		require.True(t, r.due(), "%d s", jump)
		if jump != 0 { // the control: by what is shown it would be wrong
			shown := func() time.Duration { return r.saved.now().Round(0).Sub(start.Round(0)) }
			require.NotEqual(t, checkpointEvery, shown())
		}
	}
}
