package experiment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"einet/checkpoint"
	"einet/engines"
	"einet/network/language"
	"einet/record"
	"einet/sim"
)

// checkpointEvery is the wall time between checkpoints, and checkpointShare the share of a run that they may take, where
// nothing else is asked for.
const (
	checkpointEvery = 10 * time.Minute
	checkpointShare = 0.02
)

// saved is what became of a run's checkpoints.
type saved struct {
	there bool // one has been written
	last  time.Time
	count int
	took  time.Duration // all
	one   time.Duration // the last
	told  bool          // that one could not be written
	clock func() time.Time
}

// now is the time, whose differences are those of a clock that nobody sets.
func (s *saved) now() time.Time {
	if s.clock != nil {
		return s.clock()
	}
	return time.Now()
}

// due tells whether it is time for a checkpoint.
func (r *simulation) due() bool {
	every := r.o.CheckpointEvery
	if every == 0 {
		every = max(checkpointEvery, time.Duration(float64(r.saved.one)/checkpointShare))
	}
	return every > 0 && r.saved.now().Sub(r.saved.last) >= every
}

// simulate runs the engine to the end, and stops for checkpoints. One is made where the run ends before its time, too.
func (r *simulation) simulate(ctx context.Context, update func(step, spikes int64), rec *recorders, out *outputs) (times sim.Times, err error) {
	if r.saved.last.IsZero() {
		r.saved.last = r.saved.now()
	}
	for {
		spikes := rec.digest.Count()
		until, pause := context.WithCancelCause(ctx)
		some, err := sim.Timed(until, r.engine, r.steps, func(step, further int64) {
			if update != nil {
				update(step, spikes+further)
			}
			if scarce := r.memory.look(); scarce != nil {
				pause(scarce)
			} else if r.due() {
				pause(nil)
			}
		}, rec.all...)
		err = why(until, err)
		pause(nil)
		times.Add(some)
		goesOn := errors.Is(err, context.Canceled) && ctx.Err() == nil
		lost := r.divided != nil && err != nil && !errors.Is(err, context.Canceled) // ranks are at different steps, or gone: the last checkpoint holds
		if goesOn || err != nil && !lost && r.o.CheckpointEvery >= 0 || err == nil && r.o.CheckpointEnd {
			r.save(rec, out, times)
		}
		if !goesOn {
			return times, err
		}
	}
}

// A begun is what a checkpoint says of its run, as JSON.
type begun struct {
	Einet     string   `json:"einet"` // version of the program
	Step      int64    `json:"step"`
	Steps     int64    `json:"steps"` // of the whole run
	Network   string   `json:"network"`
	DiscardMs float64  `json:"discard_ms"`
	Spikes    []string `json:"spikes,omitempty"`
	NoFigures bool     `json:"no_figures,omitempty"`
	FromMs    *float64 `json:"from_ms,omitempty"`
	ToMs      *float64 `json:"to_ms,omitempty"`
	Replay    string   `json:"replay,omitempty"`
	Preset    string   `json:"preset,omitempty"`
	Command   string   `json:"command,omitempty"`
	Before    before   `json:"before"`
}

// before is what the parts of a run have taken that it goes on from.
type before struct {
	sim.Times
	Resumed []float64 `json:",omitempty"` // model times [ms]
}

// save writes a checkpoint. Where it can't be written the run goes on, and says so once. An earlier one is of use yet.
func (r *simulation) save(rec *recorders, out *outputs, times sim.Times) {
	if out.full != nil || out.broken != nil {
		return // the run ends, and says why
	}
	start := r.saved.now()
	engine, can := r.engine.(sim.Saver)
	var err error
	switch {
	case !can:
		err = errors.New("the engine can't go on from one")
	case engine.Step() != rec.reached:
		err = fmt.Errorf("the engine is at step %d, and what is recorded at step %d", engine.Step(), rec.reached)
	default:
		err = record.WriteDurable(r.files.Path(CheckpointFile), func(w io.Writer) error { return r.saveTo(w, engine, rec, out, times) })
	}
	r.saved.last = r.saved.now()
	r.saved.one = r.saved.last.Sub(start)
	r.saved.took += r.saved.one
	if err != nil {
		if !r.saved.told {
			r.o.Watch.Warn("no checkpoint could be written", "reason", engines.OneLine(err))
		}
		r.saved.told = true
		return
	}
	r.saved.there = true
	r.saved.count++
}

func (r *simulation) saveTo(to io.Writer, engine sim.Saver, rec *recorders, out *outputs, times sim.Times) error {
	text, err := language.Marshal(r.net)
	if err != nil {
		return err
	}
	b := begun{
		Einet: r.o.Version, Step: engine.Step(), Steps: r.steps, Network: string(text), DiscardMs: r.o.DiscardMs, Spikes: r.o.Spikes, NoFigures: r.o.NoFigures,
		FromMs: r.o.Excerpt.FromMs, ToMs: r.o.Excerpt.ToMs, Preset: r.o.Preset, Command: r.o.Command, Before: r.before,
	}
	b.Before.Times.Add(times)
	if r.o.Replay != nil {
		var log bytes.Buffer
		if err := r.o.Replay.Write(&log); err != nil {
			return err
		}
		b.Replay = log.String()
	}
	said, err := json.MarshalIndent(b, "", " ")
	if err != nil {
		return err
	}
	w := checkpoint.NewWriter(to)
	if err := w.Put(sectionRun, func(s *checkpoint.Section) { s.Bytes(&said) }); err != nil {
		return err
	}
	if err := sim.Save(w, r.model, engine, rec.underWay); err != nil {
		return err
	}
	for _, k := range kept(rec, out, nil) {
		if err := w.Put(k.name, k.keep); err != nil {
			return err
		}
	}
	return w.Close()
}

const sectionRun = "run"

// A keptPart is what is kept in a section.
type keptPart struct {
	name string
	keep func(*checkpoint.Section)
}

// kept are what recorders and files keep, in the order of their sections. Files are refilled from earlier ones.
func kept(rec *recorders, out *outputs, from record.Earlier) []keptPart {
	parts := []keptPart{
		{"digest", rec.digest.Keep}, {"statistics", rec.statistics.Keep}, {"state of all neurons", rec.state.Keep}, {"trace", rec.trace.Keep},
	}
	for i, r := range out.recorders {
		if k, ok := r.(sim.Keeper); ok {
			parts = append(parts, keptPart{fmt.Sprintf("recorder %d", i), k.Keep})
		}
	}
	parts = append(parts, keptPart{SpikesFile, func(s *checkpoint.Section) { out.npz.Keep(s, from) }})
	for _, f := range out.state {
		parts = append(parts, keptPart{f.name, func(s *checkpoint.Section) { f.Keep(s, from) }})
	}
	return parts
}
