package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"einet/checkpoint"
	"einet/network"
	"einet/network/language"
	"einet/record"
	"einet/record/hdf5"
	"einet/sim"
)

// A resumed is what a run goes on from.
type resumed struct {
	dir    string // the folder of the run
	path   string // of the checkpoint
	file   *os.File
	reader *checkpoint.Reader // behind its first section
	begun  begun
	from   record.Earlier
	left   []*record.Left // in dir, of the same run
}

// Resume goes on with the run of a folder, which was interrupted or whose process was ended from outside, from its last checkpoint. What is run and
// how it is recorded stands there; of the options only the engine, threads, folder, checkpoints and the watch count.
func Resume(ctx context.Context, dir string, o Options) (*Summary, error) {
	return goOn(ctx, dir, o, "--resume", func(b *begun, _ *network.Network) error {
		if b.Step >= b.Steps {
			return errors.New("the run is complete: --extend goes on behind its end")
		}
		return nil
	})
}

// Extend goes on with a run that is complete for a further time [ms], a multiple of dt. It must have kept its end: Options.CheckpointEnd.
func Extend(ctx context.Context, dir string, forMs float64, o Options) (*Summary, error) {
	o.CheckpointEnd = true
	return goOn(ctx, dir, o, "--extend", func(b *begun, net *network.Network) error {
		further := int64(net.Steps(forMs))
		switch {
		case b.Step < b.Steps:
			return fmt.Errorf("the run has come to %g ms of %g: --resume goes on", sim.InMs(b.Step, net.Dt), sim.InMs(b.Steps, net.Dt))
		case further < 1 || math.Abs(forMs-float64(further)*net.Dt) > 1e-6*net.Dt:
			return fmt.Errorf("%g ms: must be a multiple of dt (%g ms), and at least dt", forMs, net.Dt)
		}
		b.Steps += further
		return nil
	})
}

func goOn(ctx context.Context, dir string, o Options, flag string, change func(*begun, *network.Network) error) (*Summary, error) {
	at, err := findCheckpoint(dir)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", flag, dir, err)
	}
	defer at.close()
	r, err := at.simulation(o, change)
	if err != nil {
		return nil, usage(fmt.Errorf("%s %s: %w", flag, at.path, err))
	}
	if err := r.destine(); err != nil {
		return nil, err
	}
	return r.run(ctx)
}

// findCheckpoint opens the checkpoint of the run of a folder that got furthest. One that a killed run has left is newer than what is among
// the files.
func findCheckpoint(dir string) (*resumed, error) {
	left, live := record.FindLeft(dir)
	var found []*resumed
	var errs []error
	try := func(path string, from record.Earlier, left ...*record.Left) {
		r, err := openCheckpoint(path)
		if err == nil {
			r.dir, r.from, r.left = dir, from, left
			found = append(found, r)
		} else if !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("%s: %w", path, err))
		}
	}
	for _, l := range left {
		try(l.Checkpoint(), record.Earlier{l.Stage, dir}, l)
	}
	if len(found) == 0 {
		try(filepath.Join(dir, CheckpointFile), record.Earlier{dir})
	}
	best := furthest(found)
	for _, l := range left {
		if live || best == nil || !slices.Contains(best.left, l) {
			_ = l.Close()
		}
	}
	switch {
	case live:
		if best != nil {
			best.close()
		}
		return nil, usage(errors.New("a run is under way there"))
	case best != nil:
		return best, nil
	case len(errs) > 0:
		return nil, usage(errors.Join(errs...))
	}
	return nil, usage(errors.New("holds no checkpoint: runs that end before their time leave one, those of more than 10 minutes (--checkpoint-every), and complete ones with --checkpoint-end"))
}

// furthest is the checkpoint of the largest step. It has what other parts of the same run have left, too.
func furthest(found []*resumed) (best *resumed) {
	for _, r := range found {
		if best == nil || r.begun.Step > best.begun.Step {
			best = r
		}
	}
	for _, r := range found {
		if r == best {
			continue
		}
		if r.begun.Network == best.begun.Network && r.begun.Replay == best.begun.Replay {
			best.left = append(best.left, r.left...)
		}
		r.file.Close()
	}
	return best
}

// openCheckpoint reads what a checkpoint says of its run.
func openCheckpoint(path string) (*resumed, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &resumed{path: path, file: f}
	if r.reader, err = checkpoint.NewReader(f); err == nil {
		var said []byte
		err = r.reader.Get(sectionRun, func(s *checkpoint.Section) { s.Bytes(&said) })
		if err == nil {
			err = json.Unmarshal(said, &r.begun)
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

func (at *resumed) close() {
	at.file.Close()
	for _, l := range at.left {
		_ = l.Close()
	}
}

// simulation is the run that goes on.
func (at *resumed) simulation(o Options, change func(*begun, *network.Network) error) (*simulation, error) {
	b := &at.begun
	net, err := language.Load(strings.NewReader(b.Network), "network", language.Options{Scale: 1, HDF5: hdf5.OpenTree})
	if err != nil {
		return nil, err
	}
	if err := change(b, net); err != nil {
		return nil, err
	}
	if b.Einet != o.Version {
		o.Watch.heard().Warn("the checkpoint is of another version of einet: the spikes may not be those that it would have given", "its", b.Einet, "this", o.Version)
	}
	net.Duration = sim.InMs(b.Steps, net.Dt)
	if err := net.Validate(); err != nil {
		return nil, err
	}
	o.DiscardMs, o.Spikes, o.NoFigures, o.Excerpt = b.DiscardMs, b.Spikes, b.NoFigures || o.NoFigures, Excerpt{FromMs: b.FromMs, ToMs: b.ToMs}
	o.Preset, o.Command, o.Replace = b.Preset, b.Command, true
	if o.Out == "" {
		o.Out = at.dir
	}
	if b.Replay != "" {
		if o.Replay, err = record.ParseLog(strings.NewReader(b.Replay)); err != nil {
			return nil, err
		}
	}
	r, err := begin(net, o)
	if err != nil {
		return nil, err
	}
	r.resumed, r.before = at, b.Before
	r.before.Resumed = append(r.before.Resumed, sim.InMs(b.Step, net.Dt))
	return r, nil
}

// taking is the folder as it was seen, with what the run takes there.
func (r *simulation) taking() record.Folder {
	switch {
	case r.resumed != nil:
		return r.seen.Taking(r.resumed.left...)
	case r.o.Replace:
		return r.seen.Discarding()
	}
	return r.seen
}

// goOn makes a run that goes on what it was at its checkpoint, and keeps that among its own files at once: what the earlier process has left
// can go then.
func (r *simulation) goOn(rec *recorders, out *outputs) error {
	at := r.resumed
	if at == nil {
		return nil
	}
	if err := r.restore(rec, out); err != nil {
		return usage(fmt.Errorf("%s: %w", at.path, err))
	}
	rec.reached = r.engine.Step()
	r.save(rec, out, sim.Times{})
	if !r.saved.there || filepath.Clean(at.dir) != filepath.Clean(r.dir) {
		return nil
	}
	var err error
	for _, l := range at.left {
		err = errors.Join(err, l.Remove())
	}
	return err
}

func (r *simulation) restore(rec *recorders, out *outputs) error {
	engine, can := r.engine.(sim.Saver)
	if !can {
		return errors.New("the engine can't go on from a checkpoint")
	}
	in := r.resumed.reader
	if err := sim.Restore(in, r.model, engine, rec.underWay); err != nil {
		return err
	}
	for _, k := range kept(rec, out, r.resumed.from) {
		if err := in.Get(k.name, k.keep); err != nil {
			return err
		}
	}
	if err := in.Close(); err != nil {
		return err
	}
	if engine.Step() != r.resumed.begun.Step {
		return fmt.Errorf("is of step %d, and its state of step %d", r.resumed.begun.Step, engine.Step())
	}
	return out.refill()
}
