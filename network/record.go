package network

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"einet/fault"
)

// A Record says what a run keeps besides its statistics.
type Record struct {
	Spikes   []RecordNeurons // nil: all spikes of all populations
	State    []RecordState
	Counted  []RecordHistogram
	Averages RecordAverages

	Triggered []RecordTriggered
	ShortTerm []RecordShortTerm
	Weights   []RecordWeights
}

// RecordNeurons are some neurons of a population. Wherever something of a population is recorded, Population may name a Part of it, whose
// neurons are then counted from 0.
type RecordNeurons struct {
	Population string
	Neurons    Neurons
}

// RecordState keeps the state of some of a population's neurons.
type RecordState struct {
	Population string
	Neurons    Neurons
	Every      float64  // [ms], a multiple of dt
	Variables  []string // of Population.StateVariables; nil for all
}

// RecordHistogram keeps how a variable is distributed over a population.
type RecordHistogram struct {
	Population string
	Variable   string   // one of HistogramVariables
	Neurons    *Neurons // over which; nil for all
	Low, High  float64  // [mV] the range that the bins divide evenly
	Bins       int
	Every      float64 // [ms], a multiple of dt
}

// RecordAverages keeps averages over each population.
type RecordAverages struct {
	Every     float64         // [ms] between averages, a multiple of dt; 0: none
	Neurons   []RecordNeurons // over which, of the populations of which there are averages; nil for all of all
	Variables []string        // of AverageVariables and of populations' own states; nil for all
}

// RecordTriggered keeps averages of the state of some of a population's neurons around their own spikes.
type RecordTriggered struct {
	Population    string
	Neurons       Neurons
	Before, After float64  // [ms] from a spike to its first and its last lag, multiples of Every
	Every         float64  // [ms] from one lag to the next, a multiple of dt
	Variables     []string // of Population.StateVariables; nil for all
}

// RecordShortTerm keeps u and x of some sources of a projection with short-term plasticity; of a group they have its order.
type RecordShortTerm struct {
	Projection string
	Neurons    Neurons // of the source population
	Every      float64 // [ms], a multiple of dt
}

// RecordWeights keeps the weights of some synapses of a projection with long-term plasticity.
type RecordWeights struct {
	Projection string
	Every      float64 // [ms], a multiple of dt
	Synapses   int     // evenly spread over all; all, if there are fewer
}

// RateVariable and GVariable are the variables that are no potential or input: spikes in time [Hz], and the synaptic state of each
// receptor in its own unit.
const (
	RateVariable = "rate"
	GVariable    = "g"
)

// StateVariables are what can be recorded of single neurons, and AverageVariables what of a population.
var (
	StateVariables   = append(slices.Clone(HistogramVariables), GVariable)
	AverageVariables = append([]string{RateVariable}, StateVariables...)
)

// HistogramVariables are what histograms can be of: the membrane potential, and the excitatory, inhibitory,
// external and net input R*I, all in mV.
var HistogramVariables = []string{"V", "exc", "inh", "ext", "net"}

// StateVariables are what can be recorded of the population's neurons: those that all have, and the other states of a model.
func (p *Population) StateVariables() []string {
	all := slices.Clone(StateVariables)
	if p.Model != nil {
		for _, s := range p.Model.States {
			if s.Name != VState {
				all = append(all, s.Name)
			}
		}
	}
	return all
}

// Asks are the keys of what a run is to keep besides its spikes.
func (r *Record) Asks() (names []string) {
	for _, k := range Keys("record", "") {
		if k.Name != "spikes" && !k.IsDefault(r) {
			names = append(names, k.Name)
		}
	}
	return names
}

// maxBins keeps a histogram a histogram.
const maxBins = 10_000

// resolve puts numbers in the place of all.
func (r *Record) resolve(n *Network) {
	r.eachNeurons(n, func(population string, neurons *Neurons) {
		if part, ok := n.Part(population); ok {
			neurons.resolve(part.Size)
		}
	})
}

// eachNeurons calls do with all choices of neurons of a network.
func (r *Record) eachNeurons(of *Network, do func(population string, n *Neurons)) {
	for i := range r.Spikes {
		do(r.Spikes[i].Population, &r.Spikes[i].Neurons)
	}
	for i := range r.State {
		do(r.State[i].Population, &r.State[i].Neurons)
	}
	for i := range r.Counted {
		if r.Counted[i].Neurons != nil {
			do(r.Counted[i].Population, r.Counted[i].Neurons)
		}
	}
	for i := range r.Triggered {
		do(r.Triggered[i].Population, &r.Triggered[i].Neurons)
	}
	for i := range r.ShortTerm {
		if k := of.Projection(r.ShortTerm[i].Projection); k >= 0 {
			from, _ := of.Projections[k].EndNames()
			do(from, &r.ShortTerm[i].Neurons)
		}
	}
	for i := range r.Averages.Neurons {
		do(r.Averages.Neurons[i].Population, &r.Averages.Neurons[i].Neurons)
	}
}

// scaled is the record of a network whose sizes have changed.
func (r Record) scaled(before, after *Network) Record {
	r.Spikes, r.State, r.Counted = slices.Clone(r.Spikes), slices.Clone(r.State), slices.Clone(r.Counted)
	r.Averages.Neurons, r.Triggered, r.ShortTerm = slices.Clone(r.Averages.Neurons), slices.Clone(r.Triggered), slices.Clone(r.ShortTerm)
	r.Weights = slices.Clone(r.Weights)
	for i, h := range r.Counted {
		if h.Neurons != nil {
			n := *h.Neurons
			r.Counted[i].Neurons = &n
		}
	}
	r.eachNeurons(after, func(population string, n *Neurons) {
		was, ok := before.Part(population)
		if is, also := after.Part(population); ok && also {
			*n = n.scaled(was.Size, is.Size)
		}
	})
	return r
}

// record checks what is to be kept.
func (c *checker) record(n *Network) {
	population := func(path, name string, state bool) *Population {
		part, ok := n.Part(name)
		if !ok {
			c.want(false, path, name, n.mustBePart(name))
			return nil
		}
		p := n.Populations[part.Population]
		p.Name, p.Size = name, part.Size // of which neurons are chosen
		if state && !c.want(!p.Neuron.IsSource(), path, name, "must not be a source, which has no state") {
			return nil
		}
		return &p
	}
	for _, r := range n.Record.Spikes {
		path := fault.Path("record.spikes", r.Population)
		if p := population(path, r.Population, false); p != nil {
			c.neurons(path, &r.Neurons, p)
		}
	}
	for _, r := range n.Record.State {
		path := fault.Path("record.state", r.Population)
		c.keys(path, &r, Keys("state", ""))
		if p := population(path, r.Population, true); p != nil {
			c.neurons(path+".neurons", &r.Neurons, p)
			c.variables(path+".variables", r.Variables, p.StateVariables())
		}
	}
	for _, r := range n.Record.Counted {
		path := fault.Path("record.histograms", r.Population)
		p := population(path, r.Population, true)
		path = fault.Path(path, r.Variable)
		if p != nil && r.Neurons != nil {
			c.neurons(path+".neurons", r.Neurons, p)
			c.want(r.Neurons.Count() > 0, path+".neurons", 0, "must be some")
		}
		c.want(slices.Contains(HistogramVariables, r.Variable), path, r.Variable, mustBeOneOf(HistogramVariables))
		c.keys(path, &r, Keys("histogram", ""))
	}
	c.averages(n, population)
	for _, r := range n.Record.Triggered {
		path := fault.Path("record.triggered", r.Population)
		c.triggered(n, path, &r, population(path, r.Population, true))
	}
	c.releases(n)
	c.weights(n)
	c.reports(n)
}

// reports checks that what the reports of a SONATA network need is kept.
func (c *checker) reports(n *Network) {
	for _, r := range n.SONATA.Reports {
		for _, name := range r.Parts {
			part, _ := n.Part(name)
			i := slices.IndexFunc(n.Record.State, func(s RecordState) bool { return s.Population == name })
			var has any = "left out"
			kept := false
			if i >= 0 {
				s := &n.Record.State[i]
				has = s.Every
				kept = s.Neurons.Count() == part.Size && (s.Variables == nil || slices.Contains(s.Variables, r.Variable)) &&
					n.Steps(s.Every) > 0 && n.Steps(r.Every)%n.Steps(s.Every) == 0
			}
			c.want(kept, fault.Path("record.state", name), has, fmt.Sprintf("must keep %s of all neurons every %s ms or a whole part of it, as the network's SONATA files report it (%s)", r.Variable, fault.Number(r.Every), r.Name))
		}
	}
}

// weights checks what is kept of long-term plasticity.
func (c *checker) weights(n *Network) {
	var names []string
	for k := range n.Projections {
		if n.Projections[k].Plasticity.Is() {
			names = append(names, n.Projections[k].Name)
		}
	}
	for _, r := range n.Record.Weights {
		path := fault.Path("record.weights", r.Projection)
		c.keys(path, &r, Keys("synapses", ""))
		c.want(slices.Contains(names, r.Projection), path, r.Projection, "must be the name of a projection with plasticity: "+cmp.Or(fault.Listing(names), "there is none")+fault.DidYouMean(r.Projection, names))
	}
}

// releases checks what is kept of short-term plasticity.
func (c *checker) releases(n *Network) {
	var names []string
	for k := range n.Projections {
		if n.Projections[k].ShortTerm.Is() {
			names = append(names, n.Projections[k].Name)
		}
	}
	for _, r := range n.Record.ShortTerm {
		path := fault.Path("record.short_term", r.Projection)
		c.keys(path, &r, Keys("sources", ""))
		k := n.Projection(r.Projection)
		if c.want(slices.Contains(names, r.Projection), path, r.Projection, "must be the name of a projection with short_term: "+cmp.Or(fault.Listing(names), "there is none")+fault.DidYouMean(r.Projection, names)) {
			from, _ := n.Projections[k].EndNames()
			if part, ok := n.Part(from); ok {
				c.neurons(path+".neurons", &r.Neurons, &Population{Name: from, Size: part.Size})
			}
		}
	}
}

// maxTriggered bounds what is held in memory of the state around spikes: less than a gigabyte.
const maxTriggered = 1 << 25

// triggered checks averages around the spikes of a population, nil if that is a fault.
func (c *checker) triggered(n *Network, path string, r *RecordTriggered, p *Population) {
	before := len(c.faults)
	c.keys(path, r, Keys("triggered", ""))
	if p != nil {
		c.variables(path+".variables", r.Variables, p.StateVariables())
		c.neurons(path+".neurons", &r.Neurons, p)
		c.want(r.Neurons.Count() != 0, path+".neurons", 0, "must be some")
	}
	every := n.Steps(r.Every)
	if len(c.faults) > before || every < 1 {
		return
	}
	for _, side := range []struct {
		key string
		ms  float64
	}{{"before", r.Before}, {"after", r.After}} {
		c.want(n.Steps(side.ms)%every == 0, fault.Path(path, side.key), side.ms, fmt.Sprintf("must be a multiple of every, %s ms", fault.Number(r.Every)))
	}
	neurons, steps := r.Neurons.Count(), n.Steps(r.Before)+1+n.Steps(r.After)
	if float64(neurons)*float64(steps) > maxTriggered {
		c.fault(path, fmt.Sprintf("%d neurons and %d steps around a spike", neurons, steps),
			fmt.Sprintf("must be at most %d neurons times steps, for their state is held in memory: choose a sample of neurons or a shorter before and after", maxTriggered))
	}
}

func (c *checker) averages(n *Network, population func(path, name string, state bool) *Population) {
	r, path := &n.Record.Averages, "record.averages"
	for _, over := range r.Neurons {
		at := fault.Path(path+".neurons", over.Population)
		if p := population(at, over.Population, false); p != nil {
			c.neurons(at, &over.Neurons, p)
		}
	}
	if r.Variables != nil {
		of := slices.Clone(AverageVariables)
		for i := range n.Populations {
			for _, name := range n.Populations[i].StateVariables() {
				if !slices.Contains(of, name) {
					of = append(of, name)
				}
			}
		}
		c.variables(path+".variables", r.Variables, of)
	}
	if r.Neurons != nil || r.Variables != nil {
		c.keys(path, r, Keys("averages", ""))
		return
	}
	c.grid(path, r.Every, 0)
}

// variables checks that each is one of those, once.
func (c *checker) variables(path string, names, of []string) {
	allowed := "must be a list of some of " + strings.Join(of, ", ")
	for i, name := range names {
		if !slices.Contains(of, name) {
			c.fault(path, fault.Clip(name), allowed+fault.DidYouMean(name, of))
			return
		}
		if slices.Contains(names[:i], name) {
			c.fault(path, fault.Clip(name), "is named twice")
			return
		}
	}
	c.want(names == nil || len(names) > 0, path, "", allowed)
}

func (c *checker) highEnd(path string, h *RecordHistogram) {
	c.want(h.High > h.Low, path, h.High, fmt.Sprintf("must be above low, %g", h.Low))
}

// InSeconds tells whether times, taken as ms, may be seconds of a run of that duration [ms]: all lie in its first thousandth.
func InSeconds(times []float64, duration float64) bool {
	return len(times) > 1 && duration >= leastSeconds && slices.Max(times) <= duration/1000 && slices.ContainsFunc(times, func(t float64) bool { return t > 0 })
}

// leastSeconds is how long a run [ms] is in whose first thousandth there is hardly a whole train.
const leastSeconds = 100

// MustBeOf says which numbers the neurons of a population have in a file.
func MustBeOf(first float64, p *Population) string {
	return fmt.Sprintf("must be a whole number from %s to %s, the last neuron of %s", fault.Number(first), fault.Number(first+float64(p.Size-1)), fault.Clip(p.Name))
}

// EarlySpikes are what may be done with spikes in front of the first step.
var EarlySpikes = []string{DropEarly, FirstEarly}

// What is done with spikes in front of the first step.
const (
	DropEarly  = "drop"  // leaves them out
	FirstEarly = "first" // moves them to the first step
)
