package experiment

import (
	"errors"
	"slices"

	"einet/network"
	"einet/record"
	"einet/sim"
)

// AverageFile holds averages over populations.
const AverageFile = "averages.npz"

// openAverages begins the file of averages: step [T] and of each population P P_rate [T]
// in Hz, over the time since the step before, and, where it has a potential, the means over its neurons at that
// step P_V, P_exc, P_inh, P_ext and P_net [T] in mV, and of each receptor's state P_gR [T] in its own unit; of those variables
// and neurons that are asked for.
func (k *kept) openAverages(r *simulation) error {
	g := k.open(r, AverageFile)
	asked := &r.net.Record.Averages
	every := int64(r.net.Steps(asked.Every))
	populations := averaged(r.net)
	k.recorders = append(k.recorders, k.rates(g, r, populations, every))
	wanted := asked.Variables
	if wanted != nil && !slices.ContainsFunc(wanted, func(v string) bool { return v != network.RateVariable }) {
		return g.Err
	}
	for _, over := range populations {
		if r.net.Populations[over.Population].Neuron.IsSource() {
			continue
		}
		over.Variables = wanted
		columns := variables(g, r.model, over.Population, r.net.Populations[over.Population].Name, wanted)
		k.recorders = append(k.recorders, sim.NewSampler(r.model, over, every, func(_ int64, x *sim.NeuronState) error {
			var err error
			for _, c := range columns {
				err = errors.Join(err, c.Append(float32(meanOf(c.of(x)))))
			}
			k.note(err)
			return nil
		}))
	}
	return g.Err
}

// averaged are the populations of which there are averages, with the neurons that these are over.
func averaged(net *network.Network) []sim.Selection {
	var all []sim.Selection
	for i := range net.Populations {
		if net.Record.Averages.Neurons == nil {
			all = append(all, sim.Selection{Population: i})
		}
	}
	for _, n := range net.Record.Averages.Neurons {
		if i := net.Population(n.Population); n.Neurons.Count() > 0 {
			all = append(all, sim.Selection{Population: i, Neurons: sim.Neurons(net, i, &n.Neurons)})
		}
	}
	return all
}

func meanOf(x []float32) float64 {
	sum := 0.0
	for _, y := range x {
		sum += float64(y)
	}
	return sum / float64(len(x))
}

// rates is a Recorder of the steps at which windows of so many steps end and, if they are asked for, of rates in them.
func (k *kept) rates(g *record.Grower, r *simulation, populations []sim.Selection, every int64) *windowCounts {
	w := &windowCounts{note: k.note, every: every, step: g.Uints("step"), header: record.Header{Populations: record.Populations(r.net)}}
	if v := r.net.Record.Averages.Variables; v != nil && !slices.Contains(v, network.RateVariable) {
		return w
	}
	w.of = make([]*windowCount, len(r.net.Populations))
	for _, s := range populations {
		p := w.header.Populations[s.Population]
		c := &windowCount{rate: g.Floats(p.Name + "_rate"), perHz: float64(p.Size) * (float64(every) * r.net.Dt / 1000)}
		if s.Neurons != nil {
			c.among = make(map[uint32]bool, len(s.Neurons))
			for _, n := range s.Neurons {
				c.among[uint32(p.First+n)] = true
			}
			c.perHz = float64(len(s.Neurons)) * (float64(every) * r.net.Dt / 1000)
		}
		w.of[s.Population] = c
	}
	return w
}

// windowCounts is a Recorder that writes populations' rates in windows of the run.
type windowCounts struct {
	note   func(error) // of what can't be written
	header record.Header
	every  int64 // steps in a window
	step   record.UintColumn
	of     []*windowCount // of each population, nil where there is none; nil for no rates
}

// A windowCount is that of a population.
type windowCount struct {
	rate   record.FloatColumn
	among  map[uint32]bool // the neurons that count; nil for all
	spikes int64           // in the window so far
	perHz  float64         // spikes in a window at 1 Hz
}

// Spikes counts them. Those of a window all come before its sample, and none of the next.
func (w *windowCounts) Spikes(_ int64, spikes []sim.Spike) error {
	if w.of == nil {
		return nil
	}
	for _, s := range spikes {
		if c := w.of[w.header.Population(s.Neuron)]; c != nil && (c.among == nil || c.among[s.Neuron]) {
			c.spikes++
		}
	}
	return nil
}

// Next is the end of the window.
func (w *windowCounts) Next(step int64) int64 { return step + w.every - step%w.every }

// Reads is nothing.
func (w *windowCounts) Reads() []sim.Selection { return nil }

// Sample ends a window.
func (w *windowCounts) Sample(o *sim.Observation) error {
	err := w.step.Append(uint32(o.Step))
	for _, c := range w.of {
		if c != nil {
			err = errors.Join(err, c.rate.Append(float32(float64(c.spikes)/c.perHz)))
			c.spikes = 0
		}
	}
	w.note(err)
	return nil
}
