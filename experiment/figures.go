package experiment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"einet/analysis"
	"einet/equation"
	"einet/network"
	"einet/network/language"
	"einet/plot"
	"einet/record"
	"einet/record/hdf5"
	"einet/sim"
)

// The raster shows rasterNeurons neurons for rasterMs, from where statistics begin. Rates are counted in bins of rateBinMs. A
// run of more than mostBins such bins has wider ones; a figure shows far fewer anyway.
const (
	rasterNeurons = 200
	rasterMs      = 500
	rateBinMs     = 1
	mostBins      = 1 << 20
	mostPanels    = 6 // of currents
)

// An Excerpt is the part of a run that figures show, in model time [ms]; what is nil is not chosen.
type Excerpt struct{ FromMs, ToMs *float64 }

// String is the excerpt as einet's flags give it.
func (x Excerpt) String() string {
	var given []string
	if x.FromMs != nil {
		given = append(given, fmt.Sprintf("--from %g ms", *x.FromMs))
	}
	if x.ToMs != nil {
		given = append(given, fmt.Sprintf("--to %g ms", *x.ToMs))
	}
	return strings.Join(given, " ")
}

// Check is an error unless the excerpt's times are those of some run.
func (x Excerpt) Check() error {
	if first := x.begin(0); x.FromMs != nil && !(first >= 0) || x.ToMs != nil && !(*x.ToMs > first) {
		return errors.New("must be times of a run, the first before the second")
	}
	return nil
}

// begin and end are the excerpt's, or what stands for those that are not chosen.
func (x Excerpt) begin(otherwise float64) float64 { return chosenOr(x.FromMs, otherwise) }
func (x Excerpt) end(otherwise float64) float64   { return chosenOr(x.ToMs, otherwise) }

func chosenOr(x *float64, otherwise float64) float64 {
	if x != nil {
		return *x
	}
	return otherwise
}

// Draw draws the figures of the run in dir from its files into out and returns
// their names. Those that a short run leaves nothing to draw for are left out.
// Each file appears whole or not at all; that one cannot be written is a WriteError, all else the files' fault.
// The figure of groups shows those parts of populations that of names, or all groups.
func Draw(ctx context.Context, dir, out string, x Excerpt, of ...string) ([]string, error) {
	data, err := ReadRun(ctx, dir, x, of...)
	if err != nil {
		return nil, err
	}
	return drawAll(ctx, dir, out, "", &data)
}

// drawAll draws what there is of a run in dir into out, in files whose names end in a suffix.
func drawAll(ctx context.Context, dir, out, suffix string, data *plot.Data) ([]string, error) {
	var names []string
	for _, figure := range data.Figures() {
		if err := ctx.Err(); err != nil {
			return names, err
		}
		f, err := figure()
		if err != nil {
			return names, fmt.Errorf("%s: %w", dir, err)
		}
		f.Name += suffix
		written, err := WriteFigure(out, f)
		names = append(names, written...)
		if err != nil {
			return names, err
		}
	}
	return names, nil
}

// WriteFigure writes a figure's files into a folder and returns their names.
func WriteFigure(dir string, f plot.Figure) (names []string, err error) {
	for _, file := range []struct {
		name string
		data []byte
	}{{f.Name + ".png", f.PNG}, {f.Name + ".svg", f.SVG}} {
		err := record.WriteFile(filepath.Join(dir, file.name), func(w io.Writer) error {
			_, err := w.Write(file.data)
			return err
		})
		if err != nil {
			return names, &WriteError{err}
		}
		names = append(names, file.name)
	}
	return names, nil
}

// ReadRun reads what the run in dir left to draw, and of which parts of populations, as Draw.
func ReadRun(ctx context.Context, dir string, x Excerpt, of ...string) (plot.Data, error) {
	return readRun(ctx, dir, filesOf{}, x, rasterNeurons, of)
}

// readRun reads it, or one of several replicas, with the spikes of about that many neurons, and of those parts of populations.
func readRun(ctx context.Context, dir string, files filesOf, x Excerpt, neurons int, of []string) (plot.Data, error) {
	data := plot.Data{From: x.begin(0), To: x.end(0)}
	net, err := readNetwork(filepath.Join(dir, NetworkFile))
	if err != nil {
		return data, err
	}
	if files.suffix != "" {
		net.Seed, net.Trial, data.Discarded = files.seed, files.trial, files.discardMs
	} else if data.Discarded, err = readDiscard(filepath.Join(dir, SummaryFile)); err != nil {
		return data, err
	}
	all := make([]plot.Population, len(net.Populations))
	for i, p := range net.Populations {
		all[i] = plot.Population{Name: p.Name, Size: p.Size, Inhibitory: net.Inhibits(p.Name)}
	}
	data.Populations = all
	if err := readSpikes(ctx, files.path(dir, SpikesFile), net, x, neurons, of, &data); err != nil {
		return data, err
	}
	if err := readState(files.path(dir, TracesFile), net, x, all, &data); err != nil {
		return data, err
	}
	if err := readModelStates(files.path(dir, StateFile), net, x, all, &data); err != nil {
		return data, err
	}
	if err := readReleases(files.path(dir, ShortTermFile), net, x, &data); err != nil {
		return data, err
	}
	return data, readWeights(dir, files, net, x, &data)
}

// readReleases takes the means of u and x over the sources of which they were recorded, as far as there are panels.
func readReleases(path string, net *network.Network, x Excerpt, data *plot.Data) error {
	for _, r := range net.Record.ShortTerm {
		values := float64(data.Steps) * net.Dt / r.Every * float64(r.Neurons.Count())
		if r.Neurons.Count() == 0 || values > mostDrawn || len(data.States)+2 > mostPanels {
			continue
		}
		t, err := record.ReadState(path, r.Projection, []string{"u", "x"})
		if err != nil {
			return unlessMissing(err)
		}
		times, first, last := timesOf(t.Step, net.Dt, x)
		if last-first < 2 {
			continue
		}
		for _, name := range []string{"u", "x"} {
			one := plot.State{Name: name, Over: fmt.Sprintf("%s, mean of %d sources", r.Projection, len(t.Neuron)), TimeMs: times[first:last]}
			for _, row := range t.Values[name][first:last] {
				sum := 0.0
				for _, v := range row {
					sum += float64(v)
				}
				one.Values = append(one.Values, float32(sum/float64(len(row))))
			}
			data.States = append(data.States, one)
		}
	}
	return nil
}

// unlessMissing is an error but that of a file that is not there: then there is nothing to draw of it.
func unlessMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// timesOf are those of steps [ms], of which an excerpt has times[first:last].
func timesOf[T int64 | uint32](steps []T, dt float64, x Excerpt) (times []float64, first, last int) {
	times = make([]float64, len(steps))
	for k, step := range steps {
		times[k] = float64(step) * dt
	}
	first, last = part(times, x)
	return times, first, last
}

// mostDrawn values of state.npz are read for a figure.
const mostDrawn = 1 << 22

// readModelStates takes the potential and a model's other states of the first neuron of each population of which they were recorded,
// as far as there are panels.
func readModelStates(path string, net *network.Network, x Excerpt, all []plot.Population, data *plot.Data) error {
	for _, r := range net.Record.State {
		named, _ := net.Part(r.Population)
		i := named.Population
		model := net.Populations[i].Model
		firstID := 0
		for _, p := range net.Populations[:i] {
			firstID += p.Size
		}
		values := float64(data.Steps) * net.Dt / r.Every * float64(r.Neurons.Count())
		if model == nil || r.Neurons.Count() == 0 || values > mostDrawn {
			continue
		}
		var shown []network.ModelState
		var names []string
		for _, s := range model.States {
			if (r.Variables == nil || slices.Contains(r.Variables, s.Name)) && len(data.States)+len(shown) < mostPanels {
				shown, names = append(shown, s), append(names, s.Name)
			}
		}
		t, err := record.ReadState(path, r.Population, names)
		if err != nil {
			return unlessMissing(err)
		}
		times, first, last := timesOf(t.Step, net.Dt, x)
		if last-first < 2 || len(t.Neuron) == 0 {
			continue
		}
		for _, s := range shown {
			one := plot.State{Population: all[i], Neuron: int(t.Neuron[0]) - firstID, Name: s.Name, TimeMs: times[first:last]}
			if s.Unit != equation.Plain {
				one.Unit = s.Unit.String()
			}
			for _, row := range t.Values[s.Name][first:last] {
				one.Values = append(one.Values, row[0])
			}
			data.States = append(data.States, one)
		}
	}
	return nil
}

// readDiscard is the first part of a run that its statistics leave out [ms]; 0 where no summary says so.
func readDiscard(path string) (float64, error) {
	var s Summary
	_, err := readSummary(path, &s)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if !(s.DiscardMs >= 0) {
		return 0, fmt.Errorf("%s: discard_ms is %g, must be at least 0", path, s.DiscardMs)
	}
	return s.DiscardMs, nil
}

// ReadNetwork is the network of the run in a folder.
func ReadNetwork(dir string) (*network.Network, error) {
	return readNetwork(filepath.Join(dir, NetworkFile))
}

func readNetwork(path string) (*network.Network, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return language.Load(f, path, language.Options{HDF5: hdf5.OpenTree})
}

// sameGrid is an error unless a file is of a run of the network.
func sameGrid(path string, net *network.Network, dt float64, populations []record.Population) error {
	if math.Abs(dt/net.Dt-1) > 1e-9 {
		return fmt.Errorf("%s: dt_ms is %g, %s has %g", path, dt, NetworkFile, net.Dt)
	}
	want := record.Populations(net)
	if len(populations) != len(want) {
		return fmt.Errorf("%s: has %d populations, %s has %d", path, len(populations), NetworkFile, len(want))
	}
	for i, p := range populations {
		if p != want[i] {
			return fmt.Errorf("%s: population %d is %s of %d neurons, in %s it is %s of %d",
				path, i, p.Name, p.Size, NetworkFile, want[i].Name, want[i].Size)
		}
	}
	return nil
}

// readSpikes streams the spike file into the raster's sample and the rates.
func readSpikes(ctx context.Context, path string, net *network.Network, x Excerpt, neurons int, of []string, data *plot.Data) error {
	r, err := record.OpenSpikes(path)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := sameGrid(path, net, r.DtMs, r.Populations); err != nil {
		return err
	}
	if asked := int64(net.Steps(net.Duration)); r.Steps > asked {
		return fmt.Errorf("%s: duration_steps is %d, %s asks for %d", path, r.Steps, NetworkFile, asked)
	}
	if !record.SameRecorded(r.Recorded, record.RecordedOf(net)) {
		return fmt.Errorf("%s: holds the spikes of other neurons than %s asks for (population_recorded, recorded_neuron)", path, NetworkFile)
	}
	all := data.Populations
	among := newAmong(r.Header, data)
	data.Steps = r.Steps
	if len(among.sizes) == 0 {
		return nil // no spikes were kept
	}
	sizes := among.sizes
	from, to, err := rasterSteps(net, r.Steps, x, data.Discarded)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	data.Sample = analysis.NewSample(sizes, r.DtMs, neurons, from, to)
	bin := max(1, net.Steps(rateBinMs), int(r.Steps/mostBins))
	data.Counts = analysis.NewPopulationCounts(sizes, r.DtMs, bin)
	var groups *groupFigure
	if len(net.Groups) > 0 || len(of) > 0 {
		parts, err := shownParts(net, of)
		if err != nil {
			return err
		}
		last := to
		if x.ToMs == nil {
			last = min(r.Steps, from+max(1, int64(net.Steps(groupMs))))
		}
		if groups = newGroupFigure(net, parts, among, from, last, bin); groups != nil {
			data.Groups = &groups.data
		}
	}
	space := newSpaceReader(r.Header, net, x, r.Steps, from, to)
	buf := make([]sim.Spike, 1<<14)
	for {
		n, err := r.Read(buf)
		if errors.Is(err, io.EOF) {
			space.finish(net, x, r.Steps, all, data)
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		space.add(buf[:n])
		if groups != nil {
			groups.add(buf[:n])
		}
		among.renumber(buf[:n])
		data.Sample.Add(buf[:n])
		data.Counts.Add(buf[:n])
	}
}

// rasterSteps are the steps that the raster of a run shows.
func rasterSteps(net *network.Network, steps int64, x Excerpt, discarded float64) (from, to int64, err error) {
	end := steps
	if x.ToMs != nil {
		end = min(end, int64(net.Steps(*x.ToMs)))
	}
	if from = int64(net.Steps(x.begin(discarded))); x.FromMs == nil && from >= end {
		from = 0
	}
	switch {
	case from >= steps && from > 0:
		return 0, 0, usage(fmt.Errorf("the run ends at %g ms, figures cannot begin at %g ms", sim.InMs(steps, net.Dt), *x.FromMs))
	case from >= end && end < steps:
		return 0, 0, usage(fmt.Errorf("from %g to %g ms: figures must show at least a step of %g ms", x.begin(0), *x.ToMs, net.Dt))
	case x.ToMs == nil:
		end = min(end, from+max(1, int64(net.Steps(rasterMs))))
	}
	return from, end, nil
}

// among are the neurons that a run kept the spikes of: the figures are of them, as though there
// were no others.
type among struct {
	header   record.Header
	recorded bool
	first    []int // new number of each population's first neuron
	sizes    []int
}

// newAmong leaves in data the populations of which there are spikes, with as many neurons.
func newAmong(h record.Header, data *plot.Data) *among {
	a := &among{header: h, recorded: h.Recorded != nil}
	shown, next := []plot.Population{}, 0
	for i, p := range h.Populations {
		n := p.Size
		if a.recorded {
			n = h.Recorded[i].Count
		}
		a.first = append(a.first, next)
		next += n
		if n > 0 {
			p := data.Populations[i]
			p.Size = n
			shown, a.sizes = append(shown, p), append(a.sizes, n)
			data.Chosen = append(data.Chosen, a.chosen(i))
		}
	}
	data.Populations = shown
	return a
}

// chosen are the neurons of a population whose spikes were kept, as indices in it, nil for the first.
func (a *among) chosen(i int) (neurons []int) {
	if a.recorded {
		for _, id := range a.header.Recorded[i].Neuron {
			neurons = append(neurons, int(id)-a.header.Populations[i].First)
		}
	}
	return neurons
}

func (a *among) renumber(spikes []sim.Spike) {
	if !a.recorded {
		return
	}
	for k, s := range spikes {
		i := a.header.Population(s.Neuron)
		spikes[k].Neuron = uint32(a.first[i] + a.header.Recorded[i].Place(a.header.Populations[i], s.Neuron))
	}
}

// readState reads the recorded state, if there is any.
func readState(path string, net *network.Network, x Excerpt, all []plot.Population, data *plot.Data) error {
	t, err := record.ReadTraces(path)
	if err != nil {
		return unlessMissing(err)
	}
	populations := make([]record.Population, len(t.Populations))
	for i, p := range t.Populations {
		populations[i] = p.Population
	}
	if err := sameGrid(path, net, t.DtMs, populations); err != nil {
		return err
	}
	for i, p := range t.Populations {
		if q := &net.Populations[i]; !q.Neuron.IsSource() {
			if threshold, reset, rest := q.Potentials(); p.VTh != threshold || p.VReset != reset || p.EL != rest {
				return fmt.Errorf("%s: population %s has V_reset %g, V_th %g, E_L %g, in %s they are %g, %g, %g",
					path, p.Name, p.VReset, p.VTh, p.EL, NetworkFile, reset, threshold, rest)
			}
		}
		v := analysis.Histogram(p.V)
		if v.Total() > 0 {
			data.Potentials = append(data.Potentials, plot.Potential{Population: all[i], VReset: p.VReset, VTh: p.VTh, V: v})
		}
	}
	return readCurrents(path, net, t, x, all, data)
}

// readCurrents takes the part of the traces that is in the excerpt, or all where they were taken elsewhere,
// unless the run ended before there were two times of them.
func readCurrents(path string, net *network.Network, t *record.Traces, x Excerpt, all []plot.Population, data *plot.Data) error {
	if len(t.Step) < 2 {
		return nil
	}
	if last := t.Step[len(t.Step)-1]; last > data.Steps {
		return fmt.Errorf("%s: trace_step holds %d, the run has %d steps", path, last, data.Steps)
	}
	times, first, last := timesOf(t.Step, t.DtMs, x)
	for k, id := range t.Neuron[:min(len(t.Neuron), mostPanels)] {
		i := 0
		for int(id) >= t.Populations[i].First+t.Populations[i].Size {
			i++
		}
		p := t.Populations[i]
		data.Currents = append(data.Currents, plot.Current{
			Population: all[i], Neuron: int(id) - p.First, TimeMs: times[first:last],
			Exc: t.Exc[k][first:last], Inh: t.Inh[k][first:last], Ext: t.Ext[k][first:last], Threshold: p.VTh - p.EL, Unit: net.Populations[i].InputUnit(),
		})
	}
	return nil
}

// part is the range of ascending times [ms] in an excerpt, or all where fewer than two are.
func part(times []float64, x Excerpt) (first, last int) {
	first, _ = slices.BinarySearch(times, x.begin(0))
	last, at := slices.BinarySearch(times, x.end(math.Inf(1)))
	if at {
		last++
	}
	if last-first < 2 {
		return 0, len(times)
	}
	return first, last
}

// A WriteError says that a file could not be written.
type WriteError struct{ Err error }

func (e *WriteError) Error() string { return e.Err.Error() }

func (e *WriteError) Unwrap() error { return e.Err }
