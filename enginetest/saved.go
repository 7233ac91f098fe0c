package enginetest

import (
	"bytes"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"

	"einet/checkpoint"
	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// resumed holds what an engine saves to what the reference does, at a step by chance; and an engine that goes on from there to one that was
// never stopped. As all save the same, each goes on from what any other has saved.
func resumed(t *testing.T, m *dynamics.Model, c *connectome.Connectome, make Factory) {
	h := fnv.New64()
	h.Write([]byte(m.Network.Name))
	random := rand.New(rand.NewPCG(h.Sum64(), 1))
	reference, engine := newReference(t, m, c), make(t, m, c).(sim.Saver)
	steps := 1 + random.IntN(60+min(m.MaxDelay, 400))
	require.NoError(t, reference.Advance(t.Context(), steps))
	require.NoError(t, engine.Advance(t.Context(), steps))
	spikes, err := reference.Spikes(nil)
	require.NoError(t, err)
	got, err := engine.Spikes(nil)
	require.NoError(t, err)
	require.Equal(t, append([]sim.Spike{}, spikes...), append([]sim.Spike{}, got...))
	of, err := answer(reference, "saved", 0, func(e *cpuref.Engine) ([]byte, error) { return saved(t, m, e, spikes), nil })
	require.NoError(t, err)
	require.True(t, bytes.Equal(of, saved(t, m, engine, spikes)), "step %d: another state is saved than the reference's", steps)

	engine = make(t, m, c).(sim.Saver)
	restore(t, m, engine, of)
	require.EqualValues(t, steps, engine.Step())
	require.True(t, bytes.Equal(of, saved(t, m, engine, spikes)), "step %d: what was loaded is not what is saved", steps)
	require.Error(t, engine.Resume(1, nil, m.Releases()), "it is not at step 0")
	for _, steps := range []int{1, 60, m.MaxDelay} {
		require.NoError(t, reference.Advance(t.Context(), steps))
		require.NoError(t, engine.Advance(t.Context(), steps))
		compareSpikes(t, reference, engine)
	}
	compareState(t, m, reference, engine)
}

// saved is the state of an engine that has fired those spikes.
func saved(t testing.TB, m *dynamics.Model, e sim.Saver, spikes []sim.Spike) []byte {
	t.Helper()
	u := sim.NewUnderWay(m)
	require.NoError(t, u.Spikes(e.Step(), spikes))
	var file bytes.Buffer
	w := checkpoint.NewWriter(&file)
	require.NoError(t, sim.Save(w, m, e, u))
	require.NoError(t, w.Close())
	return file.Bytes()
}

func restore(t testing.TB, m *dynamics.Model, e sim.Saver, file []byte) {
	t.Helper()
	r, err := checkpoint.NewReader(bytes.NewReader(file))
	require.NoError(t, err)
	require.NoError(t, sim.Restore(r, m, e, sim.NewUnderWay(m)))
	require.NoError(t, r.Close())
}

// WrongStates are the controls of what engines are held to when they go on: a state of which one bit is another, and a spike under way
// that is left out, are noticed in each of some networks, and so is another state of short-term plasticity before the spikes under way;
// and what can't be is refused.
func WrongStates(t *testing.T, networks []*network.Network, make Factory) {
	for _, n := range networks {
		t.Run(n.Name, func(t *testing.T) {
			m, c := Build(t, n)
			wrongStates(t, m, c, make)
		})
	}
}

func wrongStates(t *testing.T, m *dynamics.Model, c *connectome.Connectome, make Factory) {
	from := cpuref.New(m, c)
	require.NoError(t, from.Advance(t.Context(), 200+m.MaxDelay))
	spikes, err := from.Spikes(nil)
	require.NoError(t, err)
	for !depressed(m, sim.Fired(spikes, from.Step())) {
		require.NoError(t, from.Advance(t.Context(), 1))
		spikes, err = from.Spikes(spikes)
		require.NoError(t, err)
	}
	step := from.Step()
	underWay := slices.DeleteFunc(slices.Clone(spikes), func(s sim.Spike) bool { return int64(s.Step) <= step-int64(m.MaxDelay) })
	before := sim.NewReleases(m)
	for _, s := range spikes[:len(spikes)-len(underWay)] {
		before.Fire(s, nil)
	}
	rows := sim.Rows(m)
	goOnFrom := func(before [][]dynamics.Release, underWay []sim.Spike, row, neuron int, bit uint32) sim.Saver {
		e := make(t, m, c).(sim.Saver)
		for k, r := range rows {
			words := slices.Repeat([]uint32{0}, r.Size)
			require.NoError(t, from.Save(r, words))
			if k == row {
				words[neuron] ^= bit
			}
			require.NoError(t, e.Load(r, words))
		}
		require.NoError(t, e.Resume(step, underWay, before))
		return e
	}
	goOn := func(underWay []sim.Spike, row, neuron int, bit uint32) sim.Saver {
		return goOnFrom(before.States, underWay, row, neuron, bit)
	}
	differs := func(e sim.Saver) bool { // from one that goes on rightly, within the largest delay
		right := goOn(underWay, -1, 0, 0)
		steps := 1 + m.MaxDelay/40
		for range m.MaxDelay/steps + 1 {
			require.NoError(t, e.Advance(t.Context(), steps))
			require.NoError(t, right.Advance(t.Context(), steps))
			for _, r := range rows {
				a, b := slices.Repeat([]uint32{0}, r.Size), slices.Repeat([]uint32{0}, r.Size)
				require.NoError(t, e.Save(r, a))
				require.NoError(t, right.Save(r, b))
				if !slices.Equal(a, b) {
					return true
				}
			}
		}
		return false
	}
	require.False(t, differs(goOn(underWay, -1, 0, 0)))
	noticed := false
	for k := 0; k < len(rows) && !noticed; k++ {
		noticed = rows[k].State != dynamics.CellUntil && differs(goOn(underWay, k, rows[k].Size/2, 1<<20))
	}
	require.True(t, noticed || len(rows) == 0, "no state matters")
	noticed = len(underWay) == 0 || len(m.Projections) == 0
	for k := len(underWay) - 1; k >= max(0, len(underWay)-20) && !noticed; k-- {
		noticed = differs(goOn(slices.Delete(slices.Clone(underWay), k, k+1), -1, 0, 0))
	}
	require.True(t, noticed, "no spike under way matters")
	wrongReleases(t, m, step, underWay, before.States, func(before [][]dynamics.Release) sim.Saver { return goOnFrom(before, underWay, -1, 0, 0) }, differs)

	e := make(t, m, c).(sim.Saver)
	last := &m.Populations[len(m.Populations)-1]
	for _, wrong := range [][]sim.Spike{
		{{Step: uint32(step) + 1}}, {{Step: uint32(step) - uint32(m.MaxDelay)}},
		{{Step: uint32(step), Neuron: uint32(last.First + last.Size)}}, {{Step: uint32(step), Neuron: 1}, {Step: uint32(step)}},
	} {
		require.ErrorContains(t, e.Resume(step, wrong, m.Releases()), "resume: ")
	}
	require.ErrorContains(t, e.Resume(-1, nil, m.Releases()), "step -1")
}

// depressed tells whether some of the spikes have factors that recovery changes, or none of the network's has.
func depressed(m *dynamics.Model, spikes []sim.Spike) bool {
	none := true
	for k := range m.Projections {
		p := &m.Projections[k]
		if p.ShortTerm == nil || p.ShortTerm.Recover == (dynamics.Decay{}) {
			continue
		}
		none = false
		from := &m.Populations[p.From]
		if slices.ContainsFunc(spikes, func(s sim.Spike) bool { return int(s.Neuron) >= from.First && int(s.Neuron) < from.First+from.Size }) {
			return true
		}
	}
	return none
}

// wrongReleases changes states of short-term plasticity before the spikes under way. Of a source that has one under way, the spike's factor is another
// then, which neurons notice. Of another source the engine has to tell the change.
func wrongReleases(t *testing.T, m *dynamics.Model, step int64, underWay []sim.Spike, before [][]dynamics.Release,
	goOn func(before [][]dynamics.Release) sim.Saver, differs func(sim.Saver) bool) {
	changed := func(k, i int, change func(*dynamics.Release)) [][]dynamics.Release {
		all := slices.Clone(before)
		all[k] = slices.Clone(all[k])
		change(&all[k][i])
		return all
	}
	deplete := func(r *dynamics.Release) { r.Depleted ^= 1 << 30 }
	sent, told := false, false
	for k := range m.Projections {
		p := &m.Projections[k]
		if p.ShortTerm == nil {
			continue
		}
		from := &m.Populations[p.From]
		for i := 0; i < from.Size && !(sent && told); i++ {
			isUnderWay := slices.ContainsFunc(underWay, func(s sim.Spike) bool { return int(s.Neuron) == from.First+i })
			switch {
			case p.ShortTerm.Recover == (dynamics.Decay{}): // y is over at once
			case isUnderWay && !sent:
				sent = differs(goOn(changed(k, i, deplete)))
			case !isUnderWay && !told:
				want, got := before[k][i], make([]dynamics.Release, 1)
				deplete(&want)
				require.NoError(t, goOn(changed(k, i, deplete)).(sim.Releaser).Releases(k, i, got))
				require.Equal(t, want, got[0])
				told = true
			}
		}
		e := goOn(before)
		for _, wrong := range []func(*dynamics.Release){
			func(r *dynamics.Release) { r.Facilitated = dynamics.One - p.ShortTerm.Rest + 1 },
			func(r *dynamics.Release) { r.Depleted = dynamics.One + 1 },
			func(r *dynamics.Release) { r.Last = uint32(step - int64(m.MaxDelay) + 1) },
		} {
			require.ErrorContains(t, sim.CheckResume(m, fresh{e}, step, underWay, changed(k, from.Size-1, wrong)), "has no such state of short-term plasticity")
		}
		require.ErrorContains(t, sim.CheckResume(m, fresh{e}, step, underWay, before[:k]), "states of short-term plasticity")
	}
	plastic := slices.ContainsFunc(before, func(r []dynamics.Release) bool { return r != nil })
	require.Equal(t, plastic, sent, "no factor matters")
	require.Equal(t, plastic, told, "all sources have spikes under way")
}

// fresh is an engine that says to be at step 0.
type fresh struct{ sim.Engine }

func (fresh) Step() int64 { return 0 }

// Late holds the engine to the reference around some steps, or up to the last that there can be, which it has come to without having simulated
// those before.
func Late(t *testing.T, networks []*network.Network, make Factory, steps ...int64) {
	for _, n := range networks {
		t.Run(n.Name, func(t *testing.T) {
			m, c := Build(t, n)
			for _, step := range steps {
				step = min(step, n.LastStep()-100)
				start := cpuref.New(m, c)
				reference, engine := cpuref.New(m, c), make(t, m, c).(sim.Saver)
				for _, e := range []sim.Saver{reference, engine} {
					for _, r := range sim.Rows(m) {
						words := slices.Repeat([]uint32{0}, r.Size)
						require.NoError(t, start.Save(r, words))
						require.NoError(t, e.Load(r, words))
					}
					if m.IsPlastic() {
						state, err := sim.NewUnderWay(m).Plastic(e.(sim.PlasticSaver))
						require.NoError(t, err)
						require.NoError(t, e.(sim.PlasticSaver).LoadPlastic(state))
					}
					require.NoError(t, e.Resume(step-100, nil, m.Releases()))
				}
				for _, n := range []int{90, 9, 1, 1, 99} {
					require.NoError(t, reference.Advance(t.Context(), n))
					require.NoError(t, engine.Advance(t.Context(), n))
					compareSpikes(t, reference, engine)
					compareState(t, m, reference, engine)
				}
				require.Equal(t, step+100, engine.Step())
			}
		})
	}
}
