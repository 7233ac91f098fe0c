package sweep

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"

	"einet/experiment"
	"einet/record"
)

// A Column is a statistic of a population, as the table and the arrays have it.
type Column struct {
	Name, Unit, Text string
	of               func(*experiment.PopulationSummary) *float64
}

// Columns are the statistics of a population, in the order of the table.
var Columns = []Column{
	{"size", "", "neurons", func(s *experiment.PopulationSummary) *float64 { return whole(s.Size) }},
	{"spikes", "", "of all neurons", func(s *experiment.PopulationSummary) *float64 { return whole(s.Spikes) }},
	{"rate_hz", "Hz", "mean over neurons", func(s *experiment.PopulationSummary) *float64 { return s.RateHz }},
	{"cv_isi", "", "CV of inter-spike intervals, mean over neurons with at least 5", func(s *experiment.PopulationSummary) *float64 { return s.CVISI }},
	{"cv_isi_neurons", "", "how many those are", func(s *experiment.PopulationSummary) *float64 { return whole(s.CVCount) }},
	{"cv2", "", "of neighbouring intervals, mean over the same neurons", func(s *experiment.PopulationSummary) *float64 { return s.CV2 }},
	{"lv", "", "local variation, likewise", func(s *experiment.PopulationSummary) *float64 { return s.LV }},
	{"fano", "", "Fano factor of counts in 100 ms, mean over neurons with spikes", func(s *experiment.PopulationSummary) *float64 { return s.Fano }},
	{"mean_pairwise_correlation", "", "of counts in 2 ms, over all pairs of neurons", func(s *experiment.PopulationSummary) *float64 { return s.Correlation }},
	{"mean_pairwise_correlation_error", "", "its standard error", func(s *experiment.PopulationSummary) *float64 { return s.CorrelationError }},
	{"correlation_bins", "", "counts of each neuron that both are from", func(s *experiment.PopulationSummary) *float64 { return whole(s.CorrelationBins) }},
	{"count_variance_over_mean", "", "of the population's count in 1 ms", func(s *experiment.PopulationSummary) *float64 { return s.CountDispersion }},
	{"rate_spectrum_peak_hz", "Hz", "where the power of the population's rate is largest", func(s *experiment.PopulationSummary) *float64 { return s.SpectrumPeakHz }},
	{"excitatory_input_mv", "mV", "mean, external input included", func(s *experiment.PopulationSummary) *float64 { return s.ExcitatoryMV }},
	{"inhibitory_input_mv", "mV", "mean", func(s *experiment.PopulationSummary) *float64 { return s.InhibitoryMV }},
	{"net_input_mv", "mV", "mean", func(s *experiment.PopulationSummary) *float64 { return s.NetMV }},
	{"net_input_sd_mv", "mV", "over neurons and time", func(s *experiment.PopulationSummary) *float64 { return s.NetSDMV }},
	{"excitatory_input_pa", "pA", "the same where inputs are known in pA only", func(s *experiment.PopulationSummary) *float64 { return s.ExcitatoryPA }},
	{"inhibitory_input_pa", "pA", "likewise", func(s *experiment.PopulationSummary) *float64 { return s.InhibitoryPA }},
	{"net_input_pa", "pA", "likewise", func(s *experiment.PopulationSummary) *float64 { return s.NetPA }},
	{"net_input_sd_pa", "pA", "likewise", func(s *experiment.PopulationSummary) *float64 { return s.NetSDPA }},
	{"net_over_excitatory", "", "mean of |net| over mean excitatory input", func(s *experiment.PopulationSummary) *float64 { return s.NetOverExc }},
	{"ks_uniform", "", "Kolmogorov-Smirnov distance of V, between reset and threshold, from the uniform distribution", func(s *experiment.PopulationSummary) *float64 { return s.KSUniform }},
}

func whole[T int | int64](n T) *float64 {
	x := float64(n)
	return &x
}

// axisColumns are the names and values of the axes' columns: numbers where all values are, without their unit, which is then in the name.
func (p *Plan) axisColumns() (names []string, values [][]string) {
	for _, a := range p.Axes {
		name, texts := a.Name, a.Values
		if numbers, unit, ok := a.Numbers(); ok && unit != "" {
			name += "_" + unit
			texts = make([]string, len(numbers))
			for i, x := range numbers {
				texts[i] = strconv.FormatFloat(x, 'g', -1, 64)
			}
		}
		if taken(name) {
			name = a.Path
		}
		names, values = append(names, name), append(values, texts)
	}
	return names, values
}

// taken tells whether a name is that of a column which every table has.
func taken(name string) bool {
	return slices.Contains([]string{"seed", "population", "digest"}, name) ||
		slices.ContainsFunc(Columns, func(c Column) bool { return c.Name == name }) ||
		slices.ContainsFunc(theoryColumns, func(c theoryColumn) bool { return c.name == name })
}

// populations are the names of those that any run has: a sweep may not make new ones, for the path of a value must be there.
func (p *Plan) populations() (names []string) {
	for _, q := range p.Base.Populations {
		names = append(names, q.Name)
	}
	return names
}

// writeTable writes a row for each run that is complete and population.
func (w *work) writeTable(to io.Writer) error {
	c := csv.NewWriter(to)
	names, values := w.plan.axisColumns()
	header := append(slices.Clone(names), "seed", "population")
	for _, column := range Columns {
		header = append(header, column.Name)
	}
	for _, column := range theoryColumns {
		header = append(header, column.name)
	}
	_ = c.Write(append(header, "digest")) // what fails, Error tells
	for k, r := range w.plan.Runs {
		summary := w.results[r]
		if summary == nil {
			continue
		}
		for i, population := range w.plan.populations() {
			row := w.valuesOf(k, values)
			row = append(row, strconv.FormatUint(uint64(r.Seed), 10), population)
			s := summary.Populations[population]
			for _, column := range Columns {
				row = append(row, cell(column.of(&s)))
			}
			for _, column := range theoryColumns {
				row = append(row, cell(experiment.Number(column.of(w.theory[k/len(w.plan.Seeds)], i))))
			}
			_ = c.Write(append(row, summary.Digest))
		}
	}
	c.Flush()
	return c.Error()
}

// valuesOf are those of the axes at run k.
func (w *work) valuesOf(k int, values [][]string) []string {
	point := k / len(w.plan.Seeds)
	row := make([]string, len(values))
	for i := len(values) - 1; i >= 0; i-- {
		row[i] = values[i][point%len(values[i])]
		point /= len(values[i])
	}
	return row
}

// cell is a number with all its digits, nothing where there is none.
func cell(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'g', -1, 64)
}

// writeArrays writes the statistics [axis..., seed, population], nan where there is none, beside the values of the axes.
func (w *work) writeArrays(path string) error {
	s := record.CreateStream(path)
	names, values := w.plan.axisColumns()
	var shape []int64
	for i, name := range names {
		if numbers, _, ok := w.plan.Axes[i].Numbers(); ok {
			s.FixedFloats(name, numbers)
		} else {
			s.FixedNames(name, values[i])
		}
		shape = append(shape, int64(len(values[i])))
	}
	seeds := make([]int64, len(w.plan.Seeds))
	for i, seed := range w.plan.Seeds {
		seeds[i] = int64(seed)
	}
	populations := w.plan.populations()
	s.FixedNames("axes", names)
	s.FixedInts("seed", seeds)
	s.FixedNames("population", populations)
	shape = append(shape, int64(len(seeds)), int64(len(populations)))
	for _, column := range Columns {
		s.FixedGrid(column.Name, w.array(func(run, i int) float64 {
			return w.value(run, i, column)
		}), shape...)
	}
	for _, column := range theoryColumns {
		s.FixedGrid(column.name, w.array(func(run, i int) float64 {
			return column.of(w.theory[run/len(seeds)], i)
		}), shape...)
	}
	return errors.Join(s.Close(), s.Abort())
}

// array is a value of every run and population.
func (w *work) array(of func(run, population int) float64) []float64 {
	var all []float64
	for k := range w.plan.Runs {
		for i := range w.plan.Base.Populations {
			all = append(all, of(k, i))
		}
	}
	return all
}

// value is a statistic of population i in run k; NaN where there is none.
func (w *work) value(k, i int, column Column) float64 {
	summary := w.results[w.plan.Runs[k]]
	if summary == nil {
		return math.NaN()
	}
	s := summary.Populations[w.plan.Base.Populations[i].Name]
	if x := column.of(&s); x != nil {
		return *x
	}
	return math.NaN()
}
