package ranks_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"einet/connectome"
	"einet/cpu"
	"einet/cpuref"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/ranks"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// building is how ranks are built of a network, with engines of kinds by turns.
func building(net *network.Network, kinds ...string) ranks.Build {
	return ranks.Build{
		Synapses: func(ctx context.Context, own []connectome.Range) (*connectome.Connectome, error) {
			return connectome.BuildPart(ctx, net, own, 1)
		},
		Open: func(_ context.Context, rank int, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
			if kinds[rank%len(kinds)] == "reference" {
				return cpuref.New(m, c), nil
			}
			return cpu.New(m, c, 1+rank%2), nil
		},
	}
}

// inProcess makes engines of n ranks in this process.
func inProcess(n int, kinds ...string) enginetest.Factory {
	return func(t testing.TB, m *dynamics.Model, _ *connectome.Connectome) sim.Engine {
		e, err := ranks.New(t.Context(), m, n, building(m.Network, kinds...))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, e.Close()) })
		return e
	}
}

// A hub connects ranks that are goroutines.
type hub struct {
	mutex sync.Mutex
	met   *sync.Cond
	words [][]uint32
	all   [][]uint32   // of the last round
	given [][][]uint32 // what each rank had of it, which is valid until it calls again
	came  int
	round int
}

type port struct {
	*hub
	rank int
}

func (p port) Rank() int  { return p.rank }
func (p port) Size() int  { return len(p.words) }
func (p port) Local() int { return p.rank }

func (p port) All(_ context.Context, mine []uint32) ([][]uint32, error) {
	h := p.hub
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.words[p.rank] = append([]uint32(nil), mine...)
	for _, words := range h.given[p.rank] {
		clear(words)
	}
	round := h.round
	if h.came++; h.came == len(h.words) {
		h.came, h.round, h.all = 0, h.round+1, append([][]uint32(nil), h.words...)
		h.met.Broadcast()
	}
	for h.round == round {
		h.met.Wait()
	}
	var all [][]uint32
	for _, words := range h.all {
		all = append(all, append([]uint32(nil), words...))
	}
	h.given[p.rank] = all
	return all, nil
}

// connected makes engines of n ranks that exchange words alone, as processes do.
func connected(n int, kinds ...string) enginetest.Factory {
	return func(t testing.TB, m *dynamics.Model, _ *connectome.Connectome) sim.Engine {
		h := &hub{words: make([][]uint32, n), given: make([][][]uint32, n)}
		h.met = sync.NewCond(&h.mutex)
		var served sync.WaitGroup
		for r := 1; r < n; r++ {
			own, err := dynamics.New(m.Network)
			require.NoError(t, err)
			require.NoError(t, own.Change(m.Changes()...))
			served.Go(func() {
				e, err := ranks.Connect(context.Background(), own, port{h, r}, building(m.Network, kinds...))
				if err == nil {
					_ = e.Serve() // rank 0 has the error, too
				}
			})
		}
		e, err := ranks.Connect(context.Background(), m, port{h, 0}, building(m.Network, kinds...))
		require.NoError(t, err)
		t.Cleanup(func() {
			_ = e.Close()
		})
		return e
	}
}

// divisible are the networks of which several ranks have neurons.
func divisible() (some []*network.Network) {
	for _, n := range enginetest.Networks() {
		if n.Neurons() > 70 {
			some = append(some, n)
		}
	}
	return some
}

// Any number of ranks, of any kinds, is the reference engine: their spikes and every state, followed, saved and resumed.
func TestConformance(t *testing.T) {
	for n, kind := range map[int]string{1: "cpu", 2: "reference", 4: "cpu"} {
		t.Run(fmt.Sprintf("%d %s", n, kind), func(t *testing.T) { enginetest.RunOn(t, divisible(), inProcess(n, kind)) })
	}
	t.Run("3 mixed", func(t *testing.T) {
		enginetest.Run(t, inProcess(3, "cpu", "reference"))
		enginetest.Changes(t, inProcess(3, "cpu", "reference"))
	})
}

func TestConformanceOfProcesses(t *testing.T) {
	enginetest.RunOn(t, divisible(), connected(3, "cpu", "reference"))
}

// Long-term plasticity on ranks: the spikes, weights and saved states of the reference, of ranks in one process and in several.
func TestLearns(t *testing.T) {
	networks := enginetest.Learning()
	for n, kind := range map[int]string{1: "reference", 2: "cpu", 3: "reference"} {
		t.Run(fmt.Sprintf("%d %s", n, kind), func(t *testing.T) { enginetest.RunOn(t, networks, inProcess(n, kind)) })
	}
	t.Run("processes", func(t *testing.T) { enginetest.RunOn(t, networks, connected(3, "cpu", "reference")) })
	t.Run("3 mixed", func(t *testing.T) { enginetest.LearnsOn(t, networks[:3], inProcess(3, "cpu", "reference"), 1<<30) })
}
