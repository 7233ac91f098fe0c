package cpu

// A visit takes synapses of a row to a step: through the spikes of their targets that were there since the last visit, and then, if
// their source fires in the step, through its spike.
type visit struct {
	*plastic
	*row
	step  uint32
	fires bool
	slow  uint32 // x' of the source at the step
}

// A visitKernel takes synapses begin to end-1. Where the source fires it leaves in brings what they bring.
type visitKernel func(v *visit, begin, end int)

// visitScalar is what docs/equations.md says of long-term plasticity, one synapse after the other.
func visitScalar(v *visit, begin, end int) {
	for i := begin; i < end; i++ {
		omega := v.synapse(i)
		v.omegas[i] = omega
		if v.fires {
			v.brings[i-begin] = v.Weigh(omega)
		}
	}
}

// synapse is ω of a synapse behind the step. Of its target's spikes those count that are there up to the step, and for y those before it.
func (v *visit) synapse(i int) uint32 {
	p, delay := v.plastic.Plasticity, uint32(v.Delay)
	if v.delays != nil {
		delay += uint32(v.delays[i])
	}
	from, last := v.until-min(v.until, delay), v.step-min(v.step, delay) // steps of targets' spikes that are there at these
	at := int(uint32(v.targets[i])-v.lo) * v.spikes.kept
	steps := v.spikes.steps[at:][:v.spikes.kept]
	first := 0 // of those that are there
	for steps[first] > last {
		first++
	}
	n := first
	for steps[n] > from {
		n++
	}
	omega := v.omegas[i]
	for n--; n >= first; n-- {
		slow := uint32(0)
		if v.spikes.slows != nil {
			slow = v.spikes.slows[at+n]
		}
		omega = p.OfTarget(omega, p.Source.After(steps[n]+delay-v.Last, v.Fast), slow)
	}
	if !v.fires {
		return omega
	}
	if steps[first] == last && last > 0 {
		first++
	}
	return p.OfSource(omega, p.Target.After(last-steps[first], v.spikes.fasts[at+first]), v.slow)
}
