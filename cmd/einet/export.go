package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"einet/connectome"
	"einet/dynamics"
	"einet/engines"
	"einet/experiment"
	"einet/network"
	"einet/network/sonata"
	"einet/record"
	"einet/record/hdf5"
)

// exportCmd writes the realised network, for other simulators to run the very same one.
type exportCmd struct {
	networkFlags
	To          string `enum:"npz,sonata,nest" default:"npz" help:"Format: npz (numpy), sonata (a folder that SONATA's readers load: circuit and simulation configuration, HDF5, random input as spikes of virtual nodes), nest (npz and a Python script that builds the network in NEST)."`
	outFlag     `set:"out=the files go; otherwise results/NAME-network"`
	forceFlag   `set:"force=export in that folder."`
	threadsFlag `set:"of= that build"`

	InputDuration *span `placeholder:"TIME" help:"Of npz: write also what the network receives in so much model time, its external input, the counts of its Poisson inputs (16 bytes for each that is not 0), the numbers that its noise is made of (4 bytes a neuron and step), and the spikes of sources, as input.npz. Of sonata and nest: the time for which such input is written, otherwise the network's duration."`
}

// The files of an export. The last one marks a complete one.
const (
	synapsesFile = "synapses.npz"
	neuronsFile  = "neurons.npz"
)

// Run builds the network and writes it as a stream.
func (c *exportCmd) Run(ctx context.Context, t *terminal) error {
	net, err := c.load(ctx, nil)
	if err != nil {
		return err
	}
	steps, err := c.inputSteps(net)
	if err != nil {
		return err
	}
	names := []string{neuronsFile, synapsesFile, experiment.NetworkFile}
	var there map[int]*sonata.Neuron // of each population with a membrane
	if c.To != "npz" {
		if there, err = neuronsOf(net, c.To); err != nil {
			return usage(c.located(err))
		}
		if steps == 0 {
			steps = int64(net.Steps(net.Duration))
		}
	}
	switch c.To {
	case "sonata":
		names = sonataNames(net)
		if err := hdf5.Absent(); err != nil {
			return machine(fmt.Errorf("--to sonata: %w", err))
		}
	case "nest":
		names = scriptNames(net)
	default:
		if steps > 0 {
			names = slices.Insert(names, len(names)-1, inputFile)
		}
	}
	var left []string // of an earlier export
	for _, name := range append(sonataFiles, inputFile, nestFile, nestArrayFile, neuronsFile, synapsesFile) {
		if !slices.Contains(names, name) {
			left = append(left, name)
		}
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
	x := &export{ctx, t, net, b, files, there}
	switch c.To {
	case "sonata":
		err = x.sonata(steps)
	case "nest":
		if err = x.synapses(); err == nil {
			err = x.script(steps)
		}
	default:
		if err = x.synapses(); err == nil {
			err = x.neurons()
		}
	}
	if err == nil && slices.Contains(names, inputFile) {
		err = x.input(steps)
	}
	if errors.Is(err, context.Canceled) {
		return err
	} else if err != nil {
		return machine(faults(err)[0]) // from which the rest follows
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
	there map[int]*sonata.Neuron // what the neurons of each population with a membrane are in NEST; nil for npz
}

// each calls do for every synapse of projection k until it fails or the user stops it.
func (x *export) each(k int, do func(source, target int, weight, delayMs float64) error) error {
	n := 0
	omegas, err := engines.StartWeights(x.built.model, x.built.connectome, k)
	if err != nil {
		return err
	}
	most := 0.0
	if omegas != nil {
		most = x.net.Projections[k].Plasticity.Bounds().Max
	}
	return x.built.connectome.Projections[k].Each(func(source, target int, weight, delay uint32) error {
		if n++; n&0xffff == 0 && x.ctx.Err() != nil {
			return x.ctx.Err()
		}
		w, d := x.built.model.Synapse(k, weight, delay)
		if omegas != nil {
			w = float64(omegas[n-1]) / dynamics.One * most
		}
		return do(source, target, w, d)
	})
}

// synapses writes of each projection P the arrays P_source, P_target (numbers in their populations,
// from 0), P_weight in the network's unit and P_delay [ms], of as many elements as it has
// synapses.
func (x *export) synapses() error {
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
		err := x.each(k, func(i, j int, w, d float64) error {
			return errors.Join(source.Append(uint32(i)), target.Append(uint32(j)), weight.Append(float32(w)), delay.Append(float32(d)))
		})
		if err != nil {
			return err
		}
	}
	return s.Close()
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

// neurons writes of each population P its V0, V_th and bias, of each neuron (of a model's
// neurons the start of each state X, as X0, and what a parameter Y draws, as parameter_Y), and its
// P_x, P_y and P_z [mm], if it has positions.
func (x *export) neurons() error {
	s := record.CreateStream(x.files.Path(neuronsFile))
	defer s.Abort()
	for i, p := range x.net.Populations {
		for k, at := range connectome.Coordinates(x.net, i) {
			s.FixedFloats(p.Name+"_"+experiment.Axes[k], at)
		}
	}
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
	for i := range x.net.Groups {
		name := x.net.Groups[i].FullName()
		part, _ := x.net.Part(name)
		what, numbers := "_neuron", make([]int64, part.Size)
		if part.Count > 0 {
			what = "_part"
		}
		for k := range numbers {
			if numbers[k] = int64(part.At(k)); part.Count > 0 {
				numbers[k] = int64(part.SliceOf(k))
			}
		}
		s.FixedInts(name+what, numbers)
	}
	return s.Close()
}
