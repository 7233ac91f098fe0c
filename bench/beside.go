package bench

// A Pair is an engine's results on one network here and in another report, where
// both have it.
type Pair struct {
	Here, There *Result // nil where there is none
	Any         *Result // one of the two
	Compared    int     // digests that were compared with any engine's of the other report
	Differs     string  // how the spikes differ, "" if they don't
}

// Beside lays the results of another report beside those of this one, engine by
// engine, on the networks that both have. Digests are compared whatever the engine:
// they are the network's.
func Beside(here, there []Result) []Pair {
	var list []Pair
	taken := map[*Result]bool{}
	for i := range here {
		p := Pair{Here: &here[i], Any: &here[i]}
		common := false
		for k := range there {
			o := &there[k]
			if !o.Same(p.Here) {
				continue
			}
			common = true
			p.compare(p.Here, o)
			if p.There == nil && o.Label() == p.Here.Label() {
				p.There, taken[o] = o, true
			}
		}
		if common {
			list = append(list, p)
		}
	}
	for k := range there {
		p := Pair{There: &there[k], Any: &there[k]}
		if taken[p.There] {
			continue
		}
		common := false
		for i := range here {
			if here[i].Same(p.There) {
				common = true
				p.compare(&here[i], p.There)
			}
		}
		if common {
			list = append(list, p)
		}
	}
	return list
}

func (p *Pair) compare(here, there *Result) {
	where, n := here.Differs(there)
	p.Compared += n
	if p.Differs == "" {
		p.Differs = where
	}
}
