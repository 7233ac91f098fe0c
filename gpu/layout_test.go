package gpu

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/program"

	"github.com/stretchr/testify/require"
)

// promised is a device that takes what drivers commonly promise.
var promised = Device{Renderer: "small", Limits: Limits{
	MaxStorageBlock: 1 << 27, MaxStorageBlocks: 8, MaxWorkGroupCount: [3]int{65535, 65535, 65535},
}}

// Every synapse is in exactly one segment of one page, in its place, whatever
// the limit of a buffer.
func TestPagesHoldEverySynapseOnce(t *testing.T) {
	for _, net := range enginetest.Networks() {
		m, c := enginetest.Build(t, net)
		l, err := layoutState(m, updateLocal, boundsOf(promised))
		require.NoError(t, err)
		for _, limit := range []int64{1 << 11, 1 << 13, 1 << 16, 1 << 27} {
			for _, sheets := range []int{1, 3} {
				held, pages := int64(0), layoutPages(c, form{limit, sheets, teamFor(c)})
				for i := range pages {
					held += checkPage(t, &pages[i], m, &l, limit)
					require.LessOrEqual(t, len(pages[i].sheets), sheets)
				}
				require.Equal(t, c.Synapses(), held, "%s at %d", net.Name, limit)
			}
		}
	}
}

func checkPage(t *testing.T, p *page, m *dynamics.Model, l *stateLayout, limit int64) (synapses int64) {
	for _, n := range p.sheets {
		require.Positive(t, n, "%s", m.Network.Name)
		require.LessOrEqual(t, 2*int64(n), limit)
	}
	require.LessOrEqual(t, 4*int64(p.rows), limit)
	checkPieces(t, p, m, limit)
	sources, segments, most := p.tables(m, l)
	require.Len(t, sources, len(m.Populations))
	require.Len(t, segments, len(p.segments))
	nextRow, from := 0, 0
	for i := range p.segments {
		s := &p.segments[i]
		rows := s.rows()
		require.Len(t, rows, s.sources+1)
		unit := int(halves(s.block))
		require.Equal(t, uint32(s.target/unit), rows[0])
		require.Zero(t, s.target%unit)
		require.LessOrEqual(t, int(rows[s.sources])*unit, p.sheets[s.sheet])
		require.LessOrEqual(t, s.row+len(rows), p.rows)
		require.GreaterOrEqual(t, m.Projections[s.projection].From, from, "segments are by population of their source")
		from = m.Projections[s.projection].From
		nextRow += len(rows)
		synapses += int64(len(s.targets()) / unit)
	}
	require.Equal(t, p.rows, nextRow)
	require.LessOrEqual(t, most, len(p.segments))
	return synapses
}

// checkPieces makes sure that a neuron's pieces are its rows, each within the vectors of a team.
func checkPieces(t *testing.T, p *page, m *dynamics.Model, limit int64) {
	firsts := p.firsts(m)
	pieces := p.pieces(m, firsts)
	require.LessOrEqual(t, 8*int64(len(pieces)), limit)
	next := slices.Clone(firsts)
	for i := range p.segments {
		s := &p.segments[i]
		unit, rows, base := uint32(halves(s.block)), s.rows(), m.Populations[m.Projections[s.projection].From].First+s.firstSource
		for j := range s.sources {
			at := unit * rows[j]
			for at < unit*rows[j+1] {
				x := pieces[next[base+j]]
				next[base+j]++
				n := x.Of % (1 << pieceBits)
				require.Equal(t, at, x.First)
				require.Equal(t, uint32(s.sheet), x.Of>>pieceBits%(1<<sheetBits))
				require.Equal(t, uint32(i), x.Of>>(pieceBits+sheetBits))
				require.LessOrEqual(t, int(at+n-1)/vectorHalves-int(at)/vectorHalves, p.team-1, "vectors of a team")
				at += n
			}
			require.Equal(t, unit*rows[j+1], at)
		}
	}
	require.Equal(t, firsts[1:], next[:len(next)-1])
}

// Work groups have something to do, and not more than four turns.
func TestDealsAreFair(t *testing.T) {
	places := func(pieces ...uint32) []uint32 {
		firsts := []uint32{0}
		for _, n := range pieces {
			firsts = append(firsts, firsts[len(firsts)-1]+n)
		}
		return firsts
	}
	for _, k := range []struct {
		pieces []uint32
		team   int
		groups int
	}{
		{nil, 64, 1},
		{[]uint32{0, 0}, 64, 1},
		{[]uint32{20, 20, 20}, 64, 20},
		{[]uint32{20, 20, 20}, 16, 5},      // of four teams each
		{[]uint32{10, 20, 20, 20}, 64, 16}, // 9 % idle; with 17 10.3
		{[]uint32{1, 1, 1, 1, 40}, 64, 10}, // four turns
		{[]uint32{0, 0, 0, 0, 40}, 64, 40}, // what has none has nothing to do anyway
		{[]uint32{18, 20, 19, 20}, 64, 20},
	} {
		require.Equal(t, deal{k.team, k.groups}, newDeal([][]uint32{places(k.pieces...)}, k.team), "%v", k)
	}
}

// A batch holds at least one window and its ring the most spikes that can be.
func TestRingHoldsTheWorstBatch(t *testing.T) {
	for _, net := range enginetest.Networks() {
		m, _ := enginetest.Build(t, net)
		l, err := layoutState(m, updateLocal, boundsOf(promised))
		require.NoError(t, err)
		worst := 0
		for i, p := range m.Populations {
			if p.IsSource() {
				worst += l.windows * m.MostSpikes(i, l.window)
				continue
			}
			for step, silent := 0, 0; step < l.windows*l.window; step++ {
				if step%l.window == 0 {
					silent = 0 // the bound is a window's
				}
				if silent == 0 {
					worst += p.Size
					silent = p.Refractory + 1
				}
				silent--
			}
		}
		require.Equal(t, worst, l.ring, net.Name)
	}
}

func TestLimitsAreRefusedWithWhatMustChange(t *testing.T) {
	m, c := enginetest.Build(t, enginetest.Networks()[0])
	d := promised
	require.NoError(t, Fits(d, m, c.Bytes(), 1<<30))
	for _, k := range []struct {
		change func(*Device)
		host   int64
		want   string
	}{
		{func(d *Device) { d.Limits.MaxStorageBlock = 1000 }, 0, "membrane potentials and other states take"},
		{func(d *Device) { d.Limits.MaxWorkGroupCount = [3]int{4, 4, 4} }, 0, "take 17 work groups, it runs at most 4 x 4"},
		{func(d *Device) { d.Limits.MaxStorageBlocks = 7 }, 0, "storage blocks"},
		{func(d *Device) { d.Limits.MemoryBytes, d.Limits.FreeBytes = 1<<40, 1000 }, 0, "free are 0.0 MiB: use fewer neurons or synapses"},
		{func(d *Device) { d.Limits.MemoryBytes = 1000 }, 0, "use fewer neurons or synapses"},
		{func(d *Device) { d.Software = true }, c.Bytes() + 1000, "use fewer neurons or synapses"},
		{func(d *Device) { d.Software = true }, 2*c.Bytes() + 1000, "the host has"},
		{func(d *Device) {}, 1000, "on the host"},
	} {
		changed := d
		k.change(&changed)
		err := Fits(changed, m, c.Bytes(), k.host)
		require.ErrorIs(t, err, ErrLimit)
		require.ErrorContains(t, err, k.want)
	}
}

// Delays and sizes that only a batch as long as the smallest delay, or a single
// row of work groups, could not hold are no reason to refuse a network.
func TestLongDelaysAndManyNeuronsFit(t *testing.T) {
	ei := func(size, delay int) *dynamics.Model {
		net := enginetest.Networks()[0]
		for i := range net.Populations {
			net.Populations[i].Size = size / 2
		}
		for i := range net.Projections {
			net.Projections[i].P, net.Projections[i].Delay = 1e-7, network.Number(0.1*float64(delay))
		}
		require.NoError(t, net.Validate())
		m, err := dynamics.New(net)
		require.NoError(t, err)
		return m
	}
	for _, k := range []struct{ size, delay, window int }{
		{1000, 1, 1},
		{1000, 150, 150},
		{1000, 16_000, 256},
		{1_000_000, 16, 8},
		{6_000_000, 1, 1},
		{8_300_000, 1, 1}, // whose states, 16 bytes a neuron, fill a buffer of 128 MiB
	} {
		m := ei(k.size, k.delay)
		require.NoError(t, Fits(promised, m, 1<<30, 0), "%v", k)
		l, err := layoutState(m, updateLocal, boundsOf(promised))
		require.NoError(t, err)
		require.Equal(t, k.window, l.window, "%v", k)
		require.LessOrEqual(t, l.row, 65535)
		require.GreaterOrEqual(t, l.row*l.rows, l.groups)
		require.Less(t, l.row*(l.rows-1), l.groups)
	}
	m := ei(1000, 1)
	require.ErrorIs(t, Fits(promised, m, math.MaxInt64, 1<<40), ErrLimit, "an estimate beyond int64")
	m.MaxDelay, m.Populations[0].Size = 1<<30, 1<<31-1
	m.Populations[0].Receptors = make([]dynamics.Receptor, 4096)
	require.ErrorIs(t, Fits(promised, m, 0, 0), ErrLimit)
}

func TestProbeCasesAvoidSubnormals(t *testing.T) {
	tried := map[int]int{}
	for _, k := range probeCases() {
		tried[k.op]++
		operands, result := k.op < 5, k.op < 5
		if k.op >= len(probeOps) {
			p := &probePrograms[k.op-len(probeOps)]
			operands, result = p.operands == program.Float, p.code.States[3] == program.Float
		}
		require.False(t, operands && (isSubnormal(k.x) || isSubnormal(k.y)) || result && isSubnormal(k.want), "%v", k)
	}
	ops := map[program.Op]bool{}
	for k, p := range probePrograms {
		ops[p.op] = true
		require.Greater(t, tried[len(probeOps)+k], 100, p.name)
	}
	for op := program.Normal + 1; op <= program.AsFloat; op++ {
		require.True(t, ops[op], op)
	}
}

// Kernels count steps to 2^31-1; a longer run is refused before it begins.
func TestLayoutRefusesRunsBeyondItsSteps(t *testing.T) {
	net := enginetest.Networks()[0]
	m, _ := enginetest.Build(t, net)
	refractory := 0
	for i := range m.Populations {
		refractory = max(refractory, m.Populations[i].Refractory)
	}
	net.Duration = float64(math.MaxInt32-refractory) * net.Dt
	_, err := layoutState(m, updateLocal, boundsOf(promised))
	require.NoError(t, err)
	net.Duration += net.Dt
	_, err = layoutState(m, updateLocal, boundsOf(promised))
	require.ErrorIs(t, err, ErrLimit)
	require.ErrorContains(t, err, fmt.Sprintf("the engine counts %d: use a shorter duration", math.MaxInt32-refractory))
}

// What is remembered of targets is enough at all times: of one that fires as often as it can, between two steps at which all synapses were brought up to date at most so many spikes,
// and those on their way before and the one before these. It lasts for many steps where there is room, and at least for a window.
func TestRecall(t *testing.T) {
	for _, tRef := range []float64{0, 0.1, 0.7, 2, 40} {
		for _, delay := range []float64{0.1, 1.5, 90} {
			for _, room := range []int64{0, 1 << 20, 1 << 30} {
				n := enginetest.Learning()[0]
				for i := range n.Populations {
					n.Populations[i].TRef = tRef
				}
				for k := range n.Projections {
					n.Projections[k].Delay = network.Number(delay)
				}
				m, err := dynamics.New(n)
				require.NoError(t, err)
				b := boundsOf(promised)
				b.recall = room
				l, err := layoutState(m, updateLocal, b)
				require.NoError(t, err)
				require.GreaterOrEqual(t, l.every, l.window)
				if room == 1<<30 {
					require.GreaterOrEqual(t, l.every, wantedRecall)
				}
				apart := m.Populations[0].Refractory + 1
				inTime := func(steps int) int { return (steps + apart - 1) / apart } // consecutive ones
				require.LessOrEqual(t, inTime(l.every+m.MaxDelay)+1, l.recall, "t_ref %g, delay %g", tRef, delay)
				require.Less(t, l.recall/4, inTime(max(wantedRecall, l.window)+m.MaxDelay)+1, "no more than is needed")
			}
		}
	}
}
