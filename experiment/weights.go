package experiment

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"einet/dynamics"
	"einet/network"
	"einet/plot"
	"einet/record"
	"einet/sim"
)

// WeightsFile holds weights of long-term plasticity over time, and FinalWeightsFile all of them at the end.
const (
	WeightsFile      = "weights.npz"
	FinalWeightsFile = "final_weights.npz"
)

// A WeightsSummary is how the weights of a projection were at the start and at the end.
type WeightsSummary struct {
	Synapses int64         `json:"synapses"`
	Unit     string        `json:"unit"`
	Start    WeightsAtOnce `json:"start"`
	End      WeightsAtOnce `json:"end"`
}

// WeightsAtOnce are the statistics of all weights of a projection; without synapses they are null.
type WeightsAtOnce struct {
	Mean   *float64 `json:"mean"`
	SD     *float64 `json:"sd"`
	AtWMin *float64 `json:"at_w_min"` // part of the synapses
	AtWMax *float64 `json:"at_w_max"`
}

// weightBins is how many bins a histogram of weights has, from w_min to w_max.
const weightBins = 50

// A weighing is what is kept of all weights of a projection at one step.
type weighing struct {
	count, atMin, atMax int64
	first               float64 // a part of w_max, from which sums are taken, so that equal ones have a standard deviation of 0
	sum, squares        float64
	bins                [weightBins]int64
}

// weigh looks at all weights of a projection.
func weigh(p *dynamics.Plasticity, omegas []uint32) *weighing {
	w := &weighing{count: int64(len(omegas))}
	if len(omegas) > 0 {
		w.first = float64(omegas[0]) / dynamics.One
	}
	for _, omega := range omegas {
		x := float64(omega)/dynamics.One - w.first
		w.sum += x
		w.squares += x * x
		if omega == p.Low {
			w.atMin++
		}
		if omega == dynamics.One {
			w.atMax++
		}
		if span := uint64(dynamics.One - p.Low); span > 0 {
			w.bins[min(uint64(omega-p.Low)*weightBins/span, weightBins-1)]++
		} else {
			w.bins[0]++
		}
	}
	return w
}

// summary is that of weights whose largest is most.
func (w *weighing) summary(most float64) WeightsAtOnce {
	n := float64(w.count)
	mean := w.sum / n
	return WeightsAtOnce{Number((w.first+mean)*most + 0), Number(math.Sqrt(max(0, w.squares/n-mean*mean)) * math.Abs(most)), Number(float64(w.atMin) / n), Number(float64(w.atMax) / n)}
}

// weighAll looks at all weights of the network's plastic projections, [projection]; nil of others.
func (r *simulation) weighAll(engine sim.Engine) ([]*weighing, error) {
	if !r.model.IsPlastic() {
		return nil, nil
	}
	e, err := weigher(engine)
	if err != nil {
		return nil, err
	}
	all := make([]*weighing, len(r.model.Projections))
	var omegas []uint32
	for k := range all {
		if p := r.model.Projections[k].Plasticity; p != nil {
			if omegas, err = e.Weights(k, omegas[:0]); err != nil {
				return nil, err
			}
			all[k] = weigh(p, omegas)
		}
	}
	return all, nil
}

func weigher(engine sim.Engine) (sim.Weigher, error) {
	e, can := engine.(sim.Weigher)
	if !can {
		return nil, errors.New("this engine tells no weights of long-term plasticity")
	}
	return e, nil
}

// finalWeights writes the weights that an engine has now, and returns their summaries by projection and their digest; nil where there are none. Of each
// plastic projection P the file has, by source, target, delay and weight at the start,
//
//	P_source, P_target                      numbers in their populations, from 0
//	P_delay                                 [ms]
//	P_weight                                in the unit of the projection's weight
//	P_omega                                 the same as a part of w_max, in units of 2^-31: exact
//	P_w_max [1]
//	P_edges [51], P_counts_start, P_counts_end [50]  histograms at the start and now
func (r *simulation) finalWeights(engine sim.Engine, before []*weighing) (all map[string]WeightsSummary, digest string, err error) {
	e, err := weigher(engine)
	if err != nil {
		return nil, "", err
	}
	s := record.CreateStream(r.files.Path(r.named(FinalWeightsFile)))
	defer s.Abort()
	s.FixedFloats("dt_ms", []float64{r.net.Dt})
	s.FixedInts("step", []int64{engine.Step()})
	hash := sim.NewWeightsHash()
	all = map[string]WeightsSummary{}
	for k := range r.model.Projections {
		p, q := &r.net.Projections[k], &r.model.Projections[k]
		if q.Plasticity == nil {
			continue
		}
		b := p.Plasticity.Bounds()
		f := &record.FinalWeights{WMax: b.Max, Edges: weightEdges(b), Start: before[k].bins[:]}
		if f.Omega, err = e.Weights(k, nil); err != nil {
			return nil, "", err
		}
		n := len(f.Omega)
		f.Source, f.Target, f.DelayMs = make([]uint32, 0, n), make([]uint32, 0, n), make([]float32, 0, n)
		_, first := r.model.Synapse(k, 0, 0)
		err = r.eachSynapse(k, func(source, target int, _, delay uint32) error {
			ms := first
			if delay > 0 {
				_, ms = r.model.Synapse(k, 0, delay)
			}
			f.Source, f.Target, f.DelayMs = append(f.Source, uint32(source)), append(f.Target, uint32(target)), append(f.DelayMs, float32(ms))
			return nil
		})
		if err != nil {
			return nil, "", err
		}
		weights := make([]float64, len(f.Omega))
		for i := range weights {
			weights[i] = f.Weight(i)
		}
		after := weigh(q.Plasticity, f.Omega)
		f.End = after.bins[:]
		f.Add(s, p.Name, weights)
		hash.Add(f.Omega)
		to := &r.net.Populations[q.To]
		all[p.Name] = WeightsSummary{Synapses: after.count, Unit: to.WeightUnit(p.Synapse, p.Receptor), Start: before[k].summary(b.Max), End: after.summary(b.Max)}
	}
	return all, hash.String(), s.Close()
}

// eachSynapse calls do for every synapse of a projection with long-term plasticity, by source, target, delay and weight at the start.
func (r *simulation) eachSynapse(projection int, do func(source, target int, weight, delay uint32) error) error {
	if r.divided != nil {
		return r.divided.EachSynapse(projection, do)
	}
	return r.connectome.Projections[projection].Each(do)
}

// synapsesOf is how many a projection with long-term plasticity has.
func (r *simulation) synapsesOf(projection int) (int64, error) {
	if r.divided != nil {
		return r.divided.SynapsesOf(projection)
	}
	return r.connectome.Projections[projection].Synapses(), nil
}

// leaveWeights writes the final weights of a run whose files end at a step.
func (r *simulation) leaveWeights(reached int64) (err error) {
	if at := r.engine.Step(); at != reached {
		return fmt.Errorf("%s is left out: the engine is at step %d, and the other files end at step %d", FinalWeightsFile, at, reached)
	}
	if r.summary.Weights, r.summary.WeightsDigest, err = r.finalWeights(r.engine, r.atStart); err != nil {
		return fmt.Errorf("%s is left out: %w", FinalWeightsFile, err)
	}
	return nil
}

// weightEdges are those of the bins, from w_min to w_max, which may be negative: then from w_max to w_min they ascend, and bins go downwards.
func weightEdges(b network.WeightBounds) []float64 {
	edges := make([]float64, weightBins+1)
	for i := range edges {
		edges[i] = b.Min + (b.Max-b.Min)*float64(i)/weightBins
	}
	return edges
}

// openWeights begins the file of weights of each projection P that is named:
//
//	P_step [T]
//	P_source, P_target, P_delay [K]  of the synapses, as in final_weights.npz
//	P_weight [T, K]                  in the unit of the projection's weight
//
// T is 0 where there are no synapses.
func (out *outputs) openWeights(r *simulation) error {
	g := out.open(r, WeightsFile)
	for _, asked := range r.net.Record.Weights {
		c, err := out.weightsOf(g, r, asked)
		if err != nil {
			return err
		}
		if len(c.synapses) > 0 { // else there are no rows
			out.recorders = append(out.recorders, c)
		}
	}
	return g.Err
}

// weightSamples is a Recorder of weights.
type weightSamples struct {
	projection int
	synapses   []int64
	every      int64
	most       float64
	step       record.UintColumn
	weight     record.FloatColumn
	row        []float32
	note       func(error)
}

func (out *outputs) weightsOf(g *record.Grower, r *simulation, asked network.RecordWeights) (*weightSamples, error) {
	k, name := r.net.Projection(asked.Projection), asked.Projection
	c := &weightSamples{projection: k, every: int64(r.net.Steps(asked.Every)), most: r.net.Projections[k].Plasticity.Bounds().Max, note: out.note}
	all, err := r.synapsesOf(k)
	if err != nil {
		return nil, err
	}
	n := min(int64(asked.Synapses), all)
	for i := range n {
		c.synapses = append(c.synapses, i*all/n) // at most 1e6 times the largest number of synapses
	}
	var source, target []int64
	var delay []float64
	at, next := int64(0), 0
	err = r.eachSynapse(k, func(i, j int, _, d uint32) error {
		if next < len(c.synapses) && c.synapses[next] == at {
			_, ms := r.model.Synapse(k, 0, d)
			source, target, delay = append(source, int64(i)), append(target, int64(j)), append(delay, ms)
			next++
		}
		at++
		return nil
	})
	if err != nil {
		return nil, err
	}
	if int64(len(source)) != n {
		return nil, fmt.Errorf("%s: of %d synapses %d were found", name, n, len(source))
	}
	g.FixedInts(name+"_source", source)
	g.FixedInts(name+"_target", target)
	g.FixedFloats(name+"_delay", delay)
	c.row = make([]float32, n)
	c.step, c.weight = g.Uints(name+"_step"), g.Floats(name+"_weight", n)
	return c, nil
}

// Spikes are no matter.
func (c *weightSamples) Spikes(int64, []sim.Spike) error { return nil }

// Next is a multiple of every.
func (c *weightSamples) Next(step int64) int64 { return (step/c.every + 1) * c.every }

// Reads is no state of neurons.
func (c *weightSamples) Reads() []sim.Selection { return nil }

// WeightsOf is what is sampled.
func (c *weightSamples) WeightsOf() (projection int, synapses []int64) {
	return c.projection, c.synapses
}

// Sample writes a row.
func (c *weightSamples) Sample(o *sim.Observation) error {
	for i, omega := range o.Weights {
		c.row[i] = float32(float64(omega)/dynamics.One*c.most + 0) // not -0
	}
	c.note(errors.Join(c.step.Append(uint32(o.Step)), c.weight.Append(c.row...)))
	return nil
}

// mostWeights are the plastic projections that a figure shows.
const mostWeights = 4

// readWeights takes how the weights of the first plastic projections are distributed, and their course where it was recorded.
func readWeights(dir string, files filesOf, net *network.Network, x Excerpt, data *plot.Data) error {
	for k := range net.Projections {
		p := &net.Projections[k]
		if !p.Plasticity.Is() || len(data.Weights) == mostWeights {
			continue
		}
		f, err := record.ReadWeightCounts(files.path(dir, FinalWeightsFile), p.Name)
		if err != nil {
			return unlessMissing(err)
		}
		to := &net.Populations[net.Population(p.To)]
		w := plot.Weights{Projection: p.Name, Inhibitory: !p.Excitatory(), Unit: to.WeightUnit(p.Synapse, p.Receptor), Edges: f.Edges, Start: f.Start, End: f.End}
		for _, r := range net.Record.Weights {
			if r.Projection != p.Name || float64(data.Steps)*net.Dt/r.Every*float64(r.Synapses) > mostDrawn {
				continue
			}
			if err := readCourse(files.path(dir, WeightsFile), net, x, &w); err != nil {
				return err
			}
		}
		data.Weights = append(data.Weights, w)
	}
	return nil
}

// readCourse takes mean and percentiles of what was recorded.
func readCourse(path string, net *network.Network, x Excerpt, w *plot.Weights) error {
	steps, rows, err := record.ReadWeights(path, w.Projection)
	if err != nil {
		return unlessMissing(err)
	}
	times, first, last := timesOf(steps, net.Dt, x)
	if last-first < 2 || len(rows[0]) == 0 {
		return nil
	}
	w.TimeMs, w.Recorded = times[first:last], len(rows[0])
	for _, row := range rows[first:last] {
		slices.Sort(row)
		sum := 0.0
		for _, v := range row {
			sum += float64(v)
		}
		n := len(row)
		w.Mean, w.Low, w.Top = append(w.Mean, sum/float64(n)), append(w.Low, float64(row[n/10])), append(w.Top, float64(row[n-1-n/10]))
	}
	return nil
}
