package experiment

import (
	"errors"

	"einet/network"
	"einet/record"
	"einet/sim"
)

// HistogramFile holds histograms over populations.
const HistogramFile = "histograms.npz"

// openHistograms begins the file of histograms: of each population P and variable X (V, exc, inh, ext or
// net) that is counted P_X_step [T], P_X_edges [bins+1] in mV, P_X_counts [T, bins], P_X_below [T] and
// P_X_above [T].
func (out *outputs) openHistograms(r *simulation) error {
	g := out.open(r, HistogramFile)
	for _, h := range r.net.Record.Counted {
		out.recorders = append(out.recorders, out.histogramOf(g, r, h))
	}
	return g.Err
}

func (out *outputs) histogramOf(g *record.Grower, r *simulation, h network.RecordHistogram) sim.Recorder {
	part, _ := r.net.Part(h.Population)
	name := h.Population + "_" + h.Variable
	bins := sim.Bins{Low: h.Low, High: h.High, Counts: make([]uint32, h.Bins)}
	g.FixedFloats(name+"_edges", bins.Edges())
	step, counts := g.Uints(name+"_step"), g.Uints(name+"_counts", int64(h.Bins))
	below, above := g.Uints(name+"_below"), g.Uints(name+"_above")
	over := sim.Selection{Population: part.Population, Variables: []string{h.Variable}}
	if h.Neurons != nil {
		over.Neurons = sim.Neurons(r.net, &part, h.Neurons)
	} else if !part.IsAll() {
		over.Neurons = part.Neurons()
	}
	of := variable(h.Variable)
	return sim.NewSampler(r.model, over, int64(r.net.Steps(h.Every)), func(at int64, x *sim.NeuronState) error {
		bins.Count(of(x))
		out.note(errors.Join(step.Append(uint32(at)), counts.Append(bins.Counts...), below.Append(bins.Below), above.Append(bins.Above)))
		return nil
	})
}
