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
	reference, engine := cpuref.New(m, c), make(t, m, c).(sim.Saver)
	steps := 1 + random.IntN(60+min(m.MaxDelay, 400))
	require.NoError(t, reference.Advance(t.Context(), steps))
	require.NoError(t, engine.Advance(t.Context(), steps))
	spikes, err := reference.Spikes(nil)
	require.NoError(t, err)
	got, err := engine.Spikes(nil)
	require.NoError(t, err)
	require.Equal(t, append([]sim.Spike{}, spikes...), append([]sim.Spike{}, got...))
	of := saved(t, m, reference, spikes)
	require.True(t, bytes.Equal(of, saved(t, m, engine, spikes)), "step %d: another state is saved than the reference's", steps)

	engine = make(t, m, c).(sim.Saver)
	restore(t, m, engine, of)
	require.EqualValues(t, steps, engine.Step())
	require.True(t, bytes.Equal(of, saved(t, m, engine, spikes)), "step %d: what was loaded is not what is saved", steps)
	require.Error(t, engine.Resume(1, nil), "it is not at step 0")
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
// that is left out, are noticed in each of some networks; and what can't be under way is refused.
func WrongStates(t *testing.T, networks []*network.Network, make Factory) {
	for _, n := range networks {
		t.Run(n.Name, func(t *testing.T) {
			m, c := Build(t, n)
			if sim.Saves(m) != nil {
				require.ErrorContains(t, make(t, m, c).(sim.Saver).Resume(1, nil), "short-term plasticity has no checkpoints")
				return
			}
			wrongStates(t, m, c, make)
		})
	}
}

func wrongStates(t *testing.T, m *dynamics.Model, c *connectome.Connectome, make Factory) {
	from := cpuref.New(m, c)
	require.NoError(t, from.Advance(t.Context(), 200+m.MaxDelay))
	spikes, err := from.Spikes(nil)
	require.NoError(t, err)
	step := from.Step()
	underWay := slices.DeleteFunc(slices.Clone(spikes), func(s sim.Spike) bool { return int64(s.Step) <= step-int64(m.MaxDelay) })
	rows := sim.Rows(m)
	goOn := func(underWay []sim.Spike, row, neuron int, bit uint32) sim.Saver {
		e := make(t, m, c).(sim.Saver)
		for k, r := range rows {
			words := slices.Repeat([]uint32{0}, r.Size)
			require.NoError(t, from.Save(r, words))
			if k == row {
				words[neuron] ^= bit
			}
			require.NoError(t, e.Load(r, words))
		}
		require.NoError(t, e.Resume(step, underWay))
		return e
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

	e := make(t, m, c).(sim.Saver)
	last := &m.Populations[len(m.Populations)-1]
	for _, wrong := range [][]sim.Spike{
		{{Step: uint32(step) + 1}}, {{Step: uint32(step) - uint32(m.MaxDelay)}},
		{{Step: uint32(step), Neuron: uint32(last.First + last.Size)}}, {{Step: uint32(step), Neuron: 1}, {Step: uint32(step)}},
	} {
		require.ErrorContains(t, e.Resume(step, wrong), "resume: ")
	}
	require.ErrorContains(t, e.Resume(-1, nil), "step -1")
}

// Late holds the engine to the reference around some steps, which it has come to without having simulated those before.
func Late(t *testing.T, networks []*network.Network, make Factory, steps ...int64) {
	for _, n := range networks {
		t.Run(n.Name, func(t *testing.T) {
			m, c := Build(t, n)
			if sim.Saves(m) != nil {
				return
			}
			for _, step := range steps {
				start := cpuref.New(m, c)
				reference, engine := cpuref.New(m, c), make(t, m, c).(sim.Saver)
				for _, e := range []sim.Saver{reference, engine} {
					for _, r := range sim.Rows(m) {
						words := slices.Repeat([]uint32{0}, r.Size)
						require.NoError(t, start.Save(r, words))
						require.NoError(t, e.Load(r, words))
					}
					require.NoError(t, e.Resume(step-100, nil))
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
