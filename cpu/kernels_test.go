package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"einet/dynamics"
	"einet/network"

	"github.com/stretchr/testify/require"
)

// randomPopulation is tiles of neurons in every condition: clamped or not, about to
// fire or not, with input and without.
func randomPopulation(seed uint64, tiles, receptors int) (*population, *moment) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	p := &population{Population: &dynamics.Population{
		Size: tiles * lanes, Neuron: network.LIF, Membrane: dynamics.Membrane{MVV: -0.007, VTh: 15, VReset: -3, GridV: 32},
	}}
	m := &moment{now: clock(1000), drive: 0.3}
	for r := range receptors {
		p.Receptors = append(p.Receptors, dynamics.Receptor{
			Shape: network.Shape{Synapse: network.Exponential}, PRR: 0.98 - float32(r)/100, PVR: 0.0066, Scale: float32(math.Ldexp(1, -20-r)), Grid: 4,
		})
	}
	p.allocate()
	for r := range p.receptors {
		m.arriving = append(m.arriving, make([][lanes]int32, tiles))
		for i := range tiles * lanes {
			if r < receptors {
				p.row(i/lanes, rowG+r)[i%lanes] = float32(rnd.NormFloat64() * (1 << 22))
				m.arriving[r][i/lanes][i%lanes] = int32(rnd.Uint32()) * int32(rnd.IntN(2))
			}
		}
	}
	for i := range tiles * lanes {
		p.row(i/lanes, rowV)[i%lanes] = float32(25 * (rnd.Float64() - 0.3))
		p.clamp(i/lanes, i%lanes, 999+rnd.Int64N(3))
	}
	return p, m
}

func bitsOf(p *population, m *moment) (all []uint32) {
	for i := range p.tiles {
		for k := range lanes {
			for row := range p.rows() {
				all = append(all, math.Float32bits(p.row(i, row)[k]))
			}
			for r := range m.arriving {
				all = append(all, uint32(m.arriving[r][i][k]))
			}
		}
	}
	return all
}

// matches holds a kernel to the scalar one: for every number of tiles from either end the same state and hits, and
// nothing beside the tiles touched. It returns how many tiles had hits and how many calls a step that was not resolved.
func matches(t *testing.T, name string, scalar, kernel updateKernel, random func(seed uint64) (*population, *moment)) (fired, failed int) {
	_, m := random(0)
	tiles := len(m.arriving[0])
	for lo := range tiles {
		for hi := lo; hi <= tiles; hi++ {
			p, m := random(uint64(lo*100 + hi))
			q, l := random(uint64(lo*100 + hi))
			before := bitsOf(p, m)
			per := len(before) / tiles
			want, got := make([]uint32, hi-lo+1), make([]uint32, hi-lo+2)
			got[hi-lo+1] = 0xdeadbeef
			want = want[:scalar(p, m, lo, hi, want)]
			n := kernel(q, l, lo, hi, got[:hi-lo+1])
			require.Equal(t, want, got[:n], name)
			require.EqualValues(t, 0xdeadbeef, got[hi-lo+1])
			require.Equal(t, m.failed, l.failed, name)
			after := bitsOf(q, l)
			require.True(t, slices.Equal(bitsOf(p, m), after), "%s, tiles %d to %d", name, lo, hi)
			require.Equal(t, before[:lo*per], after[:lo*per])
			require.Equal(t, before[hi*per:], after[hi*per:])
			fired += n
			failed += min(m.failed, 1)
		}
	}
	return fired, failed
}

func TestUpdateKernels(t *testing.T) {
	for _, k := range available() {
		for receptors := range 4 {
			fired, _ := matches(t, fmt.Sprintf("%s, %d receptors", k.name, receptors), updateScalar, k.update, func(seed uint64) (*population, *moment) {
				return randomPopulation(seed, 7, receptors)
			})
			require.NotZero(t, fired)
		}
	}
}

// Rows of bits are counted and weighed as their scalar twins do, for every number
// of rows and tiles, and nothing beside the tiles is touched.
func TestDenseKernels(t *testing.T) {
	for _, k := range available() {
		if k.count == nil {
			continue
		}
		for tiles := range 70 {
			rnd := rand.New(rand.NewPCG(uint64(tiles), 2))
			words := 8 * ((tiles + 31) / 32)
			rows := make([][]uint64, rnd.IntN(maxRows+1))
			for i := range rows {
				rows[i] = make([]uint64, words)
				for w := range rows[i] {
					rows[i][w] = rnd.Uint64() | rnd.Uint64()
				}
			}
			var want, got planes
			countScalar(&want, rows, words)
			for i := range got {
				got[i][words] = 0xdeadbeef
				want[i][words] = 0xdeadbeef
				for w := range words {
					got[i][w] = rnd.Uint64()
				}
			}
			k.count(&got, rows, words)
			require.Equal(t, want, got)
			a, b := make([][lanes]int32, tiles+2), make([][lanes]int32, tiles+2)
			for i := range a {
				for lane := range a[i] {
					a[i][lane] = int32(rnd.Uint32())
				}
			}
			copy(b, a)
			weighScalar(a[1:tiles+1], want[0][:words], want[3][:words], -77777)
			k.weigh(b[1:tiles+1], want[0][:words], want[3][:words], -77777)
			require.Equal(t, a, b, "%s, %d tiles", k.name, tiles)
		}
	}
}

// addRows is the sum over rows, one by one.
func TestAddRows(t *testing.T) {
	k := kernels{count: countScalar, weigh: weighScalar}
	rnd := rand.New(rand.NewPCG(1, 3))
	for n := 1; n <= maxRows; n++ {
		var rows [][]uint64
		want, got := make([][lanes]int32, 9), make([][lanes]int32, 9)
		for range n {
			row := make([]uint64, 8)
			for i := range lanes * len(want) {
				if rnd.IntN(4) > 0 {
					row[i/64] |= 1 << (i % 64)
					want[i/lanes][i%lanes] += 5
				}
			}
			rows = append(rows, row)
		}
		k.addRows(got, rows, 5, new(planes))
		require.Equal(t, want, got)
	}
}

// fastest runs f again and again for a while and returns the shortest time, the
// one that nothing disturbed.
func fastest(f func()) time.Duration {
	best := time.Duration(math.MaxInt64)
	for start := time.Now(); time.Since(start) < fastestFor; {
		t := time.Now()
		f()
		best = min(best, time.Since(t))
	}
	return best
}

func BenchmarkUpdate(b *testing.B) {
	for _, k := range available() {
		for _, receptors := range []int{1, 2, 3} {
			for _, neurons := range []int{512, 4096, 40960} {
				b.Run(fmt.Sprintf("%s/receptors=%d/N=%d", k.name, receptors, neurons), func(b *testing.B) {
					p, m := randomPopulation(1, neurons/lanes, receptors)
					p.VTh = 1e9
					hits := make([]uint32, maxTiles+1)
					for b.Loop() {
						k.update(p, m, 0, neurons/lanes, hits)
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(neurons), "ns/neuron-step")
					least := fastest(func() { k.update(p, m, 0, neurons/lanes, hits) })
					b.ReportMetric(float64(least.Nanoseconds())/float64(neurons), "least-ns/neuron-step")
				})
			}
		}
	}
}

const fastestFor = 300 * time.Millisecond
