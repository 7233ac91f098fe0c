//go:build linux

package native

import (
	"math"
	"syscall"
	"testing"

	"einet/program"
)

// lif is a leaky integrate-and-fire neuron with two exponential synapses.
func lif() *program.Program {
	b := program.NewBuilder()
	const gridV, gridG = 32, 4
	v, until := b.NewState(program.Float, -19), b.NewState(program.Int, 0)
	x := b.MulAnyway(b.Number(-0.007), v)
	for r := range 2 {
		g := b.NewState(program.Float, -22)
		x = b.Add(x, b.MulAnyway(b.Number(0.0066), g))
		arrived := b.Mul(b.Number(0x1p-20), b.Arriving(r))
		b.Become(g, b.OffGrid(b.Add(b.Add(b.Mul(b.Number(0.98), g), arrived), b.Number(gridG)), gridG))
	}
	x = b.Add(x, b.Drive())
	next := b.OffGrid(b.Add(b.Add(v, b.Number(gridV)), x), gridV)
	next = b.Select(b.IntLess(b.Now(), until), b.Number(0), next)
	fires := b.LessEqual(b.Number(15), next)
	b.Become(v, b.Select(fires, b.Number(0), next))
	b.Become(until, b.Select(fires, b.IntAdd(b.Now(), b.Whole(21)), until))
	return b.Program(fires)
}

// adex is an adaptive exponential neuron with two conductances, by Euler's or Heun's method.
func adex(heun bool) *program.Program {
	b := program.NewBuilder()
	const dt, cm, gl, el, vt, delta, tauw, a, jump, reset, peak = 0.1, 281, 30, -70.6, -50.4, 2, 144, 4, 80.5, -70.6, 0
	v, until, w := b.NewState(program.Float, program.GrainOfFlushed), b.NewState(program.Int, 0), b.NewState(program.Float, program.GrainOfFlushed)
	current := b.Drive()
	for r, reversal := range []float64{0, -80} {
		g := b.NewState(program.Float, program.GrainOfFlushed)
		current = b.Add(current, b.Mul(g, b.Sub(b.Number(reversal), v)))
		b.Become(g, b.Add(b.Mul(b.Number(0.98), g), b.Mul(b.Number(0x1p-20), b.Arriving(r))))
	}
	slopes := func(v, w program.Value) (dv, dw program.Value) {
		away := b.Sub(v, b.Number(el))
		spike := b.Mul(b.Number(gl*delta), b.Exp(b.Mul(b.Sub(v, b.Number(vt)), b.Number(1./delta))))
		dv = b.Add(b.Sub(b.Sub(spike, b.Mul(b.Number(gl), away)), w), current)
		return b.Mul(dv, b.Number(dt/cm)), b.Mul(b.Sub(b.Mul(b.Number(a), away), w), b.Number(dt/tauw))
	}
	dv, dw := slopes(v, w)
	if heun {
		dv2, dw2 := slopes(b.Add(v, dv), b.Add(w, dw))
		dv, dw = b.Mul(b.Number(0.5), b.Add(dv, dv2)), b.Mul(b.Number(0.5), b.Add(dw, dw2))
	}
	nextV, nextW := b.Select(b.IntLess(b.Now(), until), v, b.Add(v, dv)), b.Add(w, dw)
	b.FailUnlessFinite(nextV)
	b.FailUnlessFinite(nextW)
	fires := b.LessEqual(b.Number(peak), nextV)
	b.Become(v, b.Select(fires, b.Number(reset), nextV))
	b.Become(w, b.Select(fires, b.Add(nextW, b.Number(jump)), nextW))
	b.Become(until, b.Select(fires, b.IntAdd(b.Now(), b.Whole(21)), until))
	return b.Program(fires)
}

// processor is the time that this process has had of processors [ns]: other work does not count.
func processor() int64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		panic(err)
	}
	return use.Utime.Nano() + use.Stime.Nano()
}

func BenchmarkRun(b *testing.B) {
	for _, c := range []struct {
		name string
		p    *program.Program
		v, w float32
	}{{"lif", lif(), 5, 0}, {"adex, euler", adex(false), -60, 50}, {"adex, heun", adex(true), -60, 50}} {
		b.Run(c.name, func(b *testing.B) {
			k, err := Compile(c.p)
			if err != nil {
				b.Skip(err)
			}
			defer k.Close()
			const tiles = 256
			block := randomBlock(1, c.p, tiles)
			for i := range tiles {
				for l := range Lanes {
					block.Rows[i*k.rows][l] = math.Float32bits(c.v + float32(l)/10)
					block.Rows[i*k.rows+1][l] = 0x80000000
					for s := 2; s < k.rows; s++ {
						block.Rows[i*k.rows+s][l] = 0
					}
				}
				for r := range block.Arriving {
					block.Arriving[r][i] = [Lanes]int32{}
				}
			}
			block.Drive = 0
			steps := 0
			before := processor()
			for b.Loop() {
				block.Now++
				k.Run(block)
				steps++
			}
			b.ReportMetric(float64(processor()-before)/float64(steps*tiles*Lanes), "ns/neuron-step")
			b.ReportMetric(float64(len(c.p.Code)), "operations")
		})
	}
}
