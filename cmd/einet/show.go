package main

import (
	"bytes"
	"context"
	"fmt"

	"einet/network/language"
)

// showCmd prints a resolved network, without a name that is its preset's or its file's.
type showCmd struct {
	networkFlags
}

func (c *showCmd) Run(ctx context.Context, t *terminal) error {
	net, err := c.load(ctx, nil)
	if err != nil {
		return err
	}
	text, err := language.Marshal(net)
	if err != nil {
		return err
	}
	if net.Name == language.NameOf(c.file) { // so that a copy is called as its own file is, and so are its results
		text = bytes.TrimPrefix(text, fmt.Appendf(nil, "name: %q\n", net.Name))
	}
	_, err = t.out.Write(text)
	return err
}
