package sweep

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"einet/connectome"
	"einet/dynamics"
	"einet/engines"
	"einet/experiment"
	"einet/host"
)

// Options say how a plan is carried out.
type Options struct {
	engines.Choice
	OpenGL  engines.OpenGL
	Out     string // folder; "": results/NAME-sweep
	Replace bool   // another sweep there goes
	Command string

	Part, Parts int  // which part of the runs is simulated, from 1, and of how many; 0 and 0: all
	Collect     bool // nothing is simulated
	NoFigure    bool

	Say      func(line string)                            // what is told once
	Failed   func(err error)                              // of a run, named in the error
	Progress func(runs int) (one func(error), end func()) // of those that are simulated
}

// DefaultFolder is that of a sweep of a network of that name.
func DefaultFolder(name string) string { return experiment.DefaultFolder(name) + "-sweep" }

// Do simulates the runs of a plan that its folder lacks, and writes table, arrays and figure of all that are there. The outcome is nil
// where nothing was written. An error beside it is experiment.ErrInterrupted, or that of files; what became of single runs is in the outcome.
func Do(ctx context.Context, p *Plan, o Options) (*Outcome, error) {
	s := store{o.Out}
	if s.dir == "" {
		s.dir = DefaultFolder(p.Base.Name)
	}
	if err := s.open(p, o.Command, o.Replace); err != nil {
		return nil, err
	}
	start := time.Now()
	w := &work{plan: p, store: s, o: o, results: map[*Run]*experiment.Summary{}, connectomes: map[connectome.Key]*shared{}}
	w.out.Dir, w.out.Runs = s.dir, len(p.Runs)
	todo := w.missing()
	if done := len(w.results); done > 0 && !o.Collect {
		o.Say(fmt.Sprintf("%d of %d runs are in %s already", done, len(p.Runs), s.dir))
	}
	if o.Parts > 0 {
		mine := p.part(o.Part, o.Parts)
		todo = slices.DeleteFunc(todo, func(r *Run) bool { return !slices.Contains(mine, r) })
	}
	var stopped error
	if !o.Collect && len(todo) > 0 {
		stopped = w.simulate(ctx, byConnectome(todo))
	}
	w.out.WallS = time.Since(start).Seconds()
	w.out.Complete, w.out.Interrupt = len(w.results), stopped != nil
	for _, r := range p.Runs {
		if r.Err != nil {
			w.out.Failed = append(w.out.Failed, r.Err.Error())
		}
	}
	if o.Parts > 0 { // others write there, too
		return &w.out, stopped
	}
	return &w.out, errors.Join(stopped, w.write(ctx))
}

// work is a plan that is carried out.
type work struct {
	plan  *Plan
	store store
	o     Options
	out   Outcome

	mu          sync.Mutex
	results     map[*Run]*experiment.Summary
	connectomes map[connectome.Key]*shared
	theory      []*prediction // of each point
}

// missing are the runs of which there is no result, and that can be simulated.
func (w *work) missing() (todo []*Run) {
	for _, r := range w.plan.Runs {
		if summary := w.store.read(r); summary != nil {
			w.results[r] = summary
		} else if r.Err == nil {
			todo = append(todo, r)
		}
	}
	return todo
}

// A shared connectome is built by the first run that needs it, and forgotten after the last.
type shared struct {
	users int
	once  sync.Once
	built *connectome.Connectome
	err   error
}

// simulate simulates runs, as many side by side as there are threads and memory for, each in one thread.
func (w *work) simulate(ctx context.Context, runs []*Run) error {
	for _, r := range runs {
		if w.connectomes[r.key] == nil {
			w.connectomes[r.key] = &shared{}
		}
		w.connectomes[r.key].users++
	}
	workers, threads := w.sideBySide(runs)
	w.out.Parallel = workers
	one, end := w.o.Progress(len(runs))
	defer end()
	g := errgroup.Group{}
	g.SetLimit(workers)
	for _, r := range runs {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			err := w.simulateOne(ctx, r, threads)
			if err != nil && (ctx.Err() != nil || errors.Is(err, experiment.ErrInterrupted)) {
				return experiment.ErrInterrupted
			}
			if err != nil {
				r.Err = fmt.Errorf("%s: %w", r.name, err)
				w.o.Failed(r.Err)
			}
			one(err)
			return nil
		})
	}
	err := g.Wait()
	if errors.Is(err, context.Canceled) {
		return experiment.ErrInterrupted
	}
	return err
}

// processors are those that are used.
func (w *work) processors() int {
	if w.o.Threads > 0 {
		return w.o.Threads
	}
	return runtime.GOMAXPROCS(0)
}

// sideBySide is how many runs are simulated at once, and the threads of each. On a device they are simulated one after another.
func (w *work) sideBySide(runs []*Run) (workers, threads int) {
	threads = w.processors()
	if engines.Named(w.o.Engine) == nil || engines.Named(w.o.Engine).OnDevices {
		return 1, threads
	}
	workers = min(threads, len(runs))
	if have, ok := host.AvailableMemory(); ok {
		workers = int(max(1, min(int64(workers), have/max(1, w.largest(runs)))))
	}
	return workers, max(1, threads/workers)
}

// largest is the memory [bytes] of the run that takes most, with synapses of its own.
func (w *work) largest(runs []*Run) (most int64) {
	kind := engines.Named(w.o.Engine)
	seen := map[connectome.Key]bool{}
	for _, r := range runs {
		if seen[r.key] {
			continue
		}
		seen[r.key] = true
		_, bytes, err := w.o.Synapses.Size(r.net)
		m, failed := dynamics.New(r.net)
		if err != nil || failed != nil {
			continue // the run says why
		}
		if w.o.Synapses != engines.Procedural {
			bytes += kind.Copied(r.net, 1)
		}
		most = max(most, bytes+m.StateBytes())
	}
	return most
}

func (w *work) simulateOne(ctx context.Context, r *Run, threads int) error {
	c, err := w.connectome(ctx, r, threads)
	defer w.leave(r)
	if err != nil {
		return err
	}
	o := experiment.Options{Choice: w.o.Choice, OpenGL: w.o.OpenGL, Connectome: c, DiscardMs: w.plan.DiscardMs, Version: w.plan.Version, Command: w.o.Command}
	o.Threads = threads
	summary, err := experiment.Measure(ctx, r.net, o)
	if err != nil {
		return err
	}
	if err := w.store.keep(w.plan, r, summary); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.results[r] = summary
	w.out.Simulated++
	w.out.SimulateS += summary.SimulateS
	return nil
}

// connectome is that of a run.
func (w *work) connectome(ctx context.Context, r *Run, threads int) (*connectome.Connectome, error) {
	w.mu.Lock()
	c := w.connectomes[r.key]
	w.mu.Unlock()
	c.once.Do(func() {
		start := time.Now()
		c.built, c.err = w.o.Synapses.Build(ctx, r.net, threads)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.out.Built++
		w.out.BuildS += time.Since(start).Seconds()
	})
	return c.built, c.err
}

// leave frees the connectome of a run that needs it no more, if none does.
func (w *work) leave(r *Run) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.connectomes[r.key]
	if c.users--; c.users == 0 {
		delete(w.connectomes, r.key)
	}
}
