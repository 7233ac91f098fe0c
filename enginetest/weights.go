package enginetest

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// Learns is Run on the networks with long-term plasticity, with the weights too, for an engine; and Loses, if it can, and Late at some
// steps.
func Learns(t *testing.T, make Factory, late ...int64) { LearnsOn(t, Learning(), make, late...) }

// LearnsOn is Learns on some networks.
func LearnsOn(t *testing.T, networks []*network.Network, make Factory, late ...int64) {
	RunOn(t, networks, make)
	for _, n := range networks {
		t.Run(n.Name, func(t *testing.T) {
			m, c := Build(t, n)
			t.Run("wrong", func(t *testing.T) { wrongPlastic(t, m, c, make) })
			t.Run("manners", func(t *testing.T) { weighManners(t, m, c, make) })
			if _, can := make(t, m, c).(interface{ Lose(sim.Spike) }); can {
				t.Run("loses", func(t *testing.T) { loses(t, n, make) })
			}
		})
	}
	t.Run("late", func(t *testing.T) { Late(t, networks, make, late...) })
}

// compareWeights compares the weights of long-term plasticity.
func compareWeights(t *testing.T, m *dynamics.Model, reference, engine sim.Engine) {
	if !m.IsPlastic() {
		return
	}
	for k := range m.Projections {
		if m.Projections[k].Plasticity == nil {
			continue
		}
		want, err := reference.(sim.Weigher).Weights(k, nil)
		require.NoError(t, err)
		got, err := engine.(sim.Weigher).Weights(k, []uint32{7})
		require.NoError(t, err)
		require.Len(t, got, 1+len(want))
		require.EqualValues(t, 7, got[0], "Weights appends")
		for i := range want {
			if got[1+i] != want[i] {
				require.FailNowf(t, "weights differ", "step %d, projection %d, synapse %d: %d, the reference has %d", reference.Step(), k, i, got[1+i], want[i])
			}
		}
		var some []int64
		var of []uint32
		for i := len(want) - 1; i >= 0; i -= 1 + len(want)/7 {
			some, of = append(some, int64(i)), append(of, want[i])
		}
		gathered := make([]uint32, len(some))
		require.NoError(t, engine.(sim.Weigher).GatherWeights(k, some, gathered))
		require.Equal(t, of, gathered)
	}
	want, err := sim.WeightsDigest(m, reference.(sim.Weigher))
	require.NoError(t, err)
	got, err := sim.WeightsDigest(m, engine.(sim.Weigher))
	require.NoError(t, err)
	require.Len(t, want, 64)
	require.Equal(t, want, got)
}

// WrongAmplitudes are the controls of what weights are compared for: the weights of each plastic projection change, and the digest is another where one
// of its amplitudes is 2 % off. Of random networks half of the projections do; others are saturated or silent.
func WrongAmplitudes(t *testing.T) {
	for _, n := range Learning() {
		t.Run(n.Name+"/amplitudes", func(t *testing.T) {
			m, c := Build(t, n)
			run := func(m *dynamics.Model) (sim.Weigher, string) {
				e := cpuref.New(m, c)
				require.NoError(t, e.Advance(t.Context(), 1500))
				digest, err := sim.WeightsDigest(m, e)
				require.NoError(t, err)
				return e, digest
			}
			right, digest := run(m)
			matter, plastic := map[string][]int{}, 0
			for k := range m.Projections {
				p := m.Projections[k].Plasticity
				if p == nil {
					continue
				}
				plastic++
				start, err := cpuref.New(m, c).Weights(k, nil)
				require.NoError(t, err)
				weights, err := right.Weights(k, nil)
				require.NoError(t, err)
				if !slices.Equal(start, weights) {
					matter["spikes"] = append(matter["spikes"], k)
				}
				for name, change := range map[string]func(p *dynamics.Plasticity){
					"plus":  func(p *dynamics.Plasticity) { p.Plus -= p.Plus / 50 },
					"minus": func(p *dynamics.Plasticity) { p.Minus -= p.Minus / 50; p.Alpha += p.Alpha / 50 },
				} {
					off, changed := *m, *p
					off.Projections = slices.Clone(m.Projections)
					change(&changed)
					off.Projections[k].Plasticity = &changed
					if _, other := run(&off); other != digest {
						matter[name] = append(matter[name], k)
					}
				}
			}
			least := plastic
			if strings.Contains(n.Name, "random") {
				least = (plastic + 1) / 2
			}
			for _, name := range []string{"spikes", "plus", "minus"} {
				require.GreaterOrEqual(t, len(matter[name]), least, "%s: projections %v", name, matter[name])
			}
		})
	}
}

// weighManners: what the Weigher interface promises beside the numbers.
func weighManners(t *testing.T, m *dynamics.Model, c *connectome.Connectome, make Factory) {
	e := make(t, m, c).(sim.PlasticSaver)
	static := slices.IndexFunc(m.Projections, func(p dynamics.Projection) bool { return p.Plasticity == nil })
	if static >= 0 {
		_, err := e.Weights(static, nil)
		require.ErrorContains(t, err, "has no long-term plasticity")
	}
	k := slices.IndexFunc(m.Projections, func(p dynamics.Projection) bool { return p.Plasticity != nil })
	_, err := e.Weights(len(m.Projections), nil)
	require.ErrorContains(t, err, "the network has")
	weights, err := e.Weights(k, nil)
	require.NoError(t, err)
	dst := []uint32{1, 2}
	require.ErrorContains(t, e.GatherWeights(k, []int64{0}, dst), "room for 2")
	require.ErrorContains(t, e.GatherWeights(k, []int64{0, int64(len(weights))}, dst), "weights: synapse")
	require.ErrorContains(t, e.GatherWeights(k, []int64{-1, 0}, dst), "weights: synapse -1")
	require.ErrorContains(t, e.GatherWeights(-1, nil, nil), "projection -1")
	require.NoError(t, e.GatherWeights(k, nil, nil))
	require.ErrorContains(t, e.Coming(0, 99, nil), "what is to come")
	require.ErrorContains(t, e.Coming(m.Projections[k].To, m.Projections[k].Receptor, nil), "room for 0")

	i := 0
	err = c.Projections[k].Each(func(_, _ int, weight, _ uint32) error {
		require.Equal(t, m.Projections[k].Plasticity.Initial[weight], weights[i], "synapse %d at the start", i)
		i++
		return nil
	})
	require.NoError(t, err)
	require.Len(t, weights, i)
	require.ErrorContains(t, e.Resume(1, nil, m.Releases()), "no state of long-term plasticity")
}

// A stopped is a run of the reference that others go on from: with the state of long-term plasticity as it was, and with states of which one
// part is another and matters to what comes.
type stopped struct {
	from     *cpuref.Engine
	spikes   []sim.Spike
	underWay []sim.Spike
	before   [][]dynamics.Release
	right    []byte
	wrong    []wrongState
}

// A wrongState has another value of a part, the i-th of projection k, and what is saved some steps later.
type wrongState struct {
	part  string
	k, i  int
	after []byte
}

// state is a new copy of what was there.
func (s *stopped) state(t *testing.T, m *dynamics.Model) *sim.Plastic {
	u := sim.NewUnderWay(m)
	require.NoError(t, u.Spikes(s.from.Step(), s.spikes))
	p, err := u.Plastic(s.from)
	require.NoError(t, err)
	require.NoError(t, p.Check(m, s.from.Step()))
	return p
}

// after is what an engine that goes on from a state saves some steps later.
func (s *stopped) after(t *testing.T, m *dynamics.Model, e sim.PlasticSaver, p *sim.Plastic) []byte {
	for _, r := range sim.Rows(m) {
		words := slices.Repeat([]uint32{0}, r.Size)
		require.NoError(t, s.from.Save(r, words))
		require.NoError(t, e.Load(r, words))
	}
	require.NoError(t, e.LoadPlastic(p))
	require.NoError(t, e.Resume(s.from.Step(), s.underWay, s.before))
	var all []byte
	for _, steps := range []int{m.MaxDelay, 300} {
		require.NoError(t, e.Advance(t.Context(), steps))
		for _, r := range sim.Rows(m) {
			words := slices.Repeat([]uint32{0}, r.Size)
			require.NoError(t, e.Save(r, words))
			for _, w := range words {
				all = binary.LittleEndian.AppendUint32(all, w)
			}
		}
	}
	digest, err := sim.WeightsDigest(m, e)
	require.NoError(t, err)
	return append(all, digest...)
}

// wrongParts change the i-th of a part of the state, of projection k, if there is one.
var wrongParts = map[string]func(m *dynamics.Model, s *sim.Plastic, k, i int) bool{
	"weight": func(_ *dynamics.Model, s *sim.Plastic, k, i int) bool {
		if i >= len(s.Weights[k]) {
			return false
		}
		if w := &s.Weights[k][i]; *w > 1<<30 {
			*w -= 1 << 20
		} else {
			*w += 1 << 20
		}
		return true
	},
	"source": func(_ *dynamics.Model, s *sim.Plastic, k, i int) bool { return spoil(s.Sources[k], i) },
	"target": func(_ *dynamics.Model, s *sim.Plastic, k, i int) bool { return spoil(s.Targets[k], i) },
	"coming": func(m *dynamics.Model, s *sim.Plastic, k, i int) bool {
		p := &m.Projections[k]
		sums := s.Coming[p.To][p.Receptor]
		for at := i * m.Populations[p.To].Size; at < len(sums); at++ {
			if sums[at] != 0 {
				sums[at] += p.MaxWeight
				return true
			}
		}
		return false
	},
}

// stop runs the reference until spikes of plastic projections are under way, and looks for a value of each part that matters.
func stop(t *testing.T, m *dynamics.Model, c *connectome.Connectome) *stopped {
	s := &stopped{from: cpuref.New(m, c)}
	for steps := 300 + m.MaxDelay; !isComing(t, m, s.from); steps = 1 {
		require.NoError(t, s.from.Advance(t.Context(), steps))
		var err error
		s.spikes, err = s.from.Spikes(s.spikes)
		require.NoError(t, err)
	}
	s.underWay = slices.DeleteFunc(slices.Clone(s.spikes), func(x sim.Spike) bool { return int64(x.Step) <= s.from.Step()-int64(m.MaxDelay) })
	before := sim.NewReleases(m)
	for _, x := range s.spikes[:len(s.spikes)-len(s.underWay)] {
		before.Fire(x, nil)
	}
	s.before = before.States
	s.right = s.after(t, m, cpuref.New(m, c), s.state(t, m))
	for part, change := range wrongParts {
		found := len(s.wrong)
		for i := 0; i < 12 && len(s.wrong) == found; i++ {
			for k := 0; k < len(m.Projections) && len(s.wrong) == found; k++ {
				if p := s.state(t, m); m.Projections[k].Plasticity != nil && change(m, p, k, i) {
					if after := s.after(t, m, cpuref.New(m, c), p); !slices.Equal(s.right, after) {
						s.wrong = append(s.wrong, wrongState{part, k, i, after})
					}
				}
			}
		}
		require.Greater(t, len(s.wrong), found, "no %s matters", part)
	}
	return s
}

// wrongPlastic: each part of the state of long-term plasticity matters to an engine that goes on from it, which does then what the reference does, and what
// can't be is refused.
func wrongPlastic(t *testing.T, m *dynamics.Model, c *connectome.Connectome, make Factory) {
	s := once(t, m.Network, "stopped", func() *stopped { return stop(t, m, c) })
	after := func(p *sim.Plastic) []byte { return s.after(t, m, make(t, m, c).(sim.PlasticSaver), p) }
	require.True(t, slices.Equal(s.right, after(s.state(t, m))), "another state than the reference's")
	for _, x := range s.wrong {
		p := s.state(t, m)
		require.True(t, wrongParts[x.part](m, p, x.k, x.i))
		require.True(t, slices.Equal(x.after, after(p)), "another %s has other effects than on the reference", x.part)
	}
	step, state := s.from.Step(), func() *sim.Plastic { return s.state(t, m) }
	k := slices.IndexFunc(m.Projections, func(p dynamics.Projection) bool { return p.Plasticity != nil })
	p := &m.Projections[k]
	for _, wrong := range []func(s *sim.Plastic){
		func(s *sim.Plastic) { s.Weights[k][0] = dynamics.One + 1 },
		func(s *sim.Plastic) { s.Sources[k][0].Last = uint32(step) + 1 },
		func(s *sim.Plastic) { s.Sources[k][0] = dynamics.PlasticTrace{Last: 1, Fast: dynamics.OneTrace - 1} },
		func(s *sim.Plastic) { s.Sources[k][0] = dynamics.PlasticTrace{Fast: dynamics.OneTrace} },
		func(s *sim.Plastic) { s.Targets[k][0] = dynamics.PlasticTrace{Last: 1, Fast: dynamics.MaxTrace + 1} },
		func(s *sim.Plastic) {
			s.Targets[k][0] = dynamics.PlasticTrace{Last: uint32(step) - uint32(m.MaxDelay) + 1, Fast: dynamics.OneTrace}
		},
		func(s *sim.Plastic) { s.Coming[p.To][p.Receptor][0] = -p.MaxWeight },
	} {
		s := state()
		wrong(s)
		require.ErrorContains(t, s.Check(m, step), "long-term plasticity: projections.")
	}
}

// isComing tells whether spikes of plastic projections are under way.
func isComing(t *testing.T, m *dynamics.Model, e sim.PlasticSaver) bool {
	for k := range m.Projections {
		if p := &m.Projections[k]; p.Plasticity != nil {
			sums := slices.Repeat([]int32{0}, m.MaxDelay*m.Populations[p.To].Size)
			require.NoError(t, e.Coming(p.To, p.Receptor, sums))
			if slices.ContainsFunc(sums, func(x int32) bool { return x != 0 }) {
				return true
			}
		}
	}
	return false
}

// spoil changes a trace that is not none.
func spoil(traces []dynamics.PlasticTrace, i int) bool {
	for ; i < len(traces); i++ {
		if traces[i].Last > 0 {
			traces[i].Fast ^= 1 << 23
			traces[i].Last--
			return true
		}
	}
	return false
}
