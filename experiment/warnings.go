package experiment

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"einet/analysis"
	"einet/network"
	"einet/sim"
)

// fewIntervals is how many inter-spike intervals a neuron should have on average for its CV: the
// CV of m intervals of a Poisson train is low by 1/(m+1) of it on average, and where rates differ
// only the fast neurons, which are more regular, have the analysis.MinIntervals that count.
const fewIntervals = 20

// mostNamed is how many populations a warning names.
const mostNamed = 4

// resultWarnings are one line each for results that mean less than they seem to, of the spikes
// of the steps from discard+1 to step.
func resultWarnings(net *network.Network, statistics *analysis.Statistics, discard, step int64) []string {
	populations := statistics.Populations(step)
	warnings := slices.Concat(silent(net, populations, discard, step), runaways(net, statistics, populations, discard, step))
	if w := shortForCV(net, populations, discard, step); w != "" {
		warnings = append(warnings, w)
	}
	return warnings
}

// silentMs is the time that makes silence remarkable.
const silentMs = 100

// silent says which populations with a membrane did not fire at all.
func silent(net *network.Network, populations []analysis.PopulationStatistics, discard, step int64) []string {
	var list []string
	for i, p := range populations {
		if q := &net.Populations[i]; p.Spikes == 0 && !q.Neuron.IsSource() {
			list = append(list, q.Name)
		}
	}
	if ms := float64(step-discard) * net.Dt; len(list) == 0 || ms < silentMs {
		return nil
	}
	return []string{"no neuron fired of " + FirstOf(list) + ": the table of inputs has their mean and sd beside the threshold that V must reach"}
}

// shortForCV says of which populations the CV is of too few intervals, and what duration is enough.
func shortForCV(net *network.Network, populations []analysis.PopulationStatistics, discard, step int64) string {
	var few []string
	longest := 0.0 // counted time that gives enough [steps]
	for i, p := range populations {
		perNeuron := float64(p.Spikes) / float64(p.Size)
		if p.CVOver == 0 || perNeuron-1 >= fewIntervals {
			continue
		}
		few = append(few, fmt.Sprintf("%.2g in %s (%d of %d neurons have the %d that count)",
			perNeuron, net.Populations[i].Name, p.CVOver, p.Size, analysis.MinIntervals+1))
		longest = max(longest, float64(step-discard)*(fewIntervals+1)/perNeuron)
	}
	if len(few) == 0 {
		return ""
	}
	ms := (float64(discard) + longest) * net.Dt
	return fmt.Sprintf("the run is short for CV of ISI, CV2 and LV, which come out too low: they want about %d spikes of each neuron, and there are %s; --duration %s is enough",
		fewIntervals+1, FirstOf(few), roundedUp(ms, net.Dt))
}

// runaways say which populations fire about as fast as refractoriness, or the time grid, allows.
func runaways(net *network.Network, statistics *analysis.Statistics, populations []analysis.PopulationStatistics, discard, step int64) []string {
	const (
		near  = 0.5  // share of the largest rate
		share = 0.02 // of the neurons
		least = 5    // spikes that tell a rate
	)
	var list []string
	seconds := float64(step-discard) * net.Dt / 1000
	for i, p := range populations {
		q := &net.Populations[i]
		if q.Neuron.IsSource() {
			continue
		}
		most := 1000 / (net.Dt * float64(net.Steps(q.TRef)+1)) // a spike leaves t_ref and the step after it
		fast := 0
		for _, rate := range statistics.Trains.Rates(i, step) {
			if rate > near*most && rate*seconds >= least {
				fast++
			}
		}
		if float64(fast) <= share*float64(p.Size) {
			continue
		}
		allows := fmt.Sprintf("t_ref %g ms allows", q.TRef)
		if net.Steps(q.TRef) == 0 {
			allows = fmt.Sprintf("dt %g ms allows, for t_ref is 0", net.Dt)
		}
		list = append(list, fmt.Sprintf("%s runs away: %d of %d neurons fire at more than half of the %.4g Hz that %s (mean %.4g Hz)",
			q.Name, fast, p.Size, most, allows, p.Rate))
	}
	if len(list) > mostNamed {
		list = append(list[:mostNamed], fmt.Sprintf("%d more populations run away", len(list)-mostNamed))
	}
	return list
}

// FirstOf joins what is said of populations, of the first of many.
func FirstOf(list []string) string {
	if more := len(list) - mostNamed; more > 0 {
		list = append(slices.Clone(list[:mostNamed]), fmt.Sprintf("%d more populations", more))
	}
	return strings.Join(list, ", ")
}

// roundedUp is a duration of two digits, or the next multiple of dt [ms] after it, as --duration
// takes it.
func roundedUp(ms, dt float64) string {
	unit := math.Pow(10, math.Floor(math.Log10(ms))-1)
	ms = sim.InMs(int64(math.Ceil(math.Ceil(ms/unit-1e-9)*unit/dt-1e-9)), dt)
	if ms < 1000 || ms != math.Round(ms) {
		return fmt.Sprintf("%.12gms", ms)
	}
	return fmt.Sprintf("%.12gs", ms/1000)
}
