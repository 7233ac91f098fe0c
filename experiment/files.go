package experiment

import (
	"io"

	"einet/network"
	"einet/network/language"
	"einet/plot"
	"einet/record"
)

// The files of a run, beside its figures.
const (
	SummaryFile = "summary.json"
	NetworkFile = "network.yaml"
	SpikesFile  = "spikes.npz"
	TracesFile  = "traces.npz"
	CSVFile     = "spikes.csv"
	SONATAFile  = "spikes.h5"

	CheckpointFile = record.CheckpointFile // of a run that ended before its time, or was asked for one
)

// runFiles are in the order in which they appear: a folder with a summary.json has
// a complete run.
var runFiles = []string{SpikesFile, TracesFile, NetworkFile, SummaryFile}

// FigureNames are the figures of a run, each as .png and .svg.
var FigureNames = []string{"raster", "rate", "potentials", "currents", "states", plot.WeightsFigure, "strip", "sheet", plot.GroupsFigure}

// FigureFiles are the files of a run's figures.
func FigureFiles() []string {
	var names []string
	for _, f := range FigureNames {
		names = append(names, f+".png", f+".svg")
	}
	return names
}

func WriteNetwork(path string, net *network.Network) error {
	text, err := language.Marshal(net)
	if err != nil {
		return err
	}
	return record.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
