package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// plotCmd draws the figures of an earlier run again.
type plotCmd struct {
	Dir string `arg:"" help:"The folder of a run."`
}

// Run draws them. What cannot be read is the input's fault, what cannot be
// written the machine's.
func (c *plotCmd) Run(ctx context.Context, t *terminal) error {
	if _, err := os.Stat(filepath.Join(c.Dir, spikesFile)); err != nil {
		return usage(fmt.Errorf("%s: holds no run: %w", c.Dir, err))
	}
	figures, err := drawFigures(ctx, c.Dir)
	var status *statusError
	switch {
	case errors.As(err, &status) || errors.Is(err, context.Canceled):
		return err
	case err != nil:
		return usage(err)
	case len(figures) == 0:
		return usage(fmt.Errorf("%s: the run is too short for figures", c.Dir))
	}
	_, err = fmt.Fprintf(t.out, "%s: %s\n", c.Dir, strings.Join(figures, ", "))
	return err
}
