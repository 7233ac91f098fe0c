package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"einet/connectome"
	"einet/experiment"
	"einet/fault"
	"einet/network"
	"einet/network/sonata"
	"einet/record"
	"einet/record/hdf5"
)

// The files of a network in SONATA's format, besides one of parameters for each population of neurons.
const (
	simulationFile  = "simulation_config.json"
	circuitFile     = "circuit_config.json"
	nodeSetsFile    = "node_sets.json"
	nodesFile       = "nodes.h5"
	nodeTypesFile   = "node_types.csv"
	sourcesFile     = "sources.h5" // virtual nodes, apart: bmtk wants no template or parameters among their types
	sourceTypesFile = "source_types.csv"
	edgesFile       = "edges.h5"
	edgeTypesFile   = "edge_types.csv"
	sourceSpikeFile = "input_spikes.h5"
	noParameters    = "no_parameters.json" // of edges
)

var sonataFiles = []string{simulationFile, circuitFile, nodeSetsFile, nodesFile, nodeTypesFile, sourcesFile, sourceTypesFile, edgesFile, edgeTypesFile, sourceSpikeFile, noParameters}

func parametersFile(population string) string { return "neurons_" + population + ".json" }
func synapseFile(projection string) string    { return "synapses_" + projection + ".json" }

// sonataNames are the files of a network.
func sonataNames(net *network.Network) []string {
	names := slices.Clone(sonataFiles)
	if len(trainsOf(net)) == 0 {
		names = slices.DeleteFunc(names, func(name string) bool {
			return slices.Contains([]string{sourceSpikeFile, sourcesFile, sourceTypesFile}, name)
		})
	}
	for _, p := range net.Populations {
		if !p.Neuron.IsSource() {
			names = append(names, parametersFile(p.Name))
		}
	}
	for i := range net.Projections {
		if p := &net.Projections[i]; p.ShortTerm.Is() {
			names = append(names, synapseFile(p.Name))
		}
	}
	return append(names, experiment.NetworkFile)
}

// neuronsOf is what NEST calls the neurons of each population with a membrane. What can't be told to another simulator is a fault.
func neuronsOf(net *network.Network, to string) (map[int]*sonata.Neuron, error) {
	there := map[int]*sonata.Neuron{}
	var faults []fault.Error
	for _, i := range experiment.WithPotential(net) {
		p := &net.Populations[i]
		n, wrong := sonata.NeuronOf(net, i, to == "nest")
		if wrong != nil {
			faults = append(faults, *wrong)
		}
		there[i] = n
		path := "populations." + p.Name
		if _, ok := p.Input.Constant(); !ok {
			faults = append(faults, fault.Error{Path: path + ".input", Value: "in time", Allowed: "must be constant: --to npz with --input-duration writes it step by step"})
		}
		for _, g := range net.GroupsOf(p.Name) {
			if _, ok := g.Input.Constant(); !ok {
				faults = append(faults, fault.Error{Path: "groups." + g.FullName() + ".input", Value: "in time", Allowed: "must be constant: --to npz with --input-duration writes it step by step"})
			}
		}
		for _, of := range net.Noises(i) {
			const allowed = "must be left out: other simulators draw noise of their own; --to npz with --input-duration writes the numbers"
			if of.White > 0 {
				faults = append(faults, fault.Error{Path: of.Path + ".white_noise", Allowed: allowed})
			}
			if of.OU.SD > 0 {
				faults = append(faults, fault.Error{Path: of.Path + ".ou_noise", Allowed: allowed})
			}
		}
		if zero := network.Number(0); p.Neuron == network.LIF && (p.G0Ex != zero || p.G0In != zero) {
			faults = append(faults, fault.Error{Path: path + ".g0", Allowed: "must be left out: NEST's current-based neurons start without synaptic current"})
		}
		if len(net.Received(i)) > 0 && slices.ContainsFunc(net.Populations, func(q network.Population) bool { return strings.HasPrefix(q.Name, p.Name+"_poisson") }) {
			faults = append(faults, fault.Error{Path: path, Allowed: "its Poisson input is to become the population " + p.Name + "_poisson, which there is: rename that"})
		}
	}
	for k := range net.Projections {
		p := &net.Projections[k]
		if p.Plasticity.Is() && to == "sonata" {
			faults = append(faults, fault.Error{Path: "projections." + p.Name + ".plasticity", Allowed: "must be left out: SONATA has no weights that change; --to nest writes a script that has"})
			continue
		}
		if from := net.Population(p.From); to == "sonata" && p.ShortTerm.Is() && net.Populations[from].Neuron.IsSource() {
			faults = append(faults, fault.Error{Path: "projections." + p.Name + ".short_term", Allowed: "must be left out: simulators give virtual nodes no synapses that depress or facilitate; --to nest writes a script that has"})
			continue
		}
		if _, wrong := sonata.SynapseOf(net, k); wrong != nil {
			faults = append(faults, *wrong)
		}
	}
	return there, fault.Join(faults)
}

// A train is the spikes of virtual nodes: those of a source, or of a Poisson input, of which each neuron has a node of its own.
type train struct {
	name       string
	population int // of the network
	poisson    int // which input of it, -1 of a source
	size       int
	to         network.Part // of an input, who receives it
}

// trainsOf are those of a network: of Poisson inputs first, for their receptors come first.
func trainsOf(net *network.Network) (all []train) {
	for i := range net.Populations {
		p := &net.Populations[i]
		inputs := net.Received(i)
		for k, in := range inputs {
			name := p.Name + "_poisson"
			if len(inputs) > 1 {
				name += fmt.Sprint(k)
			}
			all = append(all, train{name, i, k, in.Part.Size, in.Part})
		}
	}
	for i := range net.Populations {
		if p := &net.Populations[i]; p.Neuron.IsSource() {
			all = append(all, train{name: p.Name, population: i, poisson: -1, size: p.Size})
		}
	}
	return all
}

// sonata writes the network in SONATA's format: a population of edges for each projection and Poisson input.
func (x *export) sonata(steps int64) error {
	trains := trainsOf(x.net)
	if err := inFile(nodesFile, x.sonataNodes()); err != nil {
		return err
	}
	if len(trains) > 0 {
		if err := inFile(sourcesFile, x.sonataSources(trains)); err != nil {
			return err
		}
	}
	if err := inFile(edgesFile, x.sonataEdges(trains)); err != nil {
		return err
	}
	if len(trains) > 0 {
		if err := inFile(sourceSpikeFile, x.sonataSpikes(trains, steps)); err != nil {
			return err
		}
	}
	return errors.Join(x.types(trains), x.configurations(trains, steps))
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

// ownParameters are those of NEST that each neuron of population i has of its own, by NEST's names.
func (x *export) ownParameters(i int) map[string][]float64 {
	m, p := x.built.model, &x.net.Populations[i]
	q := &m.Populations[i]
	own := map[string][]float64{}
	if p.Model != nil {
		for k, values := range m.ModelStarts(i) {
			own[map[string]string{"V": "V_m", "w": "w"}[p.Model.States[k].Name]] = float64s(values, 0)
		}
		for name, values := range m.ModelDraws(i) {
			if name == "V_T" {
				name = "V_th"
			}
			own[name] = values
		}
	} else {
		own["V_m"] = float64s(m.InitialV(i), p.EL)
		if q.HasThresholds() {
			own["V_th"] = float64s(m.Thresholds(i), p.EL)
		}
	}
	constant, _ := p.Input.Constant()
	if biases := m.Own(i, 0); biases != nil {
		for k := range biases {
			biases[k] = constant + biases[k]/q.R
		}
		own["I_e"] = biases
	}
	for r := range q.Receptors {
		if values := m.InitialG(i, r); values != nil {
			name := map[bool]string{true: "g", false: "I_syn"}[q.Conductive(r)] + map[bool]string{true: "_ex", false: "_in"}[q.Receptors[r].Excitatory]
			own[name] = float64s(values, 0)
		}
	}
	return own
}

// float64s are numbers and a sum more.
func float64s(values []float32, plus float64) []float64 {
	all := make([]float64, len(values))
	for i, v := range values {
		all[i] = float64(v) + plus
	}
	return all
}

// sharedParameters are those that all neurons of population i have.
func (x *export) sharedParameters(i int) map[string]float64 {
	shared := maps.Clone(x.there[i].Parameters)
	shared["I_e"], _ = x.net.Populations[i].Input.Constant()
	return shared
}

func (x *export) sonataNodes() error {
	nodes, err := hdf5.CreateNodes(x.files.Path(nodesFile))
	if err != nil {
		return err
	}
	for i, p := range x.net.Populations {
		if !p.Neuron.IsSource() {
			err = errors.Join(err, nodes.Population(p.Name, p.Size, uint32(i), x.ownParameters(i), connectome.Coordinates(x.net, i)))
		}
	}
	return errors.Join(err, nodes.Close())
}

func (x *export) sonataSources(trains []train) error {
	nodes, err := hdf5.CreateNodes(x.files.Path(sourcesFile))
	if err != nil {
		return err
	}
	for k, t := range trains {
		err = errors.Join(err, nodes.Population(t.name, t.size, x.sourceType(k, t), nil, x.placesOf(t)))
	}
	return errors.Join(err, nodes.Close())
}

// placesOf is where the neurons of a train are, if it is of a source that has positions.
func (x *export) placesOf(t train) [][]float64 {
	if t.poisson >= 0 {
		return nil
	}
	return connectome.Coordinates(x.net, t.population)
}

// sourceType is the type of virtual nodes: of sources among those of all populations, behind them of Poisson inputs.
func (x *export) sourceType(k int, t train) uint32 {
	if t.poisson < 0 {
		return uint32(t.population)
	}
	return uint32(len(x.net.Populations) + k)
}

func (x *export) sonataEdges(trains []train) error {
	edges, err := hdf5.CreateEdges(x.files.Path(edgesFile))
	if err != nil {
		return err
	}
	typeID := uint32(0)
	for _, t := range trains {
		if t.poisson < 0 {
			continue
		}
		p := &x.net.Populations[t.population]
		in, weight := x.net.Received(t.population)[t.poisson].PoissonInput, x.built.model.PoissonWeight(t.population, t.poisson)
		of := hdf5.EdgeTable{Name: t.name + "_to_" + p.Name, From: t.name, To: p.Name, Pre: t.size, Post: p.Size, Units: p.WeightUnit(in.Synapse, in.Receptor), TypeID: typeID}
		err = x.edges(edges, of, func(add func(i, j int, w, d float64) error) error {
			for i := range t.size {
				if err := add(i, t.to.At(i), weight, x.net.Dt); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return errors.Join(err, edges.Close())
		}
		typeID++
	}
	for k := range x.net.Projections {
		p := &x.net.Projections[k]
		pre, post := x.net.Sizes(k)
		units := x.net.Populations[x.net.Population(p.To)].WeightUnit(p.Synapse, p.Receptor)
		of := hdf5.EdgeTable{Name: p.Name, From: p.From, To: p.To, Pre: pre, Post: post, Units: units, TypeID: typeID}
		err := x.edges(edges, of, func(add func(i, j int, w, d float64) error) error { return x.each(k, add) })
		if err != nil {
			return errors.Join(err, edges.Close())
		}
		typeID++
	}
	return edges.Close()
}

// edges writes a population of edges.
func (x *export) edges(to *hdf5.EdgeWriter, of hdf5.EdgeTable, each func(add func(i, j int, w, d float64) error) error) error {
	e, err := to.Population(of)
	if err != nil {
		return err
	}
	err = each(func(i, j int, w, d float64) error { return e.Add(uint64(i), uint64(j), w, d) })
	return errors.Join(err, e.Close())
}

// sonataSpikes writes the spikes of virtual nodes. What a Poisson input brings at step n its node sends a step before; so what
// it brings at step 1 no node can send.
func (x *export) sonataSpikes(trains []train, steps int64) error {
	var names []string
	counts, most := make([][]uint32, len(trains)), 0
	for k, t := range trains {
		names, counts[k] = append(names, t.name), make([]uint32, t.size)
		most = max(most, x.net.Populations[t.population].Size)
	}
	ofAll := make([]uint32, most)
	spikes, err := hdf5.CreateSpikes(x.files.Path(sourceSpikeFile), names)
	if err != nil {
		return err
	}
	total, lost := int64(0), int64(0)
	p := newProgress(x.t, false, x.net.Dt, 0, steps)
	defer p.done()
	for n := int64(1); n <= steps && err == nil; n++ {
		for k, t := range trains {
			at := n
			if t.poisson < 0 {
				x.built.model.SourceCounts(t.population, n, counts[k])
			} else {
				all := ofAll[:x.net.Populations[t.population].Size]
				x.built.model.PoissonCounts(t.population, t.poisson, n, all)
				for i := range counts[k] {
					counts[k][i] = all[t.to.At(i)]
				}
				at = n - 1
			}
			for i, count := range counts[k] {
				if at == 0 {
					lost += int64(count)
					continue
				}
				for range count {
					err = errors.Join(err, spikes.Add(k, float64(at)*x.net.Dt, uint64(i)))
				}
				total += int64(count)
			}
		}
		p.update(n, total)
		err = errors.Join(err, x.ctx.Err())
	}
	if lost > 0 {
		x.t.log.Warn(fmt.Sprintf("the %d Poisson spikes that arrive at the first step are left out: a virtual node would have to send them at 0 ms", lost))
	}
	return errors.Join(err, spikes.Close())
}

// types writes SONATA's tables of types, blank-separated, one for each population of nodes and of edges, and the parameters.
func (x *export) types(trains []train) error {
	var nodes, sources, edges strings.Builder
	nodes.WriteString("node_type_id population pop_name ei model_type model_template dynamics_params\n")
	var err error
	for i, p := range x.net.Populations {
		ei := "e"
		if x.net.Inhibits(p.Name) {
			ei = "i"
		}
		if p.Neuron.IsSource() {
			continue
		}
		fmt.Fprintf(&nodes, "%d %s %s %s point_neuron nest:%s %s\n", i, p.Name, p.Name, ei, x.there[i].Model, parametersFile(p.Name))
		err = errors.Join(err, x.json(parametersFile(p.Name), x.sharedParameters(i)))
	}
	edges.WriteString("edge_type_id population model_template dynamics_params\n")
	sources.WriteString("node_type_id population pop_name ei model_type\n")
	edge := 0
	for k, t := range trains {
		p, ei := &x.net.Populations[t.population], "e"
		if t.poisson < 0 && x.net.Inhibits(p.Name) || t.poisson >= 0 && x.net.Received(t.population)[t.poisson].Weight < 0 {
			ei = "i"
		}
		fmt.Fprintf(&sources, "%d %s %s %s virtual\n", x.sourceType(k, t), t.name, t.name, ei)
		if t.poisson >= 0 {
			fmt.Fprintf(&edges, "%d %s_to_%s static_synapse %s\n", edge, t.name, p.Name, noParameters)
			edge++
		}
	}
	if len(trains) > 0 {
		err = errors.Join(err, x.text(sourceTypesFile, sources.String()))
	}
	for k, p := range x.net.Projections {
		synapse, _ := sonata.SynapseOf(x.net, k)
		file := noParameters
		if synapse.Parameters != nil {
			file = synapseFile(p.Name)
			err = errors.Join(err, x.json(file, synapse.Parameters))
		}
		fmt.Fprintf(&edges, "%d %s %s %s\n", edge, p.Name, synapse.Model, file)
		edge++
	}
	return errors.Join(err, x.json(noParameters, struct{}{}), x.text(nodeTypesFile, nodes.String()), x.text(edgeTypesFile, edges.String()))
}

func (x *export) text(file, text string) error {
	return record.WriteFile(x.files.Path(file), func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

func (x *export) json(file string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return x.text(file, string(text)+"\n")
}

// configurations writes those of the circuit and of the simulation, and the sets of nodes that it names.
func (x *export) configurations(trains []train, steps int64) error {
	type object = map[string]any
	sets, inputs := object{}, object{}
	nodes := []object{{"nodes_file": "$BASE_DIR/" + nodesFile, "node_types_file": "$BASE_DIR/" + nodeTypesFile}}
	if len(trains) > 0 {
		nodes = append(nodes, object{"nodes_file": "$BASE_DIR/" + sourcesFile, "node_types_file": "$BASE_DIR/" + sourceTypesFile})
	}
	var order []string
	for _, p := range x.net.Populations {
		order = append(order, p.Name)
	}
	for _, p := range x.net.Populations {
		sets[p.Name] = object{"population": p.Name}
	}
	for _, part := range x.net.Parts() {
		sets[part.Name] = object{"population": x.net.Populations[part.Population].Name, "node_id": slices.Sorted(slices.Values(part.Neurons()))}
	}
	for k := range x.net.Groups {
		if g := &x.net.Groups[k]; g.Count > 0 {
			division, _ := x.net.Part(g.FullName())
			var parts []string
			for i := range g.Count {
				parts = append(parts, division.NameOf(i))
			}
			sets[g.FullName()] = parts
		}
	}
	for _, t := range trains {
		sets[t.name] = object{"population": t.name}
		inputs[t.name+"_spikes"] = object{"input_type": "spikes", "module": "h5", "input_file": "$BASE_DIR/" + sourceSpikeFile, "node_set": t.name}
	}
	return errors.Join(
		x.json(nodeSetsFile, sets),
		x.json(circuitFile, object{
			"manifest":   object{"$BASE_DIR": "."},
			"components": object{"point_neuron_models_dir": "$BASE_DIR", "synaptic_models_dir": "$BASE_DIR"},
			"einet":      object{"populations": order}, // by which neurons have the same numbers again
			"networks": object{
				"nodes": nodes,
				"edges": []object{{"edges_file": "$BASE_DIR/" + edgesFile, "edge_types_file": "$BASE_DIR/" + edgeTypesFile}},
			},
			"target_simulator": "NEST",
		}),
		x.json(simulationFile, object{
			"manifest":         object{"$BASE_DIR": ".", "$OUTPUT_DIR": "$BASE_DIR/output"},
			"run":              object{"tstop": float64(steps) * x.net.Dt, "dt": x.net.Dt},
			"network":          "$BASE_DIR/" + circuitFile,
			"node_sets_file":   "$BASE_DIR/" + nodeSetsFile,
			"inputs":           inputs,
			"output":           object{"output_dir": "$OUTPUT_DIR", "log_file": "log.txt", "spikes_file": "spikes.h5", "spikes_sort_order": "time"},
			"target_simulator": "NEST",
		}),
	)
}
