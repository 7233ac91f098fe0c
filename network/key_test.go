package network_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
)

// described is what the mapping of a name has its fields in.
func described(name string) any {
	for _, course := range network.Courses {
		if course.Name == name {
			return course.New()
		}
	}
	switch name {
	case "network":
		return &network.Network{}
	case "scale":
		return &network.Scaling{}
	case "record":
		return &network.Record{}
	case "state":
		return &network.RecordState{}
	case "histogram":
		return &network.RecordHistogram{}
	case "averages":
		return &network.RecordAverages{}
	case "triggered":
		return &network.RecordTriggered{}
	case "model":
		return &network.NeuronModel{}
	case "poisson":
		return &network.PoissonInput{}
	case "ou_noise":
		return &network.OUNoise{}
	case "group":
		return &network.Group{}
	case "projection":
		return &network.Projection{}
	case "short_term":
		return &network.ShortTerm{}
	case "plasticity":
		return &network.Plasticity{}
	case "stdp":
		return &network.STDP{}
	case "vogels2011":
		return &network.Vogels{}
	case "triplet":
		return &network.Triplet{}
	case "synapses":
		return &network.RecordWeights{}
	case "sources":
		return &network.RecordShortTerm{}
	case "sonata":
		return &network.SONATA{}
	case "positions", "grid", "ring", "random":
		return &network.Positions{}
	case "neurons", "histograms", "gaussian", "exponential", "disc", "distance": // which are read as a whole
		return nil
	}
	return &network.Population{Model: &network.NeuronModel{}}
}

// sameField is the first key that points at the field of an earlier one.
func sameField(of any, keys []network.Key) string {
	seen := map[any]bool{}
	for _, k := range keys {
		if k.At == nil || k.At(of) == of { // a mapping of more fields
			continue
		}
		if seen[k.At(of)] {
			return k.Name
		}
		seen[k.At(of)] = true
	}
	return ""
}

// Each key points at a field of its own, of a type that its default has.
func TestKeysPointAtFields(t *testing.T) {
	pointing := 0
	for _, m := range network.Mappings() {
		of := described(m.Name)
		if of == nil {
			continue
		}
		require.Empty(t, sameField(of, m.Keys), m.Name)
		for _, k := range m.Keys {
			if k.At != nil {
				pointing++
			}
			if k.Default == nil || reflect.TypeOf(k.Default).Kind() == reflect.Func {
				continue
			}
			require.Equal(t, reflect.TypeOf(k.At(of)).Elem(), reflect.TypeOf(k.Default), m.Name+" "+k.Name)
		}
	}
	require.Greater(t, pointing, 100)
	// Control: a key that points at the field of another is found.
	keys := network.Keys("population", "lif_cond")
	keys = append(keys[:len(keys):len(keys)], network.Key{Name: "E_rest", At: keys[3].At})
	require.Equal(t, "E_rest", sameField(&network.Population{}, keys))
}

// Lists that are there and empty, of a Network built in Go, are a fault and no panic.
func TestWeightsOfNoSynapses(t *testing.T) {
	n := &network.Network{Name: "a", Dt: 0.1, Populations: []network.Population{{Name: "S", Size: 3, Neuron: network.Poisson, Rate: network.Input{network.DC(1)}},
		{Name: "E", Size: 3, Neuron: network.LIF, TauM: 10, VTh: network.Number(15), V0: network.Number(0), Input: network.Input{network.DC(0)}}},
		Projections: []network.Projection{{Name: "p", From: "S", To: "E", Rule: network.List, Synapse: network.Delta, Delay: network.Number(1),
			Edges: network.Edges{Source: []uint32{0}, Target: []uint32{1}}}}}
	require.NoError(t, n.Validate())
	n.Projections[0].Edges.Weight = []float64{}
	require.ErrorContains(t, n.Validate(), "projections.p.edges: 1: must have a source and a target for each synapse, and a weight for each or none")
}
