package native

import (
	"math"
	"math/rand/v2"
	"testing"

	"einet/program"
	"einet/program/programtest"

	"github.com/stretchr/testify/require"
)

// edges are floats at which operations go wrong first.
var edges = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, 0.5, 1.5, 2.5, -2.5, 3 << 22, 0x1p-100, -0x1p-100, 0x1.fffffep-101, -0x1.fffffep-101, 0x1.000002p-100,
	0x1p-126, 0x1p-149, 0x1.fffffep127, -0x1.fffffep127, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 0x1p24, 0x1p31, 0x1p-24,
}

func randomFloat(rnd *rand.Rand) float32 {
	switch rnd.IntN(6) {
	case 0:
		return edges[rnd.IntN(len(edges))]
	case 1:
		return math.Float32frombits(rnd.Uint32())
	case 2:
		return float32(math.Ldexp(rnd.NormFloat64(), rnd.IntN(120)-100))
	}
	return float32(rnd.NormFloat64() * 10)
}

func randomInt(rnd *rand.Rand) int32 {
	switch rnd.IntN(3) {
	case 0:
		return int32(rnd.IntN(7) - 3)
	case 1:
		return []int32{math.MinInt32, math.MaxInt32, 1 << 30, 0}[rnd.IntN(4)]
	}
	return int32(rnd.Uint32())
}

// A writer makes random programs, without a Builder: so none of its rules keep an operation from any operand.
type writer struct {
	*rand.Rand
	p    *program.Program
	of   [3][]int32 // values of each type
	late bool       // operands are rather old ones, so that many are alive
}

func (w *writer) put(op program.Op, t program.Type, operands ...int32) int32 {
	i := program.Instruction{Op: op, Type: t}
	for k, o := range operands {
		*[]*int32{&i.A, &i.B, &i.C}[k] = o
	}
	v := int32(len(w.p.Code))
	w.p.Code = append(w.p.Code, i)
	w.of[t] = append(w.of[t], v)
	return v
}

func (w *writer) any(t program.Type) int32 {
	all := w.of[t]
	if !w.late && len(all) > 12 && w.IntN(4) > 0 {
		all = all[len(all)-12:]
	}
	return all[w.IntN(len(all))]
}

// number is a float that is one, or 0: the bits of others are nobody's to compare.
func (w *writer) number() int32 {
	x := w.any(program.Float)
	return w.put(program.Select, program.Float, w.put(program.Equal, program.Truth, x, x), x, w.of[program.Float][0])
}

func (w *writer) operation() {
	const f, i, t = program.Float, program.Int, program.Truth
	switch op := program.Add + program.Op(w.IntN(int(program.AsFloat-program.Add)+1)); op {
	case program.Add, program.Sub, program.Mul, program.Min, program.Max:
		w.put(op, f, w.any(f), w.any(f))
	case program.Neg, program.Abs, program.Flush:
		w.put(op, f, w.any(f))
	case program.Less, program.LessEqual, program.Equal:
		w.put(op, t, w.any(f), w.any(f))
	case program.IntLess, program.IntEqual:
		w.put(op, t, w.any(i), w.any(i))
	case program.And, program.Or:
		w.put(op, t, w.any(t), w.any(t))
	case program.Not:
		w.put(op, t, w.any(t))
	case program.Select:
		of := program.Type(w.IntN(3))
		w.put(op, of, w.any(t), w.any(of), w.any(of))
	case program.IntAdd, program.IntSub, program.IntAnd, program.IntOr, program.IntXor:
		w.put(op, i, w.any(i), w.any(i))
	case program.ShiftLeft, program.ShiftRight, program.ShiftDown:
		w.put(op, i, w.any(i), 1+int32(w.IntN(31)))
	case program.Truncate, program.Bits:
		w.put(op, i, w.number())
	case program.Convert, program.AsFloat:
		w.put(op, f, w.any(i))
	}
}

// randomProgram is one of so many operations.
func randomProgram(seed uint64, operations int) *program.Program {
	w := &writer{Rand: rand.New(rand.NewPCG(seed, 4)), p: &program.Program{Fails: program.None}}
	p := w.p
	w.late = w.IntN(2) == 0
	p.Receptors, p.Normals = w.IntN(4), w.IntN(3)
	p.Constants = append(p.Constants, 0)
	w.put(program.Constant, program.Float, 0)
	for k := range 1 + w.IntN(20) {
		t := program.Type(w.IntN(2))
		if t == program.Float {
			p.Constants = append(p.Constants, math.Float32bits(randomFloat(w.Rand)))
		} else {
			p.Constants = append(p.Constants, uint32(randomInt(w.Rand)))
		}
		w.put(program.Constant, t, int32(k+1))
	}
	for s := range 1 + w.IntN(12) {
		p.States = append(p.States, program.Type(w.IntN(2)))
		w.put(program.State, p.States[s], int32(s))
	}
	for o := range w.IntN(8) {
		p.Owns = append(p.Owns, program.Type(w.IntN(2)))
		w.put(program.Own, p.Owns[o], int32(o))
	}
	w.put(program.Drive, program.Float)
	w.put(program.Now, program.Int)
	for r := range p.Receptors {
		w.put(program.Arriving, program.Float, int32(r))
	}
	for d := range p.Normals {
		w.put(program.Normal, program.Float, int32(d))
	}
	w.put(program.Less, program.Truth, w.any(program.Float), w.any(program.Float))
	for len(p.Code) < operations {
		w.operation()
	}
	for _, t := range p.States {
		p.Next = append(p.Next, program.Value(w.any(t)))
	}
	p.Fires = program.Value(w.any(program.Truth))
	if w.IntN(2) == 0 {
		p.Fails = program.Value(w.any(program.Truth))
	}
	return p
}

// randomBlock is neurons of a program in every condition.
func randomBlock(seed uint64, p *program.Program, tiles int) *Block {
	rnd := rand.New(rand.NewPCG(seed, 5))
	b := &Block{Tiles: tiles, Neurons: tiles*Lanes - rnd.IntN(Lanes), Drive: randomFloat(rnd), Now: randomInt(rnd), Hits: make([]uint32, tiles)}
	b.Rows = make([][Lanes]uint32, tiles*(len(p.States)+len(p.Owns)))
	types := append(append([]program.Type{}, p.States...), p.Owns...)
	for r := range b.Rows {
		for k := range Lanes {
			if types[r%len(types)] == program.Float {
				b.Rows[r][k] = math.Float32bits(randomFloat(rnd))
			} else {
				b.Rows[r][k] = uint32(randomInt(rnd))
			}
		}
	}
	for range p.Receptors {
		a := make([][Lanes]int32, tiles)
		for i := range a {
			for k := range a[i] {
				a[i][k] = randomInt(rnd)
			}
		}
		b.Arriving = append(b.Arriving, a)
	}
	for d := range b.Normals {
		b.Normals[d] = make([][Lanes]float32, tiles)
		for i := range b.Normals[d] {
			for k := range b.Normals[d][i] {
				b.Normals[d][i][k] = float32(rnd.NormFloat64())
			}
		}
	}
	return b
}

// interpret is Kernel.Run by Program.Run.
func interpret(p *program.Program, b *Block) (hits, failed int) {
	failed = -1
	rows := len(p.States) + len(p.Owns)
	for i := range b.Tiles {
		mask := uint32(0)
		for k := range Lanes {
			n := program.Neuron{Drive: b.Drive, Now: b.Now}
			for r := range rows {
				n.States = append(n.States, b.Rows[i*rows+r][k])
			}
			n.States, n.Owns = n.States[:len(p.States)], n.States[len(p.States):]
			for r := range b.Arriving {
				n.Arriving = append(n.Arriving, b.Arriving[r][i][k])
				b.Arriving[r][i][k] = 0
			}
			for d := range n.Normals {
				n.Normals[d] = b.Normals[d][i][k]
			}
			fires, fails := p.Run(&n)
			for s, x := range n.States {
				b.Rows[i*rows+s][k] = x
			}
			if neuron := i*Lanes + k; neuron < b.Neurons {
				if fires {
					mask |= 1 << k
				}
				if fails && failed < 0 {
					failed = neuron
				}
			}
		}
		if mask != 0 {
			b.Hits[hits] = uint32(i)<<16 | mask
			hits++
		}
	}
	return hits, failed
}

// requireSame compares what two runs left; no number is like another.
func requireSame(t *testing.T, p *program.Program, want, got *Block) {
	t.Helper()
	rows := len(p.States) + len(p.Owns)
	for r := range want.Rows {
		for k := range Lanes {
			x, y := want.Rows[r][k], got.Rows[r][k]
			if x == y {
				continue
			}
			f, g := math.Float32frombits(x), math.Float32frombits(y)
			if s := r % rows; s >= len(p.States) || p.States[s] == program.Int || f == f || g == g {
				require.FailNowf(t, "another state", "tile %d, row %d, lane %d: %x (%g) instead of %x (%g)", r/rows, s, k, y, g, x, f)
			}
		}
	}
	require.Equal(t, want.Arriving, got.Arriving)
	require.Equal(t, want.Normals, got.Normals)
}

func compiled(t *testing.T, p *program.Program) *Kernel {
	t.Helper()
	k, err := Compile(p)
	if !Available() {
		require.ErrorIs(t, err, ErrUnavailable)
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, k.Close()) })
	return k
}

func holds(t *testing.T, seed uint64, p *program.Program) (fired, failed int, k *Kernel) {
	t.Helper()
	k = compiled(t, p)
	tiles := int(seed % 11)
	want, got := randomBlock(seed, p, tiles), randomBlock(seed, p, tiles)
	for range 2 {
		hits, first := interpret(p, want)
		hits2, first2 := k.Run(got)
		requireSame(t, p, want, got)
		require.Equal(t, first, first2)
		require.Equal(t, want.Hits[:hits], got.Hits[:hits2])
		fired += hits
		failed += min(first+1, 1)
	}
	return fired, failed, k
}

func TestRandomPrograms(t *testing.T) {
	var fired, failed, spilled int
	ways := map[int]int{}
	for seed := range uint64(1000) {
		operations := []int{40, 60, 100, 300, 800}[seed%5]
		f, e, k := holds(t, seed, randomProgram(seed, operations))
		fired, failed, spilled = fired+f, failed+e, spilled+min(k.spills, 1)
		ways[k.ways]++
	}
	require.NotZero(t, fired)
	require.NotZero(t, failed)
	require.NotZero(t, spilled)
	require.Len(t, ways, 3)
}

// And those with every function, as a Builder makes them.
func TestBuiltPrograms(t *testing.T) {
	for seed := range uint64(300) {
		holds(t, seed, programtest.Random(seed))
	}
}

// What is no program is refused: its code could read or write what is not the block's.
func TestRefuses(t *testing.T) {
	compiled(t, randomProgram(0, 60)) // skips where there is none
	valid := func() *program.Program {
		return &program.Program{
			Code: []program.Instruction{
				{Op: program.State}, {Op: program.Constant}, {Op: program.Less, Type: program.Truth, A: 0, B: 1},
				{Op: program.Select, A: 2, B: 0, C: 1}, {Op: program.ShiftLeft, Type: program.Int, A: 3, B: 31},
				{Op: program.Arriving}, {Op: program.Normal, A: 1}, {Op: program.Own},
			},
			Constants: []uint32{1}, States: []program.Type{program.Float}, Owns: []program.Type{program.Int}, Receptors: 1, Normals: 2,
			Next: []program.Value{3}, Fires: 2, Fails: program.None,
		}
	}
	k, err := Compile(valid())
	require.NoError(t, err)
	require.NoError(t, k.Close())
	for name, spoil := range map[string]func(p *program.Program){
		"state":             func(p *program.Program) { p.Code[0].A = 1 },
		"state below":       func(p *program.Program) { p.Code[0].A = -1 },
		"constant":          func(p *program.Program) { p.Code[1].A = 1 },
		"own":               func(p *program.Program) { p.Code[7].A = 1 },
		"receptor":          func(p *program.Program) { p.Code[5].A = 1 },
		"normal":            func(p *program.Program) { p.Code[6].A = 2 },
		"three normals":     func(p *program.Program) { p.Normals = 3 },
		"itself":            func(p *program.Program) { p.Code[2].A = 2 },
		"below":             func(p *program.Program) { p.Code[2].B = -1 },
		"a number as truth": func(p *program.Program) { p.Code[3].A = 0 },
		"a truth as number": func(p *program.Program) { p.Code[3].B = 2 },
		"type":              func(p *program.Program) { p.Code[2].Type = program.Float },
		"constant truth":    func(p *program.Program) { p.Code[1].Type = program.Truth },
		"shift":             func(p *program.Program) { p.Code[4].B = 32 },
		"operation":         func(p *program.Program) { p.Code[2].Op = program.AsFloat + 1 },
		"next":              func(p *program.Program) { p.Next[0] = 8 },
		"next truth":        func(p *program.Program) { p.Next[0] = 2 },
		"no next":           func(p *program.Program) { p.Next = nil },
		"fires":             func(p *program.Program) { p.Fires = 3 },
		"no fires":          func(p *program.Program) { p.Fires = program.None },
		"fails":             func(p *program.Program) { p.Fails = 0 },
	} {
		p := valid()
		spoil(p)
		_, err := Compile(p)
		require.ErrorContains(t, err, "can't be", name)
		require.NotErrorIs(t, err, ErrUnavailable)
	}
}

// Programs may have nothing but a state: no constants, no numbers of their own, no receptors.
func TestLeastProgram(t *testing.T) {
	p := &program.Program{
		Code: []program.Instruction{{Op: program.State}, {Op: program.Less, Type: program.Truth}}, States: []program.Type{program.Float},
		Next: []program.Value{0}, Fires: 1, Fails: 1,
	}
	holds(t, 3, p)
	p.Code, p.States, p.Next = []program.Instruction{{Op: program.Now, Type: program.Int}, {Op: program.IntEqual, Type: program.Truth}}, nil, nil
	fired, failed, _ := holds(t, 3, p)
	require.NotZero(t, fired)
	require.NotZero(t, failed)
}
