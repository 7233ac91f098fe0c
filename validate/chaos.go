package validate

import (
	"context"
	"fmt"
	"math"

	"einet/cpuref"
	"einet/dynamics"
	"einet/network"
	"einet/sim"
)

// Chaos is what the loss of one spike does.
type Chaos struct {
	DivergeMs   float64 `json:"diverge_ms"`  // until fewer than half of the spikes coincide to the step; NaN if never
	Coincident  float64 `json:"coincident"`  // share of spikes that both runs have, in the last part
	ByChance    float64 `json:"by_chance"`   // share expected of independent trains with these rates
	RateChanged float64 `json:"rate_change"` // relative, over the last part
}

// Times of the chaos experiment [ms].
const (
	chaosLostMs   = 200
	chaosFollowMs = 300
	chaosBinMs    = 2
)

// changed is the size of the rate's change, NaN where there is no chaos to change it.
func (x Chaos) changed() float64 {
	if math.IsNaN(x.DivergeMs) {
		return math.NaN()
	}
	return math.Abs(x.RateChanged)
}

// chaos simulates the network twice on the reference engine, the second time
// without delivering one spike, and compares the trains from there on. It returns the
// first trains, too.
func (l *Lab) chaos(ctx context.Context, b *built) (Chaos, []sim.Spike, error) {
	from, steps := chaosSteps(b.net)
	first, err := l.trains(ctx, b, steps, nil)
	if err != nil {
		return Chaos{}, nil, err
	}
	var lost *sim.Spike
	for i := range first {
		if int64(first[i].Step) > from {
			lost = &first[i]
			break
		}
	}
	if lost == nil {
		return Chaos{DivergeMs: math.NaN(), Coincident: math.NaN(), RateChanged: math.NaN()}, first, nil
	}
	second, err := l.trains(ctx, b, steps, lost)
	if err != nil {
		return Chaos{}, nil, err
	}
	return compareTrains(b.net, first, second, from, steps), first, nil
}

// driven compares the trains of a network with those of one that differs in its input
// instead of a spike that is lost.
func (l *Lab) driven(ctx context.Context, b *built, first []sim.Spike, other *network.Network) (Chaos, error) {
	from, steps := chaosSteps(b.net)
	second, err := l.trains(ctx, &built{other, b.connectome}, steps, nil)
	if err != nil {
		return Chaos{}, err
	}
	return compareTrains(b.net, first, second, from, steps), nil
}

// chaosSteps are the step after which a spike is lost, and the last.
func chaosSteps(net *network.Network) (from, last int64) {
	return int64(net.Steps(chaosLostMs)), int64(net.Steps(chaosLostMs + chaosFollowMs))
}

func (l *Lab) trains(ctx context.Context, b *built, steps int64, lost *sim.Spike) ([]sim.Spike, error) {
	m, err := dynamics.New(b.net)
	if err != nil {
		return nil, err
	}
	e := cpuref.New(m, b.connectome)
	if lost != nil {
		e.Lose(*lost)
	}
	var all []sim.Spike
	err = sim.Run(ctx, e, steps, nil, spikesTo(func(s []sim.Spike) { all = append(all, s...) }))
	if l.Progress != nil {
		l.Progress()
	}
	return all, err
}

func compareTrains(net *network.Network, a, b []sim.Spike, from, steps int64) Chaos {
	other := map[sim.Spike]bool{}
	for _, s := range b {
		other[s] = true
	}
	bin := int64(net.Steps(chaosBinMs))
	n := (steps - from) / bin
	spikes, shared := make([]float64, n), make([]float64, n)
	for _, s := range a {
		if w := (int64(s.Step) - from - 1) / bin; int64(s.Step) > from && w < n {
			spikes[w]++
			if other[s] {
				shared[w]++
			}
		}
	}
	c := Chaos{DivergeMs: math.NaN()}
	for w := range spikes {
		if spikes[w] > 0 && shared[w] < spikes[w]/2 {
			c.DivergeMs = (float64(w) + 0.5) * chaosBinMs
			break
		}
	}
	lastFrom := from + (steps-from)/2
	count := func(list []sim.Spike) (x float64) {
		for _, s := range list {
			if int64(s.Step) > lastFrom {
				x++
			}
		}
		return x
	}
	countA, countB, both := count(a), count(b), 0.0
	for _, s := range a {
		if int64(s.Step) > lastFrom && other[s] {
			both++
		}
	}
	c.Coincident = both / countA
	c.ByChance = countB / float64(net.Neurons()) / float64(steps-lastFrom)
	c.RateChanged = countB/countA - 1
	return c
}

// chaos judges what a lost spike does.
func (c *claims) chaos(ctx context.Context) error {
	var x, alone, driven Chaos
	more, constant := stepped(c.net, 1.1, chaosLostMs)
	err := c.lab.each(ctx, 2, func(ctx context.Context, i int) error {
		if i > 0 {
			b, err := c.lab.build(ctx, uncoupled(c.net), 1)
			if err != nil {
				return err
			}
			alone, _, err = c.lab.chaos(ctx, b)
			return err
		}
		var first []sim.Spike
		var err error
		if x, first, err = c.lab.chaos(ctx, c.b); err != nil {
			return err
		}
		if constant {
			driven, err = c.lab.driven(ctx, c.b, first, more)
		}
		return err
	})
	if err != nil {
		return err
	}
	c.add("chaos: time until half of the spikes differ after one is lost", x.DivergeMs, "ms", 0, 200,
		fmt.Sprintf("later %.2g of the spikes coincide, %.2g by chance", x.Coincident, x.ByChance),
		control{name: withoutSynapses, x: alone.DivergeMs}.becauseNaN(noChaos))
	controls := []control{control{name: withoutSynapses, x: alone.changed()}.becauseNaN(noChaos)}
	if constant {
		controls = append(controls, control{name: moreInput, x: driven.changed()}.becauseNaN(noChaos))
	}
	claim := c.add("which leaves the statistics alone: relative change of the rate", x.changed(), "", 0, 0.05, "", controls...)
	if math.IsNaN(x.DivergeMs) {
		claim.lacks(noChaos)
	}
	return nil
}
