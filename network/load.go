package network

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"einet/table"
)

// Options are what a command line changes of a network. The zero Options
// change nothing.
type Options struct {
	// Set holds assignments "path=value", applied in order. The value is YAML;
	// path segments may hold wildcards: "projections.*.p=0.01". A path that is
	// absent must be one that the language has.
	Set []string
	// Scale is a factor on all sizes, which other parameters follow as
	// Network.Scale says. 0 and 1 change nothing.
	Scale float64
	// Seed, Trial and Duration [ms] replace the file's.
	Seed     *uint32
	Trial    *uint32
	Duration *float64
	// HDF5 opens the HDF5 files that the description names; nil refuses them.
	HDF5 table.OpenTree
}

// Load reads a network's YAML description, changes it as the options say,
// fills in every default and validates the result. The file names r in errors
// and, without its extension, a network that has no name of its own. Files of
// samples that the description names, beside it, are read and become part of
// the Network.
//
// Unless r itself fails, the error joins a FieldError for every fault found.
func Load(r io.Reader, file string, opts Options) (*Network, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	root, faults := parse(text, file, false)
	if root == nil || root.kind != mapping && root.kind != null {
		return nil, join(shown(faults, text, file))
	}
	for _, set := range opts.Set {
		var more []FieldError
		root, more = assign(root, set)
		faults = append(faults, more...)
	}
	root = opts.override(root)

	d := decoder{hdf5: opts.HDF5}
	n := d.network(root, file)
	faults = append(faults, unsaid(d.faults, faults)...)
	checked := unsaid(n.check(), faults)
	for i := range checked {
		checked[i].Place = root.locate(checked[i].Path)
	}
	faults = append(faults, checked...)
	if len(faults) > 0 {
		return nil, join(shown(faults, text, file))
	}
	if faults := n.rescale(opts.Scale); len(faults) > 0 {
		return nil, join(faults)
	}
	return n, nil
}

// override puts the flags' values into the tree, so that a fault names the
// flag.
func (o Options) override(root *node) *node {
	if o.Seed != nil {
		root = override(root, "--seed", "seed", strconv.FormatUint(uint64(*o.Seed), 10))
	}
	if o.Trial != nil {
		root = override(root, "--trial", "trial", strconv.FormatUint(uint64(*o.Trial), 10))
	}
	if o.Duration != nil {
		root = override(root, "--duration", "duration", exact(*o.Duration))
	}
	return root
}

// unsaid drops the faults of fields, and of what they hold, that have been
// reported: what could not be read is no value to judge.
func unsaid(faults, said []FieldError) []FieldError {
	paths := make(map[string]bool, len(said))
	for _, s := range said {
		paths[s.Path] = s.Path != ""
	}
	return slices.DeleteFunc(slices.Clone(faults), func(f FieldError) bool {
		for i, r := range f.Path {
			if r == '.' && paths[f.Path[:i]] {
				return true
			}
		}
		return paths[f.Path]
	})
}

// rescale multiplies the sizes by s and what follows them by its power of s.
// Powers are products and square roots only, which are the same on every
// machine. Faults name the flag.
func (n *Network) rescale(s float64) []FieldError {
	place := Place{Source: "--scale " + exact(s)}
	switch {
	case s == 0 || s == 1:
		return nil
	case !(s > 0 && s <= maxMagnitude):
		return []FieldError{{Place: place, Allowed: "must be a factor above 0 and at most 1e9"}}
	}
	n.scaleBy(s)
	faults := n.check()
	for i := range faults {
		faults[i].Place = place
	}
	return faults
}

// power is s^exponent for the exponents that a Scaling may have.
func power(s, exponent float64) float64 {
	switch exponent {
	case -1:
		return 1 / s
	case -0.5:
		return 1 / math.Sqrt(s)
	case 0.5:
		return math.Sqrt(s)
	case 1:
		return s
	}
	return 1
}

// exact writes a number so that it reads back as the same.
func exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
