//go:build cgo && !nogl

package gpu

import (
	"errors"
	"math"
	"testing"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/enginetest"
	"einet/shaders/layout"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// guard is how many elements of 4 bytes stand before and behind a guarded
// buffer: the largest alignment that OpenGL allows a storage range.
const guard = 64

// A guarded buffer is bound between two rows of a value that nothing writes.
type guarded[T int32 | uint32 | float32] struct {
	*Buffer[T]
	n int
}

const untouched = 1234567

func guardedFrom[T int32 | uint32 | float32](t *testing.T, c *Context, data []T) guarded[T] {
	whole := make([]T, len(data)+2*guard)
	for i := range whole {
		whole[i] = untouched
	}
	copy(whole[guard:], data)
	b, err := NewBufferFrom(c, "guarded", whole)
	require.NoError(t, err)
	t.Cleanup(b.Delete)
	return guarded[T]{b, len(data)}
}

func (g guarded[T]) bind(t *testing.T, at int) { require.NoError(t, g.BindRange(at, guard, g.n)) }

// values reads the buffer back, after a look at its guards.
func (g guarded[T]) values(t *testing.T) []T {
	whole := make([]T, g.n+2*guard)
	require.NoError(t, g.Read(0, whole))
	for i := range guard {
		require.Equal(t, T(untouched), whole[i], "before the buffer")
		require.Equal(t, T(untouched), whole[guard+g.n+i], "behind the buffer")
	}
	return whole[guard : guard+g.n]
}

// update against cpuref's update: one step from a state with input on its way,
// in guarded buffers, then another.
func TestUpdateKernel(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		for _, net := range enginetest.Networks() {
			m, syn := enginetest.Build(t, net)
			reference := cpuref.New(m, syn)
			e := start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
			require.NoError(t, reference.Advance(t.Context(), 50))
			require.NoError(t, e.Advance(t.Context(), 50))
			_, err := reference.Spikes(nil)
			require.NoError(t, err)
			_, err = e.Spikes(nil)
			require.NoError(t, err)

			states, arriving := guardedState(t, e)
			said := make([]uint32, e.tables.Len())
			require.NoError(t, e.tables.Read(0, said))
			tables := guardedFrom(t, c, said)
			b := e.batches[0]
			for range 2 {
				releases := releasesOf(t, m, reference)
				require.NoError(t, reference.Advance(t.Context(), 1))
				want, err := reference.Spikes(nil)
				require.NoError(t, err)
				b.host[0] = layout.Window{GroupsY: 1, GroupsZ: 1, Step: int32(e.step), Steps: 1}
				if len(want) > 0 { // they are not delivered here
					b.host[0].Delivered = uint32(len(e.pages))
				}
				require.NoError(t, b.records.Upload(0, b.host[:1]))
				e.writeDrives(b, 1)
				require.NoError(t, b.drives.Upload(0, b.drive))
				require.NoError(t, bindFor(e, b))
				states.bind(t, bindStates)
				arriving.bind(t, bindArriving)
				tables.bind(t, bindTables)
				require.NoError(t, e.update.Dispatch(e.layout.row, e.layout.rows, 1))
				e.step++

				b.windows = 1
				require.NoError(t, e.stage(b))
				require.NoError(t, c.Finish())
				require.NoError(t, e.collect(t.Context(), b))
				require.Equal(t, len(want), len(e.spikes))
				require.Equal(t, want, append([]sim.Spike(nil), e.spikes...))
				e.spikes = e.spikes[:0]
				words := states.values(t)
				require.Equal(t, said, tables.values(t))
				if e.layout.extended {
					require.Equal(t, []uint32{0, math.MaxUint32}, words[stateFailed:firstState], "no step failed")
				}
				for i := range m.Populations {
					p := &m.Populations[i]
					dst := make([]float32, p.Size)
					for _, r := range sim.Variables(m, i) {
						require.NoError(t, reference.Read(r, i, 0, dst))
						for k, w := range words[e.layout.place(m, i, r):][:p.Size] {
							x := math.Float32frombits(w)
							if r == sim.V {
								x = p.Absolute(x)
							}
							require.Equal(t, dst[k], x, "variable %d of neuron %d", r, k)
						}
					}
				}
				slot := arriving.values(t)[int(e.step)%e.layout.slots*e.layout.stride:][:e.layout.stride]
				for _, a := range slot {
					require.Zero(t, a, "input is used up")
				}
				// What the reference delivered, deliver would have.
				deliverAll(t, e, syn, arriving, want, fired(m, releases, want))
			}
		}
	})
}

// bindFor binds what the first window of a batch works on.
func bindFor(e *Engine, b *batch) error {
	return e.c.Do(func() error { return errors.Join(e.bindBatch(b), e.bindNow(0)) })
}

func guardedState(t *testing.T, e *Engine) (states guarded[uint32], arriving guarded[int32]) {
	l := &e.layout
	words := make([]uint32, l.stateSize)
	a := make([]int32, max(1, l.slots*l.stride))
	require.NoError(t, e.states.Read(0, words))
	require.NoError(t, e.arriving.(*Buffer[int32]).Read(0, a[:l.slots*l.stride]))
	return guardedFrom(t, e.c, words), guardedFrom(t, e.c, a)
}

// releasesOf are the states of short-term plasticity of all projections that have some.
func releasesOf(t *testing.T, m *dynamics.Model, e sim.Releaser) [][]dynamics.Release {
	all := m.Releases()
	for q := range all {
		if all[q] != nil {
			require.NoError(t, e.Releases(q, 0, all[q]))
		}
	}
	return all
}

// fired takes sources through their spikes and returns the factors, [spike][projection].
func fired(m *dynamics.Model, releases [][]dynamics.Release, spikes []sim.Spike) [][]uint32 {
	factors := make([][]uint32, len(spikes))
	for k, s := range spikes {
		factors[k] = make([]uint32, len(m.Projections))
		for q := range m.Projections {
			from := &m.Populations[m.Projections[q].From]
			factors[k][q] = dynamics.One
			if j := int(s.Neuron) - from.First; releases[q] != nil && j >= 0 && j < from.Size {
				factors[k][q] = m.Projections[q].ShortTerm.Fire(&releases[q][j], s.Step)
			}
		}
	}
	return factors
}

// uploadFactors puts the factors behind the spikes of a ring, where two take the room of a spike. Each population counts slots of its own.
func uploadFactors(t *testing.T, e *Engine, b *batch, spikes []sim.Spike, factors [][]uint32) {
	for k := range factors {
		pairs := make([]sim.Spike, e.layout.pairs)
		for q := range e.model.Projections {
			s, from := e.model.Projections[q].ShortTerm, &e.model.Populations[e.model.Projections[q].From]
			switch j := int(spikes[k].Neuron) - from.First; {
			case s == nil || j < 0 || j >= from.Size:
			case s.Slot%2 == 0:
				pairs[s.Slot/2].Step = factors[k][q]
			default:
				pairs[s.Slot/2].Neuron = factors[k][q]
			}
		}
		require.NoError(t, b.ring.Upload(e.layout.ring+k*e.layout.pairs, pairs))
	}
}

// deliverAll runs deliver for these spikes with their factors, [spike][projection], on guarded input and compares the
// result with a plain loop over the synapses.
func deliverAll(t *testing.T, e *Engine, syn *connectome.Connectome, arriving guarded[int32], spikes []sim.Spike, factors [][]uint32) {
	m, before := e.model, arriving.values(t)
	b := e.batches[0]
	require.NoError(t, b.ring.Upload(0, spikes))
	uploadFactors(t, e, b, spikes, factors)
	require.NoError(t, b.records.Upload(0, []layout.Window{{
		GroupsX: uint32(len(spikes)), GroupsY: uint32(e.deal.groups), GroupsZ: 1, Spikes: uint32(len(spikes)),
	}}))
	require.NoError(t, bindFor(e, b))
	arriving.bind(t, bindArriving)
	for i := range e.pages {
		require.NoError(t, bindAll(e.pages[i]...))
		require.NoError(t, e.deliver.DispatchIndirect(b.records, 0))
	}
	after := arriving.values(t)
	for n, s := range spikes {
		for q, p := range syn.Projections {
			from, to := &m.Populations[p.From], &m.Populations[p.To]
			j := int(s.Neuron) - from.First
			if j < 0 || j >= from.Size {
				continue
			}
			out := &m.Projections[q]
			add := func(first int, target, weight, delay uint32) {
				slot := (int(s.Step) + out.Delay + int(delay)) % e.layout.slots * e.layout.stride
				before[slot+e.layout.receptor(to, p.To, out.Receptor)+first+int(target)] += dynamics.Weighted(out.Weights[weight], factors[n][q])
			}
			if p.Redrawn != nil {
				var room connectome.Row
				for k := range p.Redrawn.Chunks {
					targets, codes := p.Redrawn.Draw(&room, j, k)
					for i, target := range targets {
						_, weight, delay := p.Redrawn.Packing.Unpack(codes[i])
						add(0, target, weight, delay)
					}
				}
			}
			for k := range p.Blocks {
				for _, target := range p.Blocks[k].Row(j) {
					add(p.Blocks[k].First, uint32(target), 0, 0)
				}
				for _, packed := range p.Blocks[k].PackedRow(j) {
					target, weight, delay := p.Blocks[k].Packing.Unpack(packed)
					add(p.Blocks[k].First, target, weight, delay)
				}
			}
		}
	}
	require.Equal(t, before, after)
}
