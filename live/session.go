// Package live shows a network while it is simulated and lets hands change it. A Session is the simulation, with what was done to it;
// View is the window, of GLFW and OpenGL, which only the build with cgo has. Its one invariant: what a session simulated is a
// function of the network and the log of its changes, so that einet run --replay gives the same digest.
package live

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"einet/connectome"
	"einet/dynamics"
	"einet/engines"
	"einet/experiment"
	"einet/network"
	"einet/record"
	"einet/sim"
)

// Options say what a session simulates, on what, and where it leaves files.
type Options struct {
	engines.Choice
	OpenGL engines.OpenGL // how devices are reached
	Tell   engines.Tell   // hears what went otherwise than asked
	Out    string         // folder of what is saved; "": results/NAME-view. Where it is there, a number is added

	Title string // of the window, at its front
}

// A Session is a network that is simulated and changed on the way. It is not safe for concurrent use, but for its Scope.
type Session struct {
	Scope *Scope

	net        *network.Network
	o          Options
	model      *dynamics.Model
	connectome *connectome.Connectome
	place      *engines.Place
	engine     sim.Engine
	twin       *twin
	digest     *sim.Digest
	spikes     []sim.Spike // so far, up to mostKept
	log        record.Log
	inhibition float64
	chosen     int    // number of the neuron that is shown, in the order of choice
	folder     string // of this session's files; "" before the first
}

// mostKept bounds the spikes that are kept to be saved, of 8 bytes.
const mostKept = 1 << 26

// Open builds the network and puts it at step 0. What is built is told to stage.
func Open(ctx context.Context, net *network.Network, o Options, stage func(string)) (s *Session, err error) {
	s = &Session{net: net, o: o}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	model, err := dynamics.New(net)
	if err != nil {
		return s, &engines.InputError{Err: err}
	}
	if s.place, err = o.OpenGL.Choose(o.Choice, model, o.Tell); err != nil {
		return s, err
	}
	stage("building the network")
	if s.connectome, err = o.Synapses.Build(ctx, net, o.Threads); err != nil {
		return s, err
	}
	s.Scope = newScope(model)
	return s, s.begin(ctx)
}

// begin puts the network at step 0, unchanged.
func (s *Session) begin(ctx context.Context) error {
	if s.engine != nil {
		if err := s.engine.Close(); err != nil {
			return err
		}
		s.engine = nil
	}
	var err error
	if s.model, err = dynamics.New(s.net); err != nil {
		return err
	}
	if s.engine, err = s.place.Open(ctx, s.model, s.connectome); err != nil {
		return err
	}
	s.digest, s.spikes, s.inhibition, s.folder = sim.NewDigest(), nil, 1, ""
	s.log = record.Log{Of: record.ReplayedOf(s.net)}
	s.Scope.begin(s.model, s.place.Name+", "+s.place.Device())
	return nil
}

// Step is that of the engine.
func (s *Session) Step() int64 { return s.engine.Step() }

// Digest is that of the spikes so far.
func (s *Session) Digest() string { return s.digest.String() }

// Advance simulates further steps, of the second copy too where there is one.
func (s *Session) Advance(ctx context.Context, steps int64) error {
	to := s.engine.Step() + steps
	var fired []sim.Spike
	collect := sim.SpikeSink(func(_ int64, spikes []sim.Spike) error { fired = append(fired, spikes...); return nil })
	seen := s.Scope.watch(s.model)
	err := sim.Run(ctx, s.engine, to, nil, append(seen.recorders, s.digest, collect)...)
	if len(s.spikes)+len(fired) <= mostKept {
		s.spikes = append(s.spikes, fired...)
	}
	marks := merge(fired, fired)
	if err == nil && s.twin != nil {
		var others []sim.Spike
		if others, err = s.twin.follow(ctx, s, to, fired); err == nil {
			marks = merge(fired, others)
		}
	}
	s.Scope.add(s.engine.Step(), seen, marks)
	return err
}

// Input adds that fraction of the usual external input to that of all populations.
func (s *Session) Input(by float64) error {
	return s.change(dynamics.ChangeInput, by)
}

// Inhibit makes inhibition stronger by that part of what the network states.
func (s *Session) Inhibit(by float64) error {
	to := math.Round(1000*(s.inhibition+by)) / 1000
	if to < 0 || to > dynamics.MostInhibition {
		return fmt.Errorf("inhibition can be from 0 to %g times that of the network", dynamics.MostInhibition)
	}
	err := s.change(dynamics.ChangeInhibition, to)
	if err == nil {
		s.inhibition = to
	}
	return err
}

// Kick raises the potential of all excitatory neurons once [mV].
func (s *Session) Kick(mV float64) error { return s.change(dynamics.ChangeKick, mV) }

// change changes the network, and its second copy, from the present step on.
func (s *Session) change(kind dynamics.ChangeKind, amount float64) error {
	c := dynamics.Change{Step: s.engine.Step(), Kind: kind, Amount: amount}
	if err := s.model.Change(c); err != nil {
		return err
	}
	if s.twin != nil {
		if err := s.twin.model.Change(c); err != nil {
			return err
		}
	}
	s.log.Changes = append(s.log.Changes, c)
	s.Scope.changed(s.model, c)
	return s.writeLog(false)
}

// Restart puts the network back to step 0 and forgets what was done to it. What was written stays, and what comes goes into another
// folder.
func (s *Session) Restart(ctx context.Context) error {
	return errors.Join(s.end(), s.Reunite(), s.begin(ctx))
}

// Next shows the next neuron: of the populations in turn.
func (s *Session) Next() {
	s.chosen++
	s.Scope.choose(s.model, s.chosen)
}

// Twin tells whether a second copy of the network runs beside the first.
func (s *Session) Twin() bool { return s.twin != nil }

// Save leaves the spikes so far, the log and the network, and a picture of the window if there is one, in the session's folder,
// which it returns.
func (s *Session) Save(picture []byte) (string, error) {
	if err := s.makeFolder(); err != nil {
		return "", err
	}
	if err := s.writeLog(true); err != nil {
		return "", err
	}
	if picture != nil {
		if err := record.WriteFile(filepath.Join(s.folder, "view.png"), bytesWriter(picture)); err != nil {
			return "", err
		}
	}
	if s.digest.Count() > int64(len(s.spikes)) {
		return "", fmt.Errorf("more than %d spikes are not kept: %s has all else", mostKept, s.folder)
	}
	w, err := record.CreateSpikes(filepath.Join(s.folder, experiment.SpikesFile), s.net.Dt, record.Populations(s.net))
	if err != nil {
		return "", err
	}
	defer w.Abort()
	if err := w.Write(s.spikes); err != nil {
		return "", err
	}
	return s.folder, w.Close(s.engine.Step())
}

// makeFolder makes the session's folder, under a name that is not taken.
func (s *Session) makeFolder() error {
	if s.folder != "" {
		return nil
	}
	first := s.o.Out
	if first == "" {
		first = experiment.DefaultFolder(s.net.Name) + "-view"
	}
	if err := os.MkdirAll(filepath.Dir(first), 0o777); err != nil {
		return err
	}
	for k, dir := 2, first; ; k, dir = k+1, fmt.Sprintf("%s-%d", first, k) {
		err := os.Mkdir(dir, 0o777)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		s.folder = dir
		return experiment.WriteNetwork(filepath.Join(dir, experiment.NetworkFile), s.net)
	}
}

// writeLog writes what was done so far, and where it ends the digest.
func (s *Session) writeLog(ended bool) error {
	if err := s.makeFolder(); err != nil {
		return err
	}
	l := s.log
	l.Changes, l.Lost = slices.Clone(l.Changes), slices.Clone(l.Lost)
	if ended {
		l.Steps, l.Digest = s.engine.Step(), s.digest.String()
	}
	return record.WriteFile(filepath.Join(s.folder, experiment.EventsFile), l.Write)
}

// end completes the log of a session that has one.
func (s *Session) end() error {
	if s.folder == "" || s.engine == nil {
		return nil
	}
	return s.writeLog(true)
}

// Close ends the session: the log gets its end, engines and device are freed.
func (s *Session) Close() error {
	errs := []error{s.end(), s.Reunite()}
	if s.engine != nil {
		errs = append(errs, s.engine.Close())
		s.engine = nil
	}
	if s.place != nil {
		errs = append(errs, s.place.Close())
		s.place = nil
	}
	return errors.Join(errs...)
}
