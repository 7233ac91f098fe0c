package validate

import (
	"context"
	"fmt"
	"math"
	"slices"

	"einet/network"
)

// What the claims of inhibitory plasticity take. Learning is learningSpeed times as fast as in the preset, so that it has come to rest.
const (
	learningSpeed     = 10
	learningMs        = 40000
	quickLearningMs   = 15000
	learnedPart       = 0.25 // of it, at the end, is looked at
	fixedMs           = 3000 // of networks that don't learn
	manySynapses      = 10   // times the in-degree, weights over as much
	manyScale         = 0.5  // of the sizes that so many synapses have
	learningRuns      = 5
	targetTolerance   = 0.1
	withoutPlasticity = "without plasticity: weights as at the start"
	meanLearnedWeight = "without plasticity: weights as learned, on average"
	doubleTarget      = "target x 2"
)

// inhibition is the projection of a network that has the inhibitory plasticity of Vogels et al. (2011); -1 for none.
func inhibition(net *network.Network) int {
	return slices.IndexFunc(net.Projections, func(p network.Projection) bool { return p.Plasticity.Vogels != network.Vogels{} })
}

// learning judges what inhibitory plasticity makes of a network.
func (c *claims) learning(ctx context.Context) error {
	k := inhibition(c.net)
	if k < 0 {
		c.LeftOut = append(c.LeftOut, "what inhibitory plasticity does: no projection has any")
		return nil
	}
	rule := c.net.Projections[k].Plasticity.Vogels
	ms := float64(learningMs)
	if len(c.effort.Scales) == 0 {
		ms = quickLearningMs
	}
	many, err := manyWeak(c.net, manySynapses)
	if err != nil {
		c.LeftOut = append(c.LeftOut, "the rate with many weak synapses: "+err.Error())
	} else {
		many = faster(many, k)
	}
	nets := []*network.Network{faster(c.net, k), fixed(c.net, k, c.net.Projections[k].Weight.Mean()), faster(aimed(c.net, k, 2), k), nil, many}
	lengths := []float64{ms, fixedMs, ms, fixedMs, ms / 2}
	list := make([]*learnt, len(nets))
	run := func(ctx context.Context, i int) (err error) {
		if nets[i] == nil {
			c.lab.progress()
			return nil
		}
		list[i], err = c.lab.learn(ctx, nets[i], k, rule.Tau, lengths[i], learnedPart*lengths[i])
		return err
	}
	first := []int{0, 1, 2, 4}
	if err := c.lab.each(ctx, len(first), func(ctx context.Context, i int) error { return run(ctx, first[i]) }); err != nil {
		return err
	}
	nets[3] = fixed(c.net, k, list[0].weight)
	if err := run(ctx, 3); err != nil {
		return err
	}
	learned, start, double, still := list[0], list[1], list[2], list[3]
	target := rule.Target
	lo, hi := (1-targetTolerance)*target, (1+targetTolerance)*target

	c.add("regular before it learns: "+claimCV, start.cv, "", 0, 0.3, "at the weights of the start", control{name: "learned", x: learned.cv})
	c.add("irregular behind it: "+claimCV, learned.cv, "", 0.8, 1.5, "a Poisson process has 1, a clock 0", control{name: withoutPlasticity, x: start.cv})
	c.add("the rate that spikes of inhibition see is the target", learned.seen, "Hz", lo, hi, "of E within tau of them; the rule holds it, and not the rate by itself",
		control{name: withoutPlasticity, x: start.seen}, control{name: doubleTarget, x: double.seen})
	if many != nil {
		c.add("with many weak synapses the rate is the target, too", list[4].rate, "Hz", lo, hi, "in-degrees x 10, weights / 10; as it is "+fmt.Sprintf("%.3g Hz", learned.rate),
			control{name: withoutPlasticity, x: start.rate}, control{name: "few and strong, target x 2", x: double.rate})
	}
	c.add("excitation and inhibition of each neuron cancel: |net| / excitatory and external input", learned.net, "", 0, 0.3, "means over time of each neuron, then over neurons",
		control{name: withoutPlasticity, x: start.net})
	c.add("in each as it needs: correlation over neurons of inhibition with excitation", learned.alike, "", 0.5, 1, "means over time of each neuron",
		control{name: meanLearnedWeight, x: still.alike}, control{name: withoutPlasticity, x: finite(start.alike)}.becauseNaN("no inhibition"))
	return nil
}

// faster is net with a projection that learns learningSpeed times as fast.
func faster(net *network.Network, k int) *network.Network {
	n := clone(net)
	v := &n.Projections[k].Plasticity.Vogels
	v.Eta = min(learningSpeed*v.Eta, math.Abs(v.Max))
	return n
}

// aimed is net with another target.
func aimed(net *network.Network, k int, factor float64) *network.Network {
	n := clone(net)
	n.Projections[k].Plasticity.Vogels.Target *= factor
	return n
}

// fixed is net with a projection that does not learn, of the same weight for all synapses.
func fixed(net *network.Network, k int, weight float64) *network.Network {
	n := clone(net)
	n.Projections[k].Plasticity, n.Projections[k].Weight = network.Plasticity{}, network.Number(weight)
	return n
}

// manyWeak is net with manyScale of its neurons, factor times the in-degrees and weights over factor, which learns as fast in parts of them.
func manyWeak(net *network.Network, factor float64) (*network.Network, error) {
	n := clone(net)
	for i := range n.Populations {
		n.Populations[i].Size = int(math.Round(manyScale * float64(n.Populations[i].Size)))
	}
	for i := range n.Projections {
		p := &n.Projections[i]
		if p.P *= factor / manyScale; p.Rule != network.FixedProbability || p.P > 1 {
			return nil, fmt.Errorf("the network is too small for in-degrees x %g", factor)
		}
		p.Weight = p.Weight.Times(1 / factor)
		if v := &p.Plasticity.Vogels; p.Plasticity.Is() {
			v.Eta, v.Min, v.Max = v.Eta/factor, v.Min/factor, v.Max/factor
		}
	}
	return n, nil
}
