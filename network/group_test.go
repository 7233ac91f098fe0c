package network_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
)

// What two groups have in common is what counting it gives, and costs no more where they have a thousand million neurons.
func TestCommon(t *testing.T) {
	two := func(size int, a, b []network.Span) (p, q network.Part) {
		n := &network.Network{Populations: []network.Population{{Name: "E", Size: size}}, Groups: []network.Group{
			{Population: "E", Name: "a", Neurons: network.Neurons{Listed: a}}, {Population: "E", Name: "b", Neurons: network.Neurons{Listed: b}}}}
		p, _ = n.Part("E.a")
		q, _ = n.Part("E.b")
		return p, q
	}
	draw := rand.New(rand.NewPCG(1, 1))
	span := func(from, to int) network.Span {
		first := from + draw.IntN(to-from)
		return network.Span{From: first, To: first + draw.IntN(to-first), Every: 1 + draw.IntN(40)}
	}
	for range 3000 {
		p, q := two(400, []network.Span{span(0, 200), span(200, 400)}, []network.Span{span(0, 400)})
		count := 0
		for _, i := range p.Neurons() {
			if q.Place(i) >= 0 {
				count++
			}
		}
		require.Equal(t, count, p.Common(&q), "%v %v", p.Spans(), q.Spans())
		require.Equal(t, count, q.Common(&p))
	}
	const most = 2_000_000_000
	p, q := two(most, []network.Span{{From: 0, To: 9, Every: 1}, {From: 20, To: most - 1, Every: 2}}, []network.Span{{From: 1, To: most - 1, Every: 3}})
	require.Equal(t, 3+333_333_330, p.Common(&q), "1, 4, 7, and 22, 28, ..., 1 999 999 996")
	for _, k := range []int{0, 9, 10, 999_999_999} {
		require.Equal(t, k, p.Place(p.At(k)))
	}
	p, q = two(most, []network.Span{{From: 1, To: most - 1, Every: 2}}, []network.Span{{From: 0, To: most - 1, Every: 2}})
	require.Equal(t, 0, p.Common(&q))
}

// The first neuron that is named twice is what walking finds, and is found at once among a thousand million, and among a million names.
func TestNamedTwice(t *testing.T) {
	fault := func(size int, spans []network.Span) string {
		n := &network.Network{Name: "n", Dt: 0.1, Duration: 1, Populations: []network.Population{{Name: "E", Size: size, Neuron: network.Poisson, Rate: network.Input{network.DC(1)}}},
			Groups: []network.Group{{Population: "E", Name: "a", Neurons: network.Neurons{Listed: spans}}}}
		if err := n.Validate(); err != nil {
			return err.Error()
		}
		return ""
	}
	draw := rand.New(rand.NewPCG(2, 1))
	found := 0
	for range 3000 {
		var spans []network.Span
		for range 2 + draw.IntN(6) {
			from := draw.IntN(200)
			spans = append(spans, network.Span{From: from, To: from + draw.IntN(200-from), Every: 1 + draw.IntN(40)})
		}
		want, seen := "", map[int]bool{}
		for i, s := range spans {
			for k := s.From; k <= s.To && want == ""; k += s.Every {
				if seen[k] {
					want = fmt.Sprintf("groups.E.a.%d: %d: is named twice", i, k)
					found++
				}
				seen[k] = true
			}
		}
		require.Equal(t, want, fault(200, spans), "%v", spans)
	}
	require.Greater(t, found, 1000)
	require.Less(t, found, 2900, "control: some name none twice")

	const most = 2_000_000_000
	require.Empty(t, fault(most, []network.Span{{From: 1, To: most - 1, Every: 2}, {From: 0, To: most - 1, Every: 2}}))
	require.Contains(t, fault(most, []network.Span{{From: 1, To: most - 1, Every: 2}, {From: 0, To: most - 1, Every: 4}, {From: 3, To: most - 1, Every: 1_000_003}}), "groups.E.a.2: 3: is named twice")
	million := make([]network.Span, 1_000_000)
	for i := range million {
		million[i] = network.Span{From: 999_999 - i, To: 999_999 - i, Every: 1}
	}
	require.Empty(t, fault(most, million))
	million[999_999].From, million[999_999].To = 7, 7
	require.Contains(t, fault(most, million), "groups.E.a.999999: 7: is named twice")
}
