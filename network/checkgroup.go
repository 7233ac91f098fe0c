package network

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"einet/fault"
)

// What groups there may be.
const (
	MaxParts     = 4096 // of all groups, a group that is no division being one
	maxCourses   = 16   // inputs of groups of a population, and Poisson inputs likewise
	mustBeGroup  = "must be a range 0..399, {from, to, every}, a list of neurons, or {count: how many equal parts}"
	sizeOfGroup  = "size"
	insteadOfOne = "; what else changes in time reaches a group from a population of neuron: poisson or spikes, by a projection to it"
)

// groups checks them, and what they receive.
func (c *checker) groups(n *Network) {
	seen, courses, poisson, tau := map[string]bool{}, map[string]int{}, map[string]int{}, map[string]float64{}
	names := n.names()
	parts := 0
	for i := range n.Groups {
		g := &n.Groups[i]
		path := fault.Path("groups", g.Population)
		k := n.Population(g.Population)
		if k < 0 {
			if !seen[g.Population] {
				c.want(len(names) == 0, path, g.Population, mustBePopulation(g.Population, names))
			}
			seen[g.Population] = true
			continue
		}
		path = fault.Path(path, g.Name)
		if c.want(MemberName.MatchString(g.Name), path, g.Name, "the name must match "+NamePattern) &&
			c.want(g.Name != sizeOfGroup, path, g.Name, fmt.Sprintf("must have another name: %s.size is the number of neurons of %s", fault.Clip(g.Population), fault.Clip(g.Population))) {
			c.want(!seen[g.FullName()], path, g.Name, "the name must not stand here twice")
		}
		seen[g.FullName()] = true
		c.group(path, g, &n.Populations[k])
		parts += max(1, min(g.Count, MaxParts+1))
		if courses[g.Population] += len(g.Input); courses[g.Population] > maxCourses && courses[g.Population]-len(g.Input) <= maxCourses {
			c.fault(path+".input", strconv.Itoa(courses[g.Population]), fmt.Sprintf("must be at most %d inputs of all groups of a population", maxCourses))
		}
		if poisson[g.Population] += len(g.PoissonInput); poisson[g.Population] > maxCourses && poisson[g.Population]-len(g.PoissonInput) <= maxCourses {
			c.fault(path+".poisson", strconv.Itoa(poisson[g.Population]), fmt.Sprintf("must be at most %d Poisson inputs of all groups of a population", maxCourses))
		}
		c.sameTau(path+".ou_noise.tau", g, &n.Populations[k], tau)
	}
	c.want(parts <= MaxParts, "groups", parts, fmt.Sprintf("must be at most %d, each part of a division counted", MaxParts))
}

// sameTau holds the Ornstein-Uhlenbeck noise of a group to the time constant that its population, or the groups before it, have.
func (c *checker) sameTau(path string, g *Group, p *Population, tau map[string]float64) {
	if g.OUNoise == (OUNoise{}) {
		return
	}
	if p.OUNoise != (OUNoise{}) {
		tau[p.Name] = p.OUNoise.Tau
	}
	if first, ok := tau[p.Name]; ok {
		c.want(!(g.OUNoise.Tau != first), path, g.OUNoise.Tau, fmt.Sprintf("must be %s ms, as of the other ou_noise of %s: a neuron has one such current", fault.Number(first), fault.Clip(p.Name)))
		return
	}
	tau[p.Name] = g.OUNoise.Tau
}

// group checks one of a population.
func (c *checker) group(path string, g *Group, p *Population) {
	chosen := g.Neurons.First != 0 || len(g.Neurons.Listed) > 0
	switch {
	case g.Neurons.Sample != 0:
		c.fault(path, "a sample", mustBeGroup)
	case g.Count != 0:
		c.want(!chosen, path, "neurons and count", mustBeGroup)
		if p.Size >= 1 && p.Size <= MaxNeurons && g.Count <= MaxParts { // of more the sum of all is told
			c.want(g.Count >= 1 && g.Count <= p.Size, path+".count", g.Count, fmt.Sprintf("must be a whole number of parts from 1 to %d, the size of the population", p.Size))
		}
	case !chosen:
		c.fault(path, "no neurons", mustBeGroup)
	default:
		c.neurons(path, &g.Neurons, p)
	}
	keys := g.inputKeys()
	if len(keys) == 0 {
		return
	}
	if p.Neuron.IsSource() {
		c.fault(path+"."+keys[0], fault.Clip(g.FullName()), "must be left out: a source takes no input")
		return
	}
	if p.Keys() == nil { // which is the fault
		return
	}
	for _, key := range keys {
		if key == "input" || key == "bias" || key == "ou_noise" {
			c.wantsCurrent(path+"."+key, p)
		}
	}
	c.poisson(path+".poisson", g.PoissonInput, p)
	if g.WhiteNoise != 0 {
		c.keys(path+".white_noise", g, Keys("white_noise", ""))
		c.whiteNoise(path+".white_noise", p)
	}
	if g.OUNoise != (OUNoise{}) {
		c.keys(path+".ou_noise", &g.OUNoise, Keys("ou_noise", ""))
	}
	c.dist(path+".bias", g.Bias)
	c.input(path+".input", g.Input)
	for _, part := range g.Input {
		switch part.(type) {
		case DC, Step, Pulse:
		default:
			course, _ := CourseOf(part)
			if course != nil {
				c.fault(path+".input", course.Name, "must be numbers, steps and pulses"+insteadOfOne)
			}
			return
		}
	}
}

// names are those of the populations.
func (n *Network) names() []string {
	names := make([]string, len(n.Populations))
	for i, p := range n.Populations {
		names[i] = p.Name
	}
	return names
}

// mustBePopulation is said of a name that is none of those, and mustBePart of one with a dot.
func mustBePopulation(name string, names []string) string {
	return "must be the name of a population: " + fault.Listing(names) + fault.DidYouMean(name, names)
}

// PartFault is the error of a name that means no neurons of the network.
func (n *Network) PartFault(name string) error {
	return fmt.Errorf("%s: %s", fault.Clip(strconv.Quote(name)), n.mustBePart(name))
}

// mustBePart says what a name must be that means no neurons, or "" where its population is unknown, which is the fault.
func (n *Network) mustBePart(name string) string {
	population, rest, grouped := strings.Cut(name, ".")
	if n.Population(population) < 0 {
		return mustBePopulation(population, n.names())
	}
	called, _, numbered := strings.Cut(rest, ".")
	if g := n.Group(population, called); grouped && g != nil {
		if numbered && g.Count > 0 {
			return fmt.Sprintf("must be a part of the division, %s.0 to %s.%d", fault.Clip(g.FullName()), fault.Clip(g.FullName()), g.Count-1)
		}
		return fmt.Sprintf("must be %s: it is no division and has no parts", fault.Clip(g.FullName()))
	}
	var names []string
	for _, g := range n.GroupsOf(population) {
		names = append(names, g.FullName())
	}
	if len(names) == 0 {
		return fmt.Sprintf("must be the name of a population or of a group: %s has no groups", fault.Clip(population))
	}
	return "must be the name of a group: " + fault.Listing(names) + fault.DidYouMean(name, names)
}

// scaled is the group of a population whose size has changed by a factor s: a range is the same share of it, a list stays. Of every
// so many neurons it remains the same ones, such as the odd.
func (g Group) scaled(s float64, before, after int) Group {
	if len(g.Neurons.Listed) != 1 || g.Neurons.Listed[0].From == g.Neurons.Listed[0].To {
		if g.Neurons.First > 0 {
			g.Neurons.First = min(max(1, int(math.Round(float64(g.Neurons.First)*s))), after)
		}
		return g
	}
	span := g.Neurons.Listed[0]
	last := span.To == before-1 || span.To == EveryNeuron
	first := span.From % max(1, span.Every)
	count := math.Round(float64(span.Count()) * s)
	times := math.Round(float64(span.From-first) * s / float64(span.Every))
	span.From = min(first+span.Every*int(times), after-1)
	switch {
	case last:
		span.To = after - 1
	case span.Every > 1:
		span.To = max(span.From, min(span.From+span.Every*int(count-1), after-1))
	default: // so that ranges without a gap have none
		span.To = max(span.From, min(int(math.Round(float64(span.To+1)*s))-1, after-1))
	}
	g.Neurons.Listed = []Span{span}
	return g
}
