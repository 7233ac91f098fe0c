// Package keep is temporary: it holds the module requirements while packages are being written.
package keep

import (
	_ "codeberg.org/sbinet/npyio"
	_ "codeberg.org/sbinet/npyio/npz"
	_ "github.com/alecthomas/kong"
	_ "github.com/go-gl/gl/v4.3-core/gl"
	_ "github.com/go-gl/glfw/v3.3/glfw"
	_ "github.com/goccy/go-yaml"
	_ "github.com/lmittmann/tint"
	_ "github.com/schollz/progressbar/v3"
	_ "github.com/stretchr/testify/require"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/term"
	_ "gonum.org/v1/gonum/stat"
	_ "gonum.org/v1/plot"
	_ "gonum.org/v1/plot/vg/vgimg"
	_ "gonum.org/v1/plot/vg/vgsvg"
	_ "pgregory.net/rapid"
)
