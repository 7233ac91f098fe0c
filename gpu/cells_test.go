//go:build cgo && !nogl

package gpu

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/dynamics"
	"einet/enginetest"
	"einet/program"
	"einet/program/programtest"
	"einet/shaders"
)

// receptorsOf is the most receptors of some programs, at least 1.
func receptorsOf(programs []*program.Program) int {
	n := 1
	for _, p := range programs {
		n = max(n, p.Receptors)
	}
	return n
}

// programsKernel is testdata's kernel that takes neurons through a step of their programs.
func programsKernel(t testing.TB, programs []*program.Program) shaders.Source {
	c := cells{programs: programs}
	d := c.defines()
	d["RECEPTORS"], d["GENERAL"] = receptorsOf(programs), 0
	d["NEURON"] = 6 + receptorsOf(programs) + d["STATES"].(int) + d["OWNS"].(int)
	s, err := shaders.LoadFS(os.DirFS("../shaders"), "testdata/programs.comp", d, c.printedSteps())
	require.NoError(t, err)
	return s
}

// stepped runs neurons of several programs on a device for a step: [program][neuron], and gives how each ends: what the kernel says of
// it, and its states.
func stepped(t testing.TB, c *Context, programs []*program.Program, kernel shaders.Source, neurons [][]*program.Neuron) (said [][]uint32, states [][][]uint32) {
	d := (&cells{programs: programs}).defines()
	receptors, most := receptorsOf(programs), d["STATES"].(int)
	each := 6 + receptors + most + d["OWNS"].(int)
	var words, tables []uint32
	for k, p := range programs {
		for _, n := range neurons[k] {
			one := make([]uint32, each)
			copy(one, []uint32{uint32(k), uint32(len(tables)), math.Float32bits(n.Drive), uint32(n.Now)})
			for r, a := range n.Arriving {
				one[4+r] = uint32(a)
			}
			for i, x := range n.Normals {
				one[4+receptors+i] = math.Float32bits(x)
			}
			copy(one[6+receptors:], n.States)
			copy(one[6+receptors+most:], n.Owns)
			words = append(words, one...)
		}
		tables = append(tables, p.Constants...)
	}
	program, err := Compile(c, kernel)
	require.NoError(t, err)
	defer program.Delete()
	in, err := NewBufferFrom(c, "neurons", words)
	require.NoError(t, err)
	defer in.Delete()
	constants, err := NewBufferFrom(c, "tables", tables)
	require.NoError(t, err)
	defer constants.Delete()
	require.NoError(t, c.Do(func() error { return bindAll(binding{in, 0}, binding{constants, 1}) }))
	require.NoError(t, program.Dispatch(program.Groups(len(words)/each), 1, 1))
	require.NoError(t, in.Read(0, words))
	for k := range programs {
		said, states = append(said, nil), append(states, nil)
		for range neurons[k] {
			said[k] = append(said[k], words[0])
			states[k] = append(states[k], words[6+receptors:][:len(programs[k].States)])
			words = words[each:]
		}
	}
	return said, states
}

// differs is in which neuron and state a device's step is not that of Program.Run, or "".
func differs(t testing.TB, c *Context, programs []*program.Program, kernel shaders.Source, neurons func(k int) []*program.Neuron) string {
	var before [][]*program.Neuron
	for k := range programs {
		before = append(before, neurons(k))
	}
	said, states := stepped(t, c, programs, kernel, before)
	for k, p := range programs {
		for i, n := range before[k] {
			fires, fails := p.Run(n)
			if want := flag(fires) + 2*flag(fails); want != said[k][i] {
				return fmt.Sprintf("program %d, neuron %d: %d, must be %d", k, i, said[k][i], want)
			}
			for s, typ := range p.States {
				if !programtest.Same(typ, n.States[s], states[k][i][s]) {
					return fmt.Sprintf("program %d, neuron %d, state %d: %#x, must be %#x", k, i, s, states[k][i][s], n.States[s])
				}
			}
		}
	}
	return ""
}

// randomPrograms are some of programtest and neurons for them.
func randomPrograms(seed, n, each int) (programs []*program.Program, neurons func(k int) []*program.Neuron) {
	for k := range n {
		programs = append(programs, programtest.Random(uint64(seed+k)))
	}
	return programs, func(k int) (list []*program.Neuron) {
		for i := range each {
			list = append(list, programtest.RandomNeuron(uint64(1000*(seed+k)+i), programs[k]))
		}
		return list
	}
}

// Random programs are on each device what Program.Run makes of them.
func TestRandomPrograms(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		const atOnce = 10
		for seed := 0; seed < 4*atOnce; seed += atOnce {
			programs, neurons := randomPrograms(seed, atOnce, 64)
			require.Empty(t, differs(t, c, programs, programsKernel(t, programs), neurons))
		}
	})
}

// Controls: operations that are printed wrongly are noticed.
func TestWrongPrintsAreNoticed(t *testing.T) {
	c := open(t, "llvmpipe")
	for _, k := range []struct {
		name, from, to string
		seed           int // of a program that has the operation
	}{
		{"a sum for a difference", " - v", " + v", 0},
		{"a strict comparison", " <= v", " < v", 0},
		{"the other sign", " ^ 0x80000000u", "", 0},
		{"no flush", "0x0d800000u", "0u", 0},
		{"shifts with zeros", " >> ", " >> 0 * ", 0},
		{"an own number of another place", "own[0]", "own[1]", 0},
		{"another constant", "constants + 1u", "constants", 0},
		{"no failure", "fails = v", "fails = false && v", 0},
	} {
		t.Run(k.name, func(t *testing.T) {
			for seed := 0; ; seed++ {
				require.Less(t, seed, 100)
				programs, neurons := randomPrograms(seed, 1, 256)
				source := programsKernel(t, programs)
				wrong := source
				wrong.Text = strings.ReplaceAll(source.Text, k.from, k.to)
				if wrong.Text == source.Text {
					continue
				}
				if d := differs(t, c, programs, wrong, neurons); d != "" {
					t.Log(k.name, seed, d)
					return
				}
			}
		})
	}
}

// longProgram is one of about so many operations, with the states of another.
func longProgram(p *program.Program, operations int) *program.Program {
	b := program.NewBuilder()
	var states []program.Value
	for _, t := range p.States {
		states = append(states, b.NewState(t, program.GrainOfFlushed))
	}
	x := b.Mul(states[0], b.Number(0.01))
	for k := 0; len(b.Program(b.Less(x, b.Number(0))).Code) < operations; k++ {
		x = b.Sub(b.Exp(x), b.Number(1+0.001*float64(k)))
	}
	b.Become(states[0], b.Mul(x, b.Number(0.5)))
	return b.Program(b.Less(b.Number(0.9), x))
}

// BenchmarkCompile is how long a device takes from a network to its first step, by operations of the program. MESA_SHADER_CACHE_DISABLE=true
// has Mesa compile each time.
func BenchmarkCompile(b *testing.B) {
	devices, err := Devices()
	require.NotEmpty(b, devices, "%v", err)
	net := enginetest.Networks()[3]
	net.Populations[0].WhiteNoise = 1
	for _, d := range devices {
		for _, operations := range []int{0, 50, 200, 600} {
			name, _, _ := strings.Cut(d.Renderer, " ")
			b.Run(fmt.Sprintf("%s/%d", name, operations), func(b *testing.B) {
				m, syn := enginetest.Build(b, net)
				if operations > 0 {
					m.Populations[0].Cell.Program = longProgram(m.Populations[0].Cell.Program, operations)
				}
				c, err := openDriver(found.drivers[d.Index])
				require.NoError(b, err)
				b.Cleanup(func() { c.Close() })
				require.NoError(b, Probe(c))
				for b.Loop() {
					e, err := New(b.Context(), c, m, syn)
					require.NoError(b, err)
					require.NoError(b, e.Advance(b.Context(), 1))
					_, err = e.Spikes(nil)
					require.NoError(b, err)
					require.NoError(b, e.Close())
				}
				b.ReportMetric(float64(len(m.Populations[0].Cell.Program.Code)), "instructions")
				cells := newCells(m)
				b.ReportMetric(float64(len(cells.printed().Text)), "bytes")
			})
		}
	}
}

// Where a step fails, the host reads the states of the neuron that failed first as its program left them, though later steps of other
// neurons in the window, and windows behind it, were queued, too, and its work group goes on to draw words together.
func TestStatesOfAFailure(t *testing.T) {
	net := enginetest.Networks()[1] // windows of 15 steps
	net.Populations[0].WhiteNoise = 1
	m, syn := enginetest.Build(t, net)
	pop := &m.Populations[0]
	b := program.NewBuilder()
	v, last := b.NewState(program.Float, program.GrainOfFlushed), b.NewState(program.Int, 0)
	for _, typ := range pop.Cell.Program.States[2:] {
		b.NewState(typ, program.GrainOfFlushed)
	}
	next := b.Add(v, b.Number(0.037))
	b.Become(v, next)
	b.Become(last, b.IntAdd(b.Now(), b.Whole(7)))
	b.FailIf(b.Or(b.Less(b.Number(25), next), b.Less(b.Number(100), b.Normal(dynamics.OUDraw)))) // no normal number is so large
	pop.Cell.Program = b.Program(b.Less(next, b.Number(-1e6)))

	neurons := make([]program.Neuron, pop.Size)
	for s, words := range m.CellStates(0) {
		for k, w := range words {
			neurons[k].States = append(neurons[k].States, w)
			require.Len(t, neurons[k].States, s+1)
		}
	}
	var step int64
	failed := -1
	for failed < 0 {
		for k := range neurons {
			neurons[k].Now, neurons[k].Arriving = dynamics.Clock(step), make([]int32, len(pop.Receptors))
			if _, fails := pop.Cell.Program.Run(&neurons[k]); fails && failed < 0 {
				failed = k
			}
		}
		step++
	}
	require.Greater(t, step, int64(100))
	require.NotZero(t, failed)
	onEach(t, func(t *testing.T, c *Context) {
		for _, share := range []bool{false, true} {
			bounds := boundsOf(c.Device())
			bounds.parallel = share
			e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, bounds)
			require.Equal(t, 1, e.layout.draws, "the first normal number is not drawn")
			require.Equal(t, share, e.layout.shares)
			err := e.Advance(t.Context(), int(step)+1000)
			_, also := e.Spikes(nil)
			err = cmp.Or(err, also)
			require.ErrorContains(t, err, fmt.Sprintf("neuron %d, step %d ", failed, step))
			require.Equal(t, step-1, e.Step())
			states, err := e.statesOf(pop.First + failed)
			require.NoError(t, err)
			require.Equal(t, neurons[failed].States, states)
		}
	})
}
