package einet_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "draw the picture of the packages anew")

const picture = "docs/figures/packages.svg"

// The picture in docs/architecture.md is drawn from the table of imports: go test . -run Picture -update
func TestPictureOfPackages(t *testing.T) {
	drawn := draw(imports)
	if *update {
		require.NoError(t, os.WriteFile(picture, []byte(drawn), 0o666))
	}
	have, err := os.ReadFile(picture)
	require.NoError(t, err)
	require.Equal(t, string(have), drawn, "the table of imports has changed: go test . -run Picture -update")
}

// Sizes of the picture [px].
const (
	boxWidth, boxHeight = 116, 30
	columnGap, rowGap   = 18, 46
)

// draw is an SVG of the packages: each stands below all that import it, and a line leads to what it imports, if not over others.
func draw(table map[string][]string) string {
	rows := layers(table)
	widest := 0
	for _, row := range rows {
		widest = max(widest, len(row))
	}
	width := widest*(boxWidth+columnGap) + columnGap
	x, y := map[string]int{}, map[string]int{}
	for r, row := range rows {
		space := (width - len(row)*boxWidth) / (len(row) + 1)
		for c, pkg := range row {
			x[pkg], y[pkg] = space+c*(space+boxWidth), rowGap/2+r*(boxHeight+rowGap)
		}
	}
	var lines, boxes strings.Builder
	for _, row := range rows {
		for _, pkg := range row {
			stroke := "#555"
			if within(pkg, cgo) {
				stroke = "#c00"
			}
			fmt.Fprintf(&boxes, `<rect x="%d" y="%d" width="%d" height="%d" rx="5" fill="#f4f6fa" stroke="%s"/><text x="%d" y="%d">%s</text>`+"\n",
				x[pkg], y[pkg], boxWidth, boxHeight, stroke, x[pkg]+boxWidth/2, y[pkg]+boxHeight/2+4, pkg)
			for _, to := range table[pkg] {
				if slices.ContainsFunc(table[pkg], func(via string) bool { return below(via)[to] }) {
					continue // the way over the other says it
				}
				fromX, fromY, toX, toY := x[pkg]+boxWidth/2, y[pkg]+boxHeight, x[to]+boxWidth/2, y[to]
				bend := (toY - fromY) / 2
				fmt.Fprintf(&lines, `<path d="M%d %d C%d %d %d %d %d %d"/>`+"\n", fromX, fromY, fromX, fromY+bend, toX, toY-bend, toX, toY)
			}
		}
	}
	height := len(rows) * (boxHeight + rowGap)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="Liberation Sans, Arial, sans-serif" font-size="12" text-anchor="middle">
<rect width="100%%" height="100%%" fill="white"/>
<g fill="none" stroke="#8aa" stroke-width="1.1">
%s</g>
%s</svg>
`, width, height, lines.String(), boxes.String())
}

// layers are the packages in rows, top down: in a row those whose longest way down is as long. Within a row each stands about
// where the packages that import it do.
func layers(table map[string][]string) [][]string {
	depth := map[string]int{}
	var dig func(pkg string) int
	dig = func(pkg string) int {
		if d, known := depth[pkg]; known {
			return d
		}
		d := 0
		for _, to := range table[pkg] {
			d = max(d, dig(to)+1)
		}
		depth[pkg] = d
		return d
	}
	most := 0
	for pkg := range table {
		most = max(most, dig(pkg))
	}
	rows := make([][]string, most+1)
	place := map[string]float64{}
	for r := range rows {
		for pkg, d := range depth {
			if d == most-r {
				rows[r] = append(rows[r], pkg)
				place[pkg] = above(table, place, pkg)
			}
		}
		slices.SortFunc(rows[r], func(a, b string) int {
			if place[a] != place[b] {
				return map[bool]int{true: -1, false: 1}[place[a] < place[b]]
			}
			return strings.Compare(a, b)
		})
		for i, pkg := range rows[r] {
			place[pkg] = (float64(i) + 0.5) / float64(len(rows[r]))
		}
	}
	return rows
}

// above is the mean place of the packages that import one.
func above(table map[string][]string, place map[string]float64, pkg string) float64 {
	sum, n := 0.0, 0
	for _, from := range slices.Sorted(func(yield func(string) bool) {
		for from := range table {
			if !yield(from) {
				return
			}
		}
	}) {
		if slices.Contains(table[from], pkg) {
			sum += place[from]
			n++
		}
	}
	if n == 0 {
		return 0.5
	}
	return sum / float64(n)
}
