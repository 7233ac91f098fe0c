package network

import (
	"fmt"
	"math"
	"strconv"

	"einet/fault"
)

// A Rule names the way a projection chooses its synapses. What follows from it stands in the table
// below; package connectome draws.
type Rule string

// The rules. docs/equations.md has what each draws.
const (
	FixedProbability Rule = "fixed_probability"  // each ordered pair independently with probability P
	FixedInDegree    Rule = "fixed_indegree"     // N sources for each target
	FixedOutDegree   Rule = "fixed_outdegree"    // N targets for each source
	FixedTotalNumber Rule = "fixed_total_number" // N synapses in all
	AllToAll         Rule = "all_to_all"         // each ordered pair
	OneToOne         Rule = "one_to_one"         // neuron i to neuron i
	List             Rule = "list"               // the synapses of Edges
)

// A rule is what follows from a Rule for a projection between populations of pre and post neurons.
type rule struct {
	name Rule
	// each: the rule draws for each target, or each source, by itself, and so among some parts too.
	each bool
	// keys are what a projection has of it in a description.
	keys []Key
	// counts: the rule draws a given number of synapses, N.
	counts bool
	// synapses are the mean numbers of synapses of a target and in all, with those from a neuron to itself.
	synapses func(p *Projection, pre, post float64) (perTarget, inAll float64)
	// own is the mean number of synapses from a neuron to itself that are drawn and left out without Autapses;
	// nil where the rule chooses among the others.
	own func(p *Projection, pre float64) float64
	// most is the largest in-degree; nil where it is random and has a bound that is made of the mean.
	most func(p *Projection, pre, post int) int
	// variance is that of the in-degree, of mean k, and the factor of the variance of the sources' rates in
	// that of what a target gets; nil where there is no mean field.
	variance func(p *Projection, k, pre, post float64) (inDegree, ofRates float64)
	// scale changes N for a factor s on the sizes and k on the in-degrees; nil where there is none.
	scale func(n, s, k float64) float64
	// check is of what the rule needs; pre and post are nil where they are at fault.
	check func(c *checker, path string, p *Projection, pre, post *Population)
}

// rules are all of them, in the order in which they are told.
var rules = []rule{
	{
		name: FixedProbability, each: true,
		keys: []Key{{Name: "p", Is: ByDistance, Of: kernels, Bound: Bound{Allowed: MustChance, Missing: mustPeak}, At: whole, check: checked((*checker).chance),
			About: "each pair has a synapse with this probability, a number or by distance", Need: true}},
		synapses: func(p *Projection, pre, post float64) (float64, float64) { return eachTarget(p.P*pre, post) },
		own:      func(p *Projection, pre float64) float64 { return p.P * pre },
		most:     allSources,
		variance: func(p *Projection, k, _, _ float64) (float64, float64) { return k * (1 - p.P), k * (1 - p.P) },
	},
	{
		name: FixedInDegree, counts: true, each: true,
		keys: []Key{
			{Name: "indegree", Is: AWhole, Bound: aCount, At: at(func(p *Projection) *int { return &p.N }),
				About: "synapses of each target", Need: true},
			multapses,
			near("sources"),
		},
		synapses: func(p *Projection, _, post float64) (float64, float64) { return eachTarget(float64(p.N), post) },
		most:     func(p *Projection, _, _ int) int { return p.N },
		variance: func(p *Projection, k, pre, _ float64) (float64, float64) {
			if p.Multapses {
				return 0, k
			}
			return 0, k * (1 - k/pre)
		},
		scale: func(n, _, k float64) float64 { return n * k },
		check: func(c *checker, path string, p *Projection, pre, _ *Population) {
			c.count(path+".indegree", p, pre, c.choices.sources)
			c.near(path+".near", p, pre)
		},
	},
	{
		name: FixedOutDegree, counts: true, each: true,
		keys: []Key{
			{Name: "outdegree", Is: AWhole, Bound: aCount, At: at(func(p *Projection) *int { return &p.N }),
				About: "synapses of each source", Need: true},
			multapses,
			near("targets"),
		},
		synapses: func(p *Projection, pre, post float64) (float64, float64) { return inAll(float64(p.N)*pre, post) },
		variance: func(p *Projection, k, _, post float64) (float64, float64) {
			if p.Multapses {
				return k, k
			}
			left := k * (1 - float64(p.N)/post)
			return left, left
		},
		scale: func(n, _, k float64) float64 { return n * k },
		check: func(c *checker, path string, p *Projection, _, post *Population) {
			c.count(path+".outdegree", p, post, c.choices.targets)
			c.near(path+".near", p, post)
		},
	},
	{
		name: FixedTotalNumber, counts: true,
		keys: []Key{
			{Name: "synapses", Is: AWhole, Bound: aCount, At: at(func(p *Projection) *int { return &p.N }), About: "in all", Need: true},
			multapses,
		},
		synapses: func(p *Projection, _, post float64) (float64, float64) { return inAll(float64(p.N), post) },
		variance: func(_ *Projection, k, _, _ float64) (float64, float64) { return k, k },
		scale:    func(n, s, k float64) float64 { return n * s * k },
		check:    (*checker).totalNumber,
	},
	{
		name: AllToAll, each: true,
		synapses: func(_ *Projection, pre, post float64) (float64, float64) { return eachTarget(pre, post) },
		own:      func(_ *Projection, pre float64) float64 { return pre },
		most:     allSources,
		variance: func(*Projection, float64, float64, float64) (float64, float64) { return 0, 0 },
	},
	{
		name:     OneToOne,
		synapses: func(_ *Projection, pre, post float64) (float64, float64) { return inAll(pre, post) },
		own:      func(_ *Projection, pre float64) float64 { return pre },
		most:     func(*Projection, int, int) int { return 1 },
		check: func(c *checker, path string, p *Projection, pre, post *Population) {
			c.want(pre == nil || pre.Size == post.Size, path+".rule", string(p.Rule), "needs populations of one size, to connect neuron i to neuron i")
		},
	},
	{
		name: List,
		keys: []Key{
			{Name: "file", Is: AText, ReadApart: true, OmitZero: true, At: at(func(p *Projection) *string { return &p.Edges.File.Path }),
				About: "a file of synapses, its columns by their names or source, target and, if wanted, weight, delay [ms]; neurons from 0; its path is relative to the network's file"},
			{Name: "sha256", Is: AText, ReadApart: true, OmitZero: true, At: at(func(p *Projection) *string { return &p.Edges.File.SHA256 }),
				About: "checksum that the file must have"},
			{Name: "columns", Is: Names, ReadApart: true, OmitZero: true, At: at(func(p *Projection) *[]string { return &p.Edges.As.Columns }),
				About: "names of the file's columns in place of its own; ignore leaves one out"},
			{Name: "population", Is: AText, ReadApart: true, OmitZero: true, At: at(func(p *Projection) *string { return &p.Edges.As.Population }),
				About: "which of the file's lists, of einet's export or SONATA; that of the projection's name or the only one, if left out"},
			{Name: "first_source", Is: AWhole, Bound: Bound{Allowed: mustBeFirst}, ReadApart: true, OmitZero: true,
				At:    at(func(p *Projection) **int64 { return &p.Edges.As.FirstSource }),
				About: "the number that the file gives to the first source neuron, 0 if left out"},
			{Name: "first_target", Is: AWhole, Bound: Bound{Allowed: mustBeFirst}, ReadApart: true, OmitZero: true,
				At: at(func(p *Projection) **int64 { return &p.Edges.As.FirstTarget }), About: "and to the first target neuron, 0 if left out"},
			{Name: "sonata", Is: ABool, ReadApart: true, OmitZero: true, At: at(func(p *Projection) *bool { return &p.Edges.SONATA }),
				About: "true: the synapses are those of this name of the network's SONATA, and file and edges are left out"},
			{Name: "edges", Is: ATable, ReadApart: true, When: unlessFile, At: at(func(p *Projection) *Edges { return &p.Edges }),
				About: "in the place of a file, [source, target, weight, delay] of each synapse, or each column as a list: {source: [...], target: [...], ...}; weight and delay if wanted"},
		},
		synapses: func(p *Projection, _, post float64) (float64, float64) {
			return inAll(float64(len(p.Edges.Source)), post)
		},
		most:  func(p *Projection, _, post int) int { return p.Edges.inDegree(post) },
		check: (*checker).edges,
	},
}

// Rules names all rules, in the order in which they are told.
func Rules() []string {
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = string(r.name)
	}
	return names
}

// rulesOfPairs names the rules that can keep to some pairs of parts.
func rulesOfPairs() (names []string) {
	for _, r := range rules {
		if r.each {
			names = append(names, string(r.name))
		}
	}
	return names
}

// table is the rule's row; that of a word that is no rule draws nothing and has no name.
func (r Rule) table() *rule {
	for i := range rules {
		if rules[i].name == r {
			return &rules[i]
		}
	}
	return &rule{synapses: func(*Projection, float64, float64) (float64, float64) { return 0, 0 }}
}

// eachTarget is the numbers of synapses where each target has k, and inAll where there are n in all.
func eachTarget(k, post float64) (perTarget, inAll float64) { return k, k * post }
func inAll(n, post float64) (perTarget, inAll float64)      { return n / post, n }

func allSources(_ *Projection, pre, _ int) int { return pre }

// Counts tells whether the rule draws a given number of synapses, N.
func (r Rule) Counts() bool { return r.table().counts }

// IsBounded tells whether in-degrees are random but for a bound that has to be kept, InDegreeBound.
func (r Rule) IsBounded() bool { return r.table().most == nil }

// MayRepeat tells whether a pair of neurons may have several synapses.
func (p *Projection) MayRepeat() bool { return p.Rule == List || p.Rule.Counts() && p.Multapses }

// meanWeight is that of a projection's synapses.
func (p *Projection) meanWeight() float64 {
	if len(p.Edges.Weight) == 0 {
		return p.Weight.Mean()
	}
	sum := 0.0
	for _, w := range p.Edges.Weight {
		sum += w
	}
	return sum / float64(len(p.Edges.Weight))
}

// Excitatory tells whether a projection's weights are not negative: a weight of
// zero counts as positive, but where w_max of long-term plasticity is negative.
func (p *Projection) Excitatory() bool {
	if p.Plasticity.Is() {
		return p.Plasticity.Bounds().Max >= 0
	}
	return p.meanWeight() >= 0
}

// Sizes are the numbers of neurons of the two populations of projection i.
func (n *Network) Sizes(i int) (pre, post int) {
	p := &n.Projections[i]
	return n.Populations[n.Population(p.From)].Size, n.Populations[n.Population(p.To)].Size
}

// MeanSynapses are the mean numbers of synapses of projection i of a target and in all, with those from a neuron to
// itself whether they are left out or not.
func (n *Network) MeanSynapses(i int) (perTarget, inAll float64) {
	p := &n.Projections[i]
	pre, post := n.Ends(i)
	sources := float64(pre.Size)
	if !p.Rule.Counts() {
		_, _, sources = p.partners(&post, &pre)
	}
	perTarget, inAll = p.Rule.table().synapses(p, sources, float64(post.Size))
	if p.Rule == FixedProbability && p.Near.Falls() {
		of := n.overPairs(p, p.Near.At)
		perTarget, inAll = float64(of*perTarget), float64(of*inAll)
	}
	return perTarget, inAll
}

// MeanLeftOut is the mean number of synapses from a neuron to itself that are drawn of projection i, of which so many neurons are
// a source and a target (Selves), and left out.
func (p *Projection) MeanLeftOut(selves int) float64 {
	own := p.Rule.table().own
	if own == nil || p.Autapses || p.From != p.To {
		return 0
	}
	return own(p, float64(selves))
}

// InDegreeBound is the most synapses that a neuron can receive through
// projection i. For the rules that draw targets it is 8 standard deviations and
// 16 above the mean, and a connectome that exceeds it is refused.
func (n *Network) InDegreeBound(i int) int {
	p := &n.Projections[i]
	pre, post := n.Ends(i)
	_, sources, _ := p.partners(&post, &pre)
	if most := p.Rule.table().most; most != nil {
		return most(p, sources, post.Size)
	}
	mean, _ := n.MeanSynapses(i)
	variance := mean
	if p.Near.Falls() {
		most, added := n.mostInDegree(p)
		mean, variance = most, most+added
	}
	bound := math.Ceil(mean + 8*math.Sqrt(variance) + 16)
	if !p.Multapses {
		bound = math.Min(bound, float64(sources))
	}
	return int(math.Min(bound, math.MaxInt32))
}

// InDegreeVariance is the variance of the in-degrees of projection i, and the factor with which the variance of its
// sources' rates adds to that of what its targets get. It is false of rules that leave no mean field.
func (n *Network) InDegreeVariance(i int) (inDegree, ofRates float64, ok bool) {
	p := &n.Projections[i]
	variance := p.Rule.table().variance
	if variance == nil || p.ByDistance() {
		return 0, 0, false
	}
	k, _ := n.MeanSynapses(i)
	pre, post := n.Ends(i)
	inDegree, ofRates = variance(p, k, float64(pre.Size), float64(post.Size))
	return inDegree, ofRates, true
}

// inDegree is the largest number of synapses of a target.
func (e *Edges) inDegree(targets int) int {
	counts, most := make([]int, targets), 0
	for _, t := range e.Target {
		counts[t]++
		most = max(most, counts[t])
	}
	return most
}

// rescale changes what the rule draws for a factor s on the sizes, as Scaling says; pre is the number of sources that a target chose among before.
func (p *Projection) rescale(s float64, by *Scaling, pre float64) {
	k, before := power(s, by.Indegree), p.P
	p.P *= power(s, by.P)
	if scale := p.Rule.table().scale; scale != nil {
		p.N = scaledCount(scale(float64(p.N), s, k))
	} else if p.Rule == FixedProbability && by.Rule == FixedInDegree && !p.Near.Falls() {
		p.Rule, p.N, p.P = FixedInDegree, scaledCount(before*pre*k), 0
	}
}

// scaledCount is a whole number that N may be.
func scaledCount(x float64) int { return int(math.Min(math.Round(x), 1<<53)) }

// choices are the fewest neurons that one may choose its sources, or its targets, among, and how many neurons might choose
// themselves, of the projection that is being checked.
type choices struct{ sources, targets, selves int }

// count checks N against the neurons of one end that may be chosen; of is nil where it is at fault.
func (c *checker) count(path string, p *Projection, of *Population, choice int) {
	if !c.want(p.N >= 0 && p.N <= math.MaxInt32, path, p.N, mustCount) || of == nil {
		return
	}
	why := ""
	if choice < of.Size {
		why = fmt.Sprintf(" of %s parts", p.Pairs)
		if p.Pairs == SamePart {
			why = " of the same part"
		}
	}
	if !p.Autapses && c.choices.selves > 0 {
		choice, why = choice-1, why+", itself left out"
	}
	if p.Multapses {
		c.want(p.N == 0 || choice > 0, path, p.N, "must be 0: there is no neuron to choose"+why)
		return
	}
	c.want(p.N <= choice, path, p.N, fmt.Sprintf("must be at most %d, the neurons of %s%s; or allow multapses", choice, fault.Clip(of.Name), why))
}

func (c *checker) totalNumber(path string, p *Projection, pre, post *Population) {
	c.want(p.N >= 0, path+".synapses", p.N, mustCount)
	c.want(p.Multapses, path+".multapses", "false", "must be true: fixed_total_number draws every synapse by itself")
	if pre == nil || p.Autapses || c.choices.selves == 0 {
		return
	}
	if c.want(pre.Name == post.Name, path+".autapses", "false", "must be true: the groups have some neurons in common; fixed_probability can leave those pairs out") {
		c.want(p.N <= 0 || pre.Size > 1, path+".autapses", "false", "must be true: the population has one neuron")
	}
}

// rule checks that there is such a rule, and what it needs.
func (c *checker) rule(path string, p *Projection, pre, post *Population) bool {
	r := p.Rule.table()
	if r.name == "" {
		c.fault(path+".rule", fault.Clip(strconv.Quote(string(p.Rule))), mustRule+fault.DidYouMean(string(p.Rule), Rules()))
		return false
	}
	if r.check != nil {
		r.check(c, path, p, pre, post)
	}
	return true
}
