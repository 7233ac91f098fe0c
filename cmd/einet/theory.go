package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"einet/analysis/theory"
	"einet/engines"
	"einet/experiment"
	"einet/network"
	"einet/plot"
)

// theoryCmd predicts a network's rates, and simulates them if asked to.
type theoryCmd struct {
	networkFlags
	engineFlags
	Simulate  span `placeholder:"TIME" help:"Simulate this much model time too, after half a second to settle, and compare."`
	Sweep     bool `help:"Draw rates against the strength of the external input, theory beside simulation."`
	outFlag   `set:"out=the figures of --sweep go; otherwise results/NAME-theory"`
	NoPlots   bool `help:"Draw no figure of --sweep: print its numbers alone."`
	jsonFlag  `set:"json=the results as JSON on standard output"`
	quietFlag `set:"and="`
}

// A TheorySummary is what einet theory --json prints.
type TheorySummary struct {
	Network     string                      `json:"network"`
	Balance     BalanceSummary              `json:"balance"`
	Populations map[string]PopulationTheory `json:"populations"`
	Simulated   *SimulatedSummary           `json:"simulated,omitempty"`
	Sweep       []SweepPoint                `json:"sweep,omitempty"` // simulated points only
	Figures     []string                    `json:"figures,omitempty"`
	order       []string
	figure      *plot.Figure // of the sweep, to be written
}

// A BalanceSummary tells whether the balance of van Vreeswijk & Sompolinsky
// exists.
type BalanceSummary struct {
	Holds      bool               `json:"holds"`
	Conditions []ConditionSummary `json:"conditions,omitempty"`
	Verdict    string             `json:"verdict"`
}

// A ConditionSummary is one inequality; a side that is no number is null.
type ConditionSummary struct {
	Name  string   `json:"name"`
	Left  *float64 `json:"left"`
	Right *float64 `json:"right"`
	Holds bool     `json:"holds"`
}

// A PopulationTheory is the prediction for one population, and what a
// simulation gave. What does not exist is null.
type PopulationTheory struct {
	BalanceHz   *float64 `json:"balance_limit_hz"`
	NoiselessHz *float64 `json:"noiseless_hz"` // under the mean input alone
	WhiteHz     *float64 `json:"white_noise_hz"`
	ColouredHz  *float64 `json:"coloured_noise_hz"`
	RateHz      *float64 `json:"rate_hz"` // coloured noise and quenched in-degrees: the prediction
	RateSDHz    *float64 `json:"rate_sd_hz"`
	CV          *float64 `json:"cv_isi"`

	ExcitatoryMV *float64 `json:"excitatory_input_mv"` // external input included
	InhibitoryMV *float64 `json:"inhibitory_input_mv"`
	NetMV        *float64 `json:"net_input_mv"`
	SDMV         *float64 `json:"input_sd_mv"`         // in time
	QuenchedMV   *float64 `json:"input_sd_neurons_mv"` // of the mean, over neurons
	ThresholdMV  *float64 `json:"threshold_input_mv"`  // V_th - E_L
	SimulatedHz  *float64 `json:"simulated_hz"`        // null unless simulated, as the rest
	SimulatedCV  *float64 `json:"simulated_cv_isi"`    //
	Deviation    *float64 `json:"deviation"`           // of rate_hz, relative to simulated_hz
}

// accepted is the largest relative deviation of theory from simulation.
const accepted = 0.1

// sweepSimulate is how many ms each point of a sweep is simulated when --simulate
// does not say.
const sweepSimulate = 500

// Run predicts, simulates and prints.
func (c *theoryCmd) Run(ctx context.Context, t *terminal) error {
	net, err := c.load(ctx, nil)
	if err != nil {
		return err
	}
	if c.NoPlots && !c.Sweep {
		return usage(errors.New("--no-plots: only says something of --sweep"))
	}
	if c.Sweep && c.Simulate.ms == 0 {
		c.Simulate = inSpan(sweepSimulate)
	}
	if c.synapses() == engines.Procedural && c.Simulate.ms == 0 {
		return usage(errors.New("--connectivity procedural: only says something of --simulate and --sweep"))
	}
	if _, err := onGrid("--simulate", c.Simulate, net); err != nil {
		return err
	}
	prediction, err := predict(ctx, net)
	if err != nil {
		return err
	}
	s := summariseTheory(net, prediction)
	if c.Simulate.ms > 0 {
		if err := c.simulate(ctx, t, net, s); err != nil {
			return err
		}
	}
	var unwritten error // what was found is printed nonetheless
	if s.figure != nil {
		unwritten = c.write(t, net, s)
	}
	if c.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false) // the names of conditions have a >
		err = e.Encode(s)
	} else {
		err = s.print(t.out)
	}
	if err := cmp.Or(unwritten, err); err != nil {
		return err
	}
	return s.check()
}

func predict(ctx context.Context, net *network.Network) (theory.Prediction, error) {
	system, err := theory.FromNetwork(net)
	if err != nil {
		return theory.Prediction{}, usage(fmt.Errorf("%s: %w", net.Name, err))
	}
	p, err := system.Predict(ctx)
	if ctx.Err() != nil {
		return p, context.Canceled
	}
	if err != nil {
		return p, &statusError{exitCheckFailed, fmt.Errorf("%s: %w", net.Name, err)}
	}
	return p, nil
}

func summariseTheory(net *network.Network, p theory.Prediction) *TheorySummary {
	s := &TheorySummary{Network: net.Name, Populations: map[string]PopulationTheory{}}
	s.Balance = BalanceSummary{Holds: p.Balance.Holds, Verdict: p.Balance.Verdict()}
	for _, k := range p.Balance.Conditions {
		s.Balance.Conditions = append(s.Balance.Conditions, ConditionSummary{k.Name, experiment.Number(k.Left), experiment.Number(k.Right), k.Holds})
	}
	for i, k := range experiment.WithPotential(net) {
		q, f := &net.Populations[k], p.Full[i]
		neuron := theory.LIF{TauM: q.TauM, EL: q.EL, VTh: q.VTh.Mean(), VReset: q.VReset, TRef: q.TRef}
		x := PopulationTheory{
			NoiselessHz: experiment.Number(neuron.Constant(f.Net())), WhiteHz: experiment.Number(p.White[i].Rate), ColouredHz: experiment.Number(p.Coloured[i].Rate),
			RateHz: experiment.Number(f.Rate), RateSDHz: experiment.Number(f.RateSD), CV: experiment.Number(f.CV),
			ExcitatoryMV: experiment.Number(f.Excitatory), InhibitoryMV: experiment.Number(f.Inhibitory), NetMV: experiment.Number(f.Net()),
			SDMV: experiment.Number(f.SD), QuenchedMV: experiment.Number(f.Quenched), ThresholdMV: experiment.Number(q.VTh.Mean() - q.EL),
		}
		if p.Balance.Rates != nil {
			x.BalanceHz = experiment.Number(p.Balance.Rates[i])
		}
		s.order = append(s.order, q.Name)
		s.Populations[q.Name] = x
	}
	return s
}

// check is an error where theory and simulation differ by more than accepted.
func (s *TheorySummary) check() error {
	var errs []error
	for _, name := range s.order {
		p := s.Populations[name]
		if s.Simulated != nil && !(p.Deviation != nil && math.Abs(*p.Deviation) <= accepted) {
			errs = append(errs, fmt.Errorf("%s: theory %s Hz, simulation %s Hz: more than %g %% apart",
				name, shown(p.RateHz, 2), shown(p.SimulatedHz, 2), 100*accepted))
		}
	}
	if errs == nil {
		return nil
	}
	return &statusError{exitCheckFailed, errors.Join(errs...)}
}
