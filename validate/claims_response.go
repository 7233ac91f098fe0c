package validate

import (
	"context"
	"fmt"
	"math"

	"einet/network"
)

// response judges the population's response to a step of its input.
func (c *claims) response(ctx context.Context) error {
	if _, ok := stepped(c.net, 2, settleMs); !ok {
		c.LeftOut = append(c.LeftOut, "the response to a step of the input: the input is not constant")
		return nil
	}
	if len(c.effort.Factors) < 2 {
		c.LeftOut = append(c.LeftOut, "the response to a small step of the input")
	}
	controls := make([]*built, responseControls)
	for i, net := range []*network.Network{uncoupled(c.net), constantly(c.net, c.mean), synchronous(c.net)} {
		var err error
		if controls[i], err = c.lab.build(ctx, net, 0); err != nil {
			return err
		}
	}
	var first beside
	for k, factor := range c.effort.Factors {
		// A small step stands out less from the network's own fluctuations.
		r, err := c.lab.respond(ctx, c.net, c.b.connectome, factor, (k+1)*c.effort.Trials)
		if err != nil {
			return err
		}
		var list [responseControls]*Response
		for i, b := range controls {
			if list[i], err = c.lab.respond(ctx, b.net, b.connectome, factor, controlTrials); err != nil {
				return err
			}
		}
		o := beside{list[0], list[1], list[2]}
		c.Responses = append(c.Responses, r)
		c.fast(r, o)
		if k == 0 {
			c.Uncoupled, first = o.alone, o
		}
	}
	c.linear(c.Responses[0], first)
	c.synchrony(c.Responses[0], first)
	return nil
}

// What stands beside a response: those of the cells without synapses, at the network's
// external and at its net input, and that of the synchronous network.
type beside struct{ alone, still, locked *Response }

// fast judges how fast the network responds.
func (c *claims) fast(r *Response, o beside) {
	tau := c.net.Populations[0].TauM
	name := fmt.Sprintf("fast response to the input x %g: ", r.Factor)
	claim := c.add(name+"time to half", float64(r.HalfMs), "ms", 0, tau/10, fmt.Sprintf("a tenth of tau_m %g ms; measured to the step, %g ms", tau, c.net.Dt),
		c.alone(float64(o.alone.HalfMs)).becauseNaN(noRise), control{name: atMeanInput, x: float64(o.still.HalfMs)}.becauseNaN(noRise))
	c.onFluctuations(claim)
	never := fmt.Sprintf("not within %d ms", followMs)
	claim = c.add(name+"time to settle within 15 %", orNaN(r.Settle), "ms", 0, tau,
		fmt.Sprintf("from %.2f to %.2f Hz; peak %.1f, then %.1f Hz over 1 ms; %d trials", r.Before, r.After, r.PeakHz, r.UnderHz, r.Trials),
		c.alone(orNaN(o.alone.Settle)).becauseNaN(never), control{name: atMeanInput, x: orNaN(o.still.Settle)}.becauseNaN(never),
		control{name: longDelays, x: orNaN(o.locked.Settle)}.becauseNaN(never))
	c.onFluctuations(claim)
}

// linear judges that rates go with the input, as fast as balance has it.
func (c *claims) linear(r *Response, o beside) {
	claim := c.add(fmt.Sprintf("linear rates: rate ratio for the input x %g", r.Factor), r.After/r.Before, "", 0.9*r.Factor, 1.1*r.Factor, "",
		c.alone(finite(o.alone.After/o.alone.Before)).becauseNaN("silent before the step"), control{name: atMeanInput, x: finite(o.still.After / o.still.Before)}.becauseNaN("silent before the step"))
	c.onFluctuations(claim)
	s := c.limit()
	if s == nil {
		c.LeftOut = append(c.LeftOut, "the slope of the rate: mean-field theory does not cover this network")
		return
	}
	slope := func(r *Response) float64 { return (r.After - r.Before) / (r.Factor - 1) }
	predicted, note := math.NaN(), "the weights admit no balanced state"
	if b := s.Balance(); b.Holds {
		predicted = b.Rates[0]
		note = fmt.Sprintf("the balance limit's %.2f Hz, to a factor of 1.5", predicted)
	}
	c.add("at the slope of the balance: rate per unit of the input", slope(r), "Hz", predicted/1.5, predicted*1.5, note,
		control{name: withoutSynapses, x: slope(o.alone)})
}

// synchronousOver is how many times its steady value a measure of synchrony is at a
// synchronous start.
const synchronousOver = 3

// synchrony judges how the synchronous start gives way.
func (c *claims) synchrony(r *Response, o beside) {
	own, alone, sync := r.onset(), o.alone.onset(), o.locked.onset()
	c.add("synchronous start: rate of the first ms over the steady rate", own.first, "", synchronousOver, inf, "",
		control{name: withoutSynapses, x: alone.first}.becauseNaN(silent))
	claim := c.add("which gives way: time until the count's variance/mean is steady", own.gaveWay(), "ms", 0, 30, own.String(),
		control{withoutSynapses, alone.gaveWay(), alone.String(), false}, control{longDelays, sync.gaveWay(), sync.String(), false})
	if !(own.early >= synchronousOver*alone.early) {
		claim.lacks(own.String() + ": no start more synchronous than that of cells without synapses")
	}
}

// finite is x, or NaN where it is infinite.
func finite(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}
