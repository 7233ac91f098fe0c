package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"einet/fault"
	"einet/network"
	"einet/network/language"
	"einet/network/models"
	"einet/network/presets"
	"einet/record/hdf5"
	"einet/sim"
)

// standardInput is the name of a network that is read from there; errors call it stdin.
const standardInput = "-"

// networkFlags name a network and change it.
type networkFlags struct {
	Network string `arg:"" help:"A preset's name (see einet list), a YAML file, a SONATA configuration (JSON), or - for standard input."`
	changeFlags
}

// changeFlags change a network.
type changeFlags struct {
	Set   []string `sep:"none" placeholder:"PATH=VALUE" help:"Change a value of the network, such as populations.E.size=8000 or projections.*.p=0.1. Repeatable."`
	Scale float64  `default:"1" placeholder:"S" help:"Multiply all sizes by S; weights and inputs follow the rule that the network states."`
	Seed  *uint32  `placeholder:"N" help:"Seed of every random draw."`
	Trial *uint32  `placeholder:"K" help:"Other initial state and noise on the same connectome."`

	text []byte           `kong:"-"` // of the network as it was read
	file string           `kong:"-"` // its name in errors
	opts language.Options `kong:"-"`
}

// load loads the network.
func (f *networkFlags) load(ctx context.Context, duration *span) (*network.Network, error) {
	return f.changeFlags.load(ctx, f.Network, duration)
}

// preset is the preset that the network is made from, if it is one.
func (f *networkFlags) preset() string { return presetOf(f.Network) }

// load loads a network. Whatever is wrong with it is the user's to mend.
func (f *changeFlags) load(ctx context.Context, name string, duration *span) (*network.Network, error) {
	opts := language.Options{Set: f.Set, Scale: f.Scale, Seed: f.Seed, Trial: f.Trial, HDF5: hdf5.OpenTree}
	if f.Scale == 0 {
		return nil, usage(errors.New("--scale 0: must be a factor above 0"))
	}
	if duration != nil {
		opts.Duration = &duration.ms
	}
	net, err := until(ctx, func() (*network.Network, error) { return f.read(name, opts) })
	switch {
	case errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE):
		err = machine(err)
	case err != nil && !errors.Is(err, context.Canceled):
		err = usage(err)
	}
	return net, err
}

// until is what read gives, unless ctx ends before: a pipe that nobody writes to, or a disk far
// away, may let a reader wait for ever, and is then left to it.
func until[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		read T
		err  error
	}
	done := make(chan result, 1)
	go func() {
		x, err := read()
		done <- result{x, err}
	}()
	select {
	case r := <-done:
		return r.read, r.err
	case <-ctx.Done():
		return *new(T), context.Canceled
	}
}

// presetOf is the preset of that name, "" if there is none.
func presetOf(name string) string {
	if slices.Contains(presets.Names(), name) {
		return name
	}
	return ""
}

func (f *changeFlags) read(name string, opts language.Options) (*network.Network, error) {
	if presetOf(name) != "" {
		text, err := presets.Open(name)
		if err != nil {
			return nil, err
		}
		defer text.Close()
		return f.parse(text, name+".yaml", opts)
	}
	if name == standardInput {
		return f.parse(os.Stdin, "stdin", opts)
	}
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, absent(name)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		for _, inside := range []string{simulationFile, circuitFile, "config.json"} {
			if _, err := os.Stat(filepath.Join(name, inside)); err == nil {
				return nil, fmt.Errorf("%s: is a folder; did you mean %s, which is there?", name, filepath.Join(name, inside))
			}
		}
		return nil, fmt.Errorf("%s: is a folder, must be a YAML file or a preset", name)
	}
	return f.parse(file, name, opts)
}

// parse loads a network, and keeps its text for faults that are found later.
func (f *changeFlags) parse(r io.Reader, file string, opts language.Options) (*network.Network, error) {
	var text bytes.Buffer
	net, err := language.Load(io.TeeReader(r, &text), file, opts)
	f.text, f.file, f.opts = text.Bytes(), file, opts
	return net, err
}

// located is an error in which the faults of the network's values have their places: what an engine's numbers can't hold is found
// when the network has been read.
func (f *changeFlags) located(err error) error {
	var bare []fault.Error
	all := faults(err)
	for _, one := range all {
		if e, ok := one.(fault.Error); ok && e.Place == (fault.Place{}) {
			bare = append(bare, e)
		}
	}
	if len(bare) == 0 || f.text == nil {
		return err
	}
	status := exitStatus(err)
	bare = language.Located(bare, f.text, f.file, f.opts)
	for i, one := range all {
		if e, ok := one.(fault.Error); ok && e.Place == (fault.Place{}) {
			all[i], bare = bare[0], bare[1:]
		}
	}
	return &statusError{status, errors.Join(all...)}
}

// absent says that a network is neither a file nor a preset, and what may be meant.
func absent(name string) error {
	for _, extension := range []string{".yaml", ".yml"} {
		if _, err := os.Stat(name + extension); err == nil {
			return fmt.Errorf("%s: neither a file nor a preset; did you mean %s, which is there?", name, name+extension)
		}
	}
	if guess := neighbour(name); guess != "" {
		return fmt.Errorf("%s: neither a file nor a preset; did you mean %s, which is there?", name, guess)
	}
	if models.Text(name) != nil {
		return fmt.Errorf("%s: is a neuron model and no network: a population of it has neuron: %s; einet models %s prints it", name, name, name)
	}
	meant := ""
	if guess := fault.Meant(name, presets.Names()); guess != "" {
		meant = "; did you mean " + guess + "?"
	}
	return fmt.Errorf("%s: neither a file nor a preset; the presets are %s%s", name, strings.Join(presets.Names(), ", "), meant)
}

// neighbour is the YAML file whose name a slip of the keyboard made this one of, or "".
func neighbour(path string) string {
	folder, name := filepath.Split(path)
	entries, err := os.ReadDir(cmp.Or(folder, "."))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if extension := filepath.Ext(e.Name()); !e.IsDir() && (extension == ".yaml" || extension == ".yml") {
			names = append(names, e.Name())
		}
	}
	if guess := fault.Closest(name, names); guess != "" {
		return folder + guess
	}
	return ""
}

// onGrid is a span in steps of net's grid, an error if it is not a
// multiple of dt.
func onGrid(flag string, s span, net *network.Network) (int64, error) {
	steps := net.Steps(s.ms)
	if diff := s.ms - float64(steps)*net.Dt; !(math.Abs(diff) <= 1e-6*net.Dt) || s.ms < 0 {
		nearest := sim.InMs(int64(max(steps, 0)), net.Dt)
		return 0, usage(fmt.Errorf("%s %v: must be a multiple of dt (%g ms), the nearest is %g ms", flag, s, net.Dt, nearest))
	}
	return int64(steps), nil
}
