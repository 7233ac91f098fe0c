package report

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"einet/analysis/theory"
)

// A comparison is mean-field theory beside what a run gave.
type comparison struct {
	Table   table
	Verdict string // on the balance
	Why     string // there is none
}

// mostPredicted is the most populations for which a page waits: 50 take 10 s, for the time goes by about the cube of their number.
const mostPredicted = 16

// compare holds theory against a run. It is nil of a network without a membrane, and of no meaning where ctx has ended.
func compare(ctx context.Context, r *Run, run int, s *summary) *comparison {
	system, err := theory.FromNetwork(r.Network)
	if err != nil {
		return &comparison{Why: "Mean-field theory does not cover it: " + unjoined(err)}
	}
	if len(system.Populations) == 0 {
		return nil
	}
	if n := len(system.Populations); n > mostPredicted {
		return &comparison{Why: fmt.Sprintf("Mean-field theory takes long for %d populations, and is left to einet theory", n)}
	}
	p, err := system.Predict(ctx)
	if err != nil {
		return &comparison{Why: "Mean-field theory has no answer: " + err.Error()}
	}
	c := &comparison{}
	if recurrent(system) {
		c.Verdict = p.Balance.Verdict()
	}
	c.Table = table{Name: "population", Header: []cell{
		{Text: "rate, theory (Hz)", Title: "mean-field theory with coloured noise and differences of in-degrees"}, {Text: "measured (Hz)"}, {Text: "theory off by"},
		{Text: "CV of ISI, theory", Title: "of a neuron that gets the mean input, as white noise"}, {Text: "measured"},
		{Text: "net input, theory (mV)"}, {Text: "measured (mV)"},
	}}
	for i, state := range p.Full {
		name := system.Populations[i].Name
		off := "–"
		if rate := s.value(name, "rate_hz"); rate != nil && *rate > 0 {
			off = minus(fmt.Sprintf("%+.1f %%", 100*(state.Rate / *rate - 1)))
		}
		measured := func(key string, decimals int) cell {
			return measure{key: key, decimals: decimals}.cell(s, name)
		}
		input := measured("net_input_mv", 1)
		if r.Network.GetsDelta(r.Network.Population(name)) {
			input = cell{Text: "–", Title: "what delta synapses do is no current"}
		}
		c.Table.Rows = append(c.Table.Rows, row{Name: name, Colour: r.colour(name, run), Cells: []cell{
			number(state.Rate, 2), measured("rate_hz", 2), {Text: off}, number(state.CV, 2), measured("cv_isi", 2),
			number(state.Net(), 1), input,
		}})
	}
	return c
}

// recurrent tells whether any population hears of another, or of itself: without, there is no balance to speak of.
func recurrent(s *theory.System) bool {
	for _, p := range s.Populations {
		for _, q := range p.Sources {
			if q.From != theory.External {
				return true
			}
		}
	}
	return false
}

func number(x float64, decimals int) cell {
	if x != x {
		return cell{Text: "–"}
	}
	return cell{Text: minus(Decimals(&x, decimals))}
}

// unjoined is why the theory has nothing to say, without what all such errors begin with.
func unjoined(err error) string {
	if errors.Is(err, theory.ErrNotCovered) {
		return strings.TrimPrefix(err.Error(), theory.ErrNotCovered.Error()+": ")
	}
	return err.Error()
}
