package bench_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"einet/bench"
	"einet/connectome"
	"einet/cpu"
	"einet/cpuref"
	"einet/dynamics"
	"einet/host"
	"einet/network/language"
	"einet/network/presets"
	"einet/sim"
)

func engines() []bench.Engine {
	reference := sim.Backend{Name: "reference", Device: "here", Open: func(_ context.Context, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
		return cpuref.New(m, c), nil
	}}
	fast := sim.Backend{Name: "cpu", Device: "here", Open: func(_ context.Context, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
		return cpu.New(m, c, 1), nil
	}}
	return []bench.Engine{{Backend: reference}, {Backend: fast, Threads: 1}}
}

// potjans is a small network with drawn weights and delays, several synapses of a pair, and Poisson input.
func potjans(t *testing.T) bench.Case {
	net, err := presets.Load("potjans2014", language.Options{Scale: 0.01})
	require.NoError(t, err)
	return bench.Case{Network: net, Steps: 300}
}

func measure(t *testing.T) *bench.Report {
	results, err := bench.Measure(t.Context(), potjans(t), engines(), bench.Options{Repetitions: 2, Parts: true})
	require.NoError(t, err)
	return &bench.Report{Format: bench.Format, Command: "einet bench", Machine: host.Machine{CPU: "some", Arch: "any", Einet: "v0"}, Results: results}
}

// Events are the synapses of the neurons that fired, counted one by one.
func TestMeasureCountsEvents(t *testing.T) {
	x := potjans(t)
	r := measure(t)
	require.Len(t, r.Results, 2)
	c, err := connectome.Build(t.Context(), x.Network, 0)
	require.NoError(t, err)
	m, err := dynamics.New(x.Network)
	require.NoError(t, err)
	degree := map[int]int64{}
	for i := range c.Projections {
		require.NoError(t, c.Projections[i].Each(func(source, _ int, _, _ uint32) error {
			degree[m.Populations[c.Projections[i].From].First+source]++
			return nil
		}))
	}
	e := cpuref.New(m, c)
	require.NoError(t, e.Advance(t.Context(), 300))
	spikes, err := e.Spikes(nil)
	require.NoError(t, err)
	events := int64(0)
	for _, s := range spikes {
		events += degree[int(s.Neuron)]
	}
	require.NotZero(t, events)
	for _, got := range r.Results {
		require.Equal(t, events, got.Deliveries, got.Engine)
		require.EqualValues(t, len(spikes), got.Spikes)
		require.EqualValues(t, x.Network.Neurons(), got.Draws, "one Poisson input each")
		require.Len(t, got.Simulate, 2)
		require.Len(t, got.Undriven, 2)
		require.Equal(t, c.Synapses(), got.Synapses)
	}
	require.Equal(t, r.Results[0].Digest(), r.Results[1].Digest())
}

func TestTimes(t *testing.T) {
	require.Equal(t, 2*time.Second, bench.Times{3e9, 1e9, 2e9}.Median())
	require.Equal(t, 1500*time.Millisecond, bench.Times{2e9, 1e9}.Median())
	require.Equal(t, time.Second, bench.Times{3e9, 1e9}.Min())
	require.InDelta(t, 1, bench.Times{3e9, 1e9}.Spread(), 1e-12)
	require.Zero(t, bench.Times(nil).Median())
}

// A report survives its file, and a file that is none is refused.
func TestReportRoundTrip(t *testing.T) {
	r := measure(t)
	var file bytes.Buffer
	require.NoError(t, r.Write(&file))
	text := file.String()
	back, err := bench.Read(&file)
	require.NoError(t, err)
	require.Equal(t, r, back)
	for _, bad := range []string{"", "{}", strings.Replace(text, bench.Format, "other", 1), text[:len(text)/2]} {
		_, err := bench.Read(strings.NewReader(bad))
		require.Error(t, err)
	}
}

// Two machines agree in every digest; one that is altered is told.
func TestBesideAndDisagreements(t *testing.T) {
	r := measure(t)
	var file bytes.Buffer
	require.NoError(t, r.Write(&file))
	other, err := bench.Read(&file)
	require.NoError(t, err)
	require.Empty(t, bench.Disagreements(r.Results))
	for _, p := range bench.Beside(r.Results, other.Results) {
		require.Empty(t, p.Differs)
		require.NotZero(t, p.Compared)
	}
	last := &other.Results[1].Digests[len(other.Results[1].Digests)-1]
	last.Digest = strings.Repeat("0", 64)
	require.Len(t, bench.Disagreements(other.Results), 1)
	differs := 0
	for _, p := range bench.Beside(r.Results, other.Results) {
		if p.Differs != "" {
			differs++
		}
	}
	require.NotZero(t, differs)
}

// Lines are those that benchstat reads (golang.org/design/14313-benchmark-format): a name, a number of
// iterations, and pairs of value and unit.
func TestGoLines(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, measure(t).WriteGo(&out))
	line := regexp.MustCompile(`^Benchmark[A-Z]\S*( \d+)( [0-9.e+-]+ \S+)+$`)
	config := regexp.MustCompile(`^[a-z]+: .+$`)
	simulated := 0
	for _, text := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		require.True(t, line.MatchString(text) || config.MatchString(text), text)
		if strings.HasPrefix(text, "BenchmarkSimulate/network=potjans2014/N=") {
			simulated++
			require.Contains(t, text, "ns/event")
		}
	}
	require.Equal(t, 4, simulated, "each repetition of each engine")
}
