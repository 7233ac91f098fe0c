package main

import "einet/network"

// schemaCmd prints the schema of the network language.
type schemaCmd struct{}

func (schemaCmd) Run(t *terminal) error {
	_, err := t.out.Write(network.Schema())
	return err
}
