package program_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"einet/program"
	"einet/program/programtest"
)

// A device makes of the exact result of an operation a float32.
type device struct {
	name  string
	round func(exact float64) float32
	read  func(x float32) float32
}

func same(x float32) float32 { return x }

func flushed(x float32) float32 {
	if math.Abs(float64(x)) < 0x1p-126 {
		return float32(math.Copysign(0, float64(x)))
	}
	return x
}

var ieee = device{"IEEE", func(exact float64) float32 { return float32(exact) }, same}

// What sign a zero has and which bits what is no number, devices need not agree upon.
var unsigned = device{"with other zeros", func(exact float64) float32 {
	switch x := float32(exact); {
	case x == 0:
		return -x
	case x != x:
		return math.Float32frombits(0xffc12345)
	default:
		return x
	}
}, same}

// Devices without subnormals see tiny results before they round them, or after.
var flushing = []device{
	{"flushed before rounding", func(exact float64) float32 {
		if math.Abs(exact) < 0x1p-126 {
			return float32(math.Copysign(0, exact))
		}
		return float32(exact)
	}, flushed},
	{"flushed after rounding", func(exact float64) float32 {
		if math.Abs(exact) < 0x1p-125 {
			return flushed(float32(exact*0x1p60) * 0x1p-60)
		}
		return float32(exact)
	}, flushed},
}

// values runs code on a device, with what the neuron has, and gives all values. The sum or product of two float32 in float64
// and then rounded is as if rounded once.
func (d device) values(p *program.Program, n *program.Neuron) []uint32 {
	v := make([]uint32, len(p.Code))
	for k, i := range p.Code {
		one := program.Program{Code: p.Code[k : k+1 : k+1], Constants: p.Constants}
		x, y := float32(0), float32(0)
		if o := i.Operands(); len(o) > 0 && p.Code[o[0]].Type == program.Float {
			x, y = d.read(math.Float32frombits(v[o[0]])), d.read(math.Float32frombits(v[o[len(o)-1]]))
		}
		switch i.Op {
		case program.Add:
			v[k] = math.Float32bits(d.round(float64(x) + float64(y)))
		case program.Sub:
			v[k] = math.Float32bits(d.round(float64(x) - float64(y)))
		case program.Mul:
			v[k] = math.Float32bits(d.round(float64(x) * float64(y)))
		default:
			v[k] = one.Do(i, v, n)
		}
	}
	return v
}

// wrong tells of a program with the bounds of its builder what goes wrong for a neuron in some steps, or "".
func wrong(b *program.Builder, p *program.Program, n *program.Neuron) string {
	for range 4 {
		v := ieee.values(p, n)
		if found := wrongValue(b, p, n, v); found != "" {
			return found
		}
		for s, next := range p.Next {
			if next != program.None {
				n.States[s] = v[next]
			}
			if x := math.Float32frombits(n.States[s]); p.States[s] == program.Float && x-x != 0 {
				return "" // which ends a run
			}
		}
	}
	return ""
}

func wrongValue(b *program.Builder, p *program.Program, n *program.Neuron, v []uint32) string {
	for k, i := range p.Code {
		x := float64(math.Float32frombits(v[k]))
		if i.Type != program.Float {
			continue
		}
		if i.Op != program.Mul && x != 0 && math.Abs(x) < 0x1p-126 {
			return fmt.Sprintf("%d: %v gives %g", k, i, x)
		}
		least, grain, low, high := b.BoundOf(program.Value(k))
		switch {
		case math.IsInf(x, 0), x != x:
			if !math.IsInf(low, 0) && !math.IsInf(high, 0) {
				return fmt.Sprintf("%d: %v gives %g, not between %g and %g", k, i, x, low, high)
			}
		case x != 0 && i.Op != program.Mul && math.Abs(x) < math.Ldexp(1, least), x != 0 && math.Abs(x) < math.Ldexp(1, least) && least >= -126:
			return fmt.Sprintf("%d: %v gives %g, below 2^%d", k, i, x, least)
		case grain >= -149 && x != math.Ldexp(math.Round(math.Ldexp(x, -grain)), grain):
			return fmt.Sprintf("%d: %v gives %g, no multiple of 2^%d", k, i, x, grain)
		case x < low || x > high:
			return fmt.Sprintf("%d: %v gives %g, not between %g and %g", k, i, x, low, high)
		}
	}
	for _, d := range flushing {
		w := d.values(p, n)
		for k, i := range p.Code {
			// a product that is flushed next, or lost in a sum, may be as it likes
			tiny := i.Op == program.Mul && math.Abs(float64(math.Float32frombits(v[k]))) < 0x1p-125
			if !tiny && !programtest.Same(i.Type, v[k], w[k]) {
				return fmt.Sprintf("%d: %v gives %#x, %s %#x", k, i, v[k], d.name, w[k])
			}
		}
	}
	w := unsigned.values(p, n)
	for s, next := range p.Next {
		if next != program.None && !programtest.Same(p.States[s], v[next], w[next]) {
			return fmt.Sprintf("state %d becomes %#x, %s %#x", s, v[next], unsigned.name, w[next])
		}
	}
	return ""
}

// On devices with and without subnormals programs do the same, and what the builder knows of a value is true.
func TestDevicesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "program")
		b := program.NewBuilder()
		programtest.Build(seed, b)
		p := b.WholeProgram()
		for k := range uint64(20) {
			if found := wrong(b, p, programtest.RandomNeuron(k, p)); found != "" {
				t.Fatalf("neuron %d: %s\n%s", k, found, listing(p))
			}
		}
	})
}

func listing(p *program.Program) (s string) {
	for k, i := range p.Code {
		s += fmt.Sprintf("%3d %-12v %v %d %d %d", k, i.Op, i.Type, i.A, i.B, i.C)
		if i.Op == program.Constant {
			s += fmt.Sprintf(" = %g", math.Float32frombits(p.Constants[i.A]))
		}
		s += "\n"
	}
	return s
}

// The control: without Flush they do not.
func TestDevicesNeedFlush(t *testing.T) {
	differ := 0
	for seed := range uint64(100) {
		b := program.NewBuilder()
		programtest.Build(seed, b)
		p := b.WholeProgram()
		for k, i := range p.Code {
			if i.Op == program.Flush {
				p.Code[k].Op, p.Code[k].B = program.Min, i.A // of x and x
			}
		}
		for k := range uint64(20) {
			if wrong(b, p, programtest.RandomNeuron(k, p)) != "" {
				differ++
			}
		}
	}
	require.Greater(t, differ, 10)
}

// Run is what IEEE arithmetic makes of the whole code, of which a program leaves out what nothing uses.
func TestRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "program")
		b := program.NewBuilder()
		fires := programtest.Build(seed, b)
		whole, p := b.WholeProgram(), programtest.Random(seed)
		for k := range uint64(10) {
			n := programtest.RandomNeuron(k, p)
			v := ieee.values(whole, n)
			states := slices.Clone(n.States)
			for s, next := range whole.Next {
				if next != program.None {
					states[s] = v[next]
				}
			}
			fired, failed := p.Run(n)
			for s, typ := range p.States {
				require.True(t, programtest.Same(typ, states[s], n.States[s]), "state %d of neuron %d", s, k)
			}
			require.Equal(t, v[fires] != 0, fired)
			require.Equal(t, whole.Fails != program.None && v[whole.Fails] != 0, failed)
		}
	})
}

// Random programs have all operations and use all that a program may have.
func TestRandomProgramsHaveAll(t *testing.T) {
	ops := map[program.Op]int{}
	fires, fails := map[bool]int{}, map[bool]int{}
	states := map[program.Type]int{}
	finite := 0
	for seed := range uint64(100) {
		p := programtest.Random(seed)
		for _, i := range p.Code {
			ops[i.Op]++
		}
		for _, s := range p.States {
			states[s]++
		}
		for k := range uint64(10) {
			n := programtest.RandomNeuron(k, p)
			fired, failed := p.Run(n)
			fires[fired]++
			fails[failed]++
			for s, typ := range p.States {
				if x := float64(math.Float32frombits(n.States[s])); typ == program.Float && math.Abs(x) <= math.MaxFloat32 && x != 0 {
					finite++
				}
			}
		}
	}
	for op := program.Constant; op <= program.AsFloat; op++ {
		require.Greater(t, ops[op], 2, "%v", op)
	}
	require.Greater(t, min(fires[true], fires[false], fails[true], fails[false]), 50, "%v %v", fires, fails)
	require.Greater(t, min(states[program.Int], states[program.Float]), 50)
	require.Greater(t, finite, 500)
}
