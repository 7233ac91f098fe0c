package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"einet/network/language"
)

// showCmd prints a network, without a name that is its preset's or its file's.
type showCmd struct {
	networkFlags
	Written  bool `help:"As it is written: with its constants, expressions and units, and without defaults; with --json as --set and --seed change it."`
	jsonFlag `set:"json=JSON, which is a network file too"`
}

func (c *showCmd) Run(ctx context.Context, t *terminal) error {
	net, err := c.load(ctx, nil)
	if err != nil {
		return err
	}
	switch {
	case c.Written && c.Scale != 1:
		return usage(errors.New("--scale: only changes the numbers that expressions give; leave out --written"))
	case c.Written && !c.JSON && (len(c.Set) > 0 || c.Seed != nil || c.Trial != nil):
		return usage(errors.New("--written: is the text of the file, without changes; with --json it may have some"))
	case c.Written && !c.JSON:
		_, err = t.out.Write(c.text)
		return err
	}
	text := c.text
	opts := c.opts
	if !c.Written {
		if text, err = language.Marshal(net); err != nil {
			return err
		}
		if net.Name == language.NameOf(c.file) { // so that a copy is called as its own file is, and so are its results
			text = bytes.TrimPrefix(text, fmt.Appendf(nil, "name: %q\n", net.Name))
		}
		opts = language.Options{}
	}
	if c.JSON {
		if text, err = language.Written(text, c.file, opts); err != nil {
			return usage(err)
		}
	}
	_, err = t.out.Write(text)
	return err
}
