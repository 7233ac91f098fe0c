package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"einet/dynamics"
	"einet/engines"
	"einet/experiment"
	"einet/network"
	"einet/record"
	"einet/record/hdf5"
)

// exportCmd writes the realised network, for other simulators to run the very same one.
type exportCmd struct {
	networkFlags
	To          string `enum:"npz,sonata" default:"npz" help:"Format: npz (numpy), sonata (HDF5)."`
	outFlag     `set:"out=the files go; otherwise results/NAME-network"`
	forceFlag   `set:"force=export in that folder."`
	threadsFlag `set:"of= that build"`

	InputDuration *span `placeholder:"TIME" help:"Write also what the network receives in so much model time: its external input, the counts of its Poisson inputs (16 bytes for each that is not 0), the numbers that its noise is made of (4 bytes a neuron and step), and the spikes of sources, as input.npz."`
}

// The files of an export. The last one marks a complete one.
const (
	synapsesFile  = "synapses.npz"
	neuronsFile   = "neurons.npz"
	edgesFile     = "edges.h5"
	nodesFile     = "nodes.h5"
	edgeTypesFile = "edge_types.csv"
	nodeTypesFile = "node_types.csv"
)

// Run builds the network and writes it as a stream.
func (c *exportCmd) Run(ctx context.Context, t *terminal) error {
	net, err := c.load(ctx, nil)
	if err != nil {
		return err
	}
	names := []string{neuronsFile, synapsesFile, experiment.NetworkFile}
	if c.To == "sonata" {
		names = []string{nodesFile, edgesFile, nodeTypesFile, edgeTypesFile, experiment.NetworkFile}
		if err := hdf5.Absent(); err != nil {
			return machine(fmt.Errorf("--to sonata: %w", err))
		}
	}
	steps, err := c.inputSteps(net)
	if err != nil {
		return err
	}
	var left []string // of an earlier export
	if steps > 0 {
		names = slices.Insert(names, len(names)-1, inputFile)
	} else {
		left = []string{inputFile}
	}
	dir := c.Out
	if dir == "" {
		dir = filepath.Join("results", net.Name+"-network")
	}
	seen := record.Look(dir)
	if err := experiment.Vacant(dir, names, "export", c.Force); err != nil {
		return err
	}
	m, err := engines.Unchosen.Model(net, 0)
	if err != nil {
		return err
	}
	b, err := build(ctx, engines.Unchosen, m, c.Threads)
	if err != nil {
		return err
	}
	files, err := experiment.OpenSet(seen, dir, t.log.Warn)
	if err != nil {
		return err
	}
	defer files.Abort()
	x := &export{ctx, t, net, b, files}
	write := x.npz
	if c.To == "sonata" {
		write = x.sonata
	}
	err = write()
	if err == nil && steps > 0 {
		err = x.input(steps)
	}
	if errors.Is(err, context.Canceled) {
		return err
	} else if err != nil {
		return machine(err)
	}
	if err := experiment.WriteNetwork(files.Path(experiment.NetworkFile), net); err != nil {
		return machine(err)
	}
	if dir, err = experiment.Commit(files, names, left); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "%s: %d neurons, %d synapses in %s\n", dir, net.Neurons(), b.connectome.Synapses(), strings.Join(names, ", "))
	return err
}

// An export is one under way.
type export struct {
	ctx   context.Context
	t     *terminal
	net   *network.Network
	built built
	files *record.Set
}

// each calls do for every synapse of projection k until it fails or the user stops it.
func (x *export) each(k int, do func(source, target int, weight float32, delayMs float64) error) error {
	n := 0
	return x.built.connectome.Projections[k].Each(func(source, target int, weight, delay uint32) error {
		if n++; n&0xffff == 0 && x.ctx.Err() != nil {
			return x.ctx.Err()
		}
		w, d := x.built.model.Synapse(k, weight, delay)
		return do(source, target, w, d)
	})
}

// npz writes of each projection P the arrays P_source, P_target (numbers in their populations,
// from 0), P_weight in the network's unit and P_delay [ms], of as many elements as it has
// synapses; and of each population P its V0, V_th and bias, of each neuron (of a model's
// neurons the start of each state X, as X0, and what a parameter Y draws, as parameter_Y).
func (x *export) npz() error {
	s := record.CreateStream(x.files.Path(synapsesFile))
	defer s.Abort()
	var names, from, to []string
	for _, p := range x.net.Projections {
		names, from, to = append(names, p.Name), append(from, p.From), append(to, p.To)
	}
	s.FixedNames("projections", names)
	s.FixedNames("from", from)
	s.FixedNames("to", to)
	s.FixedFloats("dt_ms", []float64{x.net.Dt})
	g := &record.Grower{Stream: s}
	for k, p := range x.net.Projections {
		source, target := g.Uints(p.Name+"_source"), g.Uints(p.Name+"_target")
		weight, delay := g.Floats(p.Name+"_weight"), g.Floats(p.Name+"_delay")
		if g.Err != nil {
			return g.Err
		}
		err := x.each(k, func(i, j int, w float32, d float64) error {
			return errors.Join(source.Append(uint32(i)), target.Append(uint32(j)), weight.Append(w), delay.Append(float32(d)))
		})
		if err != nil {
			return err
		}
	}
	if err := s.Close(); err != nil {
		return err
	}
	return x.neurons()
}

// A neuronColumn is a number of each neuron of a population.
type neuronColumn struct {
	name   string
	values []float32
}

// neuronColumns are those of population i: of a model every state at the start and what its parameters draw.
func neuronColumns(m *dynamics.Model, i int) []neuronColumn {
	model := m.Network.Populations[i].Model
	if model == nil {
		return []neuronColumn{{"V0", absolute(m, i, m.InitialV(i))}, {"V_th", absolute(m, i, thresholds(m, i))}, {"bias", biases(m, i)}}
	}
	var columns []neuronColumn
	for k, values := range m.ModelStarts(i) {
		columns = append(columns, neuronColumn{model.States[k].Name + "0", values})
	}
	drawn := m.ModelDraws(i)
	for _, name := range slices.Sorted(maps.Keys(drawn)) {
		values := make([]float32, len(drawn[name]))
		for k, x := range drawn[name] {
			values[k] = float32(x)
		}
		columns = append(columns, neuronColumn{"parameter_" + name, values})
	}
	return append(columns, neuronColumn{"bias", biases(m, i)})
}

// absolute adds E_L to potentials.
func absolute(m *dynamics.Model, i int, v []float32) []float32 {
	for k := range v {
		v[k] = m.Populations[i].Absolute(v[k])
	}
	return v
}

func thresholds(m *dynamics.Model, i int) []float32 {
	p := &m.Populations[i]
	if p.HasThresholds() {
		return slices.Clone(m.Thresholds(i))
	}
	return slices.Repeat([]float32{p.VTh}, p.Size)
}

func biases(m *dynamics.Model, i int) []float32 {
	if p := &m.Populations[i]; !p.HasBiases() {
		return make([]float32, p.Size)
	}
	return m.Biases(i)
}

func (x *export) neurons() error {
	s := record.CreateStream(x.files.Path(neuronsFile))
	defer s.Abort()
	g := &record.Grower{Stream: s}
	for _, i := range experiment.WithPotential(x.net) {
		for _, c := range neuronColumns(x.built.model, i) {
			column := g.Floats(x.net.Populations[i].Name + "_" + c.name)
			if g.Err != nil {
				return g.Err
			}
			if err := column.Append(c.values...); err != nil {
				return err
			}
		}
		for r := range x.built.model.Populations[i].Receptors {
			column := g.Floats(fmt.Sprintf("%s_g%d", x.net.Populations[i].Name, r))
			if g.Err != nil {
				return g.Err
			}
			if err := column.Append(x.built.model.InitialG(i, r)...); err != nil {
				return err
			}
		}
	}
	return s.Close()
}

// sonata writes the nodes and edges of SONATA, a population of edges for each projection.
func (x *export) sonata() error {
	if err := inFile(nodesFile, x.sonataNodes()); err != nil {
		return err
	}
	if err := inFile(edgesFile, x.sonataEdges()); err != nil {
		return err
	}
	return x.types()
}

// inFile is what went wrong first with a file of HDF5, which does not say why; the rest follows from that.
func inFile(name string, err error) error {
	const full = " (is the disk full?)"
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	first := strings.TrimSuffix(faults(err)[0].Error(), full)
	return errors.New(name + ": " + first + full)
}

func (x *export) sonataNodes() error {
	nodes, err := hdf5.CreateNodes(x.files.Path(nodesFile))
	if err != nil {
		return err
	}
	for i, p := range x.net.Populations {
		columns := map[string][]float32{}
		if !p.Neuron.IsSource() {
			for _, c := range neuronColumns(x.built.model, i) {
				columns[c.name] = c.values
			}
		}
		err = errors.Join(err, nodes.Population(p.Name, p.Size, uint32(i), columns))
	}
	return errors.Join(err, nodes.Close())
}

func (x *export) sonataEdges() error {
	edges, err := hdf5.CreateEdges(x.files.Path(edgesFile))
	if err != nil {
		return err
	}
	for k := range x.net.Projections {
		if err := x.edges(edges, k); err != nil {
			return errors.Join(err, edges.Close())
		}
	}
	return edges.Close()
}

func (x *export) edges(to *hdf5.EdgeWriter, k int) error {
	p := &x.net.Projections[k]
	units := x.net.Populations[x.net.Population(p.To)].WeightUnit(p.Synapse, p.Receptor)
	e, err := to.Population(p.Name, p.From, p.To, units, uint32(k))
	if err != nil {
		return err
	}
	err = x.each(k, func(i, j int, w float32, d float64) error { return e.Add(uint64(i), uint64(j), w, d) })
	return errors.Join(err, e.Close())
}

// types writes SONATA's tables of types, blank-separated, one for each population and projection.
func (x *export) types() error {
	write := func(file, text string) error {
		return record.WriteFile(x.files.Path(file), func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		})
	}
	var nodes, edges strings.Builder
	nodes.WriteString("node_type_id pop_name model_type model_template ei\n")
	for i, p := range x.net.Populations {
		model, ei := "point_neuron", "e"
		if p.Neuron.IsSource() {
			model = "virtual"
		}
		if x.net.Inhibits(p.Name) {
			ei = "i"
		}
		fmt.Fprintf(&nodes, "%d %s %s einet:%s %s\n", i, p.Name, model, p.Neuron, ei)
	}
	edges.WriteString("edge_type_id projection model_template tau_syn tau_rise\n")
	for k, p := range x.net.Projections {
		fmt.Fprintf(&edges, "%d %s einet:%s %g %g\n", k, p.Name, p.Synapse, p.TauSyn, p.TauRise)
	}
	return errors.Join(write(nodeTypesFile, nodes.String()), write(edgeTypesFile, edges.String()))
}
