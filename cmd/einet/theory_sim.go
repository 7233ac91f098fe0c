package main

import (
	"context"
	"fmt"
	"path/filepath"

	"einet/analysis"
	"einet/analysis/theory"
	"einet/dynamics"
	"einet/engines"
	"einet/experiment"
	"einet/network"
	"einet/plot"
	"einet/record"
	"einet/sim"
)

// A SimulatedSummary says how the simulation beside a prediction was made.
type SimulatedSummary struct {
	Engine     string  `json:"engine"`
	SettleMs   float64 `json:"settle_ms"`
	DurationMs float64 `json:"duration_ms"` // counted
}

// A SweepPoint is one strength of the external input. Rates are in the order of
// the network's populations.
type SweepPoint struct {
	Factor      float64   `json:"input_factor"`
	TheoryHz    []float64 `json:"rate_hz"`
	SimulatedHz []float64 `json:"simulated_hz"`
}

// settle is the model time [ms] after which rates are taken as stationary.
const settle = 500.0

// The strengths of input of a sweep: theory is evaluated at sweepLines equal
// distances from sweepFrom to sweepTo, and every sweepEvery-th is simulated.
const (
	sweepFrom  = 0.5
	sweepTo    = 2.0
	sweepLines = 48
	sweepEvery = 8
)

// simulate fills in what a simulation of the network gives, and the sweep.
func (c *theoryCmd) simulate(ctx context.Context, t *terminal, net *network.Network, s *TheorySummary) error {
	m, err := dynamics.New(net)
	if err != nil {
		return usage(err)
	}
	place, err := c.choose(t, m)
	if err != nil {
		return err
	}
	defer func() { place.Close() }()
	b, err := build(ctx, c.synapses(), m, c.Threads)
	if err != nil {
		return err
	}
	populations, err := c.rates(ctx, t, place, b)
	if err != nil {
		return err
	}
	s.Simulated = &SimulatedSummary{Engine: place.Name, SettleMs: settle, DurationMs: c.Simulate.ms}
	for i, name := range s.order {
		p := s.Populations[name]
		p.SimulatedHz, p.SimulatedCV = experiment.Number(populations[i].Rate), experiment.Number(populations[i].CV)
		p.Deviation = deviation(*p.RateHz, populations[i].Rate)
		s.Populations[name] = p
	}
	if c.Sweep {
		return c.sweep(ctx, t, place, b, s)
	}
	return nil
}

// silent is a rate [Hz] that counts as none.
const silent = 0.01

// deviation is by how much a predicted rate [Hz] is off, relative to what was
// measured; nil for a prediction of spikes that never came.
func deviation(predicted, measured float64) *float64 {
	if predicted < silent && measured < silent {
		return new(float64)
	}
	return experiment.Number(predicted/measured - 1)
}

// rates simulates a network that was built.
func (c *theoryCmd) rates(ctx context.Context, t *terminal, place *engines.Place, b built) ([]analysis.Population, error) {
	engine, err := place.Open(ctx, b.model, b.connectome)
	if err != nil {
		return nil, err
	}
	net := b.model.Network
	defer engine.Close()
	var sizes []int
	for _, p := range net.Populations {
		sizes = append(sizes, p.Size)
	}
	chosen := experiment.WithPotential(net)
	first := int64(net.Steps(settle))
	last := first + int64(net.Steps(c.Simulate.ms))
	trains := analysis.NewTrains(sizes, net.Dt, first)
	p := newProgress(t, c.Quiet, net.Dt, 0, last)
	err = sim.Run(ctx, engine, last, p.update, sim.SpikeSink(func(_ int64, s []sim.Spike) error { trains.Add(s); return nil }))
	p.done()
	if err != nil {
		return nil, err
	}
	all := trains.Populations(last)
	populations := make([]analysis.Population, len(chosen))
	for i, k := range chosen {
		populations[i] = all[k]
	}
	return populations, nil
}

// sweep follows the rates over the strength of the input, on one connectome,
// and draws them.
func (c *theoryCmd) sweep(ctx context.Context, t *terminal, place *engines.Place, b built, s *TheorySummary) error {
	net := b.model.Network
	data := plot.Sweep{Theory: make([][]float64, len(s.order)), Simulated: make([][]float64, len(s.order))}
	for i, k := range experiment.WithPotential(net) {
		p := &net.Populations[k]
		data.Populations = append(data.Populations, plot.Population{Name: p.Name, Size: p.Size, Inhibitory: net.Inhibits(p.Name)})
		if limit := s.Populations[s.order[i]].BalanceHz; limit != nil && s.Balance.Holds {
			data.Limit = append(data.Limit, *limit)
		}
	}
	for k := range sweepLines + 1 {
		factor := sweepFrom + (sweepTo-sweepFrom)*float64(k)/sweepLines
		scaled := theory.WithInput(net, factor)
		states, err := full(ctx, scaled)
		if err != nil {
			return fmt.Errorf("external input x %g: %w", factor, err)
		}
		data.Factor = append(data.Factor, factor)
		point := SweepPoint{Factor: factor}
		for i, f := range states {
			data.Theory[i] = append(data.Theory[i], f.Rate)
			point.TheoryHz = append(point.TheoryHz, f.Rate)
		}
		if k%sweepEvery != 0 {
			continue
		}
		model, err := dynamics.New(scaled)
		if err != nil {
			return usage(err)
		}
		populations, err := c.rates(ctx, t, place, built{model, b.connectome})
		if err != nil {
			return err
		}
		data.SimFactor = append(data.SimFactor, factor)
		for i, q := range populations {
			data.Simulated[i] = append(data.Simulated[i], q.Rate)
			point.SimulatedHz = append(point.SimulatedHz, q.Rate)
		}
		s.Sweep = append(s.Sweep, point)
	}
	if c.NoPlots {
		return nil
	}
	figure, err := plot.Theory(data)
	s.figure = &figure
	return err
}

// full is the best prediction alone.
func full(ctx context.Context, net *network.Network) ([]theory.State, error) {
	system, err := theory.FromNetwork(net)
	if err != nil {
		return nil, usage(err)
	}
	states, err := system.Solve(ctx, theory.Correction{Colour: true, Quenched: true})
	if ctx.Err() != nil {
		return nil, context.Canceled
	}
	if err != nil {
		return nil, &statusError{exitCheckFailed, err}
	}
	return states, nil
}

// write puts the figure into the folder of --out.
func (c *theoryCmd) write(t *terminal, net *network.Network, s *TheorySummary) error {
	dir := c.Out
	if dir == "" {
		dir = filepath.Join("results", net.Name+"-theory") // results/NAME is a run's
	}
	files, err := experiment.OpenSet(record.Look(dir), dir, t.log.Warn)
	if err != nil {
		return err
	}
	defer files.Abort()
	names, err := experiment.WriteFigure(files.Path(""), *s.figure)
	if err != nil {
		return err
	}
	if dir, err = experiment.Commit(files, names, nil); err != nil {
		return err
	}
	for _, name := range names {
		s.Figures = append(s.Figures, filepath.Join(dir, name))
	}
	return nil
}
