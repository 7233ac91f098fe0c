package network

import "math"

// InDegreeBound is the most synapses that a neuron can receive through
// projection i. For the rules that draw targets it is 8 standard deviations and
// 16 above the mean, and a connectome that exceeds it is refused.
func (n *Network) InDegreeBound(i int) int {
	p := &n.Projections[i]
	pre, post := n.Populations[n.Population(p.From)].Size, n.Populations[n.Population(p.To)].Size
	mean := 0.0
	switch p.Rule {
	case FixedInDegree:
		return p.N
	case OneToOne:
		return 1
	case List:
		return p.Edges.inDegree(post)
	case FixedOutDegree:
		mean = float64(p.N) * float64(pre) / float64(post)
	case FixedTotalNumber:
		mean = float64(p.N) / float64(post)
	default:
		return pre
	}
	bound := math.Ceil(mean + 8*math.Sqrt(mean) + 16)
	if !p.Multapses {
		bound = math.Min(bound, float64(pre))
	}
	return int(math.Min(bound, math.MaxInt32))
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

// Excitatory tells whether a projection's weights are not negative: a weight of
// zero counts as positive.
func (p *Projection) Excitatory() bool {
	if p.Rule == List && len(p.Edges.Weight) > 0 {
		sum := 0.0
		for _, w := range p.Edges.Weight {
			sum += w
		}
		return sum >= 0
	}
	return p.Weight.Mean() >= 0
}

// Plus is the distribution of the variable plus x.
func (d Dist) Plus(x float64) Dist {
	if d.A, d.Low, d.High = d.A+x, d.Low+x, d.High+x; d.Kind == Uniform {
		d.B += x
	}
	return d
}

// Times is the distribution of s times the variable, s > 0.
func (d Dist) Times(s float64) Dist {
	d.A, d.B, d.Low, d.High = d.A*s, d.B*s, d.Low*s, d.High*s
	return d
}
