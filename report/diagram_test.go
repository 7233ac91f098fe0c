package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/language"
	"einet/network/presets"
)

func loaded(t *testing.T, text string) *network.Network {
	t.Helper()
	net, err := language.Load(strings.NewReader(text), "net.yaml", language.Options{})
	require.NoError(t, err)
	return net
}

// drawn is the diagram of a network and its matrix.
func drawn(t *testing.T, net *network.Network) (d *diagram, svg, matrix string) {
	t.Helper()
	d = newDiagram(net, 0)
	svg, matrix = string(d.svg()), string(d.matrix())
	for _, s := range []string{svg, matrix} {
		for x := xml.NewDecoder(strings.NewReader(s)); ; {
			if _, err := x.Token(); errors.Is(err, io.EOF) {
				break
			} else {
				require.NoError(t, err)
			}
		}
		require.NotContains(t, s, "NaN")
		require.NotContains(t, s, "Inf")
	}
	return d, svg, matrix
}

// Excitatory connections have an arrow's head, inhibitory ones a dot, and each its weight and in-degree.
func TestDiagramOfTwo(t *testing.T) {
	net, err := presets.Load("ei", language.Options{})
	require.NoError(t, err)
	_, svg, matrix := drawn(t, net)
	require.Empty(t, matrix)
	arrows := strings.Split(svg, `<g class="arrow c`)[1:]
	require.Len(t, arrows, 4)
	for i, a := range arrows {
		a, _, _ = strings.Cut(a, "</g>")
		require.Equal(t, i < 2, strings.Contains(a, "<polygon"), a)
		require.Equal(t, i >= 2, strings.Contains(a, "<circle"), a)
	}
	for _, label := range []string{"0.5 mV × 2000", "0.8 mV × 2000", "\u22122 mV × 500", ">60 mV<", ">40 mV<"} {
		require.Contains(t, svg, label)
	}
	require.Contains(t, svg, "I inhibits itself (\u22122 mV × 500)")
}

// In-degrees leave out synapses of neurons to themselves.
func TestInDegrees(t *testing.T) {
	text := "populations: {E: {size: 10, tau_m: 20 ms, V_th: 15, V_reset: 0, t_ref: 2 ms}}\nprojections: {EE: {from: E, to: E, rule: all_to_all, weight: 1, delay: 1 ms, tau_syn: 5 ms, autapses: %v}}"
	for autapses, want := range map[bool]float64{false: 9, true: 10} {
		require.InDelta(t, want, connectionOf(loaded(t, fmt.Sprintf(text, autapses)), 0).inDegree, 1e-12)
	}
}

func TestDiagramsOfMany(t *testing.T) {
	net, err := presets.Load("potjans2014", language.Options{})
	require.NoError(t, err)
	d, svg, matrix := drawn(t, net)
	require.Equal(t, mostArrows, strings.Count(svg, `<g class="arrow c`))
	require.Equal(t, len(d.arrows), strings.Count(matrix, "<rect class=\"ex\"")+strings.Count(matrix, "<rect class=\"in\""))
	require.Contains(t, d.caption, "22 strongest of")
	for i := range net.Populations { // layers are rows
		require.Equal(t, d.at[i-i%2].y, d.at[i].y)
	}
	_, svg, matrix = drawn(t, blocks(t, 50))
	require.Empty(t, svg)
	require.Equal(t, 100, strings.Count(matrix, "<rect class=\"ex\""))
	for _, n := range []int{1, 2, 3, 4, 5, 12, 13, 200} {
		drawn(t, blocks(t, n))
	}
}

// blocks is a ring of n populations, each of which excites itself and the next.
func blocks(t *testing.T, n int) *network.Network {
	var pops, projections strings.Builder
	for i := range n {
		fmt.Fprintf(&pops, "  P%d: {size: 4, tau_m: 20 ms, V_th: 15, V_reset: 0, t_ref: 2 ms}\n", i)
		fmt.Fprintf(&projections, "  S%d: {from: P%d, to: P%d, rule: all_to_all, weight: 1, delay: 1 ms, tau_syn: 5 ms}\n", i, i, i)
		if n > 1 {
			fmt.Fprintf(&projections, "  N%d: {from: P%d, to: P%d, rule: all_to_all, weight: 1, delay: 1 ms, tau_syn: 5 ms}\n", i, i, (i+1)%n)
		}
	}
	return loaded(t, "populations:\n"+pops.String()+"projections:\n"+projections.String())
}

// On dark ground colours keep their hue and are light enough.
func TestLighter(t *testing.T) {
	luma := func(r, g, b uint8) float64 { return (0.2126*float64(r) + 0.7152*float64(g) + 0.0722*float64(b)) / 255 }
	p := &page{Runs: []*view{{Run: &Run{Network: blocks(t, 4)}}}}
	require.Contains(t, colours(p.Runs), ":root{--r0p0:#0072b2;")
	for _, hexed := range []struct{ r, g, b uint8 }{{0, 0x72, 0xB2}, {0xD5, 0x5E, 0}, {0x1B, 0x2A, 0x6B}, {0x7A, 0x1F, 0x1F}, {0xE6, 0x9F, 0}} {
		c := lighter(rgba(hexed.r, hexed.g, hexed.b))
		require.GreaterOrEqual(t, luma(c.R, c.G, c.B), lightness-0.01)
		require.Equal(t, hexed.r > hexed.b, c.R > c.B)
	}
	require.Equal(t, rgba(0xE6, 0x9F, 0), lighter(rgba(0xE6, 0x9F, 0)), "light enough")
}

func rgba(r, g, b uint8) color.RGBA { return color.RGBA{R: r, G: g, B: b, A: 255} }

func TestWords(t *testing.T) {
	require.Equal(t, "12\u202f345\u202f678", grouped(12345678))
	require.Equal(t, "9999", grouped(9999))
	require.Equal(t, "\u22120.5", short(-0.5))
	require.Equal(t, "1.5 s", milliseconds(1500))
	require.Equal(t, "0.1 ms", milliseconds(0.1))
	x, e := 0.000644, 0.000028
	require.Equal(t, "0.000644 ± 0.000028", WithError(&x, &e))
	require.Equal(t, "0.00064 ± ?", WithError(&x, nil))
	require.Equal(t, "-", Decimals(nil, 2))
}

// Labels hide neither populations nor one another.
func TestLabelsAreApart(t *testing.T) {
	ei, err := presets.Load("ei", language.Options{})
	require.NoError(t, err)
	for _, net := range []*network.Network{ei, blocks(t, 1), blocks(t, 2), blocks(t, 3), blocks(t, 4)} {
		d, _, _ := drawn(t, net)
		require.Greater(t, len(d.taken), len(net.Populations))
		for i, a := range d.taken {
			for _, b := range d.taken[:i] {
				require.False(t, a.meets(b), "%s: %v and %v", net.Name, a, b)
			}
		}
	}
	a := bounds{point{0, 0}, point{2, 2}} // control
	require.True(t, a.meets(bounds{point{1, 1}, point{3, 3}}))
	require.True(t, a.has(point{1, 1}))
}
