package experiment

import (
	"fmt"

	"einet/record"
)

// EventsFile holds the changes of a run that had some, as einet view logs them.
const EventsFile = "events.jsonl"

// replay gives the model the changes of a session.
func (r *simulation) replay() error {
	if r.o.Replay == nil {
		return nil
	}
	if err := r.o.Replay.Fits(r.net); err != nil {
		return usage(fmt.Errorf("--replay: %w", err))
	}
	if err := r.model.Change(r.o.Replay.Changes...); err != nil {
		return usage(fmt.Errorf("--replay: %w", err))
	}
	return nil
}

// writeEvents writes the log that the run followed, as far as it went.
func (r *simulation) writeEvents(path string, steps int64, digest string) error {
	l := record.Log{Of: record.ReplayedOf(r.net), Changes: r.model.Changes(), Steps: steps, Digest: digest}
	for n := len(l.Changes); n > 0 && l.Changes[n-1].Step >= steps; n-- {
		l.Changes = l.Changes[:n-1]
	}
	return record.WriteFile(path, l.Write)
}
