package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"einet/network"
	"einet/record"
)

// The files of a run, beside its figures.
const (
	summaryFile = "summary.json"
	networkFile = "network.yaml"
	spikesFile  = "spikes.npz"
	tracesFile  = "traces.npz"
)

var runFiles = []string{summaryFile, networkFile, spikesFile, tracesFile}

// figureNames are the figures of a run, each as .png and .svg.
var figureNames = []string{"raster", "rate", "potentials", "currents"}

// removeRun removes an earlier run's files, so that none outlives the others.
func removeRun(dir string) error {
	names := runFiles
	for _, f := range figureNames {
		names = append(names, f+".png", f+".svg")
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func writeNetwork(path string, net *network.Network) error {
	text, err := net.Marshal()
	if err != nil {
		return err
	}
	return record.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
