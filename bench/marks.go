package bench

import "time"

// A Digest is that of a run's first steps.
type Digest struct {
	Steps  int64         `json:"steps"`
	Spikes int64         `json:"spikes"`
	Digest string        `json:"digest"`
	Wall   time.Duration `json:"wall_ns"` // that these steps took, the shortest of the repetitions
}

// marks are the steps at which a run of so many of the steps that were asked for has a digest: a hundredth
// and a tenth of those asked for, and the last.
func marks(asked, steps int64) []int64 {
	var at []int64
	for _, part := range fractions {
		n := max(1, asked/part)
		if n < steps && (len(at) == 0 || n > at[len(at)-1]) {
			at = append(at, n)
		}
	}
	return append(at, steps)
}

// shortest keeps the shorter times of two repetitions, whose digests are those of now.
func shortest(before, now []Digest) []Digest {
	for i := range now {
		if i < len(before) && before[i].Steps == now[i].Steps {
			now[i].Wall = min(now[i].Wall, before[i].Wall)
		}
	}
	return now
}

// Speed is how many times faster r simulated than o, over the longest stretch from step 0
// that both simulated; ok is false where there is none. Over different stretches it would say
// how much the network does in them: at the start it may be silent, or in step.
func (r *Result) Speed(o *Result) (speed float64, ok bool) {
	longest := int64(0)
	for _, a := range r.Digests {
		for _, b := range o.Digests {
			if a.Steps == b.Steps && a.Steps > longest && a.Wall > 0 && b.Wall > 0 {
				longest, speed, ok = a.Steps, float64(b.Wall)/float64(a.Wall), true
			}
		}
	}
	return speed, ok
}
