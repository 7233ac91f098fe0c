package experiment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"einet/analysis"
	"einet/network"
	"einet/plot"
	"einet/record"
	"einet/sim"
)

// PSTHFile holds the rates of populations over trials, in bins of a ms, around a time:
//
//	time_ms [B]                                middles of the bins, 0 at --align
//	seed, trial [T]                            those that were simulated to the end
//	P_rate_hz [T, B]                           mean over the neurons of population P whose spikes are kept, in each; or over those of a group P
//	P_mean_hz, P_sd_hz, P_low_hz, P_high_hz [B] mean and sd over trials, and the ends of what holds the mean with 95 % confidence
const PSTHFile = "psth.npz"

// psthName is the figure of it.
const psthName = "psth"

// mostPSTHBins are drawn, and groups where populations and groups are no more than mostPSTHLines.
const (
	mostPSTHBins  = 300
	mostPSTHLines = 8
)

// drawTrials writes the rates over trials, and draws them. A run without, as one of a single bin, is complete.
func (e *ensemble) drawTrials(ctx context.Context, s *ReplicasSummary) error {
	t, err := readTrials(ctx, e.dir, s, e.net, e.o.Excerpt)
	if err != nil || t == nil {
		return interruptedDrawing(err)
	}
	if err := t.write(filepath.Join(e.dir, PSTHFile)); err != nil {
		return err
	}
	s.Files = append(s.Files, PSTHFile)
	if e.o.NoFigures {
		return nil
	}
	f, err := plot.PSTH(t.shown())
	if err != nil {
		return err
	}
	names, err := WriteFigure(e.dir, f)
	s.Files = append(s.Files, names...)
	return err
}

func interruptedDrawing(err error) error {
	if errors.Is(err, context.Canceled) {
		return ErrInterrupted
	}
	return err
}

// trialRates are the rates over trials, and the spikes of a neuron.
type trialRates struct {
	net          *network.Network
	populations  []int          // of which there are spikes
	groups       []network.Part // of populations of which there are all spikes; of divisions no parts
	align        float64
	first        int     // bin
	bin          float64 // [ms]
	seed, trial  []int64
	rates        [][][]float64 // [populations, then groups][trial][bin]
	neuron       uint32
	of           int
	neuronSpikes [][]float64 // [trial of the first seed] times [ms] from align
}

// readTrials reads the spikes of all trials that are complete; nil where there are fewer than two bins of them, or no spikes were kept.
func readTrials(ctx context.Context, dir string, s *ReplicasSummary, net *network.Network, x Excerpt) (*trialRates, error) {
	t := &trialRates{net: net, align: s.AlignMs}
	among := t.kept()
	if len(t.populations) == 0 {
		return nil, nil
	}
	from, to := x.begin(s.DiscardMs), min(x.end(s.DurationMs), s.DurationMs)
	steps := max(1, net.Steps(rateBinMs))
	t.bin = float64(steps) * net.Dt
	t.first = int(math.Ceil(from/t.bin - 1e-9))
	last := int(math.Floor(to/t.bin + 1e-9))
	if last-t.first < 2 {
		return nil, nil
	}
	t.rates = make([][][]float64, len(t.populations)+len(t.groups))
	regroup := regroupOf(net, t.groups)
	var regrouped []sim.Spike
	spikes := make([]uint32, net.Neurons())
	var files []string
	for _, trial := range s.Trials {
		if trial.Interrupted {
			continue
		}
		if trial.Seed == s.Trials[0].Seed {
			files = append(files, trial.File)
		}
		t.seed, t.trial = append(t.seed, int64(trial.Seed)), append(t.trial, int64(trial.Trial))
		counts, ofGroups := analysis.NewPopulationCounts(sizesOf(net), net.Dt, steps), analysis.NewPopulationCounts(regroup.Sizes(), net.Dt, steps)
		err := eachSpike(ctx, filepath.Join(dir, trial.File), func(some []sim.Spike) {
			counts.Add(some)
			if len(t.groups) > 0 {
				regrouped = regroup.Append(regrouped[:0], some)
				ofGroups.Add(regrouped)
			}
			for _, k := range some {
				if trial.Seed == s.Trials[0].Seed { // another seed's neurons are others
					spikes[k.Neuron]++
				}
			}
		})
		if err != nil {
			return nil, err
		}
		for at, i := range t.populations {
			rates := counts.Rates(i, int64(last*steps))[t.first:last]
			for k := range rates {
				rates[k] /= among[i]
			}
			t.rates[at] = append(t.rates[at], rates)
		}
		for i := range t.groups {
			at := len(t.populations) + i
			t.rates[at] = append(t.rates[at], ofGroups.Rates(i, int64(last*steps))[t.first:last])
		}
	}
	if len(files) == 0 {
		return nil, nil
	}
	t.choose(spikes)
	for _, file := range files {
		var times []float64
		err := eachSpike(ctx, filepath.Join(dir, file), func(some []sim.Spike) {
			for _, k := range some {
				if ms := float64(k.Step) * net.Dt; k.Neuron == t.neuron && ms > from && ms <= to {
					times = append(times, ms-t.align)
				}
			}
		})
		if err != nil {
			return nil, err
		}
		t.neuronSpikes = append(t.neuronSpikes, times)
	}
	return t, nil
}

// kept finds the populations and groups of which spikes were kept, and the share of populations' neurons that are among those.
func (t *trialRates) kept() (share []float64) {
	recorded := record.RecordedOf(t.net)
	for i, p := range t.net.Populations {
		n := p.Size
		if recorded != nil {
			n = recorded[i].Count
		}
		if n > 0 {
			t.populations = append(t.populations, i)
		}
		share = append(share, float64(n)/float64(p.Size))
	}
	for i := range t.net.Groups {
		part, _ := t.net.Part(t.net.Groups[i].FullName())
		if part.Count == 0 && share[part.Population] == 1 {
			t.groups = append(t.groups, part)
		}
	}
	return share
}

// shownOf are the populations and groups of rates, as figures have them.
func (t *trialRates) shownOf() (all []plot.Population) {
	for _, i := range t.populations {
		p := &t.net.Populations[i]
		all = append(all, plot.Population{Name: p.Name, Size: p.Size, Inhibitory: t.net.Inhibits(p.Name)})
	}
	for i := range t.groups {
		g := &t.groups[i]
		all = append(all, plot.Population{Name: g.Name, Size: g.Size, Inhibitory: t.net.Inhibits(t.net.Populations[g.Population].Name)})
	}
	return all
}

func sizesOf(net *network.Network) (sizes []int) {
	for _, p := range net.Populations {
		sizes = append(sizes, p.Size)
	}
	return sizes
}

// eachSpike reads a file of spikes.
func eachSpike(ctx context.Context, path string, take func([]sim.Spike)) error {
	r, err := record.OpenSpikes(path)
	if err != nil {
		return err
	}
	defer r.Close()
	buf := make([]sim.Spike, 1<<14)
	for {
		n, err := r.Read(buf)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		take(buf[:n])
	}
}

// choose takes the neuron of the first population with a potential that fires most.
func (t *trialRates) choose(spikes []uint32) {
	t.of = t.populations[0]
	for _, i := range slices.Backward(t.populations) {
		if !t.net.Populations[i].Neuron.IsSource() {
			t.of = i
		}
	}
	first := record.Populations(t.net)[t.of].First
	most := uint32(0)
	t.neuron = uint32(first)
	for k, n := range spikes[first:][:t.net.Populations[t.of].Size] {
		if n > most {
			most, t.neuron = n, uint32(first+k)
		}
	}
}

// bins is how many were counted.
func (t *trialRates) bins() int { return len(t.rates[0][0]) }

// times are the middles of bins, each of n of those that were counted.
func (t *trialRates) times(n int) (times []float64) {
	for k := 0; k+n <= t.bins(); k += n {
		times = append(times, (float64(t.first+k)+float64(n)/2)*t.bin-t.align)
	}
	return times
}

// over are mean and standard deviation of a population's rate over trials, and the ends of the interval that holds the mean with 95 %
// confidence; NaN of a single trial.
func over(trials [][]float64) (mean, sd, low, high []float64) {
	n := float64(len(trials))
	for k := range trials[0] {
		var x []float64
		for _, trial := range trials {
			x = append(x, trial[k])
		}
		m, s := stat.MeanStdDev(x, nil)
		half := math.NaN()
		if n > 1 {
			half = distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975) * s / math.Sqrt(n)
		}
		mean, sd, low, high = append(mean, m), append(sd, s), append(low, m-half), append(high, m+half)
	}
	return mean, sd, low, high
}

func (t *trialRates) write(path string) error {
	s := record.CreateStream(path)
	s.FixedFloats("time_ms", t.times(1))
	s.FixedFloats("align_ms", []float64{t.align})
	s.FixedInts("seed", t.seed)
	s.FixedInts("trial", t.trial)
	for i, p := range t.shownOf() {
		var all []float64
		for _, trial := range t.rates[i] {
			all = append(all, trial...)
		}
		s.FixedGrid(p.Name+"_rate_hz", all, int64(len(t.trial)), int64(len(t.rates[i][0])))
		mean, sd, low, high := over(t.rates[i])
		s.FixedFloats(p.Name+"_mean_hz", mean)
		s.FixedFloats(p.Name+"_sd_hz", sd)
		s.FixedFloats(p.Name+"_low_hz", low)
		s.FixedFloats(p.Name+"_high_hz", high)
	}
	return errors.Join(s.Close(), s.Abort())
}

// shown is what the figure has: fewer bins.
func (t *trialRates) shown() plot.Trials {
	n := max(1, t.bins()/mostPSTHBins)
	d := plot.Trials{TimeMs: t.times(n), Of: slices.Index(t.populations, t.of), Spikes: t.neuronSpikes, Populations: t.shownOf()}
	if len(d.Populations) > mostPSTHLines {
		d.Populations = d.Populations[:len(t.populations)]
	}
	for i, p := range d.Populations {
		if i == d.Of {
			d.Neuron = fmt.Sprintf("%d of %s", int(t.neuron)-record.Populations(t.net)[i].First, p.Name)
			if last := len(t.seed) - 1; t.seed[last] != t.seed[0] {
				d.Neuron += fmt.Sprintf(" with seed %d", t.seed[0])
			}
		}
		var merged [][]float64
		for _, trial := range t.rates[i] {
			var wide []float64
			for k := 0; k+n <= len(trial); k += n {
				wide = append(wide, stat.Mean(trial[k:k+n], nil))
			}
			merged = append(merged, wide)
		}
		_, _, low, high := over(merged)
		d.Rates, d.Low, d.High = append(d.Rates, merged), append(d.Low, low), append(d.High, high)
	}
	return d
}
