package main

import (
	"context"

	"einet/network/language"
)

// showCmd prints a resolved network.
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
	_, err = t.out.Write(text)
	return err
}
