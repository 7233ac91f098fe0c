package experiment

import (
	"path/filepath"
	"testing"
	"time"

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
