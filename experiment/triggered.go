package experiment

import (
	"fmt"
	"math"
	"slices"

	"einet/checkpoint"
	"einet/network"
	"einet/record"
	"einet/sim"
)

// TriggeredFile holds averages around spikes.
const TriggeredFile = "triggered.npz"

// openTriggered begins the file of spike-triggered averages, of each population P that is named:
//
//	P_neuron [K], P_lag_ms [L]  global ids and lags
//	P_spikes [1]                how many spikes the averages are over
//	P_X_mean [L], P_X_sd [L]    of each variable X that is asked for: V, exc, inh, ext, net in mV, and g0, g1, ... in a
//	                            receptor's own unit; NaN without spikes
func (out *outputs) openTriggered(r *simulation) error {
	g := out.open(r, TriggeredFile)
	for _, asked := range r.net.Record.Triggered {
		t := newTriggered(r, asked)
		out.recorders = append(out.recorders, t)
		out.ends = append(out.ends, func() { t.write(g.Stream, r, asked) })
	}
	return nil
}

// A triggered is a Recorder that averages the state of neurons around each of their own spikes. A spike counts once the run has
// seen the steps of all its lags.
type triggered struct {
	reads         []sim.Selection
	first         uint32 // global id of the population's first neuron
	place         []int  // of each of its neurons among those chosen, -1 for none
	before, after int64  // steps from a spike to the first and to the last lag
	lags          []int64
	variables     []stateVariable

	ring        []float32 // [steps from the first lag to the last][variables][neurons chosen], a step at its remainder
	since, last int64     // the steps that were seen, none left out
	spikes      []waiting // of the neurons chosen whose last lag is still to come

	count         int64
	mean, squares [][]float64 // [variables][lags] over spikes; squares of deviations are summed
}

// A waiting spike is one whose last lag is still to come.
type waiting struct {
	step  int64
	place int
}

func newTriggered(r *simulation, asked network.RecordTriggered) *triggered {
	part, _ := r.net.Part(asked.Population)
	i := part.Population
	p := &r.model.Populations[i]
	neurons := sim.Neurons(r.net, &part, &asked.Neurons)
	t := &triggered{
		reads: []sim.Selection{{Model: r.model, Population: i, Neurons: neurons, Variables: asked.Variables}},
		first: uint32(p.First), place: slices.Repeat([]int{-1}, p.Size),
		before: int64(r.net.Steps(asked.Before)), after: int64(r.net.Steps(asked.After)),
		variables: stateVariables(r.model, i, asked.Variables), since: 1,
	}
	for k, n := range neurons {
		t.place[n] = k
	}
	every := int64(r.net.Steps(asked.Every))
	for lag := -t.before; lag <= t.after; lag += every {
		t.lags = append(t.lags, lag)
	}
	t.ring = make([]float32, int(t.span())*len(t.variables)*len(neurons))
	for range t.variables {
		t.mean, t.squares = append(t.mean, make([]float64, len(t.lags))), append(t.squares, make([]float64, len(t.lags)))
	}
	return t
}

// span is the number of steps from the first lag to the last.
func (t *triggered) span() int64 { return t.before + 1 + t.after }

// Spikes notes those of the neurons chosen.
func (t *triggered) Spikes(_ int64, spikes []sim.Spike) error {
	for _, s := range spikes {
		if k := s.Neuron - t.first; k < uint32(len(t.place)) && t.place[k] >= 0 { // ids below the first wrap around
			t.spikes = append(t.spikes, waiting{int64(s.Step), t.place[k]})
		}
	}
	return nil
}

// Next is the next step: any may be near a spike.
func (t *triggered) Next(step int64) int64 { return step + 1 }

// Reads is the neurons chosen.
func (t *triggered) Reads() []sim.Selection { return t.reads }

// Sample keeps the state until no lag needs it any more, and averages over the spikes whose last lag is here.
func (t *triggered) Sample(o *sim.Observation) error {
	if o.Step != t.last+1 { // as behind an interruption
		t.since = o.Step
	}
	t.last = o.Step
	for k, v := range t.variables {
		copy(t.at(o.Step, k), v.of(o.States[0]))
	}
	for len(t.spikes) > 0 && t.spikes[0].step+t.after <= o.Step {
		if t.spikes[0].step-t.before >= t.since {
			t.add(t.spikes[0])
		}
		t.spikes = t.spikes[1:]
	}
	return nil
}

// Keep keeps the averages, the states that lags may need, and the spikes that wait for theirs.
func (t *triggered) Keep(s *checkpoint.Section) {
	s.Int64(&t.since, &t.last, &t.count)
	checkpoint.Every(s, t.ring, func(x *float32) { s.Float32(x) })
	checkpoint.List(s, &t.spikes, func(w *waiting) {
		place := int64(w.place)
		if s.Int64(&w.step, &place); place < 0 || place >= int64(len(t.reads[0].Neurons)) {
			s.Fail(fmt.Errorf("a spike of neuron %d of %d", place, len(t.reads[0].Neurons)))
			place = 0
		}
		w.place = int(place)
	})
	for k := range t.variables {
		checkpoint.Every(s, t.mean[k], func(x *float64) { s.Float64(x) })
		checkpoint.Every(s, t.squares[k], func(x *float64) { s.Float64(x) })
	}
}

// at is where a variable of a step is kept.
func (t *triggered) at(step int64, variable int) []float32 {
	n := len(t.reads[0].Neurons)
	return t.ring[(int(step%t.span())*len(t.variables)+variable)*n:][:n]
}

// add counts a spike, of which all lags are in the ring (Welford 1962: what is the same around all spikes has deviations of 0).
// Spikes come in the order of step and neuron, so that sums have the same bits on all engines.
func (t *triggered) add(s waiting) {
	t.count++
	share := 1 / float64(t.count)
	for j, lag := range t.lags {
		for k := range t.variables {
			x, mean := float64(t.at(s.step+lag, k)[s.place]), t.mean[k][j]
			next := mean + float64(share*(x-mean))
			t.squares[k][j] += float64((x - mean) * (x - next))
			t.mean[k][j] = next
		}
	}
}

// write adds what was averaged to a file.
func (t *triggered) write(s *record.Stream, r *simulation, asked network.RecordTriggered) {
	i, name := t.reads[0].Population, asked.Population
	lags := make([]float64, len(t.lags))
	for j, lag := range t.lags {
		lags[j] = sim.InMs(lag, r.net.Dt)
	}
	s.FixedInts(name+"_neuron", globalIDs(r.model, i, t.reads[0].Neurons))
	s.FixedFloats(name+"_lag_ms", lags)
	s.FixedInts(name+"_spikes", []int64{t.count})
	fixTauSyn(s, r.model, i, name, asked.Variables)
	for k, v := range t.variables {
		mean, sd := t.mean[k], make([]float64, len(t.lags))
		for j := range sd {
			if t.count == 0 {
				mean[j] = math.NaN()
			}
			sd[j] = math.Sqrt(t.squares[k][j] / float64(t.count))
		}
		s.FixedFloats(name+"_"+v.name+"_mean", mean)
		s.FixedFloats(name+"_"+v.name+"_sd", sd)
	}
}
