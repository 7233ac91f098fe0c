package network

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
