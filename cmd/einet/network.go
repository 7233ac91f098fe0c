package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"einet/network"
	"einet/network/presets"
	"einet/record/hdf5"
)

// networkFlags name a network and change it.
type networkFlags struct {
	Network string   `arg:"" help:"A preset's name (see einet list) or a YAML file."`
	Set     []string `sep:"none" placeholder:"PATH=VALUE" help:"Change a value of the network, such as populations.E.size=8000 or projections.*.p=0.1. Repeatable."`
	Scale   float64  `default:"1" placeholder:"S" help:"Multiply all sizes by S; weights and inputs follow the rule that the network states."`
	Seed    *uint32  `placeholder:"N" help:"Seed of every random draw."`
	Trial   *uint32  `placeholder:"K" help:"Other initial state and noise on the same connectome."`
}

// load loads the network. Whatever is wrong with it is the user's to mend.
func (f *networkFlags) load(duration *time.Duration) (*network.Network, error) {
	opts := network.Options{Set: f.Set, Scale: f.Scale, Seed: f.Seed, Trial: f.Trial, HDF5: hdf5.OpenTree}
	if f.Scale == 0 {
		return nil, usage(errors.New("--scale 0: must be a factor above 0"))
	}
	if duration != nil {
		ms := milliseconds(*duration)
		opts.Duration = &ms
	}
	net, err := f.read(opts)
	if err != nil {
		return nil, usage(err)
	}
	return net, nil
}

// preset is the preset that the network is made from, if it is one.
func (f *networkFlags) preset() string {
	if slices.Contains(presets.Names(), f.Network) {
		return f.Network
	}
	return ""
}

func (f *networkFlags) read(opts network.Options) (*network.Network, error) {
	if f.preset() != "" {
		return presets.Load(f.Network, opts)
	}
	file, err := os.Open(f.Network)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: neither a file nor a preset; the presets are %s", f.Network, strings.Join(presets.Names(), ", "))
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: is a folder, must be a YAML file or a preset", f.Network)
	}
	return network.Load(file, f.Network, opts)
}

// milliseconds is a duration in ms, exactly where a float64 can be exact.
func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// onGrid is a duration in steps of net's grid, an error if it is not a
// multiple of dt.
func onGrid(flag string, d time.Duration, net *network.Network) (int64, error) {
	steps := net.Steps(milliseconds(d))
	if diff := milliseconds(d) - float64(steps)*net.Dt; diff > 1e-6*net.Dt || diff < -1e-6*net.Dt || d < 0 {
		nearest := time.Duration(float64(max(steps, 0)) * net.Dt * float64(time.Millisecond))
		return 0, usage(fmt.Errorf("%s %v: must be a multiple of dt (%g ms), the nearest is %v", flag, d, net.Dt, nearest))
	}
	return int64(steps), nil
}
