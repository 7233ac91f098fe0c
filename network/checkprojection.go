package network

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"einet/fault"
)

func (c *checker) projection(path string, p *Projection, n *Network) {
	from, to := p.EndNames()
	var pre, post *Population
	source, known := n.Part(from)
	if target, ok := n.Part(to); ok && known {
		pre, post = &n.Populations[source.Population], &n.Populations[target.Population]
		c.want(!post.Neuron.IsSource(), path+".to", p.To, "must not be a source, which takes no input")
	}
	sources, targets := c.ends(path, p, n)
	if p.Grouped() && p.Near.Falls() {
		key := ".near"
		if p.Rule == FixedProbability {
			key = ".p"
		}
		c.fault(path+key, string(p.Near.Shape), "must not go by distance between groups: make the group a population of its own, with positions")
		return
	}
	if !c.rule(path, p, sources, targets) {
		return
	}
	c.keys(path, p, Keys("projection", string(p.Rule)))
	c.distance(path, p, pre, post)
	if p.Speed != 0 && pre != nil {
		c.delayByDistance(path+".delay", p, n)
	}
	c.plastic(path, p)
	c.synapse(path, post, p.Shape())
	c.receives(path, post, p.Receptor, p.Synapse, p.meanWeight())
}

// ends are the neurons of the two ends as if they were populations; nil where one is at fault.
func (c *checker) ends(path string, p *Projection, n *Network) (sources, targets *Population) {
	c.choices = choices{}
	f, t := p.EndNames()
	from, ok := n.Part(f)
	to, also := n.Part(t)
	if p.Pairs != AllPairs {
		also = c.pairs(path, p, &from, &to, ok && also && from.Size > 0 && to.Size > 0) && also
	}
	if !ok || !also || from.Size < 1 || to.Size < 1 {
		return nil, nil
	}
	pre, post := n.Populations[from.Population], n.Populations[to.Population]
	pre.Name, pre.Size, post.Name, post.Size = f, from.Size, t, to.Size
	if p.From == p.To && p.Pairs != DifferentParts {
		c.choices.selves = from.Common(&to)
	}
	c.choices.sources, _, _ = p.partners(&to, &from)
	c.choices.targets, _, _ = p.partners(&from, &to)
	return &pre, &post
}

// pairs checks that both ends are divisions into as many parts, and that the rule can keep to some pairs of parts.
func (c *checker) pairs(path string, p *Projection, from, to *Part, known bool) bool {
	at := path + ".pairs"
	if !c.want(p.Pairs == SamePart || p.Pairs == DifferentParts, at, string(p.Pairs), mustPairs) {
		return false
	}
	if r := p.Rule.table(); r.name != "" {
		c.want(r.each, at, string(p.Pairs), fmt.Sprintf("must be left out with rule %s; rules that choose among parts are %s", p.Rule, strings.Join(rulesOfPairs(), ", ")))
	}
	return !known || c.want(from.Count > 0 && from.Count == to.Count, at, string(p.Pairs),
		"must be between two divisions into as many parts, as from: E.clusters, to: E.clusters of groups: {E: {clusters: {count: 50}}}")
}

// place is the key that gives a list, of the projection at path.
func (e *Edges) place(path string) string {
	switch {
	case e.SONATA:
		return path + ".sonata"
	case e.File.Path == "":
		return path + ".edges"
	}
	return path + ".file"
}

func (c *checker) edges(path string, p *Projection, pre, post *Population) {
	if pre == nil {
		return
	}
	e, at, listed := &p.Edges, p.Edges.place(path), p.Edges.File.Path == "" && !p.Edges.SONATA
	if listed {
		c.want(len(e.Source) <= MaxSamples, at, len(e.Source), fmt.Sprintf("must be at most %d; more may stand in a file", MaxSamples))
	}
	same := func(each []float64) bool { return each == nil || len(each) == len(e.Source) }
	if !c.want(len(e.Source) == len(e.Target) && same(e.Weight) && same(e.Delay), at, len(e.Source),
		"must have a source and a target for each synapse, and a weight for each or none, and a delay for each or none") {
		return
	}
	positive, negative := false, false
	var wrong fault.Error
	bad := 0
	for i := range e.Source {
		if found := c.edge(e, i, pre, post); found != nil {
			if bad++; bad == 1 {
				wrong = *found
				if wrong.Path = at; listed {
					wrong.Path = fault.Path(at, strconv.Itoa(i))
				}
			}
		}
		if e.Weight != nil {
			positive, negative = positive || e.Weight[i] > 0, negative || e.Weight[i] < 0
		}
	}
	if bad > 0 {
		c.faults = append(c.faults, wrong)
		c.more(bad - 1)
		return
	}
	c.want(!positive || !negative, at, "weights of both signs", "must have one sign: make two projections")
}

// edge is what is wrong with a synapse of a list, if anything.
func (c *checker) edge(e *Edges, i int, pre, post *Population) *fault.Error {
	wrong := func(what, value, allowed string) *fault.Error {
		return &fault.Error{Value: what + " of synapse " + strconv.Itoa(i) + value, Allowed: allowed}
	}
	switch {
	case int64(e.Source[i]) >= int64(pre.Size):
		return wrong("source", shownIndex(e.Source[i]), MustBeOf(0, pre))
	case int64(e.Target[i]) >= int64(post.Size):
		return wrong("target", shownIndex(e.Target[i]), MustBeOf(0, post))
	case e.Weight != nil && !(math.Abs(e.Weight[i]) <= MaxMagnitude):
		return wrong("weight", ": "+fault.Number(e.Weight[i]), MustNumber)
	case e.Delay != nil:
		if allowed := GridFault(e.Delay[i], c.dt, 1); allowed != "" {
			return wrong("delay", ": "+fault.Number(e.Delay[i]), allowed)
		}
	}
	return nil
}

// shownIndex is a neuron's index for an error, nothing where edgeIndex could make none of it.
func shownIndex(i uint32) string {
	if i == math.MaxUint32 {
		return ""
	}
	return ": " + strconv.FormatUint(uint64(i), 10)
}

// weight holds a distribution of weights to one sign.
func (c *checker) weight(path string, p *Projection) {
	if p.WeightBy.Falls() {
		c.number(fault.Path(path, string(p.WeightBy.Shape))+".peak", p.Weight.A)
		return
	}
	if !c.dist(path, p.Weight) || p.Weight.Kind == Constant || p.Weight.Kind == "" {
		return
	}
	if d := p.Weight; d.IsNumber() {
		c.want(d.A*d.Mean() >= 0, path, d.Mean(), "must have the sign of its mean, "+fault.Number(d.A))
	} else if d.Kind == Uniform {
		c.want(d.A >= 0 || d.B <= 0, path, fault.Number(d.A)+" to "+fault.Number(d.B), "must have one sign: make two projections")
	} else if c.want(d.A != 0, path, d.A, "must have a mean that is not 0, whose sign the weights keep") {
		lo, hi := d.WeightBounds()
		if c.want(lo <= hi && (d.A > 0 && lo >= 0 || d.A < 0 && hi <= 0), path, fault.Number(lo)+" to "+fault.Number(hi),
			"must leave room for weights of the sign of their mean") {
			c.mass(path, d, lo, hi)
		}
	}
}

func (c *checker) delay(path string, p *Projection) {
	listed := p.Rule == List && len(p.Edges.Delay) > 0
	if p.Speed != 0 { // see delayByDistance
		return
	}
	if !listed && (p.Delay.Kind == Constant || p.Delay.Kind == "") {
		c.grid(path, p.Delay.A, 1)
		return
	}
	if !listed && !c.dist(path, p.Delay) || math.IsNaN(c.dt) {
		return
	}
	if lo, hi := p.Delay.delayBounds(c.dt); !listed && p.Delay.Redraw {
		if !c.mass(path, p.Delay, lo, hi) {
			return
		}
	} else if !listed && !c.want(lo <= hi && hi > 0, path, fault.Number(lo)+" to "+fault.Number(hi), "must be above 0") {
		return
	}
	at, what, narrow := path, "", "narrow it with low and high"
	if listed {
		at, what, narrow = p.Edges.place(strings.TrimSuffix(path, ".delay")), "delays ", "make several projections of it"
	}
	first, last := p.drawnDelaySteps(c.dt)
	c.delaySpan(at, what, first, last, narrow)
}

func (c *checker) delaySpan(at, what string, first, last int, narrow string) {
	c.want(last-first < MaxDelayCodes, at, fault.Number(float64(first)*c.dt)+" to "+fault.Number(float64(last)*c.dt)+" ms",
		fmt.Sprintf("%smust span at most %d steps of dt (%s ms): %s", what, MaxDelayCodes, fault.Number(c.dt), narrow))
}
