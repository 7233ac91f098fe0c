package record

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// CheckpointFile is the file that a run goes on from: in its folder, or in the hidden one while it is under way.
const CheckpointFile = "checkpoint.einet"

// Left is what a process that died has left of a run, in a folder of which nobody else takes it before Close.
type Left struct {
	Stage string // the hidden folder
	held  *os.File
}

// Checkpoint is the path of its checkpoint.
func (l *Left) Checkpoint() string { return filepath.Join(l.Stage, CheckpointFile) }

// Close gives it back to others.
func (l *Left) Close() error {
	if l.held == nil {
		return nil
	}
	f := l.held
	l.held = nil
	return f.Close()
}

// Remove removes it.
func (l *Left) Remove() error { return errors.Join(removeStage(l.Stage), l.Close()) }

// removeStage removes a hidden folder. A process may be killed amid that: a checkpoint goes before what it is of, and what was replaced
// before that, so that what is left says what it is.
func removeStage(stage string) error {
	err := os.RemoveAll(filepath.Join(stage, earlier))
	if failed := os.Remove(filepath.Join(stage, CheckpointFile)); !errors.Is(failed, fs.ErrNotExist) {
		err = errors.Join(err, failed)
	}
	return errors.Join(err, os.RemoveAll(stage))
}

// FindLeft finds what has a checkpoint in a folder, and tells whether a run is under way there.
func FindLeft(dir string) (list []*Left, live bool) {
	found, _ := filepath.Glob(filepath.Join(escaped(dir), hidden+"*"))
	for _, at := range found {
		lock, state, err := tryLock(at)
		switch {
		case err != nil:
			continue
		case state == taken:
			live = true
			continue
		}
		l := &Left{at, lock}
		if _, err := os.Stat(l.Checkpoint()); err != nil {
			_ = l.Close()
			continue
		}
		list = append(list, l)
	}
	return list, live
}

// escaped is a path in which nothing is a pattern.
func escaped(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
