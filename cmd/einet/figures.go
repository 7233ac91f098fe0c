package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"einet/analysis"
	"einet/network"
	"einet/plot"
	"einet/record"
	"einet/sim"
)

// The raster shows this many neurons over the first part of the run; rates are
// counted in bins of rateBinMs.
const (
	rasterNeurons = 200
	rasterMs      = 500
	rateBinMs     = 1
)

// drawFigures draws the figures of the run in dir from its files and returns
// their names. Each file appears whole or not at all.
func drawFigures(dir string) ([]string, error) {
	net, err := readNetwork(filepath.Join(dir, networkFile))
	if err != nil {
		return nil, err
	}
	data := plot.Data{}
	for _, p := range net.Populations {
		data.Populations = append(data.Populations, plot.Population{Name: p.Name, Size: p.Size, Inhibitory: inhibits(net, p.Name)})
	}
	if err := readSpikes(filepath.Join(dir, spikesFile), net, &data); err != nil {
		return nil, err
	}
	if err := readState(filepath.Join(dir, tracesFile), &data); err != nil {
		return nil, err
	}
	figures, err := plot.Figures(data)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range figures {
		for _, file := range []struct {
			name string
			data []byte
		}{{f.Name + ".png", f.PNG}, {f.Name + ".svg", f.SVG}} {
			err := record.WriteFile(filepath.Join(dir, file.name), func(w io.Writer) error {
				_, err := w.Write(file.data)
				return err
			})
			if err != nil {
				return nil, err
			}
			names = append(names, file.name)
		}
	}
	return names, nil
}

func readNetwork(path string) (*network.Network, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return network.Load(f, path, network.Options{})
}

// inhibits says whether a population's synapses are inhibitory: any projection
// of it, since Dale's law is the network's own affair.
func inhibits(net *network.Network, name string) bool {
	for _, p := range net.Projections {
		if p.From == name && p.Weight < 0 {
			return true
		}
	}
	return false
}

// readSpikes streams the spike file into the raster's sample and the rates.
func readSpikes(path string, net *network.Network, data *plot.Data) error {
	r, err := record.OpenSpikes(path)
	if err != nil {
		return err
	}
	defer r.Close()
	if r.Neurons() != net.Neurons() {
		return fmt.Errorf("%s: has %d neurons, %s has %d", path, r.Neurons(), networkFile, net.Neurons())
	}
	var sizes []int
	for _, p := range r.Populations {
		sizes = append(sizes, p.Size)
	}
	data.Steps = r.Steps
	data.Sample = analysis.NewSample(sizes, r.DtMs, rasterNeurons, 0, min(r.Steps, int64(net.Steps(rasterMs))))
	data.Counts = analysis.NewPopulationCounts(sizes, r.DtMs, max(1, net.Steps(rateBinMs)))
	buf := make([]sim.Spike, 1<<14)
	for {
		n, err := r.Read(buf)
		data.Sample.Add(buf[:n])
		data.Counts.Add(buf[:n])
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readState reads the recorded state, if there is any.
func readState(path string, data *plot.Data) error {
	t, err := record.ReadTraces(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(t.Populations) != len(data.Populations) {
		return fmt.Errorf("%s: has %d populations, %s has %d", path, len(t.Populations), networkFile, len(data.Populations))
	}
	for i, p := range t.Populations {
		v := analysis.Histogram(p.V)
		if v.Total() > 0 {
			data.Potentials = append(data.Potentials, plot.Potential{Population: data.Populations[i], VReset: p.VReset, VTh: p.VTh, V: v})
		}
	}
	times := make([]float64, len(t.Step))
	for i, s := range t.Step {
		times[i] = float64(s) * t.DtMs
	}
	for k, id := range t.Neuron {
		i := 0
		for int(id) >= t.Populations[i].First+t.Populations[i].Size {
			i++
		}
		p := t.Populations[i]
		data.Currents = append(data.Currents, plot.Current{
			Population: data.Populations[i], Neuron: int(id) - p.First, TimeMs: times,
			Exc: t.Exc[k], Inh: t.Inh[k], Ext: t.Ext[k], Threshold: p.VTh - p.EL,
		})
	}
	return nil
}
