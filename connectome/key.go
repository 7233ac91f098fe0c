package connectome

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"einet/network"
)

// A Key stands for what a connectome depends on. Networks with one key have the same synapses, so that one connectome serves
// them all: those that differ in their neurons, their input, the strength of their synapses or a delay that is a number.
type Key [sha256.Size]byte

// KeyOf is the key of a valid network. What it does not know to leave the synapses alone counts: a field that the language gets
// later makes keys differ that need not, and never the other way.
func KeyOf(net *network.Network) Key {
	h := sha256.New()
	fmt.Fprintln(h, net.Seed, net.Dt)
	for i := range net.Populations {
		p := net.Populations[i] // a copy
		p.Neuron, p.Model = "", nil
		p.TauM, p.CM, p.GL, p.EL, p.EEx, p.EIn, p.VReset, p.TRef = 0, 0, 0, 0, 0, 0, 0, 0
		p.VTh, p.V0, p.G0Ex, p.G0In, p.Bias = network.Dist{}, network.Dist{}, network.Dist{}, network.Dist{}, network.Dist{}
		p.Input, p.PoissonInput, p.WhiteNoise, p.OUNoise = nil, nil, 0, network.OUNoise{}
		p.Rate, p.Spikes = nil, network.SpikeTrain{}
		fmt.Fprintf(h, "%+v\n", p)
	}
	for i := range net.Projections {
		hashDrawn(h, net, i)
		p := net.Projections[i]
		p.Name, p.Synapse, p.TauSyn, p.TauRise, p.Receptor = "", "", 0, 0, ""
		p.Weight, p.Delay, p.Edges, p.ShortTerm, p.Plasticity = network.Dist{}, network.Dist{}, network.Edges{}, network.ShortTerm{}, network.Plasticity{}
		if p.Grouped() { // names alone don't tell whose they are
			from, to := net.Ends(i)
			fmt.Fprintln(h, from.Spans(), from.Count, to.Spans(), to.Count)
		}
		fmt.Fprintf(h, "%+v\n", p)
	}
	return Key(h.Sum(nil))
}

// hashDrawn takes what synapses have of weights and delays, which is codes and how these are drawn, and the synapses of a list.
func hashDrawn(h io.Writer, net *network.Network, i int) {
	p := &net.Projections[i]
	codes := NewCodes(net, i)
	fmt.Fprintln(h, len(codes.Weights), codes.Delays, codes.Packing())
	weight, delay := newCoders(p, &codes, net.Dt)
	for _, c := range []*coder{weight, delay} {
		if c != nil {
			_ = binary.Write(h, binary.LittleEndian, c.thresholds) // a hash takes all
		}
		fmt.Fprintln(h)
	}
	if p.WeightBy.Falls() { // the order of codes is that of the sign, and what lies between two is rounded
		fmt.Fprintln(h, p.Weight.A)
	}
	if p.Speed != 0 {
		fmt.Fprintln(h, p.Delay.A)
	}
	if p.Rule == network.List {
		for _, column := range []any{p.Edges.Source, p.Edges.Target, p.Edges.Weight, p.Edges.Delay} {
			_ = binary.Write(h, binary.LittleEndian, column)
			fmt.Fprintln(h)
		}
	}
}
