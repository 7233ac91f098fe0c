// Package models holds neuron models as equations, one YAML file each, with the paper that they are from. Every one is
// without a fault, and populations may have its name as their neuron.
package models

import (
	"embed"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// Names lists the models in alphabetical order.
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

// Text is a model's YAML as its author wrote it: what stands behind its name in the section models of a network. It is
// nil where there is no such model.
func Text(name string) []byte {
	text, err := files.ReadFile(name + ".yaml")
	if err != nil {
		return nil
	}
	return text
}
