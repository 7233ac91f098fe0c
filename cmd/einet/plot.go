package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// plotCmd draws the figures of an earlier run again.
type plotCmd struct {
	Dir string `arg:"" help:"The folder of a run."`
}

func (c *plotCmd) Run(t *terminal) error {
	if _, err := os.Stat(filepath.Join(c.Dir, spikesFile)); err != nil {
		return usage(fmt.Errorf("%s: holds no run: %w", c.Dir, err))
	}
	figures, err := drawFigures(c.Dir)
	if err != nil {
		return usage(err)
	}
	_, err = fmt.Fprintf(t.out, "%s: %s\n", c.Dir, strings.Join(figures, ", "))
	return err
}
