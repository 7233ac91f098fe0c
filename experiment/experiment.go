// Package experiment runs a network with recorders and leaves its files in a folder: spikes, state, statistics, figures and a
// summary. It is what the command einet run does, for Go programs.
//
// Its one invariant: nothing simulated is lost. A run that is stopped leaves what was simulated as a whole run does, and no run
// replaces what it has not seen.
package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"einet/analysis"
	"einet/connectome"
	"einet/dynamics"
	"einet/engines"
	"einet/network"
	"einet/record"
	"einet/record/hdf5"
)

// Options say how a network is run. The zero value simulates it for its own duration on the engine that engines.Auto chooses and
// leaves the files in results/NAME.
type Options struct {
	engines.Choice
	OpenGL     engines.OpenGL         // how devices are reached; zero: from this process
	Connectome *connectome.Connectome // of the network, where it is built already; nil: Run builds it

	DiscardMs float64     // first part of the run that the statistics leave out [ms], a multiple of dt
	Excerpt   Excerpt     // part of the run that figures show
	Out       string      // folder of the files; "": results/NAME
	Replace   bool        // an earlier run there is replaced, once the new one is whole
	Spikes    []string    // formats that spikes are written in besides spikes.npz: csv, sonata
	NoFigures bool        // no figures, and no page of the run
	Replay    *record.Log // of a session, whose changes the network has; nil: none
	Seeds     int         // of replicas: how many there are; 0: the network's own
	AlignMs   float64     // of replicas: time 0 of the rates over trials

	CheckpointEvery time.Duration // wall time from one checkpoint to the next; 0: 10 minutes, and more where they would take over 2 % of the run; negative: there are none
	CheckpointEnd   bool          // the end of the run is kept as a checkpoint, too

	Preset  string // that the network is or was made from, for the summary
	Version string // of the program, likewise
	Command string // that made the run, likewise

	Watch Watch
}

// A Watch hears how a run goes. What is nil is not told.
type Watch struct {
	Warn          func(message string, args ...any)                                                   // what the network's author should know, or went otherwise than asked
	WarnOfResults func(message string)                                                                // what results are to be taken with
	Say           func(line string)                                                                   // what became of a run that was stopped
	Mention       func(line string)                                                                   // what takes long
	Progress      func(dtMs float64, first, last int64) (update func(step, spikes int64), end func()) // of a simulation
	Trials        func(n int) (one, end func())                                                       // of replicas one by one
}

// heard is the watch with nothing nil.
func (w Watch) heard() Watch {
	if w.Warn == nil {
		w.Warn = func(string, ...any) {}
	}
	if w.WarnOfResults == nil {
		w.WarnOfResults = func(string) {}
	}
	if w.Say == nil {
		w.Say = func(string) {}
	}
	if w.Mention == nil {
		w.Mention = func(string) {}
	}
	if w.Progress == nil {
		w.Progress = func(float64, int64, int64) (func(step, spikes int64), func()) { return nil, func() {} }
	}
	if w.Trials == nil {
		w.Trials = func(int) (one, end func()) { return func() {}, func() {} }
	}
	return w
}

// ErrInterrupted is wrapped by the error of a run whose context was cancelled.
var ErrInterrupted = errors.New("interrupted")

// usage marks an error as the fault of who asked: engines.InputError. All others are the machine's, or name the network's dt.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return &engines.InputError{Err: err}
}

// Run simulates a network and leaves its files. The summary is nil where nothing was written; beside one, the error tells why the
// run ended before its time (ErrInterrupted, or what stopped it) or which of its files are missing.
func Run(ctx context.Context, net *network.Network, o Options) (*Summary, error) {
	r, err := begin(net, o)
	if err != nil {
		return nil, err
	}
	if err := r.destine(); err != nil {
		return nil, err
	}
	return r.run(ctx)
}

// Replicas simulates n trials of a network, from its own on, which share the synapses, and leaves what a run leaves of each, without
// traces. With Options.Seeds there are as many with each of several seeds, from the network's own on: on other synapses.
func Replicas(ctx context.Context, net *network.Network, n int, o Options) (*ReplicasSummary, error) {
	r, err := begin(net, o)
	if err != nil {
		return nil, err
	}
	if o.Replay != nil {
		return nil, usage(errors.New("--replay: is of one network, not of --replicas"))
	}
	if o.CheckpointEnd || o.CheckpointEvery > 0 {
		return nil, usage(errors.New("--replicas: have no checkpoints: leave --checkpoint-every and --checkpoint-end out, or run the trials one by one with --trial"))
	}
	e, err := newEnsemble(r, n)
	if err != nil {
		return nil, err
	}
	if err := r.destine(); err != nil {
		return nil, err
	}
	return e.run(ctx)
}

// begin checks what is asked for.
func begin(net *network.Network, o Options) (*simulation, error) {
	o.Watch = o.Watch.heard()
	if o.Engine == "" {
		o.Engine = engines.Auto
	}
	if o.OpenGL.Devices == nil {
		o.OpenGL = engines.InProcess
	}
	r := &simulation{o: o, net: net, steps: int64(net.Steps(net.Duration)), discard: int64(net.Steps(o.DiscardMs)), memory: newMemoryWatch()}
	if r.steps < 1 {
		return nil, usage(fmt.Errorf("%s: duration: %g: there is nothing to simulate: must be at least dt (%g ms), or use --duration", net.Name, net.Duration, net.Dt))
	}
	if _, _, err := rasterSteps(net, r.steps, o.Excerpt, 0); err != nil {
		return nil, usage(fmt.Errorf("%s: %w", o.Excerpt, err))
	}
	if r.discard >= r.steps && r.discard > 0 {
		return nil, usage(fmt.Errorf("--discard %g ms: must be shorter than the run, %g ms", o.DiscardMs, net.Duration))
	}
	if slices.Contains(o.Spikes, "sonata") {
		if err := hdf5.Absent(); err != nil {
			return nil, fmt.Errorf("--spikes sonata: %w", err)
		}
	}
	return r, nil
}

// beside is the memory [bytes] that recorders need beside the engine: statistics of every trial at once, and of each neuron that
// is recorded its place in lists or the state that is on its way to a file.
func (r *simulation) beside(trials int) int64 {
	const spikes, state = 12, 16 // of a neuron, and of a variable of it
	n := float64(trials) * float64(r.net.Neurons()) * analysis.StatisticsBytes
	for i := range r.net.Record.Spikes {
		n += spikes * float64(r.net.Record.Spikes[i].Neurons.Count())
	}
	for i := range r.net.Record.State {
		s := &r.net.Record.State[i]
		n += state * float64(r.variables(s.Population, s.Variables)) * float64(s.Neurons.Count())
	}
	for k := range r.model.Projections {
		if p := &r.model.Projections[k]; p.ShortTerm != nil {
			const source = 12 // bytes of its state before the spikes under way
			n += source * float64(r.model.Populations[p.From].Size)
		}
	}
	weights := 0.0 // of one projection after the other, once the run is over
	for k := range r.net.Projections {
		if p := &r.model.Projections[k]; p.Plasticity != nil {
			const traces, synapse = 12, 32
			n += traces * float64(r.model.Populations[p.From].Size+r.model.Populations[p.To].Size)
			_, all := r.net.MeanSynapses(k)
			weights = max(weights, synapse*all)
		}
	}
	n += weights
	for i := range r.net.Record.Weights {
		const synapse = 64 // bytes of its number, its ends and some values on their way
		n += synapse * float64(r.net.Record.Weights[i].Synapses)
	}
	for i := range r.net.Record.ShortTerm {
		const source = 64 // bytes of its state, its place and two values on their way
		n += source * float64(r.net.Record.ShortTerm[i].Neurons.Count())
	}
	for i := range r.net.Record.Triggered {
		s := &r.net.Record.Triggered[i]
		const value = 4 // bytes of a variable at a lag
		n += value * float64(r.variables(s.Population, s.Variables)) * float64(s.Neurons.Count()) * (s.Before + s.After + r.net.Dt) / r.net.Dt
	}
	return int64(min(n, math.MaxInt64/4))
}

// variables is how many variables of a population's neurons are recorded: those that are named, or all.
func (r *simulation) variables(population string, named []string) int {
	if named != nil {
		return len(named)
	}
	part, _ := r.net.Part(population)
	i := part.Population
	n := len(network.HistogramVariables) + len(r.model.Populations[i].Receptors)
	if model := r.net.Populations[i].Model; model != nil {
		n += len(model.States) - 1
	}
	return n
}

// destine tells what the network's author should know, and chooses the folder.
func (r *simulation) destine() (err error) {
	if r.model, err = dynamics.New(r.net); err != nil { // refused, before it is warned of
		return usage(err)
	}
	if err := r.replay(); err != nil {
		return err
	}
	r.warnings = append(r.net.Warnings(), r.model.Losses()...)
	for _, w := range r.warnings {
		r.o.Watch.Warn(w)
	}
	r.dir = r.o.Out
	if r.dir == "" {
		r.dir = DefaultFolder(r.net.Name)
	}
	r.seen = record.Look(r.dir)
	if left, _ := record.FindLeft(r.dir); len(left) > 0 {
		for _, l := range left {
			err = errors.Join(err, l.Close())
		}
		if r.resumed == nil && !r.o.Replace {
			return usage(fmt.Errorf("--out %s: holds the checkpoint of a run that was ended from outside: --resume %s goes on with it, --force discards it", r.dir, r.dir))
		}
	}
	return errors.Join(err, Vacant(r.dir, runFiles, "run", r.o.Replace))
}
