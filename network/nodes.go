package network

import (
	"fmt"
	"math"
	"slices"
)

// SONATA is the network in SONATA's files that this one was made of. The zero SONATA is none.
type SONATA struct {
	File  File     // its configuration; the checksum is that of all its files
	Notes []string // what is to be told of it, a line each

	Reports []NodeReport // what its simulation has reported
}

// A NodeReport is a variable of some nodes, which a run writes into a file of its own.
type NodeReport struct {
	Name              string
	Variable, Units   string   // of Population.StateVariables, and "mV" or "pA"
	Parts             []string // of all neurons of these the record keeps the variable
	Start, End, Every float64  // [ms], at the multiples of Every behind Start and up to End
}

// Nodes are what a SONATA network calls the neurons of a population. The zero Nodes are none.
type Nodes struct {
	Population string   // of nodes, of which these may be a part
	IDs        []uint64 // of each neuron
}

// A NodeValue is a number of each neuron of a population, as the nodes of a SONATA network have it.
type NodeValue struct {
	Name string
	Each []float64 // [neurons], finite

	mean, sd, low, high float64
}

// NewNodeValue makes one of at least one number.
func NewNodeValue(name string, each []float64) *NodeValue {
	v := &NodeValue{Name: name, Each: each, low: slices.Min(each), high: slices.Max(each)}
	for _, x := range each {
		v.mean += x / float64(len(each))
	}
	for _, x := range each {
		v.sd += (x - v.mean) * (x - v.mean) / float64(len(each))
	}
	v.sd = math.Sqrt(v.sd)
	return v
}

// PerNode is the number that each neuron has of its own.
func PerNode(v *NodeValue) Dist {
	return Dist{Kind: OfNodes, A: v.mean, B: v.sd, Low: v.low, High: v.high, Nodes: v}
}

// mapped is the variable after a function, of one that nodes have.
func (d Dist) mapped(f func(x float64) float64) Dist {
	each := make([]float64, len(d.Nodes.Each))
	for i, x := range d.Nodes.Each {
		each[i] = f(x)
	}
	return PerNode(NewNodeValue(d.Nodes.Name, each))
}

// below is the part of the nodes whose value is below x.
func (v *NodeValue) below(x float64) float64 {
	return float64(countIf(v.Each, func(y float64) bool { return y < x })) / float64(len(v.Each))
}

// ofNodes holds the numbers that the neurons of a population have of their own to its size.
func (c *checker) ofNodes(path string, p *Population) {
	check := func(name string, d Dist) {
		if d.Kind != OfNodes {
			return
		}
		c.want(d.Nodes != nil && len(d.Nodes.Each) == p.Size, path+"."+name, "values of nodes", fmt.Sprintf("must be %d, one for each neuron", p.Size))
	}
	keys := p.Keys()
	for i := range keys {
		if k := &keys[i]; k.At != nil {
			if d, ok := k.At(p).(*Dist); ok {
				check(k.Name, *d)
			}
		}
	}
	check("g0.excitatory", p.G0Ex)
	check("g0.inhibitory", p.G0In)
	if p.Model != nil {
		for _, q := range p.Model.Parameters {
			check("parameters."+q.Name, q.Value)
		}
		for _, s := range p.Model.States {
			if s.Start == nil {
				check("state."+s.Name, s.StartDist)
			}
		}
	}
	c.want(p.Nodes.IDs == nil || len(p.Nodes.IDs) == p.Size, path+".size", p.Size, fmt.Sprintf("must be %d, the nodes of the SONATA network", len(p.Nodes.IDs)))
}
