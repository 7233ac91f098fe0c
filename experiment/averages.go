package experiment

import (
	"errors"
	"slices"

	"einet/checkpoint"
	"einet/network"
	"einet/record"
	"einet/sim"
)

// AverageFile holds averages over populations.
const AverageFile = "averages.npz"

// openAverages begins the file of averages: step [T], and of each population P those that the network asks for of
//
//	P_rate [T]                          its rate since the step before [Hz]
//	P_V, P_exc, P_inh, P_ext, P_net [T] means over its neurons at that step [mV], where it has a potential
//	P_gR [T]                            the mean state of receptor R in its own unit
//	P_X [T]                             that of a model's state X, where it has one
func (out *outputs) openAverages(r *simulation) error {
	g := out.open(r, AverageFile)
	asked := &r.net.Record.Averages
	every := int64(r.net.Steps(asked.Every))
	populations := averaged(r.net)
	out.recorders = append(out.recorders, out.rates(g, r, populations, every))
	wanted := asked.Variables
	if wanted != nil && !slices.ContainsFunc(wanted, func(v string) bool { return v != network.RateVariable }) {
		return g.Err
	}
	for _, over := range populations {
		if r.net.Populations[over.Population].Neuron.IsSource() {
			continue
		}
		over.Variables = wanted
		columns := variables(g, r.model, over.Population, over.name, wanted)
		out.recorders = append(out.recorders, sim.NewSampler(r.model, over.Selection, every, func(_ int64, x *sim.NeuronState) error {
			var err error
			for _, c := range columns {
				err = errors.Join(err, c.Append(float32(meanOf(c.of(x)))))
			}
			out.note(err)
			return nil
		}))
	}
	return g.Err
}

// An average is over some neurons, of a population or of a part of one.
type average struct {
	sim.Selection
	name string
}

// averaged are the populations, and parts of them, of which there are averages, with the neurons that these are over.
func averaged(net *network.Network) (all []average) {
	if net.Record.Averages.Neurons == nil {
		for i, p := range net.Populations {
			all = append(all, average{sim.Selection{Population: i}, p.Name})
		}
	}
	for _, n := range net.Record.Averages.Neurons {
		if part, _ := net.Part(n.Population); n.Neurons.Count() > 0 {
			all = append(all, average{sim.Selection{Population: part.Population, Neurons: sim.Neurons(net, &part, &n.Neurons)}, n.Population})
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

// rates is a Recorder of the step at which each bin of the run ends and, if they are asked for, of the rates in the bin.
func (out *outputs) rates(g *record.Grower, r *simulation, populations []average, every int64) *binnedRates {
	b := &binnedRates{note: out.note, every: every, step: g.Uints("step"), header: record.Header{Populations: record.Populations(r.net)}}
	if v := r.net.Record.Averages.Variables; v != nil && !slices.Contains(v, network.RateVariable) {
		return b
	}
	b.of = make([][]*binnedRate, len(r.net.Populations))
	for _, s := range populations {
		p := b.header.Populations[s.Population]
		c := &binnedRate{rate: g.Floats(s.name + "_rate"), perHz: float64(p.Size) * (float64(every) * r.net.Dt / 1000)}
		if s.Neurons != nil {
			c.among = make(map[uint32]bool, len(s.Neurons))
			for _, n := range s.Neurons {
				c.among[uint32(p.First+n)] = true
			}
			c.perHz = float64(len(s.Neurons)) * (float64(every) * r.net.Dt / 1000)
		}
		b.of[s.Population], b.all = append(b.of[s.Population], c), append(b.all, c)
	}
	return b
}

// binnedRates is a Recorder that writes populations' rates in bins of the run.
type binnedRates struct {
	note   func(error) // of what can't be written
	header record.Header
	every  int64 // steps in a bin
	step   record.UintColumn
	of     [][]*binnedRate // of each population and its parts; nil for no rates
	all    []*binnedRate
}

// A binnedRate is that of a population.
type binnedRate struct {
	rate   record.FloatColumn
	among  map[uint32]bool // the neurons that count; nil for all
	spikes int64           // in the bin so far
	perHz  float64         // spikes in a bin at 1 Hz
}

// Spikes counts them. Those of a bin all come before its sample, and none of the next.
func (b *binnedRates) Spikes(_ int64, spikes []sim.Spike) error {
	if b.of == nil {
		return nil
	}
	for _, s := range spikes {
		for _, c := range b.of[b.header.Population(s.Neuron)] {
			if c.among == nil || c.among[s.Neuron] {
				c.spikes++
			}
		}
	}
	return nil
}

// Keep keeps the counts of the bin under way.
func (b *binnedRates) Keep(s *checkpoint.Section) {
	for _, rates := range b.of {
		for _, c := range rates {
			s.Int64(&c.spikes)
		}
	}
}

// Next is the end of the bin.
func (b *binnedRates) Next(step int64) int64 { return step + b.every - step%b.every }

// Reads is nothing.
func (b *binnedRates) Reads() []sim.Selection { return nil }

// Sample ends a bin.
func (b *binnedRates) Sample(o *sim.Observation) error {
	err := b.step.Append(uint32(o.Step))
	for _, c := range b.all {
		err = errors.Join(err, c.rate.Append(float32(float64(c.spikes)/c.perHz)))
		c.spikes = 0
	}
	b.note(err)
	return nil
}
