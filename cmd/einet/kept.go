package main

import (
	"errors"
	"slices"
	"strconv"

	"einet/dynamics"
	"einet/network"
	"einet/record"
	"einet/sim"
)

// kept is what a run writes while it goes on: the spikes, in one or more formats, and
// the state and averages that the network asks for. None of it is held in memory.
type kept struct {
	names     []string // of the files beside spikes.npz
	recorders []sim.Recorder

	spikes []record.SpikeSink
	state  []*record.Stream
}

func newKept(r *simulation) (k *kept, err error) {
	k = &kept{}
	defer func() {
		if err != nil {
			err = errors.Join(err, k.abort())
			k = nil
		}
	}()
	if err := k.openSpikes(r); err != nil {
		return k, err
	}
	if len(r.net.Record.State) > 0 {
		if err := k.openState(r); err != nil {
			return k, err
		}
	}
	if len(r.net.Record.Counted) > 0 {
		if err := k.openHistograms(r); err != nil {
			return k, err
		}
	}
	if r.net.Record.Averages > 0 {
		return k, k.openAverages(r)
	}
	return k, nil
}

func (k *kept) openSpikes(r *simulation) error {
	populations, recorded := record.Populations(r.net), record.Recorded(r.net)
	npz, err := record.CreateSpikes(r.files.Path(spikesFile), r.net.Dt, populations)
	if err != nil {
		return err
	}
	npz.Only(recorded)
	k.spikes = append(k.spikes, npz)
	for _, format := range []struct {
		name, file string
		create     func(string, float64, []record.Population) (record.SpikeSink, error)
	}{{"csv", csvFile, record.CreateCSV}, {"sonata", sonataFile, record.CreateSONATA}} {
		if !slices.Contains(r.flags.Spikes, format.name) {
			continue
		}
		sink, err := format.create(r.files.Path(format.file), r.net.Dt, populations)
		if err != nil {
			return err
		}
		k.spikes, k.names = append(k.spikes, sink), append(k.names, format.file)
	}
	header := record.Header{Populations: populations, Recorded: recorded}
	var some []sim.Spike
	k.recorders = append(k.recorders, sim.SpikeSink(func(_ int64, s []sim.Spike) error {
		if recorded != nil {
			some = header.Kept(some[:0], s)
			s = some
		}
		for _, sink := range k.spikes {
			if err := sink.Write(s); err != nil {
				return machine(err)
			}
		}
		return nil
	}))
	return nil
}

// A grower makes arrays of a stream until one fails.
type grower struct {
	*record.Stream
	err error
}

func (g *grower) floats(name string, row ...int64) record.FloatColumn {
	c, err := g.Floats(name, row...)
	g.err = errors.Join(g.err, err)
	return c
}

func (g *grower) uints(name string, row ...int64) record.UintColumn {
	c, err := g.Uints(name, row...)
	g.err = errors.Join(g.err, err)
	return c
}

// open begins a file of state, with what a reader needs to know of the network.
func (k *kept) open(r *simulation, file string) *grower {
	s := record.CreateStream(r.files.Path(file))
	k.state, k.names = append(k.state, s), append(k.names, file)
	s.FixedFloats("dt_ms", []float64{r.net.Dt})
	return &grower{Stream: s}
}

// openState begins the file of single neurons' state: of each population P that is
// recorded P_step [T], P_neuron [K] (global ids), P_V, P_exc, P_inh, P_ext and P_net [T, K]
// in mV, and for each receptor with a state P_gR [T, K] in the receptor's own unit.
func (k *kept) openState(r *simulation) error {
	g := k.open(r, stateFile)
	for _, s := range r.net.Record.State {
		i := r.net.Population(s.Population)
		if s.Neurons == 0 {
			continue
		}
		k.recorders = append(k.recorders, stateOf(g, r.built.model, i, s, int64(r.net.Steps(s.Every))))
	}
	return g.err
}

func stateOf(g *grower, m *dynamics.Model, i int, s network.RecordState, every int64) sim.Recorder {
	p, n := &m.Populations[i], int64(s.Neurons)
	ids := make([]int64, n)
	for j := range ids {
		ids[j] = int64(p.First + j)
	}
	g.FixedInts(s.Population+"_neuron", ids)
	step := g.uints(s.Population + "_step")
	column := func(what string) record.FloatColumn { return g.floats(s.Population+"_"+what, n) }
	v, exc, inh, ext, net := column("V"), column("exc"), column("inh"), column("ext"), column("net")
	states := g.receptors(m, i, s.Population, n)
	sum := make([]float32, n)
	return sim.NewSampler(m, i, int(n), every, func(at int64, x *sim.NeuronState) error {
		for j := range sum {
			sum[j] = x.Exc[j] + x.Inh[j] + x.Ext[j]
		}
		err := errors.Join(step.Append(uint32(at)), v.Append(x.V...), exc.Append(x.Exc...), inh.Append(x.Inh...),
			ext.Append(x.Ext...), net.Append(sum...))
		for r, c := range states {
			err = errors.Join(err, c.Append(x.G[r]...))
		}
		if err != nil {
			return machine(err)
		}
		return nil
	})
}

// receptors makes an array for each receptor with a state of the population, by its number, and
// the array of all receptors' time constants.
func (g *grower) receptors(m *dynamics.Model, population int, name string, row ...int64) map[int]record.FloatColumn {
	var tau []float64
	for _, r := range m.Populations[population].Receptors {
		tau = append(tau, r.TauSyn)
	}
	g.FixedFloats(name+"_tau_syn", tau)
	states := map[int]record.FloatColumn{}
	for _, r := range sim.Variables(m, population)[1:] {
		states[int(r)] = g.floats(name+"_g"+strconv.Itoa(int(r)), row...)
	}
	return states
}

// close ends the files of a run that took that many steps.
func (k *kept) close(steps int64) error {
	var errs []error
	for _, s := range k.spikes {
		errs = append(errs, s.Close(steps))
	}
	for _, s := range k.state {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// abort leaves nothing of what is not closed.
func (k *kept) abort() error {
	var errs []error
	for _, s := range k.spikes {
		errs = append(errs, s.Abort())
	}
	for _, s := range k.state {
		errs = append(errs, s.Abort())
	}
	return errors.Join(errs...)
}
