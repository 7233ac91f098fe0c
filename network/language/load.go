// Package language is a network as text: YAML with expressions and units. It reads what --set
// and the other flags change, and it writes the schema for editors and the reference page.
package language

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"einet/fault"
	"einet/network"
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
// Unless r itself fails, the error joins a fault.Error for every fault found.
func Load(r io.Reader, file string, opts Options) (*network.Network, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	text, circuit, faults := ofSONATA(text, file, opts)
	if len(faults) > 0 {
		return nil, fault.Join(faults)
	}
	root, faults := tree(text, file, opts)
	if root == nil {
		return nil, fault.Join(fault.Shown(faults, text, file))
	}
	d := decoder{hdf5: opts.HDF5, circuit: circuit}
	n := d.network(root, file)
	faults = append(faults, unsaid(d.faults, faults)...)
	checked := n.Faults()
	for i := range checked {
		for path, written := range d.written {
			if rest, ok := cutKey(checked[i].Path, path); ok {
				checked[i].Path = strings.TrimSuffix(written+"."+rest, ".")
			}
		}
	}
	checked = unsaid(checked, slices.Concat(faults, d.meant))
	for i := range checked {
		checked[i].Place = root.locate(checked[i].Path)
	}
	faults = append(faults, checked...)
	if len(faults) > 0 {
		return nil, fault.Join(fault.Shown(traced(faults, circuit, file), text, file))
	}
	asPrinted(n)
	return n.Scaled(opts.Scale)
}

// Located gives faults of the Network that Load made of a text, which were found later, their places.
func Located(faults []fault.Error, text []byte, file string, opts Options) []fault.Error {
	text, circuit, _ := ofSONATA(text, file, opts)
	root, _ := tree(text, file, opts)
	if root == nil {
		return faults
	}
	for i := range faults {
		faults[i].Place = root.locate(faults[i].Path)
	}
	return fault.Shown(traced(faults, circuit, file), text, file)
}

// tree is a text, changed as the options say; nil where it is not YAML, or no mapping.
func tree(text []byte, file string, opts Options) (*node, []fault.Error) {
	root, faults := parse(text, file, false)
	if root == nil || root.kind != mapping && root.kind != null {
		return nil, faults
	}
	for _, set := range opts.Set {
		var more []fault.Error
		root, more = assign(root, set)
		faults = append(faults, more...)
	}
	root, more := parted(opts.override(root))
	return root, append(faults, more...)
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
		root = override(root, "--duration", "duration", fault.Exact(*o.Duration))
	}
	return root
}

// unsaid drops the faults of fields, and of what they hold, that have been
// reported: what could not be read is no value to judge.
func unsaid(faults, said []fault.Error) []fault.Error {
	paths := make(map[string]bool, len(said))
	for _, s := range said {
		paths[s.Path] = s.Path != ""
	}
	return slices.DeleteFunc(slices.Clone(faults), func(f fault.Error) bool {
		if paths["groups"] && strings.HasSuffix(f.Allowed, network.HasNoGroups) {
			return true
		}
		for i, r := range f.Path {
			if r == '.' && paths[f.Path[:i]] {
				return true
			}
		}
		return paths[f.Path]
	})
}

// NameOf is the name of a network that has none of its own, made of its file's: "nets/my net.yaml" is my_net.
func NameOf(file string) string {
	base := file[strings.LastIndexAny(file, `/\`)+1:]
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".yml")
	base = notInName.ReplaceAllString(base, "_")
	base = strings.TrimLeft(base, "_.-")
	if base == "" {
		return "network"
	}
	return base[:min(len(base), 64)]
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9_.-]`)
