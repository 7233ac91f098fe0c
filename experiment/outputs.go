package experiment

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"einet/dynamics"
	"einet/network"
	"einet/record"
	"einet/sim"
)

// outputs are what a run writes while it goes on: the spikes, in one or more formats, and
// the state and averages that the network asks for. None of it is held in memory, unless the disk takes no more.
type outputs struct {
	recorders []sim.Recorder

	npz    *record.SpikeWriter
	spikes []spikeOutput // spikes.npz first
	state  []stateOutput

	reports []reportOutput       // made of state at the end
	kept    map[string]keptState // by what record.state names
	ends    []func()             // which add to files what is only known at the end
	full    error                // why no more can be written
	broken  error                // why what was written can't be right
}

type spikeOutput struct {
	record.SpikeSink
	name string
}

type stateOutput struct {
	*record.Stream
	name string
}

func newOutputs(r *simulation) (*outputs, error) {
	out := &outputs{}
	if err := out.openAll(r); err != nil {
		return nil, errors.Join(err, out.abort())
	}
	return out, nil
}

func (out *outputs) openAll(r *simulation) error {
	if err := out.openSpikes(r); err != nil {
		return err
	}
	asked := r.net.Record.Asks()
	for _, f := range askedOf {
		if slices.Contains(asked, f.key) {
			if err := f.open(out, r); err != nil {
				return err
			}
		}
	}
	out.openReports(r)
	return nil
}

// askedOf are the files that a network asks for, each by a key of its record.
var askedOf = []struct {
	key, file string
	open      func(out *outputs, r *simulation) error
}{
	{"state", StateFile, (*outputs).openState},
	{"histograms", HistogramFile, (*outputs).openHistograms},
	{"averages", AverageFile, (*outputs).openAverages},
	{"triggered", TriggeredFile, (*outputs).openTriggered},
	{"short_term", ShortTermFile, (*outputs).openShortTerm},
	{"weights", WeightsFile, (*outputs).openWeights},
}

// AskedFiles are those of a run that was asked for them.
var AskedFiles = func() []string {
	files := []string{CSVFile, SONATAFile, EventsFile, PositionsFile, CheckpointFile, FinalWeightsFile}
	for _, f := range askedOf {
		files = append(files, f.file)
	}
	return files
}()

func (out *outputs) openSpikes(r *simulation) error {
	populations, recorded := record.Populations(r.net), record.RecordedOf(r.net)
	npz, err := record.CreateSpikes(r.files.Path(r.named(SpikesFile)), r.net.Dt, populations)
	if err != nil {
		return err
	}
	npz.Only(recorded)
	npz.Nodes(record.NodesOf(r.net))
	out.npz = npz
	out.spikes = append(out.spikes, spikeOutput{npz, r.named(SpikesFile)})
	for _, format := range []struct {
		name, file string
		create     func(string, float64, []record.Population, []network.Nodes) (record.SpikeSink, error)
	}{{"csv", CSVFile, csvOfAll}, {"sonata", SONATAFile, record.CreateSONATA}} {
		own := format.name == "sonata" && r.net.SONATA.File.Path != "" // whose users expect them, under their ids
		if !slices.Contains(r.o.Spikes, format.name) && !own {
			continue
		}
		sink, err := format.create(r.files.Path(r.named(format.file)), r.net.Dt, populations, record.NodesOf(r.net))
		if err != nil {
			return err
		}
		out.spikes = append(out.spikes, spikeOutput{sink, r.named(format.file)})
	}
	header := record.Header{Populations: populations, Recorded: recorded}
	var some []sim.Spike
	out.recorders = append(out.recorders, sim.SpikeSink(func(_ int64, s []sim.Spike) error {
		if recorded != nil {
			some = header.AppendRecorded(some[:0], s)
			s = some
		}
		for _, sink := range out.spikes {
			switch err := sink.Write(s); {
			case errors.Is(err, record.ErrFull):
				out.note(err)
			case err != nil:
				out.broken = err
				return err
			}
		}
		return nil
	}))
	return nil
}

// csvOfAll is a file of global ids.
func csvOfAll(path string, dtMs float64, populations []record.Population, _ []network.Nodes) (record.SpikeSink, error) {
	return record.CreateCSV(path, dtMs, populations)
}

// refill gives the spikes of spikes.npz to the other formats: those of a run that goes on.
func (out *outputs) refill() error {
	if len(out.spikes) < 2 {
		return nil
	}
	return out.npz.Each(func(spikes []sim.Spike) error {
		var err error
		for _, sink := range out.spikes[1:] {
			err = errors.Join(err, sink.Write(spikes))
		}
		return err
	})
}

// note keeps why what is recorded is not on the disk. All recorders take what they were to take first, so that their files end
// at the same step; then watch ends the run.
func (out *outputs) note(err error) { out.full = cmp.Or(out.full, err) }

// watch is the last of the recorders.
func (out *outputs) watch() sim.Recorder {
	return sim.SpikeSink(func(int64, []sim.Spike) error {
		if out.full != nil {
			return out.full
		}
		return nil
	})
}

// open begins a file of state, with what a reader needs to know of the network.
func (out *outputs) open(r *simulation, file string) *record.Grower {
	s := record.CreateStream(r.files.Path(r.named(file)))
	out.state = append(out.state, stateOutput{s, r.named(file)})
	s.FixedFloats("dt_ms", []float64{r.net.Dt})
	return &record.Grower{Stream: s}
}

// StateFile holds the state of single neurons.
const StateFile = "state.npz"

// openState begins the file of single neurons' state, of each population P that is recorded:
//
//	P_step [T], P_neuron [K]               steps and global ids
//	P_V, P_exc, P_inh, P_ext, P_net [T, K] those of them that the network asks for [mV]
//	P_gR [T, K]                            the state of receptor R in its own unit, if it is asked for
//	P_X [T, K]                             another state X of a model in the unit of its equation, likewise
func (out *outputs) openState(r *simulation) error {
	g := out.open(r, StateFile)
	out.kept = map[string]keptState{}
	for _, s := range r.net.Record.State {
		if s.Neurons.Count() > 0 {
			out.recorders = append(out.recorders, out.stateOf(g, r, s))
		}
	}
	return g.Err
}

func (out *outputs) stateOf(g *record.Grower, r *simulation, s network.RecordState) sim.Recorder {
	part, _ := r.net.Part(s.Population)
	i, m := part.Population, r.model
	neurons := sim.Neurons(r.net, &part, &s.Neurons)
	g.FixedInts(s.Population+"_neuron", globalIDs(m, i, neurons))
	step := g.Uints(s.Population + "_step")
	columns := variables(g, m, i, s.Population, s.Variables, int64(len(neurons)))
	out.kept[s.Population] = keptState{i, neurons, step, columns}
	return sim.NewSampler(m, sim.Selection{Population: i, Neurons: neurons, Variables: s.Variables}, int64(r.net.Steps(s.Every)), func(at int64, x *sim.NeuronState) error {
		err := step.Append(uint32(at))
		for _, c := range columns {
			err = errors.Join(err, c.Append(c.of(x)...))
		}
		out.note(err)
		return nil
	})
}

// A keptState is what a run keeps of some neurons.
type keptState struct {
	population int
	neurons    []int
	step       record.UintColumn
	columns    []variableColumn
}

// globalIDs are those of neurons of a population.
func globalIDs(m *dynamics.Model, population int, neurons []int) []int64 {
	ids := make([]int64, len(neurons))
	for j, n := range neurons {
		ids[j] = int64(m.Populations[population].First + n)
	}
	return ids
}

// A variableColumn is an array of a variable of neurons.
type variableColumn struct {
	record.FloatColumn
	name string
	of   func(x *sim.NeuronState) []float32
}

// variables makes an array for each variable of a population that is asked for, nil for all: for V, exc, inh, ext and net,
// and for each receptor with a state, by its number, beside all receptors' time constants.
func variables(g *record.Grower, m *dynamics.Model, population int, name string, wanted []string, row ...int64) []variableColumn {
	var columns []variableColumn
	for _, v := range stateVariables(m, population, wanted) {
		columns = append(columns, variableColumn{g.Floats(name+"_"+v.name, row...), v.name, v.of})
	}
	fixTauSyn(g.Stream, m, population, name, wanted)
	return columns
}

// A stateVariable is a variable of neurons and its name in files.
type stateVariable struct {
	name string
	of   func(x *sim.NeuronState) []float32
}

// stateVariables are those of a population that are asked for, nil for all.
func stateVariables(m *dynamics.Model, population int, wanted []string) []stateVariable {
	var all []stateVariable
	for _, v := range network.HistogramVariables {
		if wanted == nil || slices.Contains(wanted, v) {
			all = append(all, stateVariable{v, variable(v)})
		}
	}
	for _, v := range sim.Variables(m, population)[1:] {
		name := sim.NameOf(m, population, v)
		if wanted == nil || slices.Contains(wanted, name) || v >= 0 && wantsReceptors(wanted) {
			all = append(all, stateVariable{name, func(x *sim.NeuronState) []float32 { return x.Read(v) }})
		}
	}
	return all
}

func wantsReceptors(wanted []string) bool {
	return wanted == nil || slices.Contains(wanted, network.GVariable)
}

// fixTauSyn adds the time constants of all receptors, where their states are asked for.
func fixTauSyn(s *record.Stream, m *dynamics.Model, population int, name string, wanted []string) {
	if !wantsReceptors(wanted) {
		return
	}
	var tau []float64
	for _, r := range m.Populations[population].Receptors {
		tau = append(tau, r.TauSyn)
	}
	s.FixedFloats(name+"_tau_syn", tau)
}

// variable is one of network.HistogramVariables.
func variable(name string) func(x *sim.NeuronState) []float32 {
	return func(x *sim.NeuronState) []float32 { return x.Variable(name) }
}

// close ends the files of a run of that number of steps, and returns those that could be written.
func (out *outputs) close(steps int64) (names []string, err error) {
	var errs []error
	ended := func(name string, err error) {
		if err == nil {
			names = append(names, name)
			return
		}
		errs = append(errs, fmt.Errorf("%s is left out: %w", name, err))
	}
	for _, s := range out.spikes {
		ended(s.name, s.Close(steps))
	}
	for _, end := range out.ends {
		end()
	}
	for _, f := range out.reports {
		ended(f.name, f.write())
	}
	for _, s := range out.state {
		ended(s.name, s.Close())
	}
	return names, errors.Join(errs...)
}

// abort leaves nothing of what is not closed.
func (out *outputs) abort() error {
	var errs []error
	for _, s := range out.spikes {
		errs = append(errs, s.Abort())
	}
	for _, s := range out.state {
		errs = append(errs, s.Abort())
	}
	return errors.Join(errs...)
}
