package main

import (
	"errors"

	"einet/record"
	"einet/sim"
)

// openAverages begins the file of averages: step [T] and of each population P P_rate [T]
// in Hz, over the time since the step before, and, where it has a potential, the means over its neurons at that
// step P_V, P_exc, P_inh, P_ext and P_net [T] in mV, and of each receptor's state P_gR [T] in its own unit.
func (k *kept) openAverages(r *simulation) error {
	g := k.open(r, averageFile)
	every := int64(r.net.Steps(r.net.Record.Averages))
	step := g.uints("step")
	counts := &windowCounts{note: k.note, every: every, header: record.Header{Populations: record.Populations(r.net)}}
	for _, p := range r.net.Populations {
		counts.rates = append(counts.rates, g.floats(p.Name+"_rate"))
	}
	counts.step, counts.seconds, counts.counts = step, float64(every)*r.net.Dt/1000, make([]int64, len(r.net.Populations))
	k.recorders = append(k.recorders, counts)
	for _, i := range withPotential(r.net) {
		p := &r.net.Populations[i]
		column := func(what string) record.FloatColumn { return g.floats(p.Name + "_" + what) }
		v, exc, inh, ext, net := column("V"), column("exc"), column("inh"), column("ext"), column("net")
		states := g.receptors(r.built.model, i, p.Name)
		k.recorders = append(k.recorders, sim.NewSampler(r.built.model, i, p.Size, every, func(_ int64, x *sim.NeuronState) error {
			e, h, o := meanOf(x.Exc), meanOf(x.Inh), meanOf(x.Ext)
			err := errors.Join(v.Append(float32(meanOf(x.V))), exc.Append(float32(e)), inh.Append(float32(h)), ext.Append(float32(o)), net.Append(float32(e+h+o)))
			for receptor, c := range states {
				err = errors.Join(err, c.Append(float32(meanOf(x.G[receptor]))))
			}
			k.note(err)
			return nil
		}))
	}
	return g.err
}

func meanOf(x []float32) float64 {
	sum := 0.0
	for _, y := range x {
		sum += float64(y)
	}
	return sum / float64(len(x))
}

// windowCounts is a Recorder that writes each population's rate in windows of the run.
type windowCounts struct {
	note    func(error) // of what can't be written
	header  record.Header
	every   int64   // steps in a window
	seconds float64 // and in time
	counts  []int64 // spikes in the window so far
	step    record.UintColumn
	rates   []record.FloatColumn
}

// Spikes counts them. Runs stop at the end of each window, so that none is of the next.
func (w *windowCounts) Spikes(_ int64, spikes []sim.Spike) error {
	for _, s := range spikes {
		w.counts[w.header.Population(s.Neuron)]++
	}
	return nil
}

// Next is the end of the window.
func (w *windowCounts) Next(step int64) int64 { return step + w.every - step%w.every }

// Sample ends a window.
func (w *windowCounts) Sample(e sim.Engine) error {
	err := w.step.Append(uint32(e.Step()))
	for i, n := range w.counts {
		err = errors.Join(err, w.rates[i].Append(float32(float64(n)/float64(w.header.Populations[i].Size)/w.seconds)))
		w.counts[i] = 0
	}
	w.note(err)
	return nil
}
