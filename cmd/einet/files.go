package main

import (
	"io"

	"einet/network"
	"einet/network/language"
	"einet/record"
)

// The files of a run, beside its figures.
const (
	summaryFile   = "summary.json"
	networkFile   = "network.yaml"
	spikesFile    = "spikes.npz"
	tracesFile    = "traces.npz"
	csvFile       = "spikes.csv"
	sonataFile    = "spikes.h5"
	stateFile     = "state.npz"
	averageFile   = "averages.npz"
	histogramFile = "histograms.npz"
)

// runFiles are in the order in which they appear: a folder with a summary.json has
// a complete run.
var runFiles = []string{spikesFile, tracesFile, networkFile, summaryFile}

// askedFiles are those of a run that was asked for them.
var askedFiles = []string{csvFile, sonataFile, stateFile, averageFile, histogramFile}

// figureNames are the figures of a run, each as .png and .svg.
var figureNames = []string{"raster", "rate", "potentials", "currents"}

// figureFiles are the files of a run's figures.
func figureFiles() []string {
	var names []string
	for _, f := range figureNames {
		names = append(names, f+".png", f+".svg")
	}
	return names
}

func writeNetwork(path string, net *network.Network) error {
	text, err := language.Marshal(net)
	if err != nil {
		return err
	}
	return record.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
