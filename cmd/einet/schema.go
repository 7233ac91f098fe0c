package main

import "einet/network/language"

// schemaCmd prints the schema of the network language.
type schemaCmd struct{}

func (schemaCmd) Run(t *terminal) error {
	_, err := t.out.Write(language.Schema())
	return err
}
