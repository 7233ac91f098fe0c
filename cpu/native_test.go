package cpu

import (
	"math/rand/v2"
	"slices"
	"testing"

	"einet/dynamics"
	"einet/enginetest"

	"github.com/stretchr/testify/require"
)

// BenchmarkPrograms runs the programs of the conformance suite.
func BenchmarkPrograms(b *testing.B) {
	for _, net := range enginetest.Networks() {
		model, err := dynamics.New(net)
		require.NoError(b, err)
		for i := range model.Populations {
			of := &model.Populations[i]
			if of.Cell == nil {
				continue
			}
			rows := slices.Concat(model.CellStates(i), model.CellOwns(i))
			for _, k := range available() {
				b.Run(net.Name+"."+net.Populations[i].Name+"/"+k.name, func(b *testing.B) {
					const tiles = 256
					rnd := rand.New(rand.NewPCG(1, 8))
					p, m := randomCells(rnd, of.Cell, tiles, func(row int) uint32 { return rows[row][rnd.IntN(of.Size)] })
					kernel, code := k.run(of.Cell.Program)
					if code != nil {
						defer code.Close()
					}
					hits := make([]uint32, tiles+1)
					m.now, m.drive = clock(1000), 0
					for b.Loop() {
						kernel(p, m, 0, tiles, hits)
					}
					least := fastest(func() { kernel(p, m, 0, tiles, hits) })
					b.ReportMetric(float64(least.Nanoseconds())/(tiles*lanes), "least-ns/neuron-step")
					b.ReportMetric(float64(len(of.Cell.Program.Code)), "operations")
				})
			}
		}
	}
}
