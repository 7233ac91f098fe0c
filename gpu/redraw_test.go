//go:build cgo && !nogl

package gpu

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"einet/connectome"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/rng"
	"einet/shaders"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// toMany is projections onto more than two chunks of targets, from a small population or among the
// targets themselves.
func toMany(from string, rules ...func(p *network.Projection)) *network.Network {
	return toSome(manyTargets, from, rules...)
}

func toSome(targets int, from string, rules ...func(p *network.Projection)) *network.Network {
	base := enginetest.Networks()[3].Populations[0]
	few, many := base, base
	few.Name, few.Size, many.Name, many.Size = "few", 70, "many", targets
	net := &network.Network{Name: "drawn", Seed: 5, Dt: 0.1, Duration: 10, Populations: []network.Population{few, many}}
	for i, rule := range rules {
		p := network.Projection{
			Name: fmt.Sprint("p", i), From: from, To: "many", Weight: network.Number(0.1 + 0.01*float64(i)), Delay: network.Number(1),
			Synapse: network.Exponential, TauSyn: 5, Autapses: true,
		}
		rule(&p)
		net.Projections = append(net.Projections, p)
	}
	return net
}

const manyTargets = 2*connectome.Chunk + 1000

func withProbability(p float64) func(q *network.Projection) {
	return func(q *network.Projection) { q.Rule, q.P = network.FixedProbability, p }
}

func withOutDegree(n int, multapses bool) func(q *network.Projection) {
	return func(q *network.Projection) { q.Rule, q.N, q.Multapses = network.FixedOutDegree, n, multapses }
}

func withRule(r network.Rule) func(p *network.Projection) {
	return func(p *network.Projection) { p.Rule = r }
}

func withoutAutapses(rule func(p *network.Projection)) func(p *network.Projection) {
	return func(p *network.Projection) { rule(p); p.Autapses = false }
}

// redraw against the stored synapses, at the ends of what rules take: alike, and with weights and delays
// of their own.
func TestRedrawKernel(t *testing.T) {
	fewRules := []func(p *network.Projection){
		withProbability(1), withProbability(0.999999), withProbability(0.4), withProbability(0.02), withProbability(0.001),
		withProbability(1e-6), withProbability(0), withOutDegree(manyTargets, false), withOutDegree(4000, false), withOutDegree(3, false),
		withOutDegree(0, false), withOutDegree(2500, true), withRule(network.AllToAll),
	}
	manyRules := []func(p *network.Projection){
		withoutAutapses(withOutDegree(manyTargets-1, false)), withoutAutapses(withOutDegree(30, true)), withOutDegree(30, false),
		withoutAutapses(withProbability(0.3)), withoutAutapses(withRule(network.AllToAll)), withRule(network.OneToOne),
	}
	nets := []*network.Network{
		toMany("few", fewRules...), toMany("many", manyRules...),
		toMany("few", withProbability(0), withOutDegree(0, false)), // nothing to draw
	}
	for _, targets := range []int{1, 3, connectome.Chunk, connectome.Chunk + 1, 2 * connectome.Chunk} {
		nets = append(nets, toSome(targets, "few", withProbability(1), withProbability(0.3), withOutDegree(targets, false),
			withOutDegree(targets, true), withRule(network.AllToAll)))
	}
	for _, net := range nets {
		for _, differ := range []bool{false, true} {
			for i := range net.Projections {
				if p := &net.Projections[i]; differ {
					p.Weight, p.Delay = network.NormalDist(p.Weight.A, 0.2*p.Weight.A), network.Between(0.3, 4)
				}
			}
			m, err := dynamics.New(net)
			require.NoError(t, err)
			drawn, err := connectome.Procedural(t.Context(), net, 0)
			require.NoError(t, err)
			t.Run(fmt.Sprintf("%d from %s to %d/differ=%v", len(net.Projections), net.Projections[0].From, net.Populations[1].Size, differ), func(t *testing.T) {
				onEach(t, func(t *testing.T, c *Context) {
					e := start(t, c, m, drawn, c.Device().Limits.MaxStorageBlock)
					_, arriving := guardedState(t, e)
					deliverAll(t, e, drawn, arriving, spikesOf(net), fired(e.model, e.model.Releases(), spikesOf(net)))
				})
			})
		}
	}
}

// spikesOf is some of the sources, the first and last among them, one of them twice.
func spikesOf(net *network.Network) (spikes []sim.Spike) {
	first, size := 0, net.Populations[0].Size
	if net.Projections[0].From == "many" {
		first, size = size, net.Populations[1].Size
	}
	for _, j := range []int{0, 1, size / 2, size - 1, 0} {
		spikes = append(spikes, sim.Spike{Step: uint32(7 + len(spikes)), Neuron: uint32(first + j)})
	}
	return spikes
}

// Distances are those of package rng for words of every size, and to the bit where
// the logarithm changes its branch.
func TestDistancesOnDevices(t *testing.T) {
	words := []uint32{0, 1, 2, math.MaxUint32, math.MaxUint32 - 1, 0xb504f333, 0xb504f334, 0xb504f335, 1 << 16, 1<<16 - 1, 1 << 31}
	for k := uint32(0); len(words) < 1<<16; k++ {
		words = append(words, k*2654435761>>(k%32))
	}
	header, err := os.ReadFile("../shaders/include/geometric.glsl")
	require.NoError(t, err)
	kernel := `#version 430
layout(local_size_x = 64) in;
#include "geometric.glsl"
layout(std430, binding = 0) buffer Words { uint words[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    words[i] = WHOLE == 1 ? skip(words[i], uintBitsToFloat(SCALE), 4096u) : floatBitsToUint(exponential(words[i]));
}
`
	fsys := fstest.MapFS{"distances.comp": {Data: []byte(kernel)}, "include/geometric.glsl": {Data: header}}
	onEach(t, func(t *testing.T, c *Context) {
		for _, p := range []float64{-1, 1, 0.5, 0.02, 1e-5} { // -1: the exponential variates themselves
			draw := connectome.NewBernoulli(1, 0, p)
			var l drawLayout
			defines := l.defines(&stateLayout{})
			defines["WHOLE"], defines["SCALE"] = p >= 0, fmt.Sprintf("%#xu", math.Float32bits(draw.Scale()))
			source, err := shaders.LoadFS(fsys, "distances.comp", defines)
			require.NoError(t, err)
			program, err := Compile(c, source)
			require.NoError(t, err)
			t.Cleanup(program.Delete)
			b, err := NewBufferFrom(c, "words", words)
			require.NoError(t, err)
			t.Cleanup(b.Delete)
			require.NoError(t, b.Bind(0))
			require.NoError(t, program.Dispatch(len(words)/64, 1, 1))
			got := make([]uint32, len(words))
			require.NoError(t, b.Read(0, got))
			skip := rng.NewGeometric(float64(draw.Scale()))
			for i, w := range words {
				want := math.Float32bits(rng.Exponential(w))
				if p >= 0 {
					want = uint32(skip.Skip(w, connectome.Chunk))
				}
				require.Equal(t, want, got[i], "word %#x, p %v", w, p)
			}
		}
	})
}

// What a device can't draw is refused when the engine is made.
func TestDrawsThatAreRefused(t *testing.T) {
	net := toMany("few", withOutDegree(9000, false))
	m, err := dynamics.New(net)
	require.NoError(t, err)
	drawn, err := connectome.Procedural(context.Background(), net, 0)
	require.NoError(t, err)
	l, err := layoutState(m, updateLocal, boundsOf(promised))
	require.NoError(t, err)
	d := promised
	d.Limits.MaxShared = 4000
	_, err = layoutDraws(d, m, drawn, &l)
	require.ErrorIs(t, err, ErrLimit)
	require.ErrorContains(t, err, "to choose 9000 targets without multapses a work group needs 4568 bytes of shared memory, it has 4000")
	d.Limits.MaxShared = 1 << 15
	_, err = layoutDraws(d, m, drawn, &l)
	require.NoError(t, err)

	require.NoError(t, FitsDraws(d, net))
	d.Limits.MaxShared = 4000
	require.ErrorContains(t, FitsDraws(d, net), "to choose 9000 targets")

	_, stored := enginetest.Build(t, net)
	mixed := *drawn
	mixed.Projections = append(mixed.Projections[:1:1], stored.Projections[0])
	_, err = isDrawn(&mixed)
	require.EqualError(t, err, "gpu: the synapses of 1 of 2 projections are stored: must be all or none")

	near := *net
	near.Projections = slices.Clone(net.Projections)
	near.Projections[0].Speed = 1
	require.ErrorIs(t, FitsDraws(promised, &near), ErrLimit)
	require.ErrorContains(t, FitsDraws(promised, &near), "projections."+near.Projections[0].Name+" goes by distance")
	m.Network = &near
	_, err = layoutDraws(promised, m, drawn, &l)
	require.ErrorContains(t, err, "goes by distance")

	all := toMany("few", withRule(network.AllToAll))
	m, err = dynamics.New(all)
	require.NoError(t, err)
	drawn, err = connectome.Procedural(context.Background(), all, 0)
	require.NoError(t, err)
	d.Limits.MaxWorkGroupCount[1] = 2
	_, err = layoutDraws(d, m, drawn, &l)
	require.ErrorIs(t, err, ErrLimit)
	require.ErrorContains(t, err, "the synapses of a source are drawn by 3 work groups, it runs at most 2")
}
