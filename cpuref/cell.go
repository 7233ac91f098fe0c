package cpuref

import (
	"math"

	"einet/dynamics"
	"einet/network"
	"einet/program"
	"einet/sim"
)

// programs makes populations run their program though update has their equations: for the test that both are the same.
var programs = false

// runsProgram tells whether the neurons are what a program makes of them, for their equations are not in update.
func (p *population) runsProgram() bool {
	return p.Cell != nil && (programs || p.Neuron != network.LIF && p.Neuron != network.LIFCond)
}

func (p *population) startCells(m *dynamics.Model, i int) {
	p.cells = make([]program.Neuron, p.Size)
	states, owns := m.CellStates(i), m.CellOwns(i)
	for k := range p.cells {
		c := &p.cells[k]
		c.States, c.Owns = make([]uint32, len(states)), make([]uint32, len(owns))
		for s := range states {
			c.States[s] = states[s][k]
		}
		for o := range owns {
			c.Owns[o] = owns[o][k]
		}
		c.Arriving = make([]int32, len(p.Receptors))
	}
}

// updateCells takes the neurons of population i from step n to n+1 by their program.
func (e *Engine) updateCells(i int) error {
	p := &e.populations[i]
	n := e.step
	var drive [1]float32
	e.model.Drive(i, n, drive[:])
	arriving := p.arriving[int(n+1)%len(p.arriving)]
	p.addComing(arriving, n+1)
	e.addPoisson(p, arriving)

	for k := range p.cells {
		c := &p.cells[k]
		c.Drive, c.Now = drive[0], dynamics.Clock(n)
		for r := range c.Arriving {
			c.Arriving[r] = arriving[r][k]
			arriving[r][k] = 0
		}
		for draw := range p.Cell.Program.Normals {
			c.Normals[draw] = e.gaussian(p, k, uint32(draw))
		}
		fires, fails := p.Cell.Program.Run(c)
		if fails {
			return e.model.CellFailed(p.First+k, n+1, c.States)
		}
		if fires {
			e.spikes = append(e.spikes, sim.Spike{Step: uint32(n + 1), Neuron: uint32(p.First + k)})
		}
	}
	return nil
}

// readCell is a variable of neuron k.
func (p *population) readCell(v sim.Variable, k int) float32 {
	x := math.Float32frombits(p.cells[k].States[sim.CellState(p.Population, v)])
	if v == sim.V {
		return p.Absolute(x)
	}
	return x
}
