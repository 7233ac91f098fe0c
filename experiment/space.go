package experiment

import (
	"math"
	"slices"

	"einet/analysis"
	"einet/connectome"
	"einet/network"
	"einet/plot"
	"einet/record"
	"einet/sim"
)

// PositionsFile holds where neurons are.
const PositionsFile = "positions.npz"

// hasPositions tells whether any population of a network lies in space.
func hasPositions(net *network.Network) bool {
	return slices.ContainsFunc(net.Populations, func(p network.Population) bool { return p.Positions.Layout != network.Nowhere })
}

// writePositions writes the file of positions, of each population P that has some:
//
//	P_x, P_y, P_z [N]  [mm], as many of them as there are dimensions
//	P_extent [D]       lengths of the space [mm]
//	P_periodic [1]     1 where opposite edges are neighbours, else 0
func writePositions(path string, net *network.Network) error {
	s := record.CreateStream(path)
	for i := range net.Populations {
		p := &net.Populations[i]
		if p.Positions.Layout == network.Nowhere {
			continue
		}
		for k, x := range connectome.Coordinates(net, i) {
			s.FixedFloats(p.Name+"_"+Axes[k], x)
		}
		s.FixedFloats(p.Name+"_extent", p.Positions.Extent)
		periodic := int64(0)
		if p.Positions.Periodic {
			periodic = 1
		}
		s.FixedInts(p.Name+"_periodic", []int64{periodic})
	}
	return s.Close()
}

// Axes are what files call the dimensions of space.
var Axes = [network.MaxDimensions]string{"x", "y", "z"}

// Of activity in space: most populations that a figure has, snapshots of each, their length, and boxes along a side.
const (
	mostInSpace    = 3
	snapshots      = 5
	snapshotMs     = 20
	neuronsOfBox   = 25
	mostSheetBoxes = 40
)

// A spaceReader gathers what a figure shows of activity in space.
type spaceReader struct {
	strips []stripOf
	sheets []sheetOf
}

type stripOf struct {
	population, first int
	at                []float64
	*analysis.Strip
}

type sheetOf struct {
	population int
	columns    int
	windows    [][2]int64
	*analysis.Snapshots
}

// newSpaceReader is of the populations that lie in space and of which all spikes were kept. A strip is of the whole run, or of the
// excerpt, and snapshots of what the raster shows.
func newSpaceReader(h record.Header, net *network.Network, x Excerpt, steps, from, to int64) *spaceReader {
	s := &spaceReader{}
	for i := range net.Populations {
		p := &net.Populations[i]
		if p.Positions.Layout == network.Nowhere || h.Recorded != nil && h.Recorded[i].Count < p.Size {
			continue
		}
		at, first := connectome.Coordinates(net, i), h.Populations[i].First
		switch {
		case len(at) == 1 && len(s.strips) < mostInSpace:
			last := min(steps, int64(net.Steps(x.end(sim.InMs(steps, net.Dt)))))
			strip := analysis.NewStrip(first, p.Size, plot.MostStripMarks, int64(net.Steps(x.begin(0))), last)
			s.strips = append(s.strips, stripOf{i, first, at[0], strip})
		case len(at) > 1 && len(s.sheets) < mostInSpace:
			s.sheets = append(s.sheets, sheetOn(net, i, first, at, from, to))
		}
	}
	return s
}

// sheetOn has windows from one step to another, evenly spaced, each snapshotMs or less.
func sheetOn(net *network.Network, i, first int, at [][]float64, from, to int64) sheetOf {
	p := &net.Populations[i]
	width, height := p.Positions.Extent[0], p.Positions.Extent[1]
	side := math.Sqrt(float64(p.Size) / neuronsOfBox * width / height)
	columns := int(min(max(math.Round(side), 2), mostSheetBoxes))
	rows := int(min(max(math.Round(side*height/width), 2), mostSheetBoxes))
	box := make([]int32, p.Size)
	for k := range box {
		box[k] = int32(min(int(at[0][k]/width*float64(columns)), columns-1) + columns*min(int(at[1][k]/height*float64(rows)), rows-1))
	}
	each := (to - from) / snapshots
	length := min(max(1, int64(net.Steps(snapshotMs))), max(1, each))
	var windows [][2]int64
	for k := range int64(snapshots) {
		begin := from + k*each
		if begin+length <= to {
			windows = append(windows, [2]int64{begin, begin + length})
		}
	}
	return sheetOf{i, columns, windows, analysis.NewSnapshots(first, box, columns*rows, windows)}
}

func (s *spaceReader) add(spikes []sim.Spike) {
	for _, t := range s.strips {
		t.Add(spikes)
	}
	for _, t := range s.sheets {
		t.Snapshots.Add(spikes)
	}
}

// finish leaves what was gathered where figures are drawn of.
func (s *spaceReader) finish(net *network.Network, x Excerpt, steps int64, all []plot.Population, data *plot.Data) {
	for _, t := range s.strips {
		strip := plot.Strip{
			Population: all[t.population], Length: net.Populations[t.population].Positions.Extent[0],
			From: x.begin(0), To: min(x.end(math.Inf(1)), sim.InMs(steps, net.Dt)), Every: t.Every,
		}
		for k, step := range t.Steps {
			strip.TimeMs = append(strip.TimeMs, sim.InMs(int64(step), net.Dt))
			strip.At = append(strip.At, t.at[t.Neuron[k]])
		}
		data.Strips = append(data.Strips, strip)
	}
	for _, t := range s.sheets {
		extent := net.Populations[t.population].Positions.Extent
		sheet := plot.Sheet{Population: all[t.population], Width: extent[0], Height: extent[1], Columns: t.columns}
		for k, w := range t.windows {
			lo, hi := sim.InMs(w[0], net.Dt), sim.InMs(w[1], net.Dt)
			sheet.Windows = append(sheet.Windows, [2]float64{lo, hi})
			rates := make([]float64, len(t.Neurons))
			for b, n := range t.Neurons {
				rates[b] = t.Counts[k][b] / float64(n) / (hi - lo) * 1000
			}
			sheet.RateHz = append(sheet.RateHz, rates)
		}
		if len(t.windows) > 0 {
			data.Sheets = append(data.Sheets, sheet)
		}
	}
}
