package cpu

import "einet/dynamics"

// targetSpikes are the last spikes of the targets of a plastic, of each as many, the latest first. Before a target's first spike there is
// one of step 0 that has left nothing, or the last of those before the state that an engine has gone on from.
type targetSpikes struct {
	kept   int      // of each
	steps  []uint32 // [target*kept + number]
	fasts  []uint32 // likewise: y behind the spike
	slows  []uint32 // likewise, of triplet: y' just before the spike
	latest []latest // of each target, again
	behind []uint32 // of triplet: y' behind the latest
}

// A latest spike's step, and y behind it; and the steps of the two before it, which are needed next, in the same cache line.
type latest struct{ step, fast, second, third uint32 }

// The numbers of spikes that are kept of a target at first, powers of two, and how many synapses of its own it has for each of more than a few.
const (
	fewestKept      = 8
	mostKept        = 64
	synapsesPerKept = 8
)

// newTargetSpikes keeps as many spikes as take about a byte a synapse, so that rows need hardly ever be brought up to date for targets
// alone.
func newTargetSpikes(p *dynamics.Plasticity, targets, synapses int) targetSpikes {
	s := targetSpikes{kept: fewestKept, latest: make([]latest, targets)}
	for s.kept < mostKept && 2*s.kept*targets < synapses/synapsesPerKept {
		s.kept *= 2
	}
	s.steps, s.fasts = make([]uint32, targets*s.kept), make([]uint32, targets*s.kept)
	if p.Rule == dynamics.Triplet {
		s.slows, s.behind = make([]uint32, targets*s.kept), make([]uint32, targets)
	}
	return s
}

// full tells whether another spike would drive out one that rows need which are up to date up to a step: those that are at synapses
// later, delay steps after they were fired at most, and of the others the last one.
func (s *targetSpikes) full(t, step, delay uint32) bool {
	next := s.steps[int(t)*s.kept+s.kept-2]
	return next > 0 && next+delay > step
}

// grow keeps twice as many.
func (s *targetSpikes) grow() {
	for _, list := range []*[]uint32{&s.steps, &s.fasts, &s.slows} {
		if *list == nil {
			continue
		}
		longer := make([]uint32, 2*len(*list))
		for t := range s.latest {
			copy(longer[2*t*s.kept:], (*list)[t*s.kept:][:s.kept])
		}
		*list = longer
	}
	s.kept *= 2
}

// fire takes a target through a spike.
func (s *targetSpikes) fire(p *dynamics.Plasticity, t, step uint32) {
	l := &s.latest[t]
	trace, before := dynamics.PlasticTrace{Last: l.step, Fast: l.fast}, uint32(0)
	if s.behind != nil {
		trace.Slow = s.behind[t]
		before = p.SlowTarget.After(step-trace.Last, trace.Slow)
	}
	p.TargetFires(&trace, step)
	s.push(t, trace, before)
}

// push puts a spike before those of a target: what is left just behind it, and y' just before.
func (s *targetSpikes) push(t uint32, behind dynamics.PlasticTrace, before uint32) {
	l := &s.latest[t]
	*l = latest{behind.Last, behind.Fast, l.step, l.second}
	shift(s.steps[int(t)*s.kept:][:s.kept], behind.Last)
	shift(s.fasts[int(t)*s.kept:][:s.kept], behind.Fast)
	if s.behind != nil {
		s.behind[t] = behind.Slow
		shift(s.slows[int(t)*s.kept:][:s.kept], before)
	}
}

func shift(list []uint32, x uint32) {
	copy(list[1:], list)
	list[0] = x
}

// set makes a trace all that a target has.
func (s *targetSpikes) set(t uint32, trace dynamics.PlasticTrace) {
	s.latest[t] = latest{}
	for _, list := range [][]uint32{s.steps, s.fasts, s.slows} {
		if list != nil {
			clear(list[int(t)*s.kept:][:s.kept])
		}
	}
	s.push(t, trace, 0)
}
