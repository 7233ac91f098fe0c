package cpu

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/cpu/native"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/program"
)

// runPlainly is an updateKernel that runs the program of one neuron after another.
func runPlainly(p *population, m *moment, lo, hi int, hits []uint32) int {
	count, states := 0, len(p.Cell.Program.States)
	for i := lo; i < hi; i++ {
		hits[count] = uint32(i-lo) << 16
		for k := range lanes {
			n := program.Neuron{Drive: m.drive, Now: m.now}
			for row := range p.rows() {
				n.States = append(n.States, math.Float32bits(p.row(i, row)[k]))
			}
			n.States, n.Owns = n.States[:states:states], n.States[states:]
			for r := range m.arriving {
				n.Arriving = append(n.Arriving, m.arriving[r][i][k])
				m.arriving[r][i][k] = 0
			}
			for d := range n.Normals {
				n.Normals[d] = m.noise[d][i-lo][k]
			}
			fires, fails := p.Cell.Program.Run(&n)
			for row, word := range n.States {
				p.row(i, row)[k] = math.Float32frombits(word)
			}
			if i*lanes+k >= p.Size {
				continue
			}
			if fires {
				hits[count] |= 1 << k
			}
			if fails && m.failed == 0 {
				m.failed = 1 + i*lanes + k
			}
		}
		if hits[count]&0xffff != 0 {
			count++
		}
	}
	return count
}

// randomCells is a few tiles of neurons with a program. The last tile is not full.
func randomCells(rnd *rand.Rand, c *dynamics.Cell, tiles int, state func(row int) uint32) (*population, *moment) {
	p := &population{Population: &dynamics.Population{
		Size: tiles*lanes - 3, Receptors: make([]dynamics.Receptor, c.Program.Receptors), Cell: c,
	}}
	p.allocate()
	m := &moment{now: int32(rnd.Uint32()), drive: float32(rnd.NormFloat64()), scratch: new(scratch)}
	for r := range c.Program.Receptors {
		m.arriving = append(m.arriving, make([][lanes]int32, tiles))
		for i := range tiles * lanes {
			m.arriving[r][i/lanes][i%lanes] = int32(rnd.Uint32()) >> rnd.IntN(32) * int32(rnd.IntN(2))
		}
	}
	for d := range m.noise {
		m.noise[d] = make([][lanes]float32, tiles)
		for i := range tiles * lanes {
			m.noise[d][i/lanes][i%lanes] = float32(rnd.NormFloat64())
		}
	}
	for i := range tiles * lanes {
		for row := range p.rows() {
			p.row(i/lanes, row)[i%lanes] = math.Float32frombits(state(row))
		}
	}
	return p, m
}

// The interpreter and machine code are program.Run, in every instruction set, for the programs of the networks of the conformance suite.
func TestInterpretCells(t *testing.T) {
	for _, net := range enginetest.Networks() {
		model, err := dynamics.New(net)
		require.NoError(t, err)
		for i := range model.Populations {
			of := &model.Populations[i]
			if of.Cell == nil {
				continue
			}
			rows := slices.Concat(model.CellStates(i), model.CellOwns(i))
			for _, k := range available() {
				name := k.name + ", " + net.Name + "." + net.Populations[i].Name
				kernel, code := k.run(of.Cell.Program)
				if code != nil {
					defer code.Close()
				}
				fired, _ := matches(t, name, runPlainly, kernel, func(seed uint64) (*population, *moment) {
					rnd := rand.New(rand.NewPCG(seed, 8))
					p, m := randomCells(rnd, of.Cell, 5, func(row int) uint32 {
						switch word := rows[row][rnd.IntN(of.Size)]; row {
						case dynamics.CellV:
							return math.Float32bits(of.VReset + 1.3*rnd.Float32()*(of.VTh-of.VReset))
						case dynamics.CellUntil:
							return uint32(clock(999 + rnd.Int64N(3)))
						default:
							return word
						}
					})
					m.now = clock(1000)
					return p, m
				})
				if of.Neuron == network.LIF || of.Neuron == network.LIFCond { // others have their own condition
					require.NotZero(t, fired, name)
				}
			}
		}
	}
}

// randomProgram is one with every operation in any order. Its states become anything, each other's old values as well.
func randomProgram(rnd *rand.Rand) *program.Program {
	p := &program.Program{Receptors: rnd.IntN(4), Normals: 2, Fails: program.None}
	made := [3][]int32{} // values of each type
	put := func(i program.Instruction) int32 {
		p.Code = append(p.Code, i)
		v := int32(len(p.Code) - 1)
		made[i.Type] = append(made[i.Type], v)
		return v
	}
	constant := func(t program.Type, word uint32) int32 {
		p.Constants = append(p.Constants, word)
		return put(program.Instruction{Op: program.Constant, Type: t, A: int32(len(p.Constants) - 1)})
	}
	number := func(x float32) int32 { return constant(program.Float, math.Float32bits(x)) }
	two := func(op program.Op, t program.Type, a, b int32) int32 {
		return put(program.Instruction{Op: op, Type: t, A: a, B: b})
	}
	for range 1 + rnd.IntN(6) {
		p.States = append(p.States, program.Type(rnd.IntN(2)))
		put(program.Instruction{Op: program.State, Type: p.States[len(p.States)-1], A: int32(len(p.States) - 1)})
	}
	for range rnd.IntN(3) {
		p.Owns = append(p.Owns, program.Type(rnd.IntN(2)))
		put(program.Instruction{Op: program.Own, Type: p.Owns[len(p.Owns)-1], A: int32(len(p.Owns) - 1)})
	}
	for r := range p.Receptors {
		if rnd.IntN(2) == 0 {
			put(program.Instruction{Op: program.Arriving, A: int32(r)})
		}
	}
	for n := range rnd.IntN(3) {
		put(program.Instruction{Op: program.Normal, A: int32(n)})
	}
	put(program.Instruction{Op: program.Drive})
	put(program.Instruction{Op: program.Now, Type: program.Int})
	for _, x := range []float32{0, 1, -2.5, 0x1p-100, 0x1p-60, 3e38} {
		number(x)
	}
	constant(program.Int, rnd.Uint32())
	one := func(t program.Type) int32 { // the last one as often as not, so that most of the code matters, and is fused
		of := made[t]
		if rnd.IntN(2) == 0 {
			return of[len(of)-1]
		}
		return of[rnd.IntN(len(of))]
	}
	two(program.Less, program.Truth, one(program.Float), one(program.Float))
	for range 1 + rnd.IntN(30) {
		const f, i, t = program.Float, program.Int, program.Truth
		switch op := program.Add + program.Op(rnd.IntN(int(program.AsFloat-program.Add)+1)); op {
		case program.Add, program.Sub, program.Mul, program.Min, program.Max:
			two(op, f, one(f), one(f))
		case program.Neg, program.Abs, program.Flush:
			two(op, f, one(f), 0)
		case program.Less, program.LessEqual, program.Equal:
			two(op, t, one(f), one(f))
		case program.IntLess, program.IntEqual:
			two(op, t, one(i), one(i))
		case program.And, program.Or:
			two(op, t, one(t), one(t))
		case program.Not:
			two(op, t, one(t), 0)
		case program.Select:
			of := program.Type(rnd.IntN(3))
			put(program.Instruction{Op: op, Type: of, A: one(t), B: one(of), C: one(of)})
		case program.ShiftLeft, program.ShiftRight, program.ShiftDown:
			two(op, i, one(i), 1+rnd.Int32N(31))
		case program.Truncate:
			two(op, i, two(program.Max, f, two(program.Min, f, one(f), number(2e9)), number(-2e9)), 0)
		case program.Convert:
			two(op, f, two(program.ShiftRight, i, one(i), 8), 0)
		case program.Bits: // those of no number are not the same everywhere
			x := one(f)
			x = put(program.Instruction{Op: program.Select, A: two(program.Equal, t, x, x), B: x, C: number(0)})
			two(op, i, x, 0)
		case program.AsFloat:
			two(op, f, one(i), 0)
		default:
			two(op, i, one(i), one(i))
		}
		if rnd.IntN(4) == 0 { // what programs often say
			add := func(a, b int32) int32 { return two(program.Add, f, a, b) }
			mul := func(a, b int32) int32 { return two(program.Mul, f, a, b) }
			switch x, y, grid := one(f), one(f), one(f); rnd.IntN(7) {
			case 0:
				add(mul(x, y), mul(one(f), one(f)))
			case 1:
				add(mul(add(mul(x, y), one(f)), y), one(f))
			case 2:
				two(program.Sub, f, add(x, grid), grid)
			case 3:
				two(program.Sub, f, add(add(x, grid), y), grid)
			case 4:
				if p.Receptors > 0 {
					r := put(program.Instruction{Op: program.Arriving, A: rnd.Int32N(int32(p.Receptors))})
					two(program.Sub, f, add(add(mul(x, y), mul(r, one(f))), grid), grid)
				}
			case 6:
				two(program.Sub, f, add(add(mul(x, y), one(f)), grid), grid)
			case 5:
				two(program.Flush, f, mul(x, y), 0)
			}
		}
	}
	for _, of := range p.States {
		late := made[of][max(0, len(made[of])-5):]
		p.Next = append(p.Next, program.Value(late[rnd.IntN(len(late))]))
		if rnd.IntN(4) == 0 {
			p.Next[len(p.Next)-1] = program.Value(made[of][rnd.IntN(min(len(made[of]), 4))])
		}
	}
	p.Fires = program.Value(one(program.Truth))
	if rnd.IntN(2) == 0 {
		p.Fails = program.Value(one(program.Truth))
	}
	return p
}

// oneNaN makes all that are no numbers one: their bits are not the same everywhere.
func oneNaN(p *population) {
	for i := range p.state {
		for k, x := range p.state[i] {
			if x != x {
				p.state[i][k] = float32(math.NaN())
			}
		}
	}
}

// The same of random programs, of neurons whose states are edge values, too, and of more tiles than a block.
func TestInterpretRandomPrograms(t *testing.T) {
	edges := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 0x1p-100, -0x1.fffffep-101, 0x1p-45, 0x1p-140, 3.4e38, float32(math.Inf(1)), float32(math.NaN())}
	var seen [program.AsFloat + 1]bool
	var looped [loopCount]bool
	fired, failed := 0, 0
	for seed := range uint64(1500) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		pr := randomProgram(rnd)
		for _, i := range pr.Code {
			seen[i.Op] = true
		}
		cell := &dynamics.Cell{Program: pr}
		tiles := 1 + rnd.IntN(4)
		if seed%32 == 0 {
			tiles = 1 + rnd.IntN(2*block+5)
		}
		lo := rnd.IntN(tiles)
		hi := lo + rnd.IntN(tiles-lo) + 1
		random := func() (*population, *moment) {
			rnd := rand.New(rand.NewPCG(seed, 10))
			return randomCells(rnd, cell, tiles, func(int) uint32 {
				switch rnd.IntN(3) {
				case 0:
					return math.Float32bits(edges[rnd.IntN(len(edges))])
				case 1:
					return uint32(rnd.IntN(100))
				}
				return math.Float32bits(float32(rnd.NormFloat64()))
			})
		}
		p, m := random()
		want := make([]uint32, hi-lo+1)
		want = want[:runPlainly(p, m, lo, hi, want)]
		oneNaN(p)
		for _, h := range want {
			fired += bits.OnesCount16(uint16(h))
		}
		failed += min(m.failed, 1)
		for _, k := range available() {
			name := fmt.Sprintf("%s, program %d", k.name, seed)
			q, l := random()
			c := newInterpreter(pr, k.loops)
			for _, o := range c.operations {
				looped[o.loop] = true
			}
			guard := c.begin(l)
			guard.words = append(guard.words, all(0xdeadbeef))
			got := make([]uint32, hi-lo+2)
			got[hi-lo+1] = 0xdeadbeef
			kernel := c.update
			if k.native && native.Available() {
				var code *native.Kernel
				kernel, code = k.run(pr)
				require.NotNil(t, code)
				defer code.Close()
			}
			n := kernel(q, l, lo, hi, got[:hi-lo+1])
			oneNaN(q)
			require.Equal(t, want, got[:n], name)
			require.EqualValues(t, 0xdeadbeef, got[hi-lo+1], name)
			require.Equal(t, all(0xdeadbeef), guard.words[len(guard.words)-1], name)
			require.Equal(t, m.failed, l.failed, name)
			require.True(t, slices.Equal(bitsOf(p, m), bitsOf(q, l)), name)
		}
	}
	require.NotContains(t, seen[:], false)
	require.NotContains(t, looped[:], false)
	require.NotZero(t, fired)
	require.NotZero(t, failed)
}

// What fails is the first step and the lowest neuron in it, in whatever tile, share and window, and its states are
// those after that step.
func TestFailure(t *testing.T) {
	net := enginetest.Networks()[0]
	net.Populations[0].Bias = network.Between(0, 1)
	for i := range net.Projections {
		net.Projections[i].Delay = network.Number(1) // windows of ten steps
	}
	m, c := enginetest.Build(t, net)
	p := &m.Populations[0]
	b := program.NewBuilder()
	b.Receptors(len(p.Receptors))
	v, until := b.NewState(program.Float, program.GrainOfFlushed), b.NewState(program.Int, 0)
	const most, step = 21, 0.25
	next := b.Add(v, b.Number(step))
	b.Become(v, next)
	b.Become(until, b.IntAdd(until, b.Whole(3)))
	b.FailIf(b.LessEqual(b.Number(most), next))
	b.NewOwn(program.Float, 0) // the bias
	cell := *p.Cell
	cell.Program, cell.G = b.Program(b.Less(v, b.Number(-1))), nil
	p.Cell = &cell

	var want failure
	start := m.InitialV(0)
	for n := int64(1); want.states == nil; n++ {
		for k := range start {
			if start[k] += step; start[k] >= most && want.states == nil {
				want = failure{n, k, []uint32{math.Float32bits(start[k]), uint32(clock(0)) + uint32(3*n)}}
			}
		}
	}
	require.NotZero(t, want.step%10)
	require.NotZero(t, want.neuron)
	for threads := 1; threads <= 3; threads++ {
		for _, k := range available() {
			e := eager(t, m, c, threads, k)
			require.ErrorContains(t, e.Advance(t.Context(), 1000), m.CellFailed(want.neuron, want.step, want.states).Error())
			require.Equal(t, want, *e.failed)
			require.Equal(t, want.step-1, e.Step())
		}
	}
}
