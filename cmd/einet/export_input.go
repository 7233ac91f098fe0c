package main

import (
	"errors"
	"fmt"

	"einet/dynamics"
	"einet/network"
	"einet/record"
)

// inputFile is what an export holds of the random input, where it is asked for.
const inputFile = "input.npz"

// An inputWriter writes what one population receives from outside at each step, or fires as a
// source.
type inputWriter func(n int64) (spikes int64, err error)

// input writes what the network receives from outside the synapses in its first steps. It has of each population P

//	P_input [steps]                                       I from each step to the next, from step 0 on [mV, or pA]
//	P_poisson_step, _neuron, _input, _count               of its Poisson inputs, where a count is not 0
//	P_poisson_weight, P_poisson_tau_syn [inputs]          in the network's unit, and ms (0 of delta synapses)
//	P_white_z [steps, neurons]                            standard normal numbers of its white noise
//	P_ou_z [steps, neurons], P_ou_u0 [neurons]            of its Ornstein-Uhlenbeck current, which starts at u0
//	P_group_input [steps, neurons]                        of its groups, but for what is the same in all steps, which bias has
//	P_step, P_neuron, P_count                             of a source: its spikes
//
// Steps count from 1, and neurons from 0 in the population.
func (x *export) input(steps int64) error {
	s := record.CreateStream(x.files.Path(inputFile))
	defer s.Abort()
	g := &record.Grower{Stream: s}
	s.FixedFloats("dt_ms", []float64{x.net.Dt})
	s.FixedInts("duration_steps", []int64{steps})
	var writers []inputWriter
	for i := range x.net.Populations {
		if x.net.Populations[i].Neuron.IsSource() {
			writers = append(writers, x.source(g, i))
			continue
		}
		writers = append(writers, x.constant(g, i))
		if x.built.model.OwnInput(i, 0) != nil {
			writers = append(writers, x.ofGroups(g, i))
		}
		if len(x.built.model.Populations[i].Poisson) > 0 {
			writers = append(writers, x.poisson(g, i))
		}
		writers = append(writers, x.noise(g, i)...)
	}
	if g.Err != nil {
		return g.Err
	}
	total := int64(0)
	p := newProgress(x.t, false, x.net.Dt, 0, steps)
	defer p.done()
	for n := int64(1); n <= steps; n++ {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		for _, write := range writers {
			spikes, err := write(n)
			if err != nil {
				return err
			}
			total += spikes
		}
		p.update(n, total)
	}
	return s.Close()
}

// countColumns are the columns of counts that are not 0.
type countColumns struct{ step, neuron, count record.UintColumn }

// add appends the counts of a step. also is called for each.
func (c *countColumns) add(n int64, counts []uint32, also func() error) (spikes int64, err error) {
	for i, k := range counts {
		if k == 0 {
			continue
		}
		spikes += int64(k)
		if err := errors.Join(c.step.Append(uint32(n)), c.neuron.Append(uint32(i)), c.count.Append(k), also()); err != nil {
			return spikes, err
		}
	}
	return spikes, nil
}

func (x *export) source(g *record.Grower, i int) inputWriter {
	name, counts := x.net.Populations[i].Name, make([]uint32, x.net.Populations[i].Size)
	c := countColumns{g.Uints(name + "_step"), g.Uints(name + "_neuron"), g.Uints(name + "_count")}
	return func(n int64) (int64, error) {
		x.built.model.SourceCounts(i, n, counts)
		return c.add(n, counts, func() error { return nil })
	}
}

func (x *export) poisson(g *record.Grower, i int) inputWriter {
	p, m := &x.net.Populations[i], x.built.model
	var weights, tau []float64
	for k, in := range x.net.Received(i) {
		weights, tau = append(weights, m.PoissonWeight(i, k)), append(tau, in.TauSyn)
	}
	g.FixedFloats(p.Name+"_poisson_weight", weights)
	g.FixedFloats(p.Name+"_poisson_tau_syn", tau)
	c := countColumns{g.Uints(p.Name + "_poisson_step"), g.Uints(p.Name + "_poisson_neuron"), g.Uints(p.Name + "_poisson_count")}
	input, counts := g.Uints(p.Name+"_poisson_input"), make([]uint32, p.Size)
	return func(n int64) (spikes int64, err error) {
		for k := range weights {
			m.PoissonCounts(i, k, n, counts)
			some, err := c.add(n, counts, func() error { return input.Append(uint32(k)) })
			if spikes += some; err != nil {
				return spikes, err
			}
		}
		return spikes, nil
	}
}

func (x *export) constant(g *record.Grower, i int) inputWriter {
	column := g.Floats(x.net.Populations[i].Name + "_input")
	return func(n int64) (int64, error) { return 0, column.Append(float32(x.built.model.Input(i, n-1))) }
}

// ofGroups is the input that neurons have of their groups in some steps only.
func (x *export) ofGroups(g *record.Grower, i int) inputWriter {
	column := g.Floats(x.net.Populations[i].Name+"_group_input", int64(x.net.Populations[i].Size))
	row := make([]float32, x.net.Populations[i].Size)
	return func(n int64) (int64, error) {
		for k, y := range x.built.model.OwnInput(i, n-1) {
			row[k] = float32(y)
		}
		return 0, column.Append(row...)
	}
}

func (x *export) noise(g *record.Grower, i int) (writers []inputWriter) {
	m, name, size := x.built.model, x.net.Populations[i].Name, int64(x.net.Populations[i].Size)
	normals := func(what string, draw uint32) {
		column, words, z := g.Floats(name+what, size), make([]uint32, size), make([]float32, size)
		writers = append(writers, func(n int64) (int64, error) {
			m.NoiseNormals(i, draw, n, words, z)
			return 0, column.Append(z...)
		})
	}
	noise := &m.Populations[i].Noise
	if noise.HasWhite() {
		normals("_white_z", dynamics.WhiteDraw)
	}
	if noise.HasOU() {
		u0 := g.Floats(name + "_ou_u0")
		g.Err = errors.Join(g.Err, u0.Append(m.InitialOU(i)...))
		normals("_ou_z", dynamics.OUDraw)
	}
	return writers
}

// inputSteps is how many steps of input are asked for.
func (c *exportCmd) inputSteps(net *network.Network) (int64, error) {
	if c.InputDuration == nil {
		return 0, nil
	}
	steps, err := onGrid("--input-duration", *c.InputDuration, net)
	if err == nil && steps < 1 {
		err = usage(fmt.Errorf("--input-duration %v: must be at least dt (%g ms)", *c.InputDuration, net.Dt))
	}
	return steps, err
}
