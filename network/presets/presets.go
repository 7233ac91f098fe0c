// Package presets holds published networks, one YAML file each, with the source
// of its parameters and what to expect of it. Every preset loads without a fault.
package presets

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"einet/network"
	"einet/network/language"
)

//go:embed *.yaml
var files embed.FS

// Default is the preset that einet runs when none is named.
const Default = "ei"

// Names lists the presets in alphabetical order.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the embedded folder is part of the binary
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return names
}

// Open opens a preset's YAML as its author wrote it. An unknown name is an error
// that lists those there are and is fs.ErrNotExist.
func Open(name string) (fs.File, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("%q is no preset; there are %s: %w", name, strings.Join(Names(), ", "), fs.ErrNotExist)
	}
	return files.Open(name + ".yaml")
}

// Load loads a preset with language.Load; errors name it as NAME.yaml.
func Load(name string, opts language.Options) (*network.Network, error) {
	f, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return language.Load(f, name+".yaml", opts)
}
