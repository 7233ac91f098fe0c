package main

import (
	"errors"
	"fmt"

	"github.com/alecthomas/kong"
)

// helpCmd prints a command's help.
type helpCmd struct {
	Command string `arg:"" optional:"" help:"The command; otherwise einet itself."`
}

// Run prints it.
func (c *helpCmd) Run(k *kong.Kong) error {
	var args []string
	if c.Command != "" {
		args = []string{c.Command}
	}
	ctx, err := kong.Trace(k, args)
	if err == nil && c.Command != "" && ctx.Selected() == nil {
		err = errors.Join(ctx.Error)
	}
	if err != nil {
		return usage(err)
	}
	return ctx.PrintUsage(false)
}

// versionCmd prints the version.
type versionCmd struct{}

// Run prints it as --version does.
func (versionCmd) Run(t *terminal) error {
	_, err := fmt.Fprintln(t.out, versionString())
	return err
}
