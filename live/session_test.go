package live

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"einet/dynamics"
	"einet/engines"
	"einet/experiment"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
	"einet/record"

	"github.com/stretchr/testify/require"
)

func load(t testing.TB, name string, scale float64) *network.Network {
	net, err := presets.Load(name, language.Options{Scale: scale})
	require.NoError(t, err)
	return net
}

func open(t testing.TB, net *network.Network, engine string) *Session {
	o := Options{Choice: engines.Choice{Engine: engine, Threads: 2}, OpenGL: engines.InProcess, Tell: func(string, ...any) {},
		Out: filepath.Join(t.TempDir(), "view")}
	s, err := Open(t.Context(), net, o, func(string) {})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// play does all that a user may do, and saves.
func play(t testing.TB, s *Session) (dir string) {
	ctx := context.Background()
	advance := func(steps int64) { require.NoError(t, s.Advance(ctx, steps)) }
	advance(300)
	require.NoError(t, s.Input(inputStep))
	advance(1)
	require.NoError(t, s.Input(inputStep))
	require.NoError(t, s.Inhibit(-inhibitionStep))
	advance(177)
	s.Next()
	require.NoError(t, s.Kick(kickMV))
	advance(200)
	require.NoError(t, s.Inhibit(inhibitionStep))
	advance(50)
	require.NoError(t, s.Inhibit(inhibitionStep))
	advance(200)
	require.NoError(t, s.Input(-inputStep))
	advance(900)
	dir, err := s.Save([]byte("a picture"))
	require.NoError(t, err)
	return dir
}

// A session's log gives the same digest on all engines, and without the changes there is another.
func TestReplay(t *testing.T) {
	for name, scale := range map[string]float64{"ei": 0.1, "brunel2000": 0.1, "brainpy1m": 1} {
		t.Run(name, func(t *testing.T) {
			net := load(t, name, scale)
			s := open(t, net, engines.CPU.Name)
			dir := play(t, s)
			log, err := record.ReadLog(filepath.Join(dir, experiment.EventsFile))
			require.NoError(t, err)
			require.Len(t, log.Changes, 7)
			require.Equal(t, s.Digest(), log.Digest)
			require.EqualValues(t, 1828, log.Steps)

			saved := *net
			saved.Duration = float64(log.Steps) * net.Dt
			run := func(engine string, l *record.Log) string {
				summary, err := experiment.Run(t.Context(), &saved, experiment.Options{
					Choice: engines.Choice{Engine: engine, Threads: 1}, Out: filepath.Join(t.TempDir(), "run"), NoFigures: true, Replay: l,
				})
				require.NoError(t, err)
				return summary.Digest
			}
			for _, kind := range []string{engines.CPU.Name, engines.Reference.Name} {
				require.Equal(t, log.Digest, run(kind, log), kind)
			}
			require.NotEqual(t, log.Digest, run(engines.CPU.Name, nil))
			for k := range log.Changes { // each one matters
				some := *log
				some.Changes = append(append([]dynamics.Change{}, log.Changes[:k]...), log.Changes[k+1:]...)
				require.NotEqual(t, log.Digest, run(engines.CPU.Name, &some), "%+v", log.Changes[k])
			}

			spikes, err := record.ReadSpikes(filepath.Join(dir, experiment.SpikesFile))
			require.NoError(t, err)
			require.EqualValues(t, len(spikes.Spikes), s.digest.Count())
		})
	}
}

// How a session is cut into slices changes nothing, and restarting begins the same again, in another folder.
func TestSlicesAndRestart(t *testing.T) {
	s := open(t, load(t, "ei", 0.1), engines.CPU.Name)
	require.NoError(t, s.Advance(t.Context(), 700))
	whole := s.Digest()
	dir, err := s.Save(nil)
	require.NoError(t, err)
	require.NoError(t, s.Kick(5))
	require.NoError(t, s.Restart(t.Context()))
	for k := range int64(37) {
		require.NoError(t, s.Advance(t.Context(), k))
	}
	require.NoError(t, s.Advance(t.Context(), 700-37*18))
	require.Equal(t, whole, s.Digest())
	again, err := s.Save(nil)
	require.NoError(t, err)
	require.NotEqual(t, dir, again)
	log, err := record.ReadLog(filepath.Join(dir, experiment.EventsFile))
	require.NoError(t, err)
	require.Len(t, log.Changes, 1, "the log of the session before the restart is whole")
}

// The second copy is the first but for the spike that it loses: then they part, in a network with chaos, and not in one that has no synapses.
func TestLosingASpike(t *testing.T) {
	for _, engine := range []string{engines.CPU.Name, engines.Reference.Name} {
		s := open(t, load(t, "ei", 0.1), engine)
		require.NoError(t, s.Advance(t.Context(), 400))
		require.NoError(t, s.Kick(2)) // which the copy gets too
		require.NoError(t, s.Advance(t.Context(), 400))
		require.NoError(t, s.Split(t.Context(), func(float64) {}))
		require.True(t, s.Twin())
		require.NoError(t, s.Advance(t.Context(), 2))
		x := s.Scope.Numbers()
		if x.Lost {
			require.Greater(t, x.Shared, 0.9, "they begin alike")
		}
		require.NoError(t, s.Advance(t.Context(), 3000))
		x = s.Scope.Numbers()
		require.True(t, x.Lost)
		require.Less(t, x.Shared, 0.6)
		require.Greater(t, x.LostMs, 250.0)
		lost := s.Scope.lostAt
		require.NoError(t, s.Reunite())
		require.False(t, s.Twin())
		dir, err := s.Save(nil)
		require.NoError(t, err)
		log, err := record.ReadLog(filepath.Join(dir, experiment.EventsFile))
		require.NoError(t, err)
		require.Equal(t, []record.LostSpike{{Step: int64(lost.Step) - 1, Neuron: lost.Neuron}}, log.Lost)
	}
	net := load(t, "ei", 0.1)
	for i := range net.Projections {
		net.Projections[i].P = 0
	}
	s := open(t, net, engines.CPU.Name)
	require.NoError(t, s.Split(t.Context(), func(float64) {}))
	require.NoError(t, s.Advance(t.Context(), 3000))
	x := s.Scope.Numbers()
	require.True(t, x.Lost)
	require.Equal(t, 1.0, x.Shared, "nothing spreads")
	net.Projections = nil
	require.ErrorIs(t, open(t, net, engines.CPU.Name).Split(t.Context(), func(float64) {}), ErrNothingToLose)
}

// A change that can't be is refused, and changes nothing.
func TestRefusedChanges(t *testing.T) {
	s := open(t, load(t, "ei", 0.05), engines.CPU.Name)
	require.ErrorContains(t, s.Input(11), "must be from -10 to 10")
	require.ErrorContains(t, s.Inhibit(-1.5), "inhibition can be from 0")
	require.ErrorContains(t, s.Kick(1e4), "must be from")
	require.Empty(t, s.model.Changes())
	_, err := os.Stat(s.o.Out)
	require.ErrorIs(t, err, os.ErrNotExist, "nothing is written that was not done")
}

// A change of input is a step of the network's input, and recorded inhibition is what acts.
func TestInputIsAStep(t *testing.T) {
	net := load(t, "ei", 0.1)
	s := open(t, net, engines.CPU.Name)
	require.NoError(t, s.Advance(t.Context(), 300))
	require.NoError(t, s.Input(inputStep))
	require.NoError(t, s.Advance(t.Context(), 700))
	described := *net
	described.Populations = append([]network.Population{}, net.Populations...)
	for i := range described.Populations {
		usual, _ := net.Populations[i].Input.Constant()
		described.Populations[i].Input = network.Input{network.DC(usual), network.Step{At: 300 * net.Dt, By: inputStep * usual}}
	}
	other := open(t, &described, engines.CPU.Name)
	require.NoError(t, other.Advance(t.Context(), 1000))
	require.Equal(t, other.Digest(), s.Digest())

	last := func() point { return s.Scope.trace[len(s.Scope.trace)-1] }
	require.NoError(t, s.Advance(t.Context(), 5))
	before := last()
	for range 10 {
		require.NoError(t, s.Inhibit(inhibitionStep))
	}
	require.NoError(t, s.Advance(t.Context(), 5))
	require.InEpsilon(t, 1.5*before.inh, last().inh, 0.15, "within 0.5 ms")
	require.InDelta(t, last().exc+last().inh, last().net, 1e-3)
}

// all are those that there is room for.
func (p panels) all() map[string]rect {
	all := map[string]rect{"raster": p.raster, "rates": p.rates, "numbers": p.numbers}
	if p.inputs.w > 0 {
		all["inputs"] = p.inputs
	}
	if p.potentials.w > 0 {
		all["potentials"] = p.potentials
	}
	return all
}

// Panels lie in the window and not on each other, however small that is.
func TestPanels(t *testing.T) {
	for w := float32(leastWidth); w < 2600; w += 97 {
		for h := float32(leastHeight); h < 1600; h += 61 {
			var all []rect
			for name, r := range arrange(w, h, 11).all() {
				require.True(t, r.x >= 0 && r.y >= barTop && r.x+r.w <= w && r.y+r.h <= h-barKeys+1, "%s at %gx%g: %+v", name, w, h, r)
				require.True(t, r.w >= 200 && r.h >= 100, "%s at %gx%g: %+v", name, w, h, r)
				for _, o := range all {
					require.False(t, r.x < o.x+o.w && o.x < r.x+r.w && r.y < o.y+o.h && o.y < r.y+r.h, "%s at %gx%g", name, w, h)
				}
				all = append(all, r)
			}
		}
	}
	require.NotZero(t, arrange(firstWidth, firstHeight, 11).inputs)
	require.NotZero(t, arrange(firstWidth, firstHeight, 11).potentials)
	require.Zero(t, arrange(leastWidth, leastHeight, 11).inputs)
}
