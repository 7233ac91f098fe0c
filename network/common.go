package network

// Common is how many neurons two parts have in common.
func (p *Part) Common(q *Part) (count int) {
	switch {
	case p.Population != q.Population:
		return 0
	case q.IsAll():
		return p.Size
	case p.IsAll():
		return q.Size
	case p.Size == 0 || q.Size == 0:
		return 0
	case len(p.spans)*len(q.spans) <= mostTabled: // of any size in no time
		for _, s := range p.spans {
			for _, t := range q.spans {
				count += s.common(t)
			}
		}
		return count
	case p.Size > q.Size:
		p, q = q, p
	}
	among := map[int]bool{}
	for i := range p.Size {
		among[p.At(i)] = true
	}
	for _, s := range q.spans {
		if s.Count() > p.Size { // such as all even numbers
			for i := range among {
				if i >= s.From && i <= s.To && (i-s.From)%s.Every == 0 {
					count++
				}
			}
			continue
		}
		for i := s.From; i <= s.To; i += s.Every {
			if among[i] {
				count++
			}
		}
	}
	return count
}

// mostTabled is the most neurons of several spans that are listed one by one, and pairs of spans that are looked at.
const mostTabled = 1 << 20

// common is how many neurons two spans have in common.
func (s Span) common(t Span) int {
	x, both := s.firstOf(t)
	if !both {
		return 0
	}
	s, t = byEvery(s, t)
	to, period := min(s.To, t.To), t.Every
	for period%s.Every != 0 && period <= to-x {
		period += t.Every
	}
	return (to-x)/period + 1
}

// firstOf is the first neuron that two spans have in common, if there is any.
func (s Span) firstOf(t Span) (neuron int, both bool) {
	s, t = byEvery(s, t)
	from, to := max(s.From, t.From), min(s.To, t.To)
	x := t.From + (from-t.From+t.Every-1)/t.Every*t.Every
	for each := t.Every; x <= to && each <= s.Every*t.Every; each += t.Every { // it is among the next s.Every of t, or there is none
		if (x-s.From)%s.Every == 0 {
			return x, true
		}
		x += t.Every
	}
	return 0, false
}

// byEvery puts the span with the smaller stride in front.
func byEvery(s, t Span) (Span, Span) {
	if s.Every > t.Every {
		return t, s
	}
	return s, t
}
